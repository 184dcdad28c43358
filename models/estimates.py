"""Outcomes read off histories by counting, each with its Monte Carlo standard error.

An outcome is the mean of a number or of an event over the histories in which its condition holds.
A conditional one divides by the count of its own condition, so its error is that of a mean over
those histories (the delta method gives a ratio Σxc / Σc the same).
"""

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
import xarray as xr

from takeoff.models.errors import InputError
from takeoff.models.layout import ALIGNED, MISALIGNED
from takeoff.models.outcomes import OUTCOME_NAMES, outcome, year_of

__all__ = ["estimates"]

_PRESENT = 2025

Reading = tuple[xr.DataArray, xr.DataArray | None]


class _Events:
    """Events of histories, each worked out once: arrays (..., history)."""

    def __init__(self, told: xr.Dataset) -> None:
        self.told = told
        self.bad = told["state"] == MISALIGNED
        self.good = told["state"] == ALIGNED
        self.misaligned = _count(self.bad)
        self.aligned = _count(self.good)
        self.projects = told.sizes["project"]

    def fielded(self, project: int) -> xr.DataArray:
        return self._alignment(project).notnull()

    def is_aligned(self, project: int) -> xr.DataArray:
        return self._alignment(project) > 0

    def is_misaligned(self, project: int) -> xr.DataArray:
        return self._alignment(project) <= 0

    def _alignment(self, project: int) -> xr.DataArray:
        return self.told["alignment"].isel(project=project, drop=True)

    def any_road(self) -> xr.DataArray:
        told = self.told
        quarrel = told["conflict"] | told["bargaining"]
        return told["takeover"] | told["misuse"] | quarrel | told["power_grab"]


def estimates(
    told: xr.Dataset,
    outcomes: Sequence[str] | None = None,
    given: xr.DataArray | None = None,
    over: Sequence[str] = ("history",),
) -> xr.Dataset:
    """Estimate outcomes by counting histories.

    Parameters
    ----------
    told
        Histories, of `play_out`.
    outcomes
        Names of outcomes; all that exist with this number of projects when None.
    given
        Count only the histories in which this holds (by ``history`` and the dims of worlds).
    over
        Dims to count over: ``history`` gives each world's outcomes; add the dims of worlds to
        pool them.

    Returns
    -------
    xr.Dataset
        ``mean``, its standard error ``error``, and ``histories``, in how many the condition held:
        by ``outcome`` and the dims not counted over. Where the condition never held the mean is
        NaN and the error infinite.

    Raises
    ------
    InputError
        If an outcome is unknown or does not exist with this number of projects.
    """
    events = _Events(told)
    names = _existing(events.projects) if outcomes is None else tuple(outcomes)
    found = [_mean(*_reading(events, name), given, over) for name in names]
    return xr.concat(found, xr.DataArray(list(names), dims="outcome", name="outcome"))


@cache
def _existing(projects: int) -> tuple[str, ...]:
    lone = ("follower_aligned_given_first_aligned", "follower_aligned_given_first_misaligned")
    return tuple(
        name for name in OUTCOME_NAMES if projects > 1 or name not in (*lone, "one_good_apple")
    )


def _mean(
    values: xr.DataArray,
    condition: xr.DataArray | None,
    given: xr.DataArray | None,
    over: Sequence[str],
) -> xr.Dataset:
    held = xr.ones_like(values, dtype=bool) if condition is None else condition
    if given is not None:
        held = held & given
    number = held.sum(over)
    if values.dtype == bool:
        mean = (values & held).sum(over) / number
        square = mean
    else:
        mean = values.where(held, 0).sum(over) / number
        square = (values.where(held, 0) ** 2).sum(over) / number
    error = ((square - mean**2).clip(min=0.0) / number) ** 0.5
    return xr.Dataset({"mean": mean, "error": error.where(number > 0, np.inf), "histories": number})


def _count(flags: xr.DataArray) -> xr.DataArray:
    """Count projects, one by one: a sum along so short an axis is slow."""
    total = flags.isel(project=0, drop=True).astype(np.int8)
    for project in range(1, flags.sizes["project"]):
        total = total + flags.isel(project=project, drop=True)
    return total


def _reading(events: _Events, name: str) -> Reading:
    """Give what an outcome is the mean of, and its condition."""
    outcome(name)
    if name not in _existing(events.projects) and year_of(name) is None:
        raise InputError(f"{name} needs more than one project")
    year = year_of(name)
    if year is None:
        return _READINGS[name](events)
    arrived = events.told["arrival"] <= year - _PRESENT
    plain = name.split("_by_")[0]
    return (arrived if plain == "arrival" else arrived & _reading(events, plain)[0]), None


def _happened(name: str) -> Callable[[_Events], Reading]:
    return lambda events: (events.told[name], None)


def _taken_given(
    condition: Callable[[_Events], xr.DataArray],
) -> Callable[[_Events], Reading]:
    return lambda events: (events.told["takeover"], condition(events))


def _homogeneity(events: _Events) -> Reading:
    """Average the kinship of the later projects that were drawn; 1 with one project."""
    told = events.told
    if events.projects == 1:
        return xr.ones_like(told["difficulty"]), None
    kinds = told["provenance"].isel(project=slice(1, None))
    total = xr.zeros_like(told["difficulty"])
    for kind in range(1, told.sizes["kind"]):
        total = total + _count(kinds == kind) * told["kinship"].isel(kind=kind, drop=True)
    return total / (events.projects - 1), None


def _misaligned_share(events: _Events) -> Reading:
    resources = events.told["resources"]
    total = xr.zeros_like(events.told["difficulty"])
    for project in range(events.projects):
        total = total + events.bad.isel(project=project, drop=True) * resources.isel(
            project=project, drop=True
        )
    return total, None


def _fielded(events: _Events) -> Reading:
    return _count(events.told["systems"] > 0).astype(float), None


_READINGS: dict[str, Callable[[_Events], Reading]] = {
    "homogeneity": _homogeneity,
    "coordination": _happened("act_as_one"),
    "first_fielded": lambda each: (each.fielded(0), None),
    "first_aligned": lambda each: (each.is_aligned(0), each.fielded(0)),
    "follower_aligned_given_first_aligned": lambda each: (
        each.is_aligned(1),
        each.is_aligned(0) & each.fielded(1),
    ),
    "follower_aligned_given_first_misaligned": lambda each: (
        each.is_aligned(1),
        each.is_misaligned(0) & each.fielded(1),
    ),
    "any_misaligned": lambda each: (each.misaligned > 0, None),
    "all_misaligned": lambda each: (each.misaligned == each.projects, None),
    "all_aligned": lambda each: (each.aligned == each.projects, None),
    "coexistence": lambda each: ((each.misaligned > 0) & (each.aligned > 0), None),
    "misaligned_share": _misaligned_share,
    "projects_fielded": _fielded,
    "warning_shot": _happened("warning_shot"),
    "warning_shot_given_misaligned": lambda each: (each.told["warning_shot"], each.misaligned > 0),
    "takeover": _happened("takeover"),
    "takeover_given_first_aligned": _taken_given(lambda each: each.is_aligned(0)),
    "takeover_given_first_misaligned": _taken_given(lambda each: each.is_misaligned(0)),
    "takeover_given_warning": _taken_given(lambda each: each.told["warning_shot"]),
    "takeover_given_no_warning": _taken_given(lambda each: ~each.told["warning_shot"]),
    "takeover_given_all_misaligned": _taken_given(lambda each: each.misaligned == each.projects),
    "coalition_loss": lambda each: (each.told["takeover"] & (each.aligned > 0), None),
    "one_bad_apple": _taken_given(lambda each: each.misaligned == 1),
    "one_good_apple": _taken_given(
        lambda each: (each.misaligned == each.projects - 1) & (each.aligned == 1)
    ),
    "extinction": _happened("extinction"),
    "theft_any": lambda each: (_count(each.told["stolen"]) > 0, None),
    "misuse": _happened("misuse"),
    "conflict": _happened("conflict"),
    "bargaining": _happened("bargaining"),
    "power_grab": _happened("power_grab"),
    "catastrophe": lambda each: (each.any_road(), None),
}
