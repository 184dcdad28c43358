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

from takeoff.models.joint import IntArray
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
    "whole_grid",
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


class _Readings(NamedTuple):
    """Where experts read the grid, and by which polynomials.

    Attributes
    ----------
    c
        Where (node, expert).
    first
        Number of the first of the points between which that lies (node, expert).
    value, slope
        The points' polynomials there, and their slopes (point, node, expert).
    """

    c: FloatArray
    first: IntArray
    value: FloatArray
    slope: FloatArray


@compiled
def _readings(
    margin: FloatArray, doubt: float, difficulty: FloatArray, lagrange: FloatArray
) -> _Readings:
    experts, nodes = margin.shape[0], difficulty.shape[1]
    total = experts * nodes
    c, first, t = np.empty(total), np.empty(total, np.int64), np.empty(total)
    for node in range(nodes):
        for expert in range(experts):
            each = node * experts + expert
            c[each] = _clipped(margin[expert] + doubt * difficulty[0, node])
            first[each] = _first_point(c[each])
            t[each] = c[each] / SPACING - (first[each] + _POINTS // 2 - 1)
    value, slope = np.empty((_POINTS, total)), np.zeros((_POINTS, total))
    for point in range(_POINTS):
        own, rise = value[point], slope[point]
        own[:] = lagrange[0, point]
        for power in range(1, _POINTS):
            for each in range(total):
                rise[each] = rise[each] * t[each] + own[each]
                own[each] = own[each] * t[each] + lagrange[power, point]
        for each in range(total):
            rise[each] /= SPACING
    shape = (_POINTS, nodes, experts)
    return _Readings(
        c.reshape(nodes, experts),
        first.reshape(nodes, experts),
        value.reshape(shape),
        slope.reshape(shape),
    )


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
def whole_grid() -> Grid:
    """Lay the grid under whatever margins."""
    lowest, after = EVERY_POINT
    c = SPACING * np.arange(float(lowest), float(after))
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
    read = _readings(margin, doubt, difficulty, lagrange)
    weight[:] = 0.0
    for expert in range(margin.shape[0]):
        plain, low, high, both = weight[expert]
        for node in range(difficulty.shape[1]):
            here, begin = read.c[node, expert], read.first[node, expert] - grid.lowest
            fall = math.exp(-0.5 * here * here)
            falling, level = (low, high) if here > 0 else (high, low)
            for k in range(_POINTS):
                share = difficulty[1, node] * read.value[k, node, expert]
                scaled = share * fall * grid.rise[begin + k]
                plain[begin + k] += share
                level[begin + k] += share
                falling[begin + k] += scaled
                both[begin + k] += scaled


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
    read = _readings(margin, doubt, difficulty, lagrange)
    for expert in range(margin.shape[0]):
        plain, low, high, both = d_weight[expert]
        for node in range(difficulty.shape[1]):
            here, begin = read.c[node, expert], read.first[node, expert] - grid.lowest
            if abs(margin[expert] + doubt * difficulty[0, node]) > _FARTHEST:
                continue
            fall = math.exp(-0.5 * here * here)
            falling, level = (low, high) if here > 0 else (high, low)
            by_c = 0.0
            for k in range(_POINTS):
                as_is = plain[begin + k] + level[begin + k]
                scaled = (both[begin + k] + falling[begin + k]) * fall * grid.rise[begin + k]
                by_c += read.slope[k, node, expert] * (as_is + scaled)
                by_c -= here * read.value[k, node, expert] * scaled
            by_c *= difficulty[1, node]
            d_margin[expert] += by_c
            d_doubt += by_c * difficulty[0, node]
    return d_doubt
