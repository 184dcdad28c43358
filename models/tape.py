"""The tape of one world: all that is worked out on the way forward, kept for the way back.

A tape is one vector, so that the tapes of many worlds are a matrix; ``read_tape`` gives views of
its parts by name.
"""

from typing import NamedTuple

from takeoff.models.contexts import most_contexts
from takeoff.models.joint import IntArray
from takeoff.models.layout import KINDS
from takeoff.models.rule import Rule
from takeoff.models.special import FloatArray, compiled

__all__ = ["Tape", "read_tape", "rows_of_tape", "tape_length"]


class Tape(NamedTuple):
    """What is kept of a world.

    Attributes
    ----------
    start
        First context of each span, and one past the last (span + 1,), see ``contexts``.
    contexts
        Weight, shift and deviation (3, context).
    own_tails, own_states, first
        Of the first project, see ``first_states``; the last weighted with the contexts.
    tails, by_kind, states
        Of a follower of each group, see ``follower_states``; the last averaged over its kinds.
    single, products
        Of all followers, see ``tally_products``.
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


_PER_CONTEXT = 3 + 6 + 4 + 4
_PER_CONTEXT_AND_GROUP = 6 * KINDS + 4 * KINDS + 4


@compiled
def rows_of_tape(rule: Rule) -> int:
    """Count the numbers kept of each context."""
    rows = _PER_CONTEXT + (rule.first_row.shape[0] - 1) * _PER_CONTEXT_AND_GROUP
    return rows + rule.numbers.shape[0] + _product_rows(rule.first_row)


@compiled
def tape_length(rule: Rule) -> int:
    """Give the length of the longest tape."""
    return 4 + most_contexts(rule) * rows_of_tape(rule)


@compiled
def _matrix(tape: FloatArray, begin: int, rows: int, columns: int) -> tuple[FloatArray, int]:
    end = begin + rows * columns
    return tape[begin:end].reshape(rows, columns), end


@compiled
def read_tape(tape: FloatArray, rule: Rule) -> Tape:
    """Lay out a vector that begins with ``start``."""
    groups, start, size = rule.first_row.shape[0] - 1, tape[:4], int(tape[3])
    contexts, at = _matrix(tape, 4, 3, size)
    own_tails, at = _matrix(tape, at, 6, size)
    own_states, at = _matrix(tape, at, 4, size)
    first, at = _matrix(tape, at, 4, size)
    tails, at = _matrix(tape, at, groups * 6, KINDS * size)
    by_kind, at = _matrix(tape, at, groups * 4, KINDS * size)
    states, at = _matrix(tape, at, groups * 4, size)
    single, at = _matrix(tape, at, rule.numbers.shape[0], size)
    products, at = _matrix(tape, at, _product_rows(rule.first_row), size)
    return Tape(
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
    )


@compiled
def _product_rows(first_row: IntArray) -> int:
    """Count the rows that ``tally_products`` fills."""
    rows, total = 1, 1
    for group in range(first_row.shape[0] - 1):
        rows *= first_row[group + 1] - first_row[group]
        total += rows
    return total
