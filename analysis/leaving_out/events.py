"""The answers that are foretold, and the events by which forecasts of them are scored."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from takeoff.analysis.predictive import Stated
from takeoff.models.questions import Judgments
from takeoff.models.special import FloatArray

__all__ = ["FEWEST", "PANEL", "Left", "answers_left_out"]

FEWEST = 3
"""Other experts without whom a pool has no spread worth the name."""

PANEL, CAMP = "rest of the panel", "rest of the camp"
_DECILES = np.arange(1, 10) / 10
_FARTHEST = 100.0  # log-odds: what is further stands for certainty, which no pool can hold


@dataclass(frozen=True)
class Left:
    """An answer left out, on the scale on which the model reads it.

    Attributes
    ----------
    row, expert
        Which stated probability it is, and whose, by their place.
    lower, upper
        The interval that the rounded answer stands for, in log-odds; of a shift, less the
        baseline's.
    thresholds
        The deciles of all answers to the question, but for those inside the answer's own interval,
        of which it is not known on which side it was meant.
    others
        The other experts' answers to the question, one number each, by who is pooled.
    """

    row: int
    expert: int
    lower: float
    upper: float
    thresholds: FloatArray
    others: Mapping[str, FloatArray]

    @property
    def happened(self) -> FloatArray:
        """Whether the answer lies below each threshold, as 0 or 1."""
        return (self.upper <= self.thresholds).astype(float)


def answers_left_out(judgments: Judgments, stated: Stated) -> Iterator[Left]:
    """Give each stated probability that pools of at least three others can foretell."""
    camps = judgments.answers["camp"].values
    held = np.abs(stated.value) < _FARTHEST
    for row in np.flatnonzero(held).tolist():
        expert = int(stated.expert[row])
        same = held & (stated.question == stated.question[row])
        by_expert = {
            each: float(stated.value[same & (stated.expert == each)].mean())
            for each in np.unique(stated.expert[same]).tolist()
            if each != expert
        }
        others = {PANEL: np.array(list(by_expert.values()))}
        if camps[expert] != "":
            fellows = [x for each, x in by_expert.items() if camps[each] == camps[expert]]
            others[CAMP] = np.array(fellows)
        if min(len(each) for each in others.values()) < FEWEST:
            continue
        lower, upper = float(stated.lower[row]), float(stated.upper[row])
        deciles = np.quantile(stated.value[same], _DECILES)
        outside = deciles[(deciles <= lower) | (deciles >= upper)]
        yield Left(row, expert, lower, upper, outside, others)
