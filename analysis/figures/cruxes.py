"""Cruxes: what experts' disagreement comes from, over the panel and expert by expert."""

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from takeoff.analysis.figures.style import INK, PAGE, brief, grid_of, styled, whisker
from takeoff.analysis.summaries import interval
from takeoff.analysis.wording import plain_name

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["BELIEF_COLORS", "crux_experts_figure", "cruxes_figure"]

BELIEF_COLORS = {
    "margin": "#0072b2",
    "offense": "#d55e00",
    "slip": "#009e73",
    "response": "#cc79a7",
}
"""Each belief's colour: Okabe and Ito's palette."""

_PARTS = {"of_belief": "in all", "between_camps": "between camps", "within_camps": "within camps"}


@styled
def cruxes_figure(found: xr.Dataset, width: float = PAGE) -> "Figure":
    """Draw each belief's share of the variance between experts, between and within camps.

    Parameters
    ----------
    found
        What `takeoff.analysis.sensitivity.cruxes.cruxes` gives.
    width
        Width in inches.
    """
    risks = [str(each) for each in found["risk"].values]
    beliefs = [str(each) for each in found["varying"].values]
    figure, panels = grid_of(len(risks), width, 3.4, most=2)
    for axes, risk in zip(panels, risks, strict=True):
        labels: dict[float, str] = {}
        for place, belief in enumerate(beliefs):
            for row, part in enumerate(_PARTS):
                share = (found[part] / found["variance"]).sel(varying=belief, risk=risk)
                color = BELIEF_COLORS.get(belief, INK)
                y = -(4.0 * place + row)
                whisker(axes, y, interval(share), color)
                labels[y] = f"{plain_name(belief)}, {_PARTS[part]}"
        axes.axvline(0, color="#bbbbbb", lw=0.8)
        axes.set_yticks(list(labels), list(labels.values()), fontsize=8)
        axes.set_xlabel("share of the variance in log-odds")
        axes.xaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f}%")
        axes.set_title(plain_name(risk))
    return figure


@styled
def crux_experts_figure(
    found: xr.Dataset, width: float = PAGE, risk: str = "catastrophe"
) -> "Figure":
    """Draw what each belief adds to each expert's log-odds, as bars that add up to the mark.

    Parameters
    ----------
    found
        What `takeoff.analysis.sensitivity.cruxes.cruxes` gives; posterior means are drawn, since
        means add up.
    width
        Width in inches.
    risk
        The outcome.
    """
    mean = found["of_expert"].sel(risk=risk).mean(("chain", "draw"))
    whole = mean.sum("varying")
    order = np.argsort(whole.values)
    figure, (axes,) = grid_of(1, width, 1.3 + 0.22 * len(order), most=1)
    for row, place in enumerate(order):
        right, left = 0.0, 0.0
        for belief in mean["varying"].values.tolist():
            value = float(mean.isel(expert=place).sel(varying=belief))
            begin = right if value > 0 else left
            axes.barh(row, value, left=begin, height=0.7, color=BELIEF_COLORS.get(belief, INK))
            right, left = (right + value, left) if value > 0 else (right, left + value)
    axes.plot(whole.values[order], np.arange(len(order)), "D", color=INK, ms=4)
    names = [brief(str(each)) for each in mean["expert"].values[order]]
    axes.set_yticks(np.arange(len(order)), names, fontsize=8)
    axes.axvline(0, color="#888888", lw=0.8)
    axes.set_xlabel(f"log-odds of {plain_name(risk)}, against the panel's mean worldview")
    handles = [
        axes.barh(0, 0, color=BELIEF_COLORS.get(each, INK), label=plain_name(each))
        for each in mean["varying"].values.tolist()
    ]
    figure.legend(handles=handles, loc="outside upper center", ncols=4, frameon=False)
    return figure
