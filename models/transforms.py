"""From the scale on which people speak to the real line, and back.

Experts differ and policies shift on the unconstrained scale: the identity for real numbers, the
logarithm for positive ones, the log-odds for probabilities, the log share for shares, which are
renormalised after a shift.
"""

from collections.abc import Mapping

import numpy as np
import pytensor.tensor as pt
from pytensor.tensor.variable import TensorVariable
from scipy.special import expit, logit

from takeoff.models.parameters import SHARES, parameter
from takeoff.models.scenario import Scenario

__all__ = ["constrained", "from_real", "settled", "to_real", "unconstrained"]


def unconstrained(name: str, value: TensorVariable) -> TensorVariable:
    """Carry a parameter's value to the real line."""
    support = parameter(name).support
    if support == "real":
        return value
    if support == "unit":
        return pt.log(value) - pt.log1p(-value)
    return pt.log(value)


def constrained(name: str, value: TensorVariable) -> TensorVariable:
    """Carry a real number back to a parameter's scale; shares are not yet renormalised."""
    support = parameter(name).support
    if support == "real":
        return value
    if support == "unit":
        return pt.sigmoid(value)
    return pt.exp(value)


def to_real(name: str, value: np.ndarray) -> np.ndarray:
    """Carry numbers to the real line, as ``unconstrained`` does graphs."""
    support = parameter(name).support
    if support == "real":
        return np.asarray(value)
    return np.asarray(logit(value) if support == "unit" else np.log(value))


def from_real(name: str, value: np.ndarray) -> np.ndarray:
    """Carry real numbers back, as ``constrained`` does graphs."""
    support = parameter(name).support
    if support == "real":
        return np.asarray(value)
    return np.asarray(expit(value) if support == "unit" else np.exp(value))


def settled(
    parameters: Mapping[str, TensorVariable], scenario: Scenario
) -> dict[str, TensorVariable]:
    """Apply a scenario's policy: its fixed values and its shifts on the unconstrained scale.

    Where some shares are fixed, the others keep their proportions and fill up to 1; after a shift
    of any share all are renormalised.
    """
    policy = dict(parameters)
    for name, shift in scenario.shifts.items():
        policy[name] = constrained(name, unconstrained(name, policy[name]) + shift)
    fixed = [name for name in SHARES if name in scenario.values]
    free = [name for name in SHARES if name not in scenario.values]
    for name, value in scenario.values.items():
        policy[name] = pt.full_like(policy[name], value)
    if fixed or any(name in scenario.shifts for name in SHARES):
        room = 1 - sum(scenario.values[name] for name in fixed)
        total = sum(policy[name] for name in free)
        for name in free:
            policy[name] = room * policy[name] / total
    return policy
