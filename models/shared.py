"""The integral over histories of worlds that share all but margin and offense: a panel's.

Given how hard alignment turns out to be (B), all that a margin does is done by c = margin + B, the
margin being that of the first project, from which others' are counted. So the ends of all projects,
as functions of c, are the same for every expert: they are told once, on a grid of c
(``grid_worlds``), and each expert's are read off it (``grid``). Offense enters after that, in the
contest (``integral.decide``). A panel of twenty costs little more than the grid.

Panels that share all but margins with another may also share the grid, told whole once for all.
"""

from typing import Any, NamedTuple

import numpy as np

from takeoff.models.grid import (
    CLASSES,
    EVERY_POINT,
    Grid,
    fill_weights,
    grid_under,
    lagrange_coefficients,
    weights_reverse,
    whole_grid,
)
from takeoff.models.grid_worlds import (
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
    "read_from_tape",
    "read_on_tape",
    "share",
    "share_from_tape",
    "share_on_tape",
    "share_reverse",
    "sharing_of",
    "size_told",
    "tell_from_tape",
    "tell_on_tape",
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
def _from_the_first(common: FloatArray, rule: Rule) -> FloatArray:
    """Count projects' margins from the first project's, which goes to experts' own."""
    rest = common.copy()
    rest[MARGIN : MARGIN + rule.first_row.shape[0]] -= common[MARGIN]
    return rest


@compiled
def _told(
    common: FloatArray, grid: Grid, sharing: Sharing, rule: Rule
) -> tuple[FloatArray, FloatArray]:
    """Give the ends of the worlds on the grid (end sorted by class, point), and their tape."""
    rest = _from_the_first(common, rule)
    spans = spans_of_grid(rest, grid, rule)
    tape = np.empty(4 + spans.start[3] * rows_of_tape(rule))
    ends = np.empty((ends_length(rule), grid.c.shape[0]))
    tape[:4] = spans.start
    kept = read_tape(tape, rule)
    fill_grid(grid, spans, sharing.alone, rule, kept.contexts)
    unfold(rest, rule, spans.start, kept)
    sum_grid(spans.start, kept.first, kept.states, kept.products, sharing.rank, ends)
    return ends, tape


@compiled
def _told_back(
    common: FloatArray,
    grid: Grid,
    sharing: Sharing,
    rule: Rule,
    tape: FloatArray,
    d_ends: FloatArray,
) -> FloatArray:
    """Give derivatives by common numbers, given those by the ends on the grid."""
    rest = _from_the_first(common, rule)
    spans = spans_of_grid(rest, grid, rule)
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
    d_contexts, d_common = np.zeros((3, spans.start[3])), np.zeros(common.shape)
    unfold_reverse(rest, rule, spans.start, kept, change, d_contexts, d_common)
    fill_grid_reverse(rest, spans, rule, kept.contexts, d_contexts, d_common)
    d_common[DOUBT] = 0.0  # on the grid it is 0 and no parameter
    others = slice(MARGIN + 1, MARGIN + rule.first_row.shape[0])
    d_common[MARGIN] = -d_common[others].sum()
    return d_common


@compiled
def _read(
    common: FloatArray, margin: FloatArray, grid: Grid, ends: FloatArray, sharing: Sharing
) -> tuple[FloatArray, FloatArray]:
    """Read experts' ends (expert, end) off those on the grid.

    Also gives the weight of each point for each expert, by class of ends (expert, class, point).
    """
    turns_out = rung(common[DOUBT], sharing.difficulty, sharing.difficulty_rungs)
    weight = np.empty((margin.shape[0], CLASSES, ends.shape[1]))
    own = margin + common[MARGIN]
    fill_weights(own, common[DOUBT], turns_out, sharing.lagrange, grid, weight)
    sums, read = np.empty(ends.shape[0]), np.empty((margin.shape[0], ends.shape[0]))
    for expert in range(margin.shape[0]):
        for each in range(CLASSES):
            for row in range(sharing.bounds[each], sharing.bounds[each + 1]):
                shares, told, total = weight[expert, each], ends[row], 0.0
                for point in range(told.shape[0]):
                    total += shares[point] * told[point]
                sums[row] = total
        for end in range(ends.shape[0]):
            read[expert, end] = sums[sharing.rank[end]]
    return read, weight


@compiled
def _read_back(
    common: FloatArray,
    margin: FloatArray,
    grid: Grid,
    ends: FloatArray,
    sharing: Sharing,
    weight: FloatArray,
    d_read: FloatArray,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Give derivatives by common numbers, margins and the ends on the grid."""
    d_ends, d_weight = np.zeros(ends.shape), np.zeros(weight.shape)
    d_sums = np.empty(ends.shape[0])
    for expert in range(margin.shape[0]):
        for end in range(ends.shape[0]):
            d_sums[sharing.rank[end]] = d_read[expert, end]
        for each in range(CLASSES):
            for row in range(sharing.bounds[each], sharing.bounds[each + 1]):
                change, shares, told = d_sums[row], weight[expert, each], ends[row]
                d_shares, d_told = d_weight[expert, each], d_ends[row]
                for point in range(told.shape[0]):
                    d_told[point] += change * shares[point]
                    d_shares[point] += change * told[point]
    turns_out = rung(common[DOUBT], sharing.difficulty, sharing.difficulty_rungs)
    own = margin + common[MARGIN]
    d_common, d_margin = np.zeros(common.shape), np.zeros(margin.shape)
    d_common[DOUBT] = weights_reverse(
        own, common[DOUBT], turns_out, sharing.lagrange, grid, d_weight, d_margin
    )
    d_common[MARGIN] = d_margin.sum()
    return d_common, d_margin, d_ends


class Tape(NamedTuple):
    """What is kept for the way back.

    Attributes
    ----------
    weight
        Of each point of the grid for each expert, by class of the ends (expert, class, point).
    ends
        Of the worlds on the grid (end sorted by class, point).
    worlds
        The tape of all worlds on the grid, see ``tape``.
    """

    weight: FloatArray
    ends: FloatArray
    worlds: FloatArray


@compiled
def _parts(fixed: Any) -> tuple[Sharing, Rule]:
    return Sharing(*fixed[:PARTS_OF_SHARING]), Rule(*fixed[PARTS_OF_SHARING:])


@compiled
def _under(common: FloatArray, margin: FloatArray, sharing: Sharing) -> Grid:
    turns_out = rung(common[DOUBT], sharing.difficulty, sharing.difficulty_rungs)
    return grid_under(margin + common[MARGIN], common[DOUBT], turns_out)


@compiled
def share_on_tape(
    common: FloatArray,
    margin: FloatArray,
    *fixed: Any,
) -> tuple[FloatArray, Tape]:
    """Give the ends of experts' worlds (expert, end), and what ``share_from_tape`` needs.

    ``common`` (number,) are the numbers of a world, to which each expert's ``margin`` (expert,)
    is added. Then, as in all that follows, the parts of a ``Sharing`` and of a ``Rule``.
    """
    sharing, rule = _parts(fixed)
    grid = _under(common, margin, sharing)
    ends, worlds = _told(common, grid, sharing, rule)
    read, weight = _read(common, margin, grid, ends, sharing)
    return read, Tape(weight, ends, worlds)


@compiled
def share_from_tape(
    common: FloatArray,
    margin: FloatArray,
    tape: Tape,
    d_experts_ends: FloatArray,
    *fixed: Any,
) -> tuple[FloatArray, FloatArray]:
    """Carry derivatives by experts' ends back to common numbers and margins."""
    sharing, rule = _parts(fixed)
    grid = _under(common, margin, sharing)
    d_common, d_margin, d_ends = _read_back(
        common, margin, grid, tape.ends, sharing, tape.weight, d_experts_ends
    )
    return d_common + _told_back(common, grid, sharing, rule, tape.worlds, d_ends), d_margin


@compiled
def share(common: FloatArray, margin: FloatArray, *fixed: Any) -> FloatArray:
    """Give the ends of experts' worlds (expert, end)."""
    return share_on_tape(common, margin, *fixed)[0]


@compiled
def share_reverse(
    common: FloatArray, margin: FloatArray, d_ends: FloatArray, *fixed: Any
) -> tuple[FloatArray, FloatArray]:
    """Carry derivatives by experts' ends back to common numbers and margins."""
    _, tape = share_on_tape(common, margin, *fixed)
    return share_from_tape(common, margin, tape, d_ends, *fixed)


@compiled
def tell_on_tape(
    common: FloatArray,
    *fixed: Any,
) -> tuple[FloatArray, FloatArray]:
    """Give the ends of the worlds on the whole grid (end sorted by class, point), and their tape.

    What ``share`` begins with, for whatever margins: ``read`` does the rest.
    """
    sharing, rule = _parts(fixed)
    return _told(common, whole_grid(), sharing, rule)


@compiled
def tell_from_tape(
    common: FloatArray,
    tape: FloatArray,
    d_ends: FloatArray,
    *fixed: Any,
) -> FloatArray:
    """Carry derivatives by the ends on the whole grid back to common numbers."""
    sharing, rule = _parts(fixed)
    return _told_back(common, whole_grid(), sharing, rule, tape, d_ends)


def size_told(*fixed: Any) -> int:
    """Count the ends on the whole grid."""
    first, last = EVERY_POINT
    return int(ends_length(Rule(*fixed[PARTS_OF_SHARING:]))) * (last - first)


@compiled
def read_on_tape(
    common: FloatArray,
    ends: FloatArray,
    margin: FloatArray,
    *fixed: Any,
) -> tuple[FloatArray, FloatArray]:
    """Read experts' ends (expert, end) off those on the whole grid; also gives their weights.

    ``common``, ``margin`` and the rest are as in ``share``, ``ends`` (number,) what was told.
    """
    sharing, grid = _parts(fixed)[0], whole_grid()
    return _read(common, margin, grid, ends.reshape(-1, grid.c.shape[0]), sharing)


@compiled
def read_from_tape(
    common: FloatArray,
    ends: FloatArray,
    margin: FloatArray,
    weight: FloatArray,
    d_experts_ends: FloatArray,
    *fixed: Any,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Carry derivatives by experts' ends back to common numbers, the grid's ends and margins."""
    sharing, grid = _parts(fixed)[0], whole_grid()
    told = ends.reshape(-1, grid.c.shape[0])
    d_common, d_margin, d_ends = _read_back(
        common, margin, grid, told, sharing, weight, d_experts_ends
    )
    return d_common, d_ends.ravel(), d_margin
