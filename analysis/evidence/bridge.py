"""How likely each prior set makes the answers, from posteriors under one set or several.

Posteriors under two prior sets are p_s(θ) L(θ) / Z_s with one likelihood L, so draws x of one or
several of them give all the evidences Z, but for a common factor (Meng and Wong 1996; for several
sets Shirts and Chodera 2008, doi:10.1063/1.2978177)::

    Z_s = Σ_x p_s(x) / Σ_j n_j p_j(x) / Z_j

over all draws x, n_j of them from the posterior under set j. From one posterior this is the mean
of p_s / p_j over its draws, importance sampling; from several it is bridge sampling, whose error
is smaller since each set's draws cover where its density is. What is not known of the likelihood
cancels. A set that averages others has draws wherever one of them has: a draw counts for a set at
most as many times as there are sets, so one such posterior gives all evidences.
"""

from collections.abc import Callable, Mapping

import numpy as np
import xarray as xr

from takeoff.analysis.evidence.weights import log_ratio
from takeoff.models.priors import PRIOR_SETS
from takeoff.models.special import FloatArray

__all__ = ["bridged", "jackknifed", "posterior_probability"]

_BLOCKS = 10
"""Pieces of a chain that are left out in turn: long against the correlation between draws."""
_CLOSE = 1e-10
_MOST_STEPS = 10_000


def bridged(posteriors: Mapping[str, xr.Dataset]) -> xr.Dataset:
    """Estimate the evidence of every prior set that ships.

    Parameters
    ----------
    posteriors
        Draws of the same panel's posterior by the name of the prior set, the average of all
        included: one, or several.

    Returns
    -------
    xr.Dataset
        By ``prior_set``: ``log_evidence`` less that of the first posterior's set, and
        ``probability`` were all sets equally probable before, both with their Monte Carlo
        standard errors (``..._error``), by a jackknife over pieces of chains, which counts the
        correlation between draws.
    """
    first = next(iter(posteriors))
    sets = list(PRIOR_SETS)
    names = [*sets, *(each for each in posteriors if each not in sets)]
    # (chain, draw, set) of each posterior: log densities, but for a number common to all sets.
    densities = [
        np.stack([log_ratio(draws, name, first).values for name in names], axis=-1)
        for draws in posteriors.values()
    ]
    drawn = [names.index(name) for name in posteriors]

    def log_evidence(kept: list[FloatArray]) -> FloatArray:
        counts = np.zeros(len(names))
        counts[drawn] = [len(each) for each in kept]
        found = _solved(np.concatenate(kept), counts)
        return found - found[names.index(first)]

    def both(kept: list[FloatArray]) -> FloatArray:
        found = log_evidence(kept)[: len(sets)]
        return np.stack([found, posterior_probability(found)])

    pieces = [_pieces(each) for each in densities]
    (level, probability), (level_error, probability_error) = jackknifed(both, pieces)
    return xr.Dataset(
        {
            "log_evidence": ("prior_set", level),
            "log_evidence_error": ("prior_set", level_error),
            "probability": ("prior_set", probability),
            "probability_error": ("prior_set", probability_error),
        },
        coords={"prior_set": sets},
    )


def posterior_probability(log_evidence: FloatArray) -> FloatArray:
    """Give each set's probability when all were equally probable before, over the last axis.

    >>> posterior_probability(np.log([1.0, 3.0]))
    array([0.25, 0.75])
    """
    odds = np.exp(log_evidence - log_evidence.max(axis=-1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=-1, keepdims=True))


def jackknifed(
    estimate: Callable[[list[FloatArray]], FloatArray], samples: list[list[FloatArray]]
) -> tuple[FloatArray, FloatArray]:
    """Give an estimate from independent samples, each in pieces, and its standard error.

    Every piece is left out in turn; pieces of one sample may hardly be correlated.
    """
    whole = [np.concatenate(pieces) for pieces in samples]
    variance: FloatArray = np.zeros(())
    for number, pieces in enumerate(samples):
        left = []
        for piece in range(len(pieces)):
            rest = np.concatenate([each for place, each in enumerate(pieces) if place != piece])
            left.append(estimate([*whole[:number], rest, *whole[number + 1 :]]))
        variance = variance + (len(pieces) - 1) * np.var(left, axis=0)
    return estimate(whole), np.sqrt(variance)


def _pieces(values: FloatArray) -> list[FloatArray]:
    """Cut chains (chain, draw, ...) into pieces (draw, ...)."""
    return [piece for chain in values for piece in np.array_split(chain, min(_BLOCKS, len(chain)))]


def _solved(densities: FloatArray, counts: FloatArray) -> FloatArray:
    """Find the log evidences from log densities (sample, set), by fixed-point steps."""
    # Each draw's densities are stated relative to its largest: the ratios below stay as they are.
    density = np.exp(densities - densities.max(axis=1, keepdims=True))
    known = counts > 0
    found = np.ones(len(counts))
    for _ in range(_MOST_STEPS):
        mixture = density[:, known] @ (counts[known] / found[known])
        new = (1 / mixture) @ density
        new = new / new[known][0]
        if np.abs(np.log(new / found)).max() < _CLOSE:
            return np.asarray(np.log(new))
        found = new
    raise RuntimeError("evidences did not settle: posteriors that do not overlap")
