"""The probability that a normal answer falls in an interval, in logarithms.

People round: an answer stands for an interval, and zero stands for "rounds to zero". Its
likelihood is Φ((upper − centre)/scale) − Φ((lower − centre)/scale), of which the logarithm is
taken on the side where both are small, so that an interval far out, or very narrow, keeps its
digits and its gradient.
"""

import numpy as np
import pytensor.tensor as pt
from pytensor.tensor.variable import TensorVariable

from takeoff.models.special import FloatArray

__all__ = ["FARTHEST", "log_interval", "log_odds"]

FARTHEST = 1e3
"""Log-odds that stand for certainty: no worldview reaches them, and they are finite."""


def log_odds(probability: FloatArray) -> FloatArray:
    """Give log-odds; certainty gets `FARTHEST`."""
    with np.errstate(divide="ignore"):
        odds = np.log(probability) - np.log1p(-probability)
    return np.clip(odds, -FARTHEST, FARTHEST)


def log_interval(
    lower: TensorVariable, upper: TensorVariable, center: TensorVariable, scale: TensorVariable
) -> TensorVariable:
    """Give log P(lower < x < upper) for x ~ Normal(center, scale), elementwise."""
    below = (lower - center) / scale
    above = (upper - center) / scale
    right = below + above > 0
    near = pt.where(right, -below, above)
    far = pt.where(right, -above, below)
    log_near, log_far = _log_below(near), _log_below(far)
    return log_near + pt.log1mexp(log_far - log_near)


def _log_below(x: TensorVariable) -> TensorVariable:
    """Give log Φ(x)."""
    tail = (
        pt.log(0.5 * pt.erfcx(-pt.minimum(x, -1.0) * np.sqrt(0.5))) - 0.5 * pt.minimum(x, -1.0) ** 2
    )
    bulk = pt.log1p(-0.5 * pt.erfc(pt.maximum(x, -1.0) * np.sqrt(0.5)))
    return pt.where(x < -1.0, tail, bulk)
