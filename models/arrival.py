"""Arrival: whether advanced AI exists by a given year.

P(arrival by year Y) = Φ((log(Y − 2025 − first arrival) − log arrival_median) / arrival_spread),
and 0 where the bracket has no logarithm.
"""

from collections.abc import Mapping

import numpy as np
import pytensor.tensor as pt
from pytensor.tensor.variable import TensorVariable

from takeoff.models.resources import arrivals
from takeoff.models.scenario import Scenario

__all__ = ["EPOCH", "arrival_by"]

EPOCH = 2025
"""The year from which time is counted."""


def arrival_by(
    year: int, parameters: Mapping[str, TensorVariable], scenario: Scenario
) -> TensorVariable:
    """Give P(advanced AI exists by the end of a year): (world,)."""
    years = year - EPOCH - arrivals(parameters, scenario).min(axis=1)
    some = pt.maximum(years, 1e-12)
    score = (pt.log(some) - pt.log(parameters["arrival_median"])) / parameters["arrival_spread"]
    return pt.where(years > 0, 0.5 * pt.erfc(-score * np.sqrt(0.5)), 0.0)
