"""The story of one world: from its numbers to how all its projects end.

Told by the mechanisms' files: where the first system stands (``thresholds``), what becomes of each
project (``projects``, ``inspection``), and all of them together (``joint``). What comes out, the
*ends*, is one vector: the probability of the histories of each tally, one of them, for each way in
which the first project ends (row, tally); then four numbers of what project 2 first fielded.

Derivatives are carried back by hand, each mechanism's beside it, because a graph of the same
arithmetic took minutes to compile and several times longer to run. Tests check them against
differences.
"""

from typing import NamedTuple

import numpy as np

from takeoff.models.contexts import count_contexts, fill_contexts, fill_contexts_reverse
from takeoff.models.joint import (
    ROW_START,
    ROW_STOP,
    IntArray,
    joint,
    joint_reverse,
    tally_products,
    tally_products_reverse,
)
from takeoff.models.layout import ALIGNED, DETECTION_SPREAD, DOUBT, KINDS, MARGIN, MISALIGNED, SHARE
from takeoff.models.projects import (
    detections,
    detections_reverse,
    first_states,
    first_states_reverse,
    follower_states,
    follower_states_reverse,
)
from takeoff.models.rule import Rule
from takeoff.models.special import FloatArray, compiled
from takeoff.models.tape import Tape, read_tape
from takeoff.models.thresholds import rung

__all__ = [
    "FOLLOWER_COLUMNS",
    "ROWS",
    "add_up",
    "add_up_reverse",
    "ends_length",
    "no_change",
    "tell",
    "tell_reverse",
    "unfold",
    "unfold_reverse",
]

ROWS = 4
"""Ways in which the first project ends, see ``joint.ENDS``."""
FOLLOWER_COLUMNS = 4
"""P(first aligned, second aligned), P(first aligned, second fielded); the same misaligned."""


class Change(NamedTuple):
    """Derivatives by parts of a tape: ``first``, ``states``, ``products``."""

    first: FloatArray
    states: FloatArray
    products: FloatArray


@compiled
def ends_length(rule: Rule) -> int:
    """Give the length of a world's ends."""
    return ROWS * rule.cell.shape[1] + FOLLOWER_COLUMNS


@compiled
def tell(theta: FloatArray, rule: Rule, tape: FloatArray, ends: FloatArray) -> None:
    """Fill the ends of one world, and its tape."""
    difficulty = rung(theta[DOUBT], rule.difficulty, rule.difficulty_rungs)
    count_contexts(theta, rule, difficulty.shape[1], tape[:4])
    kept = read_tape(tape, rule)
    start = kept.start.astype(np.int64)
    spans = _spans_of(start)
    fill_contexts(theta, rule, difficulty, spans, kept.contexts)
    unfold(theta, rule, start, kept)
    add_up(rule, kept, spans, ends)


@compiled
def tell_reverse(
    theta: FloatArray, rule: Rule, tape: FloatArray, d_ends: FloatArray, d_theta: FloatArray
) -> None:
    """Add derivatives by a world's numbers, given those by its ends."""
    difficulty = rung(theta[DOUBT], rule.difficulty, rule.difficulty_rungs)
    kept = read_tape(tape, rule)
    start = kept.start.astype(np.int64)
    change = no_change(kept)
    spans = _spans_of(start)
    add_up_reverse(rule, kept, spans, d_ends, change)
    d_contexts = np.zeros((3, start[3]))
    unfold_reverse(theta, rule, start, kept, change, d_contexts, d_theta)
    fill_contexts_reverse(theta, rule, difficulty, spans, kept.contexts, d_contexts, d_theta)


@compiled
def unfold(theta: FloatArray, rule: Rule, start: IntArray, kept: Tape) -> None:
    """Work out what becomes of all projects in each context; ``start`` as in a tape."""
    inspector = rung(theta[DETECTION_SPREAD], rule.inspector, rule.inspector_rungs)
    weight, shift, deviation = kept.contexts
    detection = detections(theta, inspector)
    own_tails, own_states = kept.own_tails, kept.own_states
    first_states(theta, start, shift, deviation, detection, inspector, own_tails, own_states)
    _weighted_first(start, weight, own_states, kept.first)
    helped = _helped(start)
    for group in range(rule.first_row.shape[0] - 1):
        follower_states(
            theta,
            theta[MARGIN + 1 + group],
            helped,
            shift,
            deviation,
            detection,
            inspector,
            kept.tails[group],
            kept.by_kind[group],
        )
        _mix_kinds(theta, kept.by_kind[group], kept.states[group])
    tally_products(kept.states, rule.first_row, rule.numbers, kept.single, kept.products)


@compiled
def unfold_reverse(
    theta: FloatArray,
    rule: Rule,
    start: IntArray,
    kept: Tape,
    change: Change,
    d_contexts: FloatArray,
    d_theta: FloatArray,
) -> None:
    """Add derivatives by contexts and numbers, given those by what becomes of projects."""
    inspector = rung(theta[DETECTION_SPREAD], rule.inspector, rule.inspector_rungs)
    weight, shift, deviation = kept.contexts
    d_weight, d_shift, d_deviation = d_contexts
    detection = detections(theta, inspector)
    tally_products_reverse(
        kept.states,
        rule.first_row,
        rule.numbers,
        kept.single,
        kept.products,
        change.products,
        change.states,
    )
    helped = _helped(start)
    d_detection = np.zeros(detection.shape[0])
    d_by_kind = np.empty((4, KINDS * start[3]))
    for group in range(rule.first_row.shape[0] - 1):
        _mix_kinds_reverse(theta, kept.by_kind[group], change.states[group], d_by_kind, d_theta)
        follower_states_reverse(
            theta,
            MARGIN + 1 + group,
            helped,
            shift,
            deviation,
            detection,
            inspector,
            kept.tails[group],
            d_by_kind,
            d_detection,
            d_shift,
            d_deviation,
            d_theta,
        )
    _weighted_first_reverse(start, weight, kept.own_states, change.first, d_weight)
    first_states_reverse(
        theta,
        start,
        shift,
        deviation,
        detection,
        inspector,
        kept.own_tails,
        change.first,
        d_detection,
        d_shift,
        d_deviation,
        d_theta,
    )
    detections_reverse(inspector, detection, d_detection, d_theta)


@compiled
def no_change(kept: Tape) -> Change:
    """Give zeros, to add derivatives to."""
    return Change(
        np.zeros(kept.first.shape), np.zeros(kept.states.shape), np.zeros(kept.products.shape)
    )


@compiled
def add_up(rule: Rule, kept: Tape, spans: IntArray, ends: FloatArray) -> None:
    """Fill ends with the sums over the contexts of spans (span, 2)."""
    masses, follower = _split(ends)
    joint(kept.first, spans, kept.products, masses)
    follower[:] = 0.0
    if rule.first_row.shape[0] > 1:
        _follower_joint(kept.first, spans, kept.states[0], follower)


@compiled
def add_up_reverse(
    rule: Rule, kept: Tape, spans: IntArray, d_ends: FloatArray, change: Change
) -> None:
    """Add derivatives by what becomes of projects in the contexts of spans."""
    d_masses, d_follower = _split(d_ends)
    joint_reverse(kept.first, spans, kept.products, d_masses, change.first, change.products)
    if rule.first_row.shape[0] > 1:
        _follower_joint_reverse(
            kept.first, spans, kept.states[0], d_follower, change.first, change.states[0]
        )


@compiled
def _spans_of(start: IntArray) -> IntArray:
    """Give where each span begins and ends (span, 2)."""
    spans = np.empty((3, 2), np.int64)
    spans[:, 0] = start[:3]
    spans[:, 1] = start[1:]
    return spans


@compiled
def _split(ends: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Give masses (row, tally) and the follower's four numbers."""
    masses = ends.shape[0] - FOLLOWER_COLUMNS
    return ends[:masses].reshape(ROWS, masses // ROWS), ends[masses:]


@compiled
def _helped(start: IntArray) -> FloatArray:
    """Give 1 in the contexts in which the first project's system helps followers, else 0."""
    helped = np.zeros(start[3])
    helped[: start[1]] = 1.0
    return helped


@compiled
def _mix_kinds(theta: FloatArray, by_kind: FloatArray, states: FloatArray) -> None:
    """Average a follower's states over its provenance."""
    contexts = states.shape[1]
    for state in range(4):
        own = states[state]
        one, two = by_kind[state, :contexts], by_kind[state, contexts : 2 * contexts]
        three = by_kind[state, 2 * contexts :]
        for k in range(contexts):
            own[k] = theta[SHARE] * one[k] + theta[SHARE + 1] * two[k] + theta[SHARE + 2] * three[k]


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
        here = slice(kind * contexts, (kind + 1) * contexts)
        for state in range(4):
            own, d_own, d_state = by_kind[state, here], d_by_kind[state, here], d_states[state]
            for k in range(contexts):
                d_own[k] = share * d_state[k]
                total += own[k] * d_state[k]
        d_theta[SHARE + kind] += total


@compiled
def _follower_joint(
    first: FloatArray, spans: IntArray, states: FloatArray, result: FloatArray
) -> None:
    """Sum what project 2 first fielded over the branches in which project 1 fielded."""
    result[:] = 0.0
    for k in range(spans[ALIGNED, 0], spans[ALIGNED, 1]):
        weight = first[0, k] + first[1, k]
        result[0] += weight * states[3, k]
        result[1] += weight * (states[0, k] + states[1, k])
    for k in range(spans[MISALIGNED, 0], spans[MISALIGNED, 1]):
        result[2] += first[2, k] * states[3, k]
        result[3] += first[2, k] * (states[0, k] + states[1, k])


@compiled
def _follower_joint_reverse(
    first: FloatArray,
    spans: IntArray,
    states: FloatArray,
    d_result: FloatArray,
    d_first: FloatArray,
    d_states: FloatArray,
) -> None:
    for k in range(spans[ALIGNED, 0], spans[ALIGNED, 1]):
        weight = first[0, k] + first[1, k]
        by_weight = d_result[0] * states[3, k] + d_result[1] * (states[0, k] + states[1, k])
        d_first[0, k] += by_weight
        d_first[1, k] += by_weight
        d_states[3, k] += d_result[0] * weight
        d_states[0, k] += d_result[1] * weight
        d_states[1, k] += d_result[1] * weight
    for k in range(spans[MISALIGNED, 0], spans[MISALIGNED, 1]):
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
        span = slice(start[ROW_START[row]], start[ROW_STOP[row]])
        own, here, share = first[row, span], states[row, span], weight[span]
        for k in range(own.shape[0]):
            own[k] = share[k] * here[k]


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
        span = slice(start[ROW_START[row]], start[ROW_STOP[row]])
        d_own, here, share, d_share = (
            d_first[row, span],
            states[row, span],
            weight[span],
            d_weight[span],
        )
        for k in range(d_own.shape[0]):
            d_share[k] += d_own[k] * here[k]
            d_own[k] *= share[k]
