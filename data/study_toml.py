"""Read ``study.toml``, as far as it can be read."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from takeoff.data.explain import explain, offer
from takeoff.data.problem import Problem, shown
from takeoff.data.schema import QuestionTable, StudyFile
from takeoff.data.text import read_text
from takeoff.data.toml_lines import TomlLines

__all__ = ["StudyToml", "broken_toml", "read_study_toml"]


@dataclass(frozen=True)
class StudyToml:
    """What could be read of a ``study.toml``.

    Attributes
    ----------
    problems
        All that is wrong with it.
    content
        The whole of it, when nothing is.
    question_names, camp_names
        Names that answers may use, be their tables right or wrong; None when the file has no
        such tables that could be read.
    tables
        The questions whose tables are right.
    """

    problems: list[Problem]
    content: StudyFile | None = None
    question_names: tuple[str, ...] | None = None
    camp_names: tuple[str, ...] | None = None
    tables: Mapping[str, QuestionTable] = field(default_factory=dict)


def read_study_toml(path: Path) -> StudyToml:
    """Read and check one ``study.toml``."""
    text = read_text(path)
    if isinstance(text, Problem):
        return StudyToml([text])
    try:
        raw = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        return StudyToml([broken_toml(path, text, error)])
    problems: list[Problem] = []
    content = None
    try:
        content = StudyFile.model_validate(raw)
    except ValidationError as error:
        problems += _problems(path, text, error)
    problems += _unknown_events(path, text, raw)
    return StudyToml(
        problems,
        None if problems else content,
        _names(raw.get("questions")),
        _names(raw.get("camps", {})),
        _right_tables(raw),
    )


def broken_toml(path: Path, text: str, error: Exception) -> Problem:
    """Report that a text is not TOML, as the parser found."""
    message = str(error) or "it is nested too deeply"
    place = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)", message)
    line = None
    if place:
        line = int(place[1]) if place[1] else text.count("\n") + 1
        message = message[: place.start()]
    return Problem(str(path), line, None, f"not TOML: {message}", "mend the syntax (toml.io)")


def _problems(path: Path, text: str, error: ValidationError) -> list[Problem]:
    lines = TomlLines(text)
    problems = []
    for each in error.errors():
        key = tuple(str(part) for part in each["loc"])
        known = QuestionTable.model_fields if key[0] == "questions" else StudyFile.model_fields
        words = explain(each, known)
        problems.append(Problem(str(path), lines.of(key), ".".join(key), *words))
    return problems


def _right_tables(raw: Mapping[str, Any]) -> dict[str, QuestionTable]:
    tables = {}
    for name in _names(raw.get("questions")) or ():
        try:
            tables[name] = QuestionTable.model_validate(raw["questions"][name])
        except ValidationError:
            continue  # reported with the whole file
    return tables


def _unknown_events(path: Path, text: str, raw: Mapping[str, Any]) -> list[Problem]:
    problems = []
    names = _names(raw.get("questions")) or ()
    for name in names:
        table = raw["questions"][name]
        event = table.get("event") if isinstance(table, Mapping) else None
        others = [each for each in names if each != name]
        if isinstance(event, str) and event not in others:
            key = ("questions", name, "event")
            message = f"unknown question {shown(event)}"
            mend = offer(event, others) if others else "ask it too, or leave event out"
            line = TomlLines(text).of(key)
            problems.append(Problem(str(path), line, ".".join(key), message, mend))
    return problems


def _names(tables: object) -> tuple[str, ...] | None:
    return tuple(tables) if isinstance(tables, Mapping) else None
