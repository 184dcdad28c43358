"""Where one more project turns from help to harm, and where the experts stand."""

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from takeoff.analysis.figures.style import CONSENSUS, INK, PAGE, brief, camp_colors, styled
from takeoff.analysis.map_reading import homogeneity_now, one_more, standings, starts_of
from takeoff.analysis.views import camp_names, experts_in_order

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["turning_figure"]

_COLORS = "PRGn_r"
_RISKS = ("takeover", "catastrophe")


@styled
def turning_figure(tree: xr.DataTree, width: float = PAGE) -> "Figure":
    """Draw the probability that one more project raises takeover, and that it raises catastrophe.

    Over offence and kinship. Crosses are where the camps and the consensus stand, with 90 per
    cent intervals; below, every expert is a dot at their own advantage of offence.
    """
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize
    from matplotlib.figure import Figure

    shown = [(risk, start) for risk in _RISKS for start in starts_of(_projects(tree))]
    columns = len(shown) // len(_RISKS) if width >= PAGE else 1
    rows = len(shown) // columns
    figure = Figure(figsize=(width, 2.7 * rows + 1.6))
    heights = [3.0] * rows + [1]
    axes = figure.subplots(rows + 1, columns, squeeze=False, sharex=True, height_ratios=heights)
    for place, (risk, start) in enumerate(shown):
        panel = axes[divmod(place, columns)]
        _turn(panel, one_more(tree, risk).sel(projects=start))
        panel.set_title(f"{risk}, from {start} to {start + 1} projects")
        _stand(panel, tree)
    for below in axes[-1]:
        _experts(below, tree)
    scale = ScalarMappable(Normalize(0, 1), _COLORS)
    bar = figure.colorbar(
        scale, ax=axes.ravel().tolist(), location="top", aspect=40, shrink=0.7, pad=0.02
    )
    bar.set_ticks([0, 0.5, 1], labels=["helps", "even odds", "harms"])
    return figure


def _projects(tree: xr.DataTree) -> np.ndarray:
    return np.asarray(one_more(tree)["projects"].values)


def _turn(axes: "Axes", at: xr.DataArray) -> None:
    """Colour by the probability that one more project harms, with the line of even odds."""
    offense, kinship = at["offense"].values, at["kinship"].values
    axes.pcolormesh(
        offense,
        kinship,
        at.values,
        cmap=_COLORS,
        vmin=0,
        vmax=1,
        shading="gouraud",
        rasterized=True,
    )
    if at.min() < 0.5 < at.max():
        axes.contour(offense, kinship, at.values, [0.5], colors=INK)
    axes.set_ylabel("kinship")
    axes.set_xlim(offense[0], offense[-1])


def _stand(axes: "Axes", tree: xr.DataTree) -> None:
    """Cross the place of each camp and the consensus: offence across, kinship up."""
    alike = homogeneity_now(tree)
    colors = {**camp_colors(camp_names(tree)), "consensus": CONSENSUS}
    left, right = axes.get_xlim()
    for each in standings(tree):
        low, middle, high = np.clip(
            [each.offense.lower, each.offense.median, each.offense.upper], left, right
        )
        for edge, width in (("white", 4.0), (colors[each.who], 2.0)):
            axes.plot([low, high], [alike.median] * 2, color=edge, lw=width)
            axes.plot([middle] * 2, [alike.lower, alike.upper], color=edge, lw=width)


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
