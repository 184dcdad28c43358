"""The integral over histories of many worlds at once, and its derivatives.

This is the story of one world, told by the mechanisms' files: where the first system stands
(``thresholds``), what becomes of each project (``projects``, ``inspection``), all of them
together (``joint``), and who wins (``contest``). A world comes in as a vector (``layout``) and
goes out as a table over what the first project fielded (aligned, misaligned, nothing) and how
many projects end misaligned and aligned; each cell holds the ``FEATURES`` of the contest, weighted
with the histories' probability. Every outcome that depends on who is aligned is a sum over
the table, or a ratio of sums. Four more numbers say what project 2 first fielded.

Derivatives are carried back by hand, each mechanism's beside it, because a graph of the same
arithmetic took minutes to compile and several times longer to run. Tests check them against
differences of the integral itself.
"""

from typing import Any, NamedTuple

import numpy as np

from takeoff.models.contest import FEATURES, contest, contest_reverse
from takeoff.models.joint import (
    BRANCH,
    ENDS,
    ROW_START,
    ROW_STOP,
    IntArray,
    Tallies,
    joint,
    joint_reverse,
    tally_products,
    tally_products_reverse,
)
from takeoff.models.layout import ALIGNED, DETECTION_SPREAD, DOUBT, KINDS, MARGIN, MISALIGNED, SHARE
from takeoff.models.nodes import Nodes
from takeoff.models.projects import (
    detections,
    detections_reverse,
    first_states,
    first_states_reverse,
    follower_states,
    follower_states_reverse,
)
from takeoff.models.special import FloatArray, compiled
from takeoff.models.thresholds import edges, place, place_reverse, rung

__all__ = [
    "FOLLOWER_COLUMNS",
    "constants",
    "integrate",
    "integrate_from_tape",
    "integrate_on_tape",
    "integrate_reverse",
    "table_width",
]

FOLLOWER_COLUMNS = 4
"""P(first aligned, second aligned), P(first aligned, second fielded); the same misaligned."""


def table_width(tables: Tallies) -> int:
    """Give the length of a world's result: branch, cell and feature, then the follower."""
    return 3 * tables.cells.shape[0] * len(FEATURES) + FOLLOWER_COLUMNS


def constants(tables: Tallies, rule: Nodes) -> tuple[FloatArray | IntArray, ...]:
    """Give all that the integral needs beside the worlds, in the order of its arguments."""
    return (
        tables.first_row,
        tables.numbers,
        tables.histories,
        tables.cell,
        rule.aligned,
        rule.misaligned,
        rule.absent,
        rule.between,
        rule.difficulty.points,
        rule.difficulty.rungs,
        rule.inspector.points,
        rule.inspector.rungs,
        rule.reach,
    )


class Story(NamedTuple):
    """All that is worked out of a world on the way, for the way back; views of one vector.

    Attributes
    ----------
    start
        First context of each span, and one past the last (span + 1,). Spans: the first project's
        candidate is aligned and helps followers; is misaligned; is aligned and does not help,
        because it was held back.
    contexts
        Weight, shift and deviation (3, context).
    own_tails, own_states, first
        Of the first project, see ``first_states``; the last weighted with the contexts.
    tails, by_kind, states
        Of a follower of each group, see ``follower_states``; the last averaged over its kinds.
    single, products, masses
        Of all projects, see ``tally_products`` and ``joint``.
    features
        Of the contest, see ``contest``.
    """

    start: FloatArray
    contexts: FloatArray
    own_tails: FloatArray
    own_states: FloatArray
    first: FloatArray
    tails: FloatArray
    by_kind: FloatArray
    states: FloatArray
    single: FloatArray
    products: FloatArray
    masses: FloatArray
    features: FloatArray


_PER_CONTEXT = 3 + 6 + 4 + 4
_PER_CONTEXT_AND_GROUP = 6 * KINDS + 4 * KINDS + 4
_PER_TALLY = 4 + 4 * 3


@compiled
def _story_length(fixed: tuple[Any, ...]) -> int:
    """Give the length of the longest story: every group has an edge wherever it can."""
    (first_row, numbers, _, cell, aligned, misaligned, absent, between, _, rungs, _, _, _) = fixed
    groups = first_row.shape[0] - 1
    outward = aligned.shape[1] + misaligned.shape[1] + absent.shape[1]
    inner = int(np.max(rungs[:, 2] - rungs[:, 1]))
    most = (outward + 3 * groups * between.shape[1]) * inner
    rows = _PER_CONTEXT + groups * _PER_CONTEXT_AND_GROUP
    rows += numbers.shape[0] + _product_rows(first_row)
    return int(4 + most * rows + _PER_TALLY * cell.shape[1])


@compiled
def _matrix(tape: FloatArray, begin: int, rows: int, columns: int) -> tuple[FloatArray, int]:
    end = begin + rows * columns
    return tape[begin:end].reshape(rows, columns), end


@compiled
def _story(tape: FloatArray, first_row: IntArray, numbers: IntArray, tallies: int) -> Story:
    """Lay a story out in a vector that begins with ``start``."""
    groups, start, size = first_row.shape[0] - 1, tape[:4], int(tape[3])
    contexts, at = _matrix(tape, 4, 3, size)
    own_tails, at = _matrix(tape, at, 6, size)
    own_states, at = _matrix(tape, at, 4, size)
    first, at = _matrix(tape, at, 4, size)
    tails, at = _matrix(tape, at, groups * 6, KINDS * size)
    by_kind, at = _matrix(tape, at, groups * 4, KINDS * size)
    states, at = _matrix(tape, at, groups * 4, size)
    single, at = _matrix(tape, at, numbers.shape[0], size)
    products, at = _matrix(tape, at, _product_rows(first_row), size)
    masses, at = _matrix(tape, at, 4, tallies)
    features, at = _matrix(tape, at, 4 * 3, tallies)
    return Story(
        start,
        contexts,
        own_tails,
        own_states,
        first,
        tails.reshape(groups, 6, KINDS * size),
        by_kind.reshape(groups, 4, KINDS * size),
        states.reshape(groups, 4, size),
        single,
        products,
        masses,
        features.reshape(4, 3, tallies),
    )


@compiled
def _spans(
    theta: FloatArray,
    groups: int,
    aligned: FloatArray,
    misaligned: FloatArray,
    absent: FloatArray,
    between: FloatArray,
    inner: int,
    reach: FloatArray,
    start: FloatArray,
) -> None:
    """Fill the first context of each span."""
    start[0] = 0.0
    for span, (side, spills, outward) in enumerate(
        ((1.0, 1.0, aligned), (-1.0, 0.0, misaligned), (1.0, 0.0, absent))
    ):
        pieces = edges(theta, groups, side, spills, reach)[0].shape[0]
        nodes = (pieces - 1) * between.shape[1] + outward.shape[1]
        start[span + 1] = start[span] + nodes * inner


@compiled
def _contexts(
    theta: FloatArray,
    groups: int,
    aligned: FloatArray,
    misaligned: FloatArray,
    absent: FloatArray,
    between: FloatArray,
    difficulty: FloatArray,
    reach: FloatArray,
    start: IntArray,
    contexts: FloatArray,
) -> None:
    """Fill weight, shift and deviation of every context (3, context)."""
    for span, (side, spills, outward) in enumerate(
        ((1.0, 1.0, aligned), (-1.0, 0.0, misaligned), (1.0, 0.0, absent))
    ):
        position, _ = edges(theta, groups, side, spills, reach)
        begin, end = start[span], start[span + 1]
        place(
            theta,
            side,
            position,
            between,
            outward,
            difficulty,
            reach,
            contexts[0, begin:end],
            contexts[1, begin:end],
            contexts[2, begin:end],
        )


@compiled
def _contexts_reverse(
    theta: FloatArray,
    groups: int,
    aligned: FloatArray,
    misaligned: FloatArray,
    absent: FloatArray,
    between: FloatArray,
    difficulty: FloatArray,
    reach: FloatArray,
    start: IntArray,
    contexts: FloatArray,
    d_contexts: FloatArray,
    d_theta: FloatArray,
) -> None:
    for span, (side, spills, outward) in enumerate(
        ((1.0, 1.0, aligned), (-1.0, 0.0, misaligned), (1.0, 0.0, absent))
    ):
        position, owner = edges(theta, groups, side, spills, reach)
        begin, end = start[span], start[span + 1]
        place_reverse(
            theta,
            side,
            spills,
            position,
            owner,
            between,
            outward,
            difficulty,
            reach,
            contexts[0, begin:end],
            d_contexts[0, begin:end],
            d_contexts[1, begin:end],
            d_contexts[2, begin:end],
            d_theta,
        )


@compiled
def _mix_kinds(theta: FloatArray, by_kind: FloatArray, states: FloatArray) -> None:
    """Average a follower's states over its provenance."""
    contexts = states.shape[1]
    for state in range(4):
        for k in range(contexts):
            states[state, k] = (
                theta[SHARE] * by_kind[state, k]
                + theta[SHARE + 1] * by_kind[state, contexts + k]
                + theta[SHARE + 2] * by_kind[state, 2 * contexts + k]
            )


@compiled
def _mix_kinds_reverse(
    theta: FloatArray,
    by_kind: FloatArray,
    d_states: FloatArray,
    d_by_kind: FloatArray,
    d_theta: FloatArray,
) -> None:
    contexts = d_states.shape[1]
    for kind in range(KINDS):
        share = theta[SHARE + kind]
        total = 0.0
        for state in range(4):
            for k in range(contexts):
                d_by_kind[state, kind * contexts + k] = share * d_states[state, k]
                total += by_kind[state, kind * contexts + k] * d_states[state, k]
        d_theta[SHARE + kind] += total


@compiled
def _follower_joint(
    first: FloatArray, start: IntArray, states: FloatArray, result: FloatArray
) -> None:
    """Sum what project 2 first fielded over the branches in which project 1 fielded."""
    result[:] = 0.0
    for k in range(start[ALIGNED], start[ALIGNED + 1]):
        weight = first[0, k] + first[1, k]
        result[0] += weight * states[3, k]
        result[1] += weight * (states[0, k] + states[1, k])
    for k in range(start[MISALIGNED], start[MISALIGNED + 1]):
        result[2] += first[2, k] * states[3, k]
        result[3] += first[2, k] * (states[0, k] + states[1, k])


@compiled
def _follower_joint_reverse(
    first: FloatArray,
    start: IntArray,
    states: FloatArray,
    d_result: FloatArray,
    d_first: FloatArray,
    d_states: FloatArray,
) -> None:
    for k in range(start[ALIGNED], start[ALIGNED + 1]):
        weight = first[0, k] + first[1, k]
        by_weight = d_result[0] * states[3, k] + d_result[1] * (states[0, k] + states[1, k])
        d_first[0, k] += by_weight
        d_first[1, k] += by_weight
        d_states[3, k] += d_result[0] * weight
        d_states[0, k] += d_result[1] * weight
        d_states[1, k] += d_result[1] * weight
    for k in range(start[MISALIGNED], start[MISALIGNED + 1]):
        weight = first[2, k]
        d_first[2, k] += d_result[2] * states[3, k] + d_result[3] * (states[0, k] + states[1, k])
        d_states[3, k] += d_result[2] * weight
        d_states[0, k] += d_result[3] * weight
        d_states[1, k] += d_result[3] * weight


@compiled
def _weighted_first(
    start: IntArray, weight: FloatArray, states: FloatArray, first: FloatArray
) -> None:
    """Weight the first project's states with their contexts, each row in its own branch."""
    first[:] = 0.0
    for row in range(4):
        for k in range(start[ROW_START[row]], start[ROW_STOP[row]]):
            first[row, k] = weight[k] * states[row, k]


@compiled
def _weighted_first_reverse(
    start: IntArray,
    weight: FloatArray,
    states: FloatArray,
    d_first: FloatArray,
    d_weight: FloatArray,
) -> None:
    """Carry derivatives by weighted states back to weights and, in place, to states."""
    for row in range(4):
        for k in range(start[ROW_START[row]], start[ROW_STOP[row]]):
            d_weight[k] += d_first[row, k] * states[row, k]
            d_first[row, k] *= weight[k]


@compiled
def _product_rows(first_row: IntArray) -> int:
    """Count the rows that ``tally_products`` fills."""
    rows, total = 1, 1
    for group in range(first_row.shape[0] - 1):
        rows *= first_row[group + 1] - first_row[group]
        total += rows
    return total


@compiled
def _table(masses: FloatArray, features: FloatArray, cell: IntArray, result: FloatArray) -> None:
    """Sum masses times features into the cells of the result."""
    cells = (result.shape[0] - FOLLOWER_COLUMNS) // (3 * features.shape[0])
    result[:] = 0.0
    for row in range(4):
        end, branch = ENDS[row], BRANCH[row]
        for tally in range(masses.shape[1]):
            at = (branch * cells + cell[end, tally]) * features.shape[0]
            for feature in range(features.shape[0]):
                result[at + feature] += masses[row, tally] * features[feature, end, tally]


@compiled
def _table_reverse(
    masses: FloatArray,
    features: FloatArray,
    cell: IntArray,
    d_result: FloatArray,
    d_masses: FloatArray,
    d_features: FloatArray,
) -> None:
    """Carry derivatives back to features; to masses where ``masses`` is not yet known too."""
    cells = (d_result.shape[0] - FOLLOWER_COLUMNS) // (3 * features.shape[0])
    for row in range(4):
        end, branch = ENDS[row], BRANCH[row]
        for tally in range(masses.shape[1]):
            at = (branch * cells + cell[end, tally]) * features.shape[0]
            by_mass = 0.0
            for feature in range(features.shape[0]):
                by_mass += d_result[at + feature] * features[feature, end, tally]
                d_features[feature, end, tally] += d_result[at + feature] * masses[row, tally]
            d_masses[row, tally] = by_mass


@compiled
def _tell(theta: FloatArray, fixed: tuple[Any, ...], tape: FloatArray, result: FloatArray) -> None:
    """Integrate over the histories of one world, and keep its story."""
    (first_row, numbers, histories, cell, aligned, misaligned, absent, between) = fixed[:8]
    reach = fixed[12]
    groups = first_row.shape[0] - 1
    difficulty = rung(theta[DOUBT], fixed[8], fixed[9])
    inspector = rung(theta[DETECTION_SPREAD], fixed[10], fixed[11])
    sides = aligned, misaligned, absent, between
    _spans(theta, groups, *sides, difficulty.shape[1], reach, tape[:4])
    story = _story(tape, first_row, numbers, cell.shape[1])
    start = story.start.astype(np.int64)
    _contexts(theta, groups, *sides, difficulty, reach, start, story.contexts)
    weight, shift, deviation = story.contexts
    helped = np.zeros(start[3])
    helped[: start[1]] = 1.0
    detection = detections(theta, inspector)
    own_tails, own_states = story.own_tails, story.own_states
    first_states(theta, start, shift, deviation, detection, inspector, own_tails, own_states)
    _weighted_first(start, weight, own_states, story.first)
    for group in range(groups):
        follower_states(
            theta,
            theta[MARGIN + 1 + group],
            helped,
            shift,
            deviation,
            detection,
            inspector,
            story.tails[group],
            story.by_kind[group],
        )
        _mix_kinds(theta, story.by_kind[group], story.states[group])
    tally_products(story.states, first_row, numbers, story.single, story.products)
    joint(story.first, start, story.products, story.masses)
    contest(theta, theta[MARGIN + 1 + groups :], histories, story.features)
    _table(story.masses, story.features, cell, result)
    if groups > 0:
        follower = result[result.shape[0] - FOLLOWER_COLUMNS :]
        _follower_joint(story.first, start, story.states[0], follower)


@compiled
def _tell_reverse(
    theta: FloatArray,
    fixed: tuple[Any, ...],
    tape: FloatArray,
    d_result: FloatArray,
    d_theta: FloatArray,
) -> None:
    """Carry derivatives by one world's result back to its numbers."""
    (first_row, numbers, histories, cell, aligned, misaligned, absent, between) = fixed[:8]
    reach = fixed[12]
    groups = first_row.shape[0] - 1
    difficulty = rung(theta[DOUBT], fixed[8], fixed[9])
    inspector = rung(theta[DETECTION_SPREAD], fixed[10], fixed[11])
    sides = aligned, misaligned, absent, between
    story = _story(tape, first_row, numbers, cell.shape[1])
    start = story.start.astype(np.int64)
    weight, shift, deviation = story.contexts
    size = start[3]
    helped = np.zeros(size)
    helped[: start[1]] = 1.0
    detection = detections(theta, inspector)

    d_features = np.zeros(story.features.shape)
    d_masses = np.empty(story.masses.shape)
    _table_reverse(story.masses, story.features, cell, d_result, d_masses, d_features)
    resources = MARGIN + 1 + groups
    contest_reverse(theta, theta[resources:], histories, d_features, d_theta[resources:], d_theta)
    d_first = np.zeros((4, size))
    d_products = np.empty(story.products.shape)
    d_states = np.zeros(story.states.shape)
    joint_reverse(story.first, start, story.products, d_masses, d_first, d_products)
    if groups > 0:
        d_follower = d_result[d_result.shape[0] - FOLLOWER_COLUMNS :]
        _follower_joint_reverse(
            story.first, start, story.states[0], d_follower, d_first, d_states[0]
        )
    tally_products_reverse(
        story.states, first_row, numbers, story.single, story.products, d_products, d_states
    )
    d_contexts = np.zeros((3, size))
    d_weight, d_shift, d_deviation = d_contexts
    d_detection = np.zeros(detection.shape[0])
    d_by_kind = np.empty((4, KINDS * size))
    for group in range(groups):
        _mix_kinds_reverse(theta, story.by_kind[group], d_states[group], d_by_kind, d_theta)
        follower_states_reverse(
            theta,
            MARGIN + 1 + group,
            helped,
            shift,
            deviation,
            detection,
            inspector,
            story.tails[group],
            d_by_kind,
            d_detection,
            d_shift,
            d_deviation,
            d_theta,
        )
    _weighted_first_reverse(start, weight, story.own_states, d_first, d_weight)
    first_states_reverse(
        theta,
        start,
        shift,
        deviation,
        detection,
        inspector,
        story.own_tails,
        d_first,
        d_detection,
        d_shift,
        d_deviation,
        d_theta,
    )
    detections_reverse(inspector, detection, d_detection, d_theta)
    _contexts_reverse(
        theta, groups, *sides, difficulty, reach, start, story.contexts, d_contexts, d_theta
    )


@compiled
def _width(worlds: FloatArray, fixed: tuple[Any, ...]) -> int:
    projects = int(worlds.shape[1] - MARGIN - fixed[0].shape[0])
    cells = (projects + 1) * (projects + 2) // 2
    return 3 * cells * len(FEATURES) + FOLLOWER_COLUMNS


@compiled
def integrate(worlds: FloatArray, *fixed: Any) -> FloatArray:
    """Integrate over the histories of each world: (world, number) to (world, result).

    ``fixed`` is what ``constants`` gives.
    """
    results = np.empty((worlds.shape[0], _width(worlds, fixed)))
    tape = np.empty(_story_length(fixed))
    for world in range(worlds.shape[0]):
        _tell(worlds[world], fixed, tape, results[world])
    return results


@compiled
def integrate_on_tape(worlds: FloatArray, *fixed: Any) -> tuple[FloatArray, FloatArray]:
    """Integrate, and keep the worlds' stories (world, number) for ``integrate_from_tape``."""
    results = np.empty((worlds.shape[0], _width(worlds, fixed)))
    tapes = np.empty((worlds.shape[0], _story_length(fixed)))
    for world in range(worlds.shape[0]):
        _tell(worlds[world], fixed, tapes[world], results[world])
    return results, tapes


@compiled
def integrate_from_tape(
    worlds: FloatArray, tapes: FloatArray, d_results: FloatArray, *fixed: Any
) -> FloatArray:
    """Carry derivatives by results back to the worlds' numbers, given their stories."""
    d_worlds = np.zeros(worlds.shape)
    for world in range(worlds.shape[0]):
        _tell_reverse(worlds[world], fixed, tapes[world], d_results[world], d_worlds[world])
    return d_worlds


@compiled
def integrate_reverse(worlds: FloatArray, *rest: Any) -> FloatArray:
    """Carry derivatives by results back to the worlds' numbers: (world, number).

    ``rest`` is what ``constants`` gives, then the derivatives (world, result).
    """
    fixed, d_results = rest[:-1], rest[-1]
    d_worlds = np.zeros(worlds.shape)
    tape, result = np.empty(_story_length(fixed)), np.empty(d_results.shape[1])
    for world in range(worlds.shape[0]):
        _tell(worlds[world], fixed, tape, result)
        _tell_reverse(worlds[world], fixed, tape, d_results[world], d_worlds[world])
    return d_worlds
