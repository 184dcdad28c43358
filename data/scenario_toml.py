"""Read one scenario file, as far as it can be read."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from takeoff.data.explain import explain, split
from takeoff.data.problem import Problem
from takeoff.data.scenario_schema import EfficacyTable, ScenarioFile, scenario_faults
from takeoff.data.study_toml import broken_toml
from takeoff.data.text import read_text
from takeoff.data.toml_lines import TomlLines

__all__ = ["ScenarioToml", "read_scenario_toml"]


@dataclass(frozen=True)
class ScenarioToml:
    """What could be read of a scenario file.

    Attributes
    ----------
    path
        The file.
    problems
        All that is wrong with it.
    content
        The whole of it, when nothing is.
    lines
        Where its keys stand.
    """

    path: Path
    problems: list[Problem]
    content: ScenarioFile | None
    lines: TomlLines

    def fault(self, key: tuple[str, ...], message: str) -> Problem:
        """Report a problem with one of its keys; the message is "found; mend"."""
        line = self.lines.of(key) if key else None
        return Problem(str(self.path), line, ".".join(key) or None, *split(message))


def read_scenario_toml(path: Path) -> ScenarioToml:
    """Read and check one scenario file; what it refers to is not looked up."""
    text = read_text(path)
    if isinstance(text, Problem):
        return ScenarioToml(path, [text], None, TomlLines(""))
    try:
        raw = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        return ScenarioToml(path, [broken_toml(path, text, error)], None, TomlLines(""))
    lines = TomlLines(text)
    read = ScenarioToml(path, [], None, lines)
    content = None
    try:
        content = ScenarioFile.model_validate(raw)
    except ValidationError as error:
        read.problems.extend(_problems(read, error))
    table = raw.get("scenario")
    if isinstance(table, Mapping):
        faults = scenario_faults(table)
        read.problems.extend(read.fault(("scenario", *place), what) for place, what in faults)
    if read.problems:
        return ScenarioToml(path, sorted(read.problems, key=_line), None, lines)
    return ScenarioToml(path, [], content, lines)


def _problems(read: ScenarioToml, error: ValidationError) -> list[Problem]:
    problems = []
    for each in error.errors():
        key = tuple(str(part) for part in each["loc"])
        words = explain(each, _known(key))
        line = read.lines.of(key) if key else None
        problems.append(Problem(str(read.path), line, ".".join(key) or None, *words))
    return problems


def _known(key: tuple[str, ...]) -> Mapping[str, Any]:
    tables: Mapping[str, Mapping[str, Any]] = {
        "chance": {"value": None, "source": None},
        "efficacy": EfficacyTable.model_fields,
    }
    return tables.get(key[0] if key else "", ScenarioFile.model_fields)


def _line(problem: Problem) -> int:
    return problem.line or 0
