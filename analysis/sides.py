"""Two sides of a posterior, with little between them, and the way from either to the other.

People of a crowd disagree in offense or in margin, hardly in both. Trajectories seldom pass between
the two, and how often the posterior is on either side would be left to chance. So each trajectory
may begin on the other side: where a map of all coordinates leads that takes the one side's draws to
where the other's lie, if that point is likely enough. The map is its own way back, and does not
change while draws are kept, so the posterior remains what it is (a deterministic proposal of
Metropolis, as in Tjelmeland and Hegstad 2001, doi:10.1111/1467-9469.00232).
"""

from dataclasses import dataclass

import numpy as np

from takeoff.models.likeliest import likeliest
from takeoff.models.program import Density
from takeoff.models.special import FloatArray

__all__ = ["Sides", "starts_on_both", "within"]

_BEGIN = 1.5
"""Of the coordinate that tells sides apart: where chains start, every other one on either side."""
_CLIMB = 150
"""Evaluations on the way to a start; from far out, what is learned first of scales misleads."""
_FEWEST = 20
"""Draws of a side from which a map can be learned."""


@dataclass(frozen=True)
class Sides:
    """Where the two sides lie.

    Attributes
    ----------
    coordinate
        Whose sign tells the side.
    middle, spread
        Of each side's draws: below zero, then above (side, coordinate).
    """

    coordinate: int
    middle: FloatArray
    spread: FloatArray

    @classmethod
    def of(cls, draws: FloatArray, coordinate: int) -> "Sides | None":
        """Learn of draws (draw, coordinate) where sides lie; None where one is all but empty."""
        parts = _parts(draws, coordinate)
        if min(len(each) for each in parts) < _FEWEST:
            return None
        middle, spread = (np.array([f(each, axis=0) for each in parts]) for f in (np.mean, np.std))
        return cls(coordinate, middle, spread) if (spread > 0).all() else None

    def over(self, point: FloatArray) -> tuple[FloatArray, float] | None:
        """Give where a point lies on the other side, and the log volume of the way there.

        None for the few that the map leaves on their side: there is no way back from these.
        """
        here = int(point[self.coordinate] > 0)
        wider = self.spread[1 - here] / self.spread[here]
        there = self.middle[1 - here] + wider * (point - self.middle[here])
        if int(there[self.coordinate] > 0) == here:
            return None
        return there, float(np.log(wider).sum())


def starts_on_both(density: Density, starts: FloatArray, coordinate: int) -> FloatArray:
    """Climb from each start (chain, coordinate), on one side and the other in turn."""
    begun = starts.copy()
    begun[:, coordinate] = _BEGIN * (-1.0) ** np.arange(len(starts))
    return np.array([likeliest(density, each, coordinate, _CLIMB) for each in begun])


def within(draws: FloatArray, coordinate: int) -> FloatArray:
    """Give draws less the middle of their side (draw, coordinate)."""
    parts = [each for each in _parts(draws, coordinate) if len(each)]
    return np.concatenate([each - each.mean(axis=0) for each in parts])


def _parts(draws: FloatArray, coordinate: int) -> list[FloatArray]:
    above = draws[:, coordinate] > 0
    return [draws[~above], draws[above]]
