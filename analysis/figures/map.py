"""The map: takeover over projects and kinship, a panel for each advantage of offence."""

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from takeoff.analysis.figures.style import INK, PAGE, grid_of, styled
from takeoff.analysis.map_reading import kinship_now, map_table, one_more
from takeoff.analysis.wording import counted, probability, times_ahead

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.transforms import Affine2D

__all__ = ["map_figure", "panels_of"]

_PANELS = 6
_COLORS = "YlOrRd"


@styled
def map_figure(tree: xr.DataTree, width: float = PAGE) -> "Figure":
    """Draw takeover by number of projects and kinship, for offence from behind to ahead.

    Hatched is where one more project is more likely to help than to harm; the dotted line is the
    kinship that the panel's centre expects.
    """
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    takeover, turning = map_table(tree, "takeover"), one_more(tree)
    shown = panels_of(takeover["offense"].values)
    on_page = width >= PAGE
    figure, panels = grid_of(len(shown), width, 2.6 if on_page else 2.0, narrow=2)
    of_experts = tree["map"].to_dataset()["offense_of_expert"].values
    nearest = shown[abs(of_experts[:, None] - shown).argmin(1)]
    highest = max(float(takeover.max()), 0.05)
    for axes, offense in zip(panels, shown, strict=True):
        _heat(axes, takeover.sel(offense=offense), highest)
        _hatch_help(axes, turning.sel(offense=offense), takeover["kinship"].values)
        rows = np.arange(takeover.sizes["kinship"])
        here = np.interp(kinship_now(tree), takeover["kinship"].values, rows)
        axes.axhline(float(here), color=INK, lw=1.2, ls=":")
        axes.set_title(times_ahead(float(offense)))
        near = counted(int((nearest == offense).sum()), "expert")
        if on_page:
            axes.set_title(near, loc="right", fontsize=8, fontweight="normal")
        else:
            axes.set_title(times_ahead(float(offense)), fontsize=9)
        axes.set_xlabel("projects")
        axes.set_ylabel("kinship")
    scale = ScalarMappable(Normalize(0, highest), _COLORS)
    bar = figure.colorbar(scale, ax=panels, location="top", aspect=40, shrink=0.7, pad=0.02)
    bar.set_label("probability of takeover")
    ticks = [float(each) for each in bar.get_ticks() if 0 <= each <= highest]
    bar.set_ticks(ticks, labels=[probability(each) for each in ticks])
    return figure


def panels_of(offense: np.ndarray) -> np.ndarray:
    """Choose the advantages of offence that get a panel: all, or six spread over them."""
    chosen = np.unique(np.linspace(0, len(offense) - 1, min(len(offense), _PANELS)).round())
    return offense[chosen.astype(int)]


def _heat(axes: "Axes", takeover: xr.DataArray, highest: float) -> None:
    """Colour each cell by takeover: (kinship, projects); rows are evenly spaced."""
    projects, kinship = takeover["projects"].values, takeover["kinship"].values
    rows = np.arange(len(kinship))
    axes.pcolormesh(
        projects, rows, takeover.values, cmap=_COLORS, vmin=0, vmax=highest, rasterized=True
    )
    axes.set_xticks(projects)
    every = max(1, round(len(rows) / 6))
    axes.set_yticks(rows[::every], [f"{each:.3g}" for each in kinship[::every]])
    for side in axes.spines.values():
        side.set_visible(False)
    axes.tick_params(length=0)


def _hatch_help(axes: "Axes", turning: xr.DataArray, kinship: np.ndarray) -> None:
    """Hatch the cells from which one more project likelier helps, and draw their border."""
    from matplotlib.collections import LineCollection
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    helps = turning.reindex(kinship=kinship).values < 0.5  # false where unknown
    left = turning["projects"].values[0] - 0.5
    cells = [
        Path.unit_rectangle().transformed(_shift(left + column, row - 0.5))
        for row, column in zip(*np.nonzero(helps), strict=True)
    ]
    if cells:
        whole = Path.make_compound_path(*cells)
        axes.add_patch(PathPatch(whole, fill=False, hatch="////", ec="#33333388", lw=0))
    # A border lies between two cells of which one helps and the other does not.
    beside = np.argwhere(helps[:, 1:] != helps[:, :-1])
    above = np.argwhere(helps[1:] != helps[:-1])
    borders = [
        [(left + column + 1, row - 0.5), (left + column + 1, row + 0.5)] for row, column in beside
    ]
    borders += [
        [(left + column, row + 0.5), (left + column + 1, row + 0.5)] for row, column in above
    ]
    axes.add_collection(LineCollection(borders, colors=INK, linewidths=1.6, capstyle="round"))


def _shift(x: float, y: float) -> "Affine2D":
    from matplotlib.transforms import Affine2D

    return Affine2D().translate(x, y)
