"""Mixtures of worlds: the outcomes of a plan from those of its branches.

A branch's weight may differ from draw to draw and from person to person, since they disagree
about whether an intervention works. An outcome that is conditioned on something counts in each
branch as often as its condition holds there::

    outcome = Σ weight · condition · outcome / Σ weight · condition
"""

import json
from collections.abc import Mapping, Sequence

import xarray as xr

from takeoff.models.evaluate import evaluate_with_conditions, under_policy
from takeoff.models.interventions import Branch, Likelihood, Plan
from takeoff.models.outcomes import OUTCOME_NAMES
from takeoff.models.scenario import Scenario

__all__ = ["Evaluated", "chances_of_working", "mixed"]


class Evaluated:
    """Every outcome of some worlds in scenarios, each computed once.

    Parameters
    ----------
    worlds
        Every parameter by name; they broadcast together.
    """

    def __init__(self, worlds: Mapping[str, xr.DataArray]) -> None:
        self._worlds = worlds
        self._known: dict[str, xr.Dataset] = {}

    def __call__(self, scenario: Scenario) -> xr.Dataset:
        """Give ``value`` and ``condition`` (outcome, ...); of absent outcomes NaN and 0."""
        key = json.dumps(scenario.to_mapping(), sort_keys=True)
        if key not in self._known:
            self._known[key] = self._evaluate(scenario)
        return self._known[key]

    def _evaluate(self, scenario: Scenario) -> xr.Dataset:
        # The policy is applied here and not in the graph: so scenarios that differ in nothing
        # else share one graph, and building it takes as long as ten thousand worlds.
        inputs = {name: value for name, value in scenario.to_mapping().items() if name != "values"}
        bare = Scenario.from_mapping({k: v for k, v in inputs.items() if k != "shifts"})
        found = evaluate_with_conditions(under_policy(self._worlds, scenario), bare)
        found = found.reindex(outcome=list(OUTCOME_NAMES))
        return found.assign(condition=found["condition"].fillna(0.0))


def chances_of_working(plan: Plan, efficacies: xr.DataArray | None) -> list[xr.DataArray]:
    """Give for each change of a plan the probability that it happens and does something.

    Parameters
    ----------
    plan
        The plan.
    efficacies
        What a posterior has learned: (intervention, ...), or None. Where it has the intervention
        under which experts were asked, it takes the place of the declared efficacy.
    """
    return [
        xr.DataArray(each.chance.value) * _efficacy(each.efficacy, efficacies)
        if each.chance and each.efficacy
        else xr.DataArray(1.0)
        for each in plan.changes
    ]


def mixed(
    branches: Sequence[Branch], chances: Sequence[xr.DataArray], evaluated: Evaluated
) -> xr.DataArray:
    """Give every outcome of a mixture of branches: (outcome, ...)."""
    if len(branches) == 1:
        return evaluated(branches[0].scenario)["value"]
    total, condition = xr.DataArray(0.0), xr.DataArray(0.0)
    for branch in branches:
        weight = xr.DataArray(branch.weight)
        for place in branch.works:
            weight = weight * chances[place]
        for place in branch.fails:
            weight = weight * (1 - chances[place])
        found = evaluated(branch.scenario)
        total = total + weight * found["condition"] * found["value"].fillna(0.0)
        condition = condition + weight * found["condition"]
    return (total / condition).where(condition > 0)


def _efficacy(declared: Likelihood, efficacies: xr.DataArray | None) -> xr.DataArray:
    if efficacies is not None and declared.asked_as in efficacies["intervention"].values:
        return efficacies.sel(intervention=declared.asked_as, drop=True)
    return xr.DataArray(declared.value)
