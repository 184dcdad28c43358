"""Read a study whole: its two files, and what each says of the other."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from takeoff.data.answers_csv import Row, read_answers_csv
from takeoff.data.panel_checks import panel_problems
from takeoff.data.problem import Problem
from takeoff.data.row_checks import row_problems
from takeoff.data.schema import StudyFile
from takeoff.data.study_toml import read_study_toml
from takeoff.models.questions import Question

__all__ = ["StudyContent", "read_study"]


@dataclass(frozen=True)
class StudyContent:
    """What could be read of a study, and every problem in it, sorted by file and line."""

    file: StudyFile | None
    questions: Mapping[str, Question]
    rows: list[Row]
    problems: list[Problem]


def read_study(folder: Path) -> StudyContent:
    """Read and check the study in a folder; bad content is reported, never raised."""
    toml = read_study_toml(folder / "study.toml")
    path = folder / "answers.csv"
    answers = read_answers_csv(path)
    in_rows = row_problems(path, toml, answers.rows)
    problems = [
        *answers.problems,
        *(each for each in in_rows if each.column not in answers.missing),  # reported already
    ]
    if not answers.missing and (answers.rows or not answers.problems):
        problems += panel_problems(path, toml, answers.rows)
    questions = {name: table.question(name) for name, table in toml.tables.items()}
    return StudyContent(
        toml.content, questions, answers.rows, [*_by_line(toml.problems), *_by_line(problems)]
    )


def _by_line(problems: Iterable[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda problem: problem.line or 0)
