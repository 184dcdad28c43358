"""Roads to catastrophe: how likely each is, by camp."""

from typing import TYPE_CHECKING

import xarray as xr

from takeoff.analysis.figures.style import (
    CONSENSUS,
    PAGE,
    POPULATION,
    brief,
    camp_colors,
    grid_of,
    log_odds,
    odds_axis,
    styled,
    whisker,
)
from takeoff.analysis.summaries import ROADS, rows_of
from takeoff.analysis.views import camp_names
from takeoff.analysis.wording import plain_name

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["roads_figure"]


@styled
def roads_figure(tree: xr.DataTree, width: float = PAGE) -> "Figure":
    """Draw each road's probability in log-odds, prior in grey, posterior by whose view it is."""
    colors = {**camp_colors(camp_names(tree)), "consensus": CONSENSUS, "population": POPULATION}
    rows = {name: rows_of(tree, name) for name in ROADS}
    whose = [each.who for each in rows[ROADS[0]]]
    block = len(whose) + 1
    figure, (axes,) = grid_of(1, width, 0.9 + 0.17 * block * len(ROADS), most=1)
    labels: dict[float, str] = {}
    for place, name in enumerate(ROADS):
        for row, each in enumerate(rows[name]):
            y = -(place * block + row)
            whisker(axes, y, each.posterior, colors[each.who], each.prior, log_odds)
        labels[-(place * block + (len(whose) - 1) / 2)] = plain_name(name)
    ends = [
        end
        for name in ROADS
        for each in rows[name]
        for end in (each.lower, each.upper, each.prior_lower, each.prior_upper)
        if end > 0
    ]
    odds_axis(axes, max(min(ends, default=0.01), 1e-9), min(max(max(ends, default=0.5), 0.5), 0.99))
    axes.set_yticks(list(labels), list(labels.values()))
    axes.set_ylim(-block * len(ROADS) + 1.2, 0.8)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color="#e6e6e6")
    axes.set_axisbelow(True)
    handles = [
        # A label that starts with an underscore would be left out.
        axes.plot([], [], "o-", lw=2, color=colors[who], label=brief(who).lstrip("_"))[0]
        for who in whose
    ]
    figure.legend(
        handles=handles, loc="outside upper center", ncols=min(4, len(whose)), frameon=False
    )
    return figure
