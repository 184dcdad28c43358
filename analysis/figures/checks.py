"""Posterior predictive checks by question: what was answered, and what the model would answer."""

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from takeoff.analysis.figures.style import INK, PAGE, brief, grid_of, styled
from takeoff.analysis.predictive_checks import EXTREME, PEOPLE
from takeoff.analysis.wording import plain_name

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["checks_figure"]

_SAME, _NEW, _FAILED = "#9ecae1", "#c4c4c4", "#d55e00"


@styled
def checks_figure(tree: xr.DataTree, width: float = PAGE) -> "Figure":
    """Draw each statistic of each question's answers over that of repeated answers."""
    found = tree["checks"].to_dataset()
    found = found.isel(part=np.isin(found["by"].values, ("panel", "question")))
    names = [str(each) for each in found["part"].values]
    statistics = [str(each) for each in found["statistic"].values]
    figure, panels = grid_of(len(statistics), width, 0.9 + 0.27 * len(names), most=2)
    rows = -np.arange(len(names))
    for axes, statistic in zip(panels, statistics, strict=True):
        here = found.sel(statistic=statistic)
        for people, color, breadth in ((PEOPLE[1], _NEW, 9), (PEOPLE[0], _SAME, 5)):
            ends = here["repeated"].sel(people=people)
            axes.hlines(rows, ends.isel(level=0), ends.isel(level=-1), color=color, lw=breadth)
        area = here["tail_area"].sel(people=PEOPLE[0]).values
        failed = (area < EXTREME) | (area > 1 - EXTREME)
        for which, color in ((~failed, INK), (failed, _FAILED)):
            axes.plot(here["observed"].values[which], rows[which], "o", color=color, ms=4.5)
        axes.set_title(statistic)
        axes.set_yticks(rows, [brief(plain_name(name), 34) for name in names], fontsize=8)
        axes.tick_params(axis="y", length=0)
        axes.grid(axis="x", color="#e6e6e6")
        axes.set_axisbelow(True)
    return figure
