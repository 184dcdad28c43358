"""Pools do what their formulas say, and Cooke's weights are those of other software."""

import json
from math import erfc, exp, log, pi, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

from takeoff.analysis.baselines import (
    POOLS,
    classical_weights,
    extremised,
    fitted_factor,
    linear_pool,
    mean_log_odds,
    median_pool,
)
from takeoff.analysis.baselines.asked import (
    _by_seeds,
    asked_directly,
    one_answer_each,
    seed_answers,
)
from takeoff.analysis.baselines.cooke import (
    calibration,
    decision_maker,
    information,
    intrinsic_range,
)
from takeoff.analysis.baselines.events import (
    event_calibration,
    event_information,
    event_weights,
)
from takeoff.data import join, load_study
from takeoff.models.errors import InputError
from takeoff.models.questions import Judgments, Question

LEVELS = [0.05, 0.5, 0.95]


@pytest.fixture(scope="module")
def seeds() -> dict[str, Any]:
    path = Path(__file__).with_name("anduryl_weights.json")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def quantiles_of(values: Any) -> xr.DataArray:
    return xr.DataArray(
        np.asarray(values, float), dims=("expert", "question", "level"), coords={"level": LEVELS}
    )


def answers_of(values: Any) -> xr.DataArray:
    return xr.DataArray(np.asarray(values, float), dims="question")


def said(*values: float) -> xr.DataArray:
    return xr.DataArray(list(values), dims="expert")


@pytest.mark.parametrize("name", list(POOLS))
def test_people_who_agree_are_pooled_to_what_they_say_or_further_out(name: str) -> None:
    pooled = float(POOLS[name](said(0.1, 0.1, 0.1), "expert"))
    if name == "extremised":
        assert pooled < 0.1
    else:
        assert pooled == pytest.approx(0.1, abs=1e-12)


def test_pools_of_two_are_their_formulas() -> None:
    pair = said(0.2, 0.04)
    odds = sqrt((0.2 / 0.8) * (0.04 / 0.96))
    factor = 2 * (sqrt(7) - 2)
    assert float(linear_pool(pair, "expert")) == pytest.approx(0.12)
    assert float(median_pool(pair, "expert")) == pytest.approx(0.12)
    assert float(mean_log_odds(pair, "expert")) == pytest.approx(odds / (1 + odds))
    further = odds**factor
    assert float(extremised(pair, "expert")) == pytest.approx(further / (1 + further))
    weights = said(3.0, 1.0)
    assert float(linear_pool(pair, "expert", weights)) == pytest.approx(0.16)


def test_who_did_not_answer_does_not_count() -> None:
    for pool in POOLS.values():
        with_gap = pool(said(0.2, np.nan, 0.04), "expert")
        assert float(with_gap) == pytest.approx(float(pool(said(0.2, 0.04), "expert")))


def test_the_fitted_factor_is_the_one_that_made_the_events() -> None:
    """Within four standard errors, by the information in Bernoulli events."""
    random = np.random.default_rng(5)
    log_odds, factor = random.normal(0, 1, 4000), 2.0
    chance = 1 / (1 + np.exp(-factor * log_odds))
    happened = xr.DataArray(random.uniform(size=4000) < chance, dims="event")
    pooled = xr.DataArray(1 / (1 + np.exp(-log_odds)), dims="event")
    error = 1 / sqrt(float((log_odds**2 * chance * (1 - chance)).sum()))
    assert fitted_factor(pooled, happened) == pytest.approx(factor, abs=4 * error)


def test_calibration_is_the_p_value_of_the_bins() -> None:
    """Of ten answers 1, 4, 4, 1 fall in the bins; χ² with 3 degrees of freedom, written out."""
    one = quantiles_of(np.tile([-1.0, 0.0, 1.0], (1, 10, 1)))
    answer = answers_of([-2, *[-0.5] * 4, *[0.5] * 4, 2])
    x = 2 * 10 * (0.2 * log(0.1 / 0.05) + 0.8 * log(0.4 / 0.45))
    upper = erfc(sqrt(x / 2)) + sqrt(2 * x / pi) * exp(-x / 2)
    assert float(calibration(one, answer).item()) == pytest.approx(upper, rel=1e-12)


def test_perfect_calibration_is_certain() -> None:
    one = quantiles_of(np.tile([-1.0, 0.0, 1.0], (1, 20, 1)))
    answer = answers_of([-2, *[-0.5] * 9, *[0.5] * 9, 2])
    assert float(calibration(one, answer).item()) == pytest.approx(1.0, abs=1e-12)


def test_information_is_none_for_the_background_and_by_hand_otherwise() -> None:
    span = xr.DataArray([[0.0, 1.0]], dims=("question", "end"), coords={"end": ["lower", "upper"]})
    background = quantiles_of([[LEVELS]])
    assert float(information(background, span).item()) == pytest.approx(0.0, abs=1e-12)
    narrow = quantiles_of([[[0.4, 0.5, 0.6]]])
    by_hand = 2 * (0.05 * log(0.05 / 0.4) + 0.45 * log(0.45 / 0.1))
    assert float(information(narrow, span).item()) == pytest.approx(by_hand, rel=1e-12)


def test_weights_are_those_of_other_software(seeds: dict[str, Any]) -> None:
    quantiles, answer = quantiles_of(seeds["quantiles"]), answers_of(seeds["answer"])
    found = classical_weights(quantiles, answer)
    # Its own χ² is a continued fraction of a hundred steps, good to 1e-8.
    np.testing.assert_allclose(found["calibration"], seeds["calibration"], rtol=1e-6)
    np.testing.assert_allclose(found["information"], seeds["information"], rtol=1e-9)
    assert found.attrs["cutoff"] == pytest.approx(seeds["cutoff"], rel=1e-6)
    product = np.multiply(seeds["calibration"], seeds["information"])
    kept = np.where(np.array(seeds["calibration"]) >= seeds["cutoff"] * (1 - 1e-6), product, 0)
    np.testing.assert_allclose(found["weight"], kept / kept.sum(), rtol=1e-6)
    maker = decision_maker(quantiles, intrinsic_range(quantiles, answer), found["weight"])
    np.testing.assert_allclose(maker, seeds["decision_maker"], rtol=1e-6)


def test_the_decision_maker_of_one_expert_is_that_expert(seeds: dict[str, Any]) -> None:
    quantiles, answer = quantiles_of(seeds["quantiles"]), answers_of(seeds["answer"])
    alone = decision_maker(quantiles, intrinsic_range(quantiles, answer), said(0.0, 1.0, 0.0, 0.0))
    np.testing.assert_allclose(alone, quantiles.isel(expert=1), atol=1e-12)


def test_calibration_of_events_is_by_hand() -> None:
    """Four events at 0.25 of which two came true, and two at 0.75 of which one did."""
    stated = np.array([0.25] * 4 + [0.75] * 2)
    truth = np.array([1, 1, 0, 0, 1, 0])
    one = 0.5 * log(0.5 / 0.25) + 0.5 * log(0.5 / 0.75)
    x = 2 * (4 * one + 2 * one)
    assert event_calibration(stated, truth) == pytest.approx(exp(-x / 2))  # χ², two degrees
    bits = 0.25 * log(0.5) + 0.75 * log(1.5)
    assert event_information(stated) == pytest.approx(bits)


def test_who_knows_the_events_has_the_weight() -> None:
    truth = xr.DataArray([1.0, 0.0, 1.0, 0.0, 1.0, 0.0], dims="event")
    said = xr.DataArray(
        [[0.9, 0.1] * 3, [0.1, 0.9] * 3, [0.5] * 6, [0.9] * 5 + [np.nan]],
        dims=("expert", "event"),
        coords={"expert": ["knows", "errs", "shrugs", "left one out"]},
    )
    weight = event_weights(said, truth)["weight"]
    assert float(weight.sel(expert="knows")) > 0.99
    assert float(weight.sel(expert="left one out")) == 0
    with pytest.raises(InputError, match="no expert can be weighted"):
        event_weights(said.sel(expert=["shrugs"]), truth)


def test_seeds_bring_their_pools() -> None:
    """A study with three seeds has a fitted factor and weights beside the plain pools."""
    names = ["knows", "errs"]
    seeds = {f"seed_{row}": float(row % 2) for row in range(4)}
    questions = {
        name: Question(name=name, text="?", outcome="seed", truth=truth)
        for name, truth in seeds.items()
    }
    rows = [
        (who, name, 0.9 if (truth == 1) == (who == "knows") else 0.1)
        for who in names
        for name, truth in seeds.items()
    ]
    dims = "answer"
    answers = xr.Dataset(
        {
            "expert_name": (dims, [row[0] for row in rows]),
            "question": (dims, [row[1] for row in rows]),
            "kind": (dims, ["outcome"] * len(rows)),
            "value": (dims, [row[2] for row in rows]),
        },
        coords={"expert": names, "camp": ("expert", ["", ""])},
    )
    panel = Judgments(questions, answers, {}, ("made up",))
    said, truth = seed_answers(panel)
    assert said.notnull().all()
    np.testing.assert_array_equal(truth, list(seeds.values()))
    rules = _by_seeds(panel)
    weighted = rules["Cooke's weights"]
    one = xr.DataArray([0.2, 0.8], dims="expert", coords={"expert": names})
    assert float(weighted(one, "expert")) == pytest.approx(0.2, abs=0.01)
    assert any(name.startswith("extremised as fits seeds") for name in rules)


@pytest.mark.parametrize(
    ("quantiles", "message"),
    [
        ([[[0.0, 1.0, np.nan]]], "a quantile missing"),
        ([[[0.0, 1.0, 1.0]]], "do not increase"),
    ],
)
def test_seed_questions_that_cannot_be_scored_are_refused(quantiles: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        classical_weights(quantiles_of(quantiles), answers_of([0.0]))


def test_each_expert_counts_once_and_certainty_as_what_rounds_to_it() -> None:
    panel = join([load_study("fri_2023"), load_study("authors")])
    table = one_answer_each(panel, ["extinction"]).sel(question="extinction")
    answers = panel.answers
    assert int(table.notnull().sum()) == 22
    assert (answers["question"] == "extinction").sum() == 44
    own = (answers["question"] == "extinction") & (answers["expert_name"] == "Pascal")
    stated = answers["value"].values[own.values]
    odds = np.exp(np.log(stated / (1 - stated)).mean())
    assert float(table.sel(expert="Pascal")) == pytest.approx(odds / (1 + odds))
    assert "extinction" in asked_directly(panel)
    assert not any("if" in name.split("_") for name in asked_directly(panel))
