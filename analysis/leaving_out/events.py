"""The answers that are foretold, and the events by which forecasts of them are scored."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from takeoff.analysis.everyone import Everyone
from takeoff.models.special import FloatArray

__all__ = ["FEWEST", "PANEL", "Left", "answers_left_out", "deciles"]

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
    rows
        Which of everyone's answers it is: in a crowd all that are alike, and of people who said
        the same besides.
    lower, upper
        The interval that the rounded answer stands for, in log-odds; of a shift, less the
        baseline's.
    deciles
        Of all answers to the question.
    others
        The other experts' answers to the question, one number each, by who is pooled.
    """

    rows: np.ndarray
    lower: float
    upper: float
    deciles: FloatArray
    others: Mapping[str, FloatArray]

    @property
    def outside(self) -> np.ndarray:
        """Which deciles count: inside the answer's interval, on which side it was is not known."""
        return (self.deciles <= self.lower) | (self.deciles >= self.upper)

    @property
    def thresholds(self) -> FloatArray:
        """The deciles that count."""
        return self.deciles[self.outside]

    @property
    def happened(self) -> FloatArray:
        """Whether the answer lies below each threshold, as 0 or 1."""
        return (self.upper <= self.thresholds).astype(float)


def deciles(everyone: Everyone) -> dict[str, FloatArray]:
    """Give the deciles of all answers to each question."""
    held = _held(everyone)
    values = {
        each: everyone.value[held & (everyone.question == each)]
        for each in dict.fromkeys(everyone.question.tolist())
    }
    return {name: np.quantile(each, _DECILES) for name, each in values.items() if len(each)}


def answers_left_out(everyone: Everyone) -> Iterator[Left]:
    """Give each stated probability that pools of at least three others can foretell."""
    held = _held(everyone)
    for question, thresholds in deciles(everyone).items():
        rows = np.flatnonzero(held & (everyone.question == question))
        _, first, who = np.unique(everyone.expert[rows], return_index=True, return_inverse=True)
        mean = np.bincount(who, everyone.value[rows]) / np.bincount(who)
        camp = everyone.camp[rows[first]]
        alike: dict[tuple[int, int], list[int]] = {}
        for row, source in enumerate(zip(everyone.source[rows], everyone.place[rows], strict=True)):
            alike.setdefault(source, []).append(row)
        for group in alike.values():
            own = who[group[0]]
            others = {PANEL: np.delete(mean, own)}
            if camp[own] != "":
                others[CAMP] = np.delete(mean, own)[np.delete(camp, own) == camp[own]]
            if min(len(each) for each in others.values()) >= FEWEST:
                row = rows[group[0]]
                lower, upper = float(everyone.lower[row]), float(everyone.upper[row])
                yield Left(rows[group], lower, upper, thresholds, others)


def _held(everyone: Everyone) -> np.ndarray:
    return np.abs(everyone.value) < _FARTHEST
