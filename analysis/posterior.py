"""A fitted panel on disk, and whether it may be trusted."""

import json
import os
from importlib.metadata import version
from pathlib import Path

import xarray as xr
from arviz_stats.sampling_diagnostics import ess, rhat

from takeoff.analysis.agreement import LARGEST_RHAT, SMALLEST_ESS, largest
from takeoff.analysis.provenance import data_hash
from takeoff.data import join, load_study, shipped_studies
from takeoff.models.errors import InputError
from takeoff.models.parameters import PARAMETER_NAMES
from takeoff.models.priors import AVERAGED, PRIOR_SETS
from takeoff.models.worldviews import VARYING

__all__ = ["HEADLINE", "convergence_problems", "load", "load_complete", "load_current", "save"]

HEADLINE = ("catastrophe", "takeover", "warning_shot", "coexistence", "homogeneity")
"""The outcomes with which a report leads, and ``extinction_by_2100``, which most were asked."""


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
    if path.is_dir():
        raise InputError(f"{path} is a folder; give the file of a posterior")
    if not path.exists():
        raise InputError(f"{path}: there is no such file; make it with takeoff report")
    try:
        with xr.open_datatree(path, engine="h5netcdf") as opened:
            tree = opened.load()
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: not a posterior that can be read ({error})") from None
    if "result_id" not in tree.attrs:
        raise InputError(f"{path}: not a posterior of takeoff; make one with takeoff fit")
    return tree


def load_current(path: Path) -> xr.DataTree:
    """Read a fitted panel that this version made, from studies as they are now.

    Raises
    ------
    InputError
        If it is missing, is none, or was made by another version or from other studies.
    """
    tree = load_complete(path)
    if _has_other_studies(tree):
        raise InputError(f"{path}: its studies have changed since it was made; fit it again")
    return tree


def load_complete(path: Path) -> xr.DataTree:
    """Read a fitted panel that this version made, be its studies as they were or not.

    Raises
    ------
    InputError
        If it is missing, is none, or was made by another version.
    """
    tree = load(path)
    made, here = str(tree.attrs.get("takeoff_version")), version("takeoff")
    if made != here:
        raise InputError(f"{path}: made by takeoff {made}, and this is {here}; fit it again")
    if not _is_complete(tree):
        raise InputError(f"{path}: made by another version of the model; fit it again")
    return tree


def _is_complete(tree: xr.DataTree) -> bool:
    """Tell whether a tree has what this version's model writes."""
    if not {"posterior", "outcomes"} <= set(tree.children):
        return False
    posterior, outcomes = tree["posterior"].to_dataset(), tree["outcomes"].to_dataset()
    if not {*PARAMETER_NAMES, "worldview", "disagreement"} <= set(posterior):
        return False
    attributes = {"seed", "prior_set", "camp_weights", "studies", "data_hash"}
    return (
        posterior["varying"].values.tolist() == list(VARYING)
        and "camp_of_expert" in outcomes.coords
        and attributes <= set(tree.attrs)
        and str(tree.attrs["prior_set"]) in (*PRIOR_SETS, AVERAGED.name)
    )


def _has_other_studies(tree: xr.DataTree) -> bool:
    """Tell whether a study that ships is not the one that was fitted; others cannot be found."""
    names = [str(each["name"]) for each in json.loads(tree.attrs["studies"])]
    if not set(names) <= set(shipped_studies()):
        return False
    return data_hash(join([load_study(name) for name in names])) != tree.attrs["data_hash"]


def convergence_problems(tree: xr.DataTree) -> list[str]:
    """Say what is wrong with the sampling of a fitted panel; nothing when it has converged."""
    problems = []
    diverging = int(tree["sample_stats"].to_dataset()["diverging"].sum())
    if diverging:
        problems.append(f"{diverging} divergent transitions")
    if tree["posterior"].sizes["chain"] < 2:
        return [*problems, "one chain only: chains cannot be compared"]
    names = [*HEADLINE, "extinction_by_2100"]
    outcomes = tree["outcomes"].to_dataset().sel(scenario="default", outcome=names)
    reported = outcomes[["by_expert", "by_camp", "consensus"]]
    parameters = tree["posterior"].to_dataset().drop_vars(["shares"], errors="ignore")
    for what, worst in (
        ("a reported outcome", largest(rhat(reported))),
        ("a parameter", largest(rhat(parameters))),
    ):
        if not worst <= LARGEST_RHAT:
            problems.append(f"R-hat of {what} is {worst:.3f}, above {LARGEST_RHAT}")
    for kind in ("bulk", "tail"):
        fewest = -largest(-ess(reported, method=kind))
        if not fewest >= SMALLEST_ESS:
            problems.append(
                f"{kind} effective sample size of a reported outcome is {fewest:.0f}, "
                f"below {SMALLEST_ESS}"
            )
    return problems
