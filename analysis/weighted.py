"""Quantiles of weighted draws: one rule for every page that reads draws as if they were others.

Draws stand in order, each at the middle of its own weight, on a line that runs from 0 at the first
to 1 at the last; between neighbours a quantile is interpolated. Draws of one weight then have the
plain quantiles of `numpy.quantile`, so that what was reweighted can be set beside what was not.
"""

from collections.abc import Sequence

import numpy as np

from takeoff.models.special import FloatArray

__all__ = ["weighted_quantiles"]

_NEGLIGIBLE = 1e-9
"""Of the greatest weight: a hundred thousand of these move a quantile's level by a ten-thousandth
at most, and most draws weigh less where somebody's answers weigh them."""


def weighted_quantiles(
    values: FloatArray, weights: FloatArray, levels: Sequence[float]
) -> FloatArray:
    """Give quantiles of weighted draws along the first axis: (level, ...).

    Parameters
    ----------
    values
        (draw, ...); what is NaN is absent and counts for nothing.
    weights
        (draw,), 0 or more, of any sum. NaN quantiles are given where all weigh nothing, or where
        weights are not numbers.
    levels
        From 0 to 1.

    Examples
    --------
    >>> weighted_quantiles(np.arange(101.0), np.ones(101), (0.05, 0.5)).round(6).tolist()
    [5.0, 50.0]
    >>> weighted_quantiles(np.array([3.0, np.nan, 1.0, 9.0]), np.array([1, 1, 1, 0]), [0.5])
    array([2.])
    """
    rows = np.reshape(values, (len(values), -1))
    heavy = weights > _NEGLIGIBLE * np.max(weights, initial=0.0)
    found = [_of_column(column, weights[heavy], levels) for column in rows[heavy].T]
    return np.array(found).T.reshape(len(levels), *np.shape(values)[1:])


def _of_column(values: FloatArray, weights: FloatArray, levels: Sequence[float]) -> FloatArray:
    order = np.argsort(values)  # NaN comes last
    order = order[: np.count_nonzero(~np.isnan(values))]
    if len(order) == 0:
        return np.full(len(levels), np.nan)
    if len(order) == 1:
        return np.full(len(levels), values[order[0]])
    mass = weights[order]
    middle = np.cumsum(mass) - 0.5 * mass
    place = (middle - middle[0]) / (middle[-1] - middle[0])
    return np.interp(levels, place, values[order])
