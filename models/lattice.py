"""Nodes over the worldviews of a crowd, and the grid on which their levels fall.

People of a camp differ from its centre by four standard normal deviations times one tail
multiplier, so all share one integral. Its nodes are fixed in units of disagreement, whatever the
parameters. In margin and offense, which decide the level, they are a hexagonal lattice, turned so
that seen from any side they lie densely: levels may differ by the one, the other or both. It is
laid in the plane of u, of which v = 3·sinh(u/3) is the deviation, out to twelve. Half of the people
at a node are taken to be at the centre of slip and response, half on a ring around it, which is
exact for polynomials of degree five; tail and direction run through all values from node to node.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from takeoff.models.crowd_spread import Lattice
from takeoff.models.joint import Tallies
from takeoff.models.special import FloatArray
from takeoff.models.worldviews import TAIL_SPREAD

__all__ = ["Nodes", "care_nodes", "crowd_nodes", "grid_of_levels", "lattice_of"]
__all__ += ["rough_nodes"]

_STRETCH = 3.0
_FARTHEST = 12.0
"""One person in 6,000 is farther out."""
_DENSITY = 8.0
"""Nodes in a square of u."""
_TURNED = np.pi / 12
"""As far as can be from all six directions of the lattice, for both axes."""
_TABLE_STEP = 0.5
"""In u, between margins and between offenses of the table that nodes read."""
_ROUGH_DENSITY, _ROUGH_TABLE_STEP = 1.5, 1.05
"""The same where it is enough to tell about how levels lie."""
_RING = 2.0
_DIRECTION, _TAIL = (0.7549, 0.5698), (0.4142, 0.7321)
"""Parts of a turn, and of people, by which direction and tail go on along the lattice's sides."""
_TAIL_STEP, _FARTHEST_TAIL = 0.05, 5.0
_CARE_STEP, _LEAST_CARE, _MOST_CARE = 1.2, -2.4, 4.8
_SHARPEST, _LEAST_NOISE, _HALVINGS = 1.5, 0.3, 1
_LEVEL_STEP = 0.4
"""A quarter of the noise that thousands were found to have; where noise is .3, a log likelihood of
2,700 people is off by a unit or so."""
_HIGHEST = 9.0
"""Log-odds of takeover above which all are alike."""


@dataclass(frozen=True)
class Nodes:
    """Deviations from a camp's centre, in units of disagreement, and their weights.

    Attributes
    ----------
    margin, offense
        Of the table, (margin,) and (offense,).
    slip, response
        At the centre, then off it at each node (1 + node,).
    base, lagrange, weight
        Of each node, see ``Lattice``.
    """

    margin: FloatArray
    offense: FloatArray
    slip: FloatArray
    response: FloatArray
    base: np.ndarray
    lagrange: FloatArray
    weight: FloatArray


def _normal(step: float, lowest: float, highest: float) -> tuple[FloatArray, FloatArray]:
    points = step * np.arange(np.round(lowest / step), np.round(highest / step) + 1)
    weights = np.exp(-0.5 * points * points)
    return points, weights / weights.sum()


def _hexagons(density: float, reach: float) -> tuple[FloatArray, FloatArray]:
    """Give the points of a turned hexagonal lattice within reach, and their numbers along it."""
    side = np.sqrt(2 / (np.sqrt(3) * density))
    most = int(2 * reach / side) + 1
    numbers = np.mgrid[-most : most + 1, -most : most + 1].reshape(2, -1).T + 0.0
    angles = _TURNED + np.array([0, np.pi / 3])
    points = side * numbers @ np.column_stack([np.cos(angles), np.sin(angles)])
    inside = np.hypot(*points.T) <= reach
    return points[inside], numbers[inside]


@cache
def crowd_nodes(density: float = _DENSITY, table_step: float = _TABLE_STEP) -> Nodes:
    """Lay nodes over the worldviews of a camp."""
    reach = _STRETCH * np.arcsinh(_FARTHEST / _STRETCH)
    u, numbers = _hexagons(density, reach)
    from_middle = np.hypot(*u.T)
    away = _STRETCH * np.sinh(from_middle / _STRETCH)
    stretched = np.divide(away, from_middle, out=np.ones_like(away), where=from_middle > 0)
    log_tail, of_tail = _normal(_TAIL_STEP, -_FARTHEST_TAIL, _FARTHEST_TAIL)
    tail = np.exp(TAIL_SPREAD * log_tail)
    there = of_tail * tail**-2 * np.exp(-0.5 * (away[:, None] / tail) ** 2)
    weight = there.sum(axis=1) * stretched * np.cosh(from_middle / _STRETCH)

    below = (np.cumsum(there, axis=1) - 0.5 * there) / there.sum(axis=1, keepdims=True)
    share = (numbers @ np.array(_TAIL)) % 1
    own_tail = [np.interp(*each, log_tail) for each in zip(share, below, strict=True)]
    ring = _RING * np.exp(TAIL_SPREAD * np.array(own_tail))
    direction = 2 * np.pi * (numbers @ np.array(_DIRECTION))

    most = np.ceil(reach / table_step)
    table = _STRETCH * np.sinh(table_step * np.arange(-most, most + 1) / _STRETCH)
    at = _STRETCH * np.arcsinh(stretched[:, None] * u / _STRETCH) / table_step + most
    base = np.clip(at.astype(int) - 1, 0, len(table) - 4)
    return Nodes(
        margin=table,
        offense=table,
        slip=np.append(0.0, ring * np.cos(direction)),
        response=np.append(0.0, ring * np.sin(direction)),
        base=base,
        lagrange=_lagrange(at - base),
        weight=np.repeat(weight[:, None] / weight.sum() / 2, 2, axis=1),
    )


def _lagrange(at: FloatArray) -> FloatArray:
    """Give the weights of the points 0 to 3 in a cubic through them (..., point)."""
    others = [[other for other in range(4) if other != point] for point in range(4)]
    parts = [
        np.prod([(at - other) / (point - other) for other in rest], axis=0)
        for point, rest in enumerate(others)
    ]
    return np.stack(parts, axis=-1)


def rough_nodes() -> Nodes:
    """Lay nodes that tell about how a camp's levels lie."""
    return crowd_nodes(_ROUGH_DENSITY, _ROUGH_TABLE_STEP)


def care_nodes(spread: float) -> FloatArray:
    """Give nodes over how careful people are, see ``Tables``: (3, node).

    ``spread`` is the standard deviation of the logarithm of care.
    """
    points, weights = _normal(_CARE_STEP, _LEAST_CARE, _MOST_CARE)
    care = np.exp(spread * points)
    halvings = np.floor(np.log2(_SHARPEST * _LEAST_NOISE * care / _LEVEL_STEP))
    return np.array([care, weights, 2.0 ** np.clip(halvings, 0, _HALVINGS)])


def grid_of_levels(lowest: float) -> FloatArray:
    """Give log-odds of takeover from below the lowest that anybody stated (level,)."""
    coarsest = 2**_HALVINGS
    steps = np.ceil((_HIGHEST + 2.0 - lowest) / _LEVEL_STEP / coarsest) * coarsest
    return _HIGHEST + _LEVEL_STEP * np.arange(-steps, 1.0)


def lattice_of(nodes: Nodes, levels: FloatArray, tables: Tallies) -> Lattice:
    """Give what the compiled sum over nodes needs."""
    misaligned = tables.cells[:, 0]
    return Lattice(
        base=nodes.base,
        lagrange=nodes.lagrange,
        weight=nodes.weight,
        grid=np.array([levels[0], levels[1] - levels[0], len(levels)]),
        bad=misaligned[tables.cell],
    )
