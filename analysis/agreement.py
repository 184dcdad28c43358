"""Whether chains agree well enough: the bounds that every fit is held to, by ArviZ."""

import numpy as np
import xarray as xr

from takeoff.models.special import FloatArray

__all__ = ["LARGEST_RHAT", "SMALLEST_ESS", "agree", "largest"]

LARGEST_RHAT = 1.01
SMALLEST_ESS = 400


def agree(points: FloatArray) -> bool:
    """Tell whether chains agree on every coordinate of points (chain, draw, coordinate).

    One chain has none to disagree with.
    """
    from arviz_stats.sampling_diagnostics import ess, rhat  # no chain's process needs it

    if len(points) < 2:
        return True
    drawn = xr.Dataset({"point": (("chain", "draw", "coordinate"), points)})
    fewest = min(-largest(-ess(drawn, method=kind)) for kind in ("bulk", "tail"))
    return largest(rhat(drawn)) <= LARGEST_RHAT and fewest >= SMALLEST_ESS


def largest(values: xr.Dataset) -> float:
    """Give the largest of all numbers, apart from those that are not known."""
    return max(float(np.nanmax(each.values)) for each in values.data_vars.values() if each.size)
