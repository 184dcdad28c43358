"""Special functions that the compiled integral calls millions of times.

Both are written without branches and without calls, so that the compiler evaluates eight at a
time: together they are what makes a gradient of a whole panel cheap. Each keeps the *relative*
accuracy of its tail, because experts do say 1e-8.
"""

from hashlib import sha256
from math import exp, factorial, pi, sqrt
from pathlib import Path
from typing import Any, cast

import numpy as np
from numba import njit
from numpy.polynomial import chebyshev
from scipy.special import erfcx

FloatArray = np.ndarray[Any, np.dtype[np.float64]]

__all__ = [
    "FloatArray",
    "compiled",
    "is_compiled",
    "loss",
    "normal_tails",
    "scaled_erfc",
    "sources_stamp",
]


_SOURCES = (
    "special",
    "layout",
    "thresholds",
    "contexts",
    "inspection",
    "projects",
    "joint",
    "rule",
    "tape",
    "story",
    "contest",
    "counts",
    "integral",
    "grid",
    "grid_worlds",
    "shared",
    "blocks",
    "machine",
    "rise",
    "crowd_spread",
    "crowd_tally",
)


def sources_stamp() -> str:
    """Digest the sources of all compiled functions, to tell a compiled copy of older ones apart."""
    digest = sha256()
    for name in _SOURCES:
        digest.update(Path(__file__).with_name(f"{name}.py").read_bytes())
    return digest.hexdigest()


_STAMP = sources_stamp()


def compiled(function: Any) -> Any:
    """Compile a function of the integral, cached on disk.

    Sums may be reordered and products fused (never: infinities and NaNs assumed away), and a
    division by zero gives an infinity as in numpy, since a check would stop vectorisation.
    """
    dispatcher: Any = njit(
        cache=True,
        nogil=True,
        error_model="numpy",
        fastmath={"reassoc", "contract", "arcp", "nsz"},
    )(function)
    # Numba looks at the age of the function's own file only, and would go on using a copy that
    # was compiled with an older version of a function in another file.
    dispatcher._cache._cache_file._source_stamp = _STAMP
    return dispatcher


def is_compiled(function: Any) -> bool:
    """Tell whether a compiled copy of a function is on the disk, made of the sources of today."""
    return bool(function._cache._cache_file._load_index())


_BEND = 4.0
_TERMS = 20


def _mills_polynomial() -> tuple[float, ...]:
    """Expand (x + 4)·Φ(−x)/φ(x) in powers of (x − 4)/(x + 4), highest first, for x ≥ 0.

    The variable maps [0, ∞) to [−1, 1] and the function is analytic there, so Chebyshev
    coefficients fall by a factor of about five a term and powers lose no accuracy.
    """

    def scaled_mills(position: FloatArray) -> FloatArray:
        x = _BEND * (1 + position) / np.maximum(1 - position, 1e-300)
        return cast("FloatArray", (x + _BEND) * np.sqrt(np.pi / 2) * erfcx(x / np.sqrt(2)))

    series: Any = chebyshev.chebinterpolate(cast("Any", scaled_mills), _TERMS - 1)
    return tuple(float(each) for each in chebyshev.cheb2poly(series)[::-1])


_MILLS = _mills_polynomial()
_EXPONENTIAL = tuple(1 / float(factorial(n)) for n in range(16, -1, -1))
_MILLS_IN_FIVES = tuple(_MILLS[n : n + 5] for n in range(0, _TERMS, 5))
_EXPONENTIAL_IN_FOURS = tuple(_EXPONENTIAL[n : n + 4] for n in range(1, 17, 4))
_ROOT = 1 / sqrt(2 * pi)


@compiled
def loss(y: float) -> float:
    """Compute 1 − exp(−y) for y ≥ 0, to 1e-14 relative also where y is tiny.

    Taylor's series at y / 64, then six doublings: loss(2y) = loss(y)·(2 − loss(y)).
    """
    z = min(y, 45.0) * (1 / 64)
    total = 1 / 5040 - z * (1 / 40320 - z * (1 / 362880))
    total = z * (
        1 - z * (1 / 2 - z * (1 / 6 - z * (1 / 24 - z * (1 / 120 - z * (1 / 720 - z * total)))))
    )
    for _ in range(6):
        total = total * (2 - total)
    return total


@compiled
def normal_tails(x: FloatArray, above: FloatArray, below: FloatArray, density: FloatArray) -> None:
    """Fill ``above`` with Φ(x), ``below`` with Φ(−x) and ``density`` with φ(x).

    The smaller tail is right to 1e-12 relative, down to 1e-300. The loops run over the
    coefficients outside, a handful at a time, and the points inside: so they vectorise, and read
    and write less than they compute.
    """
    points = x.shape[0]
    # exp(−x²/2) by Taylor's series of its 1024th root, then ten squarings.
    for i in range(points):
        below[i] = -min(0.5 * x[i] * x[i], 700.0) * (1 / 1024)
        density[i] = _EXPONENTIAL[0]
    for a, b, c, d in _EXPONENTIAL_IN_FOURS:
        for i in range(points):
            z = below[i]
            density[i] = (((density[i] * z + a) * z + b) * z + c) * z + d
    for i in range(points):
        root = density[i]
        for _ in range(10):
            root = root * root
        density[i] = _ROOT * root
        below[i] = 1 - 2 * _BEND / (abs(x[i]) + _BEND)
        above[i] = 0.0
    for a, b, c, d, e in _MILLS_IN_FIVES:
        for i in range(points):
            z = below[i]
            above[i] = ((((above[i] * z + a) * z + b) * z + c) * z + d) * z + e
    for i in range(points):
        smaller = density[i] * above[i] * (1 - below[i]) * (1 / (2 * _BEND))
        above[i] = 1 - smaller if x[i] > 0 else smaller
        below[i] = smaller if x[i] > 0 else 1 - smaller


@compiled
def scaled_erfc(x: float) -> float:
    """Compute exp(x²)·erfc(x), to 1e-12 relative."""
    # With t = x·√2 this is 2·Φ(−t)/φ(t) / √(2π), and mirrored for x < 0.
    t = abs(x) * sqrt(2)
    at = (t - _BEND) / (t + _BEND)
    total = 0.0
    for coefficient in _MILLS:
        total = total * at + coefficient
    positive = 2 * _ROOT * total / (t + _BEND)
    return positive if x >= 0 else 2 * exp(x * x) - positive
