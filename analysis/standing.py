"""Where the panel and its camps stand on the map, and what one more project does in their view.

The map is that of the panel's centre. A camp differs from it in more than offense, so beside the
place on the map stands the camp's own answer: in how many draws one more project raises takeover,
or catastrophe, by its experts' own worldviews.
"""

import numpy as np
import xarray as xr

from takeoff.analysis.summaries import LEVELS
from takeoff.analysis.voices import middle, of_camp
from takeoff.analysis.worlds import worldviews_of
from takeoff.models.evaluate import evaluate
from takeoff.models.scenario import MOST_PROJECTS, Scenario

__all__ = ["standing"]

_DRAWS = 200
_RISKS = ("takeover", "catastrophe")


def standing(heard: xr.Dataset, outcomes: xr.Dataset, seed: int) -> xr.Dataset:
    """Compute where the camps and the consensus stand.

    Parameters
    ----------
    heard
        Draws of a fitted panel with everybody's voice (`voices`).
    outcomes
        Its outcomes.
    seed
        Chooses the draws in which numbers of projects are compared.

    Returns
    -------
    xr.Dataset
        ``offense_of_view`` (view, level) and ``homogeneity_now`` (level), quantiles at the ends
        and the middle of a 90 per cent interval; ``harm_of_view`` (view, risk, from_projects), the
        probability that one more project raises the risk. Views are the camps and the consensus.
    """
    camps = [str(each) for each in outcomes["camp"].values] if "camp" in outcomes.dims else []
    view = xr.IndexVariable("view", [*camps, "consensus"])

    def by_view(values: xr.DataArray) -> xr.DataArray:
        of_camps = [middle(of_camp(values, each)) for each in camps]
        return xr.concat([*of_camps, middle(values)], view)

    offense = by_view(heard["worldview"].sel(varying="offense", drop=True))
    alike = outcomes["consensus"].sel(scenario="default", outcome="homogeneity", drop=True)
    return xr.Dataset(
        {
            "offense_of_view": _levels(offense),
            "homogeneity_now": _levels(alike),
            "harm_of_view": (by_view(_risks(heard, seed)).diff("projects", label="lower") > 0)
            .mean("sample")
            .rename(projects="from_projects"),
        }
    )


def _levels(draws: xr.DataArray) -> xr.DataArray:
    return draws.quantile(list(LEVELS), ("chain", "draw")).rename(quantile="level")


def _risks(heard: xr.Dataset, seed: int) -> xr.DataArray:
    """Compute both risks by number of projects: (risk, projects, sample, expert)."""
    flat = heard.stack(sample=("chain", "draw")).reset_index("sample", drop=True)
    size = min(_DRAWS, flat.sizes["sample"])
    chosen = np.random.default_rng(seed).choice(flat.sizes["sample"], size, replace=False)
    worlds = worldviews_of(flat.isel(sample=chosen))
    counts = range(1, MOST_PROJECTS + 1)
    tables = [
        evaluate(worlds, Scenario(projects=count), _RISKS, "fit").to_dataarray("risk")
        for count in counts
    ]
    return xr.concat(tables, xr.IndexVariable("projects", list(counts)))
