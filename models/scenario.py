"""What an analyst sets: the scenario in which worlds are played out (not inferred)."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any

import numpy as np

from takeoff.models.errors import InputError, nearest
from takeoff.models.parameters import PARAMETER_NAMES, SHARES, parameter

__all__ = ["MOST_PROJECTS", "SCENARIO_INPUTS", "Scenario"]

MOST_PROJECTS = 8

_LARGEST = 1e12  # beyond it, and beyond what floats hold, a number is a slip of the pen

_NONE: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True)
class Scenario:
    """A setting of the world, with the policy that holds in it.

    Attributes
    ----------
    projects
        Number of projects K, 1 to 8.
    draws
        Mean number of further systems each project fields before the contest is decided.
    delay
        Years that the field waits before the first system.
    holdouts
        How many of the last projects do not wait.
    training_cost
        Tenfold steps in the cost of a competing training run, against the reference world.
    reuse
        Tenfold steps in the ratio of training compute to running compute.
    caution
        Standard deviations of risk aversion in projects that train their own system.
    effort
        Safety effort of each project, added to its margin (probit); none when not given.
    values
        Parameters fixed at a value, on their own scale.
    shifts
        Shifts of parameters on their unconstrained scale: identity for reals, log for positive
        ones, log-odds for probabilities, log share then renormalised for the shares.

    Raises
    ------
    InputError
        If a number is out of range, or a parameter is unknown.
    """

    projects: int = 5
    draws: float = 2.0
    delay: float = 0.0
    holdouts: int = 0
    training_cost: float = 0.0
    reuse: float = 0.0
    caution: float = 0.0
    effort: tuple[float, ...] | None = None
    values: Mapping[str, float] = field(default_factory=lambda: _NONE)
    shifts: Mapping[str, float] = field(default_factory=lambda: _NONE)

    def __post_init__(self) -> None:
        _require_whole("projects", self.projects, 1, MOST_PROJECTS)
        _require_whole("holdouts", self.holdouts, 0, self.projects)
        for name in ("draws", "delay"):
            _require_number(name, getattr(self, name), lowest=0.0)
        for name in ("training_cost", "reuse", "caution"):
            _require_number(name, getattr(self, name))
        if self.effort is not None:
            if len(self.effort) != self.projects:
                raise InputError(
                    f"effort has {len(self.effort)} numbers for {self.projects} projects; "
                    "give one number a project"
                )
            for each in self.effort:
                _require_number("effort", each)
        _require_overrides(self.values, self.shifts)

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any]) -> "Scenario":
        """Build a scenario from names and numbers, as a file gives them."""
        for name in mapping:
            if name not in SCENARIO_INPUTS:
                raise InputError(f"unknown scenario input {name!r}{nearest(name, SCENARIO_INPUTS)}")
        inputs = dict(mapping)
        effort = inputs.get("effort")
        if effort is not None:
            if not isinstance(effort, list | tuple):
                raise InputError("effort must be a list of numbers, one a project")
            inputs["effort"] = tuple(effort)
        for name in ("values", "shifts"):
            if not isinstance(inputs.get(name, {}), Mapping):
                raise InputError(f"{name} must be a table of parameters and numbers")
        return cls(**inputs)

    def to_mapping(self) -> dict[str, Any]:
        """Give the inputs by name, the policy's values and shifts left out when there are none."""
        inputs: dict[str, Any] = {each.name: getattr(self, each.name) for each in fields(self)}
        inputs["effort"] = None if self.effort is None else list(self.effort)
        for name in ("values", "shifts"):
            overrides = dict(inputs.pop(name))
            if overrides:
                inputs[name] = overrides
        return inputs

    @property
    def efforts(self) -> np.ndarray:
        """Effort of each project (project,), zeros when none is given; probit."""
        return np.zeros(self.projects) if self.effort is None else np.array(self.effort, float)

    @property
    def delays(self) -> np.ndarray:
        """Delay of each project (project,); holdouts have none; years."""
        waits = np.arange(self.projects) < self.projects - self.holdouts
        return np.where(waits, self.delay, 0.0)


SCENARIO_INPUTS = tuple(each.name for each in fields(Scenario))


def _require_whole(name: str, value: object, lowest: int, highest: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= highest:
        raise InputError(
            f"{name} is {value!r}; it must be a whole number from {lowest} to {highest}"
        )


def _require_number(name: str, value: object, lowest: float = -math.inf) -> None:
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
    if abs(number) > _LARGEST:
        raise InputError(f"{name} is too large; it must be at most {_LARGEST:g} in size")
    if not number >= lowest:
        least = "" if math.isinf(lowest) else f" of at least {lowest:g}"
        raise InputError(f"{name} is {value!r}; it must be a finite number{least}")


def _require_overrides(values: Mapping[str, float], shifts: Mapping[str, float]) -> None:
    for name, value in [*values.items(), *shifts.items()]:
        if name not in PARAMETER_NAMES:
            raise InputError(f"unknown parameter {name!r}{nearest(name, PARAMETER_NAMES)}")
        _require_number(name, value)
    for name in values:
        if name in shifts:
            raise InputError(f"{name} is both fixed and shifted; give one of the two")
        support = parameter(name).support
        if support == "positive" and values[name] < 0:
            raise InputError(f"{name} is {values[name]!r}; it must not be negative")
        if support in ("unit", "share") and not 0 <= values[name] <= 1:
            raise InputError(f"{name} is {values[name]!r}; it must be between 0 and 1")
    fixed = [name for name in SHARES if name in values]
    total = sum(values[name] for name in fixed)
    if total > 1 + 1e-9 or (len(fixed) == len(SHARES) and abs(total - 1) > 1e-9):
        raise InputError(f"the shares {', '.join(fixed)} add up to {total:g}; they must make 1")
