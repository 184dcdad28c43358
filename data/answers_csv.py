"""Read ``answers.csv``, row by row, as far as it can be read."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from takeoff.data.answer_rows import ANSWER_COLUMNS, ROWS, Answer
from takeoff.data.explain import Words, explain, offer
from takeoff.data.problem import Problem, shown
from takeoff.data.text import read_text

__all__ = ["AnswersCsv", "Row", "read_answers_csv"]


@dataclass(frozen=True)
class Row:
    """One row: its physical line, its cells by column, and its answer when they are right."""

    line: int
    cells: Mapping[str, str]
    answer: Answer | None


@dataclass(frozen=True)
class AnswersCsv:
    """What could be read of an ``answers.csv``, and all that is wrong with it.

    Attributes
    ----------
    problems
        All that is wrong with it.
    rows
        Its rows, each with a cell for every column; blank where the column is missing.
    missing
        Columns that it must have and has not.
    """

    problems: list[Problem]
    rows: list[Row] = field(default_factory=list)
    missing: frozenset[str] = frozenset()


_ALWAYS = ("expert", "question")
"""Cells that are checked even when they are blank."""


class _Record(NamedTuple):
    line: int
    cells: list[str]


def read_answers_csv(path: Path) -> AnswersCsv:
    """Read and check the rows of one ``answers.csv``, each by itself."""
    text = read_text(path)
    if isinstance(text, Problem):
        return AnswersCsv([text])
    problems: list[Problem] = []
    records = _records(path, text, problems)
    header = next(records, None)
    if header is None:
        needed = [name for name, required in ANSWER_COLUMNS.items() if required]
        mend = f"begin with the line {','.join(needed)}"
        return AnswersCsv(problems or [Problem(str(path), None, None, "the file is empty", mend)])
    problems += _header_problems(path, header)
    rows = []
    for record in records:
        if len(record.cells) != len(header.cells):
            problems.append(_uneven(path, record, len(header.cells)))
            continue
        rows.append(_row(path, record, header, problems))
    required = {name for name, needed in ANSWER_COLUMNS.items() if needed}
    return AnswersCsv(problems, rows, frozenset(required.difference(header.cells)))


def _records(path: Path, text: str, problems: list[Problem]) -> Iterator[_Record]:
    """Give the rows that are not blank, cells without the spaces around them."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                yield _Record(line, stripped)
            line = reader.line_num + 1
    except csv.Error as error:
        message = f"not CSV: {error}; no row from here on was read"
        problems.append(Problem(str(path), line, None, message, "mend the quotation marks"))


def _header_problems(path: Path, header: _Record) -> Iterator[Problem]:
    place = (str(path), header.line)
    for name, required in ANSWER_COLUMNS.items():
        if required and name not in header.cells:
            yield Problem(
                *place, name, "this column is missing", "add it, with a cell in every row"
            )
        if header.cells.count(name) > 1:
            yield Problem(*place, name, "two columns have this name", "remove or rename one")
    for name in header.cells:
        if name not in ANSWER_COLUMNS:
            separated = ";" in name or "\t" in name
            mend = "separate cells with commas" if separated else offer(name, ANSWER_COLUMNS)
            yield Problem(*place, name or None, f"unknown column {shown(name)}", mend)


def _uneven(path: Path, record: _Record, columns: int) -> Problem:
    message = f"{len(record.cells)} cells under {columns} columns"
    mend = 'give each column a cell, and put a cell with a comma in it in quotation marks ("a, b")'
    return Problem(str(path), record.line, None, message, mend)


def _row(path: Path, record: _Record, header: _Record, problems: list[Problem]) -> Row:
    named = dict(zip(header.cells, record.cells, strict=True))
    cells = {name: named.get(name, "") for name in ANSWER_COLUMNS}
    kind = cells["kind"]
    if kind not in ROWS:
        if "kind" in named:  # a missing column is reported once, in the header
            words = _unknown_kind(kind)
            problems.append(Problem(str(path), record.line, "kind", *words))
        return Row(record.line, cells, None)
    written = {name: cell for name, cell in cells.items() if cell or name in _ALWAYS}
    answer = None
    try:
        answer = ROWS[kind].model_validate(written)
    except ValidationError as error:
        for each in error.errors():
            column = str(each["loc"][-1])
            if column not in named and ANSWER_COLUMNS[column]:
                continue  # reported in the header too
            foreign = each["type"] in ("extra_forbidden", "none_required")
            words = _foreign(kind, column) if foreign else explain(each)
            problems.append(Problem(str(path), record.line, column, *words))
    return Row(record.line, cells, answer)


def _unknown_kind(kind: str) -> Words:
    if not kind:
        return Words("nothing is written here", f"write one of {', '.join(ROWS)}")
    return Words(f"unknown kind {shown(kind)}", offer(kind, ROWS))


def _foreign(kind: str, column: str) -> Words:
    article = "an" if kind[0] in "aeiou" else "a"
    return Words(f"{article} {kind} has no {column}", "leave the cell blank, or change the kind")
