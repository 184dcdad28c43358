"""Changes combine, and their plans branch over what works."""

from typing import Any

import pytest

from takeoff.models.errors import InputError
from takeoff.models.interventions import Change, Likelihood, Plan, scenario_of
from takeoff.models.scenario import Scenario


def change(name: str, chance: float | None = None, **inputs: Any) -> Change:
    likelihood = None if chance is None else Likelihood(chance, "made up")
    return Change(name, name, name, inputs, likelihood, likelihood)


def plan(*changes: Change, kind: Any = "combination", weights: tuple[float, ...] = ()) -> Plan:
    return Plan("plan", "plan", "plan", kind, changes, weights)


def test_no_change_is_the_default_scenario() -> None:
    assert scenario_of([]) == Scenario()


def test_shifts_of_one_parameter_add_up() -> None:
    both = scenario_of([change("a", shifts={"race": -0.5}), change("b", shifts={"race": -0.25})])
    assert dict(both.shifts) == {"race": -0.75}


def test_what_two_changes_agree_on_is_no_contradiction() -> None:
    both = scenario_of([change("a", projects=2, delay=1.0), change("b", delay=1.0)])
    assert (both.projects, both.delay) == (2, 1.0)


CONTRADICTIONS: dict[str, tuple[Change, Change, str]] = {
    "inputs": (
        change("a", projects=1),
        change("b", projects=2),
        "projects is 1 in a and is 2 in b",
    ),
    "values": (
        change("a", values={"race": 0.0}),
        change("b", values={"race": 0.1}),
        "race is 0.0 in a and is 0.1 in b; combine only one of the two",
    ),
    "fixed, then shifted": (
        change("a", values={"race": 0.0}),
        change("b", shifts={"race": 0.1}),
        "race is fixed in a and is shifted in b",
    ),
    "shifted, then fixed": (
        change("a", shifts={"race": 0.1}),
        change("b", values={"race": 0.0}),
        "race is fixed in b and is shifted in a",
    ),
    "only when one of them fails": (
        change("a", 0.5, projects=8),
        change("b", 0.5, holdouts=6),
        "holdouts is 6",
    ),
}


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_contradictory_changes_are_refused(name: str) -> None:
    first, second, message = CONTRADICTIONS[name]
    with pytest.raises(InputError, match=message):
        plan(first, second)


def test_a_combination_branches_over_what_works() -> None:
    made = plan(change("a", 0.5, projects=1), change("b", 0.5, draws=1.0), change("c", delay=2.0))
    assert [branch.scenario.delay for branch in made.weighted()] == [2.0] * 4
    found = {
        (branch.works, branch.fails): (branch.scenario.projects, branch.scenario.draws)
        for branch in made.weighted()
    }
    assert found == {
        ((0, 1), ()): (1, 1.0),
        ((0,), (1,)): (1, 2.0),
        ((1,), (0,)): (5, 1.0),
        ((), (0, 1)): (5, 2.0),
    }
    assert [branch.scenario.projects for branch in made.if_it_works()] == [1]


def test_what_is_only_supposed_has_one_branch() -> None:
    assert len(plan(change("a", projects=1), kind="single").weighted()) == 1


def test_a_mixture_has_a_branch_for_each_of_its_weights() -> None:
    made = plan(
        change("a", projects=1), change("b", projects=3), kind="mixture", weights=(0.25, 0.75)
    )
    found = [(branch.scenario.projects, branch.weight) for branch in made.weighted()]
    assert found == [(1, 0.25), (3, 0.75)]
