"""Histories of the worlds that a panel believes in, and what those of one kind look like.

A posterior says how likely a warning shot is; its histories say what a world with one is like:
whether the first system was aligned, how many projects were not, whether it was averted.

>>> from takeoff.models.playout import play_out
>>> from takeoff.models.priors import prior_medians, prior_set
>>> told = play_out(prior_medians(prior_set("neutral")), Scenario(), histories=20_000, seed=1)
>>> look = given(told, told["warning_shot"])
>>> together, first = (look["mean"].sel(outcome=each) for each in ("coordination", "first_aligned"))
>>> float(together.sel(counted="given"))  # those that act as one do not slip
0.0
>>> bool(first.sel(counted="given") < first.sel(counted="all"))
True
"""

from collections.abc import Mapping

import xarray as xr

from takeoff.analysis.worlds import shared_parameters, worldviews_of
from takeoff.models.errors import InputError, nearest
from takeoff.models.estimates import estimates
from takeoff.models.playout import STATES, play_out
from takeoff.models.scenario import Scenario

__all__ = ["given", "histories_of", "worlds_of"]


def worlds_of(posterior: xr.Dataset, expert: str | None = None) -> dict[str, xr.DataArray]:
    """Give every parameter of the panel's centre, or of one expert: each (chain, draw).

    Raises
    ------
    InputError
        If there is no such expert.
    """
    if expert is None:
        return shared_parameters(posterior)
    known = [str(each) for each in posterior["expert"].values]
    if expert not in known:
        raise InputError(f"unknown expert {expert!r}{nearest(expert, known)}")
    return worldviews_of(posterior.sel(expert=expert, drop=True))


def histories_of(
    posterior: xr.Dataset,
    scenario: Scenario,
    each: int,
    seed: int,
    expert: str | None = None,
) -> xr.Dataset:
    """Draw histories from a posterior.

    Parameters
    ----------
    posterior
        The group of that name of a fitted panel.
    scenario
        The scenario.
    each
        How many histories of each posterior draw.
    seed
        Seed of the random numbers.
    expert
        Whose worldview; the panel's centre when None.

    Returns
    -------
    xr.Dataset
        As `play_out` gives it: (chain, draw, history), and project where there is one.

    Raises
    ------
    InputError
        If there is no such expert.
    """
    return play_out(worlds_of(posterior, expert), scenario, each, seed)


def given(told: xr.Dataset, condition: xr.DataArray) -> xr.Dataset:
    """Compare the histories in which something happened with all, worlds pooled.

    Parameters
    ----------
    told
        Histories, of `play_out` or `histories_of`.
    condition
        Whether each history counts: ``told["warning_shot"]``, ``told["state"].isel(project=0) ==
        0`` for an aligned first project.

    Returns
    -------
    xr.Dataset
        By ``counted`` (all, given): ``mean`` and ``error`` of each ``outcome`` and the
        ``histories`` in which its own condition held; ``ended``, the share of projects
        (project, state) that ended so; mean ``alignment`` of the systems first fielded (project)
        and ``difficulty`` (probit).
    """
    dims = condition.dims
    everything = xr.ones_like(condition)
    chosen: Mapping[str, xr.DataArray] = {"all": everything, "given": condition}
    tables = [_look(told, held, [str(dim) for dim in dims]) for held in chosen.values()]
    return xr.concat(tables, xr.DataArray(list(chosen), dims="counted", name="counted"))


def _look(told: xr.Dataset, held: xr.DataArray, over: list[str]) -> xr.Dataset:
    state = told["state"].where(held)
    ended = [(state == code).sum(over) / held.sum() for code in range(len(STATES))]
    return estimates(told, given=held, over=over).assign(
        ended=xr.concat(ended, xr.DataArray(list(STATES), dims="state", name="state")),
        alignment=told["alignment"].where(held).mean(over),
        difficulty=told["difficulty"].where(held).mean(over),
    )
