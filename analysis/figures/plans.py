"""Comparing plans: roads by number of projects, the best number by likeness, and effects."""

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from takeoff.analysis.comparison import CASES
from takeoff.analysis.comparison_reading import (
    draws_of,
    effects,
    names_of,
    panel,
    roads_by_projects,
    thirds,
)
from takeoff.analysis.figures.style import (
    CONSENSUS,
    INK,
    PAGE,
    POPULATION,
    brief,
    camp_colors,
    grid_of,
    styled,
)
from takeoff.analysis.summaries import Interval, interval
from takeoff.analysis.wording import plain_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["best_figure", "effects_figure", "numbers_figure"]

_ROADS = {
    "takeover": "#d55e00",
    "power_grab": "#0072b2",
    "misuse": "#009e73",
    "conflict": "#cc79a7",
    "bargaining": "#e69f00",
    "catastrophe": INK,
}
_THIRDS = ("#a6bddb", "#3690c0", "#034e7b")


@styled
def numbers_figure(comparison: xr.Dataset, width: float = PAGE) -> "Figure":
    """Draw catastrophe and its roads by number of projects, a panel for each view."""
    whose = panel(comparison)
    figure, panels = grid_of(len(whose), width, 2.7, most=2)
    numbers = comparison["projects"].values
    for axes, who in zip(panels, whose, strict=True):
        whole = draws_of(comparison, who, "_by_projects").sel(outcome="catastrophe")
        ends = [interval(whole.sel(projects=each)) for each in numbers]
        low, high = [each.lower for each in ends], [each.upper for each in ends]
        axes.fill_between(numbers, 100 * np.array(low), 100 * np.array(high), color="#e9e9e9", lw=0)
        for name, values in roads_by_projects(comparison, who).items():
            thick = 2.4 if name == "catastrophe" else 1.5
            color = _ROADS[name]
            axes.plot(numbers, 100 * np.array(values), "o-", ms=3, lw=thick, color=color)
        axes.set_title(brief(who))
        axes.set_xticks(numbers)
        axes.set_ylim(0, None)
        axes.set_xlabel("projects")
        axes.set_ylabel("probability, %")
    _legend(figure, {plain_name(name): color for name, color in _ROADS.items()})
    return figure


@styled
def best_figure(comparison: xr.Dataset, width: float = PAGE) -> "Figure":
    """Draw how often each number of projects is the best, in thirds of the draws by likeness."""
    whose, found = panel(comparison), thirds(comparison)
    figure, panels = grid_of(len(whose), width, 2.4, most=2)
    numbers = comparison["projects"].values
    for axes, who in zip(panels, whose, strict=True):
        for place, (third, color) in enumerate(zip(found, _THIRDS, strict=True)):
            shares = [100 * third.best[who].shares[int(each)] for each in numbers]
            axes.bar(numbers + 0.27 * (place - 1), shares, width=0.27, color=color)
        axes.set_title(brief(who))
        axes.set_xticks(numbers)
        axes.set_xlabel("projects")
        axes.set_ylabel("best in % of draws")
    labels = [
        f"{each.likeness} ({each.homogeneity[0]:.2f} to {each.homogeneity[1]:.2f})"
        for each in found
    ]
    _legend(figure, dict(zip(labels, _THIRDS, strict=True)))
    return figure


@styled
def effects_figure(comparison: xr.Dataset, width: float = PAGE) -> "Figure":
    """Draw the change in catastrophe under each plan: if it works (dark), weighted (pale)."""
    plans, whose = names_of(comparison), panel(comparison)
    colors = _colors(comparison)
    rows = -np.arange(len(plans))
    figure, panels = grid_of(len(whose), width, 1.2 + 0.26 * len(plans), most=2)
    for place, (axes, who) in enumerate(zip(panels, whose, strict=True)):
        drawn = effects(comparison, who, ["catastrophe"])
        for row, plan in enumerate(plans):
            works, weighted = (drawn[plan, "catastrophe", case].difference for case in CASES)
            _whisker(axes, -row, works, colors[who], 1.0)
            if weighted != works:
                _whisker(axes, -row - 0.3, weighted, colors[who], 0.4)
        axes.axvline(0, color="#888888", lw=0.8)
        first = place % 2 == 0 or width < PAGE
        axes.set_yticks(rows, [brief(plain_name(each), 34) for each in plans] if first else [])
        axes.set_ylim(-len(plans) + 0.3, 0.7)
        axes.tick_params(axis="y", length=0, labelsize=8)
        axes.grid(axis="x", color="#e6e6e6", lw=0.7)
        axes.set_axisbelow(True)
        axes.set_title(brief(who))
        axes.set_xlabel("change in catastrophe, percentage points")
    return figure


def _whisker(axes: "Axes", y: float, each: Interval, color: str, alpha: float) -> None:
    low, middle, high = (100 * value for value in (each.lower, each.median, each.upper))
    axes.plot([low, high], [y, y], color=color, lw=2, alpha=alpha, solid_capstyle="butt")
    axes.plot([middle], [y], "o", color=color, ms=4, alpha=alpha)


def _colors(comparison: xr.Dataset) -> dict[str, str]:
    camps = [each for each in panel(comparison) if each not in ("consensus", "population")]
    return {**camp_colors(camps), "consensus": CONSENSUS, "population": POPULATION}


def _legend(figure: "Figure", colors: dict[str, str]) -> None:
    from matplotlib.patches import Patch

    handles = [Patch(color=color, label=label) for label, color in colors.items()]
    figure.legend(
        handles=handles,
        loc="outside lower center",
        ncols=3 if figure.get_size_inches()[0] >= PAGE else 2,
        frameon=False,
        fontsize=8,
    )
