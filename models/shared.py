"""The integral over histories of worlds that share all but margin and offense: a panel's.

Given how hard alignment turns out to be (B), all that a margin does is done by c = margin + B. So
the ends of all projects, as functions of c, are the same for every expert: they are told once, on
a grid of c with doubt set to 0 (``story``), and each expert averages them over B by Gauss–Hermite
nodes, each read off the grid by Lagrange's polynomial through its nearest points. Offense enters
after that, in the contest (``integral.decide``). A panel of twenty costs little more than the grid.

Far from 0 the ends in which somebody is misaligned (aligned, on the other side) fall like
exp(−c²/2), too steeply for a polynomial. There they are read off after division by it, which
keeps the relative accuracy that experts who say 1e-8 need.
"""

import math
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from takeoff.models.contexts import count_contexts, fill_contexts, fill_contexts_reverse
from takeoff.models.joint import ENDS, IntArray, Tallies
from takeoff.models.layout import DOUBT, MARGIN
from takeoff.models.nodes import grid_difficulty
from takeoff.models.rule import Rule
from takeoff.models.special import FloatArray, compiled
from takeoff.models.story import (
    add_up,
    add_up_reverse,
    ends_length,
    no_change,
    unfold,
    unfold_reverse,
)
from takeoff.models.tape import read_tape, rows_of_tape
from takeoff.models.thresholds import rung

__all__ = [
    "PARTS_OF_SHARING",
    "Sharing",
    "grid_points",
    "share",
    "share_from_tape",
    "share_on_tape",
    "share_reverse",
    "sharing_of",
]

_POINTS = 8
_SPACING = 0.3
_FARTHEST = 6.0
"""The grid ends here: beyond, P(misaligned) is less than 1e-9, and taken as it is here."""

_CLASSES = 4


class Sharing(NamedTuple):
    """What the shared integral needs beside a ``Rule`` and the worlds.

    Attributes
    ----------
    difficulty
        Ladder by doubt of standard normal nodes, see ``nodes``: first its points, then its rungs.
    lagrange
        Coefficients of the polynomial of each neighbouring point, highest power first
        (power, point), in units of the spacing from the fourth point.
    order
        The ends sorted by class, on which side they fall away: on neither; for large c (somebody
        is misaligned and nobody aligned); for small c (the reverse); on both (end,).
    bounds
        Where in that order each class begins, and one past the last (class + 1,).
    """

    difficulty: FloatArray
    difficulty_rungs: FloatArray
    lagrange: FloatArray
    order: IntArray
    bounds: IntArray


PARTS_OF_SHARING = len(Sharing._fields)


def _classes(tables: Tallies) -> IntArray:
    """Give the class of each of the ends (end,)."""
    classes = (tables.cells[:, 0] > 0) + 2 * (tables.cells[:, 1] > 0)
    rows = [classes[tables.cell[end]] for end in ENDS]
    # The follower: both aligned; first aligned and second fielded; first misaligned and second
    # aligned; first misaligned and second fielded.
    return np.concatenate([*rows, [2, 2, 3, 1]]).astype(np.int64)


@cache
def _lagrange() -> FloatArray:
    points = np.arange(_POINTS) - (_POINTS // 2 - 1)
    columns = []
    for own in points:
        others = points[points != own]
        columns.append(np.poly(others) / np.prod(own - others))
    return np.array(columns, float).T.copy()


def sharing_of(tables: Tallies) -> Sharing:
    """Give what the shared integral needs in a scenario."""
    classes, ladder = _classes(tables), grid_difficulty()
    return Sharing(
        difficulty=ladder.points,
        difficulty_rungs=ladder.rungs,
        lagrange=_lagrange(),
        order=np.argsort(classes, kind="stable").astype(np.int64),
        bounds=np.searchsorted(np.sort(classes), np.arange(_CLASSES + 1)).astype(np.int64),
    )


@compiled
def _clipped(c: float) -> float:
    return min(max(c, -_FARTHEST), _FARTHEST)


@compiled
def _first_point(c: float) -> int:
    """Give the number of the first of the points between which c is read."""
    return math.floor(c / _SPACING) - (_POINTS // 2 - 1)


@compiled
def _polynomials(c: float, lagrange: FloatArray, value: FloatArray, slope: FloatArray) -> int:
    """Fill the polynomials (point,) and their slopes at c; give the first point's number."""
    first = _first_point(c)
    t = c / _SPACING - (first + _POINTS // 2 - 1)
    value[:] = 0.0
    slope[:] = 0.0
    for power in range(_POINTS):
        for point in range(_POINTS):
            slope[point] = slope[point] * t + value[point]
            value[point] = value[point] * t + lagrange[power, point]
    for point in range(_POINTS):
        slope[point] /= _SPACING
    return first


class Grid(NamedTuple):
    """The grid of c under a panel.

    Attributes
    ----------
    c
        The points (point,).
    rise
        exp(c²/2) at the points (point,).
    used
        Whether anybody reads a point (point,).
    lowest
        Number of the first point; point n lies at n times the spacing.
    """

    c: FloatArray
    rise: FloatArray
    used: IntArray
    lowest: int


@compiled
def _grid(margin: FloatArray, doubt: float, difficulty: FloatArray) -> Grid:
    """Lay a grid under margins and all that they may turn out to be."""
    farthest = doubt * np.max(difficulty[0])
    lowest = _first_point(_clipped(np.min(margin) - farthest))
    points = _first_point(_clipped(np.max(margin) + farthest)) + _POINTS - lowest
    c = _SPACING * (lowest + np.arange(points))
    used = np.zeros(points, np.int64)
    for expert in range(margin.shape[0]):
        for node in range(difficulty.shape[1]):
            here = _clipped(margin[expert] + doubt * difficulty[0, node])
            begin = _first_point(here) - lowest
            used[begin : begin + _POINTS] = 1
    return Grid(c, np.exp(0.5 * c * c), used, lowest)


@compiled
def grid_points(margin: FloatArray, doubt: float, difficulty: FloatArray) -> int:
    """Count the points of the grid that experts read."""
    return int(_grid(margin, doubt, difficulty).used.sum())


@compiled
def _fill_weights(
    margin: FloatArray,
    doubt: float,
    difficulty: FloatArray,
    lagrange: FloatArray,
    grid: Grid,
    weight: FloatArray,
) -> None:
    """Fill the weight of each point for each expert, by class of the ends."""
    value, slope = np.empty(_POINTS), np.empty(_POINTS)
    weight[:] = 0.0
    for expert in range(margin.shape[0]):
        plain, low, high, both = weight[:, expert]
        for node in range(difficulty.shape[1]):
            here = _clipped(margin[expert] + doubt * difficulty[0, node])
            begin = _polynomials(here, lagrange, value, slope) - grid.lowest
            fall = math.exp(-0.5 * here * here)
            for k in range(_POINTS):
                share = difficulty[1, node] * value[k]
                scaled = share * fall * grid.rise[begin + k]
                plain[begin + k] += share
                low[begin + k] += scaled if here > 0 else share
                high[begin + k] += scaled if here < 0 else share
                both[begin + k] += scaled


@compiled
def _weights_reverse(
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
    value, slope = np.empty(_POINTS), np.empty(_POINTS)
    for expert in range(margin.shape[0]):
        plain, low, high, both = d_weight[:, expert]
        for node in range(difficulty.shape[1]):
            raw = margin[expert] + doubt * difficulty[0, node]
            here = _clipped(raw)
            if here != raw:
                continue
            begin = _polynomials(here, lagrange, value, slope) - grid.lowest
            fall = math.exp(-0.5 * here * here)
            by_c = 0.0
            for k in range(_POINTS):
                point = begin + k
                as_is, scaled = plain[point], both[point]
                if here > 0:
                    scaled += low[point]
                else:
                    as_is += low[point]
                if here < 0:
                    scaled += high[point]
                else:
                    as_is += high[point]
                scaled *= fall * grid.rise[point]
                by_c += slope[k] * (as_is + scaled) - here * value[k] * scaled
            by_c *= difficulty[1, node]
            d_margin[expert] += by_c
            d_doubt += by_c * difficulty[0, node]
    return d_doubt


@compiled
def _at(common: FloatArray, c: float, rule: Rule) -> FloatArray:
    """Give the numbers of the world at a point of the grid."""
    theta = common.copy()
    theta[DOUBT] = 0.0
    theta[MARGIN : MARGIN + rule.first_row.shape[0]] += c
    return theta


@compiled
def _count_grid(common: FloatArray, grid: Grid, rule: Rule) -> IntArray:
    """Give where each span of each point begins, and one past its last (span, point, 2).

    All points' contexts of a span lie together, so that they are unfolded in one go.
    """
    points = grid.c.shape[0]
    spans = np.zeros((3, points, 2), np.int64)
    start = np.empty(4)
    for point in range(points):
        if grid.used[point]:
            count_contexts(_at(common, grid.c[point], rule), rule, 1, start)
            for span in range(3):
                spans[span, point, 1] = int(start[span + 1] - start[span])
    at = 0
    for span in range(3):
        for point in range(points):
            spans[span, point, 0] = at
            at += spans[span, point, 1]
            spans[span, point, 1] = at
    return spans


@compiled
def _start(spans: IntArray) -> IntArray:
    """Give the first context of each span, and one past the last (span + 1,)."""
    start = np.zeros(4, np.int64)
    start[1:] = spans[:, -1, 1]
    return start


@compiled
def _tell_grid(
    common: FloatArray,
    grid: Grid,
    spans: IntArray,
    sharing: Sharing,
    rule: Rule,
    tape: FloatArray,
    ends: FloatArray,
) -> None:
    """Fill the ends of the worlds on the grid (point, end sorted by class), and their tape."""
    difficulty, start = rule.difficulty, _start(spans)
    tape[:4] = start
    kept = read_tape(tape, rule)
    for point in range(grid.c.shape[0]):
        if grid.used[point]:
            here = spans[:, point]
            fill_contexts(_at(common, grid.c[point], rule), rule, difficulty, here, kept.contexts)
            for span in range(3):
                kept.contexts[1, here[span, 0] : here[span, 1]] = grid.c[point]
    unfold(common, rule, start, kept)
    own = np.empty(ends.shape[1])
    for point in range(grid.c.shape[0]):
        add_up(rule, kept, spans[:, point], own)
        ends[point] = own[sharing.order]


@compiled
def _tell_grid_reverse(
    common: FloatArray,
    grid: Grid,
    spans: IntArray,
    sharing: Sharing,
    rule: Rule,
    tape: FloatArray,
    d_ends: FloatArray,
    d_common: FloatArray,
) -> None:
    """Add derivatives by common numbers, given those by the ends on the grid."""
    kept, start = read_tape(tape, rule), _start(spans)
    change = no_change(kept)
    d_own = np.empty(d_ends.shape[1])
    for point in range(grid.c.shape[0]):
        d_own[sharing.order] = d_ends[point]
        add_up_reverse(rule, kept, spans[:, point], d_own, change)
    d_contexts = np.zeros((3, start[3]))
    unfold_reverse(common, rule, start, kept, change, d_contexts, d_common)
    for point in range(grid.c.shape[0]):
        if grid.used[point]:
            theta = _at(common, grid.c[point], rule)
            fill_contexts_reverse(
                theta, rule, rule.difficulty, spans[:, point], kept.contexts, d_contexts, d_common
            )


@compiled
def _read(
    weight: FloatArray, ends: FloatArray, sharing: Sharing, sums: FloatArray, own: FloatArray
) -> None:
    """Read an expert's ends off those on the grid; ``weight`` (class, point)."""
    sums[:] = 0.0
    for each in range(_CLASSES):
        begin, end = sharing.bounds[each], sharing.bounds[each + 1]
        for point in range(ends.shape[0]):
            share = weight[each, point]
            if share != 0.0:
                for k in range(begin, end):
                    sums[k] += share * ends[point, k]
    for k in range(sums.shape[0]):
        own[sharing.order[k]] = sums[k]


@compiled
def _read_reverse(
    weight: FloatArray,
    ends: FloatArray,
    sharing: Sharing,
    d_sums: FloatArray,
    d_ends: FloatArray,
    d_weight: FloatArray,
) -> None:
    """Add derivatives by an expert's ends to those by the grid's, and fill those by weights."""
    for each in range(_CLASSES):
        begin, end = sharing.bounds[each], sharing.bounds[each + 1]
        for point in range(ends.shape[0]):
            share = weight[each, point]
            if weight[0, point] != 0.0:
                total = 0.0
                for k in range(begin, end):
                    d_ends[point, k] += share * d_sums[k]
                    total += ends[point, k] * d_sums[k]
                d_weight[each, point] = total


class Parts(NamedTuple):
    """What is kept for the way back, laid out in one vector.

    Attributes
    ----------
    weight
        Of each point of the grid for each expert, by class of the ends (class, expert, point).
    ends
        Of the worlds on the grid (point, end sorted by class).
    tape
        Of all worlds on the grid, see ``tape``.
    """

    weight: FloatArray
    ends: FloatArray
    tape: FloatArray


@compiled
def _parts(kept: FloatArray, points: int, experts: int, length: int) -> Parts:
    a = _CLASSES * experts * points
    b = a + points * length
    return Parts(
        kept[:a].reshape(_CLASSES, experts, points), kept[a:b].reshape(points, length), kept[b:]
    )


@compiled
def share_on_tape(
    common: FloatArray,
    margin: FloatArray,
    difficulty: FloatArray,
    difficulty_rungs: FloatArray,
    lagrange: FloatArray,
    order: IntArray,
    bounds: IntArray,
    *fixed: Any,
) -> tuple[FloatArray, FloatArray]:
    """Give the ends of experts' worlds (expert, end), and what ``share_from_tape`` needs.

    ``common`` (number,) are the numbers of a world, to which each expert's ``margin`` (expert,)
    is added. Then the parts of a ``Sharing`` and of a ``Rule``.
    """
    rule = Rule(*fixed)
    sharing = Sharing(difficulty, difficulty_rungs, lagrange, order, bounds)
    doubt = common[DOUBT]
    turns_out = rung(doubt, difficulty, difficulty_rungs)
    grid = _grid(margin, doubt, turns_out)
    spans = _count_grid(common, grid, rule)
    people, points, length = margin.shape[0], grid.c.shape[0], ends_length(rule)
    size = _CLASSES * people * points + points * length
    kept = np.empty(size + 4 + _start(spans)[3] * rows_of_tape(rule))
    parts = _parts(kept, points, people, length)
    _fill_weights(margin, doubt, turns_out, lagrange, grid, parts.weight)
    _tell_grid(common, grid, spans, sharing, rule, parts.tape, parts.ends)
    sums, ends = np.empty(length), np.empty((people, length))
    for expert in range(people):
        _read(parts.weight[:, expert], parts.ends, sharing, sums, ends[expert])
    return ends, kept


@compiled
def share_from_tape(
    common: FloatArray,
    margin: FloatArray,
    kept: FloatArray,
    d_experts_ends: FloatArray,
    difficulty: FloatArray,
    difficulty_rungs: FloatArray,
    lagrange: FloatArray,
    order: IntArray,
    bounds: IntArray,
    *fixed: Any,
) -> tuple[FloatArray, FloatArray]:
    """Carry derivatives by experts' ends back to common numbers and margins."""
    rule = Rule(*fixed)
    sharing = Sharing(difficulty, difficulty_rungs, lagrange, order, bounds)
    doubt = common[DOUBT]
    turns_out = rung(doubt, difficulty, difficulty_rungs)
    grid = _grid(margin, doubt, turns_out)
    spans = _count_grid(common, grid, rule)
    people, points, length = margin.shape[0], grid.c.shape[0], ends_length(rule)
    parts = _parts(kept, points, people, length)
    d_common, d_margin = np.zeros(common.shape), np.zeros(margin.shape)
    d_sums = np.empty(length)
    d_ends = np.zeros((points, length))
    d_weight = np.zeros((_CLASSES, people, points))
    for expert in range(people):
        for k in range(length):
            d_sums[k] = d_experts_ends[expert, order[k]]
        _read_reverse(
            parts.weight[:, expert], parts.ends, sharing, d_sums, d_ends, d_weight[:, expert]
        )
    _tell_grid_reverse(common, grid, spans, sharing, rule, parts.tape, d_ends, d_common)
    # On the grid doubt was 0 and no parameter.
    d_common[DOUBT] = _weights_reverse(margin, doubt, turns_out, lagrange, grid, d_weight, d_margin)
    return d_common, d_margin


@compiled
def share(common: FloatArray, margin: FloatArray, *fixed: Any) -> FloatArray:
    """Give the ends of experts' worlds (expert, end)."""
    return share_on_tape(common, margin, *fixed)[0]


@compiled
def share_reverse(
    common: FloatArray, margin: FloatArray, d_ends: FloatArray, *fixed: Any
) -> tuple[FloatArray, FloatArray]:
    """Carry derivatives by experts' ends back to common numbers and margins."""
    _, kept = share_on_tape(common, margin, *fixed)
    return share_from_tape(common, margin, kept, d_ends, *fixed)
