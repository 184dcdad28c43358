"""Tasks that do not need one another, side by side where there are several processors."""

import multiprocessing
import os
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any

__all__ = ["copies", "side_by_side"]


def copies() -> int:
    """Tell how many copies of this process may run at once: 1 where none can safely be made."""
    return (os.process_cpu_count() or 1) if sys.platform == "linux" else 1


def side_by_side[Result](tasks: Sequence[Callable[[], Result]]) -> list[Result]:
    """Carry out tasks, and give their results in order; list those first that take longest.

    They run in copies of this process, which have all that it has in memory, so what they change
    stays with them. Where a process cannot safely be copied they run here, one after the other.

    >>> side_by_side([lambda: 1, lambda: 2])
    [1, 2]
    """
    count = min(copies(), len(tasks))
    if count == 1:
        return [task() for task in tasks]
    fork = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(count, fork, initializer=_begin, initargs=(tasks,)) as pool:
        return list(pool.map(_nth, range(len(tasks))))


_tasks: Sequence[Callable[[], object]] = ()


def _begin(tasks: Sequence[Callable[[], object]]) -> None:
    global _tasks
    _tasks = tasks


def _nth(number: int) -> Any:
    return _tasks[number]()
