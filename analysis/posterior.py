"""A fitted panel on disk, and whether it may be trusted."""

import os
from pathlib import Path

import numpy as np
import xarray as xr
from arviz_stats import ess, rhat

from takeoff.models.errors import InputError

__all__ = ["HEADLINE", "convergence_problems", "load", "save"]

HEADLINE = ("catastrophe", "takeover", "warning_shot", "coexistence", "homogeneity")
"""The outcomes with which a report leads, and ``extinction_by_2100``, which most were asked."""

_LARGEST_RHAT = 1.01
_SMALLEST_ESS = 400


def save(tree: xr.DataTree, path: Path) -> None:
    """Write a fitted panel to netCDF, beside its place, then rename it."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        tree.to_netcdf(beside, engine="h5netcdf")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def load(path: Path) -> xr.DataTree:
    """Read a fitted panel.

    Raises
    ------
    InputError
        If the file is missing or is not a fitted panel.
    """
    try:
        with xr.open_datatree(path, engine="h5netcdf") as opened:
            tree = opened.load()
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: not a posterior that can be read ({error})") from None
    if "result_id" not in tree.attrs:
        raise InputError(f"{path}: not a posterior of takeoff; make one with takeoff fit")
    return tree


def convergence_problems(tree: xr.DataTree) -> list[str]:
    """Say what is wrong with the sampling of a fitted panel; nothing when it has converged."""
    problems = []
    diverging = int(tree["sample_stats"]["diverging"].sum())
    if diverging:
        problems.append(f"{diverging} divergent transitions")
    if tree["posterior"].sizes["chain"] < 2:
        return [*problems, "one chain only: chains cannot be compared"]
    names = [*HEADLINE, "extinction_by_2100"]
    outcomes = tree["outcomes"].to_dataset().sel(scenario="default", outcome=names)
    reported = outcomes[["by_expert", "by_camp", "consensus"]]
    parameters = tree["posterior"].to_dataset().drop_vars(["shares"], errors="ignore")
    for what, worst in (
        ("a reported outcome", _largest(rhat(reported))),
        ("a parameter", _largest(rhat(parameters))),
    ):
        if not worst <= _LARGEST_RHAT:
            problems.append(f"R-hat of {what} is {worst:.3f}, above {_LARGEST_RHAT}")
    for kind in ("bulk", "tail"):
        fewest = -_largest(-ess(reported, method=kind))
        if not fewest >= _SMALLEST_ESS:
            problems.append(
                f"{kind} effective sample size of a reported outcome is {fewest:.0f}, "
                f"below {_SMALLEST_ESS}"
            )
    return problems


def _largest(values: xr.Dataset) -> float:
    return max(float(np.nanmax(each.values)) for each in values.data_vars.values() if each.size)
