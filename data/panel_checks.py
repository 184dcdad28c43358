"""Check the answers of a study against each other."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from takeoff.data.answer_rows import Answer, Probability, Quantile
from takeoff.data.answers_csv import Row
from takeoff.data.problem import Problem, shown
from takeoff.data.study_toml import StudyToml
from takeoff.models.questions import EFFORT, QUANTITIES

__all__ = ["coherent", "panel_problems"]


def panel_problems(path: Path, toml: StudyToml, rows: Sequence[Row]) -> Iterator[Problem]:
    """Find what is wrong between the rows, and what a reader of the panel should know."""
    yield from _few_experts(path, rows)
    yield from _unused(path, toml, rows)
    for column in ("camp", "group"):
        yield from _two_of(path, column, rows)
    yield from _duplicates(path, toml, rows)
    yield from _mixed_scales(path, toml, rows)
    yield from _disordered_quantiles(path, rows)
    yield from _mixed_rounds(path, rows)
    yield from _incoherent(path, toml, rows)


def _few_experts(path: Path, rows: Sequence[Row]) -> Iterator[Problem]:
    if all(row.answer is not None and not row.answer.is_answered for row in rows):
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


def _two_of(path: Path, column: str, rows: Sequence[Row]) -> Iterator[Problem]:
    """Find experts in two camps, or two groups."""
    first: dict[str, Row] = {}
    for row in rows:
        expert, name = row.cells["expert"], row.cells[column]
        other = first.setdefault(expert, row)
        if expert and name != other.cells[column]:
            names = f"{shown(name)} here and in {shown(other.cells[column])} on line {other.line}"
            message = f"{shown(expert)} is in {names}"
            yield Problem(str(path), row.line, column, message, f"give an expert one {column}")


def _duplicates(path: Path, toml: StudyToml, rows: Sequence[Row]) -> Iterator[Problem]:
    """Find answers given twice; only those read as a level may be updated."""
    first: dict[tuple[object, ...], int] = {}
    for row in rows:
        if row.answer is None:
            continue
        answer = row.answer
        table = toml.tables.get(answer.question)
        # An answer to a question whose table is wrong gets the benefit of the doubt.
        updated = table is None or table.reading == "level"
        key = (*_what(answer), answer.expert, answer.question, answer.round, answer.baseline)
        key += (_said(answer) if updated else None,)
        line = first.setdefault(key, row.line)
        if line != row.line:
            message = f"{shown(answer.expert)} answered {shown(answer.question)} on line {line}"
            yield Problem(str(path), row.line, None, message, "keep one of the two rows")


def _what(answer: Answer) -> tuple[object, ...]:
    """Give what, besides its question, an answer is of."""
    return (answer.kind, getattr(answer, "level", None), getattr(answer, "project", None))


def _said(answer: Answer) -> tuple[object, ...] | None:
    """Give what an answer says, if another may be given to the same question later."""
    if answer.kind in ("quantile", "rating", "outcome"):
        return None
    columns = ("lowest", "highest", "side", "phrase")
    return (answer.value, *(getattr(answer, column, None) for column in columns))


_PROBABILITIES = ("value", "baseline", "lowest", "highest")


def _mixed_scales(path: Path, toml: StudyToml, rows: Sequence[Row]) -> Iterator[Problem]:
    """Find people who give percentages and probabilities: 0.5 may then be half a per cent."""
    percent: dict[str, tuple[str, int]] = {}
    share: dict[str, tuple[str, Row, str]] = {}
    for row in rows:
        table = toml.tables.get(row.cells["question"])
        if table is not None and table.outcome in (*QUANTITIES, EFFORT):
            continue
        for column in _PROBABILITIES:
            cell, expert = row.cells[column], row.cells["expert"]
            number = _as_number(cell)
            if number is None or not 0 < number <= 100:
                continue
            if number > 1 or cell.endswith("%"):
                percent.setdefault(expert, (cell, row.line))
            else:
                share.setdefault(expert, (cell, row, column))
    for expert, (cell, line) in percent.items():
        if expert in share:
            other, row, column = share[expert]
            message = (
                f"{shown(expert)} mixes scales: {other} here and {cell} on line {line}, so this "
                "may be a percentage too"
            )
            mend = "find out which is meant; nothing is changed for you"
            yield Problem(str(path), row.line, column, message, mend, "note")


def _as_number(cell: str) -> float | None:
    try:
        return float(cell.removesuffix("%"))
    except ValueError:
        return None


def _disordered_quantiles(path: Path, rows: Sequence[Row]) -> Iterator[Problem]:
    stated: Mapping[tuple[str, str, int], list[tuple[float, float, int]]] = defaultdict(list)
    for row in rows:
        answer = row.answer
        if isinstance(answer, Quantile) and answer.level is not None and answer.value is not None:
            key = (answer.expert, answer.question, answer.round)
            stated[key].append((answer.level, answer.value, row.line))
    for (expert, question, _), quantiles in stated.items():
        ordered = sorted(quantiles)
        for (level, value, line), (higher, greater, other) in pairwise(ordered):
            if value > greater and level < higher:
                message = (
                    f"the quantiles of {shown(expert)} for {shown(question)} are out of order: "
                    f"{greater:g} at {higher:g}, yet {value:g} at {level:g} on line {line}"
                )
                mend = "a higher level has no lower value; exchange them"
                yield Problem(str(path), other, "value", message, mend)


def _mixed_rounds(path: Path, rows: Sequence[Row]) -> Iterator[Problem]:
    """Find questions that some answered after discussion, and others only before it."""
    rounds: Mapping[str, dict[str, int]] = defaultdict(dict)
    for row in rows:
        if row.answer is not None and row.answer.is_answered:
            last = rounds[row.answer.question]
            last[row.answer.expert] = max(last.get(row.answer.expert, 1), row.answer.round)
    for question, last in rounds.items():
        before = [expert for expert, each in last.items() if each == 1]
        if before and len(before) < len(last):
            others = f" and {len(before) - 1} more" if len(before) > 1 else ""
            message = (
                f"{shown(question)} mixes rounds: {before[0]}{others} of {len(last)} answered "
                "only before discussion"
            )
            mend = "usable, with the last round of each"
            yield Problem(str(path), None, None, message, mend, "note")


def _incoherent(path: Path, toml: StudyToml, rows: Sequence[Row]) -> Iterator[Problem]:
    """Find conditional answers that no probabilities satisfy together with the event's own."""
    given: Mapping[tuple[str, str], list[Probability]] = defaultdict(list)
    for row in rows:
        if isinstance(row.answer, Probability):
            given[row.answer.expert, row.answer.question].append(row.answer)
    for row in rows:
        answer = row.answer
        if not isinstance(answer, Probability):
            continue
        if answer.value is None or answer.baseline is None:
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
