"""Writing programs (``program``): from a graph to instructions for the machine.

What a graph does to shapes (slices, broadcasting, stacking) is done to addresses once, when the
program is written, by the graph's own operations, and costs nothing when it runs. Arithmetic
becomes instructions, less what is constant, what was worked out before and what nobody asks for
(``drafts``), number by number.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
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

from takeoff.models.drafts import Draft, program_from
from takeoff.models.histories import Step, step_of
from takeoff.models.machine import OPERATIONS
from takeoff.models.program import Addresses, Call, Program

__all__ = ["program_of"]

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


class _Writer:
    """Writes instructions node by node, and keeps where every variable lies."""

    def __init__(self) -> None:
        self._addresses: dict[Variable, Addresses] = {}
        self._known: dict[Variable, Any] = {}
        self._memory: list[float] = []
        self._constants: dict[float, int] = {}
        self._done: dict[tuple[str, *tuple[int, ...]], int] = {}
        self._called: dict[tuple[Step, tuple[Any, ...]], Addresses] = {}
        self._drafts: list[Draft | Call] = []

    def variable(self, variable: Variable, shape: tuple[int, ...]) -> None:
        """Give a variable of the density its addresses."""
        self._addresses[variable] = self._reserve(int(np.prod(shape))).reshape(shape)

    def program(self, variables: int, results: Sequence[TensorVariable]) -> Program:
        """Give the program of what was written, less what is not needed for results."""
        wanted = [self._of(each) for each in results]
        drafts = self._parted()
        return program_from(drafts, np.array(self._memory), variables, wanted)

    def _parted(self) -> list[Draft | Call]:
        """Part the steps of which several begin alike: they take the beginning once."""
        calls = [each for each in self._drafts if isinstance(each, Call) and each.step.parted]
        several = {key for key, count in Counter(map(_beginning, calls)).items() if count > 1}
        begun: dict[Any, Addresses] = {}
        drafts: list[Draft | Call] = []
        for each in self._drafts:
            parted = each.step.parted if isinstance(each, Call) else None
            if not isinstance(each, Call) or parted is None or _beginning(each) not in several:
                drafts.append(each)
                continue
            (first, *others), key = each.arguments, _beginning(each)
            if key not in begun:
                begun[key] = self._reserve(parted.between(*each.fixed))
                told = begun[key]
                drafts.append(Call(parted.first, (first,), each.fixed, int(told[0]), len(told)))
            drafts.append(replace(each, step=parted.rest, arguments=(first, begun[key], *others)))
        return drafts

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
        fixed = tuple(np.array(each) for each in values[step.arguments :])
        call = (step, tuple((each.shape, each.tobytes()) for each in (*arguments, *fixed)))
        if call not in self._called:
            (width,) = node.outputs[0].type.shape[1:]
            count = arguments[-1].shape[0]
            results = self._reserve(count * int(width))
            self._drafts.append(Call(step, arguments, fixed, int(results[0]), len(results)))
            self._called[call] = results.reshape(count, -1)
        return self._called[call]

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
            self._drafts.append(Draft(name, out, tuple(columns)))
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
        self._drafts.append(Draft(_ALSO.get(name, name), out, (rows[wanted],), terms))
        return out.reshape(shape)


def _beginning(call: Call) -> Any:
    """Tell calls apart by step, first argument and what is fixed."""
    return call.step, call.arguments[0].tobytes(), tuple(each.tobytes() for each in call.fixed)


def _performed(node: Apply, values: Sequence[Any], op: Any = None) -> list[Any]:
    """Run a node of the graph by itself."""
    op = op or node.op
    storage: list[list[Any]] = [[None] for _ in node.outputs]
    op.prepare_node(node, None, None, "py")
    op.perform(node, list(values), storage)
    return [each for (each,) in storage]
