"""The integral over histories as operations of a PyTensor graph, with their gradients.

``histories`` takes worlds as a matrix and gives a `Histories`: the joint distribution of what the
first project fielded and how many projects end misaligned and aligned, with the results of the
contest in each cell. ``shared_histories`` does so for worlds that share all but margin and offense,
in two steps: how projects end, then who wins (by cell, or by how many are misaligned).
``histories_in_blocks`` does so for blocks of such worlds, and has no gradient.

In a graph these operations are interpreted, one after the other. The sampler runs the steps
themselves (``program``), where the way forward leaves a *tape* to the way back, which then need
not integrate again. Evaluation makes no tape: it would take a megabyte a world.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import pytensor.tensor as pt
from pytensor.gradient import disconnected_type
from pytensor.graph.basic import Apply
from pytensor.graph.op import Op
from pytensor.tensor.variable import TensorVariable

from takeoff.models.blocks import integrate_in_blocks
from takeoff.models.contest import FEATURES
from takeoff.models.counts import count, count_reverse
from takeoff.models.integral import (
    decide,
    decide_reverse,
    integrate,
    integrate_from_tape,
    integrate_on_tape,
    integrate_reverse,
    table_width,
)
from takeoff.models.joint import BRANCH, IntArray, Tallies, tallies
from takeoff.models.nodes import Nodes, Precision, grid_nodes, nodes
from takeoff.models.rule import PARTS_OF_RULE, rule_of
from takeoff.models.shared import (
    read_from_tape,
    read_on_tape,
    share,
    share_from_tape,
    share_on_tape,
    share_reverse,
    sharing_of,
    size_told,
    tell_from_tape,
    tell_on_tape,
)
from takeoff.models.special import FloatArray
from takeoff.models.story import FOLLOWER_COLUMNS, ROWS

__all__ = [
    "Histories",
    "Parted",
    "Step",
    "histories",
    "histories_in_blocks",
    "shared_ends",
    "shared_histories",
    "step_of",
]

_SMALLEST_BLOCK = 8
"""So many worlds take as long apart as their grid does."""


@dataclass(frozen=True)
class Histories:
    """The joint of all projects' ends, over worlds.

    Attributes
    ----------
    table
        Dims (world, branch, cell, feature): branch is what the first project fielded (aligned,
        misaligned, nothing), a cell how many projects end misaligned and aligned, the features
        those of ``contest.FEATURES``, each weighted with the histories' probability.
    misaligned, aligned
        How many projects end misaligned and aligned in each cell (cell,).
    counts
        The table summed over branches and cells with as many misaligned (world, misaligned,
        feature). Where worlds share the integral it costs less than the table.
    first
        Probability of what the first project fielded (world, branch).
    follower
        Dims (world, number): P(first and second aligned), P(first aligned, second fielded), and
        the same with the first misaligned.
    only
        Give those of some of the worlds, by their rows. Where worlds share the integral it costs
        the contest of these worlds and no more.
    """

    table: TensorVariable
    misaligned: np.ndarray
    aligned: np.ndarray
    counts: TensorVariable
    first: TensorVariable
    follower: TensorVariable
    only: "Callable[[IntArray], Histories]"


def histories(worlds: TensorVariable, group: tuple[int, ...], precision: Precision) -> Histories:
    """Integrate over the histories of worlds (world, number), numbers as in ``layout``."""
    tables = tallies(group)
    integral = _Integral("apart", table_width(tables))
    return _histories(tables, integral(worlds, *_fixed(tables, nodes(precision))))


def shared_histories(
    common: TensorVariable,
    margin: TensorVariable,
    offense: TensorVariable,
    group: tuple[int, ...],
) -> Histories:
    """Integrate over the histories of worlds that share all but margin and offense.

    ``common`` (number,) are numbers as in ``layout``; each world's ``margin`` (world,) is added
    to all its margins, and ``offense`` (world,) is its own. As precise as "fit".
    """
    return _decided(common, shared_ends(common, margin, group), offense, tallies(group))


def _decided(
    common: TensorVariable, ends: TensorVariable, offense: TensorVariable, tables: Tallies
) -> Histories:
    """Let the contest decide worlds that differ in ends (world, end) and offense (world,)."""
    fixed = _fixed(tables, grid_nodes())
    results = _Integral("decide", table_width(tables))(common, ends, offense, *fixed)
    most = int(tables.cells[:, 0].max())
    counts = _Integral("count", (most + 1) * len(FEATURES))(common, ends, offense, *fixed)
    return Histories(
        _table(tables, results),
        tables.cells[:, 0],
        tables.cells[:, 1],
        counts.reshape((-1, most + 1, len(FEATURES))),
        _first(tables, ends),
        ends[:, -FOLLOWER_COLUMNS:],
        lambda rows: _decided(common, ends[rows], offense[rows], tables),
    )


def shared_ends(
    common: TensorVariable, margin: TensorVariable, group: tuple[int, ...]
) -> TensorVariable:
    """Tell how histories end in worlds that share all but margin and offense: (world, end)."""
    tables = tallies(group)
    sharing = [pt.constant(each) for each in sharing_of(tables)]
    fixed = _fixed(tables, grid_nodes())
    return _Integral("share", _ends_width(tables))(common, margin, *sharing, *fixed)


def histories_in_blocks(
    worlds: TensorVariable, block: TensorVariable, group: tuple[int, ...]
) -> Histories:
    """Integrate over the histories of worlds (world, number), numbers as in ``layout``.

    Each ``block`` of worlds, one after the other, shares all but margin and offense, and where
    blocks are large the integral. As precise as "fit".
    """
    tables = tallies(group)
    sharing = [pt.constant(each) for each in sharing_of(tables)]
    apart, together = _fixed(tables, nodes("fit")), _fixed(tables, grid_nodes())
    integral = _InBlocks(table_width(tables))
    return _histories(tables, integral(worlds, block, *sharing, *together, *apart))


def _ends_width(tables: Tallies) -> int:
    return ROWS * tables.size + FOLLOWER_COLUMNS


def _fixed(tables: Tallies, rule: Nodes) -> list[TensorVariable]:
    return [pt.constant(each) for each in rule_of(tables, rule)]


def _histories(tables: Tallies, results: TensorVariable) -> Histories:
    table, (misaligned, aligned) = _table(tables, results), tables.cells.T
    begins = np.searchsorted(misaligned, np.arange(misaligned.max() + 2)).tolist()
    cells = table.sum(axis=1)
    counts = [cells[:, begin:end].sum(axis=1) for begin, end in pairwise(begins)]
    return Histories(
        table,
        misaligned,
        aligned,
        pt.stack(counts, axis=1),
        table[..., 0].sum(axis=2),
        results[:, -FOLLOWER_COLUMNS:],
        lambda rows: _histories(tables, results[rows]),
    )


def _table(tables: Tallies, results: TensorVariable) -> TensorVariable:
    return results[:, :-FOLLOWER_COLUMNS].reshape((-1, 3, len(tables.cells), len(FEATURES)))


def _first(tables: Tallies, ends: TensorVariable) -> TensorVariable:
    """Sum the ends over what follows what the first project fielded."""
    histories = np.bincount(tables.histories[:, 0], minlength=tables.size)
    rows = (ends[:, :-FOLLOWER_COLUMNS].reshape((-1, ROWS, tables.size)) * histories).sum(axis=2)
    branch = np.array(BRANCH)
    return pt.stack([rows[:, branch == each].sum(axis=1) for each in range(3)], axis=1)


Kind = Literal["apart", "share", "decide", "count"]


@dataclass(frozen=True)
class Step:
    """The compiled functions of a step: from its arguments that matter to results, and back.

    Attributes
    ----------
    arguments
        How many arguments have derivatives; the others are fixed.
    forward, reverse
        To results, and derivatives back; None for a step that programs alone take.
    on_tape, from_tape
        The same where results leave a tape; None for a step that needs none.
    parted
        Two steps that do the same: one from the first argument alone, and one from the first
        argument, what the other gave, and the rest. None where there are none.
    """

    arguments: int
    forward: Any
    reverse: Any
    on_tape: Any = None
    from_tape: Any = None
    parted: "Parted | None" = None

    def run(self, arguments: Sequence[FloatArray], fixed: Sequence[Any]) -> tuple[FloatArray, Any]:
        """Give results, and a tape for the way back."""
        if self.on_tape is None:
            return self.forward(*arguments, *fixed), None
        results, tape = self.on_tape(*arguments, *fixed)
        return results, tape

    def back(
        self,
        arguments: Sequence[FloatArray],
        tape: Any,
        d_results: FloatArray,
        fixed: Sequence[Any],
    ) -> Sequence[FloatArray]:
        """Carry derivatives by results back to each argument."""
        if self.on_tape is None:
            back = self.reverse(*arguments, d_results, *fixed)
        else:
            back = self.from_tape(*arguments, tape, d_results, *fixed)
        return [back] if self.arguments == 1 else back


@dataclass(frozen=True)
class Parted:
    """A step in two, of which steps that begin alike take the first but once.

    Attributes
    ----------
    first, rest
        The two.
    between
        Counts what the first gives, from the fixed arguments.
    """

    first: Step
    rest: Step
    between: Callable[..., int]


_PARTED = Parted(
    first=Step(1, None, None, tell_on_tape, tell_from_tape),
    rest=Step(3, None, None, read_on_tape, read_from_tape),
    between=size_told,
)
_STEPS: dict[Kind, Step] = {
    "apart": Step(1, integrate, integrate_reverse, integrate_on_tape, integrate_from_tape),
    "share": Step(2, share, share_reverse, share_on_tape, share_from_tape, _PARTED),
    "decide": Step(3, decide, decide_reverse),
    "count": Step(3, count, count_reverse),
}


def step_of(op: Op) -> Step | None:
    """Give the step that an operation of a graph takes, if it is not the machine's own."""
    kernel = getattr(op, "kernel", None)
    return kernel if isinstance(kernel, Step) else None


def _contiguous(arrays: Sequence[Any]) -> list[FloatArray]:
    return [np.ascontiguousarray(each) for each in arrays]


class _Integral(Op):
    """Worlds and the fixed inputs to results (world, result), as ``integral`` lays them out."""

    __props__ = ("kind", "width")

    def __init__(self, kind: Kind, width: int) -> None:
        self.kind: Kind = kind
        self.width = width
        self.kernel = _STEPS[kind]

    def make_node(self, *inputs: Any) -> Apply:
        """Make the node of one application."""
        worlds = inputs[self.kernel.arguments - 1].type.shape[0]
        results = pt.tensor(dtype="float64", shape=(worlds, self.width))
        return Apply(self, list(inputs), [results])

    def perform(self, node: Apply, inputs: Any, outputs: Any) -> None:
        """Integrate."""
        outputs[0][0] = self.kernel.forward(*_contiguous(inputs))

    def pullback(self, inputs: Any, outputs: Any, cotangents: Any) -> list[Any]:
        """Carry derivatives by results back to worlds."""
        worlds = self.kernel.arguments
        back = _IntegralReverse(self.kind)(*inputs[:worlds], cotangents[0], *inputs[worlds:])
        back = back if worlds > 1 else [back]
        return [*back, *(disconnected_type() for _ in inputs[worlds:])]

    def connection_pattern(self, node: Apply) -> list[list[bool]]:
        """Say that results depend on worlds alone: the rest is fixed."""
        return [[place < self.kernel.arguments] for place in range(len(node.inputs))]


class _InBlocks(Op):
    """Worlds and the length of their blocks to results, as ``integral`` lays them out."""

    __props__ = ("width",)

    def __init__(self, width: int) -> None:
        self.width = width

    def make_node(self, *inputs: Any) -> Apply:
        """Make the node of one application."""
        return Apply(self, list(inputs), [pt.tensor(dtype="float64", shape=(None, self.width))])

    def perform(self, node: Apply, inputs: Any, outputs: Any) -> None:
        """Integrate."""
        block, (worlds, *fixed) = inputs[1], _contiguous([inputs[0], *inputs[2:]])
        if block < _SMALLEST_BLOCK:
            outputs[0][0] = integrate(worlds, *fixed[-PARTS_OF_RULE:])
        else:
            outputs[0][0] = integrate_in_blocks(worlds, int(block), *fixed)


class _IntegralReverse(Op):
    """Worlds and derivatives by their results to derivatives by the worlds."""

    __props__ = ("kind",)

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.kernel = _STEPS[kind]

    def make_node(self, *inputs: Any) -> Apply:
        """Make the node of one application."""
        return Apply(self, list(inputs), [each.type() for each in inputs[: self.kernel.arguments]])

    def perform(self, node: Apply, inputs: Any, outputs: Any) -> None:
        """Carry derivatives back."""
        _store(outputs, self.kernel.reverse(*_contiguous(inputs)))


def _store(outputs: Any, values: Any) -> None:
    for place, value in zip(
        outputs, values if isinstance(values, tuple) else [values], strict=True
    ):
        place[0] = value
