"""What it would be worth to know: everything, a parameter, or a group of parameters.

For the estimate of the log-odds of catastrophe, as the share of its variance that would go; for
the choice among plans, in points of the probability of catastrophe (`takeoff.analysis.sensitivity.
value`). Parameters are those behind the consensus: what experts share, and the median expert's
where they differ.
"""

from collections.abc import Sequence

import numpy as np
import xarray as xr
from threadpoolctl import threadpool_limits

from takeoff.analysis.sensitivity.choice import COST, COSTS, at_cost
from takeoff.analysis.sensitivity.draws import log_odds
from takeoff.analysis.sensitivity.indices import typical_worldview
from takeoff.analysis.sensitivity.value import worth_of_both, worth_of_everything
from takeoff.analysis.voices import middle, of_camp
from takeoff.analysis.worlds import worldviews_of
from takeoff.models.errors import InputError
from takeoff.models.evaluate import evaluate
from takeoff.models.parameters import PARAMETER_NAMES
from takeoff.models.scenario import Scenario
from takeoff.models.special import FloatArray

__all__ = ["GROUPS", "estimates_of", "knowing"]

GROUPS: dict[str, tuple[str, ...]] = {
    "alignment": ("margin", "doubt", "uplift", "spillover", "inheritance", "progress"),
    "racing": ("race", "haste"),
    "inspection": ("detection", "false_alarm", "detection_spread", "persistence"),
    "likeness": (
        *("copied", "replicated", "independent"),
        *("cost_pull", "reuse_pull", "caution_pull"),
        *("kinship_copied", "kinship_replicated", "kinship_independent"),
    ),
    "resources": ("speed", "lead"),
    "offence and defence": ("offense", "decisiveness", "human_defense"),
    "coordination": ("coordination_kin", "coordination_strangers"),
    "warnings": ("slip", "response"),
    "lethality": ("lethality",),
    "theft": ("security", "security_spread", "dilution", "theft_harm"),
    "other roads": ("conflict", "bargaining", "power_grab"),
    "arrival": ("arrival_median", "arrival_spread"),
}
"""Parameters by what they are about, each in one group."""


def estimates_of(heard: xr.Dataset, camps: Sequence[str]) -> xr.DataArray:
    """Compute the log-odds of catastrophe of the consensus and of camps: (view, chain, draw).

    In the default scenario; ``heard`` are draws with everybody's voice (`voices`).
    """
    found = evaluate(worldviews_of(heard), Scenario(), ["catastrophe"], "fit")["catastrophe"]
    odds = found.copy(data=log_odds(found.values))
    middles = [middle(odds), *(middle(of_camp(odds, each)) for each in camps)]
    together = xr.concat(middles, xr.IndexVariable("view", ["consensus", *camps]))
    return together.transpose("view", "chain", "draw")


def knowing(
    heard: xr.Dataset, estimates: xr.DataArray, benefits: xr.DataArray, cost: float = COST
) -> xr.Dataset:
    """Compute the value of perfect information, on everything, on each parameter and each group.

    Parameters
    ----------
    heard
        Draws of a fitted panel with everybody's voice (`voices`).
    estimates
        What is estimated, (view, chain, draw), of the same draws (`estimates_of`).
    benefits
        What plans save, (plan, chain, draw), of the same draws (`benefits_of`).
    cost
        Of each change, as the benefits have it.

    Returns
    -------
    xr.Dataset
        ``variance`` (view): of the log-odds of catastrophe, what perfect information removes;
        ``of_estimate`` (knowledge, view): share of it that each parameter, and each group, removes;
        ``of_choice`` (knowledge): EVPPI in points of probability; ``everything``: EVPI;
        ``saved`` (plan): mean benefit; ``everything_at`` and the plan ``chosen_at`` (change_cost):
        EVPI and the best choice, had a change cost so much. What is estimated has its standard
        error beside it, ``..._error``. ``is_group`` (knowledge) tells groups from parameters.

    Raises
    ------
    InputError
        If an estimate is the same in every draw.
    """
    targets, options = _samples(estimates, "view"), _samples(benefits, "plan")
    if not np.all(targets.std(axis=0) > 0):
        raise InputError("the probability of catastrophe is the same in every draw")
    typical = typical_worldview(heard)
    columns = {name: typical[name].values.ravel() for name in PARAMETER_NAMES}
    known = {name: (name,) for name in PARAMETER_NAMES} | {
        f"all of {name}": parts for name, parts in GROUPS.items()
    }
    features = [np.stack([columns[name] for name in each], axis=1) for each in known.values()]
    with threadpool_limits(1, "blas"):  # matrices this small lose more than half to a second one
        both = [worth_of_both(each, targets, options) for each in features]
    everything = worth_of_everything(options)
    repriced = [_samples(at_cost(benefits, each, cost), "plan") for each in COSTS]
    dims = ("knowledge", "view")
    return xr.Dataset(
        {
            "variance": ("view", targets.var(axis=0)),
            "of_estimate": (dims, np.array([each.value for each, _ in both])),
            "of_estimate_error": (dims, np.array([each.error for each, _ in both])),
            "of_choice": ("knowledge", np.array([each.value for _, each in both])),
            "of_choice_error": ("knowledge", np.array([each.error for _, each in both])),
            "everything": float(everything.value),
            "everything_error": float(everything.error),
            "saved": ("plan", options.mean(axis=0)),
            "cost": ("plan", benefits["cost"].values),
            "everything_at": (
                "change_cost",
                [float(worth_of_everything(each).value) for each in repriced],
            ),
            "everything_at_error": (
                "change_cost",
                [float(worth_of_everything(each).error) for each in repriced],
            ),
            "chosen_at": (
                "change_cost",
                [str(benefits["plan"].values[each.mean(axis=0).argmax()]) for each in repriced],
            ),
        },
        coords={
            "knowledge": list(known),
            "is_group": ("knowledge", [name not in PARAMETER_NAMES for name in known]),
            "view": estimates["view"].values,
            "plan": benefits["plan"].values,
            "change_cost": list(COSTS),
        },
    )


def _samples(values: xr.DataArray, dim: str) -> FloatArray:
    """Give draws as (sample, what is along dim), chain after chain."""
    ordered = values.transpose("chain", "draw", dim).values
    return np.asarray(ordered.reshape(-1, ordered.shape[-1]))
