"""Other roads to catastrophe, independent of takeover given the parameters.

* Misuse of stolen weights: each of K projects is robbed with probability
  Φ(−security − dilution·log K + security_spread·η), η ~ Normal(0, 1) a project; any theft does
  harm with probability theft_harm.
* Conflict and bargaining failure: each of the K(K − 1)/2 pairs fails with probability
  conflict·(1 − χ), bargaining·(1 − χ).
* Power grab: power_grab times the concentration of resources.
"""

from collections.abc import Mapping

import numpy as np
import pytensor.tensor as pt
from pytensor.tensor.variable import TensorVariable

from takeoff.models.coordination import coordination
from takeoff.models.resources import concentration
from takeoff.models.scenario import Scenario

__all__ = ["ROADS", "road", "theft_any"]

ROADS = ("misuse", "conflict", "bargaining", "power_grab")


def theft_any(parameters: Mapping[str, TensorVariable], scenario: Scenario) -> TensorVariable:
    """Give P(the weights of at least one project are stolen): (world,)."""
    margin = parameters["security"] + parameters["dilution"] * np.log(scenario.projects)
    spread = pt.sqrt(1 + parameters["security_spread"] ** 2)
    theft = 0.5 * pt.erfc(margin / spread * np.sqrt(0.5))
    return -pt.expm1(scenario.projects * pt.log1p(-theft))


def road(name: str, parameters: Mapping[str, TensorVariable], scenario: Scenario) -> TensorVariable:
    """Give the probability of catastrophe by one of the ``ROADS``: (world,)."""
    if name == "misuse":
        return theft_any(parameters, scenario) * parameters["theft_harm"]
    if name == "power_grab":
        return parameters["power_grab"] * concentration(parameters, scenario)
    pairs = scenario.projects * (scenario.projects - 1) / 2
    failure = parameters[name] * (1 - coordination(parameters, scenario))
    return -pt.expm1(pairs * pt.log1p(-failure))
