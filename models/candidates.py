"""Candidates: each project's first candidate as an explicit latent variable.

The same story as the closed form, told with draws in place of integrals: how hard alignment turns
out to be, where each later project comes from, and the latent alignment of every project's first
candidate, correlated through kinship and doubt::

    difficulty ~ Normal(0, doubt)
    provenance_k ~ Categorical(copied, replicated, independent)
    alignment_1 = margin_1 + difficulty + Z,                    Z ~ Normal(0, 1)
    alignment_k = margin_k + difficulty + λ_k Z + √(1 − λ_k²) ε_k,  ε_k ~ Normal(0, 1)

A candidate is aligned where its alignment is above 0.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pytensor.tensor.variable import TensorVariable

from takeoff.models.provenance import kinships, shares
from takeoff.models.scenario import Scenario
from takeoff.models.transforms import settled

__all__ = ["candidates_model", "likeness"]

_NAMES = (
    "margin",
    "doubt",
    "race",
    "progress",
    "copied",
    "replicated",
    "independent",
    "cost_pull",
    "reuse_pull",
    "caution_pull",
    "kinship_copied",
    "kinship_replicated",
    "kinship_independent",
)


def candidates_model(parameters: Mapping[str, np.ndarray], scenario: Scenario) -> pm.Model:
    """Build the generative model of candidates for given worlds.

    Parameters
    ----------
    parameters
        Parameters by name, each (world,), as drawn from a prior or a posterior.
    scenario
        The scenario.

    Returns
    -------
    pm.Model
        With ``difficulty`` (world,), ``provenance`` (world, follower) and ``alignment``
        (world, project), to be drawn with ``pm.draw``.
    """
    coords: dict[str, Any] = {
        "world": np.arange(len(parameters["margin"])),
        "project": np.arange(1, scenario.projects + 1),
        "follower": np.arange(2, scenario.projects + 1),
    }
    given: dict[str, TensorVariable] = {
        name: pt.constant(np.asarray(parameters[name], float)) for name in _NAMES
    }
    policy = settled({**given}, scenario)
    with pm.Model(coords=coords) as model:
        difficulty = pm.Normal("difficulty", 0, policy["doubt"], dims="world")
        margins = (
            policy["margin"][:, None]
            - policy["race"][:, None] * np.log(scenario.projects)
            + policy["progress"][:, None] * scenario.delays
            + scenario.efforts
        )
        deviation = pm.Normal("first_deviation", dims="world")
        kinship = pt.ones((len(parameters["margin"]), 1))
        if scenario.projects > 1:
            provenance = pm.Categorical(
                "provenance", shares(policy, scenario)[:, None, :], dims=("world", "follower")
            )
            rows = pt.arange(provenance.shape[0])[:, None]
            kinship = pt.concatenate([kinship, kinships(policy)[rows, provenance]], axis=1)
        own = pm.Normal("own_deviation", dims=("world", "project"))
        pm.Deterministic(
            "alignment",
            margins
            + difficulty[:, None]
            + kinship * deviation[:, None]
            + pt.sqrt(pt.maximum(1 - kinship**2, 0.0)) * own,
            dims=("world", "project"),
        )
    return model


def likeness(homogeneity: np.ndarray, doubt: np.ndarray, projects: int) -> np.ndarray:
    """Give the correlation of latent alignment between projects: (..., project, project).

    Projects with the first: (doubt² + H) / (1 + doubt²); two later ones with each other, whose
    provenance is independent: (doubt² + H²) / (1 + doubt²).

    >>> likeness(np.array(0.5), np.array(1.0), 3).round(3).tolist()
    [[1.0, 0.75, 0.75], [0.75, 1.0, 0.625], [0.75, 0.625, 1.0]]
    """
    square = np.asarray(doubt)[..., None, None] ** 2
    kin = np.asarray(homogeneity)[..., None, None]
    table = np.broadcast_to((square + kin**2) / (1 + square), (*kin.shape[:-2], projects, projects))
    table = table.copy()
    first = np.broadcast_to((square + kin) / (1 + square), table.shape)
    table[..., 0, :] = first[..., 0, :]
    table[..., :, 0] = first[..., :, 0]
    table[..., np.arange(projects), np.arange(projects)] = 1.0
    return table
