"""A normal answer that was rounded: what the likelihoods of all kinds are made of.

Observed is the interval that an answer stands for; its likelihood is the probability that a normal
variable falls in it (``interval``).
"""

from typing import Any

import numpy as np
import pymc as pm
from pytensor.tensor.variable import TensorVariable

from takeoff.models.interval import FARTHEST, log_interval
from takeoff.models.special import FloatArray

__all__ = ["LEAST_NOISE", "bounded_log", "observe"]

LEAST_NOISE = 0.1
"""Nobody holds a probability more sharply than a tenth of a unit of log-odds; without this floor an
expert whose answers happen to agree would be a wall to the sampler."""


def observe(
    name: str,
    center: TensorVariable,
    scale: TensorVariable,
    ends: tuple[Any, Any],
    value: FloatArray,
    dim: str,
) -> TensorVariable:
    """Declare rounded answers in the model at hand, and give the log likelihood of each.

    Parameters
    ----------
    name, dim
        Of the observed variable.
    center, scale
        Of the normal answers, before they are rounded.
    ends
        Lower and upper ends of the intervals that they stand for.
    value
        What was stated.
    """
    lower, upper = ends
    pm.CustomDist(
        name,
        center,
        scale,
        lower,
        upper,
        logp=lambda _, center, scale, lower, upper: log_interval(lower, upper, center, scale),
        random=lambda center, scale, lower, upper, *, rng, size: rng.normal(center, scale, size),
        observed=value,
        dims=dim,
    )
    return log_interval(lower, upper, center, scale)


def bounded_log(value: FloatArray) -> FloatArray:
    """Give logarithms, that of nothing as far out as no quantity is."""
    with np.errstate(divide="ignore"):
        return np.clip(np.log(value), -FARTHEST, FARTHEST)
