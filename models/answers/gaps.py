"""How far quantiles lie apart: the spread of one expert's belief, or between a group's members.

Quantiles of one source for one question are its middle and the gaps to either side. The middle says
where the source stands (``places``). Were the belief normal, in log-odds of an outcome or in the
logarithm of a quantity, a gap would be spread · (Φ⁻¹(level) − Φ⁻¹(next level)); stated gaps scatter
around that by ``GAP_NOISE`` in their logarithms::

    log gap ~ Normal(log(spread · (z_level − z_next)), GAP_NOISE)

so quantiles never cross, and two quartiles do not count as three answers about the middle. Both
quantiles were rounded: the likelihood is the mean, over places evenly spread in the interval of the
one nearer the middle, of the probability that the other lies in its own.

The spread of a year of arrival is the world's ``arrival_spread``. Any other is the source's own, a
parameter that says nothing else: where a group's quartiles are given, how its members differ.
"""

from dataclasses import dataclass

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pytensor.tensor.variable import TensorVariable

from takeoff.models.answers.rounded import bounded_log
from takeoff.models.interval import log_interval
from takeoff.models.special import FloatArray

__all__ = ["GAP_NOISE", "Gaps", "observe_gaps"]

GAP_NOISE = 0.3
"""People state quartiles with errors of a third, and their beliefs are only roughly normal."""

_NARROWEST = 1e-9
"""Of a gap between quantiles that were stated alike."""
_PLACES = 0.5 + 0.5 * np.array([-np.sqrt(0.6), 0.0, np.sqrt(0.6)])
_LOG_SHARES = np.log([5 / 18, 8 / 18, 5 / 18])
"""Gauss and Legendre's three places between 0 and 1."""


@dataclass(frozen=True)
class Gaps:
    """Stated gaps, each (gap,).

    Attributes
    ----------
    answer
        Row of the answer that a gap leads to.
    spread
        Which spread it tells of.
    widths
        How many spreads it is wide were the belief normal.
    value, lower, upper
        The gap, and the interval that it stands for, in log-odds or logarithms of a quantity.
    slack
        How much of that interval's width is the rounding of the quantile nearer the middle.
    """

    answer: np.ndarray
    spread: np.ndarray
    widths: FloatArray
    value: FloatArray
    lower: FloatArray
    upper: FloatArray
    slack: FloatArray | float = 0.0


def observe_gaps(spreads: TensorVariable, gaps: Gaps) -> TensorVariable:
    """Declare gaps in the model at hand, and give the log likelihood of each (gap,)."""
    center = pt.log(spreads[gaps.spread]) + np.log(gaps.widths)
    pm.CustomDist(
        "gap",
        center,
        logp=lambda _, center: _log_gap(center, gaps),
        random=lambda center, *, rng, size: rng.normal(center, GAP_NOISE, size),
        observed=bounded_log(np.maximum(gaps.value, _NARROWEST)),
        dims="between",
    )
    return _log_gap(center, gaps)


def _log_gap(center: TensorVariable, gaps: Gaps) -> TensorVariable:
    slack = np.broadcast_to(gaps.slack, gaps.value.shape)[:, None]
    lower = bounded_log(np.maximum(gaps.lower[:, None] + slack * _PLACES, 0.0))
    upper = bounded_log(np.maximum(gaps.upper[:, None] - slack * (1 - _PLACES), _NARROWEST))
    middle = center[:, None]
    each = log_interval(lower, upper, middle, pt.full_like(middle, GAP_NOISE))
    return pt.logsumexp(each + _LOG_SHARES, axis=1)
