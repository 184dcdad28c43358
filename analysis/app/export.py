"""Answers as a study: a folder with ``study.toml`` and ``answers.csv``, for ``takeoff check``.

A probability is a row. Three years are three quantiles. Chips are the quantiles of the number of
projects at the edges between bins. What an expert answered again in a later round is a row of round
2 beside that of round 1.
"""

import csv
import datetime
import io
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from takeoff.analysis.app.answers import Said
from takeoff.analysis.app.asked import BINS, ITEMS, Item, item
from takeoff.analysis.app.likelihood import Numbers
from takeoff.data.kind_checks import UNMODELLED
from takeoff.models.errors import InputError

__all__ = ["is_modelled", "study_files", "write_study"]

_COLUMNS: tuple[str, ...] = (
    "expert",
    "camp",
    "question",
    "kind",
    "value",
    "baseline",
    "level",
    "round",
    "note",
)

Rounds = Sequence[tuple[int, Said]]
"""What an expert had said by the end of each round, in order."""


def study_files(
    experts: Mapping[str, Rounds], weights: Mapping[str, float], about: str
) -> dict[str, str]:
    """Write the answers of experts as the files of a study, by name.

    Parameters
    ----------
    experts
        What each said, by name.
    weights
        Weight of each camp that experts may have declared.
    about
        How they were asked.
    """
    rows = [row for name, rounds in experts.items() for row in _rows(name, rounds)]
    camps = {row["camp"] for row in rows} - {""}
    asked = {row["question"] for row in rows}
    items = [each for each in ITEMS if each.name in asked] or list(ITEMS)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, _COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return {
        "study.toml": _toml(items, weights if camps else {}, about),
        "answers.csv": text.getvalue(),
    }


def is_modelled(found: Item) -> bool:
    """Tell whether a study may hold answers of this kind."""
    return ("probability" if found.kind == "probability" else "quantile") not in UNMODELLED


def write_study(folder: Path, files: Mapping[str, str]) -> None:
    """Put the files of a study in a folder, in place of what was there: all or none.

    Raises
    ------
    InputError
        If the folder cannot be written.
    """
    draft = folder.with_name(f".{folder.name}.{os.getpid()}")
    old = folder.with_name(f".{folder.name}.{os.getpid()}.old")
    try:
        draft.mkdir(mode=0o700)
        for name, text in files.items():
            (draft / name).write_text(text, encoding="utf-8", newline="")
        if folder.exists():
            folder.rename(old)
        draft.rename(folder)
    except OSError as error:
        raise InputError(f"cannot write {folder} ({error.strerror})") from error
    finally:
        for each in (draft, old):
            shutil.rmtree(each, ignore_errors=True)


def _rows(name: str, rounds: Rounds) -> Iterator[dict[str, Any]]:
    before: dict[str, Numbers] = {}
    for number, said in rounds:
        for question, numbers in said.answers.items():
            found = item(question)
            if found is None or not is_modelled(found) or before.get(question) == numbers:
                continue
            shared = {"expert": name, "camp": said.camp, "question": question}
            shared["round"] = str(min(number, 2))
            given = said.given[question].given
            shared["note"] = given if isinstance(given, str) else json.dumps(given)
            yield from (shared | cells for cells in _cells(found, numbers))
        before = said.answers


def _cells(found: Item, numbers: Numbers) -> Iterator[dict[str, Any]]:
    if found.kind == "probability":
        yield {"kind": "probability", "value": f"{numbers['p']:.15g}"}
    elif found.kind == "quantiles":
        for level, year in numbers.items():
            yield {"kind": "quantile", "value": f"{year:g}", "level": f"{float(level) / 100:g}"}
    else:
        total, below = sum(numbers.values()), 0.0
        for count, name in enumerate(BINS[:-1], start=1):
            below += numbers[name]
            if numbers[name] > 0 and below < total:  # an empty bin says nothing new
                level = f"{below / total:g}"
                yield {"kind": "quantile", "value": f"{count + 0.5:g}", "level": level}


def _toml(items: Sequence[Item], weights: Mapping[str, float], about: str) -> str:
    lines = [
        f"title = {_quoted('Answers given in the takeoff app')}",
        f"source = {_quoted('Asked with takeoff app')}",
        f"licence = {_quoted('Not settled yet: agree on one with the experts')}",
        f"date = {_quoted(datetime.date.today().isoformat())}",
        f"about = {_quoted(about)}",
    ]
    if weights:
        lines += ["", "[camps]", *(f"{_quoted(name)} = {w:g}" for name, w in weights.items())]
    for each in items:
        question = each.question
        lines += [
            "",
            f"[questions.{each.name}]",
            f"text = {_quoted(question.text)}",
            f"outcome = {_quoted(question.outcome)}",
            f"reading = {_quoted(question.reading)}",
            f"fit = {_quoted(question.fit)}",
            f"scenario = {{ projects = {question.scenario.projects} }}",
            f"mapping = {_quoted(question.mapping)}",
        ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """Write text as TOML does; the strings of JSON are strings of TOML."""
    return json.dumps(text)
