"""What the map says in words: where one more project turns from harm to help.

The map holds the panel's centre (posterior medians) for each number of projects, each kinship
(that of all later projects set to one value) and each advantage of offence.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import xarray as xr

from takeoff.analysis.summaries import Interval, interval

__all__ = [
    "Best",
    "Standing",
    "Turn",
    "fewest_takeovers",
    "homogeneity_now",
    "kinship_now",
    "kinship_share",
    "map_table",
    "one_more",
    "standings",
    "starts_of",
    "turning_points",
]


@dataclass(frozen=True)
class Turn:
    """Where one more project turns from help to harm, or back, as offence grows, at one kinship.

    Attributes
    ----------
    offenses
        Every log advantage of offence at which it turns, in rising order; none when one more
        project is on the same side all over the map.
    harm
        Whether it is likelier to harm where offence is farthest ahead.
    """

    kinship: float
    projects: int
    offenses: tuple[float, ...]
    harm: bool


@dataclass(frozen=True)
class Best:
    """The number of projects with the least takeover, and with the least catastrophe."""

    offense: float
    takeover_projects: int
    takeover: float
    catastrophe_projects: int
    catastrophe: float


@dataclass(frozen=True)
class Standing:
    """Where a camp or the consensus stands, and what one more project does in its own view.

    Attributes
    ----------
    offense
        Log advantage of offence, the median of its experts.
    harm
        Probability that one more project raises a risk: by risk (``takeover``, ``catastrophe``),
        then by the number of projects to which it is added.
    """

    who: str
    offense: Interval
    harm: dict[str, dict[int, float]]

    def turns_at(self, risk: str) -> int | None:
        """Give the number of projects from which on one more likelier harms; None if none."""
        kept = [count for count, share in self.harm[risk].items() if share <= 0.5]
        later = [count for count in self.harm[risk] if not kept or count > max(kept)]
        return min(later, default=None)


def map_table(tree: xr.DataTree, outcome: str) -> xr.DataArray:
    """Give an outcome of the map: (kinship, projects, offense)."""
    return tree["map"].to_dataset()[outcome].transpose("kinship", "projects", "offense")


def one_more(tree: xr.DataTree, risk: str = "takeover") -> xr.DataArray:
    """Give the probability that one more project raises a risk: (kinship, projects, offense).

    Only for numbers of projects that have a next one on the map; rows without are NaN in a dataset
    whose other variables have one more.
    """
    values = tree["map"].to_dataset()[f"{risk}_one_more"]
    others = {"kinship", "offense"}
    (counts,) = (dim for dim in values.dims if dim not in others)
    values = values.dropna(counts, how="all")
    return values.rename({counts: "projects"} if counts != "projects" else {}).transpose(
        "kinship", "projects", "offense"
    )


def kinship_now(tree: xr.DataTree) -> float:
    """Give the posterior median of homogeneity: where on the map the panel stands."""
    return float(tree["map"].to_dataset()["kinship_now"])


def homogeneity_now(tree: xr.DataTree) -> Interval:
    """Give where the panel stands along the map's kinship, with its uncertainty."""
    return Interval(*(float(each) for each in tree["map"].to_dataset()["homogeneity_now"]))


def standings(tree: xr.DataTree) -> list[Standing]:
    """Tell where each camp and the consensus stand."""
    data = tree["map"].to_dataset()
    return [
        Standing(
            str(who),
            Interval(*(float(each) for each in data["offense_of_view"].sel(view=who))),
            {
                str(risk): {
                    int(count): float(
                        data["harm_of_view"].sel(view=who, risk=risk, from_projects=count)
                    )
                    for count in data["from_projects"].values
                }
                for risk in data["risk"].values
            },
        )
        for who in data["view"].values
    ]


def kinship_share(tree: xr.DataTree) -> Interval:
    """Give kinship's share of the likeness of the first two projects; the rest is doubt's.

    Their alignment correlates with (doubt² + H) / (1 + doubt²): doubt alone gives the part
    without H, which is what would be left among strangers.
    """
    data = tree["likeness"].to_dataset()
    both = data["correlation"].isel(project=0, other_project=1)
    return interval((both - data["doubt_part"]) / both)


def turning_points(tree: xr.DataTree, projects: int, risk: str = "takeover") -> list[Turn]:
    """Find, at each kinship, every offence at which one more project turns to harm, or to help.

    The offence is where the probability crosses one half, by linear interpolation. Where it stays
    at one half it has not crossed.

    Parameters
    ----------
    tree
        A fitted panel.
    projects
        The number of projects to which one is added.
    risk
        ``takeover`` or ``catastrophe``.
    """
    at = one_more(tree, risk).sel(projects=projects)
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
    sided = np.flatnonzero(above)
    offenses = tuple(
        float(np.interp(0.0, above[[low, high]], offense[[low, high]]))
        if above[low] < 0
        else float(np.interp(0.0, above[[high, low]], offense[[high, low]]))
        for low, high in pairwise(sided)
        if above[low] * above[high] < 0
    )
    return Turn(
        kinship, projects, offenses, harm=bool(above[sided[-1]] > 0) if sided.size else False
    )
