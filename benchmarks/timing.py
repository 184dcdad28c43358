"""What the benchmarks share: the shortest of several timings, and bare calls of libm."""

import math
import time
from collections.abc import Callable

import numba
import numpy as np

__all__ = ["bare", "seconds"]


def seconds(run: Callable[[], object], repeats: int = 15) -> float:
    """Give the shortest of several timings, the first of which compiles and does not count."""
    run()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)


def _bare(points: np.ndarray, erfcs: int, exps: int, losses: int, logs: int) -> float:
    """Call libm so many times, on arguments of the size that the integral has."""
    total = 0.0
    size = points.shape[0]
    for i in range(erfcs):
        total += math.erfc(points[i % size])
    for i in range(exps):
        total += math.exp(-points[i % size] * points[i % size])
    for i in range(losses):
        total += math.expm1(-abs(points[i % size]))
    for i in range(logs):
        total += math.log(1.0 + abs(points[i % size]))
    return total


bare = numba.njit(_bare)
