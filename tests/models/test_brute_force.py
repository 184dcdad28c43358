"""The closed form against histories played out one by one."""

from typing import Any

import numpy as np
import pytest

from takeoff.models.evaluate import evaluate
from takeoff.models.priors import draw_prior, prior_set
from takeoff.models.scenario import Scenario
from tests.models.brute_force import Estimate, simulate

HISTORIES = 200_000
FEWEST = 400  # histories of a condition below which its conditional outcomes are not compared

SCENARIOS: tuple[dict[str, Any], ...] = (
    {"projects": 1},
    {"projects": 1, "draws": 6.0},
    {"projects": 2},
    {"projects": 2, "draws": 5.0, "effort": (0.3, -0.3)},
    {"projects": 3},
    {"projects": 3, "delay": 3.0, "holdouts": 1},
    {"projects": 3, "effort": (0.5, -0.3, 0.2)},
    {"projects": 5},
    {"projects": 5, "training_cost": 1.0, "reuse": -0.5, "caution": 1.0},
    {"projects": 5, "delay": 2.0, "holdouts": 5},
    {"projects": 5, "effort": (0.4, 0.0, 0.0, -0.4, -0.4), "delay": 1.0, "holdouts": 2},
    {"projects": 8},
)

WORLDS = draw_prior(prior_set("neutral"), len(SCENARIOS), seed=20261122)


def tolerance(name: str, closed: float, estimate: Estimate, projects: int) -> float:
    """Give 5 standard errors, and room for five histories more of an event that is very rare.

    An event that never happened in the simulation shows no error: what the closed form says of
    it gives one.
    """
    error = estimate.error
    if name not in ("homogeneity", "misaligned_share", "projects_fielded"):
        spread = np.sqrt(max(closed * (1 - closed), 0.0))
        error = max(error, spread / np.sqrt(estimate.histories))
    return float(5 * error + 5 * projects / estimate.histories)


def disagreements(world: dict[str, float], inputs: dict[str, Any], seed: int) -> dict[str, Any]:
    scenario = Scenario(**inputs)
    estimates = simulate(world, scenario.to_mapping(), HISTORIES, seed)
    closed = {name: float(value) for name, value in evaluate(world, scenario).items()}
    assert set(closed) == set(estimates)
    return {
        name: (closed[name], estimate)
        for name, estimate in estimates.items()
        if estimate.histories >= FEWEST
        and not abs(closed[name] - estimate.mean)
        <= tolerance(name, closed[name], estimate, scenario.projects)
    }


@pytest.mark.parametrize("row", range(len(SCENARIOS)), ids=lambda row: str(SCENARIOS[row]))
def test_every_outcome_agrees_with_simulated_histories(row: int) -> None:
    world = {name: float(values[row]) for name, values in WORLDS.items()}
    assert disagreements(world, SCENARIOS[row], seed=row) == {}


def test_copies_agree_with_simulated_histories_when_projects_differ_in_effort() -> None:
    # A copy stands or falls with the first system but for its own effort, so that its threshold
    # is a step in the first system's alignment, and not where the first project's is.
    drawn = draw_prior(prior_set("neutral"), 300, 5)
    nearest = int(np.argmax(drawn["kinship_copied"]))
    world = {name: float(values[nearest]) for name, values in drawn.items()}
    assert world["kinship_copied"] > 0.999
    assert disagreements(world, {"projects": 2, "effort": (1.0, 0.0)}, seed=3) == {}
