"""How likely each pattern of a crowd's answers is, compiled, with its reverse pass.

``tally`` sums, for each pattern of answers, over the grid of levels on which a crowd lies
(``crowd_spread``) and over how careful people are.
"""

import math
from typing import Any, NamedTuple

import numpy as np

from takeoff.models.crowd_spread import lay_spline, sharpen
from takeoff.models.joint import IntArray
from takeoff.models.special import FloatArray, compiled, normal_tails

__all__ = ["Tables", "tally", "tally_from_tape", "tally_on_tape", "tally_reverse"]

_LEAST = 1e-300
_FARTHEST = 7.0
"""Answers so many standard deviations from a level do not count toward their pattern."""


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
        lay_spline(k / stride - below, value, slope)
        for j in range(4):
            coarse[min(max(below - 1 + j, 0), coarse.shape[0] - 1)] += value[j] * mass[k]
    sharpen(coarse)


@compiled
def _coarsen_reverse(d_coarse: FloatArray, stride: int, d_mass: FloatArray) -> None:
    if stride == 1:
        d_mass += d_coarse
        return
    value, slope = np.empty(4), np.empty(4)
    sharpen(d_coarse)
    for k in range(d_mass.shape[0]):
        below = k // stride
        lay_spline(k / stride - below, value, slope)
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
    *fixed: Any,
) -> tuple[FloatArray, tuple[FloatArray, FloatArray]]:
    """Give log P(pattern) (1, pattern), and what the way back needs.

    ``center`` (question, level) is the answer at each level of the grid, ``noise`` (question,)
    its noise, in log-odds, and ``mass`` (1, level) that of the crowd. Then a ``Tables``.
    """
    tables = Tables(*fixed)
    questions, begin = center.shape[0], _begins(center.shape[1], tables)
    kept = np.empty((_rows(tables, questions), begin[-1]))
    own = _places(kept, begin, tables, questions)
    _spread_out(center, noise, mass[0], tables, own)
    _fill_chances(tables, own)
    total = np.empty(tables.one.shape[0])
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
    *fixed: Any,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Carry derivatives by log P(pattern) back to centers, noise and mass."""
    tables = Tables(*fixed)
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
    for node in range(tables.care.shape[1]):
        here, stride = slice(begin[node], begin[node + 1]), int(tables.care[2, node])
        _coarsen_reverse(d_own[here] * tables.care[1, node], stride, d_mass[0])
        for question in range(questions):
            d_center[question, ::stride] += by_center[question, here]
            sharp = own.sharp[question, begin[node]]
            by_deviation = -by_sharp[question, here].sum() * sharp**3
            d_noise[question] += by_deviation * noise[question] * tables.care[0, node] ** 2
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
