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
    IntArray,
    Tallies,
    joint,
    joint_reverse,
    tally_products,
    tally_products_reverse,
)
from takeoff.models.layout import ALIGNED, KINDS, MARGIN, MISALIGNED, SHARE
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
from takeoff.models.thresholds import place, place_reverse

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
        rule.difficulty,
        rule.inspector,
        rule.reach,
    )


@compiled
def _starts(
    aligned: FloatArray, misaligned: FloatArray, absent: FloatArray, difficulty: FloatArray
) -> IntArray:
    """Give the first context of each branch; the absent branch has both sides, its own after."""
    inner = difficulty.shape[1]
    start = np.zeros(5, np.int64)
    start[1] = aligned.shape[1] * inner
    start[2] = start[1] + misaligned.shape[1] * inner
    start[3] = start[2] + 2 * absent.shape[1] * inner
    start[4] = start[2] + absent.shape[1] * inner
    return start


@compiled
def _contexts(
    theta: FloatArray,
    start: IntArray,
    aligned: FloatArray,
    misaligned: FloatArray,
    absent: FloatArray,
    difficulty: FloatArray,
    reach: FloatArray,
    contexts: FloatArray,
) -> None:
    """Fill weight, shift and deviation of every context (3, context)."""
    weight, shift, deviation = contexts[0], contexts[1], contexts[2]
    for begin, end, side, outward in (
        (start[0], start[1], 1.0, aligned),
        (start[1], start[2], -1.0, misaligned),
        (start[2], start[4], 1.0, absent),
        (start[4], start[3], -1.0, absent),
    ):
        place(
            theta,
            side,
            outward,
            difficulty,
            reach,
            weight[begin:end],
            shift[begin:end],
            deviation[begin:end],
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
        for k in range(start[BRANCH[row]], start[BRANCH[row] + 1]):
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
    difficulty: FloatArray,
    inspector: FloatArray,
    reach: FloatArray,
) -> FloatArray:
    """Integrate over the histories of each world: (world, number) to (world, result)."""
    groups = first_row.shape[0] - 1
    start = _starts(aligned, misaligned, absent, difficulty)
    size = start[3]
    contexts = np.empty((3, size))
    helped = np.zeros(size)
    helped[: start[1]] = 1.0
    own_tails = np.empty((6, size))
    tails = np.empty((6, KINDS * size))
    by_kind = np.empty((4, KINDS * size))
    states = np.empty((groups, 4, size))
    own_states = np.empty((4, size))
    first = np.empty((4, size))
    single = np.empty((numbers.shape[0], size))
    products = np.empty((_product_rows(first_row), size))
    masses = np.empty((4, cell.shape[1]))
    features = np.empty((4, 3, cell.shape[1]))
    log_resources_at = MARGIN + 1 + groups
    projects = worlds.shape[1] - log_resources_at
    cells = (projects + 1) * (projects + 2) // 2
    results = np.empty((worlds.shape[0], 3 * cells * features.shape[0] + FOLLOWER_COLUMNS))
    for world in range(worlds.shape[0]):
        theta, result = worlds[world], results[world]
        _contexts(theta, start, aligned, misaligned, absent, difficulty, reach, contexts)
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
    difficulty: FloatArray,
    inspector: FloatArray,
    reach: FloatArray,
    d_results: FloatArray,
) -> FloatArray:
    """Carry derivatives by results back to the worlds' numbers: (world, number)."""
    groups = first_row.shape[0] - 1
    start = _starts(aligned, misaligned, absent, difficulty)
    size = start[3]
    contexts = np.empty((3, size))
    helped = np.zeros(size)
    helped[: start[1]] = 1.0
    own_tails = np.empty((6, size))
    tails = np.empty((groups, 6, KINDS * size))
    by_kind = np.empty((groups, 4, KINDS * size))
    states = np.empty((groups, 4, size))
    own_states = np.empty((4, size))
    first = np.empty((4, size))
    single = np.empty((numbers.shape[0], size))
    products = np.empty((_product_rows(first_row), size))
    masses = np.empty((4, cell.shape[1]))
    features = np.empty((4, 3, cell.shape[1]))
    d_masses = np.empty((4, cell.shape[1]))
    d_by_kind = np.empty((4, KINDS * size))
    d_worlds = np.zeros(worlds.shape)
    log_resources_at = MARGIN + 1 + groups
    for world in range(worlds.shape[0]):
        theta, d_theta, d_result = worlds[world], d_worlds[world], d_results[world]
        _contexts(theta, start, aligned, misaligned, absent, difficulty, reach, contexts)
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
            for k in range(start[BRANCH[row]], start[BRANCH[row] + 1]):
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
        for begin, end, side, outward in (
            (start[0], start[1], 1.0, aligned),
            (start[1], start[2], -1.0, misaligned),
            (start[2], start[4], 1.0, absent),
            (start[4], start[3], -1.0, absent),
        ):
            place_reverse(
                theta,
                side,
                outward,
                difficulty,
                reach,
                d_contexts[0, begin:end],
                d_contexts[1, begin:end],
                d_contexts[2, begin:end],
                d_theta,
            )
    return d_worlds
