"""A survey is predicted by a panel that never saw it, and the prediction is scored rightly."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from scipy import stats
from scipy.special import logit

from takeoff.analysis.imagined_answers import imagined_answers
from takeoff.analysis.prediction import predict
from takeoff.analysis.worlds import shared_parameters
from takeoff.data import Study, rounding_interval
from takeoff.models.answers.shared_errors import SharedErrors
from takeoff.models.errors import InputError
from takeoff.models.evaluate import evaluate
from takeoff.models.panel import CARE_SPREAD, LEAST_NOISE
from takeoff.models.priors import prior_set
from takeoff.models.questions import READINGS, WORDING_SD, Question
from takeoff.models.scenario import Scenario
from tests.analysis.panels import panel_tree

TAKEOVER = Question("takeover", "?", "takeover", fit="loose")
GIVEN = Question("given", "?", "takeover", given="any_misaligned", fit="exact")
NOISE = 0.4
CAMPS = {"worried": 0.5, "hopeful": 0.5}


def panel(draws: int, seed: int = 3) -> xr.DataTree:
    tree = panel_tree(chains=1, draws=draws, seed=seed)
    posterior = tree["posterior"].to_dataset()
    noise = np.full((1, draws, len(READINGS)), NOISE)
    posterior = posterior.assign(noise=(("chain", "draw", "reading"), noise))
    tree["posterior"] = xr.DataTree(posterior)
    tree["prior"] = xr.DataTree(posterior)
    tree.attrs["prior_set"] = "neutral"
    tree.attrs["camp_weights"] = json.dumps(CAMPS)
    return tree


def flat(tree: xr.DataTree) -> xr.Dataset:
    return tree["posterior"].to_dataset().isel(chain=0, drop=True)


def study(rows: list[dict[str, Any]], *questions: Question) -> Study:
    columns = {"camp": "", "level": np.nan, "note": "", "baseline": np.nan}
    table = pd.DataFrame([columns | row for row in rows])
    named = {each.name: each for each in questions}
    return Study("made_up", "A", "B", "C", "2026", "D", {}, named, table)


def people(draws: xr.Dataset, *questions: Question, members: int = 50) -> xr.Dataset:
    return imagined_answers(draws, questions, CAMPS, prior_set("neutral"), members, seed=5)


def test_without_disagreement_an_imagined_answer_is_the_outcome_with_wording_and_noise() -> None:
    draws = flat(panel(300))
    alike = draws.assign(disagreement=0 * draws["disagreement"], contrast=0 * draws["contrast"])
    found = people(alike, TAKEOVER, GIVEN, members=20)
    takeover = evaluate(shared_parameters(alike), Scenario(), ["takeover"], "fit")["takeover"]
    offset = found["center"] - np.log(takeover) + np.log1p(-takeover)
    wording = offset.sel(question="takeover")
    # One offset for all who read the question, with the deviations of its fit and of a survey's.
    assert float(wording.std("person").max()) < 1e-9
    spread = float(np.hypot(WORDING_SD["loose"], SharedErrors().study))
    assert float(wording.isel(person=0).std()) == pytest.approx(spread, abs=4 * spread / 600**0.5)
    # Given a misaligned project takeover is likelier, by more than wordings could move it.
    step = (offset.sel(question="given") - wording).mean()
    assert float(step) > 4 * np.hypot(WORDING_SD["exact"], WORDING_SD["loose"]) / 300**0.5
    care = np.log(np.sqrt(found["scale"].sel(question="takeover") ** 2 - LEAST_NOISE**2) / NOISE)
    assert float(care.std()) == pytest.approx(CARE_SPREAD, abs=4 * CARE_SPREAD / (2 * 6000) ** 0.5)


def test_members_of_one_camp_hold_what_separates_it() -> None:
    draws = flat(panel(100))
    shifted = draws.assign(contrast=0 * draws["contrast"] + 3.0)
    shifted["contrast"].loc[{"varying": ["slip", "response", "margin"]}] = 0.0
    means = [
        float(
            imagined_answers(
                shifted, [TAKEOVER], {"worried": each, "hopeful": 1 - each}, prior_set("neutral"),
                20, seed=1,
            )["center"].mean()
        )
        for each in (1.0, 0.5, 0.0)
    ]  # fmt: skip
    assert means[0] > means[1] > means[2]


def test_groups_of_the_population_that_is_predicted_lie_anywhere_in_their_prediction() -> None:
    """Positions are uniform when the groups come from draws like those that predict them."""
    tree = panel(260)
    truth = people(flat(tree).isel(draw=slice(0, 80)), TAKEOVER)["log_odds"].isel(question=0)
    rows = [
        {"expert": f"group {number}", "question": "takeover", "kind": "quantile", "level": level,
         "value": float(1 / (1 + np.exp(-np.quantile(truth.values[number], level))))}
        for number in range(80)
        for level in (0.25, 0.5)
    ]  # fmt: skip
    rest = tree["posterior"].to_dataset().isel(draw=slice(80, None))
    tree["posterior"] = xr.DataTree(rest)
    tree["prior"] = xr.DataTree(rest)
    found = predict(tree, study(rows, TAKEOVER), people=50, seed=8)
    ours = found.sel(beliefs="posterior", who="population")
    for level in (0.25, 0.5):
        position = ours["position"].values[ours["level"].values == level]
        assert stats.kstest(position, "uniform").pvalue > 1e-3
    assert (np.diff(ours["predicted"].values, axis=1) > 0).all()


def test_single_answers_are_scored_by_the_mass_of_their_rounding_interval() -> None:
    tree = panel(40)
    stated = [0.0, 0.05, 0.05, 0.3, 1e-6, 1.0]
    rows = [
        {"expert": str(number), "question": "takeover", "kind": "probability", "value": value}
        for number, value in enumerate(stated)
    ]
    found = predict(tree, study(rows, TAKEOVER), people=10, draws=40, seed=2)
    ours = found.sel(beliefs="posterior", who="population", question="takeover")
    made = imagined_answers(flat(tree), [TAKEOVER], CAMPS, prior_set("neutral"), 10, seed=2)
    normal = stats.norm(made["center"].values.ravel(), made["scale"].values.ravel())
    ends = logit([rounding_interval(each) for each in stated]).T
    masses = [np.mean(normal.cdf(high) - normal.cdf(low)) for low, high in zip(*ends, strict=True)]
    assert float(ours["answer_log_score"]) == pytest.approx(np.mean(np.log(masses)), rel=1e-6)
    assert int(ours["count"]) == 6
    assert found.sizes["statement"] == 0  # six answers are no group
    assert 0 <= float(ours["covered"].sel(mass=0.5)) <= float(ours["covered"].sel(mass=0.9)) <= 1


def test_a_sample_of_answers_has_its_own_quantiles_and_the_summary_names_its_median() -> None:
    rows = [
        {"expert": str(number), "question": "takeover", "kind": "probability", "value": value}
        for number, value in enumerate(np.linspace(0.01, 0.6, 60))
    ]
    found = predict(panel(40), study(rows, TAKEOVER), people=10, draws=40)
    assert found["level"].values.tolist() == [0.25, 0.5, 0.75]
    assert found["observed"].values == pytest.approx([0.15, 0.3, 0.45])
    said = json.loads(found.attrs["summary"])
    assert said[0].startswith("takeover, median of all: predicted ")
    assert said[0].endswith(", observed 30.")
    assert any(each.startswith("Of 60 single answers ") for each in said)


@pytest.mark.parametrize(
    "question",
    [
        Question("e", "?", "efficacy", intervention="compelling_evidence"),
        Question("s", "?", "extinction_by_2100", given="warning_shot", reading="shift"),
    ],
    ids=lambda each: str(each.name),
)
def test_what_is_no_outcome_cannot_be_predicted(question: Question) -> None:
    with pytest.raises(InputError, match="cannot be predicted"):
        people(flat(panel(4)), question)
