"""Who wins, by how many projects end misaligned: all that most questions ask.

Takeover, a warning shot and whether any project is misaligned depend on the histories only through
the number of misaligned projects, so the contest (``contest``) is summed over everything else at
once, in one pass over the histories with no table of cells between. For a panel this is much less
work than the whole table (``integral.decide``), forward and back.
"""

from typing import Any, NamedTuple

import numpy as np

from takeoff.models.contest import FEATURES, force_of, forces, forces_reverse, no_forces
from takeoff.models.joint import ENDS, IntArray
from takeoff.models.layout import ABSENT, ALIGNED, DECISIVENESS, MARGIN, MISALIGNED
from takeoff.models.rule import Rule
from takeoff.models.special import FloatArray, compiled
from takeoff.models.story import ROWS

__all__ = ["count", "count_reverse"]

_HISTORIES, _SHARE, _TOGETHER, _ALONE = range(4)


class _Pairs(NamedTuple):
    """Every history of all projects, sorted by the set of projects that end misaligned.

    Attributes
    ----------
    begins
        Where the histories of each misaligned set begin, and one past the last (set + 1,).
    good
        Set of projects that end aligned (history,).
    place
        Where the history's probability stands among those of the tallies (history,).
    size
        Number of projects in each set (set,).
    """

    begins: IntArray
    good: IntArray
    place: IntArray
    size: IntArray


@compiled
def _pairs(histories: IntArray, sets: int, tallies: int) -> _Pairs:
    """Sort the histories of all projects, given those of the followers."""
    total = 3 * histories.shape[0]
    begins, size = np.zeros(sets + 1, np.int64), np.zeros(sets, np.int64)
    good, place = np.empty(total, np.int64), np.empty(total, np.int64)
    for each in range(1, sets):
        size[each] = size[each >> 1] + (each & 1)
    for history in range(histories.shape[0]):
        for end in (ALIGNED, MISALIGNED, ABSENT):
            begins[1 + (histories[history, 2] | (1 if end == MISALIGNED else 0))] += 1
    for each in range(sets):
        begins[each + 1] += begins[each]
    free = begins.copy()
    for history in range(histories.shape[0]):
        for end in (ALIGNED, MISALIGNED, ABSENT):
            bad = histories[history, 2] | (1 if end == MISALIGNED else 0)
            good[free[bad]] = histories[history, 1] | (1 if end == ALIGNED else 0)
            place[free[bad]] = end * tallies + histories[history, 0]
            free[bad] += 1
    return _Pairs(begins, good, place, size)


@compiled
def _masses(ends: FloatArray, tallies: int) -> FloatArray:
    """Sum the probabilities of each tally's histories by how the first project ends.

    From (world, end) to (end of the first project and tally, world): worlds come last here and
    below, so that several are worked out at once.
    """
    mass = np.zeros((3 * tallies, ends.shape[0]))
    for row in range(ROWS):
        for tally in range(tallies):
            for world in range(ends.shape[0]):
                mass[ENDS[row] * tallies + tally, world] += ends[world, row * tallies + tally]
    return mass


@compiled
def _edges(steep: float, offense: FloatArray) -> FloatArray:
    """Give what offense multiplies every attack by: (world,)."""
    edge = np.empty(offense.shape[0])
    for world in range(offense.shape[0]):
        edge[world] = force_of(steep, offense[world])
    return edge


@compiled
def count(common: FloatArray, ends: FloatArray, offense: FloatArray, *fixed: Any) -> FloatArray:
    """Let the contest decide worlds that differ in ends (world, end) and offense (world,).

    ``common`` (number,) are their other numbers, ``fixed`` the parts of a ``Rule``. Gives sums of
    the ``FEATURES`` of the contest, weighted with the histories' probability, by how many projects
    end misaligned: (world, misaligned and feature).
    """
    rule = Rule(*fixed)
    force = forces(common, common[MARGIN + rule.first_row.shape[0] :])
    worlds, tallies = ends.shape[0], rule.cell.shape[1]
    pairs = _pairs(rule.histories, force.share.shape[0], tallies)
    mass, edge = _masses(ends, tallies), _edges(common[DECISIVENESS], offense)
    sums = np.zeros((force.alone.shape[0] + 1, len(FEATURES), worlds))
    own, together, alone = np.empty(worlds), np.empty(worlds), np.empty(worlds)
    for bad in range(force.share.shape[0]):
        joined, single = force.together[bad], force.alone[force.strongest[bad]]
        own[:], together[:], alone[:] = 0.0, 0.0, 0.0
        for pair in range(pairs.begins[bad], pairs.begins[bad + 1]):
            here, shield = mass[pairs.place[pair]], force.defence[pairs.good[pair]]
            for world in range(worlds):
                one = edge[world] * joined + shield
                other = edge[world] * single + shield
                both = here[world] / (one * other)
                own[world] += here[world]
                together[world] += other * both
                alone[world] += one * both
        into = sums[pairs.size[bad]]
        for world in range(worlds):
            into[_HISTORIES, world] += own[world]
            if bad > 0:
                into[_SHARE, world] += own[world] * force.share[bad]
                into[_TOGETHER, world] += together[world] * edge[world] * joined
                into[_ALONE, world] += alone[world] * edge[world] * single
    return sums.reshape(-1, worlds).T.copy()


@compiled
def count_reverse(
    common: FloatArray, ends: FloatArray, offense: FloatArray, d_results: FloatArray, *fixed: Any
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Carry derivatives by results back to common numbers, ends and offense."""
    rule = Rule(*fixed)
    resources = MARGIN + rule.first_row.shape[0]
    steep = common[DECISIVENESS]
    force = forces(common, common[resources:])
    d_force = no_forces(force)
    worlds, tallies = ends.shape[0], rule.cell.shape[1]
    pairs = _pairs(rule.histories, force.share.shape[0], tallies)
    mass, edge = _masses(ends, tallies), _edges(steep, offense)
    d_sums = d_results.T.copy().reshape(-1, len(FEATURES), worlds)
    d_mass, by_edge, plain = np.zeros(mass.shape), np.zeros(worlds), np.empty(worlds)
    for bad in range(force.share.shape[0]):
        best = force.strongest[bad]
        joined, single = force.together[bad], force.alone[best]
        by = d_sums[pairs.size[bad]]
        share = force.share[bad] if bad > 0 else 0.0
        for world in range(worlds):
            plain[world] = by[_HISTORIES, world] + by[_SHARE, world] * share
        by_share, by_together, by_alone = 0.0, 0.0, 0.0
        for pair in range(pairs.begins[bad], pairs.begins[bad + 1]):
            place, good = pairs.place[pair], pairs.good[pair]
            here, d_here, shield = mass[place], d_mass[place], force.defence[good]
            if bad == 0:
                for world in range(worlds):
                    d_here[world] += plain[world]
                continue
            by_shield = 0.0
            for world in range(worlds):
                attack, strongest = edge[world] * joined, edge[world] * single
                one, other = attack + shield, strongest + shield
                both = 1 / (one * other)
                together = by[_TOGETHER, world] * attack * (other * both)
                alone = by[_ALONE, world] * strongest * (one * both)
                d_here[world] += plain[world] + together + alone
                together *= here[world] * (shield * (other * both))
                alone *= here[world] * (shield * (one * both))
                by_share += by[_SHARE, world] * here[world]
                by_together += together
                by_alone += alone
                by_edge[world] += together + alone
                by_shield += together + alone
            d_force.defence[good] -= by_shield
        d_force.share[bad] += by_share
        d_force.together[bad] += by_together
        d_force.alone[best] += by_alone
    d_common, d_ends = np.zeros(common.shape), np.zeros(ends.shape)
    d_common[DECISIVENESS] = (by_edge * offense).sum()
    for row in range(ROWS):
        for tally in range(tallies):
            for world in range(worlds):
                d_ends[world, row * tallies + tally] = d_mass[ENDS[row] * tallies + tally, world]
    forces_reverse(common, common[resources:], force, d_force, d_common[resources:], d_common)
    return d_common, d_ends, by_edge * steep
