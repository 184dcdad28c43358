"""What a reader should take away: three sentences, made from the numbers by rules.

First or most is said only of what exceeds the next by twice the standard error of their difference;
otherwise all that cannot be told apart from the first are named, or counted when they are many.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from takeoff.analysis.movement import Movement
from takeoff.analysis.pareto import LARGEST_SHAPE
from takeoff.analysis.sensitivity.findings import LARGEST_RHAT
from takeoff.analysis.sensitivity.powerscale import MUCH
from takeoff.analysis.sensitivity.worth_sentences import called
from takeoff.analysis.wording import counted, listed, plain_name, probability

__all__ = [
    "Leaders",
    "about_beliefs",
    "about_people_and_questions",
    "about_the_prior",
    "leaders",
    "swings",
]

_MANY = 3
"""More names than this are counted, not listed."""

_DOUBT = 2.0
"""Standard errors of a difference below which two are not told apart."""


@dataclass(frozen=True)
class Leaders:
    """Who leads a ranking, and who cannot be told apart from the first; the first stands first."""

    names: tuple[str, ...]
    size: float
    error: float

    @property
    def alone(self) -> bool:
        """Whether the first is ahead of all others for certain."""
        return len(self.names) == 1

    @property
    def sure(self) -> bool:
        """Whether the first is anything but noise."""
        return self.size > _DOUBT * self.error


def leaders(sizes: Mapping[str, tuple[float, float]]) -> Leaders:
    """Rank sizes, each given with its standard error.

    >>> leaders({"a": (0.5, 0.01), "b": (0.2, 0.01)}).names
    ('a',)
    >>> leaders({"a": (0.5, 0.2), "b": (0.4, 0.2), "c": (0.0, 0.01)}).names
    ('a', 'b')
    """
    ranked = sorted(sizes.items(), key=lambda each: -each[1][0])
    (first, (size, error)), *others = ranked
    close = [
        name
        for name, (other, doubt) in others
        if not size - other > _DOUBT * math.hypot(error, doubt)
    ]
    return Leaders((first, *close), size, error)


def swings(tornado: xr.Dataset, outcome: str) -> dict[str, tuple[float, float]]:
    """Give how far knowing each parameter moves an outcome, with the error; trusted ones only."""
    table = tornado.sel(outcome=outcome)
    trusted = (tornado["k"] <= LARGEST_SHAPE).all("end").values
    swing = np.abs(table["known"].diff("end").isel(end=0).values)
    error = np.sqrt((table["error"] ** 2).sum("end").values)
    return {
        str(name): (float(swing[row]), float(error[row]))
        for row, name in enumerate(tornado["parameter"].values)
        if trusted[row]
    }


def about_beliefs(tornado: xr.Dataset, outcome: str = "catastrophe") -> str:
    """Say which belief moves the estimate most, were it known; and which the world itself feels."""
    sizes = swings(tornado, outcome)
    if not sizes:
        return f"No belief's hold on {plain_name(outcome)} can be told from these draws."
    found = leaders(sizes)
    if not found.sure:
        return (
            f"No single belief of the panel's centre, were it known, is sure to move the "
            f"consensus on {plain_name(outcome)}."
        )
    table = tornado.sel(outcome=outcome)
    first = table.sel(parameter=found.names[0])
    low, high = sorted(float(each) for each in first["known"].values)
    moves = f"from {probability(low)} to {probability(high)}"
    name = plain_name(found.names[0])
    at_ends = "from one end of what the posterior allows it (5th to 95th percentile) to the other"
    if found.alone:
        said = (
            f"The belief that moves {plain_name(outcome)} most, were it known, is {name}: "
            f"{at_ends}, the consensus goes {moves}"
        )
    elif len(found.names) <= _MANY:
        names = listed([plain_name(each) for each in found.names])
        said = (
            f"The beliefs that move {plain_name(outcome)} most, were they known, are {names}, "
            f"which cannot be told apart; the consensus goes {moves} as {name} goes {at_ends}"
        )
    else:
        others = counted(len(found.names) - 1, "other belief")
        said = (
            f"No belief stands out: {name} moves {plain_name(outcome)} {moves} as it goes "
            f"{at_ends}, and {others} cannot be told apart from it"
        )
    return f"{said}{_felt(table, found.names)}."


def _felt(table: xr.Dataset, known: Sequence[str]) -> str:
    """Add what moves the estimate most with all else held, where that is another belief."""
    swing = np.abs(table["alone"].diff("end").isel(end=0).values)
    name = str(table["parameter"].values[int(np.argmax(swing))])
    if name in known:
        return ""
    low, high = sorted(float(each) for each in table["alone"].sel(parameter=name).values)
    return (
        f"; {plain_name(name)} would move it from {probability(low)} to {probability(high)} with "
        "all else held, but the answers do not allow that: other beliefs then make up for it"
    )


def about_people_and_questions(
    power: xr.Dataset, asking: xr.Dataset | None = None, outcome: str = "catastrophe"
) -> str:
    """Say whose answers weigh most on the estimate, and which question is worth asking next."""
    said = f"{_whose(power, outcome)}"
    missing = _missing(asking) if asking is not None else ""
    return f"{said}; {missing}." if missing else f"{said}."


def _sizes(power: xr.Dataset, kind: str, outcome: str) -> dict[str, tuple[float, float]]:
    table = power.isel(component=power["kind"].values == kind).sel(outcome=outcome)
    return {
        str(name): (float(size), float(error))
        for name, size, error in zip(
            table["of"].values, table["sensitivity"].values, table["error"].values, strict=True
        )
    }


def _whose(power: xr.Dataset, outcome: str) -> str:
    crowds = {
        f"the crowd of {name}": size for name, size in _sizes(power, "crowd", outcome).items()
    }
    people = _sizes(power, "expert", outcome) | crowds
    found = leaders(people)
    is_much = "which is much" if found.size >= MUCH else f"below the {MUCH} that is much"
    weight = f"sensitivity {found.size:.3f}, {is_much}"
    few = listed(found.names) if len(found.names) <= _MANY else ""
    if len(people) == 1:
        return f"The answers are those of {few} ({weight}), of whom nobody is told apart"
    if not found.sure:
        return f"No single expert's answers are sure to move {plain_name(outcome)}"
    if found.alone:
        whose = f"those of {few}" if few in crowds else f"{few}'s"
        return f"The answers that weigh most on {plain_name(outcome)} are {whose} ({weight})"
    if few:
        return (
            f"The answers that weigh most on {plain_name(outcome)} are those of {few}, who cannot "
            f"be told apart ({weight})"
        )
    others = len(found.names) - 1
    return (
        f"No single expert decides {plain_name(outcome)}: the answers of {found.names[0]} weigh "
        f"most ({weight}), and those of {others} others cannot be told apart from them"
    )


def _missing(asking: xr.Dataset) -> str:
    """Say which question, put to new experts, is expected to teach most about the consensus."""
    population = (asking["kind"].values == "new") & (asking["camp"].values == "")
    new = asking.isel(people=population).sel(view="consensus")
    if not new.sizes["people"]:
        return ""
    most = new.isel(people=int(np.argmax(new["number"].values)))
    sizes = {
        str(name): (float(size), float(error))
        for name, size, error in zip(
            most["question"].values,
            most["of_estimate"].values,
            most["of_estimate_error"].values,
            strict=True,
        )
        if np.isfinite(size)
    }
    if not sizes:
        return ""
    found = leaders(sizes)
    people = counted(int(most["number"]), "new expert")
    if not found.sure:
        return f"no question put to {people} is sure to teach anything about it"
    worth = f"{100 * found.size:.0f}% of the variance of the log-odds of catastrophe"
    name = called(found.names[0])
    if found.alone:
        return f"the question most worth asking of {people} is {name}, expected to remove {worth}"
    if len(found.names) <= _MANY:
        names = listed([called(each) for each in found.names])
        return (
            f"the questions most worth asking of {people} are {names}, which cannot be told "
            f"apart; the first is expected to remove {worth}"
        )
    return (
        f"no question put to {people} stands out: {name} is expected to remove {worth}, and "
        f"{len(found.names) - 1} others cannot be told apart from it"
    )


def about_the_prior(movement: Movement, power: xr.Dataset, refits: xr.Dataset | None = None) -> str:
    """Say how far the estimate is the prior speaking; ``refits`` are those of a sweep, if any."""
    name = movement.row.outcome
    table = power.sel(outcome=name)
    priors = leaders(_sizes(power, "prior", name))
    strong = table.isel(
        component=(table["kind"].values == "prior")
        & (table["sensitivity"].values - _DOUBT * table["error"].values >= MUCH)
    )
    names = [plain_name(str(each)) for each in strong["of"].values]
    untouched = (strong["diagnosis"] == "strong prior or weak data").all()
    aside = ", of which the answers hardly speak" if untouched else ""
    words = {
        "rests on the prior": f"The estimate of {plain_name(name)} is still the prior speaking",
        "narrowed": f"The answers narrowed {plain_name(name)} without moving it much",
        "moved": f"The answers moved {plain_name(name)}",
        "widened": f"The answers widened {plain_name(name)}",
        "absent": f"How far the answers moved {plain_name(name)} cannot be told",
    }
    said = words[movement.verdict]
    if movement.verdict != "absent":
        said += (
            f": its 90% interval has {100 * movement.width:.0f}% of the width that it had before "
            "anybody was asked, in log-odds"
        )
    everything = _halved(table, "all priors") or _halved_again(refits, name)
    if names and len(names) <= _MANY:
        kind = "prior" if len(names) == 1 else "priors"
        tail = f"what is left hangs most on the {kind} of {listed(names)}{aside}"
    elif names:
        first = plain_name(priors.names[0])
        rank = "most of all" if priors.alone else "among them"
        tail = f"what is left hangs on {len(names)} priors, that of {first} {rank}{aside}"
    else:
        tail = "no single prior is sure to weigh much on what is left"
    return f"{said}; {tail}{everything}."


def _halved(table: xr.Dataset, component: str) -> str:
    """Add what half the weight would do, where importance weights can tell."""
    own = table.sel(component=component, power=0.5)
    if not float(own["k"]) <= LARGEST_SHAPE:
        return ""
    return f"; with all priors at half their weight the median is {probability(_median(own))}"


def _halved_again(refits: xr.Dataset | None, outcome: str) -> str:
    """Add what half the weight does in a refit, where there is one whose chains agree."""
    name = "power.all.priors = 0.5"
    if refits is None or name not in refits["row"].values:
        return ""
    row = refits.sel(row=name, who="consensus", outcome=outcome)
    if row["how"] != "refit" or not float(row["rhat"]) <= LARGEST_RHAT:
        return ""
    value = probability(float(row["value"].sel(level=0.5)))
    return f"; fitted again with all priors at half their weight, the median is {value}"


def _median(own: xr.Dataset) -> float:
    return float(own["quantile"].sel(level=0.5))
