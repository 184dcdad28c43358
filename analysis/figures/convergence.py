"""Whether the chains agree, on the outcome that mixed worst."""

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from takeoff.analysis.diagnostics import Diagnostic, diagnose
from takeoff.analysis.figures.style import PAGE, grid_of, styled
from takeoff.analysis.views import views

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["convergence_figure"]

_BINS = 20
_CHAINS = ("#332288", "#88ccee", "#ddaa33", "#aa4499", "#117733", "#882255", "#999933", "#cc6677")


@styled
def convergence_figure(
    tree: xr.DataTree, width: float = PAGE, worst: Diagnostic | None = None
) -> "Figure":
    """Draw the trace and the ranks of one reported outcome, each chain in its own colour.

    Chains that agree have ranks spread evenly: every line of the right panel lies about the
    dashed one. The outcome is the one with the largest R-hat when none is given.
    """
    chosen = worst or diagnose(tree).worst
    figure, (trace, ranks) = grid_of(2, width, 2.8, most=2)
    if chosen is None:
        trace.text(0.5, 0.5, "no outcome varies", ha="center", transform=trace.transAxes)
        return figure
    values = _draws(tree, chosen)
    chains, draws = values.shape
    ranked = values.ravel().argsort().argsort().reshape(values.shape)
    edges = np.linspace(0, values.size, _BINS + 1)
    for chain in range(chains):
        color = _CHAINS[chain % len(_CHAINS)]
        trace.plot(values[chain], color=color, lw=0.5, alpha=0.8, rasterized=True)
        counts, _ = np.histogram(ranked[chain], edges)
        ranks.stairs(counts, edges, color=color, lw=1.6, label=f"chain {chain + 1}")
    ranks.axhline(draws / _BINS, color="#888888", ls="--", lw=1)
    ranks.set_ylim(0, None)
    ranks.set_title("ranks of the draws, by chain")
    ranks.set_xlabel("rank among all draws")
    ranks.set_ylabel("draws")
    ranks.legend(fontsize=8, loc="lower right", ncols=2)
    trace.set_title("trace, by chain")
    trace.set_xlabel("draw")
    return figure


def _draws(tree: xr.DataTree, chosen: Diagnostic) -> np.ndarray:
    panel = views(tree, chosen.outcome)
    draws = panel.get(chosen.who)
    if draws is None:
        draws = views(tree, chosen.outcome, "expert")[chosen.who]
    return draws.transpose("chain", "draw").values
