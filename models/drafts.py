"""Drafts of a program's instructions, and the program that is laid out from those that are needed.

While a graph is gone through nobody knows which of its numbers will be asked for: of a table that
is worked out for all experts, a few answers may be. So instructions are drafted first, then gone
through from the last to the first, and what nobody asks for is left out, number by number.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from takeoff.models.machine import OPERATIONS
from takeoff.models.program import Addresses, Call, Flags, Instructions, Program
from takeoff.models.special import FloatArray

__all__ = ["Draft", "program_from"]


@dataclass(frozen=True)
class Draft:
    """An instruction before it is known who asks for its results.

    Attributes
    ----------
    name
        Of the operation.
    out
        Addresses of its results (result,).
    arguments
        Addresses of each argument (result,), or of a reduction those of all its terms.
    terms
        Of a reduction, which result each term goes to (term,).
    """

    name: str
    out: Addresses
    arguments: tuple[Addresses, ...]
    terms: Addresses | None = None

    def less(self, live: Flags) -> "Draft | None":
        """Give what is left of it when only some addresses are asked for."""
        kept = live[self.out]
        if not kept.any():
            return None
        if self.terms is None:
            return Draft(self.name, self.out[kept], tuple(each[kept] for each in self.arguments))
        place, mine = np.cumsum(kept) - 1, kept[self.terms]
        (terms,) = self.arguments
        return Draft(self.name, self.out[kept], (terms[mine],), place[self.terms[mine]])


def program_from(
    drafts: Sequence[Draft | Call],
    memory: FloatArray,
    variables: int,
    results: Sequence[Addresses],
) -> Program:
    """Give the program of drafts, in the order in which they run, less what results do not need."""
    live = np.zeros(len(memory), bool)
    live[:variables] = True
    for each in results:
        live[each] = True
    needed: list[Draft | Call] = []
    for draft in reversed(drafts):
        left = draft.less(live)
        if left is not None:
            needed.append(left)
            for each in left.arguments:
                live[each] = True
    return _laid_out(needed[::-1], memory, live, variables, results)


def _laid_out(
    drafts: Sequence[Draft | Call],
    memory: FloatArray,
    live: Flags,
    variables: int,
    results: Sequence[Addresses],
) -> Program:
    """Lay drafts out as a program, in a memory of what is live."""
    moved = np.cumsum(live) - 1
    rows: list[tuple[int, ...]] = []
    places: list[Addresses] = [np.zeros(1, np.int64)]
    parts: list[Instructions | Call] = []
    read, begun = 1, 0
    for draft in [*drafts, None]:
        if not isinstance(draft, Draft):
            if len(rows) > begun:
                parts.append(Instructions(begun, len(rows)))
                begun = len(rows)
            if draft is not None:
                arguments = tuple(moved[each] for each in draft.arguments)
                parts.append(replace(draft, arguments=arguments, out=int(moved[draft.out])))
            continue
        given = [moved[each] for each in draft.arguments]
        if draft.terms is not None:
            given.append(np.searchsorted(draft.terms, np.arange(len(draft.out) + 1)))
        begins = []
        for each in given:
            begins.append(read)
            places.append(each)
            read += len(each)
        begins += begins[:1] * (3 - len(begins))
        rows.append((OPERATIONS[draft.name], int(moved[draft.out[0]]), len(draft.out), *begins))
    return Program(
        table=np.array(rows, np.int64).reshape(-1, 6),
        # Half the bytes leave room for the rest in the processor's cache, and numbers that
        # cannot be negative need not be looked at to tell from which end they count.
        places=np.concatenate(places).astype(np.uint32),
        parts=tuple(parts),
        memory=memory[live],
        variables=variables,
        results=tuple(moved[each] for each in results),
    )
