"""The schema of a scenario file: what it changes, and how likely that is to happen and to work.

A file holds one of three things: ``[scenario]``, a change of the world; ``combines``, a list of
changes that hold at once; ``[mixture]``, changes with weights. A change may have a ``[chance]`` and
an ``[efficacy]``. Validators raise `InputError` worded "what was found; how to mend it".
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from takeoff.data.problem import shown
from takeoff.data.schema import Filled
from takeoff.models.errors import InputError
from takeoff.models.interventions import Likelihood
from takeoff.models.scenario import Scenario

__all__ = ["ChanceTable", "EfficacyTable", "ScenarioFile", "scenario_faults"]

_OVERRIDES = ("values", "shifts")
_DEPENDENT = ("holdouts", "effort")  # right or wrong only beside the number of projects
_ABOVE_ZERO = ("arrival_median", "arrival_spread")  # a date at once, or for certain: no logarithm


def _probability(value: object) -> float:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not isinstance(value, int | float) or not number:
        raise InputError(f"{shown(value)} is not a number; write one between 0 and 1")
    if not 0 <= value <= 1:
        raise InputError(f"{shown(value)} is outside [0, 1]; give a probability")
    return float(value)


def _weights(mixture: dict[str, float]) -> dict[str, float]:
    total = sum(mixture.values())
    if mixture and abs(total - 1) > 1e-6:
        raise InputError(f"the weights add up to {total:g}; they must make 1")
    return mixture


def _distinct(names: list[str]) -> list[str]:
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"{shown(name)} is listed twice; list it once")
    if len(names) < 2:
        raise InputError("fewer than two scenarios are listed; list those that are combined")
    return names


Probability = Annotated[float, BeforeValidator(_probability)]


class ChanceTable(BaseModel):
    """``[chance]``: the probability that a change happens, and who says so."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    value: Probability
    source: Filled

    def likelihood(self) -> Likelihood:
        """Give it as the model knows it."""
        return Likelihood(self.value, self.source)


class EfficacyTable(ChanceTable):
    """``[efficacy]``: the probability that it does anything if it happens, and who says so.

    ``asked_as`` names the intervention under which experts were asked: where a posterior has
    learned its efficacy, that is used in place of the value.
    """

    asked_as: Filled | None = None

    def likelihood(self) -> Likelihood:
        """Give it as the model knows it."""
        return Likelihood(self.value, self.source, self.asked_as)


class ScenarioFile(BaseModel):
    """A scenario file."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    title: Filled
    meaning: Filled
    scenario: dict[str, Any] | None = None
    combines: Annotated[list[str], AfterValidator(_distinct)] | None = None
    mixture: (
        Annotated[dict[str, Probability], Field(min_length=1), AfterValidator(_weights)] | None
    ) = None
    chance: ChanceTable | None = None
    efficacy: EfficacyTable | None = None

    @model_validator(mode="after")
    def _is_one_thing(self) -> "ScenarioFile":
        kinds = {"[scenario]": self.scenario, "combines": self.combines, "[mixture]": self.mixture}
        given = [name for name, value in kinds.items() if value is not None]
        if len(given) != 1:
            found = " and ".join(given) or "neither [scenario] nor combines nor [mixture]"
            raise InputError(f"the file has {found}; a file has one of the three")
        if self.scenario is None and (self.chance or self.efficacy):
            raise InputError(
                f"chance and efficacy stand beside {given[0]}; leave them out, the listed files "
                "have their own"
            )
        if (self.chance is None) != (self.efficacy is None):
            missing = "[chance]" if self.chance is None else "[efficacy]"
            raise InputError(f"{missing} is missing; give both, or neither to only suppose it")
        return self


def scenario_faults(table: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Find what is wrong in a ``[scenario]`` table: where (path in it), and what to do about it."""
    faults = [
        (place, message)
        for place, inputs in _singly(table)
        if (message := _fault(inputs)) is not None
    ]
    yield from faults
    if not faults and (message := _fault(table)) is not None:
        places = {name: (name,) for name in (*_DEPENDENT, *table) if name in table}
        for group in _OVERRIDES:
            places |= {name: (group, name) for name in table.get(group, {})}
        yield next((place for name, place in places.items() if name in message), ()), message


def _singly(table: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    """Take each input and each override by itself, so that every fault is found."""
    for name, value in table.items():
        if name in _OVERRIDES and isinstance(value, Mapping):
            for parameter, number in value.items():
                yield (name, parameter), {name: {parameter: number}}
        elif name not in _DEPENDENT:
            yield (name,), {name: value}


def _fault(inputs: Mapping[str, Any]) -> str | None:
    try:
        scenario = Scenario.from_mapping(inputs)
    except InputError as error:
        return str(error)
    except (ValueError, OverflowError):  # too long even to be quoted
        return "a number is too large; give one that a computer can hold"
    for name in _ABOVE_ZERO:
        if scenario.values.get(name) == 0:
            return f"{name} is 0; it must be above 0"
    return None
