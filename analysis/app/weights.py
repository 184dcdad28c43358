"""Weights of worldviews: from log likelihoods to quantiles, and how far they can be trusted.

Weights are smoothed by a generalized Pareto distribution (PSIS), whose shape k̂ tells how heavy
their tail is. Above 0.7 a weighted mean no longer converges at a useful rate.

References
----------
Vehtari, Simpson, Gelman, Yao and Gabry (2024), Pareto smoothed importance sampling, JMLR 25(72).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from takeoff.analysis import pareto

__all__ = ["Weights", "quantiles", "smoothed"]

_NEGLIGIBLE = 1e-9
"""Of the greatest weight: a hundred thousand of these move a quantile's level by a ten-thousandth
at most."""


@dataclass(frozen=True)
class Weights:
    """Weights that add up to 1, the shape of their tail, and how many equal ones they are worth."""

    values: np.ndarray
    k: float

    @property
    def worth(self) -> float:
        """Effective number of worldviews."""
        return float(1 / np.sum(self.values**2))

    @property
    def is_reliable(self) -> bool:
        """Whether reweighting may be used."""
        return self.k <= pareto.LARGEST_SHAPE


def smoothed(log_ratios: np.ndarray) -> Weights:
    """Smooth log importance ratios; of −inf there may be any number."""
    possible = np.isfinite(log_ratios)
    values = np.zeros(log_ratios.shape)
    chosen = log_ratios[possible]
    if chosen.size == 0:
        return Weights(np.full(log_ratios.shape, 1 / log_ratios.size), float("inf"))
    if np.ptp(chosen) < 1e-12:
        values[possible] = 1 / chosen.size
        return Weights(values, -float("inf"))
    log_weights, k = pareto.smoothed(chosen)
    if not np.isfinite(log_weights).any() or np.isnan(log_weights).any() or np.isnan(k):
        log_weights, k = chosen, float("inf")
    weights = np.exp(log_weights - log_weights.max())
    values[possible] = weights / weights.sum()
    return Weights(values, k)


def quantiles(
    values: np.ndarray,
    weights: np.ndarray,
    levels: Sequence[float],
    order: np.ndarray | None = None,
) -> tuple[float, ...]:
    """Give quantiles of weighted values; NaN where a value is absent is left out.

    >>> quantiles(np.array([3.0, 1.0, 2.0]), np.array([0.25, 0.5, 0.25]), [0.5, 0.9])
    (1.0, 3.0)
    """
    if order is None:
        heavy = weights > _NEGLIGIBLE * weights.max()  # most weigh nothing, and need no place
        values, weights = values[heavy], weights[heavy]
        order = np.argsort(values)  # NaN comes last
    sums = np.cumsum(weights[order])
    present = int(np.count_nonzero(~np.isnan(values)))
    if present == 0 or sums[present - 1] <= 0:
        return tuple(float("nan") for _ in levels)
    sums = sums[:present]
    rows = np.searchsorted(sums, np.array(levels) * sums[-1] * (1 - 1e-12))
    return tuple(float(values[order[min(int(row), present - 1)]]) for row in rows)
