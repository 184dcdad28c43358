"""What the answers moved, and what rests on the prior.

An outcome is compared on its unconstrained scale (log-odds for probabilities, shares and
correlations), where 1 and 2 per cent lie as far apart as 50 and 67. It *rests on the prior* when
its interval kept nearly all of its width and its median hardly moved against that width. Only
what fails this test is said to have been moved; the bounds are conventions, stated in the report.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import xarray as xr

from takeoff.analysis.record import Record
from takeoff.analysis.summaries import AnswerRow, Interval, rows_of
from takeoff.models.outcomes import outcome

__all__ = [
    "KEPT_WIDTH",
    "SMALL_STEP",
    "Learned",
    "Movement",
    "asked_about_likeness",
    "learned",
    "movement",
    "movements",
]

KEPT_WIDTH = 0.8
"""A posterior interval at least this wide, against the prior's, has learned little."""

SMALL_STEP = 0.15
"""A median that moves by less than this share of the prior's interval has hardly moved."""

_LIKENESS = frozenset(
    {
        "homogeneity",
        "coordination",
        "follower_aligned_given_first_aligned",
        "follower_aligned_given_first_misaligned",
        "all_misaligned",
        "all_aligned",
        "coexistence",
        "coalition_loss",
    }
)
"""Outcomes of which an answer would speak of how alike projects are."""

Verdict = Literal["rests on the prior", "moved", "narrowed", "widened", "absent"]


@dataclass(frozen=True)
class Movement:
    """How far the answers carried an outcome: width against the prior's, step against its width."""

    row: AnswerRow
    width: float
    step: float

    @property
    def verdict(self) -> Verdict:
        """What may be said of it."""
        if math.isnan(self.width) or math.isnan(self.step):
            return "absent"
        if abs(self.step) >= SMALL_STEP:
            return "moved"
        if self.width < KEPT_WIDTH:
            return "narrowed"
        return "rests on the prior" if self.width <= 1 / KEPT_WIDTH else "widened"


@dataclass(frozen=True)
class Learned:
    """A parameter's spread before and after the answers, on its unconstrained scale."""

    parameter: str
    prior_sd: float
    posterior_sd: float

    @property
    def kept(self) -> float:
        """Share of the prior's spread that is left."""
        return self.posterior_sd / self.prior_sd if self.prior_sd > 0 else math.nan


def movement(row: AnswerRow) -> Movement:
    """Compare an outcome's posterior with its prior."""
    now, then = _unconstrained(row.posterior, row), _unconstrained(row.prior, row)
    width = then.upper - then.lower
    if not width > 0:
        return Movement(row, math.nan, math.nan)
    return Movement(row, (now.upper - now.lower) / width, (now.median - then.median) / width)


def movements(tree: xr.DataTree) -> list[Movement]:
    """Compare every outcome of the consensus, those that kept most of their prior first."""
    names = [str(name) for name in tree["outcomes"].to_dataset()["outcome"].values]
    rows = [row for name in names for row in rows_of(tree, name) if row.who == "consensus"]
    found = [movement(row) for row in rows]
    return sorted(
        (each for each in found if each.verdict != "absent"),
        key=lambda each: (each.verdict != "rests on the prior", -each.width),
    )


def learned(tree: xr.DataTree) -> list[Learned]:
    """Give every parameter's prior and posterior spread, the most learned first."""
    data = tree["learned"].to_dataset()
    spreads = [
        Learned(str(name), float(before), float(after))
        for name, before, after in zip(
            data["parameter"].values,
            data["prior_sd"].values,
            data["posterior_sd"].values,
            strict=True,
        )
    ]
    known = [each for each in spreads if np.isfinite(each.kept)]
    return sorted(known, key=lambda each: each.kept)


def asked_about_likeness(record: Record) -> list[str]:
    """Name the questions whose answers speak of how alike projects are."""
    return [each.name for each in record.questions if each.outcome in _LIKENESS]


def _unconstrained(each: Interval, row: AnswerRow) -> Interval:
    if outcome(row.outcome).unit == "projects":
        return each
    return Interval(_log_odds(each.lower), _log_odds(each.median), _log_odds(each.upper))


def _log_odds(probability: float) -> float:
    inside = min(max(probability, 1e-15), 1 - 1e-15)
    return math.nan if math.isnan(probability) else math.log(inside) - math.log1p(-inside)
