"""Who believes what: every expert's posterior, coloured by camp."""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from takeoff.analysis.figures.style import (
    INK,
    PAGE,
    brief,
    camp_colors,
    grid_of,
    log_odds,
    odds_axis,
    styled,
)
from takeoff.analysis.record import read_record
from takeoff.analysis.summaries import interval
from takeoff.analysis.views import camp_names, experts_in_order, views
from takeoff.analysis.wording import plain_name
from takeoff.models.parameters import parameter

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["RIDGES", "experts_figure", "worldviews_figure"]

RIDGES = ("extinction_by_2100", "takeover", "warning_shot")
"""The outcomes of which each expert's posterior is drawn."""

_OVERLAP = 1.6
_WIDEST = (1e-12, 1 - 1e-4)
_POINTS = 140


@styled
def experts_figure(tree: xr.DataTree, width: float = PAGE) -> "Figure":
    """Draw each expert's posterior of three outcomes in log-odds, stated answers as ticks.

    On a phone there is room for the first outcome only. An answer is drawn where the expert was
    asked for the outcome itself, as a tick at the stated number within the interval that it
    stands for after rounding.
    """
    own = experts_in_order(tree)
    names = RIDGES if width >= PAGE else RIDGES[:1]
    figure, panels = grid_of(len(names), width, 0.9 + 0.24 * max(len(own), 4))
    for place, (axes, name) in enumerate(zip(panels, names, strict=True)):
        _ridges(axes, tree, name)
        _label_experts(axes, own, shown=place == 0)
        axes.set_title(plain_name(name))
    return figure


@styled
def worldviews_figure(tree: xr.DataTree, width: float = PAGE) -> "Figure":
    """Draw each expert's posterior of the parameters that differ between experts."""
    worldview = tree["posterior"].to_dataset()["worldview"]
    names = [str(name) for name in worldview["varying"].values]
    own = experts_in_order(tree)
    colors = camp_colors(camp_names(tree))
    most = 4 if len(names) == 4 else 3
    figure, panels = grid_of(len(names), width, 0.9 + 0.19 * max(len(own), 4), most=most)
    for place, (axes, name) in enumerate(zip(panels, names, strict=True)):
        found = [interval(worldview.sel(expert=expert, varying=name)) for expert in own]
        rows = -np.arange(len(own))
        hues = [colors[camp] for camp in own.values()]
        axes.hlines(
            rows, [each.lower for each in found], [each.upper for each in found], hues, lw=2
        )
        axes.scatter([each.median for each in found], rows, c=hues, s=28, zorder=3)
        _label_experts(axes, own, shown=place % most == 0 or width < PAGE)
        axes.set_title(plain_name(name))
        axes.set_xlabel(parameter(name).unit)
        if parameter(name).support == "positive":
            axes.set_xscale("log")
    return figure


def _ridges(axes: "Axes", tree: xr.DataTree, name: str) -> None:
    colors = camp_colors(camp_names(tree))
    own = experts_in_order(tree)
    drawn = {who: _present(draws) for who, draws in views(tree, name, "expert").items()}
    stated = _stated(tree, name)
    lowest, highest = _range(drawn.values(), [value for _, value, _ in chain(*stated.values())])
    grid = np.linspace(log_odds(lowest), log_odds(highest), _POINTS)
    for row, (who, values) in enumerate(drawn.items()):
        density = _density(log_odds(values), grid)
        color = colors[own[who]]
        where = density > 0.004 * _OVERLAP
        x, y = grid[where], -row + density[where]
        axes.fill_between(x, -row, y, color=color, alpha=0.55, lw=0, zorder=2 * row)
        axes.plot(x, y, color=color, lw=0.8, zorder=2 * row + 1)
        for lower, value, upper in stated.get(who, []):
            low, high = (np.clip(log_odds(each), grid[0], grid[-1]) for each in (lower, upper))
            axes.plot([low, high], [-row, -row], color=INK, lw=1.2, zorder=999)
            if value > 0:
                at = log_odds(value)
                axes.plot([at, at], [-row - 0.05, -row + 0.38], color=INK, lw=1.4, zorder=999)
    odds_axis(axes, lowest, highest)


def _label_experts(axes: "Axes", own: dict[str, str], shown: bool) -> None:
    if shown:
        axes.set_yticks([-row for row in range(len(own))], [brief(name) for name in own])
    else:
        axes.set_yticks([])
    axes.set_ylim(-len(own) + 0.4, _OVERLAP)
    axes.tick_params(axis="y", length=0, labelsize=8)
    axes.grid(axis="x", color="#e6e6e6", lw=0.7)
    axes.set_axisbelow(True)
    axes.spines["left"].set_visible(False)


def _stated(tree: xr.DataTree, name: str) -> dict[str, list[tuple[float, float, float]]]:
    """Collect (lower, value, upper) of each expert's numbers for the outcome itself."""
    direct = {
        each.name
        for each in read_record(tree).questions
        if each.outcome == name
        and each.reading == "level"
        and each.given is None
        and each.intervention is None
    }
    found: dict[str, list[tuple[float, float, float]]] = {}
    data = tree["observed"].to_dataset()
    columns: Sequence[str] = ("expert_name", "question", "lower", "value", "upper")
    for who, question, *numbers in zip(*(data[each].values for each in columns), strict=True):
        if str(question) in direct:
            lower, value, upper = (float(each) for each in numbers)
            if not np.isnan(value):  # what was said in words has no number
                found.setdefault(str(who), []).append((lower, value, upper))
    return found


def _present(draws: xr.DataArray) -> np.ndarray:
    values = draws.values.ravel()
    return values[~np.isnan(values)]


def _range(drawn: Iterable[np.ndarray], stated: Sequence[float]) -> tuple[float, float]:
    """Give the probabilities between which nearly all draws of everybody lie, and all answers."""
    ends = [np.quantile(values, [0.003, 0.997]) for values in drawn if values.size > 0]
    numbers = [*np.ravel(ends), *(each for each in stated if each > 0)]
    low, high = min(numbers, default=0.01), max(numbers, default=0.99)
    return float(np.clip(low / 1.5, _WIDEST[0], 0.05)), float(np.clip(high, 0.5, _WIDEST[1]))


def _density(values: np.ndarray, grid: np.ndarray) -> Any:
    """Smooth draws into a ridge of fixed height over the grid."""
    from scipy.ndimage import gaussian_filter1d

    if values.size == 0:
        return np.zeros_like(grid)
    step = grid[1] - grid[0]
    edges = np.append(grid - step / 2, grid[-1] + step / 2)
    counts, _ = np.histogram(values, edges)
    bandwidth = max(0.9 * np.std(values) * values.size**-0.2 / step, 1.0)
    smooth = gaussian_filter1d(counts.astype(float), bandwidth, mode="reflect")
    return _OVERLAP * smooth / max(smooth.max(), 1e-300)
