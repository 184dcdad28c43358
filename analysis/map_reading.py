"""What the map says in words: where one more project turns from harm to help.

The map holds the panel's centre (posterior medians) for each number of projects, each kinship
(that of all later projects set to one value) and each advantage of offence.
"""

from dataclasses import dataclass

import numpy as np
import xarray as xr

__all__ = [
    "Best",
    "Turn",
    "fewest_takeovers",
    "kinship_now",
    "map_table",
    "one_more",
    "starts_of",
    "turning_points",
]


@dataclass(frozen=True)
class Turn:
    """Where one more project turns from help to harm, as offence grows, at one kinship.

    ``offense`` is None when one more project is on the same side all over the map: of harm if
    ``harm``, else of help.
    """

    kinship: float
    projects: int
    offense: float | None
    harm: bool


@dataclass(frozen=True)
class Best:
    """The number of projects with the least takeover, and with the least catastrophe."""

    offense: float
    takeover_projects: int
    takeover: float
    catastrophe_projects: int
    catastrophe: float


def map_table(tree: xr.DataTree, outcome: str) -> xr.DataArray:
    """Give an outcome of the map: (kinship, projects, offense)."""
    return tree["map"].to_dataset()[outcome].transpose("kinship", "projects", "offense")


def one_more(tree: xr.DataTree) -> xr.DataArray:
    """Give the probability that one more project raises takeover: (kinship, projects, offense).

    Only for numbers of projects that have a next one on the map; rows without are NaN in a dataset
    whose other variables have one more.
    """
    values = tree["map"].to_dataset()["takeover_one_more"]
    others = {"kinship", "offense"}
    (counts,) = (dim for dim in values.dims if dim not in others)
    values = values.dropna(counts, how="all")
    return values.rename({counts: "projects"} if counts != "projects" else {}).transpose(
        "kinship", "projects", "offense"
    )


def kinship_now(tree: xr.DataTree) -> float:
    """Give the posterior median of homogeneity: where on the map the panel stands."""
    return float(tree["map"].to_dataset()["kinship_now"])


def turning_points(tree: xr.DataTree, projects: int) -> list[Turn]:
    """Find, at each kinship, the offence at which one more project becomes likelier to harm.

    The offence is where the probability crosses one half, by linear interpolation.

    Parameters
    ----------
    tree
        A fitted panel.
    projects
        The number of projects to which one is added.
    """
    at = one_more(tree).sel(projects=projects)
    return [_turn(at.sel(kinship=each), projects) for each in at["kinship"].values]


def fewest_takeovers(tree: xr.DataTree) -> list[Best]:
    """Find the best number of projects at the kinship nearest to the panel's, for each offence."""
    near = {"kinship": kinship_now(tree)}
    takeover = map_table(tree, "takeover").sel(near, method="nearest")
    catastrophe = map_table(tree, "catastrophe").sel(near, method="nearest")
    return [
        Best(
            offense=float(each),
            takeover_projects=int(takeover.sel(offense=each).idxmin("projects")),
            takeover=float(takeover.sel(offense=each).min()),
            catastrophe_projects=int(catastrophe.sel(offense=each).idxmin("projects")),
            catastrophe=float(catastrophe.sel(offense=each).min()),
        )
        for each in takeover["offense"].values
    ]


def starts_of(projects: np.ndarray) -> list[int]:
    """Choose the numbers of projects to which one is added: the smallest, and one in the middle."""
    middle = projects[len(projects) // 2]
    return [int(each) for each in dict.fromkeys((projects[0], middle))]


def _turn(at: xr.DataArray, projects: int) -> Turn:
    kinship, offense = float(at["kinship"]), at["offense"].values
    above = at.values - 0.5
    crossings = np.flatnonzero(np.sign(above[:-1]) * np.sign(above[1:]) < 0)
    if crossings.size != 1:  # on one side throughout, or not a single turn
        return Turn(kinship, projects, None, harm=bool(above.mean() > 0))
    left = int(crossings[0])
    step = above[left] / (above[left] - above[left + 1])
    turn = offense[left] + step * (offense[left + 1] - offense[left])
    return Turn(kinship, projects, float(turn), harm=bool(above[-1] > 0))
