"""Panels simulated from the prior are recovered, and their answers are such as people give."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from takeoff.analysis.fit import simulate_panel
from takeoff.analysis.recovery import covered, least_covered, recoveries
from takeoff.analysis.simulation import answered, of_probabilities, reduced, roundest
from takeoff.data import join, load_study
from takeoff.data.rounding import rounding_interval
from takeoff.models.panel import panel_model
from takeoff.models.priors import prior_set

PANELS, ERROR = 5, 0.01


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
            reduced(design, 4),
            prior_set("neutral"),
            panels=PANELS,
            seed=1,
            draws=100,
            tune=200,
            chains=2,
        )
    )
    least = least_covered(PANELS, ERROR)
    shares = [np.mean(list(covered(each).values())) for each in found]
    assert np.sum(shares) >= least
    assert sum(covered(each)["log_likelihood"] for each in found) >= least
