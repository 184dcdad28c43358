"""How far quantiles lie apart: the spread of one expert's belief, or between a group's members.

Quantiles of one source for one question are its middle and the gaps to either side. The middle says
where the source stands (``places``). Were the belief normal, in log-odds of an outcome or in the
logarithm of a quantity, a gap would be spread · (Φ⁻¹(level) − Φ⁻¹(next level)); stated gaps scatter
around that by ``GAP_NOISE`` in their logarithms::

    log gap ~ Normal(log(spread · (z_level − z_next)), GAP_NOISE)

so quantiles never cross, and two quartiles do not count as three answers about the middle. The
spread of a year of arrival is the world's ``arrival_spread``. Any other is the source's own, a
parameter that says nothing else: where a group's quartiles are given, how its members differ.
"""

from dataclasses import dataclass

import numpy as np
import pytensor.tensor as pt
from pytensor.tensor.variable import TensorVariable

from takeoff.models.answers.rounded import bounded_log, observe
from takeoff.models.special import FloatArray

__all__ = ["GAP_NOISE", "Gaps", "observe_gaps"]

GAP_NOISE = 0.3
"""People state quartiles with errors of a third, and their beliefs are only roughly normal."""


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
    """

    answer: np.ndarray
    spread: np.ndarray
    widths: FloatArray
    value: FloatArray
    lower: FloatArray
    upper: FloatArray


def observe_gaps(spreads: TensorVariable, gaps: Gaps) -> TensorVariable:
    """Declare gaps in the model at hand, and give the log likelihood of each (gap,)."""
    center = pt.log(spreads[gaps.spread]) + np.log(gaps.widths)
    scale = pt.full_like(center, GAP_NOISE)
    ends = (bounded_log(np.maximum(gaps.lower, 0.0)), bounded_log(gaps.upper))
    return observe("gap", center, scale, ends, bounded_log(np.maximum(gaps.value, 1e-9)), "between")
