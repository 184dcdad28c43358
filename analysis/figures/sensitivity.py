"""What drives the answer: the tornado, whose answers weigh most, and what refits give."""

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from takeoff.analysis.figures.style import INK, PAGE, brief, camp_colors, grid_of, styled
from takeoff.analysis.wording import plain_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["rows_figure", "tornado_figure", "weight_figure"]

_LOW, _HIGH = "#56b4e9", "#d55e00"
_MOST = 15
_FEW_ROWS = 6
"""Fewer leave room below, so that no bar is as thick as the picture."""
_HOW = {"refit": INK, "reweighted": "#0072b2"}


@styled
def tornado_figure(tornado: xr.Dataset, width: float = PAGE) -> "Figure":
    """Draw how far catastrophe goes with each parameter: known, and with all else held."""
    figure, panels = grid_of(2, width, 4.2, most=2)
    table = tornado.sel(outcome="catastrophe")
    readings = (("known", "now_known", "were it known"), ("alone", "now", "all else held"))
    for axes, (reading, now, title) in zip(panels, readings, strict=True):
        low, high = (100 * table[reading].isel(end=end).values for end in (0, 1))
        middle = 100 * float(table[now])
        order = np.argsort(np.abs(high - low))[-_MOST:]
        rows = np.arange(len(order))
        axes.barh(rows, low[order] - middle, left=middle, color=_LOW, height=0.7)
        axes.barh(rows, high[order] - middle, left=middle, color=_HIGH, height=0.7)
        axes.axvline(middle, color=INK, lw=0.8)
        names = table["parameter"].values[order]
        axes.set_yticks(rows, [brief(plain_name(str(each))) for each in names])
        axes.set_title(title)
        axes.set_xlabel("consensus on catastrophe, %")
    panels[0].plot([], [], color=_LOW, lw=6, label="at its 5th percentile")
    panels[0].plot([], [], color=_HIGH, lw=6, label="at its 95th")
    panels[0].legend(frameon=False, fontsize=8, loc="lower right")
    return figure


@styled
def weight_figure(weight: xr.Dataset, width: float = PAGE) -> "Figure":
    """Draw the sensitivity of catastrophe to experts, questions and priors, the largest of each.

    ``weight`` is the result of power-scaling, with ``camp`` by component.
    """
    figure, panels = grid_of(3, width, 4.2, most=3)
    table = weight.sel(outcome="catastrophe")
    camps = [str(each) for each in dict.fromkeys(table["camp"].values.tolist()) if each]
    colors = camp_colors(camps)
    shown = {
        "each expert" if "expert" in table["kind"].values else "the crowd": ("expert", "crowd"),
        "each question": ("question",),
        "each prior": ("prior",),
    }
    for axes, (title, kinds) in zip(panels, shown.items(), strict=True):
        own = table.isel(component=np.isin(table["kind"].values, kinds))
        order = np.argsort(own["sensitivity"].values)[-_MOST:]
        rows = np.arange(len(order))
        axes.barh(
            rows,
            own["sensitivity"].values[order],
            xerr=own["error"].values[order],
            color=[colors[str(each)] for each in own["camp"].values[order]],
            error_kw={"lw": 0.8, "ecolor": "#555555"},
            height=0.7,
        )
        axes.set_yticks(rows, [brief(plain_name(str(each))) for each in own["of"].values[order]])
        axes.axvline(0.05, color=INK, lw=0.8, ls=":")
        axes.set_ylim(min(len(order), _FEW_ROWS) - _FEW_ROWS - 0.6, len(order) - 0.4)
        axes.set_title(title)
        axes.set_xlabel("sensitivity of catastrophe")
    for camp in camps:
        panels[0].plot([], [], color=colors[camp], lw=6, label=brief(camp))
    if camps:
        panels[0].legend(frameon=False, fontsize=8, loc="lower right")
    return figure


@styled
def rows_figure(rows: xr.Dataset, width: float = PAGE) -> "Figure":
    """Draw the consensus on catastrophe after each change, with its interval.

    ``now`` among the rows' variables is the median with nothing changed.
    """
    table = rows.sel(who="consensus", outcome="catastrophe")
    kept = np.isfinite(table["value"].values).all(axis=-1)
    table = table.isel(row=kept)
    count = table.sizes["row"]
    figure, (axes,) = grid_of(1, width, 0.9 + 0.2 * count)
    places = np.arange(count)[::-1]
    low, middle, high = (100 * table["value"].isel(level=level).values for level in (0, 1, 2))
    colors = [_HOW[str(each)] for each in table["how"].values]
    axes.hlines(places, low, high, colors=colors, lw=1.6)
    axes.scatter(middle, places, color=colors, s=14, zorder=3)
    axes.axvline(100 * float(table["now"]), color=INK, lw=0.8, ls=":")
    axes.set_yticks(places, [brief(str(each), 44) for each in table["row"].values])
    axes.set_ylim(-0.8, count - 0.2)
    axes.set_xlabel("consensus on catastrophe, %")
    _how_legend(axes)
    return figure


def _how_legend(axes: "Axes") -> None:
    for how, color in _HOW.items():
        axes.plot([], [], color=color, lw=2, label=how)
    axes.legend(frameon=False, fontsize=8, loc="lower right")
