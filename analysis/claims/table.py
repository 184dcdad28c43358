"""All claims over worlds drawn before and after the answers, as one dataset.

It is computed in the run that reports it and kept with the posterior. Where a claim fails in some
worlds, the parameters that differ most between those and the others describe the exceptions.
"""

from collections.abc import Mapping

import numpy as np
import xarray as xr

from takeoff.analysis.claims.claim import Finding, Worlds
from takeoff.analysis.claims.homogeneity import HOMOGENEITY_CLAIMS
from takeoff.analysis.claims.urn import URN_CLAIMS
from takeoff.models.parameters import PARAMETER_NAMES
from takeoff.models.transforms import to_real

__all__ = ["BELIEFS", "CLAIMS", "claims", "random_worlds"]

CLAIMS = (*HOMOGENEITY_CLAIMS, *URN_CLAIMS)
"""Every row of DESIGN 2, in order."""

BELIEFS = ("prior", "posterior")
"""Whose worlds: drawn before the answers, and from the panel's centre after them."""

_MOST_EFFECTS = 6
_MOST_POINTS = 13
_MOST_EXCEPTIONS = 3
_LEVELS = (0.05, 0.5, 0.95)
_WORLDS = 100


def random_worlds(draws: Mapping[str, xr.DataArray] | xr.Dataset, seed: int) -> Worlds:
    """Choose at most 100 worlds at random from draws of any dims: each parameter (world,)."""
    arrays = xr.broadcast(*(draws[name] for name in PARAMETER_NAMES))
    flat = {name: each.values.ravel() for name, each in zip(PARAMETER_NAMES, arrays, strict=True)}
    number = len(flat["margin"])
    chosen = np.random.default_rng(seed).choice(number, min(_WORLDS, number), replace=False)
    return {name: xr.DataArray(values[chosen], dims="world") for name, values in flat.items()}


def claims(prior_worlds: Worlds, posterior_worlds: Worlds) -> xr.Dataset:
    """Compute every claim over both sets of worlds.

    Parameters
    ----------
    prior_worlds, posterior_worlds
        Every parameter by name, each (world,), as `random_worlds` chooses them.

    Returns
    -------
    xr.Dataset
        By ``claim`` and ``beliefs``: ``share`` of worlds in which it holds, of those that it is
        ``about``, and how many ``worlds`` these are; ``effect`` (effect, level), its quantiles
        over worlds, NaN beyond the claim's effects; ``curve`` (point), medians over worlds, at
        ``curve_at``; ``exception`` (rank), by how many standard deviations of the unconstrained
        ``exception_parameter`` the failing worlds differ from the others.
    """
    drawn = dict(zip(BELIEFS, (prior_worlds, posterior_worlds), strict=True))
    rows = [
        xr.concat([_row(each.find(worlds), worlds) for worlds in drawn.values()], "beliefs")
        for each in CLAIMS
    ]
    table = xr.concat(rows, "claim")
    return table.assign_coords(
        claim=[each.code for each in CLAIMS], beliefs=list(BELIEFS), level=list(_LEVELS)
    )


def _row(found: Finding, worlds: Worlds) -> xr.Dataset:
    holds = found.holds.values
    about = ~np.isnan(holds)
    names, sizes = _exceptions(holds, worlds)
    places, values = _curve(found)
    effects = np.full((_MOST_EFFECTS, len(_LEVELS)), np.nan)
    for row, each in enumerate(found.effects):
        present = each.values.values[~np.isnan(each.values.values)]
        if present.size:
            mean = present.mean()
            effects[row] = mean if each.unit == "share" else np.quantile(present, _LEVELS)
    return xr.Dataset(
        {
            "share": ((), holds[about].mean() if about.any() else np.nan),
            "about": ((), about.mean()),
            "worlds": ((), about.sum()),
            "effect": (("effect", "level"), effects),
            "effect_name": ("effect", _padded([each.words for each in found.effects])),
            "effect_unit": ("effect", _padded([each.unit for each in found.effects])),
            "curve_at": ("point", places),
            "curve": ("point", values),
            "exception": ("rank", sizes),
            "exception_parameter": ("rank", names),
        }
    )


def _padded(words: list[str]) -> list[str]:
    return [*words, *[""] * (_MOST_EFFECTS - len(words))]


def _curve(found: Finding) -> tuple[np.ndarray, np.ndarray]:
    places, values = np.full(_MOST_POINTS, np.nan), np.full(_MOST_POINTS, np.nan)
    if found.curve is not None:
        number = found.curve.sizes["point"]
        places[:number] = found.curve["point"].values
        values[:number] = found.curve.values
    return places, values


def _exceptions(holds: np.ndarray, worlds: Worlds) -> tuple[list[str], np.ndarray]:
    """Find the parameters that differ most between failing worlds and the others, in sds."""
    fails, keeps = holds == 0, holds == 1
    apart = np.zeros(len(PARAMETER_NAMES))
    if fails.any() and keeps.any():
        for column, name in enumerate(PARAMETER_NAMES):
            values = to_real(name, worlds[name].values)
            spread = values[fails | keeps].std()
            if spread > 0:
                apart[column] = (values[fails].mean() - values[keeps].mean()) / spread
    order = np.argsort(-abs(apart))[:_MOST_EXCEPTIONS]
    return [PARAMETER_NAMES[each] for each in order], apart[order]
