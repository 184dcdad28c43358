"""Load a study that is free of errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from takeoff.data.shipped import study_folder
from takeoff.models.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from takeoff.data.reading import StudyContent
    from takeoff.models.questions import Question

__all__ = ["Study", "load_study"]


@dataclass(frozen=True)
class Study:
    """Judgments of some experts, with where they come from and how they are read.

    Attributes
    ----------
    name
        Name of its folder.
    title, source, licence, date, about
        Provenance, as its file states it.
    camp_weights
        Declared weight of each camp in the population; empty, or adding up to 1.
    questions
        What was asked, by name.
    answers
        One judgment a row, in the order of the file: ``expert``, ``camp`` ("" for none),
        ``question``, ``kind``, ``value`` and ``baseline`` (numbers, NaN for none), the columns of
        other kinds (``answer_rows``), ``group`` ("" for none), ``round``, ``note`` and ``line``
        (in answers.csv).
    """

    name: str
    title: str
    source: str
    licence: str
    date: str
    about: str
    camp_weights: Mapping[str, float]
    questions: Mapping[str, Question]
    answers: pd.DataFrame

    @property
    def answered(self) -> pd.DataFrame:
        """The rows that say something."""
        said = self.answers[["value", "lowest", "highest"]].notna().any(axis=1)
        return self.answers[said | (self.answers["phrase"] != "")]


def load_study(study: str | Path) -> Study:
    """Load a study, given the name of one that ships or the folder of another.

    Raises
    ------
    InputError
        If there is an error in it: the first is named, the others are counted.

    Examples
    --------
    >>> study = load_study("fri_2023")
    >>> study.answers["expert"].nunique()
    22
    >>> dict(study.camp_weights)
    {'Concerned': 0.5, 'Skeptical': 0.5}
    """
    from takeoff.data.reading import read_study

    folder = study_folder(study)
    content = read_study(folder)
    errors = [problem for problem in content.problems if problem.severity == "error"]
    if errors or content.file is None:
        more = f" (and {len(errors) - 1} more: takeoff check {study})" if len(errors) > 1 else ""
        raise InputError(f"{errors[0]}{more}")
    return Study(
        name=folder.resolve().name,
        title=content.file.title,
        source=content.file.source,
        licence=content.file.licence,
        date=content.file.date,
        about=content.file.about,
        camp_weights=MappingProxyType(dict(content.file.camps)),
        questions=MappingProxyType(dict(content.questions)),
        answers=_table(content),
    )


def _table(content: StudyContent) -> pd.DataFrame:
    import pandas as pd

    from takeoff.data.answer_rows import ANSWER_COLUMNS, NUMBERS, TEXT

    blank = dict.fromkeys(TEXT, "") | dict.fromkeys(NUMBERS)
    rows = [
        blank | row.answer.model_dump() | {"line": row.line} for row in content.rows if row.answer
    ]
    columns = [*ANSWER_COLUMNS, "line"]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(NUMBERS, float))
