"""Whole panels say just what they should; a misreading, or a wrong step of the walk, shows."""

import numpy as np
import pytest
from scipy import stats

from takeoff.analysis import derived
from takeoff.analysis.calibration import Calibration, gathered, ranked_panels, walk
from takeoff.analysis.calibration.panels import LIKELIHOOD
from takeoff.analysis.calibration.programs import Programs, programs_of
from takeoff.analysis.calibration.walk import Kernel, level_of, walk_through
from takeoff.analysis.fit import simulate_panel
from takeoff.analysis.simulation import answered, of_probabilities, reduced
from takeoff.data import join, load_study
from takeoff.models.panel import panel_model
from takeoff.models.priors import prior_set
from takeoff.models.questions import Judgments

ERROR = 0.001
"""Chance that a test of what is calibrated fails, were its seed another."""
WALKS = 1500
SHAPE = 0.6
"""Of a gamma variable, whose logarithm is skewed: steep to the right, with a long tail left."""
KERNEL = Kernel(0.9, np.array([1.5]))


def _log_gamma(point: np.ndarray) -> tuple[float, np.ndarray]:
    with np.errstate(over="ignore"):
        return float((SHAPE * point - np.exp(point)).sum()), SHAPE - np.exp(point)


def _levels(seed: int) -> np.ndarray:
    found = []
    for number in range(WALKS):
        random = np.random.default_rng([seed, number])
        truth = np.log(random.gamma(SHAPE, size=1))
        points, place = walk_through(_log_gamma, truth, KERNEL, 4, random)
        found.append(level_of(points[:, 0], place, random))
    return np.array(found)


def test_truths_rank_evenly_in_walks_of_a_few_transitions() -> None:
    assert stats.kstest(_levels(1), "uniform").pvalue > ERROR


def test_a_walk_without_metropolis_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk, "accepts", lambda *_: True)
    assert stats.kstest(_levels(1), "uniform").pvalue < ERROR


@pytest.fixture(scope="module")
def design() -> Judgments:
    studies = [load_study("fri_2023"), load_study("authors")]
    return of_probabilities(reduced(join(studies), 1))


@pytest.fixture(scope="module")
def programs(design: Judgments) -> Programs:
    return programs_of(panel_model(design, prior_set("neutral")))


def test_programs_of_a_design_tell_what_a_panels_own_model_does(
    design: Judgments, programs: Programs
) -> None:
    truths, spoken = simulate_panel(programs.panel, 3, seed=3)
    for number, drawn in enumerate(spoken):
        judgments = answered(design, drawn)
        truth = truths.isel(draw=[number])
        point = programs.coordinates_of(truth, judgments)
        assert point is not None
        draws = programs.draws(point[None], judgments)
        for name in (each.name for each in programs.panel.model.free_RVs):
            np.testing.assert_allclose(draws[name].values, truth[name].values, rtol=1e-6)
        if number == 0:
            own = panel_model(judgments, prior_set("neutral"))
            likelihood = derived.log_likelihood(draws, own)["log_odds"].sum()
            found = programs.log_likelihood(draws, judgments)
            assert float(found[0]) == pytest.approx(float(likelihood), rel=1e-9)


def _ranks(design: Judgments, programs: Programs, count: int) -> Calibration:
    found = list(
        ranked_panels(
            design,
            prior_set("neutral"),
            panels=count,
            seed=1,
            transitions=30,
            tune=40,
            read=programs,
        )
    )
    return gathered([each.levels for each in found], [np.median(x.effective) for x in found])


@pytest.mark.slow
def test_truths_of_whole_panels_rank_evenly(design: Judgments, programs: Programs) -> None:
    found = _ranks(design, programs, 6)
    quantity, chance = found.least()
    assert chance > ERROR, quantity
    assert found.worth.mean() > 5


@pytest.mark.slow
def test_answers_read_as_more_extreme_than_they_are_show(
    design: Judgments, programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Log-odds are read as half as much again: seen in how likely all answers are."""
    right = Programs._ends
    monkeypatch.setattr(Programs, "_ends", lambda *given: 1.5 * right(*given))
    levels = _ranks(design, programs, 16).ranks[LIKELIHOOD]
    assert stats.kstest(levels, "uniform").pvalue < ERROR
