"""Importance weights: what a posterior would say had its density been another.

Draws are weighted by the ratio of the two densities, its tail smoothed by a generalised Pareto
distribution (PSIS; Vehtari et al. 2024, JMLR 25(72)). Its shape k̂ tells whether the weights may
be trusted: above 0.7 they may not, and only a refit will do.
"""

from dataclasses import dataclass

import numpy as np
import xarray as xr
from arviz_stats import ess

from takeoff.analysis.pareto import LARGEST_SHAPE, smoothed
from takeoff.models.special import FloatArray

__all__ = ["Weights", "weighted_quantiles", "weights_of"]

_ALIKE = 1e-9


@dataclass(frozen=True)
class Weights:
    """Normalised weights of draws, (chain, draw), and their Pareto k̂."""

    values: xr.DataArray
    k: float

    @property
    def trusted(self) -> bool:
        """Whether k̂ allows reweighting; not when it cannot be told."""
        return self.k <= LARGEST_SHAPE

    @property
    def effective(self) -> float:
        """How many equally weighted draws they are worth, were draws independent."""
        return float(1 / (self.values**2).sum())


def weights_of(log_ratio: xr.DataArray) -> Weights:
    """Smooth the ratio of a new density to the old one, given its logarithm (chain, draw)."""
    ratio = log_ratio.transpose("chain", "draw")
    if float(np.ptp(ratio.values)) < _ALIKE:
        return Weights(xr.full_like(ratio, 1 / ratio.size), -np.inf)
    if not np.isfinite(ratio.values).all():
        return Weights(xr.full_like(ratio, np.nan), np.inf)
    efficiency = min(1.0, float(ess(np.exp(ratio.values - ratio.values.max()))) / ratio.size)
    smooth, k = smoothed(ratio.values.ravel(), max(efficiency, 1e-3))
    weights = np.exp(smooth - smooth.max())
    return Weights(ratio.copy(data=(weights / weights.sum()).reshape(ratio.shape)), k)


def weighted_quantiles(
    values: FloatArray, weights: FloatArray, levels: tuple[float, ...]
) -> FloatArray:
    """Give quantiles of weighted draws along the first axis: (level, ...).

    >>> weighted_quantiles(np.arange(101.0), np.full(101, 1 / 101), (0.05, 0.5)).round(6).tolist()
    [5.0, 50.0]
    """
    rows = values.reshape(len(values), -1)
    order = np.argsort(rows, axis=0)
    placed = np.take_along_axis(rows, order, axis=0)
    mass = weights[order]
    # Each draw stands at the middle of its own mass, from 0 at the first to 1 at the last.
    middle = np.cumsum(mass, axis=0) - 0.5 * mass
    middle = (middle - middle[0]) / (middle[-1] - middle[0])
    found = [np.interp(levels, middle[:, each], placed[:, each]) for each in range(rows.shape[1])]
    return np.array(found).T.reshape(len(levels), *values.shape[1:])
