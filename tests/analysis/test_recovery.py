"""Panels simulated from the prior are recovered, and their answers are such as people give."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit

from takeoff.analysis.calibration.panels import LIKELIHOOD, covered
from takeoff.analysis.fit import simulate_panel
from takeoff.analysis.recovery import least_covered, recoveries
from takeoff.analysis.simulation import answered, of_probabilities, reduced, roundest, spoken
from takeoff.data import join, load_study
from takeoff.data.rounding import rounding_interval
from takeoff.models.panel import panel_model
from takeoff.models.priors import prior_set

PANELS, ERROR = 3, 0.03


@pytest.fixture(scope="module")
def design() -> Any:
    return of_probabilities(join([load_study("fri_2023"), load_study("authors")]))


@given(st.floats(-300, 26))
def test_the_roundest_number_stands_for_the_probability(log_odds: float) -> None:
    stated = roundest(log_odds)
    lower, upper = rounding_interval(stated)
    assert 0 < stated < 1
    # Within what is left of a probability beside 1, in double precision.
    slack = 1e-15 if log_odds > 0 else 0.0
    assert lower - slack <= 1 / (1 + np.exp(-log_odds)) <= upper + slack


def test_what_is_said_parts_the_line() -> None:
    """Else an answer would be read as more or less than what it is said of."""
    log_odds = np.linspace(-40, 26.9, 20_001)
    said = [spoken(each) for each in log_odds.tolist()]
    cells = sorted(set(said), key=lambda each: each.lower)
    for one, other in pairwise(cells):
        assert one.upper == pytest.approx(other.lower, rel=1e-12)
        # Beside 1, probabilities are known to 1e-16.
        assert 1 - one.upper == pytest.approx(1 - other.lower, rel=1e-9, abs=1e-15)
    for each, cell in zip(log_odds, said, strict=True):
        assert cell.lower - 1e-15 <= expit(each) <= cell.upper + 1e-15


def test_simulated_answers_lie_in_their_intervals(design: Any) -> None:
    """Each interval in log-odds, shifts from the baseline included, holds what was drawn."""
    _, spoken = simulate_panel(panel_model(design, prior_set("neutral")), 5, seed=2)
    for drawn in spoken:
        rows = panel_model(answered(design, drawn), prior_set("neutral")).rows
        assert (rows.lower <= drawn + 1e-6).all()
        assert (drawn <= rows.upper + 1e-6).all()


@pytest.mark.slow
def test_simulated_panels_are_recovered(design: Any) -> None:
    """Intervals of 90 per cent cover as often as binomial error over panels allows.

    Of one quantity exactly; of all pooled by a bound that holds however they depend (see
    ``least_covered``).
    """
    found = list(
        recoveries(
            reduced(design, 2),
            prior_set("neutral"),
            panels=PANELS,
            seed=1,
            draws=100,
            tune=200,
            chains=2,
        )
    )
    least = least_covered(PANELS, ERROR)
    levels = np.array([list(each.levels.values()) for each in found])
    assert covered(levels).mean(axis=1).sum() >= least
    assert covered(np.array([each.levels[LIKELIHOOD] for each in found])).sum() >= least
