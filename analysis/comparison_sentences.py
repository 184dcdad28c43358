"""The answer of a comparison in sentences made from its numbers by rules.

How many projects; does it depend on how alike they are; what each plan rests on.
"""

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import xarray as xr

from takeoff.analysis.comparison import Case
from takeoff.analysis.comparison_reading import (
    BestNumber,
    Effect,
    Third,
    best_number,
    best_numbers,
    draws_of,
    panel,
    roads_by_projects,
    thirds,
)
from takeoff.analysis.summaries import ROADS
from takeoff.analysis.wording import (
    counted,
    listed,
    plain_name,
    probability,
    share_of_draws,
    whose,
    written,
)
from takeoff.models.questions import EFFICACY

__all__ = [
    "CASES",
    "about_likeness",
    "about_numbers",
    "about_roads",
    "about_sources",
    "about_working",
    "plan_of",
    "points",
    "sure",
]

CASES: tuple[tuple[Case, str], ...] = (("works", "if it works"), ("weighted", "weighted"))
"""A plan's two readings, and what they are called."""

_CLEAR = 2.0
"""Standard errors by which a mean must differ to be told apart."""

_NAMED = 2
"""Most experts that are named where an efficacy is said to be theirs."""

_SHOWN = 0.1
"""Share of draws from which a number of projects, or a change of shares, is worth naming."""


def about_numbers(comparison: xr.Dataset) -> list[str]:
    """Say how many projects are best against catastrophe, for each of the panel's views."""
    return [_number(each, comparison) for each in best_numbers(comparison)]


def about_roads(comparison: xr.Dataset) -> list[str]:
    """Say for each of the panel's views what more projects do on each road to catastrophe."""
    said = []
    for who in panel(comparison):
        roads = roads_by_projects(comparison, who)
        few, many = min(comparison["projects"].values), max(comparison["projects"].values)
        rises = [name for name in ROADS if roads[name][-1] > roads[name][0]]
        falls = [name for name in ROADS if roads[name][-1] < roads[name][0]]
        parts = [_ways(roads, names, way) for names, way in ((falls, "falls"), (rises, "rises"))]
        said.append(
            f"{whose(who)}, from {few} to {many} projects, {' and '.join(filter(None, parts))} "
            "(medians)."
        )
    return said


def about_likeness(comparison: xr.Dataset) -> list[str]:
    """Say whether the best number of projects depends on how alike projects are."""
    found = thirds(comparison)
    least, most = found[0], found[-1]
    low, high = least.homogeneity[1], most.homogeneity[0]
    said = [
        f"Homogeneity, the mean kinship of later projects with the first, is below {low:.2f} in "
        f"the least alike third of the draws and above {high:.2f} in the most alike."
    ]
    said += [_by_thirds(who, least, most) for who in panel(comparison)]
    return [*said, *_by_kinship(comparison)]


def about_sources(comparison: xr.Dataset, scenario: str) -> list[str]:
    """Say for each change of a plan where its chance and its efficacy come from."""
    plan = plan_of(comparison, scenario)
    said = []
    for change in plan["changes"]:
        prefix = f"{change['name']}: " if len(plan["changes"]) > 1 else ""
        if change["chance"] is None:
            if plan["kind"] == "combination":
                said.append(f"{prefix}only supposed.")
            continue
        chance = change["chance"]
        said.append(f"{prefix}chance {chance['value']:g}, {chance['source']}.")
        said.append(f"{prefix}efficacy {_efficacy(comparison, change['efficacy'])}.")
    return said


def about_working(comparison: xr.Dataset, scenario: str) -> str:
    """Say in a few words how likely a plan is to happen and work; nothing of what is supposed."""
    plan = plan_of(comparison, scenario)
    working = comparison["works_by_expert"].sel(scenario=scenario).median(("chain", "draw"))
    if plan["kind"] == "mixture" or bool(working.isnull().any()):
        return ""
    middle = float(working.median("expert"))
    if len(plan["changes"]) > 1:
        return f"all of it happens and works: {probability(middle)}"
    (change,) = plan["changes"]
    learned = change["efficacy"]["asked_as"] in comparison.attrs["learned_efficacies"].split()
    chance = change["chance"]["value"]
    efficacy = middle / chance if chance > 0 else change["efficacy"]["value"]
    return f"chance {chance:g}, efficacy {efficacy:.2g} ({'learned' if learned else 'declared'})"


def points(difference: float) -> str:
    """Write a difference of probabilities in percentage points.

    >>> points(-0.1514), points(0.00002), points(0.0)
    ('−15.1', '+0.002', '0')
    """
    if math.isnan(difference) or difference == 0:
        return "–" if difference else "0"
    return written(100 * difference, "+.1f" if abs(100 * difference) >= 0.095 else "+.1g")


def sure(found: Effect) -> str:
    """Write the share of draws in which a plan is better, never as a certainty."""
    if math.isnan(found.better):
        return "–"
    if found.better > 0.99:
        return ">99%"
    return "<1%" if found.better < 0.01 else f"{100 * found.better:.0f}%"


def plan_of(comparison: xr.Dataset, scenario: str) -> dict[str, Any]:
    """Give what was declared of a plan: title, meaning, kind, changes and weights."""
    (plan,) = (each for each in json.loads(comparison.attrs["plans"]) if each["name"] == scenario)
    return dict(plan)


def _number(best: BestNumber, comparison: xr.Dataset) -> str:
    values = draws_of(comparison, best.who, "_by_projects").sel(outcome="catastrophe")
    means = values.mean(("chain", "draw"))
    others = [
        f"{number} ({share_of_draws(share)})"
        for number, share in sorted(best.shares.items(), key=lambda pair: -pair[1])
        if share >= _SHOWN and number != best.likeliest
    ]
    then = f", then {listed(others)}" if others else ""
    worst = int(means.idxmax("projects"))
    return (
        f"{whose(best.who)}, catastrophe is least with {counted(best.likeliest, 'project')} in "
        f"{share_of_draws(best.share)} of draws{then}; on average over the draws it is least with "
        f"{best.expected} ({probability(float(means.sel(projects=best.expected)))}) and greatest "
        f"with {worst} ({probability(float(means.sel(projects=worst)))})."
    )


def _ways(roads: Mapping[str, list[float]], names: list[str], way: str) -> str:
    ends = [
        f"{plain_name(name)} from {probability(roads[name][0])} to {probability(roads[name][-1])}"
        for name in sorted(names, key=lambda name: -abs(roads[name][-1] - roads[name][0]))
    ]
    return f"what {way} is {listed(ends)}" if ends else ""


def _by_thirds(who: str, least: Third, most: Third) -> str:
    step = most.mean_best[who] - least.mean_best[who]
    error = float(np.hypot(least.error[who], most.error[who]))
    if abs(step) <= _CLEAR * error:
        verdict = "the best number hardly depends on it"
    else:
        verdict = f"more alike projects go with a {'larger' if step > 0 else 'smaller'} best number"
    return (
        f"{whose(who)}, {verdict}: {_named(least.best[who])} where least alike, "
        f"{_named(most.best[who])} where most alike; the mean of the best number moves by "
        f"{written(step, '+.1f')} (standard error {error:.1f})."
    )


def _by_kinship(comparison: xr.Dataset) -> Iterator[str]:
    """Say what the best number would be, were all kinships least or most and nothing else new."""
    for who in panel(comparison):
        draws = draws_of(comparison, who, "_by_kinship").sel(outcome="catastrophe")
        low, high = (float(draws["kinship"][place]) for place in (0, -1))
        strangers, copies = (draws.isel(kinship=place) for place in (0, -1))
        worse = [_eight_worse(each) for each in (strangers, copies)]
        yield (
            f"{whose(who)}, were all later projects strangers (kinship {low:g}) and nothing else "
            f"changed, the likeliest best number would be {_named(best_number(strangers, who))}, "
            f"with eight worse than one in {share_of_draws(worse[0])}; were they all but copies "
            f"({high:g}), {_named(best_number(copies, who))}, with eight worse in "
            f"{share_of_draws(worse[1])}: {_verdict(worse[1] - worse[0])}."
        )


def _eight_worse(values: xr.DataArray) -> float:
    """Give the share of draws in which the most projects are worse than one: (projects, ...)."""
    return float((values.isel(projects=-1) > values.isel(projects=0)).mean())


def _verdict(step: float) -> str:
    if abs(step) < _SHOWN:
        return "likeness hardly changes what many projects do"
    return f"likeness makes many projects {'more' if step > 0 else 'less'} dangerous"


def _efficacy(comparison: xr.Dataset, declared: Mapping[str, Any]) -> str:
    asked = [
        each
        for each in json.loads(comparison.attrs.get("questions", "[]"))
        if declared["asked_as"] is not None
        and each["intervention"] == declared["asked_as"]
        and each["answers"] > 0
    ]
    if not asked or declared["asked_as"] not in comparison.attrs["learned_efficacies"].split():
        return f"{declared['value']:g}, {declared['source']}"
    outright = sum(each["answers"] for each in asked if each["outcome"] == EFFICACY)
    through = sum(each["answers"] for each in asked if each["outcome"] != EFFICACY)
    answered_by = json.loads(comparison.attrs["answered_by"])
    names = [
        who
        for each in asked
        if each["outcome"] == EFFICACY
        for who in answered_by.get(each["name"], [])
    ]
    whose = f" ({listed(names)})" if 0 < len(names) <= _NAMED else ""
    parts = [
        f"{counted(outright, 'answer')} about it{whose}" if outright else "",
        f"{counted(through, 'answer')} about the risk if it happens" if through else "",
    ]
    spoke = outright + through
    rest = (
        "; for all other experts the panel's spread" if spoke < comparison.sizes["expert"] else ""
    )
    share = json.loads(comparison.attrs["shares_of_risk"]).get(declared["asked_as"])
    read = (
        f"; they say which share of {plain_name(share)} it removes, over what it would if it worked"
        if share
        else ""
    )
    return (
        f"learned from {' and '.join(filter(None, parts))}{rest}{read} (the file declares "
        f"{declared['value']:g}, {declared['source']})"
    )


def _named(best: BestNumber) -> str:
    return f"{counted(best.likeliest, 'project')} ({share_of_draws(best.share)} of draws)"
