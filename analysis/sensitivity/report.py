"""Sensitivity of a fitted panel, all of it: one tree of datasets."""

from collections.abc import Callable
from importlib.metadata import version

import xarray as xr

from takeoff.analysis.questions_form import QUESTIONS
from takeoff.analysis.sensitivity.base import Base
from takeoff.analysis.sensitivity.components import log_prior
from takeoff.analysis.sensitivity.cruxes import cruxes, pairs
from takeoff.analysis.sensitivity.event_worth import has_events, worth_of_events
from takeoff.analysis.sensitivity.indices import posterior_indices, prior_indices
from takeoff.analysis.sensitivity.information import information
from takeoff.analysis.sensitivity.powerscale import power_scaling
from takeoff.analysis.sensitivity.tornado import tornado
from takeoff.analysis.voices import crowd_name, told_apart
from takeoff.data import load_plans

__all__ = ["sensitivity"]

Say = Callable[[str], None]


def sensitivity(
    base: Base, prior: xr.Dataset | None = None, say: Say = lambda _: None
) -> xr.DataTree:
    """Compute all that needs no refit.

    Parameters
    ----------
    base
        The fitted panel.
    prior
        Its log prior by variable, computed when None.
    say
        Told what is being computed, as it begins.

    Returns
    -------
    xr.DataTree
        Groups ``power``, ``tornado``, ``cruxes``, ``indices``, ``prior_indices``, ``knowing`` and
        ``asking``; ``pairs`` where there are two experts who can be told apart, ``events`` where
        FRI's panel was fitted; ``refits`` is added by a sweep.
    """
    say("power-scaling of priors, experts and questions")
    power = power_scaling(base, log_prior(base.draws, base.panel) if prior is None else prior)
    people = base.judgments.answers
    camp_of = dict(zip(people["expert"].values, people["camp"].values, strict=True))
    camp_of |= {crowd_name(each.camp): each.camp for each in base.panel.crowds}
    camps = [camp_of.get(name, "") for name in power["of"].values]
    groups = {"power": power.assign_coords(camp=("component", camps))}
    say("tornado")
    groups["tornado"] = tornado(base)
    say("cruxes")
    groups["cruxes"] = cruxes(base.tree)
    if len(told_apart(base.tree)) > 1:
        groups["pairs"] = pairs(base.tree)
    say("indices")
    groups["indices"] = posterior_indices(base.tree)
    groups["prior_indices"] = prior_indices(base.chosen)
    say("the value of information")
    unasked = {each.name: each for each in QUESTIONS}
    worth = information(base.tree, base.judgments.questions, unasked, load_plans(()))
    groups |= {name: worth[name].to_dataset() for name in ("knowing", "asking")}
    if has_events(base.tree):
        groups["events"] = worth_of_events(base.tree)
    tree = xr.DataTree.from_dict(groups)
    tree.attrs = {
        "result_id": base.tree.attrs["result_id"],
        "takeoff_version": version("takeoff"),
        "problems": base.tree.attrs["problems"],
    }
    return tree
