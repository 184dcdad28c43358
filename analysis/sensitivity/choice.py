"""The choice among plans: what each costs and saves, in every draw of a posterior.

The loss of a plan is the consensus' probability of catastrophe under it, plus a stated cost for
each change that it makes, in the same unit: what one would give, in points of that probability, to
be spared the trouble. Its benefit is the loss of the baseline less its own.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr

from takeoff.analysis.comparison import Case
from takeoff.analysis.mixtures import chances_of_working
from takeoff.analysis.voices import middle
from takeoff.analysis.worlds import worldviews_of
from takeoff.models.evaluate import evaluate, under_policy
from takeoff.models.interventions import Branch, Plan
from takeoff.models.scenario import Scenario

__all__ = ["COST", "COSTS", "at_cost", "benefits_of", "choices"]

COST = 0.02
"""Default cost of each change: two points of the probability of catastrophe.

A convention and no finding. Were it nothing, whatever never harms would be done and no knowledge
could change it; were it a tenth, nothing would be done. Reports state it beside every number, and
show what changes with it."""

COSTS = (0.0, 0.01, 0.02, 0.05)
"""Costs of a change at which reports show what would be chosen."""


def choices(plans: Sequence[Plan]) -> list[Plan]:
    """Leave out what nobody chooses: mixtures, which say that a number of projects is unknown."""
    return [each for each in plans if each.kind != "mixture"]


def benefits_of(
    heard: xr.Dataset,
    plans: Sequence[Plan],
    case: Case = "works",
    cost: float = COST,
    costs: Mapping[str, float] | None = None,
) -> xr.DataArray:
    """Compute what each plan saves over the baseline: (plan, chain, draw), in probability.

    Parameters
    ----------
    heard
        Draws of a fitted panel with everybody's voice (`voices`).
    plans
        What there is to choose from, the baseline first.
    case
        Whether a plan works when it is chosen, or works with its own chance and efficacy.
    cost
        Cost of each change of a plan; the baseline's are free.
    costs
        Costs of whole plans by name, in place of that.

    Returns
    -------
    xr.DataArray
        With ``cost`` (plan) and how many ``changes`` it is the cost of (0 where ``costs`` says it).
    """
    worlds = worldviews_of(heard)
    efficacy = heard.get("efficacy")
    known: dict[str, xr.DataArray] = {}

    def catastrophe(scenario: Scenario) -> xr.DataArray:
        inputs = scenario.to_mapping()
        key = repr(sorted(inputs.items()))
        if key not in known:
            bare = {name: each for name, each in inputs.items() if name not in ("values", "shifts")}
            policy = under_policy(worlds, scenario)
            table = evaluate(policy, Scenario.from_mapping(bare), ["catastrophe"], "fit")
            known[key] = table["catastrophe"]
        return known[key]

    def risk(plan: Plan) -> xr.DataArray:
        branches: Sequence[Branch] = plan.if_it_works() if case == "works" else plan.weighted()
        chances = chances_of_working(plan, efficacy)
        total = xr.zeros_like(worlds["margin"])
        for branch in branches:
            weight = xr.DataArray(branch.weight)
            for place in branch.works:
                weight = weight * chances[place]
            for place in branch.fails:
                weight = weight * (1 - chances[place])
            total = total + weight * catastrophe(branch.scenario)
        return middle(total)

    stated = {each.name: cost * len(each.changes) for each in plans[1:]} | dict(costs or {})
    losses = [risk(each) + stated.get(each.name, 0.0) for each in plans]
    names = xr.IndexVariable("plan", [each.name for each in plans])
    table = xr.concat([losses[0] - each for each in losses], names)
    found = table.transpose("plan", "chain", "draw").rename("benefit")
    changes = [0, *(0 if each.name in (costs or {}) else len(each.changes) for each in plans[1:])]
    return found.assign_coords(
        cost=("plan", np.array([stated.get(name, 0.0) for name in names.values])),
        changes=("plan", changes),
    )


def at_cost(benefits: xr.DataArray, cost: float, before: float = COST) -> xr.DataArray:
    """Give benefits had each change cost so much, in place of what it cost before."""
    return benefits + (before - cost) * benefits["changes"]
