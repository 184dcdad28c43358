"""What was stated, row by row, on the scale on which it is modelled.

An outcome is modelled in log-odds, a lead or a speed in its logarithm, a year of arrival in the
logarithm of the years until then.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from takeoff.models.answers.rounded import bounded_log
from takeoff.models.arrival import EPOCH
from takeoff.models.interval import log_odds
from takeoff.models.questions import QUANTITIES, Judgments, Question
from takeoff.models.special import FloatArray

__all__ = ["Statement", "on_scale", "statements"]


@dataclass(frozen=True)
class Statement:
    """One row of a panel's answers: its place among them, its question and its columns."""

    answer: int
    expert: str
    question: Question
    label: str
    kind: str
    value: float
    lower: float
    upper: float
    baseline: float
    level: float
    lowest: float
    highest: float
    confidence: float
    side: str
    phrase: str
    project: str


def statements(judgments: Judgments) -> Iterator[Statement]:
    """Give what a panel stated, in the order of its answers."""
    answers = judgments.answers
    count = answers.sizes["answer"]

    def column(name: str, blank: Any) -> list[Any]:
        # Panels of probabilities only need not have the columns of other kinds.
        return answers[name].values.tolist() if name in answers else [blank] * count

    numbers = ("value", "lower", "upper", "baseline", "level", "lowest", "highest", "confidence")
    cells = zip(
        answers["expert_name"].values.tolist(),
        answers["question"].values.tolist(),
        column("kind", "probability"),
        *(column(name, np.nan) for name in numbers),
        *(column(name, "") for name in ("side", "phrase", "project")),
        strict=True,
    )
    for answer, (expert, label, *rest) in enumerate(cells):
        yield Statement(answer, expert, judgments.questions[label], label, *rest)


def on_scale(question: Question, value: float, lower: float, upper: float) -> FloatArray:
    """Carry a stated value and the ends of its interval to the scale on which it is modelled."""
    if question.outcome == "arrival_year":
        return bounded_log(np.maximum(np.array([value, lower, upper]) - EPOCH, 0.0))
    if question.outcome in QUANTITIES:
        return bounded_log(np.maximum(np.array([value, lower, upper]), 0.0))
    sure = value in (0, 1)
    return log_odds(np.array([0.5 * (lower + upper) if sure else value, lower, upper]))
