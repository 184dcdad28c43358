"""Averaging over prior sets: any of several may hold, and nobody knows which.

The density is their mean, p(θ) = Σ_s p_s(θ) / S, of all parameters in which they differ together.
It is declared one parameter after another, each given those before it::

    p(θ_j | θ_1 … θ_{j−1}) = Σ_s w_s p_s(θ_j),    w_s ∝ p_s(θ_1) ⋯ p_s(θ_{j−1})

whose product is the mean again. So there is no discrete variable to sample, draws from the prior
are draws of the mixture, and a draw counts for a set at most S times (`takeoff.analysis.evidence`).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pytensor.tensor.variable import TensorVariable
from scipy import special

from takeoff.models.priors import PriorSet
from takeoff.models.special import FloatArray

__all__ = ["averaged_parameters"]


def averaged_parameters(chosen: PriorSet) -> dict[str, TensorVariable]:
    """Declare in the model at hand what the sets differ in that a set averages, by name.

    All that differs must be Beta; the shares of the three kinds are one variable, ``shares``.
    Gives nothing for a set that averages none.
    """
    sets = chosen.averaged
    if not sets:
        return {}
    values: dict[str, TensorVariable] = {}
    log_weights = pt.zeros(len(sets))
    for name in (each for each in sets[0].priors if each not in chosen.priors):
        numbers = np.array([each.priors[name].numbers for each in sets])
        components = [pm.Beta.dist(*each) for each in numbers]
        values[name] = _one_of(name, components, log_weights)
        log_weights += _log_densities(pt.stack([values[name], 1 - values[name]]), numbers)
    components = [pm.Dirichlet.dist(np.array(each.shares)) for each in sets]
    values["shares"] = _one_of("shares", components, log_weights, dims="kind")
    return values


def _one_of(
    name: str, components: Sequence[TensorVariable], log_weights: TensorVariable, **dims: Any
) -> TensorVariable:
    """Declare a variable whose distribution is one of several, by the weight of each."""
    return pm.Mixture(name, w=pt.special.softmax(log_weights), comp_dists=components, **dims)


def _log_densities(shares: TensorVariable, alpha: FloatArray) -> TensorVariable:
    """Give the log density of shares under Dirichlets, of two shares Betas: (set,)."""
    volume = special.gammaln(alpha).sum(axis=1) - special.gammaln(alpha.sum(axis=1))
    return pt.dot(pt.constant(alpha - 1), pt.log(shares)) - volume
