"""What a comparison says in numbers: effects of plans, the best number of projects, likeness.

Every number belongs to somebody: a camp, the consensus, the population or an expert, as in
`takeoff.analysis.views`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, cast

import numpy as np
import xarray as xr

from takeoff.analysis.comparison import Case
from takeoff.analysis.summaries import LEVELS, ROADS, Interval, interval
from takeoff.models.outcomes import outcome

__all__ = [
    "BestNumber",
    "Effect",
    "Third",
    "best_number",
    "best_numbers",
    "draws_of",
    "effects",
    "names_of",
    "panel",
    "people",
    "roads_by_projects",
    "thirds",
]

Ending = Literal["", "_by_projects", "_by_kinship"]
_ROUNDING = 1e-12
"""Relative differences below it come from the order in which numbers were added."""

_THIRDS = ("least alike", "middling", "most alike")


@dataclass(frozen=True)
class Effect:
    """What a plan does to one outcome, in somebody's view.

    Attributes
    ----------
    level, baseline
        The outcome under the plan, and under the baseline.
    difference
        The first less the second, taken draw by draw.
    better
        Probability that the plan is better; NaN where neither way is better, or nothing differs.
    """

    scenario: str
    outcome: str
    who: str
    level: Interval
    baseline: Interval
    difference: Interval
    better: float

    @property
    def unchanged(self) -> bool:
        """Whether the plan leaves the outcome as it is."""
        return self.difference == Interval(0.0, 0.0, 0.0)


@dataclass(frozen=True)
class BestNumber:
    """The number of projects with the least of a bad outcome, in somebody's view.

    Attributes
    ----------
    shares
        Share of draws in which each number is the best, by number of projects.
    likeliest
        The number that is most often the best.
    expected
        The number with the least outcome on average over the draws.
    """

    who: str
    shares: dict[int, float]
    likeliest: int
    expected: int

    @property
    def share(self) -> float:
        """Share of draws in which the likeliest number is the best."""
        return self.shares[self.likeliest]


@dataclass(frozen=True)
class Third:
    """A third of the draws by homogeneity, and the best number of projects there.

    Attributes
    ----------
    likeness
        ``least alike``, ``middling`` or ``most alike``.
    homogeneity
        From the lowest to the highest in it.
    best
        By whose view it is.
    mean_best, error
        Mean of the best number over its draws, with its Monte Carlo standard error, by view.
    """

    likeness: str
    homogeneity: tuple[float, float]
    best: dict[str, BestNumber]
    mean_best: dict[str, float]
    error: dict[str, float]


def panel(comparison: xr.Dataset) -> list[str]:
    """Name the panel's views, camps first."""
    camps = [str(each) for each in comparison["camp"].values] if "camp" in comparison else []
    return [*camps, "consensus", "population"]


def names_of(comparison: xr.Dataset) -> list[str]:
    """Name the plans that are compared with the baseline."""
    names = [str(each) for each in comparison["scenario"].values]
    return [name for name in names if name != comparison.attrs["baseline"]]


def people(comparison: xr.Dataset) -> list[str]:
    """Name the experts."""
    return [str(each) for each in comparison["expert"].values]


def draws_of(comparison: xr.Dataset, who: str, ending: Ending = "") -> xr.DataArray:
    """Give every outcome in the view of a camp, the consensus, the population or an expert.

    Where a camp and an expert have one name, the camp is meant.
    """
    if who in ("consensus", "population"):
        return comparison[f"{who}{ending}"]
    if who in panel(comparison):
        return comparison[f"by_camp{ending}"].sel(camp=who)
    return comparison[f"by_expert{ending}"].sel(expert=who)


def effects(
    comparison: xr.Dataset, who: str, outcomes: Sequence[str]
) -> dict[tuple[str, str, Case], Effect]:
    """Tell what every plan does to some outcomes, in somebody's view.

    By scenario, outcome and case; the baseline is left out.
    """
    draws = draws_of(comparison, who).sel(outcome=list(outcomes))
    draws = draws.transpose("case", "scenario", "outcome", "chain", "draw")
    levels = draws.values.reshape(*draws.shape[:3], -1)
    baseline = list(draws["scenario"].values).index(comparison.attrs["baseline"])
    before = levels[:, [baseline]]
    change = levels - before
    change[np.abs(change) <= _ROUNDING * np.abs(before)] = 0.0
    level_of, change_of = _intervals(levels), _intervals(change)
    found = {}
    for place in np.ndindex(levels.shape[:3]):
        case, scenario, name = (
            str(draws[dim].values[at])
            for dim, at in zip(("case", "scenario", "outcome"), place, strict=True)
        )
        if place[1] != baseline:
            found[scenario, name, cast("Case", case)] = Effect(
                scenario,
                name,
                who,
                level_of[place],
                level_of[place[0], baseline, place[2]],
                change_of[place],
                _share_better(change[place], name),
            )
    return found


def _intervals(values: np.ndarray) -> dict[tuple[int, ...], Interval]:
    """Summarize each row of draws (..., sample), those with absent draws one at a time."""
    lower, median, upper = np.quantile(values, LEVELS, axis=-1)
    return {
        place: interval(values[place])
        if np.isnan(median[place])
        else Interval(float(lower[place]), float(median[place]), float(upper[place]))
        for place in np.ndindex(values.shape[:-1])
    }


def _share_better(change: np.ndarray, name: str) -> float:
    way = outcome(name).better
    known = change[~np.isnan(change)]
    if way == "neither" or not known.any():
        return float("nan")
    return float(np.mean(known < 0 if way == "lower" else known > 0))


def best_numbers(comparison: xr.Dataset, name: str = "catastrophe") -> list[BestNumber]:
    """Find the best number of projects for each of the panel's views."""
    return [
        best_number(draws_of(comparison, who, "_by_projects").sel(outcome=name), who)
        for who in panel(comparison)
    ]


def best_number(values: xr.DataArray, who: str) -> BestNumber:
    """Find the number of projects with the least of an outcome: (projects, ...)."""
    best = values.idxmin("projects")
    known = int(best.notnull().sum())
    shares = {int(k): float((best == k).sum()) / max(known, 1) for k in values["projects"].values}
    expected = values.mean([dim for dim in values.dims if dim != "projects"]).idxmin("projects")
    return BestNumber(who, shares, max(shares, key=shares.__getitem__), int(expected))


def roads_by_projects(comparison: xr.Dataset, who: str) -> dict[str, list[float]]:
    """Give the median of catastrophe and of each road to it, by number of projects."""
    draws = draws_of(comparison, who, "_by_projects").median(("chain", "draw"))
    return {
        name: [float(each) for each in draws.sel(outcome=name).values]
        for name in (*ROADS, "catastrophe")
    }


def thirds(comparison: xr.Dataset, name: str = "catastrophe") -> list[Third]:
    """Split the draws in three by homogeneity, and find the best number of projects in each."""
    whose = panel(comparison)
    baseline = {"scenario": comparison.attrs["baseline"], "case": "works"}
    alike = comparison["consensus"].sel(baseline, drop=True).sel(outcome="homogeneity", drop=True)
    flat = alike.values.ravel()
    order = np.argsort(flat, kind="stable")
    drawn = {
        who: draws_of(comparison, who, "_by_projects")
        .sel(outcome=name, drop=True)
        .transpose("projects", "chain", "draw")
        for who in whose
    }
    found = []
    for likeness, chosen in zip(_THIRDS, np.array_split(order, len(_THIRDS)), strict=True):
        here = {who: _chosen(draws, chosen) for who, draws in drawn.items()}
        numbers = {who: each.idxmin("projects").values for who, each in here.items()}
        found.append(
            Third(
                likeness,
                (float(flat[chosen[0]]), float(flat[chosen[-1]])),
                {who: best_number(each, who) for who, each in here.items()},
                {who: float(each.mean()) for who, each in numbers.items()},
                {who: float(each.std() / np.sqrt(each.size)) for who, each in numbers.items()},
            )
        )
    return found


def _chosen(draws: xr.DataArray, chosen: np.ndarray) -> xr.DataArray:
    values = draws.values.reshape(draws.sizes["projects"], -1)[:, chosen]
    return xr.DataArray(values, dims=("projects", "sample"), coords={"projects": draws["projects"]})
