"""Functions of very many worlds, piece by piece: a piece fits the processor's cache.

>>> double = lambda: lambda numbers: [2 * numbers]
>>> in_pieces(double, [np.arange(5.0)], 2)
[array([0., 2., 4., 6., 8.])]
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from os import process_cpu_count
from queue import SimpleQueue
from typing import Any

import numpy as np

from takeoff.models.special import FloatArray

__all__ = ["in_pieces"]

Function = Callable[..., Sequence[Any]]


def in_pieces(
    make: Callable[[], Function], arrays: Sequence[FloatArray], length: int
) -> list[FloatArray]:
    """Apply a function to pieces of arrays, with as many threads as there are processors.

    Parameters
    ----------
    make
        Gives a function that one thread may call while others call theirs.
    arrays
        Its arguments, each (world, ...).
    length
        Worlds of a piece.

    Returns
    -------
    list of arrays
        Its results, each (world, ...).
    """
    worlds = len(arrays[0])
    pieces = [slice(begin, begin + length) for begin in range(0, worlds, length)] or [slice(0)]
    threads = min(process_cpu_count() or 1, len(pieces))
    idle: SimpleQueue[Function] = SimpleQueue()
    for _ in range(threads):
        idle.put(make())

    def apply(piece: slice) -> list[FloatArray]:
        function = idle.get()
        try:
            found = function(*(each[piece] for each in arrays))
        finally:
            idle.put(function)
        return [
            np.broadcast_to(each, (len(arrays[0][piece]), *np.shape(each)[1:])) for each in found
        ]

    return [np.concatenate(each) for each in zip(*_all(apply, pieces, threads), strict=True)]


def _all(
    apply: Callable[[slice], list[FloatArray]], pieces: Sequence[slice], threads: int
) -> Iterator[list[FloatArray]]:
    if threads == 1:
        yield from map(apply, pieces)
        return
    with ThreadPoolExecutor(threads) as pool:
        yield from pool.map(apply, pieces)
