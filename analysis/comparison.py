"""Comparing plans: every outcome of every plan, in the worlds of one posterior.

All plans are played out in the same draws, so a difference between two is taken draw by draw, and
what is uncertain about the world as a whole cancels in it.
"""

import json
import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Literal

import xarray as xr

from takeoff.analysis.mixtures import Evaluated, chances_of_working, mixed
from takeoff.analysis.voices import middle, of_camp, voices_of
from takeoff.analysis.worlds import imagined, imagined_efficacy, worldviews_of
from takeoff.models.interventions import Plan
from takeoff.models.parameters import SHARES
from takeoff.models.priors import prior_set
from takeoff.models.questions import EFFICACY
from takeoff.models.scenario import MOST_PROJECTS, Scenario

__all__ = ["CASES", "DRAWS", "KINSHIPS", "Case", "compare", "play_out"]

DRAWS = 400
"""Draws of the posterior in which plans are played out: a probability is then accurate to .025."""

Case = Literal["works", "weighted"]
CASES: tuple[Case, ...] = ("works", "weighted")
"""A plan if it works, and weighted by chance and efficacy."""

KINSHIPS = (0.0, 0.99)
"""Kinships of all later projects in which numbers of projects are compared: strangers and copies.

At 1 exactly some outcomes are conditioned on what cannot be."""

_ORDER = ("case", "scenario", "kinship", "projects", "chain", "draw", "expert", "camp", "outcome")
_OF_VOICES = ("camp_of_expert", "weight")
_KINSHIPS = tuple(f"kinship_{kind}" for kind in SHARES)


def compare(tree: xr.DataTree, plans: Sequence[Plan], draws: int = DRAWS) -> xr.Dataset:
    """Play plans out in the worlds of a fitted panel.

    Parameters
    ----------
    tree
        A fitted panel.
    plans
        The plans; the first is the baseline.
    draws
        How many draws of the posterior to use at most, evenly over its chains.

    Returns
    -------
    xr.Dataset
        ``consensus``, ``population``, ``by_camp`` and ``by_expert`` (case, scenario, chain, draw,
        camp or expert, outcome); the same four ending in ``_by_projects`` (projects, chain, draw,
        ...), for one to eight projects with nothing else changed, and in ``_by_kinship``
        (kinship, projects, ...), were all kinships one number; and ``works_by_expert``
        (scenario, chain, draw, expert), the probability that all of a plan happens and works, NaN
        where it is only supposed. Units are those of the outcomes. Experts are the panel's voices
        (`takeoff.analysis.voices`).
    """
    heard = voices_of(tree, _thinned(tree, draws))
    worlds, efficacies = _people(heard, tree.attrs)
    evaluated = Evaluated(worlds)
    alike = [_by_projects(evaluated, dict.fromkeys(_KINSHIPS, each)) for each in KINSHIPS]
    variables = {
        **_played_out(tree, plans, heard, worlds, efficacies, evaluated),
        **_views(_by_projects(evaluated, {}), heard, tree, "_by_projects"),
        **_views(_stacked(alike, "kinship", KINSHIPS), heard, tree, "_by_kinship"),
    }
    return xr.Dataset(_ordered(variables), attrs=_attributes(tree, plans))


def play_out(tree: xr.DataTree, plans: Sequence[Plan], draws: int = DRAWS) -> xr.Dataset:
    """Play plans out as `compare` does, without numbers of projects: what a plan does, and no more.

    Parameters
    ----------
    tree, plans, draws
        As there.

    Returns
    -------
    xr.Dataset
        ``consensus``, ``population``, ``by_camp``, ``by_expert`` and ``works_by_expert``, as there.
    """
    heard = voices_of(tree, _thinned(tree, draws))
    worlds, efficacies = _people(heard, tree.attrs)
    variables = _played_out(tree, plans, heard, worlds, efficacies, Evaluated(worlds))
    return xr.Dataset(_ordered(variables), attrs=_attributes(tree, plans))


def _played_out(
    tree: xr.DataTree,
    plans: Sequence[Plan],
    heard: xr.Dataset,
    worlds: Mapping[str, xr.DataArray],
    efficacies: xr.DataArray | None,
    evaluated: Evaluated,
) -> dict[str, xr.DataArray]:
    """Give every outcome of every plan, in everybody's view, and how likely each works."""
    shares = _shares_of_risk(tree)
    chances = [chances_of_working(plan, efficacies, shares, evaluated) for plan in plans]
    found = {
        "works": [
            mixed(plan.if_it_works(), own, evaluated)
            for plan, own in zip(plans, chances, strict=True)
        ],
        "weighted": [
            mixed(plan.weighted(), own, evaluated) for plan, own in zip(plans, chances, strict=True)
        ],
    }
    names = [plan.name for plan in plans]
    by_plan = _stacked([_stacked(found[case], "scenario", names) for case in CASES], "case", CASES)
    working = [_all_work(plan, own) for plan, own in zip(plans, chances, strict=True)]
    of_experts = xr.zeros_like(worlds["margin"].isel(person=slice(-1))).rename(person="expert")
    return {
        **_views(by_plan, heard, tree),
        "works_by_expert": of_experts + _stacked(working, "scenario", names),
    }


def _ordered(variables: Mapping[str, xr.DataArray]) -> dict[str, xr.DataArray]:
    return {
        name: each.transpose(*(dim for dim in _ORDER if dim in each.dims))
        for name, each in variables.items()
    }


def _thinned(tree: xr.DataTree, draws: int) -> xr.Dataset:
    posterior = tree["posterior"].to_dataset()
    length = posterior.sizes["chain"] * posterior.sizes["draw"]
    return posterior.isel(draw=slice(None, None, max(1, math.ceil(length / draws))))


def _people(
    draws: xr.Dataset, attributes: Mapping[Hashable, Any]
) -> tuple[dict[str, xr.DataArray], xr.DataArray | None]:
    """Give the worlds, and the efficacies, of all experts and, last, of one imagined a draw."""
    seed = int(attributes["seed"])
    weights = json.loads(attributes["camp_weights"])
    other = imagined(draws, weights, prior_set(attributes["prior_set"]), seed)
    worlds = {
        name: _with_last(each, other.worlds[name])
        if "expert" in each.dims
        else each  # shared by all
        for name, each in worldviews_of(draws).items()
    }
    if "efficacy" not in draws:
        return worlds, None
    efficacy = imagined_efficacy(draws, other.contrasts, seed)
    return worlds, _with_last(draws["efficacy"], efficacy)


def _with_last(experts: xr.DataArray, last: xr.DataArray) -> xr.DataArray:
    people = experts.drop_vars(_OF_VOICES, errors="ignore").rename(expert="person")
    return xr.concat([people, last.expand_dims(person=[""])], "person")


def _by_projects(evaluated: Evaluated, values: Mapping[str, float]) -> xr.DataArray:
    """Give every outcome by number of projects, with some parameters fixed."""
    counts = range(1, MOST_PROJECTS + 1)
    numbers = [evaluated(Scenario(projects=count, values=values))["value"] for count in counts]
    return _stacked(numbers, "projects", counts)


def _views(
    values: xr.DataArray, heard: xr.Dataset, tree: xr.DataTree, ending: str = ""
) -> dict[str, xr.DataArray]:
    """Give outcomes by expert, by camp, in the consensus and for the population."""
    outcomes = tree["outcomes"].to_dataset()
    known = {name: heard[name].variable for name in _OF_VOICES if name in heard.coords}
    expert = values.isel(person=slice(-1)).rename(person="expert").assign_coords(known)
    camps = [str(camp) for camp in outcomes["camp"].values] if "camp" in outcomes.dims else []
    found = {
        "consensus": middle(expert),
        "population": values.isel(person=-1, drop=True),
        "by_expert": expert,
    }
    if camps:
        by_camp = [middle(of_camp(expert, camp)) for camp in camps]
        found["by_camp"] = _stacked(by_camp, "camp", camps)
    return {f"{name}{ending}": each for name, each in found.items()}


def _all_work(plan: Plan, chances: Sequence[xr.DataArray]) -> xr.DataArray:
    """Give the probability that all of a plan happens and works, NaN when it is only supposed."""
    supposed = plan.kind == "mixture" or all(each.chance is None for each in plan.changes)
    probability = xr.DataArray(math.nan if supposed else 1.0)
    for each in chances:
        probability = probability * each
    experts = probability.isel(person=slice(-1)) if "person" in probability.dims else probability
    return experts.rename(person="expert") if "person" in experts.dims else experts


def _stacked(values: Sequence[xr.DataArray], dim: str, labels: Sequence[object]) -> xr.DataArray:
    return xr.concat(values, xr.IndexVariable(dim, list(labels)))


def _attributes(tree: xr.DataTree, plans: Sequence[Plan]) -> dict[str, str]:
    kept = ("result_id", "takeoff_version", "data_hash", "prior_set", "problems", "questions")
    return {name: str(tree.attrs[name]) for name in kept if name in tree.attrs} | {
        "baseline": plans[0].name,
        "plans": json.dumps([asdict(plan) for plan in plans]),
        "learned_efficacies": " ".join(_learned(tree)),
        "shares_of_risk": json.dumps(_shares_of_risk(tree)),
        "answered_by": json.dumps(_answered_by(tree)),
    }


def _learned(tree: xr.DataTree) -> list[str]:
    posterior = tree["posterior"].to_dataset()
    return (
        [str(each) for each in posterior["intervention"].values] if "efficacy" in posterior else []
    )


def _shares_of_risk(tree: xr.DataTree) -> dict[str, str]:
    """Give the outcome of which an intervention's efficacy is a share, if nobody was asked for it.

    An efficacy that somebody was asked for outright is what its question says.
    """
    questions = json.loads(tree.attrs["questions"])
    asked = {each["intervention"] for each in questions if each["outcome"] == EFFICACY}
    return {
        str(each["intervention"]): str(each["outcome"])
        for each in questions
        if each["intervention"] is not None and each["intervention"] not in asked
    }


def _answered_by(tree: xr.DataTree) -> dict[str, list[str]]:
    """Name those who answered each question, where the tree tells."""
    if "observed" not in tree:
        return {}
    data = tree["observed"].to_dataset()
    found: dict[str, list[str]] = {}
    pairs = zip(data["question"].values, data["expert_name"].values, strict=True)
    for question, expert in dict.fromkeys((str(each), str(who)) for each, who in pairs):
        found.setdefault(question, []).append(expert)
    return found
