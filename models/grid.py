"""A grid of c = margin + B for a panel, and how experts' worlds are read off it.

B is how hard alignment turns out to be. An expert's world is an average over B by Gauss–Hermite
nodes, each read off the grid by Lagrange's polynomial through its nearest points. Far from 0 the
ends of histories in which somebody is misaligned (aligned, on the other side) fall like
exp(−c²/2), too steeply for a polynomial. There they are read off after division by it, which
keeps the relative accuracy that experts who say 1e-8 need. So ends come in *classes*, by the side
on which they fall away: neither, large c, small c, both.
"""

import math
from functools import cache
from typing import NamedTuple

import numpy as np

from takeoff.models.special import FloatArray, compiled

__all__ = [
    "CLASSES",
    "EVERY_POINT",
    "SPACING",
    "Grid",
    "fill_weights",
    "grid_under",
    "lagrange_coefficients",
    "weights_reverse",
]

CLASSES = 4
_POINTS = 8
SPACING = 0.3
_FARTHEST = 6.0
"""The grid ends here: beyond, P(misaligned) is less than 1e-9, and taken as it is here."""
EVERY_POINT = (-24, 26)
"""Number of the lowest point that a grid can have, and one past the highest."""


@cache
def lagrange_coefficients() -> FloatArray:
    """Give the coefficients of the polynomial of each neighbouring point (power, point).

    Highest power first, in units of the spacing from the fourth point.
    """
    points = np.arange(_POINTS) - (_POINTS // 2 - 1)
    columns = []
    for own in points:
        others = points[points != own]
        columns.append(np.poly(others) / np.prod(own - others))
    return np.array(columns, float).T.copy()


@compiled
def _clipped(c: float) -> float:
    return min(max(c, -_FARTHEST), _FARTHEST)


@compiled
def _first_point(c: float) -> int:
    """Give the number of the first of the points between which c is read."""
    return math.floor(c / SPACING) - (_POINTS // 2 - 1)


@compiled
def _polynomials(c: float, lagrange: FloatArray, value: FloatArray, slope: FloatArray) -> int:
    """Fill the polynomials (point,) and their slopes at c; give the first point's number."""
    first = _first_point(c)
    t = c / SPACING - (first + _POINTS // 2 - 1)
    value[:] = 0.0
    slope[:] = 0.0
    for power in range(_POINTS):
        for point in range(_POINTS):
            slope[point] = slope[point] * t + value[point]
            value[point] = value[point] * t + lagrange[power, point]
    for point in range(_POINTS):
        slope[point] /= SPACING
    return first


class Grid(NamedTuple):
    """The grid of c under a panel.

    Attributes
    ----------
    c
        The points (point,).
    rise
        exp(c²/2) at the points (point,).
    lowest
        Number of the first point; point n lies at n times the spacing.
    """

    c: FloatArray
    rise: FloatArray
    lowest: int


@compiled
def grid_under(margin: FloatArray, doubt: float, difficulty: FloatArray) -> Grid:
    """Lay a grid under margins (expert,) and all that they may turn out to be."""
    farthest = doubt * np.max(difficulty[0])
    lowest = _first_point(_clipped(np.min(margin) - farthest))
    points = _first_point(_clipped(np.max(margin) + farthest)) + _POINTS - lowest
    c = SPACING * (lowest + np.arange(points))
    return Grid(c, np.exp(0.5 * c * c), lowest)


@compiled
def fill_weights(
    margin: FloatArray,
    doubt: float,
    difficulty: FloatArray,
    lagrange: FloatArray,
    grid: Grid,
    weight: FloatArray,
) -> None:
    """Fill the weight of each point for each expert and class of ends (expert, class, point)."""
    value, slope = np.empty(_POINTS), np.empty(_POINTS)
    weight[:] = 0.0
    for expert in range(margin.shape[0]):
        plain, low, high, both = weight[expert]
        for node in range(difficulty.shape[1]):
            here = _clipped(margin[expert] + doubt * difficulty[0, node])
            begin = _polynomials(here, lagrange, value, slope) - grid.lowest
            fall = math.exp(-0.5 * here * here)
            near = slice(begin, begin + _POINTS)
            rise, to_plain, to_low = grid.rise[near], plain[near], low[near]
            to_high, to_both = high[near], both[near]
            for k in range(_POINTS):
                share = difficulty[1, node] * value[k]
                scaled = share * fall * rise[k]
                to_plain[k] += share
                to_low[k] += scaled if here > 0 else share
                to_high[k] += scaled if here < 0 else share
                to_both[k] += scaled


@compiled
def weights_reverse(
    margin: FloatArray,
    doubt: float,
    difficulty: FloatArray,
    lagrange: FloatArray,
    grid: Grid,
    d_weight: FloatArray,
    d_margin: FloatArray,
) -> float:
    """Carry derivatives by the weights back to margins; give that by doubt."""
    d_doubt = 0.0
    value, slope = np.empty(_POINTS), np.empty(_POINTS)
    for expert in range(margin.shape[0]):
        plain, low, high, both = d_weight[expert]
        for node in range(difficulty.shape[1]):
            raw = margin[expert] + doubt * difficulty[0, node]
            here = _clipped(raw)
            if here != raw:
                continue
            begin = _polynomials(here, lagrange, value, slope) - grid.lowest
            fall = math.exp(-0.5 * here * here)
            by_c, near = 0.0, slice(begin, begin + _POINTS)
            rise, of_plain, of_low = grid.rise[near], plain[near], low[near]
            of_high, of_both = high[near], both[near]
            falls_low, falls_high = 1.0 if here > 0 else 0.0, 1.0 if here < 0 else 0.0
            for k in range(_POINTS):
                as_is = of_plain[k] + (1 - falls_low) * of_low[k] + (1 - falls_high) * of_high[k]
                scaled = of_both[k] + falls_low * of_low[k] + falls_high * of_high[k]
                scaled *= fall * rise[k]
                by_c += slope[k] * (as_is + scaled) - here * value[k] * scaled
            by_c *= difficulty[1, node]
            d_margin[expert] += by_c
            d_doubt += by_c * difficulty[0, node]
    return d_doubt
