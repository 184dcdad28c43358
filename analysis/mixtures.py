"""Mixtures of worlds: the outcomes of a plan from those of its branches.

A branch's weight may differ from draw to draw and from person to person, since they disagree
about whether an intervention works. An outcome that is conditioned on something counts in each
branch as often as its condition holds there::

    outcome = Σ weight · condition · outcome / Σ weight · condition
"""

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
import xarray as xr

from takeoff.models.evaluate import evaluate_with_conditions, under_policy
from takeoff.models.interventions import Branch, Change, Plan, scenario_of
from takeoff.models.outcomes import OUTCOME_NAMES
from takeoff.models.scenario import Scenario

__all__ = ["Evaluated", "chances_of_working", "mixed"]

_NONE: Mapping[str, str] = MappingProxyType({})


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


def chances_of_working(
    plan: Plan,
    efficacies: xr.DataArray | None,
    shares: Mapping[str, str] = _NONE,
    evaluated: Evaluated | None = None,
) -> list[xr.DataArray]:
    """Give for each change of a plan the probability that it happens and does something.

    Parameters
    ----------
    plan
        The plan.
    efficacies
        What a posterior has learned: (intervention, ...), or None. Where it has the intervention
        under which experts were asked, it takes the place of the declared efficacy.
    shares
        By intervention the outcome of which its efficacy is a share removed, for those that were
        learned from the risk that experts see if it happens. What removes a share s of the risk,
        and would remove r if it worked, works with probability s / r, at most 1.
    evaluated
        Outcomes of the worlds; without them a share is taken for the efficacy itself, as if what
        works removed all the risk.
    """
    return [
        xr.DataArray(each.chance.value) * _efficacy(each, efficacies, shares, evaluated)
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


def _efficacy(
    change: Change,
    efficacies: xr.DataArray | None,
    shares: Mapping[str, str],
    evaluated: Evaluated | None,
) -> xr.DataArray:
    declared = change.efficacy
    if declared is None:
        return xr.DataArray(1.0)
    asked = declared.asked_as
    if efficacies is None or asked is None or asked not in efficacies["intervention"].values:
        return xr.DataArray(declared.value)
    learned = efficacies.sel(intervention=asked, drop=True)
    if evaluated is None or asked not in shares:
        return learned
    now, then = (
        evaluated(scenario)["value"].sel(outcome=shares[asked], drop=True)
        for scenario in (Scenario(), scenario_of([change]))
    )
    removed = 1 - then / now
    # Where the change would not lower the risk, no chance of it explains what the expert said.
    return xr.where(removed > 0, np.minimum(learned / removed, 1.0), learned)
