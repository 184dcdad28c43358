"""What the report says of interventions: a record each, and sentences made by rules."""

from dataclasses import dataclass
from typing import Any

import xarray as xr

from takeoff.analysis.comparison_reading import Effect, effects, names_of, panel
from takeoff.analysis.comparison_rows import rows_of_plan
from takeoff.analysis.comparison_sentences import about_sources, about_working, plan_of, points
from takeoff.analysis.policies import RISKS
from takeoff.analysis.wording import counted, listed, plain_name, share_of_draws, whose

__all__ = ["Policy", "about_policies", "policies_page"]

_EVEN = 0.5


@dataclass(frozen=True)
class Policy:
    """An intervention as the page shows it.

    Attributes
    ----------
    name, title, meaning
        Of its file.
    likelihood
        How likely it is to happen and to work.
    sources
        Where its chance and efficacy come from.
    works, weighted
        By risk, and by whose view, what it does: cells of `comparison_rows`.
    """

    name: str
    title: str
    meaning: str
    likelihood: str
    sources: list[str]
    works: dict[str, dict[str, Any]]
    weighted: dict[str, dict[str, Any]]


def policies_page(tree: xr.DataTree) -> dict[str, Any]:
    """Give what the section on policies shows."""
    played = tree["policies"].to_dataset()
    drawn = {who: effects(played, who, RISKS) for who in panel(played)}
    found = []
    for name in names_of(played):
        plan = plan_of(played, name)
        works, weighted = (
            {row["name"]: row["cells"] for row in rows_of_plan(drawn, name, RISKS, case)}
            for case in ("works", "weighted")
        )
        found.append(
            Policy(
                name=name,
                title=str(plan["title"]),
                meaning=" ".join(str(plan["meaning"]).split()),
                likelihood=about_working(played, name),
                sources=about_sources(played, name),
                works=works,
                weighted=weighted,
            )
        )
    return {
        "risks": RISKS,
        "whose": panel(played),
        "draws": played.sizes["chain"] * played.sizes["draw"],
        "sentences": about_policies(played),
        "policies": found,
    }


def about_policies(played: xr.Dataset) -> list[str]:
    """Say for each of the panel's views what would lower catastrophe most, and what may raise it.

    Parameters
    ----------
    played
        Interventions played out (`policies.policies`).
    """
    return [*(_in_view(played, who) for who in panel(played)), _on_what(played)]


def _in_view(played: xr.Dataset, who: str) -> str:
    drawn = effects(played, who, RISKS)
    names = names_of(played)
    works = {name: drawn[name, "catastrophe", "works"] for name in names}
    weighted = {name: drawn[name, "catastrophe", "weighted"] for name in names}
    most, likely = _lowest(works), _lowest(weighted)
    raising = [name for name, each in works.items() if each.better < _EVEN]
    said = [
        f"{whose(who)}, of {counted(len(names), 'intervention')} {plain_name(most)} lowers "
        f"catastrophe most if it works: {_by(works[most])}",
        f"weighted by its chance and efficacy it does {_by(weighted[most])}"
        if likely == most
        else f"weighted by chance and efficacy {plain_name(likely)} does, {_by(weighted[likely])}",
    ]
    more = (
        f"More likely to raise catastrophe than to lower it, were they to work: "
        f"{listed([f'{plain_name(name)} ({_raises(works[name])})' for name in raising])}."
        if raising
        else "None is more likely to raise catastrophe than to lower it."
    )
    return f"{'; '.join(said)}. {more}"


def _lowest(found: dict[str, Effect]) -> str:
    return min(found, key=lambda name: found[name].difference.median)


def _by(each: Effect) -> str:
    change = each.difference
    ends = f"{points(change.lower)} to {points(change.upper)}"
    return f"{points(change.median)} percentage points ({ends})"


def _raises(each: Effect) -> str:
    return f"it does in {share_of_draws(1 - each.better)} of draws"


def _on_what(played: xr.Dataset) -> str:
    """Say whose numbers the weights are."""
    learned = set(played.attrs["learned_efficacies"].split())
    heard = [
        name
        for name in names_of(played)
        for change in plan_of(played, name)["changes"]
        if change["efficacy"]["asked_as"] in learned
    ]
    if not heard:
        return "Chances and efficacies are declared by the interventions' files: nobody was asked."
    return (
        f"Efficacies of {listed([plain_name(name) for name in heard])} are learned from the "
        "answers; all other efficacies, and every chance, are declared by the interventions' files."
    )
