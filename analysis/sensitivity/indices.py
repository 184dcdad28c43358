"""Which parameters matter: density indices on the posterior, Sobol indices on the prior."""

import numpy as np
import xarray as xr
from scipy.special import betaincinv

from takeoff.analysis.sensitivity.density import density_indices
from takeoff.analysis.sensitivity.draws import log_odds, thinned
from takeoff.analysis.sensitivity.sobol import sobol_indices
from takeoff.analysis.summaries import LEVELS
from takeoff.analysis.voices import middle, voices_of
from takeoff.models.errors import InputError
from takeoff.models.evaluate import evaluate
from takeoff.models.parameters import PARAMETER_NAMES, SHARES
from takeoff.models.priors import SHARE_OF_KIN, PriorSet
from takeoff.models.scenario import Scenario
from takeoff.models.special import FloatArray
from takeoff.models.worldviews import VARYING

__all__ = ["OUTCOMES", "posterior_indices", "prior_indices", "typical_worldview"]

OUTCOMES = ("takeover", "catastrophe", "warning_shot", "coexistence")

_BLOCK = 20
"""Draws resampled together: those that follow one another are alike."""

_SHARES = "shares"
_SCALES = ("probability", "log-odds")


def typical_worldview(heard: xr.Dataset) -> xr.Dataset:
    """Give the parameters that stand behind the consensus: every parameter, (chain, draw).

    Those that experts share, and of those in which they differ the median over voices (`voices`).
    """
    typical = middle(heard["worldview"])
    own = {name: typical.sel(varying=name, drop=True) for name in VARYING}
    return xr.Dataset({name: own.get(name, heard[name]) for name in PARAMETER_NAMES})


def posterior_indices(tree: xr.DataTree, seed: int = 0) -> xr.Dataset:
    """Compute δ and PAWN of each parameter for the consensus, in the default scenario.

    Parameters
    ----------
    tree
        A fitted panel.
    seed
        Of the bootstrap.

    Returns
    -------
    xr.Dataset
        ``delta`` and ``pawn`` (parameter, outcome, level), with 90 per cent intervals by block
        bootstrap, and ``delta_floor`` and ``pawn_floor`` (outcome): below it an index says
        nothing. Parameters are those of `typical_worldview`. They are correlated in a posterior: a
        parameter may stand high because it goes with another.

    Raises
    ------
    InputError
        If there are too few draws, or an outcome is the same in all.
    """
    consensus = tree["outcomes"].to_dataset()["consensus"].sel(scenario="default", drop=True)
    every = thinned(tree, 10**9)
    same = every.sel(chain=consensus["chain"], draw=consensus["draw"])
    draws = typical_worldview(voices_of(tree, same))
    samples = draws.sizes["chain"] * draws.sizes["draw"]
    if samples < 100:
        raise InputError(f"{samples} draws have outcomes; density indices take 100 at the least")
    inputs = np.stack([draws[name].values.ravel() for name in PARAMETER_NAMES], axis=1)
    found, floor = [], []
    for name in OUTCOMES:
        output = consensus.sel(outcome=name).transpose("chain", "draw").values.ravel()
        if not np.ptp(output) > 0:
            raise InputError(f"{name} is the same in every draw; nothing drives it")
        indices, least = density_indices(inputs, output, seed, _BLOCK)
        found.append(indices)
        floor.append(least)
    table = np.stack(found, axis=2)  # (index, parameter, outcome, level)
    floors = np.stack(floor, axis=1)
    dims = ("parameter", "outcome", "level")
    return xr.Dataset(
        {
            "delta": (dims, table[0]),
            "pawn": (dims, table[1]),
            "delta_floor": ("outcome", floors[0]),
            "pawn_floor": ("outcome", floors[1]),
        },
        coords={
            "parameter": list(PARAMETER_NAMES),
            "outcome": list(OUTCOMES),
            "level": list(LEVELS),
        },
        attrs={"draws": samples},
    )


def prior_indices(chosen: PriorSet, exponent: int = 10, seed: int = 0) -> xr.Dataset:
    """Compute Sobol indices of the priors for a typical expert, in the default scenario.

    A typical expert is the panel's centre. The prior's parameters are independent but for the
    three shares, which form one group (two independent beta draws, as a Dirichlet is made), and
    for coordination of strangers, which is a share of that of kin: that share is independent and
    stands in its place, as ``coordination_share``. Where prior sets are averaged, which of them
    holds is an input of its own, ``prior_set``.

    Parameters
    ----------
    chosen
        Prior set.
    exponent
        Each group costs 2^exponent worlds.
    seed
        Of the sequence and of the bootstrap.

    Returns
    -------
    xr.Dataset
        ``first`` and ``total`` (parameter, outcome, scale, level): shares of the variance of a
        probability and of its log-odds, with 90 per cent intervals.
    """
    names = list((chosen.averaged or (chosen,))[0].priors)
    groups = [[column] for column in range(len(names))] + [[len(names), len(names) + 1]]
    inputs = [*names, _SHARES]
    if chosen.averaged:
        groups.append([len(names) + 2])
        inputs.append("prior_set")

    def outcomes(levels: FloatArray) -> FloatArray:
        worlds = {name: xr.DataArray(each, dims="world") for name, each in _worlds(chosen, levels)}
        table = evaluate(worlds, Scenario(), OUTCOMES, "fit")
        chances = np.stack([table[name].values for name in OUTCOMES], axis=-1)
        return np.stack([chances, log_odds(chances)], axis=-1).reshape(len(levels), -1)

    found = sobol_indices(outcomes, groups, exponent, seed)
    shape = (2, len(groups), len(OUTCOMES), len(_SCALES), len(LEVELS))
    dims = ("parameter", "outcome", "scale", "level")
    first, total = found.reshape(shape)
    return xr.Dataset(
        {"first": (dims, first), "total": (dims, total)},
        coords={
            "parameter": inputs,
            "outcome": list(OUTCOMES),
            "scale": list(_SCALES),
            "level": list(LEVELS),
        },
        attrs={"prior_set": chosen.name, "worlds": 2**exponent * (len(groups) + 2)},
    )


def _worlds(chosen: PriorSet, levels: FloatArray) -> list[tuple[str, FloatArray]]:
    """Give every parameter at levels of independent uniform numbers (world, input)."""
    if chosen.averaged:
        count = len(chosen.averaged)
        holds = np.minimum((count * levels[:, -1]).astype(int), count - 1)
        each = [dict(_worlds(one, levels[:, :-1])) for one in chosen.averaged]
        return [(name, np.choose(holds, [own[name] for own in each])) for name in PARAMETER_NAMES]
    values = {
        name: prior.quantile(levels[:, column])
        for column, (name, prior) in enumerate(chosen.priors.items())
    }
    values["coordination_strangers"] = values["coordination_kin"] * values.pop(SHARE_OF_KIN)
    a, b, c = chosen.shares
    copied = betaincinv(a, b + c, levels[:, -2])
    replicated = (1 - copied) * betaincinv(b, c, levels[:, -1])
    values.update(zip(SHARES, (copied, replicated, 1 - copied - replicated), strict=True))
    return [(name, values[name]) for name in PARAMETER_NAMES]
