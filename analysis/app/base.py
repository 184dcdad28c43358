"""The fitted panel that answers are held against: its cloud, and what it takes to fit it again."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xarray as xr

from takeoff.analysis.app.cloud import Cloud, cloud_of_panel, kept_cloud
from takeoff.models.errors import InputError

__all__ = ["Base", "attributes_of", "base_of", "read_base"]


@dataclass(frozen=True)
class Base:
    """A fitted panel.

    Attributes
    ----------
    cloud
        Its cloud.
    result
        Its id.
    experts
        How many people are in it.
    weights
        Weights of its camps.
    studies
        Its studies, if they can be read again as they were fitted; else none, and no refit.
    prior, seed
        As it was fitted.
    problems
        Why it had not converged, if it had not.
    posterior
        Its file; None where there is none.
    """

    cloud: Cloud
    result: str
    experts: int
    weights: Mapping[str, float]
    studies: tuple[str, ...]
    prior: str
    seed: int
    problems: tuple[str, ...]
    posterior: Path | None = None


def attributes_of(path: Path) -> dict[str, object]:
    """Read only where a fitted panel came from, which takes no time.

    Raises
    ------
    InputError
        If it is no fitted panel.
    """
    if path.is_dir():
        raise InputError(f"{path} is a folder; give the file of a posterior")
    if not path.exists():
        raise InputError(f"{path}: there is no such file; make it with takeoff report")
    try:
        with xr.open_dataset(path, engine="h5netcdf") as root:
            attributes = {str(name): each for name, each in root.attrs.items()}
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: not a posterior that can be read ({error})") from None
    if "result_id" not in attributes:
        raise InputError(f"{path}: not a posterior of takeoff; make one with takeoff fit")
    return attributes


def read_base(path: Path, folder: Path) -> Base:
    """Read a fitted panel, and its cloud from a folder, or work that out and keep it there.

    Raises
    ------
    InputError
        If it is no panel that this version fitted.
    """
    attributes = attributes_of(path)
    kept = kept_cloud(attributes, folder)
    if kept is not None:
        return _base(kept, attributes, path)
    from takeoff.analysis.posterior import load_complete

    tree = load_complete(path)
    return _base(cloud_of_panel(tree, folder), tree.attrs, path)


def base_of(tree: xr.DataTree, folder: Path | None = None) -> Base:
    """Take a fitted panel that was read, working its cloud out."""
    return _base(cloud_of_panel(tree, folder), tree.attrs)


def _base(cloud: Cloud, attributes: Mapping[Any, Any], posterior: Path | None = None) -> Base:
    return Base(
        cloud=cloud,
        result=str(attributes["result_id"]),
        experts=cloud.data.sizes["expert"],
        weights=json.loads(str(attributes["camp_weights"])),
        studies=_studies(attributes),
        prior=str(attributes["prior_set"]),
        seed=int(str(attributes["seed"])),
        problems=tuple(json.loads(str(attributes["problems"]))),
        posterior=posterior,
    )


def _studies(attributes: Mapping[Any, Any]) -> tuple[str, ...]:
    """Name the studies of a panel, if they are still what was fitted."""
    from takeoff.analysis.provenance import data_hash
    from takeoff.data import join, load_study

    names = tuple(str(each["name"]) for each in json.loads(str(attributes["studies"])))
    try:
        same = data_hash(join([load_study(name) for name in names])) == attributes["data_hash"]
    except InputError:
        return ()
    return names if same else ()
