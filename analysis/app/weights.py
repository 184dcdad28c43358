"""Weights of worldviews, from log likelihoods, and how far they can be trusted.

Weights are smoothed by a generalized Pareto distribution (PSIS), whose shape k̂ tells how heavy
their tail is. Above 0.7 a weighted mean no longer converges at a useful rate.

References
----------
Vehtari, Simpson, Gelman, Yao and Gabry (2024), Pareto smoothed importance sampling, JMLR 25(72).
"""

from dataclasses import dataclass

import numpy as np

from takeoff.analysis import pareto

__all__ = ["Weights", "smoothed"]


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
