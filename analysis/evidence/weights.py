"""Draws of a posterior, weighted as if it had been fitted under another prior set.

Two prior sets share the likelihood, so the ratio of their posteriors is that of their prior
densities, but for a constant. Weights are smoothed in their tail (Vehtari et al. 2024, Pareto
smoothed importance sampling, arXiv:1507.02646), whose shape k̂ says whether they may be used.
"""

from dataclasses import dataclass

import numpy as np
import xarray as xr

from takeoff.analysis.pareto import LARGEST_SHAPE, smoothed
from takeoff.models.priors import log_prior_ratio, prior_set
from takeoff.models.special import FloatArray

__all__ = [
    "Reweighting",
    "efficiency",
    "log_ratio",
    "pareto_shape",
    "reweighted",
]


@dataclass(frozen=True)
class Reweighting:
    """Draws read as those of another prior set, which they are not: whoever shows them says so.

    Attributes
    ----------
    drawn_under, prior_set
        Names of the set under which the draws were made, and of the one for which they stand.
    weights
        Of each draw, (chain, draw); they add up to 1.
    shape
        k̂ of their tail; −inf where all are equal.
    efficiency
        Effective number of draws over their number, by the weights alone.
    """

    drawn_under: str
    prior_set: str
    weights: xr.DataArray
    shape: float
    efficiency: float

    @property
    def usable(self) -> bool:
        """Whether the weights may be used."""
        return self.shape <= LARGEST_SHAPE


def reweighted(posterior: xr.Dataset, drawn_under: str, name: str) -> Reweighting:
    """Weigh the draws of a fitted panel as if it had been fitted under another prior set.

    Parameters
    ----------
    posterior
        Draws of the centre's parameters, (chain, draw).
    drawn_under, name
        Names of the prior set of the fit, and of the other.

    Raises
    ------
    InputError
        If there is no such set.
    """
    ratio = log_ratio(posterior, name, drawn_under)
    smooth, shape = _smoothed(ratio.values.ravel())
    weights = np.exp(smooth - np.logaddexp.reduce(smooth))
    return Reweighting(
        drawn_under,
        name,
        ratio.copy(data=weights.reshape(ratio.shape)),
        shape,
        efficiency(smooth),
    )


def log_ratio(posterior: xr.Dataset, one: str, other: str) -> xr.DataArray:
    """Give log(prior density under one set / under another) of each draw: (chain, draw)."""
    like = posterior["margin"].transpose("chain", "draw")
    values = {
        str(name): each.transpose("chain", "draw").values
        for name, each in posterior.data_vars.items()
        if set(each.dims) == {"chain", "draw"}
    }
    ratio = log_prior_ratio(values, prior_set(one), prior_set(other))
    return like.copy(data=np.broadcast_to(np.asarray(ratio, float), like.shape))


def efficiency(log_weights: FloatArray) -> float:
    """Give the effective number of weighted draws over their number."""
    weights = np.exp(log_weights - log_weights.max())
    return float(weights.sum() ** 2 / (weights**2).sum() / weights.size)


def pareto_shape(log_weights: FloatArray) -> float:
    """Give k̂ of the tail of weights."""
    return _smoothed(log_weights)[1]


def _smoothed(log_weights: FloatArray) -> tuple[FloatArray, float]:
    if np.ptp(log_weights) < 1e-12:
        return np.zeros_like(log_weights), -np.inf
    return smoothed(log_weights)
