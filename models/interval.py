"""The probability that a normal answer falls in an interval, in logarithms.

People round: an answer stands for an interval, and zero stands for "rounds to zero". Its
likelihood is Φ((upper − centre)/scale) − Φ((lower − centre)/scale), of which the logarithm is
taken on the side where both are small, so that an interval far out, or very narrow, keeps its
digits and its gradient.
"""

from typing import Any

import numpy as np
from pytensor.scalar.basic import BinaryScalarOp, exp, upgrade_to_float
from pytensor.tensor.elemwise import Elemwise
from pytensor.tensor.variable import TensorVariable

from takeoff.models.machine import log_between
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
    return _LOG_BETWEEN((lower - center) / scale, (upper - center) / scale)


class _LogBetween(BinaryScalarOp):
    """log(Φ(high) − Φ(low)): one operation, since a panel asks for hundreds at every step."""

    def impl(self, low: float, high: float) -> float:
        """Work it out."""
        return log_between(low, high)

    def pullback(self, inputs: Any, outputs: Any, cotangents: Any) -> list[Any]:
        """Carry derivatives back: the density at an end over the probability between."""
        (low, high), (result,), (change,) = inputs, outputs, cotangents
        density = [exp(-0.5 * each * each - _LOG_ROOT - result) for each in (low, high)]
        return [-change * density[0], change * density[1]]


_LOG_BETWEEN = Elemwise(_LogBetween(upgrade_to_float, name="log_between"))
_LOG_ROOT = 0.5 * np.log(2 * np.pi)
