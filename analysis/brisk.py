"""Building graphs without keeping books on them: books take a third of the time."""

import contextlib
import gc
from collections.abc import Iterator

from pytensor.configdefaults import config

__all__ = ["briskly"]

_SELDOM = 100_000
"""Objects made between two looks for garbage; Python's own 2,000 is for fewer and shorter lives."""


@contextlib.contextmanager
def briskly() -> Iterator[None]:
    """Look for garbage seldom, and do not note where each node of a graph was made.

    Graphs are hundreds of thousands of small objects that live long. Also a decorator.
    """
    thresholds = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_SELDOM, *thresholds[1:])
    try:
        with config.change_flags(traceback__limit=0):
            yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()
