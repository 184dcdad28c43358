"""Coordination: whether misaligned projects act as one.

With homogeneity H they act as one with probability
χ = coordination_strangers + (coordination_kin − coordination_strangers)·H,
drawn also when there is only one of them.
"""

from collections.abc import Mapping

from pytensor.tensor.variable import TensorVariable

from takeoff.models.provenance import homogeneity
from takeoff.models.scenario import Scenario

__all__ = ["coordination"]


def coordination(parameters: Mapping[str, TensorVariable], scenario: Scenario) -> TensorVariable:
    """Give χ, the probability that misaligned projects act as one: (world,)."""
    strangers, kin = parameters["coordination_strangers"], parameters["coordination_kin"]
    return strangers + (kin - strangers) * homogeneity(parameters, scenario)
