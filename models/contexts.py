"""Contexts of a world: the nodes of the integral, span by span.

A *span* is a set of contexts with one meaning: the first project's candidate is aligned and helps
followers; it is misaligned; it is aligned and does not help, because it was held back. Where the
nodes lie in each is told in ``thresholds``.
"""

import numpy as np

from takeoff.models.joint import IntArray
from takeoff.models.layout import DOUBT
from takeoff.models.rule import Rule
from takeoff.models.special import FloatArray, compiled
from takeoff.models.thresholds import edges, place, place_reverse

__all__ = ["count_contexts", "fill_contexts", "fill_contexts_reverse", "most_contexts", "sides"]


@compiled
def sides(rule: Rule) -> tuple[tuple[float, float, FloatArray], ...]:
    """Give each span's side of the first threshold, whether it spills over, and its nodes."""
    return ((1.0, 1.0, rule.aligned), (-1.0, 0.0, rule.misaligned), (1.0, 0.0, rule.absent))


@compiled
def most_contexts(rule: Rule) -> int:
    """Give the number of contexts where every group has an edge wherever it can."""
    groups = rule.first_row.shape[0] - 1
    outward = rule.aligned.shape[1] + rule.misaligned.shape[1] + rule.absent.shape[1]
    inner = int(np.max(rule.difficulty_rungs[:, 2] - rule.difficulty_rungs[:, 1]))
    return (outward + 3 * groups * rule.between.shape[1]) * inner


@compiled
def _edges(
    theta: FloatArray, side: float, spills: float, rule: Rule
) -> tuple[FloatArray, FloatArray]:
    """Give where the edges of one side lie, and whose they are."""
    groups = rule.first_row.shape[0]
    position, owner = np.empty(groups), np.empty(groups)
    count = edges(theta, theta[DOUBT], 0.0, side, spills, rule.reach, position, owner)
    return position[:count], owner[:count]


@compiled
def count_contexts(theta: FloatArray, rule: Rule, inner: int, start: FloatArray) -> None:
    """Fill the first context of each span, and one past the last (span + 1,)."""
    start[0] = 0.0
    for span, (side, spills, outward) in enumerate(sides(rule)):
        pieces = _edges(theta, side, spills, rule)[0].shape[0]
        nodes = (pieces - 1) * rule.between.shape[1] + outward.shape[1]
        start[span + 1] = start[span] + nodes * inner


@compiled
def fill_contexts(
    theta: FloatArray, rule: Rule, difficulty: FloatArray, spans: IntArray, contexts: FloatArray
) -> None:
    """Fill weight, shift and deviation (3, context) in the contexts of spans (span, 2)."""
    for span, (side, spills, outward) in enumerate(sides(rule)):
        position, _ = _edges(theta, side, spills, rule)
        begin, end = spans[span]
        place(
            theta[DOUBT],
            side,
            position,
            rule.between,
            outward,
            difficulty,
            rule.reach,
            contexts[0, begin:end],
            contexts[1, begin:end],
            contexts[2, begin:end],
        )


@compiled
def fill_contexts_reverse(
    theta: FloatArray,
    rule: Rule,
    difficulty: FloatArray,
    spans: IntArray,
    contexts: FloatArray,
    d_contexts: FloatArray,
    d_theta: FloatArray,
) -> None:
    """Carry derivatives by contexts back to doubt, margins and spillover."""
    for span, (side, spills, outward) in enumerate(sides(rule)):
        position, owner = _edges(theta, side, spills, rule)
        begin, end = spans[span]
        place_reverse(
            theta,
            theta[DOUBT],
            side,
            spills,
            position,
            owner,
            rule.between,
            outward,
            difficulty,
            rule.reach,
            contexts[0, begin:end],
            d_contexts[0, begin:end],
            d_contexts[1, begin:end],
            d_contexts[2, begin:end],
            d_theta,
        )
