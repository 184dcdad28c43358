"""Pools: the rules by which most panels are summed up, each one number for one question.

All work on probabilities with one value an expert, along a dim that the caller names. A pool knows
nothing of other questions, of camps or of what an answer implies: that is what the model adds, and
what a comparison with it can show.
"""

from collections.abc import Callable, Mapping
from math import sqrt
from types import MappingProxyType

import numpy as np
import xarray as xr
from scipy.optimize import minimize_scalar
from scipy.special import expit, log_expit, logit

__all__ = [
    "POOLS",
    "extremised",
    "extremising_factor",
    "fitted_factor",
    "linear_pool",
    "mean_log_odds",
    "median_pool",
]

_LARGEST_FACTOR = 10.0


def linear_pool(
    probability: xr.DataArray, dim: str, weights: xr.DataArray | None = None
) -> xr.DataArray:
    """Give the mean, or the mean by weights: how often the event would come, were one expert right.

    >>> float(linear_pool(xr.DataArray([0.1, 0.5], dims="expert"), "expert"))
    0.3
    """
    if weights is None:
        return probability.mean(dim)
    return probability.weighted(weights).mean(dim)


def median_pool(probability: xr.DataArray, dim: str) -> xr.DataArray:
    """Give the median, which no single expert can move far."""
    return probability.median(dim)


def mean_log_odds(probability: xr.DataArray, dim: str) -> xr.DataArray:
    """Give the geometric pool: the probability whose log-odds are the mean of the experts'.

    >>> round(float(mean_log_odds(xr.DataArray([0.2, 0.8], dims="expert"), "expert")), 9)
    0.5
    """
    return xr.apply_ufunc(expit, xr.apply_ufunc(logit, probability).mean(dim))


def extremised(probability: xr.DataArray, dim: str) -> xr.DataArray:
    """Give the geometric pool pushed away from even odds by `extremising_factor`."""
    number = probability.notnull().sum(dim)
    factor = xr.apply_ufunc(extremising_factor, number, vectorize=True)
    return xr.apply_ufunc(expit, factor * xr.apply_ufunc(logit, probability).mean(dim))


def extremising_factor(experts: int) -> float:
    """Give the factor that is best in the worst case, for experts who share some evidence.

    Neyman and Roughgarden (2022, "Are you smarter than a random expert? The robust aggregation of
    substitutable signals", arXiv:2111.03153): n(√(3n² − 3n + 1) − 2)/(n² − n − 1), from 1 for a
    single expert up to √3. It assumes substitutable evidence and a known common prior; here that
    is even odds, as is usual, and for rare events that is a strong assumption. On geopolitical
    questions Satopää et al. (2014, doi:10.1016/j.ijforecast.2013.09.009) fitted 1.2 to 3.9.

    >>> [round(extremising_factor(n), 3) for n in (1, 2, 10, 1000)]
    [1.0, 1.292, 1.625, 1.731]
    """
    n = experts
    return n * (sqrt(3 * n**2 - 3 * n + 1) - 2) / (n**2 - n - 1)


def fitted_factor(pooled: xr.DataArray, happened: xr.DataArray) -> float:
    """Fit the factor to events whose outcome is known, by maximum likelihood.

    Parameters
    ----------
    pooled
        The geometric pool of each event (event,).
    happened
        Whether it happened (event,), as 0 or 1.

    Returns
    -------
    float
        From 0 (the pool says nothing) to 10, where the search ends: a pool that is right of every
        event is extremised without bound.
    """
    log_odds = logit(pooled.values)
    sign = np.where(happened.values.astype(bool), 1.0, -1.0)

    def loss(factor: float) -> float:
        return -float(log_expit(sign * factor * log_odds).sum())

    found = minimize_scalar(loss, bounds=(0.0, _LARGEST_FACTOR), method="bounded")
    return float(found.x)


POOLS: Mapping[str, Callable[[xr.DataArray, str], xr.DataArray]] = MappingProxyType(
    {
        "linear pool": linear_pool,
        "median": median_pool,
        "mean log-odds": mean_log_odds,
        "extremised": extremised,
    }
)
"""The pools that need no question with a known answer, by name."""
