"""Nodes of the integral over histories, and how many of them to use.

Given the latent deviation of the first system and how hard alignment turns out to be, projects
are independent; the rest is three integrals. All that matters happens near the threshold at
which the first system turns aligned, so the first integral runs outward from it on both sides,
dense beside it and reaching far into the tail: Gauss–Legendre nodes v in (0, 1), squared. Where
followers have thresholds of their own it is broken there, and v²(3 − 2v) is dense at both ends.
The two others are standard normal: Gauss–Hermite for difficulty, and equally spaced points for the
spread between inspectors, where a logistic inside the integral slows Gauss–Hermite down.
"""

from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.polynomial.hermite_e import hermegauss
from numpy.polynomial.legendre import leggauss

from takeoff.models.special import FloatArray

__all__ = ["Nodes", "Precision", "nodes"]

Precision = Literal["fit", "report"]


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
        Standard normal nodes of how hard alignment turns out to be, given the first system.
    inspector
        Standard normal nodes of how well a project inspects.
    reach
        How far outward the first integral goes: standard deviations past the centre, and
        sharpness of its decay when the threshold is itself in the tail.
    """

    aligned: FloatArray
    misaligned: FloatArray
    absent: FloatArray
    between: FloatArray
    difficulty: FloatArray
    inspector: FloatArray
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
    points = step * (np.arange(count) - (count - 1) / 2)
    weights = np.exp(-(points**2) / 2)
    return np.array([points, weights / weights.sum()])


@cache
def nodes(precision: Precision) -> Nodes:
    """Give the nodes for a purpose.

    ``fit``
        As few as keep every outcome within 1e-3 over prior draws, for the likelihood.
    ``report``
        Every outcome within 2e-6, and takeovers of 1e-9 within 1 per cent of themselves.
    """
    if precision == "fit":
        return Nodes(
            aligned=_outward(10),
            misaligned=_outward(10),
            absent=_outward(6),
            between=_between(12),
            difficulty=_normal(3),
            inspector=_equally_spaced(7, 1.0),
            reach=np.array([2.7, 1.7]),
        )
    return Nodes(
        aligned=_outward(48),
        misaligned=_outward(48),
        absent=_outward(40),
        between=_between(40),
        difficulty=_normal(16),
        inspector=_equally_spaced(20, 0.6),
        reach=np.array([6.0, 4.0]),
    )
