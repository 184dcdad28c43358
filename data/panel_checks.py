"""Check the answers of a study against each other."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from takeoff.data.answers_csv import Row
from takeoff.data.problem import Problem, shown
from takeoff.data.schema import Answer
from takeoff.data.study_toml import StudyToml

__all__ = ["coherent", "panel_problems"]


def panel_problems(path: Path, toml: StudyToml, rows: Sequence[Row]) -> Iterator[Problem]:
    """Find what is wrong between the rows, and what a reader of the panel should know."""
    yield from _few_experts(path, rows)
    yield from _unused(path, toml, rows)
    yield from _two_camps(path, rows)
    yield from _duplicates(path, toml, rows)
    yield from _incoherent(path, toml, rows)


def _few_experts(path: Path, rows: Sequence[Row]) -> Iterator[Problem]:
    if all(row.answer is not None and row.answer.value is None for row in rows):
        yield Problem(str(path), None, None, "there is no answer", "add at least one")
    experts = {row.cells["expert"] for row in rows if row.cells["expert"]}
    if len(experts) == 1:
        message = f"one expert, {experts.pop()}"
        mend = "usable, but how much experts differ then rests on the prior"
        yield Problem(str(path), None, None, message, mend, "note")


def _unused(path: Path, toml: StudyToml, rows: Sequence[Row]) -> Iterator[Problem]:
    if not rows:
        return
    questions = {row.cells["question"] for row in rows}
    for name in toml.question_names or ():
        if name not in questions:
            message = f"nobody answered {shown(name)}"
            yield Problem(str(path), None, None, message, "usable without", "note")
    camps = {row.cells["camp"] for row in rows}
    for name in toml.camp_names or ():
        if name not in camps:
            message = f"no expert is in the camp {shown(name)}"
            mend = "usable, but its share of the population then rests on the prior"
            yield Problem(str(path), None, None, message, mend, "note")


def _two_camps(path: Path, rows: Sequence[Row]) -> Iterator[Problem]:
    first: dict[str, Row] = {}
    for row in rows:
        expert, camp = row.cells["expert"], row.cells["camp"]
        other = first.setdefault(expert, row)
        if expert and camp != other.cells["camp"]:
            camps = f"{shown(camp)} here and in {shown(other.cells['camp'])} on line {other.line}"
            message = f"{shown(expert)} is in {camps}"
            yield Problem(str(path), row.line, "camp", message, "give an expert one camp")


def _duplicates(path: Path, toml: StudyToml, rows: Sequence[Row]) -> Iterator[Problem]:
    """Find answers given twice; only those read as a level may be updated."""
    first: dict[tuple[object, ...], int] = {}
    for row in rows:
        if row.answer is None:
            continue
        answer = row.answer
        table = toml.tables.get(answer.question)
        # An answer to a question whose table is wrong gets the benefit of the doubt.
        updated = answer.value if table is None or table.reading == "level" else None
        key = (answer.expert, answer.question, answer.baseline, updated)
        line = first.setdefault(key, row.line)
        if line != row.line:
            message = f"{shown(answer.expert)} answered {shown(answer.question)} on line {line}"
            yield Problem(str(path), row.line, None, message, "keep one of the two rows")


def _incoherent(path: Path, toml: StudyToml, rows: Sequence[Row]) -> Iterator[Problem]:
    """Find conditional answers that no probabilities satisfy together with the event's own."""
    given: Mapping[tuple[str, str], list[Answer]] = defaultdict(list)
    for row in rows:
        if row.answer is not None:
            given[row.answer.expert, row.answer.question].append(row.answer)
    for row in rows:
        answer = row.answer
        if answer is None or answer.value is None or answer.baseline is None:
            continue
        table = toml.tables.get(answer.question)
        if table is None or table.event is None:
            continue
        for event in given[answer.expert, table.event]:
            if event.value is None or coherent(answer.baseline, event.value, answer.value):
                continue
            message = (
                f"{shown(answer.expert)} is incoherent: with {event.value:g} for "
                f"{shown(table.event)} and {answer.value:g} given it, {answer.baseline:g} "
                "is impossible"
            )
            yield Problem(
                str(path), row.line, "value", message, "kept, and modelled as noise", "note"
            )


def coherent(unconditional: float, event: float, conditional: float) -> bool:
    """Tell whether P(U), P(C) and P(U | C) can go together.

    What is left of P(U) without C, P(U) − P(C)·P(U | C), must lie between 0 and 1 − P(C).

    >>> coherent(0.2, 0.5, 0.3), coherent(0.1, 0.5, 0.3), coherent(0.9, 0.5, 0.3)
    (True, False, False)
    """
    joint = event * conditional
    tolerance = 1e-9 * unconditional  # 0.1 · 0.3 is a little more than 0.03 in floats
    return joint - tolerance <= unconditional <= joint + 1 - event + tolerance
