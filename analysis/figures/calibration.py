"""Calibration: how far the ranks of the truth are from uniform, by kind of answer."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from takeoff.analysis.figures.style import INK, PAGE, grid_of, styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from takeoff.analysis.calibration import Calibration

__all__ = ["calibration_figure"]

_BAND, _INSIDE, _OUTSIDE = "#e6eef5", "#9ecae1", "#d55e00"
_ERROR = 0.05


@styled
def calibration_figure(found: "Mapping[str, Calibration]", width: float = PAGE) -> "Figure":
    """Draw the share of truths that rank below each level, less the level.

    One line a quantity, and the log likelihood dark. The band holds all lines of a kind of answer
    with a chance of 95 per cent at least, by Kolmogorov's distance and Bonferroni's correction.
    """
    figure, panels = grid_of(len(found), width, 2.0, most=4, narrow=2)
    for axes, (kind, each) in zip(panels, found.items(), strict=True):
        count = len(each.worth)
        reach = float(stats.kstwo.ppf(1 - _ERROR / len(each.ranks), count))
        axes.axhspan(-reach, reach, color=_BAND, lw=0)
        axes.axhline(0, color="#888888", lw=0.6)
        for name, ranks in each.ranks.items():
            level = np.sort(ranks)
            # Both ends of each step, so that the largest distance is seen.
            steps = np.stack([np.arange(count), np.arange(count) + 1]) / count - level
            out = bool(np.abs(steps).max() > reach)
            likelihood = name == "log likelihood"
            color = _OUTSIDE if out else INK if likelihood else _INSIDE
            drawn = [0.0, *np.repeat(level, 2), 1.0], [0.0, *steps.T.ravel(), 0.0]
            axes.plot(*drawn, color=color, lw=1.3 if out or likelihood else 0.6, zorder=2 + out)
        axes.set_title(kind)
        axes.set_xlim(0, 1)
        axes.set_ylim(-1.6 * reach, 1.6 * reach)
        axes.set_xticks([0, 0.5, 1])
    return figure
