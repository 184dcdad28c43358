"""How alike projects are: correlation of their latent alignment, and where it comes from."""

from typing import TYPE_CHECKING

import xarray as xr

from takeoff.analysis.figures.style import CONSENSUS, PAGE, grid_of, styled, whisker
from takeoff.analysis.summaries import interval

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["PARTS", "likeness_figure", "likeness_of"]

PARTS = ("kinship only", "doubt only", "both")
"""What makes two projects alike: shared origin, shared uncertainty, or the two together."""


@styled
def likeness_figure(tree: xr.DataTree, width: float = PAGE) -> "Figure":
    """Draw the correlation between every two projects, and its two sources."""
    correlation = tree["likeness"].to_dataset()["correlation"]
    middle = correlation.median(("chain", "draw")).transpose("project", "other_project")
    numbers = middle["project"].values
    figure, (left, right) = grid_of(2, width, 3.6, most=2)
    left.pcolormesh(numbers, numbers, middle.values, cmap="YlGnBu", vmin=0, vmax=1)
    for row in numbers:
        for column in numbers:
            value = float(middle.sel(project=row, other_project=column))
            dark = "white" if value > 0.55 else "#222222"
            left.text(column, row, f"{value:.2f}", ha="center", va="center", color=dark)
    left.invert_yaxis()
    left.set_xticks(numbers)
    left.set_yticks(numbers)
    left.set_aspect("equal")
    left.tick_params(length=0)
    left.set_title("correlation of alignment")
    left.set_xlabel("project")
    left.set_ylabel("project")
    for row, part in enumerate(PARTS):
        whisker(right, -row, interval(likeness_of(tree, part)), CONSENSUS)
    right.set_yticks([0, -1, -2], PARTS)
    right.set_ylim(-2.6, 0.6)
    right.set_xlim(0, 1)
    right.grid(axis="x", color="#e6e6e6")
    right.tick_params(axis="y", length=0)
    right.set_title("first and second project, by source")
    right.set_xlabel("correlation")
    return figure


def likeness_of(tree: xr.DataTree, part: str) -> xr.DataArray:
    """Give the correlation between the first two projects from one source, or from both."""
    data = tree["likeness"].to_dataset()
    if part == "both":
        return data["correlation"].isel(project=0, other_project=1)
    return data["kinship_part" if part == "kinship only" else "doubt_part"]
