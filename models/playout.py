"""Whole histories of worlds, drawn from the generative story as a Dataset with named dims.

`evaluate` gives the probability of an outcome; a history shows how it came about: where each
project comes from, the latent alignment of what it fielded, how it ended, whether the misaligned
acted as one or slipped, how the contest stood, and which road was taken. Histories are counted to
prove the closed form, and looked into to see what, say, the worlds with a warning shot are like.

>>> from takeoff.models.priors import prior_medians, prior_set
>>> world = prior_medians(prior_set("neutral"))
>>> told = play_out(world, Scenario(projects=3), histories=1000, seed=1)
>>> dict(told["state"].sizes)
{'history': 1000, 'project': 3}
>>> bool((told["takeover"] <= (told["state"] == 1).any("project")).all())
True
"""

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import xarray as xr

from takeoff.models.parameters import PARAMETER_NAMES
from takeoff.models.playout_kernel import Told, play
from takeoff.models.playout_worlds import Worlds, tabulate
from takeoff.models.scenario import Scenario

__all__ = ["KINDS", "STATES", "play_out"]

KINDS = ("first", "copied", "replicated", "independent")
"""What the numbers of ``provenance`` mean."""
STATES = ("aligned", "misaligned", "absent")
"""What the numbers of ``state`` mean."""

_BLOCK = 16_384
"""Rows drawn with one generator: fixed, so that the number of threads changes nothing."""

_BY_PROJECT: dict[str, type] = {
    "provenance": np.int8,
    "alignment": np.float64,
    "systems": np.int16,
    "state": np.int8,
    "slipped": np.bool_,
    "stolen": np.bool_,
}
_NUMBERS = ("difficulty", "deviation", "contest", "arrival")


def play_out(
    parameters: Mapping[str, Any],
    scenario: Scenario,
    histories: int,
    seed: int,
    threads: int | None = None,
) -> xr.Dataset:
    """Draw histories of worlds from the generative story.

    Parameters
    ----------
    parameters
        Every parameter by name: numbers, arrays (draw,), or DataArrays of any dims that broadcast
        together.
    scenario
        The scenario, its policy included.
    histories
        How many histories of each world.
    seed
        Seed of the random numbers; it alone decides the draws, however many threads there are.
    threads
        How many threads share the work; as many as there are processors when None.

    Returns
    -------
    xr.Dataset
        By the parameters' dims, with ``history`` and, where it is said, ``project`` added:
        ``difficulty`` B and ``deviation`` Z (probit); by project ``provenance`` (`KINDS`),
        ``alignment`` of the system first fielded (probit, NaN when none was), ``systems`` fielded,
        up to the one that turned the project, ``state`` (`STATES`), ``slipped``, ``stolen``;
        ``act_as_one``, ``warning_shot``, ``averted``, ``contest`` (log-odds of takeover, −inf
        without a misaligned project), ``takeover``, ``extinction``, ``misuse``, ``conflict``,
        ``bargaining``, ``power_grab``, and ``arrival``, the first project's (years after 2025).
        The same in all histories of a world: ``resources`` (project), ``kinship`` (kind),
        ``homogeneity`` and ``coordination``.

    Raises
    ------
    InputError
        If a project would field too many further systems to play them out one by one.
    """
    arrays = xr.broadcast(*(_labelled(parameters[name]) for name in PARAMETER_NAMES))
    worlds = tabulate(
        {
            name: each.values.astype(float).ravel()
            for name, each in zip(PARAMETER_NAMES, arrays, strict=True)
        },
        scenario,
    )
    told = _empty(len(worlds.margin) * histories, scenario.projects)
    _play_blocks(worlds, histories, seed, threads or os.cpu_count() or 1, told)
    return _dataset(told, worlds, arrays[0], histories, scenario.projects)


def _labelled(value: Any) -> xr.DataArray:
    if isinstance(value, xr.DataArray):
        return value
    return xr.DataArray(value, dims=("draw",) if np.ndim(value) else ())


def _empty(rows: int, projects: int) -> Told:
    def empty(name: str) -> np.ndarray:
        if name in _BY_PROJECT:
            return np.empty((rows, projects), _BY_PROJECT[name])
        return np.empty(rows, np.float64 if name in _NUMBERS else np.bool_)

    return Told(*(empty(name) for name in Told._fields))


def _play_blocks(worlds: Worlds, each: int, seed: int, threads: int, told: Told) -> None:
    rows = len(worlds.margin) * each
    starts = range(0, rows, _BLOCK)
    seeds = np.random.SeedSequence(seed).spawn(len(starts))

    def block(start: int, own: np.random.SeedSequence) -> None:
        random = np.random.Generator(np.random.SFC64(own))
        play(worlds, each, slice(start, min(start + _BLOCK, rows)), random, told)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(block, starts, seeds))


def _dataset(
    told: Told, worlds: Worlds, like: xr.DataArray, histories: int, projects: int
) -> xr.Dataset:
    """Name the dims of what was recorded, and add what is the same in all histories of a world."""
    own, shape = like.dims, like.shape
    variables: dict[str, Any] = {}
    for name, values in told._asdict().items():
        dims = (*own, "history", *(("project",) if values.ndim == 2 else ()))
        variables[name] = (dims, values.reshape(*shape, histories, *values.shape[1:]))
    variables["resources"] = ((*own, "project"), worlds.resources.reshape(*shape, projects))
    variables["kinship"] = ((*own, "kind"), worlds.kinship.reshape(*shape, len(KINDS)))
    for name in ("homogeneity", "coordination"):
        variables[name] = (own, worlds.plain[name].reshape(shape))
    coords = {"project": np.arange(1, projects + 1), "kind": list(KINDS), **like.coords}
    return xr.Dataset(variables, coords=coords)
