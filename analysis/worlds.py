"""Worlds of a posterior: those of its experts, and of experts who might have been asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr
from scipy.special import expit

from takeoff.models.parameters import PARAMETER_NAMES
from takeoff.models.priors import PriorSet
from takeoff.models.transforms import from_real, to_real
from takeoff.models.worldviews import TAIL_SPREAD, VARYING, camp_contrasts, prior_spreads

__all__ = [
    "Imagined",
    "imagined",
    "imagined_efficacy",
    "imagined_panel",
    "shared_parameters",
    "worldviews_of",
]


@dataclass(frozen=True)
class Imagined:
    """One imagined expert a draw.

    Attributes
    ----------
    worlds
        Every parameter of theirs, (chain, draw).
    contrasts
        Their camp contrasts (chain, draw, contrast); no contrast where there are no camps.
    camps
        The camp of each (chain, draw), "" where there are none.
    """

    worlds: dict[str, xr.DataArray]
    contrasts: np.ndarray
    camps: np.ndarray


def shared_parameters(draws: xr.Dataset) -> dict[str, xr.DataArray]:
    """Give every parameter of the panel's centre, (chain, draw)."""
    return {name: draws[name] for name in PARAMETER_NAMES}


def worldviews_of(draws: xr.Dataset) -> dict[str, xr.DataArray]:
    """Give every parameter of every expert, (chain, draw, expert) where it varies."""
    own = {name: draws["worldview"].sel(varying=name, drop=True) for name in VARYING}
    return {**shared_parameters(draws), **own}


def imagined(
    draws: xr.Dataset, camp_weights: Mapping[str, float], chosen: PriorSet, seed: int
) -> Imagined:
    """Imagine one expert a draw, who might have been asked, of a camp drawn by its weight."""
    random = np.random.default_rng(seed)
    shape = (draws.sizes["chain"], draws.sizes["draw"])
    camps = tuple(camp_weights)
    contrasts, own = np.zeros((*shape, 0)), np.full(shape, "")
    if camps:
        members = random.choice(len(camps), size=shape, p=list(camp_weights.values()))
        contrasts, own = camp_contrasts(camps, camps)[members], np.array(camps)[members]
    return Imagined(_around(draws, contrasts, chosen, random), contrasts, own)


def imagined_panel(
    draws: xr.Dataset, camps: Sequence[str], members: Sequence[str], chosen: PriorSet, seed: int
) -> dict[str, xr.DataArray]:
    """Imagine several experts a draw, of the camps given ("" for none).

    Gives every parameter of theirs: (chain, draw), and (chain, draw, imagined) where it varies.
    """
    random = np.random.default_rng(seed)
    own = camp_contrasts(camps, members)
    shape = (draws.sizes["chain"], draws.sizes["draw"], *own.shape)
    return _around(draws, np.broadcast_to(own, shape), chosen, random)


def _around(
    draws: xr.Dataset, contrasts: np.ndarray, chosen: PriorSet, random: np.random.Generator
) -> dict[str, xr.DataArray]:
    """Draw worlds around the panel's centre: one for each row of contrasts (chain, draw, ...)."""
    shape = contrasts.shape[:-1]
    dims = ("chain", "draw", "imagined")[: len(shape)]

    def wide(values: np.ndarray) -> np.ndarray:
        """Make room between the dims of draws and the others."""
        return values.reshape(*values.shape[:2], *(1,) * (len(shape) - 2), *values.shape[2:])

    tail = np.exp(TAIL_SPREAD * random.normal(size=shape))
    spreads = prior_spreads(chosen)
    worlds = shared_parameters(draws)
    for column, name in enumerate(VARYING):
        spread = wide(draws["disagreement"].sel(varying=name).values)
        offset = spread * tail * random.normal(size=shape)
        if contrasts.shape[-1] > 0:
            between = draws["contrast"].sel(varying=name).transpose("chain", "draw", ...)
            offset = offset + (contrasts * wide(between.values)).sum(-1)
        middle = wide(to_real(name, draws[name].values))
        world = from_real(name, middle + spreads[column] * offset)
        worlds[name] = xr.DataArray(
            world, dims=dims, coords={"chain": draws["chain"], "draw": draws["draw"]}
        )
    return worlds


def imagined_efficacy(draws: xr.Dataset, contrasts: np.ndarray, seed: int) -> xr.DataArray:
    """Give the efficacy of interventions as imagined experts see it: (intervention, chain, draw).

    Their level, contrast between camps and disagreement are those of the panel's model
    (`takeoff.models.panel`).
    """
    random = np.random.default_rng(seed)
    level = draws["efficacy_level"].transpose("intervention", "chain", "draw")
    own = draws["efficacy_disagreement"].values * random.normal(size=level.shape[1:])
    if contrasts.shape[-1] > 0:
        own = own + (contrasts * draws["efficacy_contrast"].values).sum(-1)
    return level.copy(data=expit(level.values + own))
