"""Programs: a model's log density, written for the machine that runs it with its gradient.

Every number that the density works out gets an address in one memory: first the variables, then
constants, then results. What a graph does to shapes (slices, broadcasting, stacking) is done to
the addresses once, when the program is written, by the graph's own operations, and costs nothing
when it runs. Arithmetic becomes instructions (``machine``), less what is constant, what was worked
out before and what nobody asks for, number by number; the integral over histories is called as it
is.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from pytensor.compile.sharedvalue import SharedVariable
from pytensor.graph.basic import Apply, Constant, Variable
from pytensor.graph.rewriting.utils import rewrite_graph
from pytensor.graph.traversal import io_toposort
from pytensor.tensor.basic import Alloc, Join, MakeVector, ScalarFromTensor, TensorFromScalar
from pytensor.tensor.elemwise import CAReduce, DimShuffle, Elemwise
from pytensor.tensor.math import Dot
from pytensor.tensor.shape import Reshape, Shape, Shape_i, SpecifyShape
from pytensor.tensor.special import LogSoftmax, LogSumExp, Softmax
from pytensor.tensor.subtensor import (
    AdvancedSubtensor,
    IncSubtensor,
    Subtensor,
    indices_from_subtensor,
)
from pytensor.tensor.variable import TensorVariable

from takeoff.models.histories import Step, step_of
from takeoff.models.machine import OPERATIONS, back, give, run
from takeoff.models.special import FloatArray

__all__ = ["Program", "program_of"]

Addresses = np.ndarray[Any, np.dtype[np.int64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]

_NEUTRAL = {"add": 0.0, "mul": 1.0}
_MIRRORED = {"LT": "GT", "LE": "GE"}
_AS_IT_IS = ("identity", "Cast{float64}")
_ALSO = {"Any": "Max"}
_FEW = 4  # so many terms are added faster one by one
_ARRANGING = (
    Subtensor,
    AdvancedSubtensor,
    Alloc,
    DimShuffle,
    Reshape,
    SpecifyShape,
    TensorFromScalar,
    ScalarFromTensor,
)


class _NotANumberError(ArithmeticError):
    """The integral is asked for what is not a number."""


@dataclass(frozen=True)
class _Instructions:
    """Instructions from one row of the table to before another."""

    begin: int
    end: int


@dataclass(frozen=True)
class _Call:
    """A step of the integral, the addresses of its arguments, and where its results begin."""

    step: Step
    arguments: tuple[Addresses, ...]
    fixed: tuple[Any, ...]
    out: int
    count: int

    def less(self, live: Flags) -> "_Call | None":
        """Give it whole, when any of its results are asked for; then all have a place."""
        here = slice(self.out, self.out + self.count)
        live[here] = live[here].any()
        return self if live[self.out] else None


@dataclass(frozen=True)
class Program:
    """Functions of a vector, as a program.

    Attributes
    ----------
    table, places
        Instructions and the addresses they read, see ``machine``.
    parts
        What is run, in this order.
    memory
        What lies in the memory before a run: the constants.
    variables
        How many numbers the vector has; they lie first.
    results
        Addresses of each function's values, in its shape.
    """

    table: Addresses
    places: Addresses
    parts: tuple[_Instructions | _Call, ...]
    memory: FloatArray
    variables: int
    results: tuple[Addresses, ...]

    def density(self) -> Callable[[FloatArray], tuple[float, FloatArray]]:
        """Give a function from a vector to the first result, a log density, and its gradient.

        It has a memory of its own, so each thread needs another. Where the gradient is not
        finite the density is NaN, as it is where the integral is asked for what is not a number.
        """
        memory, changes = self.memory.copy(), np.empty(len(self.memory))
        result = int(self.results[0])

        def evaluate(vector: FloatArray) -> tuple[float, FloatArray]:
            memory[: self.variables] = vector
            try:
                tapes = [self._forward(part, memory) for part in self.parts]
            except _NotANumberError:
                return np.nan, np.full(self.variables, np.nan)
            changes[:] = 0.0
            changes[result] = 1.0
            for part, tape in zip(reversed(self.parts), reversed(tapes), strict=True):
                self._back(part, tape, memory, changes)
            gradient = changes[: self.variables].copy()
            finite = np.isfinite(gradient).all()
            return float(memory[result]) if finite else np.nan, gradient

        return evaluate

    def values(self, vectors: FloatArray) -> list[FloatArray]:
        """Give the results at many vectors (draw, number), each (draw, ...).

        They are NaN at a vector for which the integral is asked for what is not a number.
        """
        memory = self.memory.copy()
        values = [np.full((len(vectors), *each.shape), np.nan) for each in self.results]
        for draw, vector in enumerate(vectors):
            memory[: self.variables] = vector
            try:
                for part in self.parts:
                    self._forward(part, memory)
            except _NotANumberError:
                continue
            for value, addresses in zip(values, self.results, strict=True):
                value[draw] = memory[addresses]
        return values

    def _forward(self, part: _Instructions | _Call, memory: FloatArray) -> Any:
        if isinstance(part, _Instructions):
            run(self.table, self.places, part.begin, part.end, memory)
            return None
        given = [memory.take(places) for places in part.arguments]
        # The integral lays grids under what it is given. Under NaN there is no end to a grid, and
        # what a sampler tries that runs away would be written beyond it.
        if not all(math.isfinite(each.sum()) for each in given):
            raise _NotANumberError
        results, tape = part.step.run(given, part.fixed)
        memory[part.out : part.out + results.size] = results.ravel()
        return given, tape, results.shape

    def _back(
        self, part: _Instructions | _Call, kept: Any, memory: FloatArray, changes: FloatArray
    ) -> None:
        if isinstance(part, _Instructions):
            back(self.table, self.places, part.begin, part.end, memory, changes)
            return
        given, tape, shape = kept
        by_results = changes[part.out : part.out + shape[0] * shape[1]].reshape(shape)
        by_arguments = part.step.back(given, tape, by_results, part.fixed)
        for places, values in zip(part.arguments, by_arguments, strict=True):
            give(changes, places.ravel(), values.ravel())


def program_of(
    functions: Sequence[TensorVariable],
    variables: Sequence[TensorVariable],
    shapes: Sequence[tuple[int, ...]],
) -> Program:
    """Write the program of functions of some variables.

    Parameters
    ----------
    functions
        Their graphs; of a log density a scalar, and alone.
    variables, shapes
        The variables in the order in which they make up the vector, and the shape of each.

    Raises
    ------
    NotImplementedError
        If a graph has an operation that the machine lacks.
    """
    plain = _simplified(functions)
    writer = _Writer()
    for variable, shape in zip(variables, shapes, strict=True):
        writer.variable(variable, shape)
    for node in io_toposort(list(variables), plain):
        writer.write(node)
    return writer.program(sum(int(np.prod(shape)) for shape in shapes), plain)


def _simplified(functions: Sequence[TensorVariable]) -> list[Any]:
    """Rewrite graphs as PyTensor does before it compiles one: for accuracy in the tails."""
    rewritten: Any = rewrite_graph(
        list(functions), include=["canonicalize", "stabilize", "local_remove_check_parameter"]
    )
    return list(rewritten)


@dataclass(frozen=True)
class _Draft:
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

    def less(self, live: Flags) -> "_Draft | None":
        """Give what is left of it when only some addresses are asked for."""
        kept = live[self.out]
        if not kept.any():
            return None
        if self.terms is None:
            return _Draft(self.name, self.out[kept], tuple(each[kept] for each in self.arguments))
        place, mine = np.cumsum(kept) - 1, kept[self.terms]
        (terms,) = self.arguments
        return _Draft(self.name, self.out[kept], (terms[mine],), place[self.terms[mine]])


class _Writer:
    """Writes instructions node by node, and keeps where every variable lies."""

    def __init__(self) -> None:
        self._addresses: dict[Variable, Addresses] = {}
        self._known: dict[Variable, Any] = {}
        self._memory: list[float] = []
        self._constants: dict[float, int] = {}
        self._done: dict[tuple[str, *tuple[int, ...]], int] = {}
        self._drafts: list[_Draft | _Call] = []

    def variable(self, variable: Variable, shape: tuple[int, ...]) -> None:
        """Give a variable of the density its addresses."""
        self._addresses[variable] = self._reserve(int(np.prod(shape))).reshape(shape)

    def program(self, variables: int, results: Sequence[TensorVariable]) -> Program:
        """Give the program of what was written, less what is not needed for results."""
        wanted = [self._of(each) for each in results]
        live = np.zeros(len(self._memory), bool)
        live[:variables] = True
        for each in wanted:
            live[each] = True
        needed: list[_Draft | _Call] = []
        for draft in reversed(self._drafts):
            left = draft.less(live)
            if left is not None:
                needed.append(left)
                for each in left.arguments:
                    live[each] = True
        return _laid_out(needed[::-1], np.array(self._memory), live, variables, wanted)

    def write(self, node: Apply) -> None:
        """Write what a node does."""
        op: Any = node.op
        values = [self._value(each) for each in node.inputs]
        if all(each is not None for each in values):
            self._know(node, _performed(node, values))
        elif isinstance(op, Shape):
            self._know(node, [np.array(self._of(node.inputs[0]).shape)])
        elif isinstance(op, Shape_i):
            self._know(node, [np.array(self._of(node.inputs[0]).shape[op.i])])
        else:
            (out,) = node.outputs
            self._addresses[out] = self._written(node, values)

    def _written(self, node: Apply, values: Sequence[Any]) -> Addresses:
        op: Any = node.op
        step = step_of(op)
        if step is not None:
            return self._call(step, node, values)
        first = self._of(node.inputs[0])
        if isinstance(op, Elemwise):
            return self._elementwise(str(op.scalar_op), [self._of(each) for each in node.inputs])
        if isinstance(op, CAReduce | LogSumExp):
            return self._reduce(type(op).__name__, first, op.axis)
        if isinstance(op, Softmax | LogSoftmax):
            total = np.expand_dims(self._reduce("LogSumExp", first, op.axis), op.axis)
            logarithm = self._elementwise("sub", [first, total])
            softmax = isinstance(op, Softmax)
            return self._elementwise("exp", [logarithm]) if softmax else logarithm
        if isinstance(op, Dot):
            other = self._of(node.inputs[1])
            # Sums over the last dim of the one and the first of the other.
            one = first.reshape(*first.shape, *(1,) * (other.ndim - 1))
            products = self._elementwise("mul", [one, other])
            return self._reduce("Sum", products, (first.ndim - 1,))
        return self._arranged(node, values)

    def _arranged(self, node: Apply, values: Sequence[Any]) -> Addresses:
        """Do to addresses what a node does to the shape of numbers."""
        op: Any = node.op
        if isinstance(op, Join | MakeVector):
            count = len(node.inputs)
        elif isinstance(op, IncSubtensor):
            count = 2
        elif isinstance(op, _ARRANGING):
            count = 1
        else:
            raise NotImplementedError(f"a program cannot {op}")
        given = [self._of(each) for each in node.inputs[:count]]
        if isinstance(op, IncSubtensor) and not op.set_instead_of_inc:
            place = indices_from_subtensor(values[2:], op.idx_list)
            given[1] = self._elementwise("add", [given[0][place], given[1]])
            op = IncSubtensor(op.idx_list, set_instead_of_inc=True)
        (arranged,) = _performed(node, [*given, *values[count:]], op)
        return np.asarray(arranged).astype(np.int64)

    def _call(self, step: Step, node: Apply, values: Sequence[Any]) -> Addresses:
        arguments = tuple(self._of(each) for each in node.inputs[: step.arguments])
        (width,) = node.outputs[0].type.shape[1:]
        count = arguments[-1].shape[0]
        results = self._reserve(count * int(width))
        fixed = tuple(np.array(each) for each in values[step.arguments :])
        self._drafts.append(_Call(step, arguments, fixed, int(results[0]), len(results)))
        return results.reshape(count, -1)

    def _reserve(self, count: int) -> Addresses:
        """Give addresses that nothing has."""
        begin = len(self._memory)
        self._memory.extend([np.nan] * count)
        return np.arange(begin, begin + count)

    def _constant(self, values: Any) -> Addresses:
        array = np.asarray(values, float)
        distinct, which = np.unique(array, return_inverse=True)
        for value in distinct.tolist():
            if value not in self._constants:
                (self._constants[value],) = self._reserve(1).tolist()
                self._memory[self._constants[value]] = value
        return np.array([self._constants[value] for value in distinct.tolist()], np.int64)[
            which
        ].reshape(array.shape)

    def _know(self, node: Apply, values: Sequence[Any]) -> None:
        self._known.update(zip(node.outputs, values, strict=True))

    def _value(self, variable: Variable) -> Any:
        """Give the value of what depends on no variable of the density, else None."""
        if isinstance(variable, Constant):
            return variable.data
        if isinstance(variable, SharedVariable):
            return variable.get_value()
        return self._known.get(variable)

    def _of(self, variable: Variable) -> Addresses:
        if variable not in self._addresses:
            self._addresses[variable] = self._constant(self._value(variable))
        return self._addresses[variable]

    def _elementwise(self, name: str, arguments: Sequence[Addresses]) -> Addresses:
        """Write an elementwise operation, PyTensor's name for it given."""
        given = np.broadcast_arrays(*arguments)
        if name in _AS_IT_IS:
            return given[0]
        if name == "second":
            return given[1]
        if name == "sqr":
            return self._elementwise("mul", [given[0], given[0]])
        if name == "clip":
            raised = self._elementwise("Maximum", given[:2])
            return self._elementwise("Minimum", [raised, given[2]])
        if name in _MIRRORED:
            return self._elementwise(_MIRRORED[name], [given[1], given[0]])
        if name == "pow" and self._is_constant(given[1], 2.0).all():
            return self._elementwise("mul", [given[0], given[0]])
        if name not in OPERATIONS:
            raise NotImplementedError(f"a program cannot {name}")
        if name not in _NEUTRAL:
            return self._instruct(name, [each.ravel() for each in given]).reshape(given[0].shape)
        result = given[0].ravel()
        for each in given[1:]:
            result = self._joined(name, result, each.ravel())
        return result.reshape(given[0].shape)

    def _joined(self, name: str, one: Addresses, other: Addresses) -> Addresses:
        """Add or multiply, but for zeros and ones that are constant."""
        zero = self._constant(0.0) if name == "mul" else -1
        neutral = self._constant(_NEUTRAL[name])
        result = np.where(one == neutral, other, one)
        nothing = (one == zero) | (other == zero)
        result[nothing] = zero
        left = ~(nothing | (one == neutral) | (other == neutral))
        if left.any():
            result[left] = self._instruct(name, [one[left], other[left]])
        return result

    def _is_constant(self, addresses: Addresses, value: float) -> np.ndarray[Any, Any]:
        return np.asarray(addresses == self._constants.get(value, -1))

    def _instruct(self, name: str, arguments: Sequence[Addresses]) -> Addresses:
        """Write an instruction with one result for each of its arguments, unless it is there."""
        given = np.array(arguments)
        if name in _NEUTRAL:
            given.sort(axis=0)  # either way round it is the same sum
        asked = [(name, *each) for each in given.T.tolist()]
        new = dict.fromkeys(each for each in asked if each not in self._done)
        if new:
            out = self._reserve(len(new))
            self._done.update(zip(new, out.tolist(), strict=True))
            columns = np.array([each[1:] for each in new], np.int64).T
            self._drafts.append(_Draft(name, out, tuple(columns)))
        return np.array([self._done[each] for each in asked])

    def _reduce(self, name: str, given: Addresses, axis: Any) -> Addresses:
        """Write a reduction over some dims, or all."""
        dims = tuple(range(given.ndim)) if axis is None else tuple(np.atleast_1d(axis))
        dims = tuple(each % given.ndim for each in dims)
        kept = [each for each in range(given.ndim) if each not in dims]
        shape = tuple(given.shape[each] for each in kept)
        rows = given.transpose(*kept, *dims).reshape(int(np.prod(shape)), -1)
        if name == "Sum" and rows.shape[1] <= _FEW:
            return self._elementwise("add", list(rows.T)).reshape(shape)
        wanted = ~self._is_constant(rows, 0.0) if name == "Sum" else np.ones(rows.shape, bool)
        out = self._reserve(len(rows))
        terms = np.repeat(np.arange(len(rows)), wanted.sum(axis=1))
        self._drafts.append(_Draft(_ALSO.get(name, name), out, (rows[wanted],), terms))
        return out.reshape(shape)


def _laid_out(
    drafts: Sequence[_Draft | _Call],
    memory: FloatArray,
    live: Flags,
    variables: int,
    results: Sequence[Addresses],
) -> Program:
    """Lay drafts out as a program, in a memory of what is live."""
    moved = np.cumsum(live) - 1
    rows: list[tuple[int, ...]] = []
    places: list[Addresses] = [np.zeros(1, np.int64)]
    parts: list[_Instructions | _Call] = []
    read, begun = 1, 0
    for draft in [*drafts, None]:
        if not isinstance(draft, _Draft):
            if len(rows) > begun:
                parts.append(_Instructions(begun, len(rows)))
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


def _performed(node: Apply, values: Sequence[Any], op: Any = None) -> list[Any]:
    """Run a node of the graph by itself."""
    op = op or node.op
    storage: list[list[Any]] = [[None] for _ in node.outputs]
    op.prepare_node(node, None, None, "py")
    op.perform(node, list(values), storage)
    return [each for (each,) in storage]
