"""Provenance: whether a later project copies the first system, repeats its recipe or neither.

Each project k ≥ 2 is copied, replicated or independent, with shares in proportion to::

    copied · exp(cost_pull·training_cost + reuse_pull·reuse),
    replicated · exp(caution_pull·caution),
    independent

Homogeneity H = Σ share·kinship, and 1 with one project.
"""

from collections.abc import Mapping

import pytensor.tensor as pt
from pytensor.tensor.variable import TensorVariable

from takeoff.models.scenario import Scenario

__all__ = ["homogeneity", "kinships", "shares"]


def shares(parameters: Mapping[str, TensorVariable], scenario: Scenario) -> TensorVariable:
    """Give the shares of the three kinds of later project: (world, kind)."""
    pulls = (
        parameters["cost_pull"] * scenario.training_cost
        + parameters["reuse_pull"] * scenario.reuse,
        parameters["caution_pull"] * scenario.caution,
        pt.zeros_like(parameters["copied"]),
    )
    kinds = (parameters["copied"], parameters["replicated"], parameters["independent"])
    pull = pt.stack(pulls, axis=1)
    # The largest pull is taken out first, so that none overflows.
    pulled = pt.stack(kinds, axis=1) * pt.exp(pull - pull.max(axis=1, keepdims=True))
    return pulled / pulled.sum(axis=1, keepdims=True)


def kinships(parameters: Mapping[str, TensorVariable]) -> TensorVariable:
    """Give the kinship of each kind with the first system: (world, kind)."""
    return pt.stack(
        [parameters[f"kinship_{kind}"] for kind in ("copied", "replicated", "independent")], axis=1
    )


def homogeneity(parameters: Mapping[str, TensorVariable], scenario: Scenario) -> TensorVariable:
    """Give the mean kinship of a later project with the first system: (world,)."""
    if scenario.projects == 1:
        return pt.ones_like(parameters["copied"])
    return (shares(parameters, scenario) * kinships(parameters)).sum(axis=1)
