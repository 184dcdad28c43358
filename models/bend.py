"""Coordinates of one variable: half-normal ones unfolded, and others bent where they are felt.

Where a variable is felt by the answers they pin it down, elsewhere it is as wide as its prior: in
its own scale a sampler's steps are too long on one side or too short on the other. A bend counts it
as it is where it is not felt, and in finer units where it is::

    own = x + q(start + reach·x) − q(start),    q(w) = (w + √(w² + 4)) / 2

q is nearly 0 far below zero and w far above; being algebraic, the way back is a square root.
"""

from typing import Any

import numpy as np
import pytensor.tensor as pt
from pytensor.tensor.variable import TensorVariable

__all__ = ["bend", "gentle", "shared_out", "unfolded"]


def gentle(w: TensorVariable) -> TensorVariable:
    """Give q: nearly 0 far below zero, and w far above."""
    return 0.5 * (w + pt.sqrt(w * w + 4.0))


def bend(
    own: TensorVariable, start: TensorVariable, reach: Any
) -> tuple[TensorVariable, TensorVariable]:
    """Give x of a coordinate, and the logarithm of how fast the coordinate changes with it.

    Parameters
    ----------
    own
        The coordinate, of any shape; all else broadcasts with it.
    start
        How far beyond the threshold x = 0 lies.
    reach
        How far beyond it a unit of x reaches, positive.
    """
    whole = own + gentle(start)
    met = start + reach * whole
    felt = met * (reach + 2) - reach * pt.sqrt(met * met + 4.0 * (reach + 1))
    felt = felt / (2.0 * (reach + 1))
    rising = 0.5 * (1.0 + felt / pt.sqrt(felt * felt + 4.0))
    return whole - gentle(felt), pt.log1p(reach * rising)


def unfolded(own: TensorVariable, spread: TensorVariable) -> tuple[TensorVariable, TensorVariable]:
    """Give the logarithm of a half-normal variable in its coordinate, and the log volume.

    The variable is spread·E max(own + z, 0) = spread·(own·Φ(own) + φ(own)), z standard normal: for
    a large coordinate it is the coordinate, and near zero its prior falls like a normal's, where
    that of a logarithm has a long tail and a wall.
    """
    below = 0.5 * pt.erfc(-own * np.sqrt(0.5))
    size = own * below + pt.exp(-0.5 * own * own) / np.sqrt(2 * np.pi)
    return pt.log(spread * size), (pt.log(below) - pt.log(size)).sum()


def shared_out(own: TensorVariable) -> tuple[TensorVariable, TensorVariable]:
    """Give the logarithm of how many times a part is the other, and the log volume.

    Its share is Φ(own): either part may be next to nothing, as a half-normal variable may.
    """
    less, more = (0.5 * pt.erfc(sign * own * np.sqrt(0.5)) for sign in (1, -1))
    log_ratio = pt.log(more) - pt.log(less)
    volume = -0.5 * (own * own + np.log(2 * np.pi)) - pt.log(more) - pt.log(less)
    return log_ratio, volume
