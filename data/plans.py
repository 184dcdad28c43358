"""Scenarios and interventions that ship, and a user's own: found, checked and loaded.

Each is a file of its own (`takeoff.data.scenario_schema`). In the lists of a combination or a
mixture, a name is that of a scenario that ships, and what ends in ``.toml`` is a file beside the
one that lists it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from takeoff.data.problem import Problem, shown
from takeoff.models.errors import InputError, nearest

if TYPE_CHECKING:
    from takeoff.data.scenario_toml import ScenarioToml
    from takeoff.models.interventions import Change, Plan

__all__ = [
    "BASELINE",
    "check_plan",
    "load_plan",
    "load_plans",
    "scenario_path",
    "shipped_scenarios",
]

BASELINE = "five_projects"
"""The scenario with which all others are compared: the one in which judgments are read."""

_SCENARIOS = Path(__file__).parent / "scenarios"
_SUFFIX = ".toml"


def shipped_scenarios() -> tuple[str, ...]:
    """Names of the scenarios that ship, in alphabetical order.

    >>> "mandatory_inspection" in shipped_scenarios()
    True
    """
    return tuple(sorted(path.stem for path in _SCENARIOS.glob(f"*{_SUFFIX}")))


def scenario_path(scenario: str) -> Path:
    """Find the file of a scenario, given the name of one that ships or a path.

    Raises
    ------
    InputError
        If there is neither; the nearest scenario that ships is offered.
    """
    names = shipped_scenarios()
    if scenario in names:
        return _SCENARIOS / f"{scenario}{_SUFFIX}"
    path = Path(scenario)
    if path.suffix == _SUFFIX or path.is_file():
        return path
    hint = nearest(scenario, names) or f"; shipped are {', '.join(names)}; or give a file"
    raise InputError(f"unknown scenario {shown(scenario)}{hint}")


def check_plan(path: Path) -> list[Problem]:
    """List every problem in a scenario file and in what it refers to."""
    return _read(path)[1]


def load_plan(scenario: str) -> Plan:
    """Load a scenario, given the name of one that ships or the path of a file.

    Raises
    ------
    InputError
        If there is none, or an error in it: the first is named, the others are counted.

    Examples
    --------
    >>> plan = load_plan("inspection_and_security")
    >>> plan.kind, [each.name for each in plan.changes]
    ('combination', ['mandatory_inspection', 'hardened_security'])
    """
    plan, problems = _read(scenario_path(scenario))
    if plan is None:
        more = len(problems) - 1
        rest = f" (and {more} more: takeoff check {scenario})" if more else ""
        raise InputError(f"{problems[0]}{rest}")
    return plan


def load_plans(scenarios: Sequence[str]) -> list[Plan]:
    """Load scenarios to compare, the baseline first; all that ship when none is given.

    Those that ship come by number of projects, then by name.

    Raises
    ------
    InputError
        If one cannot be used, or two have one name.
    """
    baseline = load_plan(BASELINE)
    if not scenarios:
        rest = [load_plan(name) for name in shipped_scenarios() if name != BASELINE]
        return [baseline, *sorted(rest, key=_numbers_first)]
    chosen = [name for name in dict.fromkeys(scenarios) if name != BASELINE]
    plans = [baseline, *(load_plan(name) for name in chosen)]
    names = [plan.name for plan in plans]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"two scenarios are called {shown(name)}; rename one of the files")
    return plans


def _numbers_first(plan: Plan) -> tuple[bool, int, str]:
    supposed = plan.kind == "single" and plan.changes[0].chance is None
    return not supposed, plan.if_it_works()[0].scenario.projects if supposed else 0, plan.name


def _read(path: Path) -> tuple[Plan | None, list[Problem]]:
    # Here and not above: the schema takes longer to import than `takeoff --help` may last.
    from takeoff.data.scenario_toml import read_scenario_toml
    from takeoff.models.interventions import Plan

    read = read_scenario_toml(path)
    file = read.content
    if file is None:
        return None, read.problems
    name, about = path.stem, (file.title, file.meaning.strip())
    if file.scenario is not None:
        return Plan(name, *about, "single", (_change(read),)), []
    kind, listed = ("combines", file.combines) if file.combines else ("mixture", file.mixture)
    changes, problems = _listed(read, kind, list(listed or ()))
    if problems:
        return None, problems
    try:
        if file.combines:
            return Plan(name, *about, "combination", changes), []
        weights = tuple((file.mixture or {}).values())
        return Plan(name, *about, "mixture", changes, weights), []
    except InputError as error:
        return None, [read.fault((kind,), str(error))]


def _listed(
    read: ScenarioToml, key: str, names: Sequence[str]
) -> tuple[tuple[Change, ...], list[Problem]]:
    """Load the changes that a file lists."""
    from takeoff.data.scenario_toml import read_scenario_toml

    changes, problems = [], []
    for name in names:
        place = (key, name) if key == "mixture" else (key,)
        try:
            path = read.path.parent / name if name.endswith(_SUFFIX) else scenario_path(name)
        except InputError as error:
            problems.append(read.fault(place, str(error)))
            continue
        part = read_scenario_toml(path)
        if part.content is None:
            problems.extend(part.problems)
        elif part.content.scenario is None:
            what = f"{shown(name)} lists scenarios itself; list what is in it instead"
            problems.append(read.fault(place, what))
        else:
            changes.append(_change(part))
    return tuple(changes), problems


def _change(read: ScenarioToml) -> Change:
    from takeoff.models.interventions import Change

    file = read.content
    if file is None or file.scenario is None:
        raise InputError(f"{read.path} has no [scenario]; add one")
    return Change(
        name=read.path.stem,
        title=file.title,
        meaning=file.meaning.strip(),
        inputs=file.scenario,
        chance=file.chance.likelihood() if file.chance else None,
        efficacy=file.efficacy.likelihood() if file.efficacy else None,
    )
