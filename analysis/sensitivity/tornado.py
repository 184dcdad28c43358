"""The tornado: how the consensus moves as one parameter goes from its 5th to its 95th percentile.

Two readings, which must not be confused:

``alone``
    The parameter of the panel's centre is moved and all else stays at the posterior, experts'
    deviations from the centre included: what the world does with it. Computed from the closed
    form.
``known``
    The parameter is known to be there and everything else is learned again: what the answers
    leave of it, since others make up for it. It is a posterior given the parameter, so draws near
    the value are enough: they are weighted by a normal density a quarter of a posterior standard
    deviation wide (`reweigh.NEARNESS`); nothing is refitted.
"""

import numpy as np
import xarray as xr

from takeoff.analysis.posterior import HEADLINE
from takeoff.analysis.sensitivity.base import Base
from takeoff.analysis.sensitivity.changes import Change
from takeoff.analysis.sensitivity.reweigh import NEARNESS
from takeoff.analysis.sensitivity.weights import weights_of
from takeoff.analysis.voices import middle
from takeoff.analysis.weighted import weighted_quantiles
from takeoff.analysis.worlds import worldviews_of
from takeoff.models.evaluate import evaluate
from takeoff.models.parameters import PARAMETER_NAMES, SHARES
from takeoff.models.scenario import Scenario
from takeoff.models.transforms import from_real, to_real
from takeoff.models.worldviews import VARYING

__all__ = ["ENDS", "held", "known_at", "moved_alone", "tornado"]

ENDS = (0.05, 0.95)
"""Percentiles of a parameter's own posterior between which it is moved."""

_WORLDS = 100


def tornado(base: Base, worlds: int = _WORLDS) -> xr.Dataset:
    """Move each parameter of the panel's centre from one end of its posterior to the other.

    Parameters
    ----------
    base
        The fitted panel.
    worlds
        How many draws, spread evenly over the posterior, stand for it in ``alone``.

    Returns
    -------
    xr.Dataset
        Over ``parameter`` and ``end``: the parameter's ``value``; ``alone`` (and outcome), the
        median of the consensus, and ``known``; ``k``, ``effective`` and ``error`` (outcome) of
        the weights; and ``now`` and ``now_known`` (outcome), the medians with nothing moved, of
        the draws that each reading uses.
    """
    names = [name for name in PARAMETER_NAMES if np.ptp(base.draws[name].values) > 0]
    flat = base.heard.stack(sample=("chain", "draw")).reset_index("sample", drop=True)
    every = max(1, flat.sizes["sample"] // worlds)
    some = flat.isel(sample=slice(None, None, every))
    now = _consensus(worldviews_of(some))
    rows = [
        xr.concat(
            [_moved(base, some, name, level) for level in ENDS],
            xr.DataArray(list(ENDS), dims="end", name="end"),
        )
        for name in names
    ]
    table = xr.concat(rows, xr.DataArray(names, dims="parameter", name="parameter"))
    table["now"] = now.median("sample")
    table["now_known"] = base.consensus.median(("chain", "draw"))
    return table


def held(table: xr.Dataset) -> list[Change]:
    """Give the changes that hold each parameter at either end; shares cannot be held by one."""
    return [
        Change.of({f"fix.{name}": float(value)})
        for name, ends in zip(table["parameter"].values, table["value"].values, strict=True)
        if name not in SHARES
        for value in ends
    ]


def moved_alone(
    worlds: dict[str, xr.DataArray], name: str, value: float
) -> dict[str, xr.DataArray]:
    """Set a parameter of the centre; experts keep their distance from it, shares their proportions.

    ``worlds`` are those of `worldviews_of`, with the centre of a varying parameter added under
    ``center``.
    """
    if name in SHARES:
        others = [each for each in SHARES if each != name]
        room = (1 - value) / sum(worlds[each] for each in others)
        moved = {each: worlds[each] * room for each in others}
        return {**worlds, **moved, name: xr.full_like(worlds[name], value)}
    if name not in VARYING:
        return {**worlds, name: xr.full_like(worlds[name], value)}
    center = xr.apply_ufunc(lambda each: to_real(name, each), worlds["center"])
    own = xr.apply_ufunc(lambda each: to_real(name, each), worlds[name])
    there = own - center + float(to_real(name, np.array(value)))
    return {**worlds, name: xr.apply_ufunc(lambda each: from_real(name, each), there)}


def known_at(base: Base, name: str, value: float) -> xr.Dataset:
    """Give the consensus were a parameter of the centre known to be about so much."""
    real = to_real(name, base.draws[name].values)
    away = (real - float(to_real(name, np.array(value)))) / (NEARNESS * np.std(real))
    weights = weights_of(base.draws[name].copy(data=-0.5 * away**2).reset_coords(drop=True))
    rows = base.consensus.transpose("chain", "draw", "outcome").values
    rows = rows.reshape(-1, len(HEADLINE))
    flat = weights.values.values.ravel()
    spread = np.sqrt(flat @ (rows - flat @ rows) ** 2)
    return xr.Dataset(
        {
            "known": ("outcome", weighted_quantiles(rows, flat, (0.5,))[0]),
            "error": ("outcome", np.sqrt(np.pi / 2 * (flat**2).sum()) * spread),
            "k": weights.k,
            "effective": weights.effective,
        },
        coords={"outcome": list(HEADLINE)},
    )


def _moved(base: Base, some: xr.Dataset, name: str, level: float) -> xr.Dataset:
    value = float(np.quantile(base.draws[name].values, level))
    worlds = {**worldviews_of(some), "center": some[name]}
    alone = _consensus(moved_alone(worlds, name, value)).median("sample")
    return known_at(base, name, value).assign(alone=alone, value=value)


def _consensus(worlds: dict[str, xr.DataArray]) -> xr.DataArray:
    given = {name: worlds[name] for name in PARAMETER_NAMES}
    table = evaluate(given, Scenario(), HEADLINE, precision="fit").to_dataarray("outcome")
    return middle(table)
