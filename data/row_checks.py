"""Check each answer against the study that it belongs to."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from takeoff.data.answer_rows import Answer, Verbal
from takeoff.data.answers_csv import Row
from takeoff.data.explain import offer
from takeoff.data.kind_checks import kind_faults
from takeoff.data.phrases import LIKE
from takeoff.data.problem import Problem, shown
from takeoff.data.study_toml import StudyToml
from takeoff.models.questions import Question

__all__ = ["row_problems"]


def row_problems(path: Path, toml: StudyToml, rows: Sequence[Row]) -> Iterator[Problem]:
    """Find rows that their study does not know, or that do not answer their question."""
    for row in rows:
        yield from _unknown_names(path, toml, row)
        if row.answer is None:
            continue
        if not row.answer.is_answered:
            message = f"{row.answer.expert} gave no answer to {row.answer.question}"
            yield Problem(str(path), row.line, "value", message, "left out", "note")
        if row.answer.question in toml.tables:
            question = toml.tables[row.answer.question].question(row.answer.question)
            yield from _read_as_another(path, row.line, row.answer)
            for column, words in kind_faults(row.answer, row.cells, question):
                yield Problem(str(path), row.line, column, *words)
            yield from _wrong_baseline(path, row.line, row.answer, question)


def _unknown_names(path: Path, toml: StudyToml, row: Row) -> Iterator[Problem]:
    question, camp = row.cells["question"], row.cells["camp"]
    if toml.question_names is not None and question and question not in toml.question_names:
        message = f"unknown question {shown(question)}"
        mend = offer(question, toml.question_names)
        yield Problem(str(path), row.line, "question", message, mend)
    if toml.camp_names is not None and camp and camp not in toml.camp_names:
        message = f"unknown camp {shown(camp)}"
        known = toml.camp_names
        mend = offer(camp, known) if known else "declare it with its weight under [camps]"
        yield Problem(str(path), row.line, "camp", message, mend)


def _read_as_another(path: Path, line: int, answer: Answer) -> Iterator[Problem]:
    like = LIKE.get(" ".join(answer.phrase.lower().split())) if isinstance(answer, Verbal) else None
    if isinstance(answer, Verbal) and like is not None:
        message = f"no reader was asked what {shown(answer.phrase)} means"
        mend = f"read as {shown(like)}, with more spread"
        yield Problem(str(path), line, "phrase", message, mend, "note")


def _wrong_baseline(path: Path, line: int, answer: Answer, question: Question) -> Iterator[Problem]:
    message = mend = ""
    if question.reading != "shift":
        if answer.baseline is not None:
            message = f"{shown(question.name)} is read as {question.reading}, without a baseline"
            mend = "leave the cell blank"
    elif answer.baseline is None:
        if answer.value is not None:
            message = f"{shown(question.name)} is read as a shift, from no baseline"
            mend = "give the expert's own unconditional probability"
    elif answer.baseline in (0, 1):
        message = f"the baseline is {answer.baseline:g}, and no evidence shifts certainty"
        mend = "give the probability that was rounded, or leave the row out"
    if message:
        yield Problem(str(path), line, "baseline", message, mend)
