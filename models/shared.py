"""The integral over histories of worlds that share all but margin and offense: a panel's.

Given how hard alignment turns out to be (B), all that a margin does is done by c = margin + B. So
the ends of all projects, as functions of c, are the same for every expert: they are told once, on
a grid of c with doubt set to 0 (``story``), and each expert averages them over B by Gauss–Hermite
nodes, each read off the grid by Lagrange's polynomial through its nearest points. Offense enters
after that, in the contest. A panel of twenty costs little more than the grid.

Far from 0 the ends in which somebody is misaligned (aligned, on the other side) fall like
exp(−c²/2), too steeply for a polynomial. There they are read off after division by it, which
keeps the relative accuracy that experts who say 1e-8 need.
"""

import math
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from takeoff.models.contest import (
    FEATURES,
    contest,
    contest_reverse,
    forces,
    forces_reverse,
    no_forces,
)
from takeoff.models.integral import fill_table, fill_table_reverse
from takeoff.models.joint import ENDS, IntArray, Tallies
from takeoff.models.layout import DECISIVENESS, DOUBT, MARGIN, OFFENSE
from takeoff.models.nodes import grid_difficulty
from takeoff.models.rule import Rule
from takeoff.models.special import FloatArray, compiled
from takeoff.models.story import FOLLOWER_COLUMNS, ends_length, tell, tell_reverse
from takeoff.models.tape import tape_length
from takeoff.models.thresholds import rung

__all__ = [
    "Sharing",
    "integrate_shared",
    "integrate_shared_from_tape",
    "integrate_shared_on_tape",
    "integrate_shared_reverse",
    "sharing_of",
]

_POINTS = 8
_SPACING = 0.3
_FARTHEST = 9.0
"""The grid ends here: beyond, P(misaligned) is less than 1e-18, and taken as it is here."""

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
def _polynomials(c: float, lagrange: FloatArray, value: FloatArray, slope: FloatArray) -> int:
    """Fill the polynomials (point,) and their slopes at c; give the first point's number."""
    cell = int(math.floor(c / _SPACING))
    t = c / _SPACING - cell
    value[:] = 0.0
    slope[:] = 0.0
    for power in range(_POINTS):
        for point in range(_POINTS):
            slope[point] = slope[point] * t + value[point]
            value[point] = value[point] * t + lagrange[power, point]
    for point in range(_POINTS):
        slope[point] /= _SPACING
    return cell - (_POINTS // 2 - 1)


class Grid(NamedTuple):
    """The grid of c under a panel, and how each expert reads it.

    Attributes
    ----------
    c
        The points (point,).
    rise
        exp(c²/2) at the points (point,).
    used
        Whether anybody reads a point (point,).
    weight
        Of each point for each expert, by class of the ends (class, expert, point).
    lowest
        Number of the first point; point n lies at n times the spacing.
    """

    c: FloatArray
    rise: FloatArray
    used: IntArray
    weight: FloatArray
    lowest: int


@compiled
def _grid(margin: FloatArray, doubt: float, sharing: Sharing) -> Grid:
    difficulty = rung(doubt, sharing.difficulty, sharing.difficulty_rungs)
    nodes, experts = difficulty.shape[1], margin.shape[0]
    farthest = doubt * difficulty[0, nodes - 1]
    value, slope = np.empty(_POINTS), np.empty(_POINTS)
    lowest = _polynomials(_clipped(np.min(margin) - farthest), sharing.lagrange, value, slope)
    last = _polynomials(_clipped(np.max(margin) + farthest), sharing.lagrange, value, slope)
    points = last + _POINTS - lowest
    c = np.empty(points)
    for point in range(points):
        c[point] = (lowest + point) * _SPACING
    rise = np.exp(0.5 * c * c)
    used = np.zeros(points, np.int64)
    weight = np.zeros((_CLASSES, experts, points))
    for expert in range(experts):
        plain, low, high, both = weight[:, expert]
        for node in range(nodes):
            here = _clipped(margin[expert] + doubt * difficulty[0, node])
            begin = _polynomials(here, sharing.lagrange, value, slope) - lowest
            fall = math.exp(-0.5 * here * here)
            for k in range(_POINTS):
                share = difficulty[1, node] * value[k]
                scaled = share * fall * rise[begin + k]
                used[begin + k] = 1
                plain[begin + k] += share
                low[begin + k] += scaled if here > 0 else share
                high[begin + k] += scaled if here < 0 else share
                both[begin + k] += scaled
    return Grid(c, rise, used, weight, lowest)


@compiled
def _grid_reverse(
    margin: FloatArray,
    doubt: float,
    sharing: Sharing,
    grid: Grid,
    d_weight: FloatArray,
    d_margin: FloatArray,
) -> float:
    """Carry derivatives by the weights back to margins; give that by doubt."""
    d_doubt = 0.0
    difficulty = rung(doubt, sharing.difficulty, sharing.difficulty_rungs)
    value, slope = np.empty(_POINTS), np.empty(_POINTS)
    for expert in range(margin.shape[0]):
        for node in range(difficulty.shape[1]):
            raw = margin[expert] + doubt * difficulty[0, node]
            here = _clipped(raw)
            if here != raw:
                continue
            begin = _polynomials(here, sharing.lagrange, value, slope) - grid.lowest
            fall = math.exp(-0.5 * here * here)
            by_c = 0.0
            for k in range(_POINTS):
                point = begin + k
                plain, both = d_weight[0, expert, point], d_weight[3, expert, point]
                if here > 0:
                    both += d_weight[1, expert, point]
                else:
                    plain += d_weight[1, expert, point]
                if here < 0:
                    both += d_weight[2, expert, point]
                else:
                    plain += d_weight[2, expert, point]
                scale = fall * grid.rise[point]
                by_c += slope[k] * (plain + both * scale) - here * value[k] * both * scale
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
def _read(grid: Grid, ends: FloatArray, expert: int, sharing: Sharing, own: FloatArray) -> None:
    """Read an expert's ends off those on the grid (point, end sorted by class)."""
    result = np.zeros(own.shape[0])
    for each in range(_CLASSES):
        begin, end = sharing.bounds[each], sharing.bounds[each + 1]
        for point in range(ends.shape[0]):
            weight = grid.weight[each, expert, point]
            for k in range(begin, end):
                result[k] += weight * ends[point, k]
    for k in range(result.shape[0]):
        own[sharing.order[k]] = result[k]


@compiled
def _read_reverse(
    grid: Grid,
    ends: FloatArray,
    expert: int,
    sharing: Sharing,
    d_own: FloatArray,
    d_ends: FloatArray,
    d_weight: FloatArray,
) -> None:
    """Add derivatives by an expert's ends to those by the grid's ends and fill by weights."""
    d_result = d_own[sharing.order]
    for each in range(_CLASSES):
        begin, end = sharing.bounds[each], sharing.bounds[each + 1]
        for point in range(ends.shape[0]):
            weight = grid.weight[each, expert, point]
            total = 0.0
            for k in range(begin, end):
                d_ends[point, k] += weight * d_result[k]
                total += ends[point, k] * d_result[k]
            d_weight[each, expert, point] = total


@compiled
def _resources(rule: Rule) -> int:
    """Give where a world's log resources begin."""
    return MARGIN + rule.first_row.shape[0]


@compiled
def _width(common: FloatArray, rule: Rule) -> int:
    projects = common.shape[0] - _resources(rule)
    cells = (projects + 1) * (projects + 2) // 2
    return 3 * cells * len(FEATURES) + FOLLOWER_COLUMNS


@compiled
def integrate_shared_on_tape(
    common: FloatArray,
    experts: FloatArray,
    difficulty: FloatArray,
    difficulty_rungs: FloatArray,
    lagrange: FloatArray,
    order: IntArray,
    bounds: IntArray,
    *fixed: Any,
) -> tuple[FloatArray, FloatArray]:
    """Integrate over the histories of experts' worlds, and keep ends and tapes of the grid.

    ``common`` (number,) are the numbers of a world, to which each expert's margin and offense,
    ``experts`` (expert, 2), are added. Then the parts of a ``Sharing`` and of a ``Rule``. Gives
    (expert, result) and what ``integrate_shared_from_tape`` needs.
    """
    rule = Rule(*fixed)
    sharing = Sharing(difficulty, difficulty_rungs, lagrange, order, bounds)
    grid = _grid(experts[:, 0], common[DOUBT], sharing)
    length = ends_length(rule)
    kept = np.zeros((grid.c.shape[0], length + tape_length(rule)))
    own = np.empty(length)
    for point in range(grid.c.shape[0]):
        if grid.used[point]:
            tell(_at(common, grid.c[point], rule), rule, kept[point, length:], own)
            kept[point, :length] = own[sharing.order]
    force = forces(common, common[_resources(rule) :])
    features = np.empty((len(FEATURES), 3, rule.cell.shape[1]))
    results = np.empty((experts.shape[0], _width(common, rule)))
    for expert in range(experts.shape[0]):
        offense = common[OFFENSE] + experts[expert, 1]
        contest(common[DECISIVENESS], offense, force, rule.histories, features)
        _read(grid, kept, expert, sharing, own)
        fill_table(own, features, rule.cell, results[expert])
    return results, kept


@compiled
def integrate_shared_from_tape(
    common: FloatArray,
    experts: FloatArray,
    kept: FloatArray,
    d_results: FloatArray,
    difficulty: FloatArray,
    difficulty_rungs: FloatArray,
    lagrange: FloatArray,
    order: IntArray,
    bounds: IntArray,
    *fixed: Any,
) -> tuple[FloatArray, FloatArray]:
    """Carry derivatives by results back to common numbers and experts', given the tape."""
    rule = Rule(*fixed)
    sharing = Sharing(difficulty, difficulty_rungs, lagrange, order, bounds)
    grid = _grid(experts[:, 0], common[DOUBT], sharing)
    length, resources = ends_length(rule), _resources(rule)
    d_common, d_experts = np.zeros(common.shape), np.zeros(experts.shape)
    steep = common[DECISIVENESS]
    force = forces(common, common[resources:])
    d_force = no_forces(force)
    features = np.empty((len(FEATURES), 3, rule.cell.shape[1]))
    d_features = np.empty(features.shape)
    own, d_own = np.empty(length), np.empty(length)
    d_ends = np.zeros((kept.shape[0], length))
    d_weight = np.empty(grid.weight.shape)
    for expert in range(experts.shape[0]):
        offense = common[OFFENSE] + experts[expert, 1]
        contest(steep, offense, force, rule.histories, features)
        _read(grid, kept, expert, sharing, own)
        fill_table_reverse(own, features, rule.cell, d_results[expert], d_own, d_features)
        by_edge = contest_reverse(steep, offense, force, rule.histories, d_features, d_force)
        d_experts[expert, 1] += by_edge * steep
        d_common[OFFENSE] += by_edge * steep
        d_common[DECISIVENESS] += by_edge * offense
        _read_reverse(grid, kept, expert, sharing, d_own, d_ends, d_weight)
    forces_reverse(common, common[resources:], force, d_force, d_common[resources:], d_common)
    for point in range(grid.c.shape[0]):
        if grid.used[point]:
            own[sharing.order] = d_ends[point]
            theta = _at(common, grid.c[point], rule)
            tell_reverse(theta, rule, kept[point, length:], own, d_common)
    # On the grid doubt was 0 and no parameter.
    d_common[DOUBT] = _grid_reverse(
        experts[:, 0], common[DOUBT], sharing, grid, d_weight, d_experts[:, 0]
    )
    return d_common, d_experts


@compiled
def integrate_shared(common: FloatArray, experts: FloatArray, *fixed: Any) -> FloatArray:
    """Integrate over the histories of experts' worlds: (expert, result)."""
    return integrate_shared_on_tape(common, experts, *fixed)[0]


@compiled
def integrate_shared_reverse(
    common: FloatArray, experts: FloatArray, d_results: FloatArray, *fixed: Any
) -> tuple[FloatArray, FloatArray]:
    """Carry derivatives by results back to common numbers and experts'."""
    _, kept = integrate_shared_on_tape(common, experts, *fixed)
    return integrate_shared_from_tape(common, experts, kept, d_results, *fixed)
