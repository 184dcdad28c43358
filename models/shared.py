"""The integral over histories of worlds that share all but margin and offense: a panel's.

Given how hard alignment turns out to be (B), all that a margin does is done by c = margin + B, the
margin being that of the first project, from which others' are counted. So the ends of all projects,
as functions of c, are the same for every expert: they are told once, on a grid of c
(``grid_worlds``), and each expert's are read off it (``grid``). Offense enters after that, in the
contest (``integral.decide``). A panel of twenty costs little more than the grid.
"""

from typing import Any, NamedTuple

import numpy as np

from takeoff.models.grid import (
    CLASSES,
    Grid,
    fill_weights,
    grid_under,
    lagrange_coefficients,
    weights_reverse,
)
from takeoff.models.grid_worlds import (
    Spans,
    contexts_alone,
    fill_grid,
    fill_grid_reverse,
    spans_of_grid,
    sum_grid,
    sum_grid_reverse,
)
from takeoff.models.joint import ENDS, IntArray, Tallies
from takeoff.models.layout import DOUBT, MARGIN
from takeoff.models.nodes import grid_difficulty, grid_nodes
from takeoff.models.rule import Rule, rule_of
from takeoff.models.special import FloatArray, compiled
from takeoff.models.story import ends_length, no_change, unfold, unfold_reverse
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


class Sharing(NamedTuple):
    """What the shared integral needs beside a ``Rule`` and the worlds.

    Attributes
    ----------
    difficulty
        Ladder by doubt of standard normal nodes, see ``nodes``: first its points, then its rungs.
    lagrange
        See ``grid.lagrange_coefficients`` (power, point).
    rank
        The place of each of the ends, once they are sorted by class (end,).
    bounds
        Where in that order each class begins, and one past the last (class + 1,).
    alone
        See ``grid_worlds.contexts_alone`` (2, node, point).
    """

    difficulty: FloatArray
    difficulty_rungs: FloatArray
    lagrange: FloatArray
    rank: IntArray
    bounds: IntArray
    alone: FloatArray


PARTS_OF_SHARING = len(Sharing._fields)


def _classes(tables: Tallies) -> IntArray:
    """Give the class of each of the ends (end,): 1 if it falls away for large c, 2 for small."""
    classes = (tables.cells[:, 0] > 0) + 2 * (tables.cells[:, 1] > 0)
    rows = [classes[tables.cell[end]] for end in ENDS]
    # The follower: both aligned; first aligned and second fielded; first misaligned and second
    # aligned; first misaligned and second fielded.
    return np.concatenate([*rows, [2, 2, 3, 1]]).astype(np.int64)


def sharing_of(tables: Tallies) -> Sharing:
    """Give what the shared integral needs in a scenario."""
    classes, ladder = _classes(tables), grid_difficulty()
    order = np.argsort(classes, kind="stable")
    return Sharing(
        difficulty=ladder.points,
        difficulty_rungs=ladder.rungs,
        lagrange=lagrange_coefficients(),
        rank=np.argsort(order).astype(np.int64),
        bounds=np.searchsorted(classes[order], np.arange(CLASSES + 1)).astype(np.int64),
        alone=contexts_alone(rule_of(tables, grid_nodes())),
    )


@compiled
def grid_points(margin: FloatArray, doubt: float, difficulty: FloatArray) -> int:
    """Count the points of the grid under a panel."""
    return grid_under(margin, doubt, difficulty).c.shape[0]


@compiled
def _tell_grid(
    common: FloatArray,
    grid: Grid,
    spans: Spans,
    sharing: Sharing,
    rule: Rule,
    tape: FloatArray,
    ends: FloatArray,
) -> None:
    """Fill the ends of the worlds on the grid (end sorted by class, point), and their tape."""
    tape[:4] = spans.start
    kept = read_tape(tape, rule)
    fill_grid(grid, spans, sharing.alone, rule, kept.contexts)
    unfold(common, rule, spans.start, kept)
    sum_grid(spans.start, kept.first, kept.states, kept.products, sharing.rank, ends)


@compiled
def _tell_grid_reverse(
    common: FloatArray,
    spans: Spans,
    sharing: Sharing,
    rule: Rule,
    tape: FloatArray,
    d_ends: FloatArray,
    d_common: FloatArray,
) -> None:
    """Add derivatives by common numbers, given those by the ends on the grid."""
    kept = read_tape(tape, rule)
    change = no_change(kept)
    sum_grid_reverse(
        spans.start,
        kept.first,
        kept.states,
        kept.products,
        sharing.rank,
        d_ends,
        change.first,
        change.states,
        change.products,
    )
    d_contexts = np.zeros((3, spans.start[3]))
    unfold_reverse(common, rule, spans.start, kept, change, d_contexts, d_common)
    fill_grid_reverse(common, spans, rule, kept.contexts, d_contexts, d_common)


@compiled
def _read(
    weight: FloatArray, ends: FloatArray, sharing: Sharing, sums: FloatArray, own: FloatArray
) -> None:
    """Read an expert's ends off those on the grid; ``weight`` (class, point)."""
    for each in range(CLASSES):
        for row in range(sharing.bounds[each], sharing.bounds[each + 1]):
            total = 0.0
            for point in range(ends.shape[1]):
                total += weight[each, point] * ends[row, point]
            sums[row] = total
    for end in range(own.shape[0]):
        own[end] = sums[sharing.rank[end]]


@compiled
def _read_reverse(
    weight: FloatArray,
    ends: FloatArray,
    sharing: Sharing,
    d_own: FloatArray,
    d_sums: FloatArray,
    d_ends: FloatArray,
    d_weight: FloatArray,
) -> None:
    """Add derivatives by an expert's ends to those by the grid's and by weights."""
    for end in range(d_own.shape[0]):
        d_sums[sharing.rank[end]] = d_own[end]
    for each in range(CLASSES):
        for row in range(sharing.bounds[each], sharing.bounds[each + 1]):
            change = d_sums[row]
            for point in range(ends.shape[1]):
                d_ends[row, point] += change * weight[each, point]
                d_weight[each, point] += change * ends[row, point]


class Parts(NamedTuple):
    """What is kept for the way back, laid out in one vector.

    Attributes
    ----------
    weight
        Of each point of the grid for each expert, by class of the ends (expert, class, point).
    ends
        Of the worlds on the grid (end sorted by class, point).
    tape
        Of all worlds on the grid, see ``tape``.
    """

    weight: FloatArray
    ends: FloatArray
    tape: FloatArray


@compiled
def _parts(kept: FloatArray, points: int, experts: int, length: int) -> Parts:
    a = CLASSES * experts * points
    b = a + points * length
    return Parts(
        kept[:a].reshape(experts, CLASSES, points), kept[a:b].reshape(length, points), kept[b:]
    )


@compiled
def _from_the_first(
    common: FloatArray, margin: FloatArray, rule: Rule
) -> tuple[FloatArray, FloatArray]:
    """Count projects' margins from the first project's, which goes to experts' own."""
    rest = common.copy()
    rest[MARGIN : MARGIN + rule.first_row.shape[0]] -= common[MARGIN]
    return rest, margin + common[MARGIN]


@compiled
def share_on_tape(
    common: FloatArray,
    margin: FloatArray,
    difficulty: FloatArray,
    difficulty_rungs: FloatArray,
    lagrange: FloatArray,
    rank: IntArray,
    bounds: IntArray,
    alone: FloatArray,
    *fixed: Any,
) -> tuple[FloatArray, FloatArray]:
    """Give the ends of experts' worlds (expert, end), and what ``share_from_tape`` needs.

    ``common`` (number,) are the numbers of a world, to which each expert's ``margin`` (expert,)
    is added. Then the parts of a ``Sharing`` and of a ``Rule``.
    """
    rule = Rule(*fixed)
    sharing = Sharing(difficulty, difficulty_rungs, lagrange, rank, bounds, alone)
    doubt = common[DOUBT]
    turns_out = rung(doubt, difficulty, difficulty_rungs)
    common, margin = _from_the_first(common, margin, rule)
    grid = grid_under(margin, doubt, turns_out)
    spans = spans_of_grid(common, grid, rule)
    people, points, length = margin.shape[0], grid.c.shape[0], ends_length(rule)
    size = CLASSES * people * points + points * length
    kept = np.empty(size + 4 + spans.start[3] * rows_of_tape(rule))
    parts = _parts(kept, points, people, length)
    fill_weights(margin, doubt, turns_out, lagrange, grid, parts.weight)
    _tell_grid(common, grid, spans, sharing, rule, parts.tape, parts.ends)
    sums, ends = np.empty(length), np.empty((people, length))
    for expert in range(people):
        _read(parts.weight[expert], parts.ends, sharing, sums, ends[expert])
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
    rank: IntArray,
    bounds: IntArray,
    alone: FloatArray,
    *fixed: Any,
) -> tuple[FloatArray, FloatArray]:
    """Carry derivatives by experts' ends back to common numbers and margins."""
    rule = Rule(*fixed)
    sharing = Sharing(difficulty, difficulty_rungs, lagrange, rank, bounds, alone)
    doubt = common[DOUBT]
    turns_out = rung(doubt, difficulty, difficulty_rungs)
    common, margin = _from_the_first(common, margin, rule)
    grid = grid_under(margin, doubt, turns_out)
    spans = spans_of_grid(common, grid, rule)
    people, points, length = margin.shape[0], grid.c.shape[0], ends_length(rule)
    parts = _parts(kept, points, people, length)
    d_common, d_margin = np.zeros(common.shape), np.zeros(margin.shape)
    d_sums = np.empty(length)
    d_ends, d_weight = np.zeros(parts.ends.shape), np.zeros(parts.weight.shape)
    for expert in range(people):
        _read_reverse(
            parts.weight[expert],
            parts.ends,
            sharing,
            d_experts_ends[expert],
            d_sums,
            d_ends,
            d_weight[expert],
        )
    _tell_grid_reverse(common, spans, sharing, rule, parts.tape, d_ends, d_common)
    # On the grid doubt was 0 and no parameter.
    d_common[DOUBT] = weights_reverse(margin, doubt, turns_out, lagrange, grid, d_weight, d_margin)
    others = slice(MARGIN + 1, MARGIN + rule.first_row.shape[0])
    d_common[MARGIN] = d_margin.sum() - d_common[others].sum()
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
