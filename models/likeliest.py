"""The likeliest point of a density."""

import numpy as np
from scipy.optimize import minimize

from takeoff.models.program import Density
from takeoff.models.special import FloatArray

__all__ = ["likeliest"]


def likeliest(density: Density, begin: FloatArray, held: int, most: int = 15_000) -> FloatArray:
    """Climb to where a density is highest.

    Parameters
    ----------
    density
        Gives a log density and its gradient.
    begin
        Where to begin (coordinate,).
    held
        The coordinate that stays as it is.
    most
        After how many evaluations to stop.
    """

    def misfit(point: FloatArray) -> tuple[float, FloatArray]:
        value, gradient = density(point)
        slope = np.where(np.arange(len(point)) == held, 0.0, -gradient)
        return (-value, slope) if np.isfinite(value) else (np.inf, 0 * point)

    return minimize(misfit, begin, jac=True, method="L-BFGS-B", options={"maxfun": most}).x
