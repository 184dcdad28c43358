"""Worlds that share all but margin and offense: the grid against one world at a time."""

from typing import Any

import numpy as np
import pytensor.tensor as pt
import pytest
from pytensor.compile.maker import function
from pytensor.compile.mode import Mode

from takeoff.models.evaluate import evaluate
from takeoff.models.integral import decide, decide_reverse
from takeoff.models.joint import tallies
from takeoff.models.layout import MARGIN
from takeoff.models.nodes import grid_nodes
from takeoff.models.parameters import PARAMETER_NAMES
from takeoff.models.priors import draw_prior, prior_set
from takeoff.models.rule import rule_of
from takeoff.models.scenario import Scenario
from takeoff.models.shared import share, share_reverse, sharing_of
from takeoff.models.world import outcomes_in, world
from tests.models.graphs import numbers_of

EXPERTS = 12
PANELS = 60
OWN = ("margin", "offense")

SCENARIOS: dict[str, dict[str, Any]] = {
    "alone": {"projects": 1},
    "two": {"projects": 2},
    "five": {},
    "eight": {"projects": 8},
    "holdouts": {"projects": 3, "delay": 5.0, "holdouts": 1},
    "effort": {"projects": 3, "effort": (1.0, 0.0, -1.0)},
}


def panels(spread: float) -> dict[str, np.ndarray]:
    """Draw panels from the prior, each of experts around its margin and offense."""
    random = np.random.default_rng(20)
    drawn = draw_prior(prior_set("neutral"), PANELS, seed=21)
    worlds = {name: np.repeat(drawn[name], EXPERTS) for name in PARAMETER_NAMES}
    for name in OWN:
        worlds[name] = worlds[name] + spread * random.normal(size=len(worlds[name]))
    return worlds


def shared_outcomes(
    worlds: dict[str, np.ndarray], scenario: Scenario, names: tuple[str, ...]
) -> dict[str, np.ndarray]:
    """Evaluate outcomes panel by panel, with what the experts share stated once."""
    inputs: dict[str, Any] = {
        name: pt.vector(name) if name in OWN else pt.tensor(name, shape=(1,), dtype="float64")
        for name in PARAMETER_NAMES
    }
    made = world(inputs, scenario, "fit")
    outcomes = [pt.broadcast_to(made.outcome(name), inputs["margin"].shape) for name in names]
    evaluated: Any = function(
        list(inputs.values()),
        outcomes,
        mode=Mode(linker="py", optimizer="fast_compile"),
        on_unused_input="ignore",
    )
    tables = []
    for panel in range(PANELS):
        rows = slice(panel * EXPERTS, (panel + 1) * EXPERTS)
        first = slice(panel * EXPERTS, panel * EXPERTS + 1)
        tables.append(evaluated(*(worlds[name][rows if name in OWN else first] for name in inputs)))
    return dict(zip(names, np.concatenate(tables, axis=1), strict=True))


@pytest.mark.parametrize("case", SCENARIOS)
def test_the_grid_keeps_every_outcome_within_a_thousandth(case: str) -> None:
    scenario = Scenario(**SCENARIOS[case])
    names = outcomes_in(scenario)
    worlds = panels(spread=1.0)
    exact = evaluate(worlds, scenario, names, precision="report")
    found = shared_outcomes(worlds, scenario, names)
    size = {"projects_fielded": scenario.projects}  # a count, compared by project
    worst = {
        name: float(np.nanmax(np.abs(found[name] - exact[name].values))) / size.get(name, 1)
        for name in names
    }
    assert {name: error for name, error in worst.items() if not error < 1e-3} == {}


def test_the_grid_keeps_tiny_takeovers_right_to_a_few_per_cent() -> None:
    worlds = panels(spread=0.0)
    worlds["margin"] = np.tile(np.linspace(1.0, 5.0, EXPERTS), PANELS)
    worlds["offense"] = np.full(len(worlds["margin"]), -4.0)
    names = ("any_misaligned", "warning_shot", "takeover")
    exact = evaluate(worlds, Scenario(), names, precision="report")
    found = shared_outcomes(worlds, Scenario(), names)
    assert exact["takeover"].min() < 1e-9
    for name in names:
        # Answers scatter by at least a tenth of a unit of log-odds (panel.LEAST_NOISE).
        np.testing.assert_allclose(np.log(found[name]), np.log(exact[name]), atol=0.03, rtol=0)


def five_points(run: Any, at: np.ndarray) -> np.ndarray:
    """Differentiate a scalar function of an array by five-point differences."""
    found = np.empty(at.shape)
    for place in np.ndindex(*at.shape):
        step = 1e-4 * max(abs(at[place]), 1e-2)
        values = []
        for times in (2, 1, -1, -2):
            moved = at.copy()
            moved[place] += times * step
            values.append(run(moved))
        found[place] = np.dot([-1, 8, -8, 1], values) / (12 * step)
    return found


@pytest.mark.parametrize("case", ["five", "holdouts"])
def test_the_grid_carries_back_the_derivatives_that_differences_show(case: str) -> None:
    scenario = Scenario(**SCENARIOS[case])
    group = {"five": (0, 0, 0, 0), "holdouts": (0, 1)}[case]
    drawn = draw_prior(prior_set("neutral"), 3, seed=22)
    tables, random = tallies(group), np.random.default_rng(23)
    rule = rule_of(tables, grid_nodes())
    fixed = [*sharing_of(tables), *rule]
    for common in numbers_of(scenario, drawn | {"margin": np.zeros(3)}):
        margin, offense = random.normal(0.3, 1.0, 5), random.normal(0, 2, 5)
        ends = share(common, margin, *fixed)
        by_ends = random.normal(size=ends.shape)
        by_common, by_margin = share_reverse(common, margin, by_ends, *fixed)
        expected = five_points(lambda at: np.sum(by_ends * share(at, margin, *fixed)), common)
        # Margins that are tied share an edge, and have one of their own once they differ.
        tied = MARGIN + np.flatnonzero(common[MARGIN : MARGIN + max(group) + 2] == common[MARGIN])
        for each in (by_common, expected):
            each[tied] = each[tied].sum()
        scale = np.abs(expected).max()
        np.testing.assert_allclose(by_common, expected, rtol=1e-5, atol=1e-6 * scale)
        expected = five_points(lambda at: np.sum(by_ends * share(common, at, *fixed)), margin)
        np.testing.assert_allclose(by_margin, expected, rtol=1e-5, atol=1e-6 * scale)

        results = decide(common, ends, offense, *rule)
        by_results = random.normal(size=results.shape)
        found = decide_reverse(common, ends, offense, by_results, *rule)
        arguments = [common, ends, offense]
        for place, by_argument in enumerate(found):

            def total(at: np.ndarray, place: int = place) -> float:
                moved = [*arguments[:place], at, *arguments[place + 1 :]]
                return float(np.sum(by_results * decide(*moved, *rule)))

            expected = five_points(total, arguments[place])
            np.testing.assert_allclose(
                by_argument, expected, rtol=1e-5, atol=1e-6 * np.abs(expected).max()
            )
