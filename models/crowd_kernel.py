"""A crowd's levels and the likelihood of its answers, compiled, each with its reverse pass.

``spread`` lays the levels of a crowd on a grid. Its people differ in margin, offense, slip and
response; ends of histories are told once for each margin (``shared``), contests once for each
offense, and P(takeover) of a node is a few products of the two. Its log-odds fall on the grid
as a cubic B-spline, sharpened so that the mean over the grid of any cubic function of the level is
that over the nodes: what comes out is smooth in all parameters.

``tally`` sums, for each pattern of answers, over levels and over how careful people are.
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
from takeoff.models.special import FloatArray, compiled, normal_tails
from takeoff.models.story import ROWS

__all__ = ["Lattice", "Tables", "spread", "spread_from_tape", "spread_on_tape", "spread_reverse"]
__all__ += ["tally", "tally_from_tape", "tally_on_tape", "tally_reverse"]

_LEAST = 1e-300
_NEARLY_ONE = 1 - 1e-12
_TOGETHER, _ALONE = FEATURES.index("takeover_together"), FEATURES.index("takeover_alone")
_FARTHEST = 9.0
"""Answers so many standard deviations from a level do not count toward their pattern."""


class Lattice(NamedTuple):
    """Nodes over the worldviews of a crowd, and the grid of levels.

    A *column* has a margin and a plane (slip and response); along it runs offense, coarsely at
    first: levels are interpolated between, as they are smooth.

    Attributes
    ----------
    column
        Margin, plane and tail of each column, as indices (column, 3).
    weight
        Of each column (column,); they add up to 1.
    along
        Of each fine node of a column, by its tail (tail, fine node); a tail's add up to 1.
    span
        Before which fine nodes those of a tail begin and end (tail, 2).
    base
        First of the four coarse nodes between which a fine one lies (fine node,).
    lagrange
        Weights of these four (fine node, 4).
    grid
        First point, spacing and number of points of the grid of levels (3,).
    bad
        How many projects end misaligned, by end of the first project and tally (end, tally).
    """

    column: IntArray
    weight: FloatArray
    along: FloatArray
    span: IntArray
    base: IntArray
    lagrange: FloatArray
    grid: FloatArray
    bad: IntArray


@compiled
def _features(common: FloatArray, offense: FloatArray, force: Forces, rule: Rule) -> FloatArray:
    """Give the features of the contest at each offense (offense, feature, end, tally)."""
    features = np.empty((offense.shape[0], len(FEATURES), 3, rule.cell.shape[1]))
    for node in range(offense.shape[0]):
        contest(common[DECISIVENESS], offense[node], force, rule.histories, features[node])
    return features


@compiled
def _sum_ends(ends: FloatArray, features: FloatArray, bad: IntArray, sums: FloatArray) -> None:
    """Fill P(takeover) if the misaligned act as one, then if alone, by their number (1 + number,).

    Of one margin and one offense.
    """
    tallies = bad.shape[1]
    sums[:] = 0.0
    for row in range(ROWS):
        end = ENDS[row]
        for each in range(tallies):
            mass = ends[row * tallies + each]
            sums[0] += mass * features[_TOGETHER, end, each]
            sums[1 + bad[end, each]] += mass * features[_ALONE, end, each]


@compiled
def _sum_ends_reverse(
    ends: FloatArray,
    features: FloatArray,
    bad: IntArray,
    d_sums: FloatArray,
    d_ends: FloatArray,
    d_features: FloatArray,
) -> None:
    """Add derivatives by ends and features."""
    tallies = bad.shape[1]
    for row in range(ROWS):
        end = ENDS[row]
        for each in range(tallies):
            at, number = row * tallies + each, 1 + bad[end, each]
            d_ends[at] += (
                d_sums[0] * features[_TOGETHER, end, each]
                + d_sums[number] * features[_ALONE, end, each]
            )
            d_features[_TOGETHER, end, each] += d_sums[0] * ends[at]
            d_features[_ALONE, end, each] += d_sums[number] * ends[at]


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
def _spline(t: float, value: FloatArray, slope: FloatArray) -> None:
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
def _sharpen(mass: FloatArray) -> None:
    """Take off what splines spread: with it they leave cubic functions of the level as they are.

    The matrix is symmetrical, so this is also its own way back. What would leave the grid stays.
    """
    last, before = mass.shape[0] - 1, mass[0]
    for k in range(last + 1):
        own, after = mass[k], mass[min(k + 1, last)]
        mass[k] = (8 * own - before - after) / 6
        before = own


@compiled
def _place(level: float, grid: FloatArray) -> float:
    """Give where on the grid a level falls; what is off the grid falls on its end."""
    return min(max((level - grid[0]) / grid[1], 1.0), grid[2] - 2.000001)


@compiled
def _coarse_span(lattice: Lattice, tail: int) -> tuple[int, int]:
    """Give before which coarse nodes those that a tail needs begin and end."""
    first, last = lattice.span[tail]
    return lattice.base[first], lattice.base[last - 1] + 4


@compiled
def _levels(
    sums: FloatArray, spared: FloatArray, together: float, lattice: Lattice, levels: FloatArray
) -> None:
    """Fill log-odds of takeover (column, offense)."""
    for column in range(levels.shape[0]):
        margin, plane, tail = lattice.column[column]
        of_margin, kept = sums[margin], spared[plane]
        first, last = _coarse_span(lattice, tail)
        for node in range(first, last):
            alone = 0.0
            for number in range(1, kept.shape[0]):
                alone += kept[number] * of_margin[node, 1 + number]
            taken = together * of_margin[node, 0] + (1 - together) * alone
            taken = min(max(taken, _LEAST), _NEARLY_ONE)
            levels[column, node] = math.log(taken / (1 - taken))


@compiled
def _levels_reverse(
    sums: FloatArray,
    slip: FloatArray,
    response: FloatArray,
    spared: FloatArray,
    together: float,
    lattice: Lattice,
    d_levels: FloatArray,
    d_sums: FloatArray,
    d_slip: FloatArray,
    d_response: FloatArray,
) -> float:
    """Add derivatives by sums, slip and response; give that by ``together``."""
    d_spared, d_together = np.zeros(spared.shape), 0.0
    for column in range(d_levels.shape[0]):
        margin, plane, tail = lattice.column[column]
        kept = spared[plane]
        first, last = _coarse_span(lattice, tail)
        for node in range(first, last):
            alone, joined = 0.0, sums[margin, node, 0]
            for number in range(1, kept.shape[0]):
                alone += kept[number] * sums[margin, node, 1 + number]
            taken = together * joined + (1 - together) * alone
            if _LEAST < taken < _NEARLY_ONE:
                change = d_levels[column, node] / (taken * (1 - taken))
                d_together += change * (joined - alone)
                d_sums[margin, node, 0] += change * together
                change *= 1 - together
                for number in range(1, kept.shape[0]):
                    d_sums[margin, node, 1 + number] += change * kept[number]
                    d_spared[plane, number] += change * sums[margin, node, 1 + number]
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
    for column in range(levels.shape[0]):
        tail = lattice.column[column, 2]
        for fine in range(lattice.span[tail, 0], lattice.span[tail, 1]):
            weight = lattice.weight[column] * lattice.along[tail, fine]
            if weight > 0:
                base, level = lattice.base[fine], 0.0
                for k in range(4):
                    level += lattice.lagrange[fine, k] * levels[column, base + k]
                place = _place(level, lattice.grid)
                below = int(place)
                _spline(place - below, value, slope)
                for k in range(4):
                    mass[below - 1 + k] += weight * value[k]
    _sharpen(mass)


@compiled
def _lay_reverse(
    levels: FloatArray, lattice: Lattice, d_mass: FloatArray, d_levels: FloatArray
) -> None:
    """Fill derivatives by levels."""
    d_mass = d_mass.copy()
    _sharpen(d_mass)
    value, slope = np.empty(4), np.empty(4)
    last = lattice.grid[2] - 2.000001
    d_levels[:] = 0.0
    for column in range(levels.shape[0]):
        tail = lattice.column[column, 2]
        for fine in range(lattice.span[tail, 0], lattice.span[tail, 1]):
            weight = lattice.weight[column] * lattice.along[tail, fine]
            if weight > 0:
                base, level = lattice.base[fine], 0.0
                for k in range(4):
                    level += lattice.lagrange[fine, k] * levels[column, base + k]
                place = _place(level, lattice.grid)
                if 1.0 < place < last:
                    below, change = int(place), 0.0
                    _spline(place - below, value, slope)
                    for k in range(4):
                        change += slope[k] * d_mass[below - 1 + k]
                    change *= weight / lattice.grid[1]
                    for k in range(4):
                        d_levels[column, base + k] += change * lattice.lagrange[fine, k]


@compiled
def _sums(ends: FloatArray, features: FloatArray, bad: IntArray) -> FloatArray:
    sums = np.empty((ends.shape[0], features.shape[0], 2 + np.max(bad)))
    for margin in range(ends.shape[0]):
        for node in range(features.shape[0]):
            _sum_ends(ends[margin], features[node], bad, sums[margin, node])
    return sums


@compiled
def spread_on_tape(
    common: FloatArray,
    ends: FloatArray,
    offense: FloatArray,
    slip: FloatArray,
    response: FloatArray,
    together: FloatArray,
    column: IntArray,
    weight: FloatArray,
    along: FloatArray,
    span: IntArray,
    base: IntArray,
    lagrange: FloatArray,
    grid: FloatArray,
    bad: IntArray,
    *fixed: Any,
) -> tuple[FloatArray, FloatArray]:
    """Give the mass of a crowd's levels on the grid (1, level), and the levels of nodes.

    ``common`` (number,) are the numbers of a world (``layout``), ``ends`` (margin, end) how its
    histories end by margin, ``together`` (1,) the probability that the misaligned act as one.
    ``offense`` (coarse node,), ``slip`` and ``response`` (plane,). Then the parts of a
    ``Lattice`` and of a ``Rule``.
    """
    rule, lattice = Rule(*fixed), Lattice(column, weight, along, span, base, lagrange, grid, bad)
    force = forces(common, common[MARGIN + rule.first_row.shape[0] :])
    sums = _sums(ends, _features(common, offense, force, rule), bad)
    spared = _unwarned(slip, response, sums.shape[2] - 2)
    levels = np.zeros((weight.shape[0], offense.shape[0]))
    _levels(sums, spared, together[0], lattice, levels)
    mass = np.empty((1, int(grid[2])))
    _lay(levels, lattice, mass[0])
    return mass, levels.ravel()


@compiled
def spread_from_tape(
    common: FloatArray,
    ends: FloatArray,
    offense: FloatArray,
    slip: FloatArray,
    response: FloatArray,
    together: FloatArray,
    tape: FloatArray,
    d_mass: FloatArray,
    column: IntArray,
    weight: FloatArray,
    along: FloatArray,
    span: IntArray,
    base: IntArray,
    lagrange: FloatArray,
    grid: FloatArray,
    bad: IntArray,
    *fixed: Any,
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray, FloatArray]:
    """Carry derivatives by mass back to the first six arguments."""
    rule, lattice = Rule(*fixed), Lattice(column, weight, along, span, base, lagrange, grid, bad)
    resources = MARGIN + rule.first_row.shape[0]
    force = forces(common, common[resources:])
    features = _features(common, offense, force, rule)
    sums = _sums(ends, features, bad)
    spared = _unwarned(slip, response, sums.shape[2] - 2)
    d_levels = np.zeros((weight.shape[0], offense.shape[0]))
    _lay_reverse(tape.reshape(d_levels.shape), lattice, d_mass[0], d_levels)
    d_sums, d_together = np.zeros(sums.shape), np.zeros(1)
    d_slip, d_response = np.zeros(slip.shape), np.zeros(slip.shape)
    d_together[0] = _levels_reverse(
        sums, slip, response, spared, together[0], lattice, d_levels, d_sums, d_slip, d_response
    )
    d_common, d_ends = np.zeros(common.shape), np.zeros(ends.shape)
    d_offense = np.empty(offense.shape)
    d_force, d_features = no_forces(force), np.empty(features.shape[1:])
    for node in range(offense.shape[0]):
        d_features[:] = 0.0
        for each in range(ends.shape[0]):
            _sum_ends_reverse(
                ends[each], features[node], bad, d_sums[each, node], d_ends[each], d_features
            )
        by_edge = contest_reverse(
            common[DECISIVENESS], offense[node], force, rule.histories, d_features, d_force
        )
        d_common[DECISIVENESS] += by_edge * offense[node]
        d_offense[node] = by_edge * common[DECISIVENESS]
    forces_reverse(common, common[resources:], force, d_force, d_common[resources:], d_common)
    return d_common, d_ends, d_offense, d_slip, d_response, d_together


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


class Tables(NamedTuple):
    """Answers of a crowd, by pattern.

    Attributes
    ----------
    bound
        Log-odds at which an answer turns into the next (bound,).
    asked
        The question of each bound (bound,).
    interval
        Lower and upper bound of each interval that an answer stands for (interval, 2).
    one, other
        The intervals of each pattern's answer, or of both; −1 for no other (pattern,).
    order
        The patterns, those with the same ``one`` together (pattern,).
    care
        Nodes over how careful people are: what noise is multiplied by, weight, and of how many
        levels of the grid one is enough, a power of 2 (3, care).
    least
        Variance of an answer however careful (1,).
    """

    bound: FloatArray
    asked: IntArray
    interval: IntArray
    one: IntArray
    other: IntArray
    order: IntArray
    care: FloatArray
    least: FloatArray


class _Places(NamedTuple):
    """Levels at which answers are weighed: for each node of care, one of so many of the grid.

    Those of all nodes lie one after the other, so that sums over levels and care are one.

    Attributes
    ----------
    begin
        First place of each node, and one past the last (care + 1,).
    center, sharp
        The answer there, and one over its standard deviation (question, place).
    density
        Of each bound, in standard deviations (bound, place).
    chance
        P(interval) (interval, place).
    mass
        Of the crowd, of that care (place,).
    """

    begin: IntArray
    center: FloatArray
    sharp: FloatArray
    density: FloatArray
    chance: FloatArray
    mass: FloatArray


@compiled
def _begins(levels: int, tables: Tables) -> IntArray:
    """Give the first place of each node of care, and one past the last."""
    begin = np.zeros(tables.care.shape[1] + 1, np.int64)
    for node in range(tables.care.shape[1]):
        begin[node + 1] = begin[node] + (levels - 1) // int(tables.care[2, node]) + 1
    return begin


@compiled
def _rows(tables: Tables, questions: int) -> int:
    return 2 * questions + tables.bound.shape[0] + tables.interval.shape[0] + 1


@compiled
def _places(kept: FloatArray, begin: IntArray, tables: Tables, questions: int) -> _Places:
    """Lay out what is kept (row, place)."""
    a, b = 2 * questions, 2 * questions + tables.bound.shape[0]
    c = b + tables.interval.shape[0]
    return _Places(begin, kept[:questions], kept[questions:a], kept[a:b], kept[b:c], kept[c])


@compiled
def _coarsen(mass: FloatArray, stride: int, coarse: FloatArray) -> None:
    """Lay mass on every so manieth level."""
    if stride == 1:
        coarse[:] = mass
        return
    value, slope = np.empty(4), np.empty(4)
    coarse[:] = 0.0
    for k in range(mass.shape[0]):
        below = k // stride
        _spline(k / stride - below, value, slope)
        for j in range(4):
            coarse[min(max(below - 1 + j, 0), coarse.shape[0] - 1)] += value[j] * mass[k]
    _sharpen(coarse)


@compiled
def _coarsen_reverse(d_coarse: FloatArray, stride: int, d_mass: FloatArray) -> None:
    if stride == 1:
        d_mass += d_coarse
        return
    value, slope = np.empty(4), np.empty(4)
    _sharpen(d_coarse)
    for k in range(d_mass.shape[0]):
        below = k // stride
        _spline(k / stride - below, value, slope)
        for j in range(4):
            d_mass[k] += value[j] * d_coarse[min(max(below - 1 + j, 0), d_coarse.shape[0] - 1)]


@compiled
def _spread_out(
    center: FloatArray, noise: FloatArray, mass: FloatArray, tables: Tables, own: _Places
) -> None:
    """Fill centers, sharpness and mass at all places."""
    for node in range(tables.care.shape[1]):
        here, stride = slice(own.begin[node], own.begin[node + 1]), int(tables.care[2, node])
        for asked in range(center.shape[0]):
            own.center[asked, here] = center[asked, ::stride]
            deviation = noise[asked] * tables.care[0, node]
            own.sharp[asked, here] = 1 / math.sqrt(deviation * deviation + tables.least[0])
        coarse = own.mass[here]
        _coarsen(mass, stride, coarse)
        coarse *= tables.care[1, node]


@compiled
def _before(center: FloatArray, answer: float) -> int:
    """Count the answers below one; they rise."""
    first, last = 0, center.shape[0]
    while first < last:
        middle = (first + last) // 2
        if center[middle] < answer:
            first = middle + 1
        else:
            last = middle
    return first


@compiled
def _carry(
    sign: float, over: FloatArray, near: IntArray, compact: IntArray, chance: FloatArray
) -> None:
    """Add what noise carries over a bound to an interval's probability, for each node of care."""
    for node in range(near.shape[0]):
        here, carried = chance[near[node, 0] : near[node, 1]], over[compact[node] :]
        for k in range(here.shape[0]):
            here[k] += sign * carried[k]


@compiled
def _fill_chances(tables: Tables, own: _Places) -> None:
    """Fill the probabilities of intervals, and the densities of bounds.

    An interval holds the answers within it, and what noise carries over its bounds. That is worked
    out where a bound is near, for all care at once, and is 0 elsewhere.
    """
    places, nodes = own.mass.shape[0], tables.care.shape[1]
    for interval in range(tables.interval.shape[0]):
        lower, upper = tables.interval[interval]
        low, high = tables.bound[lower], tables.bound[upper]
        center, chance = own.center[tables.asked[lower]], own.chance[interval]
        for k in range(places):
            chance[k] = 1.0 if low < center[k] <= high else 0.0
    score, density = np.empty(places), np.empty(places)
    above, below = np.empty(places), np.empty(places)
    near, compact = np.empty((nodes, 2), np.int64), np.zeros(nodes + 1, np.int64)
    own.density[:] = 0.0
    for bound in range(tables.bound.shape[0]):
        at, asked = tables.bound[bound], tables.asked[bound]
        for node in range(nodes):
            begin = own.begin[node]
            center = own.center[asked, begin : own.begin[node + 1]]
            sharp = own.sharp[asked, begin]
            first = _before(center, at - _FARTHEST / sharp)
            last = _before(center, at + _FARTHEST / sharp)
            near[node, 0], near[node, 1] = begin + first, begin + last
            compact[node + 1] = compact[node] + last - first
            scores, answers = score[compact[node] : compact[node + 1]], center[first:last]
            for k in range(scores.shape[0]):
                scores[k] = (at - answers[k]) * sharp
        count = compact[nodes]
        over, under = above[:count], below[:count]
        normal_tails(score[:count], over, under, density[:count])
        for k in range(count):  # P(answer below the bound), less 1 where it is without noise
            over[k] = over[k] if score[k] < 0 else -under[k]
        for node in range(nodes):
            here = slice(compact[node], compact[node + 1])
            own.density[bound, near[node, 0] : near[node, 1]] = density[here]
        for interval in range(tables.interval.shape[0]):
            lower, upper = tables.interval[interval]
            if upper == bound:
                _carry(1.0, over, near, compact, own.chance[interval])
            if lower == bound:
                _carry(-1.0, over, near, compact, own.chance[interval])


@compiled
def _add_up(tables: Tables, own: _Places, total: FloatArray) -> None:
    """Fill P(pattern)."""
    seen, said = -1, np.empty(own.mass.shape[0])
    for pattern in tables.order:
        one, other = tables.one[pattern], tables.other[pattern]
        if one != seen:
            seen, first = one, own.chance[one]
            for k in range(said.shape[0]):
                said[k] = own.mass[k] * first[k]
        part = 0.0
        if other < 0:
            for k in range(said.shape[0]):
                part += said[k]
        else:
            second = own.chance[other]
            for k in range(said.shape[0]):
                part += said[k] * second[k]
        total[pattern] = part


@compiled
def _add_up_reverse(
    tables: Tables, own: _Places, d_total: FloatArray, d_mass: FloatArray, d_chance: FloatArray
) -> None:
    """Add derivatives by mass and by P(interval)."""
    seen, said, d_said = -1, np.empty(own.mass.shape[0]), np.zeros(own.mass.shape[0])
    for pattern in tables.order:
        one, other = tables.one[pattern], tables.other[pattern]
        if one != seen:
            _said_reverse(own, seen, d_said, d_mass, d_chance)
            seen, first = one, own.chance[one]
            for k in range(said.shape[0]):
                said[k] = own.mass[k] * first[k]
        change = d_total[pattern]
        if other < 0:
            for k in range(said.shape[0]):
                d_said[k] += change
        else:
            second, d_second = own.chance[other], d_chance[other]
            for k in range(said.shape[0]):
                d_said[k] += change * second[k]
                d_second[k] += change * said[k]
    _said_reverse(own, seen, d_said, d_mass, d_chance)


@compiled
def _said_reverse(
    own: _Places, one: int, d_said: FloatArray, d_mass: FloatArray, d_chance: FloatArray
) -> None:
    """Add derivatives by mass and by P(first answer), and empty those by their product."""
    if one >= 0:
        chance, d_first = own.chance[one], d_chance[one]
        for k in range(d_said.shape[0]):
            d_mass[k] += chance[k] * d_said[k]
            d_first[k] += own.mass[k] * d_said[k]
    d_said[:] = 0.0


@compiled
def _fill_chances_reverse(
    tables: Tables, own: _Places, d_chance: FloatArray, d_center: FloatArray, d_sharp: FloatArray
) -> None:
    """Fill derivatives by centers and sharpness (question, place)."""
    by_score, by_bound = d_center, d_sharp  # summed first, the second times the bound
    by_score[:] = 0.0
    by_bound[:] = 0.0
    for interval in range(tables.interval.shape[0]):
        for side in range(2):
            bound, sign = tables.interval[interval, side], 2.0 * side - 1
            asked, at = tables.asked[bound], tables.bound[bound]
            density, change = own.density[bound], d_chance[interval]
            scores, bounds = by_score[asked], by_bound[asked]
            for k in range(density.shape[0]):
                moved = sign * change[k] * density[k]
                scores[k] += moved
                bounds[k] += moved * at
    for asked in range(d_center.shape[0]):
        center, sharp = own.center[asked], own.sharp[asked]
        scores, bounds = by_score[asked], by_bound[asked]
        for k in range(center.shape[0]):
            bounds[k] -= scores[k] * center[k]
            scores[k] *= -sharp[k]


@compiled
def tally_on_tape(
    center: FloatArray,
    noise: FloatArray,
    mass: FloatArray,
    bound: FloatArray,
    asked: IntArray,
    interval: IntArray,
    one: IntArray,
    other: IntArray,
    order: IntArray,
    care: FloatArray,
    least: FloatArray,
) -> tuple[FloatArray, tuple[FloatArray, FloatArray]]:
    """Give log P(pattern) (1, pattern), and what the way back needs.

    ``center`` (question, level) is the answer at each level of the grid, ``noise`` (question,)
    its noise, in log-odds, and ``mass`` (1, level) that of the crowd. Then a ``Tables``.
    """
    tables = Tables(bound, asked, interval, one, other, order, care, least)
    questions, begin = center.shape[0], _begins(center.shape[1], tables)
    kept = np.empty((_rows(tables, questions), begin[-1]))
    own = _places(kept, begin, tables, questions)
    _spread_out(center, noise, mass[0], tables, own)
    _fill_chances(tables, own)
    total = np.empty(one.shape[0])
    _add_up(tables, own, total)
    logs = np.empty((1, total.shape[0]))
    for pattern in range(total.shape[0]):
        logs[0, pattern] = math.log(max(total[pattern], _LEAST))
    return logs, (kept, total)


@compiled
def tally_from_tape(
    center: FloatArray,
    noise: FloatArray,
    mass: FloatArray,
    tape: tuple[FloatArray, FloatArray],
    d_logs: FloatArray,
    bound: FloatArray,
    asked: IntArray,
    interval: IntArray,
    one: IntArray,
    other: IntArray,
    order: IntArray,
    care: FloatArray,
    least: FloatArray,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Carry derivatives by log P(pattern) back to centers, noise and mass."""
    tables = Tables(bound, asked, interval, one, other, order, care, least)
    kept, total = tape
    questions, begin = center.shape[0], _begins(center.shape[1], tables)
    own = _places(kept, begin, tables, questions)
    d_total = np.empty(total.shape[0])
    for pattern in range(d_total.shape[0]):
        seen = total[pattern]
        d_total[pattern] = d_logs[0, pattern] / seen if seen > _LEAST else 0.0
    d_own, d_chance = np.zeros(own.mass.shape), np.zeros(own.chance.shape)
    _add_up_reverse(tables, own, d_total, d_own, d_chance)
    by_center, by_sharp = np.empty(own.center.shape), np.empty(own.center.shape)
    _fill_chances_reverse(tables, own, d_chance, by_center, by_sharp)
    d_center, d_noise, d_mass = np.zeros(center.shape), np.zeros(noise.shape), np.zeros(mass.shape)
    for node in range(care.shape[1]):
        here, stride = slice(begin[node], begin[node + 1]), int(care[2, node])
        _coarsen_reverse(d_own[here] * care[1, node], stride, d_mass[0])
        for question in range(questions):
            d_center[question, ::stride] += by_center[question, here]
            sharp = own.sharp[question, begin[node]]
            by_deviation = -by_sharp[question, here].sum() * sharp**3
            d_noise[question] += by_deviation * noise[question] * care[0, node] ** 2
    return d_center, d_noise, d_mass


@compiled
def tally(center: FloatArray, noise: FloatArray, mass: FloatArray, *fixed: Any) -> FloatArray:
    """Give log P(pattern) (1, pattern)."""
    return tally_on_tape(center, noise, mass, *fixed)[0]


@compiled
def tally_reverse(
    center: FloatArray, noise: FloatArray, mass: FloatArray, d_logs: FloatArray, *fixed: Any
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Carry derivatives by log P(pattern) back to centers, noise and mass."""
    _, tape = tally_on_tape(center, noise, mass, *fixed)
    return tally_from_tape(center, noise, mass, tape, d_logs, *fixed)
