"""Importance weights: what a posterior would say had its density been another.

Draws are weighted by the ratio of the two densities, its tail smoothed by a generalised Pareto
distribution (PSIS; Vehtari et al. 2024, JMLR 25(72)). Its shape k̂ tells whether the weights may
be trusted: above 0.7 they may not, and only a refit will do.
"""

from dataclasses import dataclass

import numpy as np
import xarray as xr
from arviz_stats.sampling_diagnostics import ess

from takeoff.analysis.pareto import LARGEST_SHAPE, smoothed

__all__ = ["Weights", "weights_of"]

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
