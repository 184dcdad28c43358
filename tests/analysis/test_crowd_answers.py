"""A crowd's answers are as likely, and are repeated, as the panel's model has it."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import xarray as xr

from takeoff.analysis.crowd_answers import CrowdAnswers, crowd_answers
from takeoff.analysis.derived import log_likelihood
from takeoff.analysis.everyone import Everyone
from takeoff.analysis.fit import simulate_panel
from takeoff.analysis.leaving_out.events import CAMP, PANEL, answers_left_out, deciles
from takeoff.analysis.leaving_out.forecasts import OfCrowd, OfExperts, Teller
from takeoff.analysis.leaving_out.names import MODEL, TESTS
from takeoff.analysis.leaving_out.reweighting import without_answers
from takeoff.analysis.leaving_out.scores import left_out_scores
from takeoff.analysis.predictive import Forecast, Stated, strangers
from takeoff.data import join, load_study
from takeoff.models.interval import FARTHEST
from takeoff.models.panel import Panel, panel_model
from takeoff.models.priors import prior_set
from takeoff.models.questions import Judgments

PEOPLE, SAMPLES = 60, 150


@pytest.fixture(scope="module")
def survey() -> Judgments:
    whole = join([load_study("espai_2023")])
    answers = whole.answers.isel(expert=slice(0, PEOPLE))
    own = np.isin(answers["expert_name"].values, answers["expert"].values)
    return replace(whole, answers=answers.isel(answer=np.flatnonzero(own)))


@pytest.fixture(scope="module")
def panel(survey: Judgments) -> Panel:
    return panel_model(survey, prior_set("neutral"))


@pytest.fixture(scope="module")
def draws(panel: Panel) -> xr.Dataset:
    """Draws of the prior in place of a posterior's."""
    return simulate_panel(panel, SAMPLES, seed=5)[0]


@pytest.fixture(scope="module")
def said(panel: Panel, survey: Judgments, draws: xr.Dataset) -> CrowdAnswers:
    (found,) = crowd_answers(draws, panel, survey)
    return found


def _spread(said: CrowdAnswers) -> CrowdAnswers:
    """Keep the draws in which the crowd spreads over many levels, where splines are no trouble."""
    kept = said.mass.min(axis=1) > -1e-3
    assert kept.sum() > SAMPLES / 2
    parts = {name: getattr(said, name)[kept] for name in ("mass", "center", "scale")}
    return replace(said, **parts)


def test_answers_of_all_people_of_the_crowd_are_found(said: CrowdAnswers, panel: Panel) -> None:
    (crowd,) = panel.crowds
    asked = np.array(crowd.questions)
    for each in range(len(said.answer)):
        pattern = crowd.patterns[crowd.pattern[said.person[each]]]
        case = [place for place in said.cases[said.case[each]] if place >= 0]
        told = sorted((asked[q], low, high) for q, low, high in (said.intervals[x] for x in case))
        assert told == sorted(pattern)
    assert set(said.person.tolist()) == set(range(len(crowd.people)))


def test_patterns_are_as_likely_as_in_the_fit(
    said: CrowdAnswers, panel: Panel, draws: xr.Dataset
) -> None:
    """Closely where noise is half of what ESPAI's is and the crowd spreads over many levels.

    The fit weighs careless people's answers on coarser levels than are taken here.
    """
    (crowd,) = panel.crowds
    stored = log_likelihood(draws, panel)["crowd"].values.reshape(SAMPLES, -1) / crowd.counts
    both = said.chances([]).both
    first = np.unique(crowd.pattern, return_index=True)[1]
    case = [said.case[np.flatnonzero(said.person == person)[0]] for person in first]
    usual = (said.scale[:, 2] > 0.5) & (said.mass.min(axis=1) > -1e-3)
    likely = usual[:, None] & (stored > -12)
    assert likely.sum() > 400
    np.testing.assert_allclose(both[:, case][likely], stored[likely], atol=0.03)


def test_an_answer_is_foretold_with_the_other_one_known_as_conditional_chances_are(
    said: CrowdAnswers,
) -> None:
    """Whatever the other answer was: by total probability it is what is foretold without it."""
    question = int(said.question[said.cases[0][0]])
    ends = np.array([-FARTHEST, -4.0, -1.5, 0.0, 2.0, FARTHEST])
    other = (question + 1) % 2
    intervals = [(other, low, high) for low, high in pairwise(ends)]
    intervals.append((question, -2.0, -1.0))
    own = len(intervals) - 1
    cases = tuple((own, row) for row in range(own))
    tiled = replace(_spread(said), intervals=tuple(intervals), cases=cases)
    found = tiled.chances([(question, -1.5)])
    chance = np.exp(found.alone)
    np.testing.assert_allclose(chance[:, :own].sum(axis=1), 1, atol=1e-9)
    np.testing.assert_allclose(
        (chance[:, :own] * found.below_given[..., 0]).sum(axis=1), found.below[:, 0], atol=1e-9
    )
    np.testing.assert_allclose(np.exp(found.both).sum(axis=1), chance[:, own], rtol=1e-6)
    np.testing.assert_allclose(found.given + found.alone[:, :own], found.both, atol=1e-6, rtol=1e-6)


def test_new_people_answer_as_often_below_a_threshold_as_is_foretold(said: CrowdAnswers) -> None:
    question = int(said.question[said.cases[said.case[0]][0]])
    asked = said.question[np.array(said.cases)[said.case, 0]] == question
    below = said.chances([(question, -2.0)]).below[:, 0]
    again = said.repeated(np.random.default_rng(1), same=False)[:, asked]
    counted = asked.sum()
    error = np.sqrt((below * (1 - below)).sum() * counted) / (SAMPLES * counted)
    assert (again < -2.0).mean() == pytest.approx(below.mean(), abs=4 * error)


def test_the_same_people_repeat_what_they_said_more_closely(
    said: CrowdAnswers, survey: Judgments, panel: Panel
) -> None:
    everyone = Everyone.of(survey, panel, Stated.of(panel), [said])
    value = everyone.value[everyone.source == 1]
    random = np.random.default_rng(2)
    same, new = (
        np.median(np.abs(said.repeated(random, same=each) - value)) for each in (True, False)
    )
    assert same < 0.6 * new


def test_scores_are_of_everybody_and_alike_where_answers_are(
    said: CrowdAnswers, survey: Judgments, panel: Panel, draws: xr.Dataset
) -> None:
    stated = Stated.of(panel)
    everyone = Everyone.of(survey, panel, stated, [said])
    assert sorted(everyone.row) == list(range(survey.answers.sizes["answer"]))
    told = Forecast.of(draws, panel, stated)
    new = Forecast.of(strangers(draws, panel, seed=3), panel, stated)
    likelihood = log_likelihood(draws, panel)["log_odds"]
    tellers: list[Teller] = [
        OfExperts(draws, panel, stated, likelihood, told, new),
        OfCrowd(said, everyone),
    ]
    scores = left_out_scores(everyone, survey.questions, tellers)
    assert (np.diff(scores["answer"].values) > 0).all()
    assert set(scores["question"].values) <= set(deciles(everyone))
    np.testing.assert_array_equal(
        scores["expert_name"], survey.answers["expert_name"].values[scores["answer"].values]
    )
    _check_by_hand(scores, everyone, said)


def _check_by_hand(scores: xr.Dataset, everyone: Everyone, said: CrowdAnswers) -> None:
    """Score one of the crowd's answers, of a person left out, from the chances themselves."""
    left = next(each for each in answers_left_out(everyone) if everyone.source[each.rows[0]] == 1)
    row = left.rows[0]
    own = said.cases[everyone.place[row]][0]
    asked = int(said.question[own])
    found = said.chances([(asked, each) for each in left.thresholds])
    both, alone = found.both[:, everyone.place[row]], found.alone[:, own]
    here: Any = scores.sel(answer=everyone.row[row], test=TESTS[1], forecaster=MODEL)
    (weights,) = without_answers(both[:, None])
    weight = np.exp(weights.log_weight)
    assert float(here["effective"]) == pytest.approx(weights.effective)
    assert float(here["log_score"]) == pytest.approx(np.log(weight @ np.exp(alone)))
    brier = ((weight @ found.below - left.happened) ** 2).mean()
    assert float(here["brier"]) == pytest.approx(brier)
    assert len(left.others[PANEL]) >= 3
    assert CAMP not in left.others or len(left.others[CAMP]) >= 3
