"""Worlds that share all but margin and offense: the grid against one world at a time."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytensor.tensor as pt
import pytest
from pytensor.compile.maker import function
from pytensor.compile.mode import Mode
from pytensor.graph.traversal import ancestors

from takeoff.models.counts import count, count_reverse
from takeoff.models.evaluate import evaluate
from takeoff.models.integral import decide, decide_reverse
from takeoff.models.joint import tallies
from takeoff.models.layout import KINDS, KINSHIP, MARGIN
from takeoff.models.nodes import grid_nodes
from takeoff.models.parameters import PARAMETER_NAMES
from takeoff.models.priors import draw_prior, prior_set
from takeoff.models.questions import EVENTS
from takeoff.models.rule import rule_of
from takeoff.models.scenario import Scenario
from takeoff.models.shared import share, share_reverse, sharing_of
from takeoff.models.world import outcomes_in, reads_cells, world
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


def panels() -> dict[str, np.ndarray]:
    """Draw panels from the prior: what experts share once a panel, margin and offense for each."""
    shared = draw_prior(prior_set("neutral"), PANELS, seed=21)
    worlds = {name: np.repeat(shared[name], EXPERTS) for name in PARAMETER_NAMES}
    each = draw_prior(prior_set("neutral"), PANELS * EXPERTS, seed=20)
    return worlds | {name: each[name] for name in OWN}


def shared_inputs() -> dict[str, Any]:
    """Parameters by name, stated once but for what is each expert's own."""
    return {
        name: pt.vector(name) if name in OWN else pt.tensor(name, shape=(1,), dtype="float64")
        for name in PARAMETER_NAMES
    }


def shared_outcomes(
    worlds: dict[str, np.ndarray], scenario: Scenario, names: tuple[str, ...]
) -> dict[str, np.ndarray]:
    """Evaluate outcomes panel by panel, with what the experts share stated once."""
    inputs = shared_inputs()
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
    worlds = panels()
    exact = evaluate(worlds, scenario, names, precision="report")
    found = shared_outcomes(worlds, scenario, names)
    size = {"projects_fielded": scenario.projects}  # a count, compared by project
    worst = {
        name: float(np.nanmax(np.abs(found[name] - exact[name].values))) / size.get(name, 1)
        for name in names
    }
    assert {name: error for name, error in worst.items() if not error < 1e-3} == {}


def steps(outcome: Any) -> list[str]:
    """Name the steps of the integral in an outcome's graph."""
    made = [each.owner.op for each in ancestors([outcome]) if each.owner is not None]
    return [op.kind for op in made if type(op).__name__ == "_Integral"]


def test_only_outcomes_of_cells_tell_the_whole_table() -> None:
    made = world(shared_inputs(), Scenario(), "fit")
    for name in outcomes_in(Scenario()):
        assert ("decide" in steps(made.outcome(name))) == reads_cells(name), name
    for event in EVENTS:
        given = made.outcome_given("extinction", event)
        assert ("decide" in steps(given)) == reads_cells("extinction", event), event


def test_some_of_the_worlds_have_the_outcomes_that_they_have_among_all() -> None:
    inputs, rows = shared_inputs(), np.array([3, 0, 7])
    made = world(inputs, Scenario(), "fit")
    names = outcomes_in(Scenario())
    evaluated: Any = function(
        list(inputs.values()),
        [each.outcome(name) for name in names for each in (made, made.only(rows))],
        mode=Mode(linker="py", optimizer="fast_compile"),
        on_unused_input="ignore",
    )
    worlds = panels()
    found = evaluated(
        *(worlds[name][:EXPERTS] if name in OWN else worlds[name][:1] for name in inputs)
    )
    for name, every, some in zip(names, found[::2], found[1::2], strict=True):
        among = every if len(every) == 1 else every[rows]
        np.testing.assert_allclose(some, among, rtol=1e-12, err_msg=name)


def test_the_grid_keeps_tiny_takeovers_right_to_a_few_per_cent() -> None:
    worlds = panels()
    worlds["margin"] = np.tile(np.linspace(1.0, 5.0, EXPERTS), PANELS)
    worlds["offense"] = np.full(len(worlds["margin"]), -4.0)
    names = ("any_misaligned", "warning_shot", "takeover")
    exact = evaluate(worlds, Scenario(), names, precision="report")
    found = shared_outcomes(worlds, Scenario(), names)
    assert exact["takeover"].min() < 1e-9
    for name in names:
        # Answers scatter by at least a tenth of a unit of log-odds (panel.LEAST_NOISE).
        np.testing.assert_allclose(np.log(found[name]), np.log(exact[name]), atol=0.03, rtol=0)


def five_points(run: Any, at: np.ndarray, room: np.ndarray) -> np.ndarray:
    """Differentiate a scalar function of an array by differences, in steps within the room."""
    found = np.empty(at.shape)
    for place in np.ndindex(*at.shape):
        step = min(1e-4 * max(abs(float(at[place])), 1e-2), 0.01 * float(room[place]))
        values = []
        for times in (2, 1, -1, -2):
            moved = at.copy()
            moved[place] += times * step
            values.append(run(moved))
        found[place] = np.dot([-1, 8, -8, 1], values) / (12 * step)
    return found


def check_derivatives(
    run: Callable[..., np.ndarray],
    back: Callable[..., Any],
    arguments: list[np.ndarray],
    group: Any,
) -> None:
    """Compare derivatives by each argument, the first of which is a world's common numbers."""
    weights = np.random.default_rng(23).normal(size=run(*arguments).shape)
    common = arguments[0]
    # Margins that are tied share an edge, and have one of their own once they differ.
    tied = MARGIN + np.flatnonzero(common[MARGIN : MARGIN + max(group) + 2] == common[MARGIN])
    for place, found in enumerate(back(*arguments, weights)):

        def total(at: np.ndarray, place: int = place) -> float:
            return float(np.sum(weights * run(*arguments[:place], at, *arguments[place + 1 :])))

        room = np.full(arguments[place].shape, np.inf)
        if place == 0:  # a kinship may be so near to 1 that there is no room for a larger step
            room[KINSHIP : KINSHIP + KINDS] = 1 - common[KINSHIP : KINSHIP + KINDS]
        expected = five_points(total, arguments[place], room)
        if place == 0:
            for each in (found, expected):
                each[tied] = each[tied].sum()
        scale = np.abs(expected).max()
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6 * scale)


@pytest.mark.parametrize("case", ["five", "holdouts"])
def test_the_grid_and_the_contest_carry_back_the_derivatives_that_differences_show(
    case: str,
) -> None:
    group = {"five": (0, 0, 0, 0), "holdouts": (0, 1)}[case]
    drawn = draw_prior(prior_set("neutral"), 3, seed=22) | {"margin": np.zeros(3)}
    tables, random = tallies(group), np.random.default_rng(23)
    rule = rule_of(tables, grid_nodes())
    fixed = [*sharing_of(tables), *rule]
    for common in numbers_of(Scenario(**SCENARIOS[case]), drawn):
        margin, offense = random.normal(0.3, 1.0, 5), random.normal(0, 2, 5)
        check_derivatives(
            lambda *worlds: share(*worlds, *fixed),
            lambda *worlds: share_reverse(*worlds, *fixed),
            [common, margin],
            group,
        )
        check_derivatives(
            lambda *worlds: decide(*worlds, *rule),
            lambda *worlds: decide_reverse(*worlds, *rule),
            [common, share(common, margin, *fixed), offense],
            group,
        )
        check_derivatives(
            lambda *worlds: count(*worlds, *rule),
            lambda *worlds: count_reverse(*worlds, *rule),
            [common, share(common, margin, *fixed), offense],
            group,
        )


@pytest.mark.parametrize("case", SCENARIOS)
def test_counting_agrees_with_the_table_summed_over_all_but_how_many_are_misaligned(
    case: str,
) -> None:
    scenario = Scenario(**SCENARIOS[case])
    worlds = {name: each[:EXPERTS] for name, each in panels().items()}
    inputs: dict[str, Any] = {
        name: pt.constant(each if name in OWN else each[:1]) for name, each in worlds.items()
    }
    shared = world(inputs, scenario, "fit").histories
    first = shared.table[..., 0].sum(axis=2)
    begins = np.searchsorted(shared.misaligned, np.arange(scenario.projects + 2))
    mode = Mode(linker="py", optimizer="fast_compile")
    evaluated: Any = function([], [shared.table, shared.counts, first, shared.first], mode=mode)
    table, counts, branches, found = evaluated()
    np.testing.assert_allclose(found, branches, rtol=1e-12, atol=1e-14)
    for number, (begin, end) in enumerate(pairwise(begins.tolist())):
        expected = table[:, :, begin:end].sum(axis=(1, 2))
        np.testing.assert_allclose(counts[:, number], expected, rtol=1e-12, atol=1e-14)


def test_far_margins_give_positive_outcomes() -> None:
    """Warm-up strays far: a negative probability there has no logarithm, and the chain diverges."""
    worlds = panels()
    worlds["margin"] = np.tile(np.linspace(-14.0, 14.0, EXPERTS), PANELS)
    names = (
        "any_misaligned",
        "warning_shot",
        "takeover",
        "takeover_given_first_aligned",
        "takeover_given_warning",
        "takeover_given_all_misaligned",
    )
    found = shared_outcomes(worlds, Scenario(), names)
    low = {name: float(values.min()) for name, values in found.items() if not values.min() > 0}
    assert low == {}
