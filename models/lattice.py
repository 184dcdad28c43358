"""Nodes over the worldviews of a crowd, and the grid on which their levels fall.

People of a camp differ from its centre by four standard normal deviations times one tail
multiplier, so all share one integral. Its nodes are fixed in units of disagreement, whatever the
parameters: over the tail's logarithm, equally spaced; given the tail, Gauss–Hermite nodes of the
deviation in margin, and six points and the centre for those in slip and response, exact for
polynomials of degree five; and offense, which decides the level, densely: equally spaced in u,
v = 3·sinh(u/3), out to twelve.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.polynomial.hermite_e import hermegauss

from takeoff.models.crowd_kernel import Lattice
from takeoff.models.joint import Tallies
from takeoff.models.special import FloatArray
from takeoff.models.worldviews import TAIL_SPREAD

__all__ = ["Nodes", "care_nodes", "crowd_nodes", "grid_of_levels", "lattice_of"]

_STRETCH = 3.0
_FARTHEST = 12.0
"""One person in 100,000 is farther out."""
_REACH = 6.0
_MARGINS, _RING, _OFFENSE_STEP, _FINE = 5, 5, 0.6, 3
_TAIL_STEP, _LEAST_TAIL, _MOST_TAIL = 1.2, -2.4, 3.6
_CARE_STEP, _LEAST_CARE, _MOST_CARE = 1.2, -2.4, 4.8
_SHARPEST, _LEAST_NOISE, _HALVINGS = 1.5, 0.3, 3
_LEVEL_STEP = 0.2
"""So that a spline on the grid is narrower than the least noise, see ``tally``."""
_HIGHEST = 9.0
"""Log-odds of takeover above which all are alike."""


@dataclass(frozen=True)
class Nodes:
    """Deviations from a camp's centre, in units of disagreement, and their weights.

    Attributes
    ----------
    margin, offense
        Deviations in margin (margin,) and coarsely in offense (offense,).
    slip, response
        Deviations in these, by plane (plane,).
    columns
        Margin, plane and tail of each column, as indices (column, 3).
    weight
        Of each column (column,); they add up to 1.
    along
        Of fine nodes of offense, by tail (tail, fine node); a tail's add up to 1.
    span
        Before which fine nodes those of a tail begin and end (tail, 2).
    base, lagrange
        Between which coarse nodes each fine one lies, and their weights, see ``Lattice``.
    """

    margin: FloatArray
    offense: FloatArray
    slip: FloatArray
    response: FloatArray
    columns: np.ndarray
    weight: FloatArray
    along: FloatArray
    span: np.ndarray
    base: np.ndarray
    lagrange: FloatArray


def _normal(step: float, lowest: float, highest: float) -> tuple[FloatArray, FloatArray]:
    points = step * np.arange(np.round(lowest / step), np.round(highest / step) + 1)
    weights = np.exp(-0.5 * points * points)
    return points, weights / weights.sum()


def _ring(points: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Give nodes and weights of two standard normals: the centre and a ring."""
    if points > 6:
        x, w = hermegauss(points - 6)
        w = w / w.sum()
        a, b = np.meshgrid(x, x)
        return a.ravel(), b.ravel(), np.outer(w, w).ravel()
    angle = 2 * np.pi * np.arange(points) / points
    return (
        np.concatenate([[0.0], 2 * np.cos(angle)]),
        np.concatenate([[0.0], 2 * np.sin(angle)]),
        np.array([0.5, *np.full(points, 0.5 / points)]),
    )


@cache
def crowd_nodes(
    margins: int = _MARGINS,
    ring: int = _RING,
    offense_step: float = _OFFENSE_STEP,
    fine: int = _FINE,
    tails: tuple[float, float, float] = (_TAIL_STEP, _LEAST_TAIL, _MOST_TAIL),
) -> Nodes:
    """Lay nodes over the worldviews of a camp."""
    log_tail, of_tail = _normal(*tails)
    tail = np.exp(TAIL_SPREAD * log_tail)
    own, of_own = hermegauss(margins)
    slip, response, of_plane = _ring(ring)
    weight = np.einsum("t,m,p->tmp", of_tail, of_own / of_own.sum(), of_plane)
    t, m, p = (each.ravel() for each in np.indices(weight.shape))

    most = int(_STRETCH * np.arcsinh(_FARTHEST / _STRETCH) / offense_step)
    coarse = _STRETCH * np.sinh(offense_step * np.arange(-most, most + 1) / _STRETCH)
    numbers = np.arange(2 * most * fine + 1)
    u = offense_step / fine * (numbers - most * fine)
    offense = _STRETCH * np.sinh(u / _STRETCH)
    along = np.exp(-0.5 * (offense / tail[:, None]) ** 2) * np.cosh(u / _STRETCH)
    along[abs(offense) > _REACH * tail[:, None]] = 0.0
    inside = [np.flatnonzero(each)[[0, -1]] for each in along]
    base = np.clip(numbers // fine - 1, 0, len(coarse) - 4)
    at = numbers / fine - base
    points = range(4)
    lagrange = np.stack(
        [
            np.prod([(at - other) / (own - other) for other in points if other != own], axis=0)
            for own in points
        ],
        axis=1,
    )
    return Nodes(
        margin=np.outer(tail, own).ravel(),
        offense=coarse,
        slip=np.outer(tail, slip).ravel(),
        response=np.outer(tail, response).ravel(),
        columns=np.stack([t * len(own) + m, t * len(slip) + p, t], axis=1),
        weight=weight.ravel(),
        along=along / along.sum(axis=1, keepdims=True),
        span=np.array([[first, last + 1] for first, last in inside]),
        base=base,
        lagrange=lagrange,
    )


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
        column=nodes.columns,
        weight=nodes.weight,
        along=nodes.along,
        span=nodes.span,
        base=nodes.base,
        lagrange=nodes.lagrange,
        grid=np.array([levels[0], levels[1] - levels[0], len(levels)]),
        bad=misaligned[tables.cell],
    )
