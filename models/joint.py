"""All projects together: how many end aligned, misaligned and absent.

Followers with the same margin are alike in every context, so what matters of a group of n is how
many of it end in each state: (n+1)(n+2)/2 *tallies* in place of 3^n histories. The joint over
tallies is built group by group by products, then summed over contexts, once for each way in
which the first project ends.

``Tallies`` holds all that depends on the scenario alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np

from takeoff.models.layout import ABSENT, ALIGNED, MISALIGNED
from takeoff.models.special import FloatArray, compiled

__all__ = [
    "BRANCH",
    "ENDS",
    "ROW_START",
    "ROW_STOP",
    "IntArray",
    "Tallies",
    "joint",
    "joint_reverse",
    "tallies",
    "tally_products",
    "tally_products_reverse",
]

IntArray = np.ndarray[tuple[int, ...], np.dtype[np.int64]]

ENDS = (ALIGNED, MISALIGNED, MISALIGNED, ABSENT)
"""How the first project ends, by its row in ``first_states``."""
BRANCH = (ALIGNED, ALIGNED, MISALIGNED, ABSENT)
"""What the first project fielded, by the same row."""
ROW_START = (0, 0, 1, 1)
ROW_STOP = (1, 1, 2, 3)
"""The spans of contexts of the same row: its candidate was aligned and helps followers; it was
misaligned; it was aligned and not fielded. A project without a system had either of the last two.
"""
_ROWS_OF_SPAN = ((0, 1), (2, 3), (2, 3))
"""The rows that each span is summed for, two in one pass; in the last, row 2 is 0 throughout."""


@dataclass(frozen=True)
class Tallies:
    """Tables of one scenario's tallies.

    Attributes
    ----------
    group
        Group of each follower (follower,), counted from 0.
    first_row
        Row of ``numbers`` at which each group starts, and one past the last (group + 1,).
    numbers
        How many of a group end aligned, misaligned, absent: (tally of any group, 3).
    size
        Number of tallies of all followers together: the product over groups.
    histories
        One row for each history of the followers' ends (3^followers, 3): its tally of all
        followers, and the sets of aligned and of misaligned followers as bits 1 and up.
    cell
        For each end of the first project and each tally, the cell of the outcome table
        (3, tally).
    cells
        Of each cell, how many of all projects end misaligned and how many aligned (cell, 2).
    """

    group: IntArray
    first_row: IntArray
    numbers: IntArray
    size: int
    histories: IntArray
    cell: IntArray
    cells: IntArray


def _numbers(members: int) -> list[tuple[int, int, int]]:
    return [
        (aligned, misaligned, members - aligned - misaligned)
        for aligned in range(members + 1)
        for misaligned in range(members + 1 - aligned)
    ]


@cache
def tallies(group: tuple[int, ...]) -> Tallies:
    """Tabulate the tallies of followers, given the group of each."""
    followers = len(group)
    groups = max(group, default=-1) + 1
    by_group = [_numbers(group.count(each)) for each in range(groups)]
    index = [{numbers: row for row, numbers in enumerate(rows)} for rows in by_group]
    first_row = np.cumsum([0, *(len(rows) for rows in by_group)])
    size = int(np.prod([len(rows) for rows in by_group], dtype=int))

    histories = np.zeros((3**followers, 3), int)
    for row, ends in enumerate(product((ALIGNED, MISALIGNED, ABSENT), repeat=followers)):
        tally = 0
        for each in range(groups):
            mine = [end for end, owner in zip(ends, group, strict=True) if owner == each]
            numbers = (mine.count(ALIGNED), mine.count(MISALIGNED), mine.count(ABSENT))
            tally = tally * len(by_group[each]) + index[each][numbers]
        histories[row] = tally, _bits(ends, ALIGNED), _bits(ends, MISALIGNED)

    projects = followers + 1
    cells = [
        (misaligned, aligned)
        for misaligned in range(projects + 1)
        for aligned in range(projects + 1 - misaligned)
    ]
    cell_of = {numbers: row for row, numbers in enumerate(cells)}
    cell = np.zeros((3, size), int)
    for tally, aligned_bits, misaligned_bits in histories:
        aligned, misaligned = aligned_bits.bit_count(), misaligned_bits.bit_count()
        cell[ALIGNED, tally] = cell_of[misaligned, aligned + 1]
        cell[MISALIGNED, tally] = cell_of[misaligned + 1, aligned]
        cell[ABSENT, tally] = cell_of[misaligned, aligned]
    return Tallies(
        group=np.array(group, int),
        first_row=first_row.astype(int),
        numbers=np.array([each for rows in by_group for each in rows], int).reshape(-1, 3),
        size=size,
        histories=histories,
        cell=cell,
        cells=np.array(cells, int),
    )


def _bits(ends: Sequence[int], wanted: int) -> int:
    return sum(2 << follower for follower, end in enumerate(ends) if end == wanted)


@compiled
def _powers(states: FloatArray, highest: int) -> FloatArray:
    """Raise the first three rows of states to the powers 0 to highest: (3, power, context)."""
    powers = np.empty((3, highest + 1, states.shape[1]))
    powers[:, 0] = 1.0
    for state in range(3):
        for power in range(highest):
            for k in range(states.shape[1]):
                powers[state, power + 1, k] = powers[state, power, k] * states[state, k]
    return powers


@compiled
def tally_products(
    states: FloatArray,
    first_row: IntArray,
    numbers: IntArray,
    single: FloatArray,
    products: FloatArray,
) -> None:
    """Fill the probability of each tally's histories, one of them, in each context.

    ``states`` (group, state, context). ``single`` (tally of any group, context) is the product
    within a group; ``products`` (rows, context) is built group by group: one row of ones, then a
    row for each tally of the first group, of the first two groups together, and so on.
    """
    contexts = states.shape[2]
    products[0] = 1.0
    before, rows = 0, 1
    for group in range(first_row.shape[0] - 1):
        start, stop = first_row[group], first_row[group + 1]
        powers = _powers(states[group], np.max(numbers[start]))
        for row in range(start, stop):
            good = powers[0, numbers[row, 0]]
            bad = powers[1, numbers[row, 1]]
            none = powers[2, numbers[row, 2]]
            mine = single[row]
            for k in range(contexts):
                mine[k] = good[k] * bad[k] * none[k]
        for earlier in range(rows):
            old = products[before + earlier]
            for row in range(start, stop):
                mine = single[row]
                new = products[before + rows + earlier * (stop - start) + row - start]
                for k in range(contexts):
                    new[k] = old[k] * mine[k]
        before += rows
        rows *= stop - start


@compiled
def tally_products_reverse(
    states: FloatArray,
    first_row: IntArray,
    numbers: IntArray,
    single: FloatArray,
    products: FloatArray,
    d_products: FloatArray,
    d_states: FloatArray,
) -> None:
    """Carry derivatives by the last group's ``products`` back to ``states``.

    ``d_products`` holds zeros in the rows of earlier groups; they are filled on the way.
    """
    contexts = states.shape[2]
    end = products.shape[0]
    d_mine = np.empty(contexts)
    for group in range(first_row.shape[0] - 2, -1, -1):
        start, stop = first_row[group], first_row[group + 1]
        rows = 1
        for other in range(group):
            rows *= first_row[other + 1] - first_row[other]
        begin = end - rows * (stop - start)
        powers = _powers(states[group], np.max(numbers[start]))
        for row in range(start, stop):
            mine = single[row]
            d_mine[:] = 0.0
            for earlier in range(rows):
                old = products[begin - rows + earlier]
                d_old = d_products[begin - rows + earlier]
                d_new = d_products[begin + earlier * (stop - start) + row - start]
                for k in range(contexts):
                    d_mine[k] += d_new[k] * old[k]
                    d_old[k] += d_new[k] * mine[k]
            for state in range(3):
                times = numbers[row, state]
                if times > 0:
                    lowered = powers[state, times - 1]
                    one = powers[(state + 1) % 3, numbers[row, (state + 1) % 3]]
                    other_one = powers[(state + 2) % 3, numbers[row, (state + 2) % 3]]
                    d_state = d_states[group, state]
                    for k in range(contexts):
                        d_state[k] += times * d_mine[k] * lowered[k] * one[k] * other_one[k]
        end = begin


@compiled
def joint(first: FloatArray, spans: IntArray, products: FloatArray, masses: FloatArray) -> None:
    """Sum over contexts: fill ``masses`` (first project's row, tally).

    ``first`` (row, context) carries the contexts' weights; ``spans`` (span, 2) gives where the
    contexts of each span begin and end. Rows of the same contexts are summed in one pass, which
    reads the products once.
    """
    size = masses.shape[1]
    offset = products.shape[0] - size
    for tally in range(size):
        product = products[offset + tally]
        for row in range(4):
            masses[row, tally] = 0.0
        for span in range(3):
            here = slice(spans[span, 0], spans[span, 1])
            one, other = _ROWS_OF_SPAN[span]
            of_one, of_other, factor = first[one, here], first[other, here], product[here]
            total, more = 0.0, 0.0
            for k in range(factor.shape[0]):
                total += of_one[k] * factor[k]
                more += of_other[k] * factor[k]
            masses[one, tally] += total
            masses[other, tally] += more


@compiled
def joint_reverse(
    first: FloatArray,
    spans: IntArray,
    products: FloatArray,
    d_masses: FloatArray,
    d_first: FloatArray,
    d_products: FloatArray,
) -> None:
    """Add derivatives by ``masses`` to those by the first project; fill those by the products.

    Of ``d_products``, the last group's rows in the spans' contexts are filled.
    """
    size = d_masses.shape[1]
    offset = products.shape[0] - size
    for tally in range(size):
        product, d_product = products[offset + tally], d_products[offset + tally]
        for span in range(3):
            here = slice(spans[span, 0], spans[span, 1])
            one, other = _ROWS_OF_SPAN[span]
            of_one, of_other, factor = first[one, here], first[other, here], product[here]
            d_one, d_other, d_factor = d_first[one, here], d_first[other, here], d_product[here]
            by_one, by_other = d_masses[one, tally], d_masses[other, tally]
            for k in range(factor.shape[0]):
                d_one[k] += by_one * factor[k]
                d_other[k] += by_other * factor[k]
                d_factor[k] = by_one * of_one[k] + by_other * of_other[k]
