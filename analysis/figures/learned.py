"""What the answers moved: spreads before and after, and what each question can move."""

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from takeoff.analysis.figures.style import INK, PAGE, PRIOR, brief, grid_of, styled
from takeoff.analysis.movement import KEPT_WIDTH, learned, movements
from takeoff.analysis.wording import plain_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["jacobian_figure", "learned_figure"]

_COLUMNS = 14
_VERDICTS = {
    "moved": "#0072b2",
    "narrowed": "#56b4e9",
    "rests on the prior": "#b0b0b0",
    "widened": "#e69f00",
}


@styled
def learned_figure(tree: xr.DataTree, width: float = PAGE) -> "Figure":
    """Draw the share of the prior's spread that is left: of parameters, and of outcomes."""
    from matplotlib.patches import Patch

    parameters = learned(tree)
    outcomes = sorted(movements(tree), key=lambda each: each.width)
    rows = max(len(parameters), len(outcomes))
    figure, (left, right) = grid_of(2, width, 1.0 + 0.2 * rows, most=2)
    shares = [each.kept for each in parameters]
    kept = "rests on the prior"
    colors = [_VERDICTS["narrowed" if each < KEPT_WIDTH else kept] for each in shares]
    _bars(left, [plain_name(each.parameter) for each in parameters], shares, colors)
    left.set_title("parameters of the panel")
    left.set_xlabel("posterior / prior standard deviation")
    names = [plain_name(each.row.outcome) for each in outcomes]
    verdicts = [_VERDICTS[each.verdict] for each in outcomes]
    _bars(right, names, [each.width for each in outcomes], verdicts)
    right.set_title("outcomes of the consensus")
    right.set_xlabel("posterior / prior width of interval")
    seen = {each.verdict for each in outcomes} | {"rests on the prior"}
    handles = [Patch(color=color, label=name) for name, color in _VERDICTS.items() if name in seen]
    figure.legend(handles=handles, loc="outside upper center", ncols=len(handles), frameon=False)
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
    bar.set_label("step in the log-odds of the answer per prior sd of the parameter")
    return figure


def _bars(axes: "Axes", names: list[str], values: list[float], colors: list[str]) -> None:
    rows = -np.arange(len(names))
    axes.barh(rows, np.minimum(values, 1.5), color=colors, height=0.72)
    axes.axvline(1, color=INK, lw=1)
    axes.axvline(KEPT_WIDTH, color=PRIOR, lw=1, ls="--")
    axes.set_yticks(rows, names, fontsize=8)
    axes.set_ylim(-len(names) + 0.4, 0.6)
    axes.tick_params(axis="y", length=0)
    axes.set_xlim(0, max(1.1, min(max(values, default=1.0), 1.5)))
