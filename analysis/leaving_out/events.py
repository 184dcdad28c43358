"""The answers that are foretold, and the events by which forecasts of them are scored."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import logit

from takeoff.models.panel import Panel
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
        Which answer, and whose, by their place in the panel.
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


def answers_left_out(judgments: Judgments, panel: Panel) -> Iterator[Left]:
    """Give each answer that pools of at least three others can foretell."""
    rows = panel.rows
    value = _inside(judgments, panel)
    camps = judgments.answers["camp"].values
    stated = (judgments.answers["kind"].values == "probability") & (np.abs(value) < _FARTHEST)
    for row in np.flatnonzero(stated).tolist():
        expert = int(rows.expert[row])
        same = stated & (rows.question == rows.question[row])
        by_expert = {
            each: float(value[same & (rows.expert == each)].mean())
            for each in np.unique(rows.expert[same]).tolist()
            if each != expert
        }
        others = {PANEL: np.array(list(by_expert.values()))}
        if camps[expert] != "":
            fellows = [x for each, x in by_expert.items() if camps[each] == camps[expert]]
            others[CAMP] = np.array(fellows)
        if min(len(each) for each in others.values()) < FEWEST:
            continue
        lower, upper = float(rows.lower[row]), float(rows.upper[row])
        deciles = np.quantile(value[same], _DECILES)
        outside = deciles[(deciles <= lower) | (deciles >= upper)]
        yield Left(row, expert, lower, upper, outside, others)


def _inside(judgments: Judgments, panel: Panel) -> FloatArray:
    """Give answers on the model's scale, 0 and 1 as the middle of what rounds to them (answer,)."""
    answers = judgments.answers
    middle = logit((answers["lower"].values + answers["upper"].values) / 2)
    shift = [judgments.questions[each].reading == "shift" for each in answers["question"].values]
    baseline = logit(np.where(shift, answers["baseline"].values, 0.5))
    certain = np.isin(answers["value"].values, (0.0, 1.0))
    return np.where(certain, middle - baseline, panel.rows.value)
