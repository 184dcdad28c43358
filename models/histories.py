"""The integral over histories as one operation of a PyTensor graph, with its gradient.

``histories`` takes worlds as a matrix and gives a `Histories`: the joint distribution of what the
first project fielded and how many projects end misaligned and aligned, with the results of the
contest in each cell.

Where a graph asks for the results and for their gradient, a rewrite replaces both operations by a
pair of which the first leaves a *tape* to the second, which then need not integrate again.
Evaluation makes no tape: it would take a megabyte a world.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from os import process_cpu_count
from typing import Any

import numpy as np
import pytensor.tensor as pt
from pytensor.gradient import disconnected_type
from pytensor.graph.basic import Apply
from pytensor.graph.op import Op
from pytensor.graph.rewriting.basic import node_rewriter
from pytensor.link.numba.dispatch.basic import (
    numba_njit,
    register_funcify_default_op_cache_key,
)
from pytensor.tensor.rewriting.basic import register_specialize
from pytensor.tensor.variable import TensorVariable

from takeoff.models.contest import FEATURES
from takeoff.models.integral import (
    FOLLOWER_COLUMNS,
    constants,
    integrate,
    integrate_from_tape,
    integrate_on_tape,
    integrate_reverse,
    table_width,
)
from takeoff.models.joint import tallies
from takeoff.models.nodes import Precision, nodes
from takeoff.models.special import FloatArray, sources_stamp

__all__ = ["Histories", "histories"]


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
    follower
        Dims (world, number): P(first and second aligned), P(first aligned, second fielded), and
        the same with the first misaligned.
    """

    table: TensorVariable
    misaligned: np.ndarray
    aligned: np.ndarray
    follower: TensorVariable


def histories(worlds: TensorVariable, group: tuple[int, ...], precision: Precision) -> Histories:
    """Integrate over the histories of worlds (world, number), numbers as in ``layout``."""
    tables = tallies(group)
    fixed = [pt.constant(each) for each in constants(tables, nodes(precision))]
    results = _Integral(table_width(tables))(worlds, *fixed)
    shape = (-1, 3, len(tables.cells), len(FEATURES))
    table = results[:, :-FOLLOWER_COLUMNS].reshape(shape)
    return Histories(table, tables.cells[:, 0], tables.cells[:, 1], results[:, -FOLLOWER_COLUMNS:])


class _Integral(Op):
    """Worlds (world, number) to results (world, result), as ``integral`` lays them out."""

    __props__ = ("width",)

    def __init__(self, width: int) -> None:
        self.width = width

    def make_node(self, worlds: Any, *fixed: Any) -> Apply:
        """Make the node of one application."""
        result = pt.tensor(dtype="float64", shape=(worlds.type.shape[0], self.width))
        return Apply(self, [worlds, *fixed], [result])

    def perform(self, node: Apply, inputs: Any, outputs: Any) -> None:
        """Integrate, with as many threads as there are processors."""
        worlds, *fixed = inputs
        outputs[0][0] = _in_threads(lambda part: integrate(part, *fixed), worlds)

    def pullback(self, inputs: Any, outputs: Any, cotangents: Any) -> list[Any]:
        """Carry derivatives by results back to worlds."""
        return [
            _IntegralReverse()(*inputs, cotangents[0]),
            *(disconnected_type() for _ in inputs[1:]),
        ]

    def connection_pattern(self, node: Apply) -> list[list[bool]]:
        """Say that results depend on worlds alone: the rest is fixed."""
        return [[True], *([False] for _ in node.inputs[1:])]


class _IntegralReverse(Op):
    """Worlds and derivatives by their results to derivatives by the worlds."""

    __props__ = ()

    def make_node(self, worlds: Any, *rest: Any) -> Apply:
        """Make the node of one application."""
        result = pt.tensor(dtype="float64", shape=worlds.type.shape)
        return Apply(self, [worlds, *rest], [result])

    def perform(self, node: Apply, inputs: Any, outputs: Any) -> None:
        """Carry derivatives back."""
        outputs[0][0] = integrate_reverse(*(np.ascontiguousarray(each) for each in inputs))


class _IntegralOnTape(Op):
    """Worlds to results, and a tape for ``_IntegralFromTape``."""

    __props__ = ("width",)

    def __init__(self, width: int) -> None:
        self.width = width

    def make_node(self, worlds: Any, *fixed: Any) -> Apply:
        """Make the node of one application."""
        result = pt.tensor(dtype="float64", shape=(worlds.type.shape[0], self.width))
        return Apply(self, [worlds, *fixed], [result, pt.matrix(dtype="float64")])

    def perform(self, node: Apply, inputs: Any, outputs: Any) -> None:
        """Integrate."""
        worlds, *fixed = inputs
        outputs[0][0], outputs[1][0] = integrate_on_tape(np.ascontiguousarray(worlds), *fixed)


class _IntegralFromTape(Op):
    """Worlds, tape and derivatives by the results to derivatives by the worlds."""

    __props__ = ()

    def make_node(self, worlds: Any, *rest: Any) -> Apply:
        """Make the node of one application."""
        result = pt.tensor(dtype="float64", shape=worlds.type.shape)
        return Apply(self, [worlds, *rest], [result])

    def perform(self, node: Apply, inputs: Any, outputs: Any) -> None:
        """Carry derivatives back."""
        outputs[0][0] = integrate_from_tape(*(np.ascontiguousarray(each) for each in inputs))


@register_specialize
@node_rewriter([_IntegralReverse])
def _leave_a_tape(fgraph: Any, node: Apply) -> Any:
    worlds, *fixed, d_results = node.inputs
    for other, _ in fgraph.clients[worlds]:
        if isinstance(other.op, _Integral) and other.inputs == [worlds, *fixed]:
            results, tape = _IntegralOnTape(other.op.width)(worlds, *fixed)
            d_worlds = _IntegralFromTape()(worlds, tape, d_results, *fixed)
            return {other.outputs[0]: results, node.outputs[0]: d_worlds}
    return None


@register_funcify_default_op_cache_key(_Integral)
def _integral_in_numba(op: _Integral, **_: Any) -> tuple[Any, int]:
    @numba_njit
    def integral(worlds, *fixed):  # type: ignore[no-untyped-def]
        return integrate(np.ascontiguousarray(worlds), *fixed)

    return integral, _CACHE_VERSION


@register_funcify_default_op_cache_key(_IntegralReverse)
def _integral_reverse_in_numba(op: _IntegralReverse, **_: Any) -> tuple[Any, int]:
    @numba_njit
    def integral_reverse(worlds, *rest):  # type: ignore[no-untyped-def]
        return integrate_reverse(
            np.ascontiguousarray(worlds), *rest[:-1], np.ascontiguousarray(rest[-1])
        )

    return integral_reverse, _CACHE_VERSION


@register_funcify_default_op_cache_key(_IntegralOnTape)
def _integral_on_tape_in_numba(op: _IntegralOnTape, **_: Any) -> tuple[Any, int]:
    @numba_njit
    def integral_on_tape(worlds, *fixed):  # type: ignore[no-untyped-def]
        return integrate_on_tape(np.ascontiguousarray(worlds), *fixed)

    return integral_on_tape, _CACHE_VERSION


@register_funcify_default_op_cache_key(_IntegralFromTape)
def _integral_from_tape_in_numba(op: _IntegralFromTape, **_: Any) -> tuple[Any, int]:
    @numba_njit
    def integral_from_tape(worlds, tape, d_results, *fixed):  # type: ignore[no-untyped-def]
        return integrate_from_tape(
            np.ascontiguousarray(worlds), tape, np.ascontiguousarray(d_results), *fixed
        )

    return integral_from_tape, _CACHE_VERSION


_CACHE_VERSION = int(sources_stamp()[:8], 16)


def _in_threads(part: Callable[[FloatArray], FloatArray], worlds: FloatArray) -> FloatArray:
    threads = min(process_cpu_count() or 1, max(1, len(worlds) // 64))
    pieces = [np.ascontiguousarray(each) for each in np.array_split(worlds, 8 * threads)]
    if threads == 1:
        return part(np.ascontiguousarray(worlds))
    with ThreadPoolExecutor(threads) as pool:
        return np.concatenate(list(pool.map(part, pieces)))
