"""Told with draws, the story has the likeness that the closed form says."""

from typing import Any

import numpy as np
import pymc as pm
import pytest
from pytensor.compile.mode import Mode
from scipy import stats

from takeoff.models.candidates import candidates_model, likeness
from takeoff.models.evaluate import evaluate
from takeoff.models.playout import play_out
from takeoff.models.priors import draw_prior, prior_set
from takeoff.models.scenario import Scenario

INTERPRETED = Mode(linker="py", optimizer="fast_compile")
HISTORIES = 40_000


def drawn(seed: Any, scenario: Any, **changed: Any) -> Any:
    world = {
        name: float(value[0]) for name, value in draw_prior(prior_set("neutral"), 1, seed).items()
    }
    world |= changed
    model = candidates_model(
        {name: np.full(HISTORIES, value) for name, value in world.items()}, scenario
    )
    return world, pm.draw(model["alignment"], random_seed=seed, mode=INTERPRETED)


@pytest.mark.parametrize("seed", range(4))
def test_correlation_between_projects_is_that_of_kinship_and_doubt(seed: Any) -> None:
    scenario = Scenario(projects=4)
    world, alignment = drawn(seed, scenario)
    homogeneity = evaluate(world, scenario, ["homogeneity"])["homogeneity"].values
    expected = likeness(homogeneity, np.array(world["doubt"]), 4)
    # Kinship is a mixture over provenance, so tails are a little heavier than a normal's.
    tolerance = 6 * np.sqrt(2 / HISTORIES)
    np.testing.assert_allclose(np.corrcoef(alignment.T), expected, atol=tolerance)


def test_without_inspection_and_further_draws_candidates_are_the_systems_that_end() -> None:
    scenario = Scenario(projects=3, draws=0.0)
    plain = {"detection": 0.0, "false_alarm": 0.0, "spillover": 0.0}
    world, alignment = drawn(7, scenario, **plain)
    outcomes = evaluate(world, scenario, ["any_misaligned", "all_misaligned", "first_aligned"])
    misaligned = alignment < 0
    for name, found in (
        ("any_misaligned", misaligned.any(axis=1)),
        ("all_misaligned", misaligned.all(axis=1)),
        ("first_aligned", ~misaligned[:, 0]),
    ):
        expected = float(outcomes[name])
        error = np.sqrt(expected * (1 - expected) / HISTORIES)
        assert found.mean() == pytest.approx(expected, abs=5 * error), name


def test_one_project_is_like_nobody() -> None:
    _, alignment = drawn(1, Scenario(projects=1))
    assert alignment.shape == (HISTORIES, 1)


def test_candidates_are_the_first_systems_of_histories_played_out() -> None:
    # Two tellings with draws: this one in the language of PyMC, the other compiled.
    scenario = Scenario(projects=3, delay=1.0, holdouts=1, effort=(0.4, 0.0, -0.4))
    world, alignment = drawn(11, scenario, detection=0.0, false_alarm=0.0, spillover=0.0)
    told = play_out(world, scenario, HISTORIES, seed=12)["alignment"].values
    for project in range(scenario.projects):
        # Were they alike, one run in a million would be as far apart.
        assert stats.ks_2samp(alignment[:, project], told[:, project]).pvalue > 1e-6
    apart = np.corrcoef(alignment.T) - np.corrcoef(told.T)
    assert np.abs(apart).max() < 6 * np.sqrt(2 * 2 / HISTORIES)
