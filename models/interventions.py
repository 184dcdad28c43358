"""Interventions: changes of the world that may happen and, if they happen, may do something.

A *change* is what one scenario file declares: scenario inputs, and parameters fixed or shifted.
With a chance that it happens and an efficacy, the probability that it does anything if it does, it
is an intervention; without, it is only supposed.

A *plan* is what an analyst compares: one change, a combination of changes, or a mixture of them.
It has two readings. *If it works*, all of a combination's changes do; *weighted*, each change
works or not with its own chance · efficacy, independently, and the plan is a mixture over which
of them do. A mixture of changes (of numbers of projects, say) is the same in both.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from types import MappingProxyType
from typing import Any, Literal

from takeoff.models.errors import InputError
from takeoff.models.scenario import Scenario

__all__ = ["Branch", "Change", "Likelihood", "Plan", "scenario_of"]

_OVERRIDES = ("values", "shifts")


@dataclass(frozen=True)
class Likelihood:
    """A probability that somebody declared, and where it comes from.

    Attributes
    ----------
    value
        The probability.
    source
        Who says so, or why.
    asked_as
        Name of the intervention under which experts were asked for it; None where nobody was.
    """

    value: float
    source: str
    asked_as: str | None = None


@dataclass(frozen=True)
class Change:
    """What one scenario file does to the world.

    Attributes
    ----------
    name, title, meaning
        For people.
    inputs
        Scenario inputs that differ from their defaults, ``values`` and ``shifts`` among them.
    chance, efficacy
        That it happens, and that it does anything if it does; None of what is only supposed.
    """

    name: str
    title: str
    meaning: str
    inputs: Mapping[str, Any]
    chance: Likelihood | None = None
    efficacy: Likelihood | None = None


@dataclass(frozen=True)
class Branch:
    """One way in which a plan may go: its scenario, and what has to work, or fail, for it.

    Attributes
    ----------
    scenario
        The scenario there.
    weight
        Its weight among branches, were nothing uncertain to work.
    works, fails
        Places among the plan's changes of those that work, and of those that do not.
    """

    scenario: Scenario
    weight: float = 1.0
    works: tuple[int, ...] = ()
    fails: tuple[int, ...] = ()


@dataclass(frozen=True)
class Plan:
    """What is compared: a change, a combination of changes, or a mixture of them.

    Attributes
    ----------
    name, title, meaning
        For people.
    kind
        ``single``, ``combination`` or ``mixture``.
    changes
        Its changes: one, all those combined, or the components of the mixture.
    weights
        Weight of each component of a mixture; they add up to 1. None otherwise.

    Raises
    ------
    InputError
        If changes that are combined contradict each other.
    """

    name: str
    title: str
    meaning: str
    kind: Literal["single", "combination", "mixture"]
    changes: tuple[Change, ...]
    weights: tuple[float, ...] = field(default=())

    def __post_init__(self) -> None:
        self.if_it_works()
        self.weighted()

    def if_it_works(self) -> tuple[Branch, ...]:
        """Give the branches of the plan when everything in it works."""
        if self.kind == "mixture":
            return tuple(
                Branch(scenario_of([change]), weight)
                for change, weight in zip(self.changes, self.weights, strict=True)
            )
        return (Branch(scenario_of(self.changes)),)

    def weighted(self) -> tuple[Branch, ...]:
        """Give a branch for every way in which its uncertain changes may work or not."""
        uncertain = tuple(place for place, each in enumerate(self.changes) if each.chance)
        if self.kind == "mixture" or not uncertain:
            return self.if_it_works()
        branches = []
        for outcome in product((True, False), repeat=len(uncertain)):
            fails = tuple(place for place, good in zip(uncertain, outcome, strict=True) if not good)
            works = tuple(place for place in uncertain if place not in fails)
            kept = [each for place, each in enumerate(self.changes) if place not in fails]
            branches.append(Branch(scenario_of(kept), works=works, fails=fails))
        return tuple(branches)


def scenario_of(changes: Sequence[Change]) -> Scenario:
    """Give the scenario in which several changes hold at once; the default one without any.

    Shifts of one parameter add up. Everything else may be set by one change only, or by several
    to the same number.

    Raises
    ------
    InputError
        If two changes contradict each other, or set what cannot be.

    Examples
    --------
    >>> alone = Change("alone", "", "", {"projects": 1})
    >>> safe = Change("safe", "", "", {"shifts": {"security": 1.0}})
    >>> both = scenario_of([alone, safe])
    >>> both.projects, dict(both.shifts)
    (1, {'security': 1.0})
    """
    inputs: dict[str, Any] = {}
    shifts: dict[str, float] = {}
    owner: dict[str, Change] = {}
    for change in changes:
        for name, value in _settings(change).items():
            _require_agreement(name, value, change, inputs, owner)
            inputs[name] = value
        for name, shift in change.inputs.get("shifts", {}).items():
            shifts[name] = shifts.get(name, 0.0) + shift
            owner.setdefault(f"shift of {name}", change)
    for name in shifts:
        if (fixing := owner.get(f"values.{name}")) is not None:
            raise _contradiction(name, fixing, owner[f"shift of {name}"], "is fixed", "is shifted")
    plain = {name: value for name, value in inputs.items() if not name.startswith("values.")}
    values = {name[7:]: value for name, value in inputs.items() if name.startswith("values.")}
    return Scenario.from_mapping(plain | {"values": values, "shifts": shifts})


def _settings(change: Change) -> Mapping[str, Any]:
    """Give what a change sets outright: inputs, and parameters as ``values.<name>``."""
    inputs = {name: value for name, value in change.inputs.items() if name not in _OVERRIDES}
    values = change.inputs.get("values", {})
    return MappingProxyType(inputs | {f"values.{name}": value for name, value in values.items()})


def _require_agreement(
    name: str,
    value: object,
    change: Change,
    inputs: Mapping[str, object],
    owner: dict[str, Change],
) -> None:
    first = owner.setdefault(name, change)
    if name in inputs and inputs[name] != value:
        what = name.removeprefix("values.")
        raise _contradiction(what, first, change, f"is {inputs[name]!r}", f"is {value!r}")


def _contradiction(what: str, first: Change, second: Change, one: str, other: str) -> InputError:
    if first is second:
        return InputError(f"{what} is both fixed and shifted; give one of the two")
    return InputError(
        f"{what} {one} in {first.name} and {other} in {second.name}; combine only one of the two"
    )
