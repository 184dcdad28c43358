"""Resources: who arrives when, and how large a share of all AI resources each project has.

Project k arrives at t = lead·(k − 1) + delay (holdouts do not wait), and its share is in
proportion to exp(−speed·t). What stood down brings nothing. Shares are kept as logarithms, which
stay finite where speed·lead is large.
"""

from collections.abc import Mapping

import numpy as np
import pytensor.tensor as pt
from pytensor.tensor.variable import TensorVariable

from takeoff.models.scenario import Scenario

__all__ = ["arrivals", "concentration", "log_resources"]


def arrivals(parameters: Mapping[str, TensorVariable], scenario: Scenario) -> TensorVariable:
    """Give the time at which each project arrives: (world, project), years."""
    return parameters["lead"][:, None] * np.arange(scenario.projects) + scenario.delays


def log_resources(parameters: Mapping[str, TensorVariable], scenario: Scenario) -> TensorVariable:
    """Give the logarithm of each project's share of resources: (world, project)."""
    growth = -parameters["speed"][:, None] * arrivals(parameters, scenario)
    largest = growth.max(axis=1, keepdims=True)
    return growth - largest - pt.log(pt.exp(growth - largest).sum(axis=1, keepdims=True))


def concentration(parameters: Mapping[str, TensorVariable], scenario: Scenario) -> TensorVariable:
    """Give Σ share², 1 where one project has everything: (world,)."""
    return pt.exp(2 * log_resources(parameters, scenario)).sum(axis=1)
