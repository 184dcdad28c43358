"""Nodes of the integral over histories, and how many of them to use.

Given the latent deviation of the first system and how hard alignment turns out to be, projects
are independent; the rest is three integrals. All that matters happens near the threshold at
which the first system turns aligned, so the first integral runs outward from it on both sides,
dense beside it and reaching far into the tail: Gauss–Legendre nodes v in (0, 1), squared. Where
followers have thresholds of their own it is broken there, and v²(3 − 2v) is dense at both ends.
The
two others are standard normal, of difficulty and of the spread between inspectors, and need the
more nodes the more they spread: a *ladder* gives their number, world by world. Gauss–Hermite
serves while the spread is modest; where a logistic inside the integral is steeper than the
normal around it, equally spaced points converge faster.
"""

from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

import numpy as np
from numpy.polynomial.hermite_e import hermegauss
from numpy.polynomial.legendre import leggauss

from takeoff.models.special import FloatArray

__all__ = ["Ladder", "Nodes", "Precision", "grid_difficulty", "grid_nodes", "nodes"]

Precision = Literal["fit", "report"]


@dataclass(frozen=True)
class Ladder:
    """Nodes of a normal of any spread.

    Attributes
    ----------
    points
        The nodes of all rungs, one after the other (2, node): position, weight.
    rungs
        For each rung, the spread up to which it serves, and where its nodes begin and end
        (rung, 3).
    """

    points: FloatArray
    rungs: FloatArray


@dataclass(frozen=True)
class Nodes:
    """Nodes and weights of the integral over histories.

    Attributes
    ----------
    aligned, misaligned, absent
        Nodes outward from the threshold, in (0, 1), each (2, node): position, weight. ``aligned``
        where the first project fields an aligned system; ``misaligned`` where its candidate is
        misaligned, fielded or not; ``absent`` where it fields none of its aligned ones.
    between
        Nodes from one threshold to the next, in (0, 1) (2, node).
    difficulty
        Ladder by doubt: standard normal nodes of how hard alignment turns out to be, given the
        first system.
    inspector
        Ladder by spread: standard normal nodes of how well a project inspects.
    reach
        How far outward the first integral goes: standard deviations past the centre, and
        sharpness of its decay when the threshold is itself in the tail.
    """

    aligned: FloatArray
    misaligned: FloatArray
    absent: FloatArray
    between: FloatArray
    difficulty: Ladder
    inspector: Ladder
    reach: FloatArray


def _outward(count: int) -> FloatArray:
    roots, weights = leggauss(count)
    v = (roots + 1) / 2
    return np.array([v * v, v * weights])


def _between(count: int) -> FloatArray:
    roots, weights = leggauss(count)
    v = (roots + 1) / 2
    return np.array([v * v * (3 - 2 * v), v * (1 - v) * weights])


def _normal(count: int) -> FloatArray:
    roots, weights = hermegauss(count)
    return np.array([roots, weights / weights.sum()])


def _equally_spaced(count: int, step: float) -> FloatArray:
    points = step * (np.arange(count, dtype=np.float64) - (count - 1) / 2)
    weights = np.exp(-(points**2) / 2)
    return np.array([points, weights / weights.sum()])


def _ladder(rungs: dict[float, FloatArray]) -> Ladder:
    end = np.cumsum([each.shape[1] for each in rungs.values()])
    begin = np.concatenate([[0], end[:-1]])
    return Ladder(
        np.concatenate(list(rungs.values()), axis=1),
        np.array([list(rungs), begin, end], float).T.copy(),
    )


@cache
def nodes(precision: Precision) -> Nodes:
    """Give the nodes for a purpose.

    ``fit``
        As few as keep every outcome within 1e-3 over prior draws, for the likelihood.
    ``report``
        Every outcome within 2e-6, and takeovers of 1e-9 within 1 per cent of themselves.
    """
    if precision == "fit":
        # The end of each rung errs by about 2e-4 in the worst of 1500 draws of the neutral prior.
        return Nodes(
            aligned=_outward(14),
            misaligned=_outward(15),
            absent=_outward(9),
            between=_between(12),
            difficulty=_ladder(
                {
                    0.12: _normal(2),
                    0.28: _normal(3),
                    0.55: _normal(4),
                    1.1: _normal(5),
                    np.inf: _normal(6),
                }
            ),
            inspector=_ladder(
                {
                    0.22: _normal(2),
                    0.5: _normal(3),
                    0.75: _normal(4),
                    0.95: _normal(5),
                    1.6: _equally_spaced(7, 1.05),
                    2.3: _equally_spaced(9, 0.82),
                    np.inf: _equally_spaced(12, 0.66),
                }
            ),
            reach=np.array([2.8, 2.0]),
        )
    return Nodes(
        aligned=_outward(48),
        misaligned=_outward(48),
        absent=_outward(40),
        between=_between(40),
        difficulty=_ladder({0.8: _normal(16), 1.4: _normal(24), np.inf: _normal(40)}),
        inspector=_ladder({np.inf: _equally_spaced(20, 0.6)}),
        reach=np.array([6.0, 4.0]),
    )


@cache
def grid_nodes() -> Nodes:
    """Give the nodes of the worlds on the grid of ``shared``, in which nothing is in doubt."""
    return replace(
        nodes("fit"),
        aligned=_outward(12),
        misaligned=_outward(13),
        absent=_outward(8),
        difficulty=_ladder({np.inf: _normal(1)}),
    )


@cache
def grid_difficulty() -> Ladder:
    """Give the nodes at which experts read that grid; the more they doubt the more it takes."""
    return _ladder({0.45: _normal(9), 0.9: _normal(14), np.inf: _normal(24)})
