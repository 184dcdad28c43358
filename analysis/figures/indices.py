"""Indices: which parameters matter, by how far they move an outcome's distribution."""

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from takeoff.analysis.figures.style import INK, PAGE, grid_of, styled, whisker
from takeoff.analysis.summaries import Interval
from takeoff.analysis.wording import plain_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["density_figure", "sobol_figure"]

_SHOWN = 10
_FIRST, _TOTAL = "#0072b2", "#d55e00"


@styled
def density_figure(found: xr.Dataset, width: float = PAGE) -> "Figure":
    """Draw the largest δ of each outcome, over the grey of what a parameter reaches by chance.

    Parameters
    ----------
    found
        What `takeoff.analysis.sensitivity.indices.posterior_indices` gives.
    width
        Width in inches.
    """
    outcomes = [str(each) for each in found["outcome"].values]
    figure, panels = grid_of(len(outcomes), width, 2.8, most=2)
    for axes, outcome in zip(panels, outcomes, strict=True):
        own = found.sel(outcome=outcome)
        axes.axvspan(0, float(own["delta_floor"]), color="#eeeeee", lw=0)
        names = _largest(own["delta"])
        for row, name in enumerate(names):
            whisker(axes, -row, _interval(own["delta"].sel(parameter=name)), INK)
        _label(axes, names, outcome)
        axes.set_xlabel("δ")
    return figure


@styled
def sobol_figure(found: xr.Dataset, width: float = PAGE, scale: str = "probability") -> "Figure":
    """Draw the largest shares of each outcome's variance under the prior: alone, and in all.

    Parameters
    ----------
    found
        What `takeoff.analysis.sensitivity.indices.prior_indices` gives.
    width
        Width in inches.
    scale
        ``probability`` or ``log-odds``.
    """
    table = found.sel(scale=scale)
    outcomes = [str(each) for each in table["outcome"].values]
    figure, panels = grid_of(len(outcomes), width, 2.8, most=2)
    for axes, outcome in zip(panels, outcomes, strict=True):
        own = table.sel(outcome=outcome)
        names = _largest(own["total"])
        for row, name in enumerate(names):
            whisker(axes, -row + 0.15, _interval(own["first"].sel(parameter=name)), _FIRST)
            whisker(axes, -row - 0.15, _interval(own["total"].sel(parameter=name)), _TOTAL)
        _label(axes, names, outcome)
        axes.xaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f}%")
        axes.set_xlabel("share of the variance")
    handles = [
        panels[0].plot([], [], "o-", lw=2, color=color, label=label)[0]
        for color, label in ((_FIRST, "known alone"), (_TOTAL, "with all it acts through"))
    ]
    figure.legend(handles=handles, loc="outside upper center", ncols=2, frameon=False)
    return figure


def _largest(index: xr.DataArray) -> list[str]:
    middle = index.isel(level=1)
    order = np.argsort(-middle.values)[:_SHOWN]
    return [str(each) for each in middle["parameter"].values[order]]


def _interval(index: xr.DataArray) -> Interval:
    lower, middle, upper = (float(each) for each in index.values)
    return Interval(lower, middle, upper)


def _label(axes: "Axes", names: list[str], outcome: str) -> None:
    axes.set_yticks([-row for row in range(len(names))], [plain_name(each) for each in names])
    axes.tick_params(axis="y", labelsize=8, length=0)
    axes.axvline(0, color="#bbbbbb", lw=0.8)
    axes.set_title(plain_name(outcome))
