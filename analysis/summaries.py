"""The answer in numbers: posterior medians and intervals, with the prior's beside them.

A number always belongs to somebody (`takeoff.analysis.views`): an expert, a camp, the consensus
or the population.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import xarray as xr

from takeoff.analysis.views import views

__all__ = [
    "HEADLINES",
    "INTERVAL",
    "LEVELS",
    "ROADS",
    "TOGETHER",
    "AnswerRow",
    "Interval",
    "answer_table",
    "interval",
    "rows_of",
]

INTERVAL = 0.9
"""Probability inside the intervals that are shown: from the 5th to the 95th percentile."""

HEADLINES = ("catastrophe", "takeover", "warning_shot", "coexistence", "homogeneity")
"""The outcomes that answer the question, shown first."""

ROADS = ("takeover", "misuse", "conflict", "bargaining", "power_grab")
"""The roads to catastrophe."""

TOGETHER = ("all_aligned", "coexistence", "all_misaligned")
"""How projects end up together: all of one kind, or some of each."""

LEVELS = (round((1 - INTERVAL) / 2, 9), 0.5, round((1 + INTERVAL) / 2, 9))
"""Levels of the quantiles of an interval: its ends, and the median between."""


@dataclass(frozen=True)
class Interval:
    """Median and 90 per cent interval of some draws; NaN where there are none."""

    lower: float
    median: float
    upper: float


@dataclass(frozen=True)
class AnswerRow:
    """What somebody's beliefs imply for one outcome: after the answers, and before them."""

    who: str
    outcome: str
    median: float
    lower: float
    upper: float
    prior_median: float
    prior_lower: float
    prior_upper: float

    @property
    def posterior(self) -> Interval:
        """Median and interval after the answers."""
        return Interval(self.lower, self.median, self.upper)

    @property
    def prior(self) -> Interval:
        """Median and interval before them."""
        return Interval(self.prior_lower, self.prior_median, self.prior_upper)


def answer_table(tree: xr.DataTree) -> list[AnswerRow]:
    """Answer the question: each headline outcome for every camp, the consensus, the population.

    Parameters
    ----------
    tree
        A fitted panel, with the groups ``outcomes`` and ``prior_outcomes``.

    Returns
    -------
    list of AnswerRow
        By outcome in the order of `HEADLINES`, camps first; in the default scenario.
    """
    return [row for name in HEADLINES for row in rows_of(tree, name)]


def rows_of(
    tree: xr.DataTree, outcome: str, view: Literal["panel", "expert"] = "panel"
) -> list[AnswerRow]:
    """Summarize one outcome in the default scenario: for the panel's views, or for each expert."""
    after, before = views(tree, outcome, view), views(tree, outcome, view, "prior_outcomes")
    return [_row(who, outcome, draws, before[who]) for who, draws in after.items()]


def interval(draws: xr.DataArray | np.ndarray) -> Interval:
    """Summarize draws by their median and interval, leaving out those that are absent (NaN).

    >>> interval(np.arange(101.0))
    Interval(lower=5.0, median=50.0, upper=95.0)
    """
    values = np.asarray(draws, float).ravel()
    present = values[~np.isnan(values)]
    if present.size == 0:
        return Interval(np.nan, np.nan, np.nan)
    lower, median, upper = (float(each) for each in np.quantile(present, LEVELS))
    return Interval(lower, median, upper)


def _row(who: str, outcome: str, after: xr.DataArray, before: xr.DataArray) -> AnswerRow:
    now, then = interval(after), interval(before)
    return AnswerRow(
        who, outcome, now.median, now.lower, now.upper, then.median, then.lower, then.upper
    )
