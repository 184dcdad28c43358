"""Weights give the posterior without an expert, and forecasts are scored as they should be."""

from dataclasses import replace
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import numpy as np
import pymc as pm
import pytest
import xarray as xr

from takeoff.analysis import derived, predictive
from takeoff.analysis.everyone import Everyone
from takeoff.analysis.fit import simulate_panel
from takeoff.analysis.leaving_out.compared import compared, reliable
from takeoff.analysis.leaving_out.events import answers_left_out
from takeoff.analysis.leaving_out.forecasts import OfExperts
from takeoff.analysis.leaving_out.names import MODEL, TESTS
from takeoff.analysis.leaving_out.pooled import pooled_predictions
from takeoff.analysis.leaving_out.reweighting import without_answers, without_experts
from takeoff.analysis.leaving_out.scores import left_out_scores
from takeoff.analysis.predictive import Forecast, Stated, own_variables, strangers
from takeoff.analysis.simulation import reduced
from takeoff.data import join, load_study
from takeoff.models.panel import Panel, panel_model
from takeoff.models.priors import prior_set
from takeoff.models.questions import Judgments

NOISE, SAID = 0.5, np.array([0.4, -1.0, 2.5])
SAMPLES = 40_000


def exact(said: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give mean and covariance of (θ, u_1, …) given y_i = θ + u_i + noise, all else N(0, 1)."""
    design = np.column_stack([np.ones(len(said)), np.eye(len(said))])
    covariance = np.linalg.inv(np.eye(len(said) + 1) + design.T @ design / NOISE**2)
    return covariance @ design.T @ said / NOISE**2, covariance


@pytest.fixture(scope="module")
def known() -> tuple[Any, xr.Dataset, np.ndarray]:
    """Give a panel whose posterior is normal, exact draws from it, and their likelihood."""
    with pm.Model(coords={"expert": ["a", "b", "c"], "answer": [0, 1, 2]}) as model:
        shared = pm.Normal("shared")
        own = pm.Normal("own", dims="expert")
        pm.Normal("log_odds", shared + own, NOISE, observed=SAID, dims="answer")
    panel = SimpleNamespace(model=model, rows=SimpleNamespace(expert=np.arange(3)))
    mean, covariance = exact(SAID)
    drawn = np.random.default_rng(8).multivariate_normal(mean, covariance, SAMPLES)
    draws = xr.Dataset(
        {
            "shared": (("chain", "draw"), drawn[None, :, 0]),
            "own": (("chain", "draw", "expert"), drawn[None, :, 1:]),
        },
        coords={"chain": [0], "draw": np.arange(SAMPLES), "expert": ["a", "b", "c"]},
    )
    residual = (SAID - drawn[:, :1] - drawn[:, 1:]) / NOISE
    return panel, draws, -0.5 * residual**2 - np.log(NOISE * np.sqrt(2 * np.pi))


def test_weights_without_an_expert_give_the_posterior_without_them(known: Any) -> None:
    panel, draws, likelihood = known
    shared = draws["shared"].values.ravel()
    for left, weights in enumerate(without_experts(likelihood, draws, panel)):
        mean, _ = exact(np.delete(SAID, left))
        weight = np.exp(weights.log_weight)
        found = weight @ shared
        error = np.sqrt((weight**2 * (shared - found) ** 2).sum())
        assert weight.sum() == pytest.approx(1)
        assert found == pytest.approx(mean[0], abs=4 * error)


def test_integrating_out_what_is_the_experts_own_steadies_the_weights(known: Any) -> None:
    """For the expert who surprises most, against the weights that leave it in."""
    panel, draws, likelihood = known
    plain = without_answers(likelihood)[2]
    steady = without_experts(likelihood, draws, panel)[2]
    assert steady.shape < plain.shape
    assert steady.effective > plain.effective


def test_strangers_keep_what_is_shared_and_nothing_of_the_experts(known: Any) -> None:
    panel, draws, _ = known
    new = strangers(draws, panel, seed=1)
    np.testing.assert_array_equal(new["shared"], draws["shared"])
    old, own = draws["own"].values[0], new["own"].values[0]
    assert own.mean(axis=0) == pytest.approx(np.zeros(3), abs=4 / np.sqrt(SAMPLES))
    assert own.std(axis=0) == pytest.approx(np.ones(3), abs=4 / np.sqrt(2 * SAMPLES))
    between = np.corrcoef(old[:, 2], own[:, 2])[0, 1]
    assert between == pytest.approx(0, abs=4 / np.sqrt(SAMPLES))


@pytest.mark.parametrize("name", ["linear pool", "median", "mean log-odds", "extremised"])
def test_a_pools_forecast_is_a_distribution(name: str) -> None:
    prediction = pooled_predictions(np.array([-9.0, -1.0, 0.5, 2.0]))[name]
    ends = np.array([-200.0, -12.0, -3.0, 0.0, 0.1, 4.0, 200.0])
    parts = [prediction.log_between(low, high) for low, high in pairwise(ends)]
    outside = prediction.below(ends)[0] + 1 - prediction.below(ends)[-1]
    assert np.exp(parts).sum() + outside == pytest.approx(1, abs=1e-9)
    assert (np.diff(prediction.below(ends)) >= 0).all()


@pytest.fixture(scope="module")
def small() -> tuple[Judgments, Panel, xr.Dataset]:
    """Give five experts of each camp, the authors, and draws of the prior for a posterior."""
    design = reduced(join([load_study("fri_2023"), load_study("authors")]), 5)
    panel = panel_model(design, prior_set("neutral"))
    return design, panel, simulate_panel(panel, 40, seed=2)[0]


def test_forecasts_have_the_likelihood_that_is_stored(small: Any) -> None:
    _, panel, draws = small
    stated = Stated.of(panel)
    stored = derived.log_likelihood(draws, panel)["log_odds"].values.reshape(40, -1)
    # A draw from the prior may be so far out that its likelihood underflows.
    told = Forecast.of(draws, panel, stated).log_likelihood
    stored = stored[:, stated.answer]
    near = stored > -600
    np.testing.assert_allclose(told[near], stored[near], rtol=1e-9, atol=1e-9)


def test_what_a_stranger_holds_impossible_has_a_likelihood(
    small: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of thousands of strangers one holds that an outcome's chance is below every number."""
    _, panel, draws = small
    stated = Stated.of(panel)
    shape = (1, 40, len(panel.rows.value))
    for far in (-np.inf, np.inf):
        values = [np.full(shape, far), np.ones(shape)]
        monkeypatch.setattr(predictive, "_computed", lambda *_, values=values: values)
        told = Forecast.of(draws, panel, stated).log_likelihood
        assert np.isfinite(told).all()
        assert (told < -1000).all()


def test_an_answer_is_foretold_from_others_to_the_same_question_only(small: Any) -> None:
    judgments, panel, _ = small
    names, asked = (judgments.answers[name].values for name in ("expert_name", "question"))
    camp = dict(
        zip(judgments.answers["expert"].values, judgments.answers["camp"].values, strict=True)
    )
    stated = Stated.of(panel)
    names, asked = names[stated.answer], asked[stated.answer]
    left = list(answers_left_out(Everyone.of(judgments, panel, stated)))
    assert left
    for each in left:
        (row,) = each.rows
        same = asked == asked[row]
        others = set(names[same]) - {names[row]}
        fellows = {name for name in others if camp[name] == camp[names[row]]}
        assert [len(values) for values in each.others.values()] == [len(others), len(fellows)]
        assert not ((each.thresholds > each.lower) & (each.thresholds < each.upper)).any()


def test_a_refit_takes_the_place_of_weights(small: Any) -> None:
    judgments, panel, draws = small
    stated = Stated.of(panel)
    # Draws of the prior may be as good as impossible, which those of a posterior are not.
    likely = np.random.default_rng(4).normal(-2, 0.5, (40, judgments.answers.sizes["answer"]))
    told, new = (
        replace(Forecast.of(each, panel, stated), log_likelihood=likely[:, stated.answer])
        for each in (draws, strangers(draws, panel, seed=3))
    )
    whole = xr.DataArray(likely[None], dims=("chain", "draw", "answer"))
    refitted = str(judgments.answers["expert"].values[0])
    everyone, questions = Everyone.of(judgments, panel, stated), judgments.questions
    plain, scores = (
        left_out_scores(
            everyone, questions, [OfExperts(draws, panel, stated, whole, told, new, refits)]
        )
        for refits in ({}, {refitted: draws})
    )
    own = scores["expert_name"].values == refitted
    without = scores["shape"].sel(test=TESTS[1]).values
    assert np.isnan(without[own]).all()
    assert reliable(scores, TESTS[1]).values[own].all()
    np.testing.assert_allclose(scores["effective"].sel(test=TESTS[1]).values[own], 40)
    np.testing.assert_array_equal(
        scores["log_score"].values[..., ~own], plain["log_score"].values[..., ~own]
    )
    assert (scores["log_score"] <= 0).all()
    brier = scores["brier"].values
    # Missing where every decile lies inside the interval of a rounded answer.
    assert np.isfinite(brier).mean() > 0.9
    assert np.nanmin(brier) >= 0
    assert np.nanmax(brier) <= 1


def test_an_advantage_has_the_error_of_a_mean_over_experts() -> None:
    """Two experts with two answers each: a mean of 1, and sums 1 above and below it."""
    log_score = np.array([[-1.0, -1.0, -1.0, -1.0], [-2.5, -2.5, -1.5, -1.5]])
    scores = xr.Dataset(
        {
            "log_score": (("test", "forecaster", "answer"), log_score[None]),
            "brier": (("test", "forecaster", "answer"), -log_score[None] / 10),
        },
        coords={
            "test": [TESTS[0]],
            "forecaster": [MODEL, "median"],
            "expert_name": ("answer", ["a", "a", "b", "b"]),
        },
    )
    model, median = compared(scores, TESTS[0])
    assert model.log_advantage is None
    assert median.log_advantage is not None
    assert median.log_advantage.mean == pytest.approx(1.0)
    assert median.log_advantage.error == pytest.approx(np.sqrt(2 * (1 + 1)) / 4)
    assert median.brier_advantage is not None
    assert median.brier_advantage.mean == pytest.approx(0.1)


def test_what_belongs_to_an_expert_is_named_by_its_dim(small: Any) -> None:
    _, panel, draws = small
    assert {"log_care", "log_tail", "margin_deviation"} <= set(own_variables(panel))
    assert all("expert" in draws[name].dims for name in own_variables(panel))
