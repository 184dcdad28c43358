"""The worlds on a grid of c, all told in one go: where their contexts lie, and how they end.

On the grid how hard alignment is has turned out, so doubt is 0 and the contexts of a world are
nodes of the first system's deviation alone. They are laid out node by node, for each all points of
the grid: so every loop over points is one over neighbours in memory, which a processor does eight
at a time.

c is the margin of the first project, so where no follower has an edge of its own the contexts are
the same for all worlds, and tabulated (``contexts_alone``). Elsewhere a point with fewer edges than
another leaves contexts empty, with weight 0.
"""

from typing import NamedTuple

import numpy as np

from takeoff.models.contexts import sides
from takeoff.models.grid import EVERY_POINT, SPACING, Grid
from takeoff.models.joint import BRANCH, ROW_START, ROW_STOP, IntArray
from takeoff.models.layout import ALIGNED, MARGIN, MISALIGNED, SPILLOVER, UPLIFT
from takeoff.models.rule import Rule
from takeoff.models.special import FloatArray, compiled
from takeoff.models.story import ROWS
from takeoff.models.thresholds import edges, place, place_reverse

__all__ = [
    "Spans",
    "contexts_alone",
    "fill_grid",
    "fill_grid_reverse",
    "spans_of_grid",
    "sum_grid",
    "sum_grid_reverse",
]


class Spans(NamedTuple):
    """Where the contexts of a grid lie.

    Attributes
    ----------
    start
        First context of each span, and one past the last (span + 1,).
    parted
        Whether followers have edges of their own in a span (span,); where they have none
        the next three are not filled.
    position, owner
        The edges at each point, and whose they are (span, point, edge).
    edges
        How many edges there are (span, point).
    """

    start: IntArray
    parted: IntArray
    position: FloatArray
    owner: FloatArray
    edges: IntArray


@compiled
def _is_parted(common: FloatArray, side: float, spills: float, groups: int) -> bool:
    """Tell whether an edge of a follower lies outward from the first project's."""
    spill = spills * common[SPILLOVER] * common[UPLIFT]
    apart = common[MARGIN + 1 : MARGIN + groups] - common[MARGIN]
    return bool(np.any(-side * (apart + spill) > 0))


@compiled
def spans_of_grid(common: FloatArray, grid: Grid, rule: Rule) -> Spans:
    """Find the edges at all points, and room for their contexts."""
    points, groups = grid.c.shape[0], rule.first_row.shape[0]
    position, owner = np.empty((3, points, groups)), np.empty((3, points, groups))
    count, start = np.empty((3, points), np.int64), np.zeros(4, np.int64)
    parted = np.zeros(3, np.int64)
    for span, (side, spills, outward) in enumerate(sides(rule)):
        most = 1
        if _is_parted(common, side, spills, groups):
            parted[span] = 1
            for point in range(points):
                count[span, point] = edges(
                    common,
                    0.0,
                    grid.c[point],
                    side,
                    spills,
                    rule.reach,
                    position[span, point],
                    owner[span, point],
                )
                most = max(most, count[span, point])
        nodes = (most - 1) * rule.between.shape[1] + outward.shape[1]
        start[span + 1] = start[span] + nodes * points
    return Spans(start, parted, position, owner, count)


@compiled
def contexts_alone(rule: Rule) -> FloatArray:
    """Tabulate weight and deviation of contexts where no follower has an edge of its own.

    At every point that a grid can have (2, node of any span, point).
    """
    first, last = EVERY_POINT
    nodes = rule.aligned.shape[1] + rule.misaligned.shape[1] + rule.absent.shape[1]
    table, shift = np.empty((2, nodes, last - first)), np.empty(nodes)
    begin = 0
    for side, _, outward in sides(rule):
        end = begin + outward.shape[1]
        for point in range(first, last):
            weight, deviation = table[:, begin:end, point - first]
            edge = np.full(1, -side * SPACING * point)
            place(
                0.0,
                side,
                edge,
                rule.between,
                outward,
                rule.difficulty,
                rule.reach,
                weight,
                shift,
                deviation,
            )
        begin = end
    return table


@compiled
def fill_grid(
    grid: Grid, spans: Spans, alone: FloatArray, rule: Rule, contexts: FloatArray
) -> None:
    """Fill weight, shift and deviation (3, context)."""
    points = grid.c.shape[0]
    known = slice(grid.lowest - EVERY_POINT[0], grid.lowest - EVERY_POINT[0] + points)
    node = 0
    for span, (side, _, outward) in enumerate(sides(rule)):
        begin, end = spans.start[span], spans.start[span + 1]
        if spans.parted[span]:
            contexts[:, begin:end] = 0.0
            for point in range(points):
                here = slice(begin + point, end, points)
                place(
                    0.0,
                    side,
                    spans.position[span, point, : spans.edges[span, point]],
                    rule.between,
                    outward,
                    rule.difficulty,
                    rule.reach,
                    contexts[0, here],
                    contexts[1, here],
                    contexts[2, here],
                )
        else:
            for at in range(outward.shape[1]):
                here = slice(begin + at * points, begin + (at + 1) * points)
                contexts[0, here] = alone[0, node + at, known]
                contexts[2, here] = alone[1, node + at, known]
        node += outward.shape[1]
    for at in range(0, contexts.shape[1], points):
        contexts[1, at : at + points] = grid.c


@compiled
def fill_grid_reverse(
    common: FloatArray,
    spans: Spans,
    rule: Rule,
    contexts: FloatArray,
    d_contexts: FloatArray,
    d_common: FloatArray,
) -> None:
    """Carry derivatives by contexts back to margins and spillover."""
    points = spans.edges.shape[1]
    for span, (side, spills, outward) in enumerate(sides(rule)):
        if not spans.parted[span]:
            continue
        begin, end = spans.start[span], spans.start[span + 1]
        for point in range(points):
            here = slice(begin + point, end, points)
            count = spans.edges[span, point]
            place_reverse(
                common,
                0.0,
                side,
                spills,
                spans.position[span, point, :count],
                spans.owner[span, point, :count],
                rule.between,
                outward,
                rule.difficulty,
                rule.reach,
                contexts[0, here],
                d_contexts[0, here],
                d_contexts[1, here],
                d_contexts[2, here],
                d_common,
            )


@compiled
def _add(first: FloatArray, second: FloatArray, begin: int, end: int, total: FloatArray) -> None:
    """Add the products of contexts, point by point."""
    points = total.shape[0]
    for node in range(begin, end, points):  # slices, whose indices cannot be negative, vectorise
        one, other = first[node : node + points], second[node : node + points]
        for point in range(points):
            total[point] += one[point] * other[point]


@compiled
def _add_reverse(
    d_total: FloatArray, factor: FloatArray, begin: int, end: int, d_other: FloatArray
) -> None:
    """Add derivatives by one factor of such products, given the other."""
    points = d_total.shape[0]
    for node in range(begin, end, points):
        one, d_one = factor[node : node + points], d_other[node : node + points]
        for point in range(points):
            d_one[point] += d_total[point] * one[point]


@compiled
def sum_grid(
    start: IntArray,
    first: FloatArray,
    states: FloatArray,
    products: FloatArray,
    rank: IntArray,
    ends: FloatArray,
) -> None:
    """Sum over the contexts of each point: fill the ends of its world, each in its own row.

    ``first`` (row, context), ``states`` (group, state, context) and ``products`` (row, context)
    as in a tape; ``rank`` (end,) gives the rows of ``ends`` (row, point).
    """
    tallies = (rank.shape[0] - 4) // ROWS
    offset = products.shape[0] - tallies
    ends[:] = 0.0
    for row in range(ROWS):
        begin, end = start[ROW_START[row]], start[ROW_STOP[row]]
        for tally in range(tallies):
            total = ends[rank[row * tallies + tally]]
            _add(first[row], products[offset + tally], begin, end, total)
    if states.shape[0] == 0:
        return
    follower = rank[ROWS * tallies :]
    for row in range(ROWS):
        branch = BRANCH[row]
        if branch <= MISALIGNED:
            begin, end = start[ROW_START[row]], start[ROW_STOP[row]]
            aligned, fielded = ends[follower[2 * branch]], ends[follower[2 * branch + 1]]
            _add(first[row], states[0, 3], begin, end, aligned)
            _add(first[row], states[0, ALIGNED], begin, end, fielded)
            _add(first[row], states[0, MISALIGNED], begin, end, fielded)


@compiled
def sum_grid_reverse(
    start: IntArray,
    first: FloatArray,
    states: FloatArray,
    products: FloatArray,
    rank: IntArray,
    d_ends: FloatArray,
    d_first: FloatArray,
    d_states: FloatArray,
    d_products: FloatArray,
) -> None:
    """Add derivatives by what becomes of projects, given those by ends."""
    tallies = (rank.shape[0] - 4) // ROWS
    offset = products.shape[0] - tallies
    for row in range(ROWS):
        begin, end = start[ROW_START[row]], start[ROW_STOP[row]]
        for tally in range(tallies):
            d_total = d_ends[rank[row * tallies + tally]]
            _add_reverse(d_total, products[offset + tally], begin, end, d_first[row])
            _add_reverse(d_total, first[row], begin, end, d_products[offset + tally])
    if states.shape[0] == 0:
        return
    follower = rank[ROWS * tallies :]
    for row in range(ROWS):
        branch = BRANCH[row]
        if branch <= MISALIGNED:
            begin, end = start[ROW_START[row]], start[ROW_STOP[row]]
            for state, kind in ((3, 0), (ALIGNED, 1), (MISALIGNED, 1)):
                d_total = d_ends[follower[2 * branch + kind]]
                _add_reverse(d_total, states[0, state], begin, end, d_first[row])
                _add_reverse(d_total, first[row], begin, end, d_states[0, state])
