"""Points: given worlds, read from files and evaluated without sampling.

A point is a TOML file with two tables, both optional: ``[scenario]`` and ``[parameters]``. What
it leaves out takes its default: a parameter its prior median, the shares what makes them add up
to 1.
"""

from __future__ import annotations

import json
import math
import re
import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from takeoff.data.problem import Problem, shown
from takeoff.data.text import read_text
from takeoff.data.toml_lines import TomlLines
from takeoff.models.errors import InputError, nearest
from takeoff.models.parameters import PARAMETER_NAMES, SHARES, parameter
from takeoff.models.scenario import SCENARIO_INPUTS, Scenario

__all__ = ["EvaluatedPoint", "Point", "evaluate_points", "read_point"]

_TABLES = ("scenario", "parameters")
_LARGEST = 1e12  # as in scenarios: beyond it, a number is a slip of the pen
_ABOVE_ZERO = ("arrival_median", "arrival_spread")  # a date at once or for certain has no logarithm
_LONGEST = 300


@dataclass(frozen=True)
class Point:
    """One world as a file gives it.

    Attributes
    ----------
    source
        Path of the file.
    scenario
        Its scenario.
    parameters
        The parameters that it gives, on their own scale.
    """

    source: str
    scenario: Scenario
    parameters: Mapping[str, float]


@dataclass(frozen=True)
class EvaluatedPoint:
    """A point with every parameter and every outcome that exists in its world."""

    point: Point
    parameters: Mapping[str, float]
    outcomes: Mapping[str, float]

    def to_mapping(self) -> dict[str, Any]:
        """Give the point as ``takeoff evaluate --json`` prints it."""
        return {
            "scenario": self.point.scenario.to_mapping(),
            "parameters": dict(self.parameters),
            "outcomes": dict(self.outcomes),
        }


def read_point(path: Path) -> Point:
    """Read a point from a file.

    Raises
    ------
    InputError
        If there is no such file, or anything in it cannot be used; file and line are named.
    """
    text = read_text(path)
    if isinstance(text, Problem):
        place = path if text.line is None else f"{path}:{text.line}"
        raise InputError(f"{place}: {text.message}")
    try:
        tables = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise _broken(path, text, error) from error
    file = _File(path, TomlLines(text))
    for name, table in tables.items():
        _require_table(file, name, table)
    scenario = _scenario(file, tables.get("scenario", {}))
    return Point(str(path), scenario, _parameters(file, tables.get("parameters", {})))


def evaluate_points(points: Sequence[Point]) -> list[EvaluatedPoint]:
    """Compute the outcomes of points, those of one scenario together.

    A conditional outcome whose condition has probability 0 is left out.

    Raises
    ------
    InputError
        If the numbers of a point are too extreme to compute with.
    """
    from takeoff.models.priors import prior_medians, prior_set

    prior = prior_set("neutral")
    worlds = [prior_medians(prior, point.parameters) for point in points]
    alike: dict[str, list[int]] = defaultdict(list)
    for index, point in enumerate(points):
        alike[json.dumps(point.scenario.to_mapping(), sort_keys=True)].append(index)
    outcomes: dict[int, dict[str, float]] = {}
    for indices in alike.values():
        scenario = points[indices[0]].scenario
        together = _outcomes(scenario, [worlds[index] for index in indices])
        outcomes.update(zip(indices, together, strict=True))
    return [
        EvaluatedPoint(point, world, _existing(point, outcomes[index]))
        for index, (point, world) in enumerate(zip(points, worlds, strict=True))
    ]


@dataclass(frozen=True)
class _File:
    """Where things stand in a file, for what is said about them."""

    path: Path
    lines: TomlLines

    def fault(self, place: tuple[str, ...], message: str) -> InputError:
        if len(message) > _LONGEST:
            message = f"{message[: _LONGEST - 100]}…{message[-100:]}"
        return InputError(f"{self.path}:{self.lines.of(place)}: {message}")


def _broken(path: Path, text: str, error: Exception) -> InputError:
    message = str(error) or "it is nested too deeply"
    line = ""
    if place := re.search(r" \(at (?:line (\d+), column \d+|end of document)\)", message):
        line = f":{place[1] or text.count('\n') + 1}"
        message = message[: place.start()]
    return InputError(f"{path}{line}: not TOML: {message}; mend the syntax (toml.io)")


def _require_table(file: _File, name: str, table: object) -> None:
    if name not in _TABLES:
        if name in (*SCENARIO_INPUTS, *PARAMETER_NAMES):
            home = "scenario" if name in SCENARIO_INPUTS else "parameters"
            raise file.fault((name,), f"{name} stands alone; put it under [{home}]")
        known = nearest(name, _TABLES) or "; known are [scenario] and [parameters]"
        raise file.fault((name,), f"unknown table {shown(name)}{known}")
    if not isinstance(table, Mapping):
        raise file.fault(
            (name,), f"{name} is not a table; write [{name}] once, on a line of its own"
        )


def _scenario(file: _File, table: Mapping[str, Any]) -> Scenario:
    try:
        scenario = Scenario.from_mapping(table)
    except InputError as error:
        raise file.fault(_culprit(table, str(error)), str(error)) from error
    except (ValueError, RecursionError) as error:  # too long even to be quoted
        raise file.fault(("scenario",), "a number is too large, or nested too deeply") from error
    for name in _ABOVE_ZERO:
        if scenario.values.get(name) == 0:
            raise file.fault(("scenario", "values", name), f"{name} is 0; it must be above 0")
    return scenario


def _culprit(table: Mapping[str, Any], message: str) -> tuple[str, ...]:
    """Find what in a scenario a message is about: the first of its keys that it names."""
    places = {name: ("scenario", name) for name in table}
    for group in ("values", "shifts"):
        if isinstance(table.get(group), Mapping):
            places |= {name: ("scenario", group, name) for name in table[group]}
    for word in re.findall(r"\w+", message):
        if word in places:
            return places[word]
    return ("scenario",)


def _parameters(file: _File, table: Mapping[str, Any]) -> dict[str, float]:
    given = {name: _parameter(file, name, value) for name, value in table.items()}
    shares = {name: given[name] for name in SHARES if name in given}
    total = sum(shares.values())
    whole = len(shares) == len(SHARES)
    if total > 1 + 1e-9 or (whole and total < 1 - 1e-9):
        must = "make 1" if whole else "not exceed 1"
        message = f"the shares {', '.join(shares)} add up to {total:g}; they must {must}"
        raise file.fault(("parameters", list(shares)[-1]), message)
    if total > 1:  # by rounding: nothing is left for the others
        given |= {name: 0.0 for name in SHARES if name not in shares}
    return given


def _parameter(file: _File, name: str, value: object) -> float:
    place = ("parameters", name)
    if name not in PARAMETER_NAMES:
        if name in SCENARIO_INPUTS:
            raise file.fault(place, f"{name} is a scenario input; put it under [scenario]")
        message = f"unknown parameter {shown(name)}{nearest(name, PARAMETER_NAMES)}"
        raise file.fault(place, message)
    if not isinstance(value, int | float) or isinstance(value, bool) or value != value:  # nan
        raise file.fault(place, f"{name} is {_quoted(value)}; it must be a finite number")
    if abs(value) > _LARGEST:
        much = "infinite" if value in (math.inf, -math.inf) else f"beyond {_LARGEST:g}"
        raise file.fault(place, f"{name} is {much}; it must be a finite number")
    support = parameter(name).support
    if support in ("unit", "share") and not 0 <= value <= 1:
        raise file.fault(place, f"{name} is {value!r}; it must be between 0 and 1")
    if name in _ABOVE_ZERO and value <= 0:
        raise file.fault(place, f"{name} is {value!r}; it must be above 0")
    if support == "positive" and value < 0:
        raise file.fault(place, f"{name} is {value!r}; it must not be negative")
    return float(value)


def _quoted(value: object) -> str:
    try:
        return shown(value)
    except (ValueError, RecursionError):  # Python refuses to print the longest integers
        return "too long to show"


def _outcomes(scenario: Scenario, worlds: Sequence[Mapping[str, float]]) -> list[dict[str, float]]:
    """Compute the outcomes of each world; NaN where there is none."""
    import numpy as np
    import xarray as xr

    from takeoff.models.evaluate import evaluate

    parameters = {
        name: xr.DataArray([world[name] for world in worlds], dims="point")
        for name in PARAMETER_NAMES
    }
    with np.errstate(all="ignore"):  # 0/0 is how an outcome says that it does not exist
        table = evaluate(parameters, scenario)
    columns = {str(name): column.to_numpy().tolist() for name, column in table.items()}
    return [
        {name: column[index] for name, column in columns.items()} for index in range(len(worlds))
    ]


def _existing(point: Point, outcomes: Mapping[str, float]) -> dict[str, float]:
    for name, value in outcomes.items():
        if math.isinf(value) or (math.isnan(value) and not _conditional(name)):
            raise InputError(
                f"{point.source}: {name} cannot be computed; the numbers are too extreme"
            )
    return {name: value for name, value in outcomes.items() if not math.isnan(value)}


def _conditional(name: str) -> bool:
    return "_given_" in name or name in ("first_aligned", "one_bad_apple", "one_good_apple")
