"""Where one more project turns from help to harm, and where the experts stand."""

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from takeoff.analysis.figures.style import INK, PAGE, brief, camp_colors, styled
from takeoff.analysis.map_reading import kinship_now, one_more, starts_of
from takeoff.analysis.views import camp_names, experts_in_order

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["turning_figure"]

_COLORS = "PRGn_r"


@styled
def turning_figure(tree: xr.DataTree, width: float = PAGE) -> "Figure":
    """Draw the probability that one more project raises takeover, over offence and kinship.

    Below each panel every expert is a dot at their own advantage of offence.
    """
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize
    from matplotlib.figure import Figure

    turning = one_more(tree)
    starts = starts_of(turning["projects"].values)
    side = len(starts) if width >= PAGE else 1
    rows = len(starts) // side
    figure = Figure(figsize=(width, 3.7 * rows + 0.5))
    axes = figure.subplots(
        2 * rows, side, squeeze=False, sharex=True, height_ratios=[3.2, 1] * rows
    )
    for place, start in enumerate(starts):
        row, column = divmod(place, side)
        upper, lower = axes[2 * row, column], axes[2 * row + 1, column]
        at = turning.sel(projects=start)
        upper.pcolormesh(
            at["offense"].values,
            at["kinship"].values,
            at.values,
            cmap=_COLORS,
            vmin=0,
            vmax=1,
            shading="gouraud",
            rasterized=True,
        )
        if at.min() < 0.5 < at.max():
            upper.contour(at["offense"].values, at["kinship"].values, at.values, [0.5], colors=INK)
        upper.axhline(kinship_now(tree), color=INK, lw=1.2, ls=":")
        upper.set_title(f"from {start} to {start + 1} projects")
        upper.set_ylabel("kinship")
        _experts(lower, tree)
    scale = ScalarMappable(Normalize(0, 1), _COLORS)
    bar = figure.colorbar(
        scale, ax=axes.ravel().tolist(), location="top", aspect=40, shrink=0.7, pad=0.02
    )
    bar.set_ticks([0, 0.5, 1], labels=["helps", "even odds", "harms"])
    return figure


def _experts(axes: "Axes", tree: xr.DataTree) -> None:
    """Draw each expert as a dot at their offence, a row a camp."""
    offense = tree["map"].to_dataset()["offense_of_expert"]
    camps = camp_names(tree)
    colors = camp_colors(camps)
    own = experts_in_order(tree)
    rows = [name for name in (*camps, "") if name in own.values()]
    left, right = axes.get_xlim()
    for name, camp in own.items():
        x = float(np.clip(offense.sel(expert=name), left, right))
        axes.plot([x], [-rows.index(camp)], "o", color=colors[camp], ms=6, alpha=0.7, mec="white")
    labels = [brief(name) or ("others" if camps else "experts") for name in rows]
    axes.set_yticks([-row for row in range(len(rows))], labels)
    axes.set_ylim(-len(rows) + 0.3, 0.7)
    axes.set_xlabel("log advantage of offence over defence")
    axes.set_xlim(left, right)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
