"""How a crowd's levels lie, compiled, with its reverse pass.

People of a crowd differ in margin, offense, slip and response. Ends of histories are told once for
each of some margins (``shared``), contests once for each of some offenses, and what follows from
the two lies on a table. Each node of the ``Lattice`` reads it in between; with its slip and
response that gives P(takeover), whose log-odds, the level, falls on the grid as a cubic B-spline,
sharpened so that the mean over the grid of any cubic function of the level is that over the nodes:
what comes out is smooth in all parameters.
"""

import math
from typing import Any, NamedTuple

import numpy as np

from takeoff.models.contest import (
    FEATURES,
    Forces,
    contest,
    contest_reverse,
    forces,
    forces_reverse,
    no_forces,
)
from takeoff.models.joint import ENDS, IntArray
from takeoff.models.layout import DECISIVENESS, MARGIN
from takeoff.models.rule import Rule
from takeoff.models.special import FloatArray, compiled
from takeoff.models.story import ROWS

__all__ = ["Lattice", "lay_spline", "sharpen", "spread", "spread_from_tape", "spread_on_tape"]
__all__ += ["spread_reverse"]

_LEAST = 1e-300
_NEARLY_ONE = 1 - 1e-12
_LANES = 8
"""Numbers that a processor adds at once: loops over so many are one step."""
_TOGETHER, _ALONE = FEATURES.index("takeover_together"), FEATURES.index("takeover_alone")


class Lattice(NamedTuple):
    """Nodes over the worldviews of a crowd, and the grid of levels.

    Each node has a margin and an offense, and stands for two sorts of people: those at the centre
    of slip and response, and those off it.

    Attributes
    ----------
    base
        First of the four margins, and offenses, of the table between which a node lies (node, 2).
    lagrange
        Weights of these four (node, 2, 4).
    weight
        Of those at the centre and those off it (node, 2); all add up to 1.
    grid
        First point, spacing and number of points of the grid of levels (3,).
    bad
        How many projects end misaligned, by end of the first project and tally (end, tally).
    """

    base: IntArray
    lagrange: FloatArray
    weight: FloatArray
    grid: FloatArray
    bad: IntArray


_PARTS = len(Lattice._fields)


class Tape(NamedTuple):
    """What is kept for the way back.

    Attributes
    ----------
    ends
        How histories end (end, margin).
    features
        Of the contest (offense, feature, end, tally).
    sums, table
        See ``_sum_ends`` and ``_tabulate``.
    reads, levels
        See ``_levels``.
    """

    ends: FloatArray
    features: FloatArray
    sums: FloatArray
    table: FloatArray
    reads: FloatArray
    levels: FloatArray


@compiled
def _features(common: FloatArray, offense: FloatArray, force: Forces, rule: Rule) -> FloatArray:
    """Give the features of the contest at each offense (offense, feature, end, tally)."""
    features = np.empty((offense.shape[0], len(FEATURES), 3, rule.cell.shape[1]))
    for node in range(offense.shape[0]):
        contest(common[DECISIVENESS], offense[node], force, rule.histories, features[node])
    return features


@compiled
def _sum_ends(ends: FloatArray, features: FloatArray, bad: IntArray) -> FloatArray:
    """Give P(takeover) by offense and margin (offense, 1 + number, margin).

    If the misaligned act as one, then by their number if alone. ``ends`` (end, margin).
    """
    tallies = bad.shape[1]
    sums = np.zeros((features.shape[0], 2 + np.max(bad), ends.shape[1]))
    for offense in range(features.shape[0]):
        for row in range(ROWS):
            end = ENDS[row]
            for each in range(tallies):
                together = features[offense, _TOGETHER, end, each]
                alone = features[offense, _ALONE, end, each]
                mass, whole = ends[row * tallies + each], sums[offense, 0]
                own = sums[offense, 1 + bad[end, each]]
                for margin in range(mass.shape[0]):
                    whole[margin] += mass[margin] * together
                    own[margin] += mass[margin] * alone
    return sums


@compiled
def _sum_ends_reverse(
    ends: FloatArray,
    features: FloatArray,
    bad: IntArray,
    d_sums: FloatArray,
    d_ends: FloatArray,
    d_features: FloatArray,
) -> None:
    """Add derivatives by ends, and fill those by features; of one offense."""
    tallies = bad.shape[1]
    d_features[:] = 0.0
    for row in range(ROWS):
        end = ENDS[row]
        for each in range(tallies):
            at, whole, own = row * tallies + each, d_sums[0], d_sums[1 + bad[end, each]]
            mass, d_mass = ends[at], d_ends[at]
            together, alone = features[_TOGETHER, end, each], features[_ALONE, end, each]
            by_together, by_alone = 0.0, 0.0
            for margin in range(mass.shape[0]):
                d_mass[margin] += whole[margin] * together + own[margin] * alone
                by_together += whole[margin] * mass[margin]
                by_alone += own[margin] * mass[margin]
            d_features[_TOGETHER, end, each] += by_together
            d_features[_ALONE, end, each] += by_alone


@compiled
def _unwarned(slip: FloatArray, response: FloatArray, most: int) -> FloatArray:
    """Give P(no warning saves the world) by plane and number of misaligned (plane, number)."""
    spared = np.empty((slip.shape[0], most + 1))
    for plane in range(slip.shape[0]):
        silent = 1.0
        for number in range(most + 1):
            spared[plane, number] = 1 - response[plane] * (1 - silent)
            silent *= 1 - slip[plane]
    return spared


@compiled
def lay_spline(t: float, value: FloatArray, slope: FloatArray) -> None:
    """Fill the four pieces of the cubic B-spline at t in [0, 1), and their derivatives."""
    rest = 1 - t
    value[0] = rest * rest * rest / 6
    value[1] = (4 - 3 * t * t * (2 - t)) / 6
    value[2] = (4 - 3 * rest * rest * (2 - rest)) / 6
    value[3] = t * t * t / 6
    slope[0] = -0.5 * rest * rest
    slope[1] = t * (1.5 * t - 2)
    slope[2] = -rest * (1.5 * rest - 2)
    slope[3] = 0.5 * t * t


@compiled
def sharpen(mass: FloatArray) -> None:
    """Take off what splines spread: with it they leave quintic functions of the level as they are.

    But for a ripple from point to point, of a 720th of the fourth derivative. The matrix is
    symmetrical, so this is also its own way back. What would leave the grid is reflected.
    """
    last, given = mass.shape[0] - 1, mass.copy()
    for k in range(last + 1):
        near = given[max(k - 1, 0)] + given[min(k + 1, last)]
        far = given[k - 2 if k > 1 else 1 - k] + given[min(k + 2, 2 * last - 1 - k)]
        mass[k] = (362 * given[k] - 68 * near + 7 * far) / 240


@compiled
def _place(level: float, grid: FloatArray) -> float:
    """Give where on the grid a level falls; what is off the grid falls on its end."""
    return min(max((level - grid[0]) / grid[1], 1.0), grid[2] - 2.000001)


@compiled
def _tabulate(sums: FloatArray) -> FloatArray:
    """Give the table that nodes read (margin, offense, entry).

    The logarithm of P(takeover) if the misaligned act as one; by their number, what it is of that
    if alone; then zeros that fill up the last of the lanes.
    """
    offenses, rows, margins = sums.shape
    table = np.zeros((margins, offenses, (rows + _LANES - 1) // _LANES * _LANES))
    for margin in range(margins):
        for offense in range(offenses):
            into = table[margin, offense]
            together = max(sums[offense, 0, margin], _LEAST)
            into[0] = math.log(together)
            for row in range(1, rows):
                into[row] = sums[offense, row, margin] / together
    return table


@compiled
def _tabulate_reverse(sums: FloatArray, table: FloatArray, d_table: FloatArray) -> FloatArray:
    """Carry derivatives by the table back to sums."""
    offenses, rows, margins = sums.shape
    d_sums = np.zeros(sums.shape)
    for offense in range(offenses):
        for margin in range(margins):
            together = sums[offense, 0, margin]
            if together > _LEAST:
                by, own = d_table[margin, offense], table[margin, offense]
                change = by[0]
                for row in range(1, rows):
                    d_sums[offense, row, margin] = by[row] / together
                    change -= by[row] * own[row]
                d_sums[offense, 0, margin] = change / together
    return d_sums


@compiled
def _read(table: FloatArray, base: IntArray, lagrange: FloatArray, read: FloatArray) -> None:
    """Fill what stands between the entries of the table."""
    read[:] = 0.0
    for a in range(4):
        for b in range(4):
            weight, entry = lagrange[0, a] * lagrange[1, b], table[base[0] + a, base[1] + b]
            for begin in range(0, read.shape[0], _LANES):
                for lane in range(begin, begin + _LANES):
                    read[lane] += weight * entry[lane]


@compiled
def _read_reverse(
    base: IntArray, lagrange: FloatArray, d_read: FloatArray, d_table: FloatArray
) -> None:
    """Add derivatives by the table."""
    for a in range(4):
        for b in range(4):
            weight, entry = lagrange[0, a] * lagrange[1, b], d_table[base[0] + a, base[1] + b]
            for begin in range(0, d_read.shape[0], _LANES):
                for lane in range(begin, begin + _LANES):
                    entry[lane] += weight * d_read[lane]


@compiled
def _alone(kept: FloatArray, read: FloatArray) -> float:
    """Give P(takeover) if the misaligned act alone, of that if as one."""
    alone = 0.0
    for number in range(1, kept.shape[0]):
        alone += kept[number] * read[1 + number]
    return alone


@compiled
def _levels(
    table: FloatArray,
    spared: FloatArray,
    together: float,
    lattice: Lattice,
    reads: FloatArray,
    levels: FloatArray,
) -> None:
    """Fill what nodes read (node, entry) and their log-odds of takeover (node, 2)."""
    for node in range(levels.shape[0]):
        read = reads[node]
        _read(table, lattice.base[node], lattice.lagrange[node], read)
        most = math.exp(read[0])
        for side in range(2):
            alone = _alone(spared[side * (1 + node)], read)
            taken = most * (together + (1 - together) * alone)
            taken = min(max(taken, _LEAST), _NEARLY_ONE)
            levels[node, side] = math.log(taken / (1 - taken))


@compiled
def _levels_reverse(
    reads: FloatArray,
    slip: FloatArray,
    response: FloatArray,
    spared: FloatArray,
    together: float,
    lattice: Lattice,
    d_levels: FloatArray,
    d_table: FloatArray,
    d_slip: FloatArray,
    d_response: FloatArray,
) -> float:
    """Add derivatives by the table, slip and response; give that by ``together``."""
    d_spared, d_together, d_read = np.zeros(spared.shape), 0.0, np.empty(reads.shape[1])
    for node in range(d_levels.shape[0]):
        read, most = reads[node], math.exp(reads[node, 0])
        d_read[:] = 0.0
        for side in range(2):
            plane = side * (1 + node)
            alone = _alone(spared[plane], read)
            taken = most * (together + (1 - together) * alone)
            if _LEAST < taken < _NEARLY_ONE:
                change = d_levels[node, side] / (1 - taken)
                d_read[0] += change
                change *= most / taken
                d_together += change * (1 - alone)
                change *= 1 - together
                for number in range(1, spared.shape[1]):
                    d_read[1 + number] += change * spared[plane, number]
                    d_spared[plane, number] += change * read[1 + number]
        _read_reverse(lattice.base[node], lattice.lagrange[node], d_read, d_table)
    for plane in range(slip.shape[0]):
        silent, fewer = 1.0, 0.0
        for number in range(spared.shape[1]):
            d_response[plane] -= d_spared[plane, number] * (1 - silent)
            d_slip[plane] -= d_spared[plane, number] * response[plane] * number * fewer
            fewer = silent
            silent *= 1 - slip[plane]
    return d_together


@compiled
def _lay(levels: FloatArray, lattice: Lattice, mass: FloatArray) -> None:
    """Lay levels on the grid."""
    value, slope = np.empty(4), np.empty(4)
    mass[:] = 0.0
    for node in range(levels.shape[0]):
        for side in range(2):
            place = _place(levels[node, side], lattice.grid)
            below = int(place)
            lay_spline(place - below, value, slope)
            for k in range(4):
                mass[below - 1 + k] += lattice.weight[node, side] * value[k]
    sharpen(mass)


@compiled
def _lay_reverse(levels: FloatArray, lattice: Lattice, d_mass: FloatArray) -> FloatArray:
    """Give derivatives by levels."""
    d_levels, d_mass = np.zeros(levels.shape), d_mass.copy()
    sharpen(d_mass)
    value, slope = np.empty(4), np.empty(4)
    last = lattice.grid[2] - 2.000001
    for node in range(levels.shape[0]):
        for side in range(2):
            place = _place(levels[node, side], lattice.grid)
            if 1.0 < place < last:
                below, change = int(place), 0.0
                lay_spline(place - below, value, slope)
                for k in range(4):
                    change += slope[k] * d_mass[below - 1 + k]
                d_levels[node, side] = change * lattice.weight[node, side] / lattice.grid[1]
    return d_levels


@compiled
def spread_on_tape(
    common: FloatArray,
    ends: FloatArray,
    offense: FloatArray,
    slip: FloatArray,
    response: FloatArray,
    together: FloatArray,
    *fixed: Any,
) -> tuple[FloatArray, Tape]:
    """Give the mass of a crowd's levels on the grid (1, level), and what the way back needs.

    ``common`` (number,) are the numbers of a world (``layout``), ``ends`` (margin, end) how its
    histories end by margin, ``together`` (1,) the probability that the misaligned act as one.
    ``offense`` (offense,) are those of the table. ``slip`` and ``response`` (1 + node,) are those
    at the centre, then those off it. Then the parts of a ``Lattice`` and of a ``Rule``.
    """
    lattice, rule = Lattice(*fixed[:_PARTS]), Rule(*fixed[_PARTS:])
    force = forces(common, common[MARGIN + rule.first_row.shape[0] :])
    by_end, features = ends.T.copy(), _features(common, offense, force, rule)
    sums = _sum_ends(by_end, features, lattice.bad)
    table = _tabulate(sums)
    spared = _unwarned(slip, response, sums.shape[1] - 2)
    reads, levels = (
        np.empty((lattice.weight.shape[0], table.shape[2])),
        np.empty(lattice.weight.shape),
    )
    _levels(table, spared, together[0], lattice, reads, levels)
    mass = np.empty((1, int(lattice.grid[2])))
    _lay(levels, lattice, mass[0])
    return mass, Tape(by_end, features, sums, table, reads, levels)


@compiled
def spread_from_tape(
    common: FloatArray,
    ends: FloatArray,
    offense: FloatArray,
    slip: FloatArray,
    response: FloatArray,
    together: FloatArray,
    tape: Tape,
    d_mass: FloatArray,
    *fixed: Any,
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray, FloatArray]:
    """Carry derivatives by mass back to the first six arguments."""
    lattice, rule = Lattice(*fixed[:_PARTS]), Rule(*fixed[_PARTS:])
    resources = MARGIN + rule.first_row.shape[0]
    force, numbers = forces(common, common[resources:]), tape.sums.shape[1] - 2
    spared = _unwarned(slip, response, numbers)
    d_levels = _lay_reverse(tape.levels, lattice, d_mass[0])
    d_table, d_together = np.zeros(tape.table.shape), np.zeros(1)
    d_slip, d_response = np.zeros(slip.shape), np.zeros(slip.shape)
    d_together[0] = _levels_reverse(
        tape.reads,
        slip,
        response,
        spared,
        together[0],
        lattice,
        d_levels,
        d_table,
        d_slip,
        d_response,
    )
    d_sums = _tabulate_reverse(tape.sums, tape.table, d_table)
    d_common, d_ends = np.zeros(common.shape), np.zeros(tape.ends.shape)
    d_offense = np.empty(offense.shape)
    d_force, d_features = no_forces(force), np.empty(tape.features.shape[1:])
    for node in range(offense.shape[0]):
        _sum_ends_reverse(
            tape.ends, tape.features[node], lattice.bad, d_sums[node], d_ends, d_features
        )
        by_edge = contest_reverse(
            common[DECISIVENESS], offense[node], force, rule.histories, d_features, d_force
        )
        d_common[DECISIVENESS] += by_edge * offense[node]
        d_offense[node] = by_edge * common[DECISIVENESS]
    forces_reverse(common, common[resources:], force, d_force, d_common[resources:], d_common)
    return d_common, d_ends.T.copy(), d_offense, d_slip, d_response, d_together


@compiled
def spread(
    common: FloatArray,
    ends: FloatArray,
    offense: FloatArray,
    slip: FloatArray,
    response: FloatArray,
    together: FloatArray,
    *fixed: Any,
) -> FloatArray:
    """Give the mass of a crowd's levels on the grid (1, level)."""
    return spread_on_tape(common, ends, offense, slip, response, together, *fixed)[0]


@compiled
def spread_reverse(
    common: FloatArray,
    ends: FloatArray,
    offense: FloatArray,
    slip: FloatArray,
    response: FloatArray,
    together: FloatArray,
    d_mass: FloatArray,
    *fixed: Any,
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray, FloatArray]:
    """Carry derivatives by mass back to the first six arguments."""
    tape = spread_on_tape(common, ends, offense, slip, response, together, *fixed)[1]
    return spread_from_tape(common, ends, offense, slip, response, together, tape, d_mass, *fixed)
