"""Each kind of answer says of a worldview just what it should; one that is misread shows."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import xarray as xr

from takeoff.analysis.calibration import (
    KINDS_OF_ANSWER,
    Calibration,
    People,
    calibrated,
    people_of_prior,
)
from takeoff.analysis.calibration.kinds import MEANINGS
from takeoff.analysis.calibration.ranks import ranked
from takeoff.analysis.calibration.statements import STATED, vocabulary
from takeoff.analysis.figures.calibration import calibration_figure
from takeoff.data.rounding import rounding_interval
from takeoff.models.priors import prior_set
from takeoff.models.questions import Judgments

ERROR = 0.001
"""Chance that one test of a calibrated kind fails, were its seed another."""
SEED = 2


@pytest.fixture(scope="module")
def people() -> People:
    return people_of_prior(prior_set("neutral"), people=100, draws=1000, seed=SEED)


@pytest.mark.slow
@pytest.mark.parametrize("name", KINDS_OF_ANSWER)
def test_truths_rank_evenly_among_draws(people: People, name: str) -> None:
    found = calibrated(people, KINDS_OF_ANSWER[name], SEED)
    quantity, chance = found.least()
    assert chance > ERROR, quantity


def _with(**factors: float) -> Callable[[xr.Dataset], xr.Dataset]:
    return lambda draws: draws.assign({name: each * draws[name] for name, each in factors.items()})


def _certain(read: Judgments) -> Judgments:
    """Take the best values of intervals as if no range were stated."""
    answers = read.answers
    best = np.isfinite(answers["value"])
    ends = {name: answers[name].where(~best) for name in ("lowest", "highest")}
    return replace(read, answers=answers.assign(ends))


def _other_side(read: Judgments) -> Judgments:
    """Take what is above a bound for what is below it."""
    answers = read.answers
    above = answers["side"] == "above"
    value, bound = answers["value"], answers["kind"] == "bound"
    lower = xr.where(bound, xr.where(above, 0.0, value), answers["lower"])
    upper = xr.where(bound, xr.where(above, value, 1.0), answers["upper"])
    return replace(read, answers=answers.assign(lower=lower, upper=upper))


def _by_most(read: Judgments) -> Judgments:
    """Take a phrase for what most of its readers mean by it."""
    most = {
        name: replace(each, weight=tuple(float(x == max(each.weight)) for x in each.weight))
        for name, each in MEANINGS.items()
    }
    return replace(read, meanings=most)


def _as_is[T](said: T) -> T:
    return said


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "read", "told"),
    [
        ("probability", _as_is, _with(noise=0.5)),
        ("conditional", _as_is, _with(noise=0.5)),
        ("intervention", _as_is, _with(noise=0.5)),
        ("quantile", _as_is, _with(spread=1.5)),
        ("interval", _certain, _as_is),
        ("interval of a quantity", _as_is, _with(spread=1.5)),
        ("bound", _other_side, _as_is),
        ("verbal", _by_most, _as_is),
        ("rating", _as_is, _with(standard_effort=-1.0)),
        ("outcome", _as_is, _with(standard_bias=-1.0)),
    ],
)
def test_a_kind_that_is_misread_shows(
    people: People,
    name: str,
    read: Callable[[Judgments], Judgments],
    told: Callable[[xr.Dataset], xr.Dataset],
) -> None:
    kind = KINDS_OF_ANSWER[name]
    said = people.say(kind, SEED)
    found = ranked(people, kind, read(said), told(people.draws), SEED)
    assert found.least()[1] < ERROR


def test_probabilities_that_are_stated_tile_the_line() -> None:
    intervals = [rounding_interval(each) for each in STATED]
    assert intervals[0].lower == 0
    assert intervals[-1].upper == 1
    for one, other in pairwise(intervals):
        assert one.upper == pytest.approx(other.lower, abs=1e-15)


def test_words_and_their_absence_share_out_each_cell() -> None:
    """What may be said has probabilities that add up to one wherever a probability lies."""
    phrases = ("unlikely", "may happen", "very good chance")
    words = vocabulary(phrases)
    silence = words[f"none of {', '.join(phrases)}"]
    most = max(
        sum(
            dict(zip(words[each].lower, words[each].weight, strict=True)).get(low, 0.0)
            for each in phrases
        )
        for low in silence.lower
    )
    for low, left in zip(silence.lower, silence.weight, strict=True):
        said = [dict(zip(words[each].lower, words[each].weight, strict=True)) for each in phrases]
        assert sum(each.get(low, 0.0) for each in said) / most + left == pytest.approx(1)


def test_the_figure_marks_what_leaves_its_band() -> None:
    even = (np.arange(50) + 0.5) / 50
    found = Calibration({"even": even, "low": even**2, "log likelihood": even}, np.ones(50))
    figure = calibration_figure({"bound": found})
    (axes,) = figure.axes
    assert axes.get_title(loc="left") == "bound"
    _, *lines = axes.lines
    assert [each.get_color() == "#d55e00" for each in lines] == [False, True, False]
    assert found.least()[0] == "low"
