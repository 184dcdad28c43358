"""Housekeeping that costs more than the work: books on graphs, and memory given back in between."""

import contextlib
import ctypes
import gc
import sys
from collections.abc import Iterator

from pytensor.configdefaults import config

__all__ = ["briskly", "keep_memory"]

_SELDOM = 100_000
"""Objects made between two looks for garbage; Python's own 2,000 is for fewer and shorter lives."""


@contextlib.contextmanager
def briskly() -> Iterator[None]:
    """Look for garbage seldom, and do not note where each node of a graph was made.

    Graphs are hundreds of thousands of small objects that live long. Also a decorator.
    """
    thresholds, outermost = gc.get_threshold(), not gc.get_freeze_count()
    if outermost:
        gc.freeze()
    gc.set_threshold(_SELDOM, *thresholds[1:])
    try:
        with config.change_flags(traceback__limit=0):
            yield
    finally:
        gc.set_threshold(*thresholds)
        if outermost:
            gc.unfreeze()


_TRIM, _MMAP = -1, -3
"""Of malloc.h: M_TRIM_THRESHOLD and M_MMAP_THRESHOLD."""
_KEPT = 1 << 25
"""Bytes; the most that the second may be."""


def keep_memory() -> None:
    """Have this process keep the memory that it frees, where that can be told it.

    A gradient works on arrays of a megabyte. Given back to the system, each page of them is asked
    for again at the next: a third of the time with a crowd, or none, by where the heap ends.
    """
    if sys.platform == "linux":
        with contextlib.suppress(AttributeError):  # of libraries other than GNU's
            library = ctypes.CDLL(None)
            library.mallopt(_TRIM, _KEPT)
            library.mallopt(_MMAP, _KEPT)
