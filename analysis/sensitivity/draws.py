"""Draws of a fitted panel, as the analyses of what drives the answer use them."""

import math

import numpy as np
import xarray as xr

from takeoff.models.errors import InputError
from takeoff.models.special import FloatArray

__all__ = ["log_odds", "thinned"]

_LEAST = 1e-300
_LEAST_SPARED = 1e-15


def thinned(tree: xr.DataTree, draws: int) -> xr.Dataset:
    """Give at most so many draws of the posterior, evenly over its chains.

    Raises
    ------
    InputError
        If there are fewer than ten draws: nothing can be said of their spread.
    """
    posterior = tree["posterior"].to_dataset()
    length = posterior.sizes["chain"] * posterior.sizes["draw"]
    if length < 10:
        raise InputError(f"the posterior has {length} draws; an interval takes 10 at the least")
    return posterior.isel(draw=slice(None, None, max(1, math.ceil(length / draws))))


def log_odds(probability: FloatArray) -> FloatArray:
    """Carry probabilities to log-odds; 0 and 1 to the edge of what a number can hold.

    >>> log_odds(np.array([0.5, 1e-9])).round(3).tolist()
    [0.0, -20.723]
    """
    inside = np.clip(probability, _LEAST, 1 - _LEAST_SPARED)
    return np.asarray(np.log(inside) - np.log1p(-inside))
