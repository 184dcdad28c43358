"""The value of information in one call: of knowing parameters and of asking questions."""

import json
from collections.abc import Mapping, Sequence

import xarray as xr

from takeoff.analysis.comparison import Case
from takeoff.analysis.sensitivity.asking import NUMBERS, asking
from takeoff.analysis.sensitivity.choice import COST, benefits_of, choices
from takeoff.analysis.sensitivity.draws import thinned
from takeoff.analysis.sensitivity.knowing import estimates_of, knowing
from takeoff.analysis.sensitivity.respondents import Panel
from takeoff.analysis.voices import voices_of
from takeoff.models.interventions import Plan
from takeoff.models.priors import prior_set
from takeoff.models.questions import Question

__all__ = ["DRAWS", "information"]

DRAWS = 1000
"""Draws of the posterior that regressions are fitted to."""


def information(
    tree: xr.DataTree,
    asked: Mapping[str, Question],
    unasked: Mapping[str, Question],
    plans: Sequence[Plan],
    *,
    draws: int = DRAWS,
    numbers: Sequence[int] = NUMBERS,
    case: Case = "works",
    cost: float = COST,
    costs: Mapping[str, float] | None = None,
) -> xr.DataTree:
    """Compute what it is worth to know parameters, and to ask questions.

    Parameters
    ----------
    tree
        A fitted panel.
    asked
        The questions that it answered, by label; those of interventions without a learned efficacy
        are left out, and so are those that its posterior does not know.
    unasked
        Questions that might be asked, by name (`takeoff.analysis.questions_form.QUESTIONS`).
    plans
        What there is to choose from, the baseline first; mixtures are left out.
    draws
        How many draws of the posterior to use at most.
    numbers
        How many new experts may be asked.
    case, cost, costs
        The loss, as `takeoff.analysis.sensitivity.choice.benefits_of` takes it.

    Returns
    -------
    xr.DataTree
        Groups ``knowing``, with attributes ``draws``, ``case`` and ``cost``, and ``asking``.

    Raises
    ------
    InputError
        If there are too few draws, or the probability of catastrophe is the same in all.
    """
    posterior = voices_of(tree, thinned(tree, draws))
    camp_of = posterior["camp_of_expert"].values
    weights = json.loads(tree.attrs["camp_weights"])
    camps = [each for each in weights if each in camp_of]
    learned = posterior["intervention"].values.tolist() if "efficacy" in posterior else []
    known = {
        name: each
        for name, each in asked.items()
        if name in posterior["question"].values
        and (each.intervention is None or each.intervention in learned)
    }
    panel = Panel(camp_of, weights, prior_set(str(tree.attrs["prior_set"])), known)
    estimates = estimates_of(posterior, camps)
    benefits = benefits_of(posterior, choices(plans), case, cost, costs)
    known_of = knowing(posterior, estimates, benefits, cost)
    known_of.attrs = {
        "draws": posterior.sizes["chain"] * posterior.sizes["draw"],
        "case": case,
        "cost": cost,
    }
    return xr.DataTree.from_dict(
        {
            "/knowing": known_of,
            "/asking": asking(posterior, panel, unasked, estimates, benefits, numbers),
        }
    )
