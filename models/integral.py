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

__all__ = ["FOLLOWER_COLUMNS", "constants", "integrate", "integrate_reverse", "table_width"]

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


@compiled
def _rows(buffer: FloatArray, rows: int, size: int) -> FloatArray:
    """Give the front of a flat buffer as a contiguous matrix (row, context)."""
    return buffer[: rows * size].reshape(rows, size)


@compiled
def _most_contexts(
    groups: int,
    aligned: FloatArray,
    misaligned: FloatArray,
    absent: FloatArray,
    between: FloatArray,
    difficulty_rungs: FloatArray,
) -> int:
    """Count the contexts when every group of followers has an edge wherever it can."""
    outward = aligned.shape[1] + misaligned.shape[1] + absent.shape[1]
    inner = np.max(difficulty_rungs[:, 2] - difficulty_rungs[:, 1])
    return int((outward + 3 * groups * between.shape[1]) * inner)


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
    buffer: FloatArray,
) -> FloatArray:
    """Give weight, shift and deviation of every context (3, context); fill ``start`` (span + 1,).

    Spans: the first project's candidate is aligned and helps; is misaligned; is aligned and does
    not help, because it was held back.
    """
    inner = difficulty.shape[1]
    helping, _ = edges(theta, groups, 1.0, 1.0, reach)
    lower, _ = edges(theta, groups, -1.0, 0.0, reach)
    upper, _ = edges(theta, groups, 1.0, 0.0, reach)
    sides = ((1.0, helping, aligned), (-1.0, lower, misaligned), (1.0, upper, absent))
    for span, (_, position, outward) in enumerate(sides):
        pieces = position.shape[0]
        start[span + 1] = start[span] + ((pieces - 1) * between.shape[1] + outward.shape[1]) * inner
    contexts = _rows(buffer, 3, start[3])
    for span, (side, position, outward) in enumerate(sides):
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
    return contexts


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
def integrate(
    worlds: FloatArray,
    first_row: IntArray,
    numbers: IntArray,
    histories: IntArray,
    cell: IntArray,
    aligned: FloatArray,
    misaligned: FloatArray,
    absent: FloatArray,
    between: FloatArray,
    difficulties: FloatArray,
    difficulty_rungs: FloatArray,
    inspectors: FloatArray,
    inspector_rungs: FloatArray,
    reach: FloatArray,
) -> FloatArray:
    """Integrate over the histories of each world: (world, number) to (world, result)."""
    groups = first_row.shape[0] - 1
    most = _most_contexts(groups, aligned, misaligned, absent, between, difficulty_rungs)
    start = np.zeros(4, np.int64)
    context_buffer = np.empty(3 * most)
    own_tail_buffer = np.empty(6 * most)
    tail_buffer = np.empty(6 * KINDS * most)
    by_kind_buffer = np.empty(4 * KINDS * most)
    state_buffer = np.empty(groups * 4 * most)
    own_state_buffer = np.empty(4 * most)
    first_buffer = np.empty(4 * most)
    single_buffer = np.empty(numbers.shape[0] * most)
    product_rows = _product_rows(first_row)
    product_buffer = np.empty(product_rows * most)
    masses = np.empty((4, cell.shape[1]))
    features = np.empty((4, 3, cell.shape[1]))
    log_resources_at = MARGIN + 1 + groups
    projects = worlds.shape[1] - log_resources_at
    cells = (projects + 1) * (projects + 2) // 2
    results = np.empty((worlds.shape[0], 3 * cells * features.shape[0] + FOLLOWER_COLUMNS))
    for world in range(worlds.shape[0]):
        theta, result = worlds[world], results[world]
        difficulty = rung(theta[DOUBT], difficulties, difficulty_rungs)
        inspector = rung(theta[DETECTION_SPREAD], inspectors, inspector_rungs)
        contexts = _contexts(
            theta,
            groups,
            aligned,
            misaligned,
            absent,
            between,
            difficulty,
            reach,
            start,
            context_buffer,
        )
        size = start[3]
        helped = np.zeros(size)
        helped[: start[1]] = 1.0
        own_tails = _rows(own_tail_buffer, 6, size)
        tails = _rows(tail_buffer, 6, KINDS * size)
        by_kind = _rows(by_kind_buffer, 4, KINDS * size)
        states = state_buffer[: groups * 4 * size].reshape(groups, 4, size)
        own_states = _rows(own_state_buffer, 4, size)
        first = _rows(first_buffer, 4, size)
        single = _rows(single_buffer, numbers.shape[0], size)
        products = _rows(product_buffer, product_rows, size)
        detection = detections(theta, inspector)
        first_states(
            theta,
            start,
            contexts[1],
            contexts[2],
            detection,
            inspector,
            own_tails,
            own_states,
        )
        _weighted_first(start, contexts[0], own_states, first)
        for group in range(groups):
            follower_states(
                theta,
                theta[MARGIN + 1 + group],
                helped,
                contexts[1],
                contexts[2],
                detection,
                inspector,
                tails,
                by_kind,
            )
            _mix_kinds(theta, by_kind, states[group])
        tally_products(states, first_row, numbers, single, products)
        joint(first, start, products, masses)
        contest(theta, theta[log_resources_at:], histories, features)
        _table(masses, features, cell, result)
        if groups > 0:
            _follower_joint(first, start, states[0], result[result.shape[0] - FOLLOWER_COLUMNS :])
    return results


@compiled
def integrate_reverse(
    worlds: FloatArray,
    first_row: IntArray,
    numbers: IntArray,
    histories: IntArray,
    cell: IntArray,
    aligned: FloatArray,
    misaligned: FloatArray,
    absent: FloatArray,
    between: FloatArray,
    difficulties: FloatArray,
    difficulty_rungs: FloatArray,
    inspectors: FloatArray,
    inspector_rungs: FloatArray,
    reach: FloatArray,
    d_results: FloatArray,
) -> FloatArray:
    """Carry derivatives by results back to the worlds' numbers: (world, number)."""
    groups = first_row.shape[0] - 1
    most = _most_contexts(groups, aligned, misaligned, absent, between, difficulty_rungs)
    start = np.zeros(4, np.int64)
    context_buffer = np.empty(3 * most)
    own_tail_buffer = np.empty(6 * most)
    tail_buffer = np.empty(groups * 6 * KINDS * most)
    by_kind_buffer = np.empty(groups * 4 * KINDS * most)
    state_buffer = np.empty(groups * 4 * most)
    own_state_buffer = np.empty(4 * most)
    first_buffer = np.empty(4 * most)
    single_buffer = np.empty(numbers.shape[0] * most)
    product_rows = _product_rows(first_row)
    product_buffer = np.empty(product_rows * most)
    d_by_kind_buffer = np.empty(4 * KINDS * most)
    masses = np.empty((4, cell.shape[1]))
    features = np.empty((4, 3, cell.shape[1]))
    d_masses = np.empty((4, cell.shape[1]))
    d_worlds = np.zeros(worlds.shape)
    log_resources_at = MARGIN + 1 + groups
    for world in range(worlds.shape[0]):
        theta, d_theta, d_result = worlds[world], d_worlds[world], d_results[world]
        difficulty = rung(theta[DOUBT], difficulties, difficulty_rungs)
        inspector = rung(theta[DETECTION_SPREAD], inspectors, inspector_rungs)
        contexts = _contexts(
            theta,
            groups,
            aligned,
            misaligned,
            absent,
            between,
            difficulty,
            reach,
            start,
            context_buffer,
        )
        size = start[3]
        helped = np.zeros(size)
        helped[: start[1]] = 1.0
        own_tails = _rows(own_tail_buffer, 6, size)
        tails = tail_buffer[: groups * 6 * KINDS * size].reshape(groups, 6, KINDS * size)
        by_kind = by_kind_buffer[: groups * 4 * KINDS * size].reshape(groups, 4, KINDS * size)
        states = state_buffer[: groups * 4 * size].reshape(groups, 4, size)
        own_states = _rows(own_state_buffer, 4, size)
        first = _rows(first_buffer, 4, size)
        single = _rows(single_buffer, numbers.shape[0], size)
        products = _rows(product_buffer, product_rows, size)
        d_by_kind = _rows(d_by_kind_buffer, 4, KINDS * size)
        detection = detections(theta, inspector)
        first_states(
            theta, start, contexts[1], contexts[2], detection, inspector, own_tails, own_states
        )
        _weighted_first(start, contexts[0], own_states, first)
        for group in range(groups):
            follower_states(
                theta,
                theta[MARGIN + 1 + group],
                helped,
                contexts[1],
                contexts[2],
                detection,
                inspector,
                tails[group],
                by_kind[group],
            )
            _mix_kinds(theta, by_kind[group], states[group])
        tally_products(states, first_row, numbers, single, products)
        joint(first, start, products, masses)
        contest(theta, theta[log_resources_at:], histories, features)

        d_features = np.zeros((4, 3, cell.shape[1]))
        _table_reverse(masses, features, cell, d_result, d_masses, d_features)
        contest_reverse(
            theta,
            theta[log_resources_at:],
            histories,
            d_features,
            d_theta[log_resources_at:],
            d_theta,
        )
        d_first = np.zeros((4, size))
        d_products = np.zeros(products.shape)
        d_states = np.zeros((groups, 4, size))
        joint_reverse(first, start, products, d_masses, d_first, d_products)
        if groups > 0:
            _follower_joint_reverse(
                first,
                start,
                states[0],
                d_result[d_result.shape[0] - FOLLOWER_COLUMNS :],
                d_first,
                d_states[0],
            )
        tally_products_reverse(states, first_row, numbers, single, products, d_products, d_states)
        d_contexts = np.zeros((3, size))
        d_detection = np.zeros(detection.shape[0])
        for group in range(groups):
            _mix_kinds_reverse(theta, by_kind[group], d_states[group], d_by_kind, d_theta)
            follower_states_reverse(
                theta,
                MARGIN + 1 + group,
                helped,
                contexts[1],
                contexts[2],
                detection,
                inspector,
                tails[group],
                d_by_kind,
                d_detection,
                d_contexts[1],
                d_contexts[2],
                d_theta,
            )
        for row in range(4):
            for k in range(start[ROW_START[row]], start[ROW_STOP[row]]):
                d_contexts[0, k] += d_first[row, k] * own_states[row, k]
                d_first[row, k] *= contexts[0, k]
        first_states_reverse(
            theta,
            start,
            contexts[1],
            contexts[2],
            detection,
            inspector,
            own_tails,
            d_first,
            d_detection,
            d_contexts[1],
            d_contexts[2],
            d_theta,
        )
        detections_reverse(inspector, detection, d_detection, d_theta)
        _contexts_reverse(
            theta,
            groups,
            aligned,
            misaligned,
            absent,
            between,
            difficulty,
            reach,
            start,
            d_contexts,
            d_theta,
        )
    return d_worlds
