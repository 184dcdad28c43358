"""What the answers moved: spreads before and after, and what each question can move."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from takeoff.analysis.figures.style import INK, PAGE, PHONE, PRIOR, brief, grid_of, styled
from takeoff.analysis.movement import KEPT_WIDTH, learned, movements
from takeoff.analysis.wording import plain_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["jacobian_figure", "outcomes_figure", "parameters_figure"]

_COLUMNS = 14
_WIDEST = 1.5
_VERDICTS = {
    "moved": "#0072b2",
    "narrowed": "#56b4e9",
    "rests on the prior": "#b0b0b0",
    "widened": "#e69f00",
}


@styled
def parameters_figure(tree: xr.DataTree, width: float = PHONE) -> "Figure":
    """Draw the share of the prior's spread that is left of each parameter."""
    found = learned(tree)
    figure, axes = _bars(
        [plain_name(each.parameter) for each in found],
        [each.kept for each in found],
        ["narrowed" if each.kept < KEPT_WIDTH else "rests on the prior" for each in found],
        width,
    )
    axes.set_title("parameters of the panel")
    axes.set_xlabel("posterior / prior standard deviation")
    return figure


@styled
def outcomes_figure(tree: xr.DataTree, width: float = PHONE) -> "Figure":
    """Draw the share of the prior's interval that is left of each outcome of the consensus."""
    found = sorted(movements(tree), key=lambda each: each.width)
    figure, axes = _bars(
        [plain_name(each.row.outcome) for each in found],
        [each.width for each in found],
        [each.verdict for each in found],
        width,
    )
    axes.set_title("outcomes of the consensus")
    axes.set_xlabel("posterior / prior width of interval")
    return figure


@styled
def jacobian_figure(tree: xr.DataTree, width: float = PAGE) -> "Figure":
    """Draw what each question can move: log-odds of its answer per prior sd of a parameter."""
    from matplotlib.figure import Figure

    jacobian = tree["learned"].to_dataset()["jacobian"].transpose("question", "parameter")
    strength = abs(jacobian).max("question").fillna(0).values
    strongest = np.sort(np.argsort(-strength)[:_COLUMNS])
    shown = jacobian.isel(parameter=strongest)
    if width < PAGE:
        shown = shown.transpose("parameter", "question")
    rows, columns = shown.shape
    figure = Figure(figsize=(width, 1.9 + 0.27 * rows))
    axes = figure.subplots()
    largest = max(float(abs(shown).max()), 1e-9)
    mesh = axes.pcolormesh(
        np.arange(columns), np.arange(rows), shown.values, cmap="BrBG", vmin=-largest, vmax=largest
    )
    across, down = (shown[shown.dims[place]].values for place in (1, 0))
    names = [brief(plain_name(str(each))) for each in across]
    axes.set_xticks(np.arange(columns), names, rotation=40, ha="right", fontsize=8)
    axes.set_yticks(np.arange(rows), [brief(plain_name(str(each))) for each in down], fontsize=8)
    axes.invert_yaxis()
    axes.tick_params(length=0)
    bar = figure.colorbar(mesh, ax=axes, location="top", aspect=40, shrink=0.7)
    bar.set_label("step in log-odds per prior sd")
    return figure


def _bars(
    names: list[str], values: list[float], verdicts: Sequence[str], width: float
) -> "tuple[Figure, Axes]":
    """Draw bars from 0, coloured by what may be said of each; the line at 1 is no learning."""
    from matplotlib.patches import Patch

    figure, (axes,) = grid_of(1, width, 1.3 + 0.19 * len(names), most=1)
    rows = -np.arange(len(names))
    colors = [_VERDICTS[each] for each in verdicts]
    axes.barh(rows, np.minimum(values, _WIDEST), color=colors, height=0.7)
    axes.axvline(1, color=INK, lw=1)
    axes.axvline(KEPT_WIDTH, color=PRIOR, lw=1, ls="--")
    axes.set_yticks(rows, names, fontsize=8)
    axes.set_ylim(-len(names) + 0.4, 0.6)
    axes.tick_params(axis="y", length=0)
    axes.set_xlim(0, max(1.1, min(max(values, default=1.0), _WIDEST)))
    handles = [Patch(color=_VERDICTS[name], label=name) for name in _VERDICTS if name in verdicts]
    figure.legend(handles=handles, loc="outside lower center", ncols=2, frameon=False, fontsize=8)
    return figure, axes
