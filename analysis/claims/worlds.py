"""Questions put to worlds: what if a parameter were another, or there were more projects."""

import numpy as np
import xarray as xr
from scipy.special import expit, logit

from takeoff.analysis.claims.claim import Worlds
from takeoff.models.evaluate import evaluate
from takeoff.models.parameters import PARAMETER_NAMES
from takeoff.models.playout_worlds import tabulate
from takeoff.models.scenario import MOST_PROJECTS, Scenario

__all__ = [
    "EXACT",
    "OFFENSES",
    "ask",
    "by_projects",
    "held",
    "kin",
    "over_offense",
    "raised",
    "shares_of_kinds",
    "turning",
]

EXACT = 2e-4
"""Differences in probability that the integral over histories, at precision "fit", cannot tell:
the largest error seen in 3,000 worlds of the prior was 1.1e-4."""

OFFENSES = tuple(float(each) for each in np.linspace(-6, 6, 9))
_SWEPT = ("takeover", "catastrophe")  # the map asks for the same two, whose graphs are kept

Change = xr.DataArray | float


def ask(worlds: Worlds, scenario: Scenario | None = None, /, **changes: Change) -> xr.Dataset:
    """Compute every outcome of worlds, with some parameters changed."""
    return evaluate({**worlds, **changes}, scenario or Scenario(), precision="fit")


def by_projects(worlds: Worlds, **changes: Change) -> xr.Dataset:
    """Compute takeover and catastrophe for 1 to 8 projects: adds the dim ``projects``."""
    counts = xr.DataArray(np.arange(1, MOST_PROJECTS + 1), dims="projects", name="projects")
    changed = {**worlds, **changes}
    tables = [evaluate(changed, Scenario(projects=int(count)), _SWEPT, "fit") for count in counts]
    return xr.concat(tables, counts.assign_coords(projects=counts))


def over_offense(worlds: Worlds, projects: int, **changes: Change) -> xr.Dataset:
    """Compute takeover and catastrophe with offence set to each of `OFFENSES`."""
    grid = xr.DataArray(list(OFFENSES), dims="offense", coords={"offense": list(OFFENSES)})
    return evaluate(
        {**worlds, **changes, "offense": grid}, Scenario(projects=projects), _SWEPT, "fit"
    )


def raised(worlds: Worlds, name: str, logits: float) -> xr.DataArray:
    """Raise a probability or correlation by so many units of log-odds."""
    return xr.apply_ufunc(lambda value: expit(logit(value) + logits), worlds[name])


def kin(worlds: Worlds, value: float | xr.DataArray) -> dict[str, Change]:
    """Set all three kinships to one number."""
    return {f"kinship_{kind}": value for kind in ("copied", "replicated", "independent")}


def held(condition: xr.DataArray, among: xr.DataArray | None = None) -> xr.DataArray:
    """Write where a claim holds as 1 and 0, and NaN in worlds that it is not about."""
    result = condition.astype(float)
    return result if among is None else result.where(among)


def shares_of_kinds(worlds: Worlds, scenario: Scenario) -> xr.DataArray:
    """Give the shares of copied, replicated and independent projects: (world, kind)."""
    values = {name: worlds[name].values.astype(float) for name in PARAMETER_NAMES}
    return xr.DataArray(
        tabulate(values, scenario).share[:, 1:],
        dims=("world", "kind"),
        coords={"kind": ["copied", "replicated", "independent"]},
    )


def turning(difference: xr.DataArray) -> xr.DataArray:
    """Find the offence at which a difference (world, offense) first turns from below 0 to above.

    NaN where it never does on the grid; between grid points by a straight line.
    """
    values = difference.transpose("world", "offense").values
    grid = difference["offense"].values
    below, above = values[:, :-1], values[:, 1:]
    turns = (below <= 0) & (above > 0)
    first = turns.argmax(axis=1)
    rows = np.arange(len(values))
    low, high = below[rows, first], above[rows, first]
    where = grid[first] + (grid[1] - grid[0]) * -low / np.where(high > low, high - low, 1.0)
    return xr.DataArray(np.where(turns.any(axis=1), where, np.nan), dims="world")
