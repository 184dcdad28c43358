"""Programs: a model's log density, written for the machine that runs it with its gradient.

Every number that the density works out has an address in one memory: first the variables, then
constants and results. Arithmetic is instructions (``machine``); the integral over histories is
called as it is. ``writer`` writes programs.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from takeoff.models.histories import Step
from takeoff.models.machine import back, give, run
from takeoff.models.special import FloatArray

__all__ = ["Addresses", "Call", "Density", "Flags", "Instructions", "Program"]

Addresses = np.ndarray[Any, np.dtype[np.int64]]
Places = np.ndarray[Any, np.dtype[np.uint32]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]
Density = Callable[[FloatArray], tuple[float, FloatArray]]
"""From a point to its log density and the gradient."""


class _NotANumberError(ArithmeticError):
    """The integral is asked for what is not a number."""


@dataclass(frozen=True)
class Instructions:
    """Instructions from one row of the table to before another."""

    begin: int
    end: int


@dataclass(frozen=True)
class Call:
    """A step of the integral, the addresses of its arguments, and where its results begin."""

    step: Step
    arguments: tuple[Addresses, ...]
    fixed: tuple[Any, ...]
    out: int
    count: int

    def less(self, live: Flags) -> "Call | None":
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
    places: Places
    parts: tuple[Instructions | Call, ...]
    memory: FloatArray
    variables: int
    results: tuple[Addresses, ...]

    def density(self) -> Density:
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

    def _forward(self, part: Instructions | Call, memory: FloatArray) -> Any:
        if isinstance(part, Instructions):
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
        self, part: Instructions | Call, kept: Any, memory: FloatArray, changes: FloatArray
    ) -> None:
        if isinstance(part, Instructions):
            back(self.table, self.places, part.begin, part.end, memory, changes)
            return
        given, tape, shape = kept
        by_results = changes[part.out : part.out + shape[0] * shape[1]].reshape(shape)
        by_arguments = part.step.back(given, tape, by_results, part.fixed)
        for places, values in zip(part.arguments, by_arguments, strict=True):
            give(changes, places.ravel(), values.ravel())
