"""Reweighting: what a change would do, told from the base's draws without a fit.

Each draw is weighted by how the change multiplies its density. Whoever is left out takes away the
likelihood of their answers, integrated over what belongs to them alone.
"""

import time

import numpy as np
import xarray as xr

from takeoff.analysis import derived
from takeoff.analysis.sensitivity.base import Base
from takeoff.analysis.sensitivity.changes import (
    Change,
    answer_powers,
    changed_judgments,
    changed_prior,
    crowd_power,
    scales,
    shared_errors,
)
from takeoff.analysis.sensitivity.components import log_prior, top_level
from takeoff.analysis.sensitivity.crowds import by_crowd, without_questions
from takeoff.analysis.sensitivity.findings import Row, of_weights
from takeoff.analysis.sensitivity.weights import Weights, weights_of
from takeoff.models.answers.shared_errors import SharedErrors
from takeoff.models.panel import panel_model
from takeoff.models.priors import PriorSet, log_prior_ratio
from takeoff.models.questions import Judgments
from takeoff.models.scales import Scales
from takeoff.models.transforms import to_real
from takeoff.models.worldviews import prior_spreads

__all__ = ["NEARNESS", "log_ratio", "nearness", "reweighted"]

NEARNESS = 0.25
"""How near a parameter that is held fixed is held, in standard deviations of its posterior."""


def reweighted(base: Base, change: Change, prior: xr.Dataset) -> tuple[Row, Weights]:
    """Carry out a change by weights; whether they may be trusted they say themselves.

    ``prior`` is the base's log prior by variable (`components.log_prior`).
    """
    begun = time.perf_counter()
    weights = weights_of(log_ratio(base, change, prior))
    outcomes = _of_those_left(base, changed_judgments(base.judgments, change))
    row = of_weights(change, outcomes, weights, time.perf_counter() - begun)
    return row, weights


def log_ratio(base: Base, change: Change, prior: xr.Dataset) -> xr.DataArray:
    """Compute the logarithm of a changed density over the base's, at its draws (chain, draw)."""
    total, said = _otherwise(base, change, prior)
    left = changed_judgments(base.judgments, change).answers
    answers = base.panel.judgments.answers
    gone = answers["expert"].values[~np.isin(answers["expert"].values, left["expert"].values)]
    if len(gone):
        total = total + base.without_experts.sel(expert=gone).sum("expert")
    heard = np.isin(answers["question"].values, left["question"].values)
    powers = xr.DataArray(heard * answer_powers(base.panel.judgments, change), dims="answer")
    here = ~np.isin(answers["expert_name"].values, gone)
    step = powers * said["log_odds"] - base.log_likelihood
    total = total + step.isel(answer=here).sum("answer") + _of_crowds(base, change, said, left)
    for name, power in change.numbers("power.prior.").items():
        total = total + (power - 1) * prior[name]
    if "priors" in change.numbers("power.all."):
        stated = prior[[name for name in top_level(base.panel) if name in prior]]
        total = total + (change.numbers("power.all.")["priors"] - 1) * _sum(stated)
    for name, value in change.numbers("fix.").items():
        away = to_real(name, base.draws[name].values) - float(to_real(name, np.array(value)))
        total = total - 0.5 * base.draws[name].copy(data=(away / nearness(base, name)) ** 2)
    return total.reset_coords(drop=True)


def _of_crowds(
    base: Base, change: Change, said: xr.Dataset, left: xr.Dataset
) -> xr.DataArray | float:
    """Compare what crowds say: (chain, draw)."""
    if not base.panel.crowds:
        return 0.0
    gone = change.left_out().get("question", ())
    if gone and said is not base.said:
        # What is left of the people's answers is known of the base's model only.
        return xr.full_like(base.log_likelihood.isel(answer=0), np.nan)
    now = (
        without_questions(said, base.crowd_answers, gone)
        if gone
        else by_crowd(said, base.panel.crowds)
    )
    asked = set(zip(left["camp"].values.tolist(), left["study"].values.tolist(), strict=True))
    powers = [
        crowd_power(each, change) if (each.camp, each.study) in asked else 0.0
        for each in base.panel.crowds
    ]
    before = by_crowd(base.said, base.panel.crowds)
    return (xr.DataArray(powers, dims="crowd") * now - before).sum("crowd")


def _of_those_left(base: Base, left: Judgments) -> xr.DataArray:
    """Give outcomes by voice of those who are left; a crowd's count for as many as are left."""
    camps, outcomes = left.answers["camp"].values, base.outcomes
    of_crowds = {each.camp for each in base.panel.crowds}
    camp_of = outcomes["camp_of_expert"].values
    told = np.isin(outcomes["expert"].values, left.answers["expert"].values)
    crowded = np.isin(camp_of, list(of_crowds))
    kept = outcomes.isel(expert=np.flatnonzero(np.where(crowded, np.isin(camp_of, camps), told)))
    if not of_crowds:
        return kept
    camp_of = kept["camp_of_expert"].values
    weight = [
        (camps == camp).sum() / (camp_of == camp).sum() if camp in of_crowds else 1.0
        for camp in camp_of.tolist()
    ]
    return kept.assign_coords(weight=("expert", weight))


def nearness(base: Base, name: str) -> float:
    """Give how near a fixed parameter is held, on its unconstrained scale."""
    return NEARNESS * float(np.std(to_real(name, base.draws[name].values)))


def _otherwise(base: Base, change: Change, prior: xr.Dataset) -> tuple[xr.DataArray, xr.Dataset]:
    """Compare priors, (chain, draw), and give the log likelihood of answers, as `Base.said` has it.

    The variables are the story's, so that a question's offset grows with the scale of wording.
    """
    same = xr.zeros_like(prior["margin"])
    words = ("prior", "scale", "center", "spread", "shared")
    if not any(name.split(".")[0] in words for name, _ in change.settings):
        return same, base.said
    other = changed_prior(base.chosen, change)
    if not np.allclose(prior_spreads(other), prior_spreads(base.chosen)):
        # Experts differ in units of these, so the base's draws stand for other worldviews.
        return same * np.nan, base.said
    stretched, errors = scales(change), shared_errors(change)
    if (stretched, errors) == (Scales(), SharedErrors()):
        return _of_centers(base, other), base.said
    panel = panel_model(base.judgments, other, scales=stretched, shared=errors)
    names = [str(each.name) for each in panel.model.free_RVs]
    if set(names) - set(prior.data_vars):
        # A bias that the base had none of: its draws say nothing of where it would have gone.
        return same * np.nan, base.said
    # An error that is assumed away no longer matters, so its prior stays what it was.
    total = _sum(log_prior(base.draws, panel)) - _sum(prior[names])
    if (stretched.wording, stretched.care) == (1.0, 1.0) and errors == SharedErrors():
        return total, base.said
    return total, derived.log_likelihood(base.draws, panel)


def _of_centers(base: Base, other: PriorSet) -> xr.DataArray:
    """Compare what two prior sets say of the panel's centre."""
    margin = base.draws["margin"].transpose("chain", "draw")
    values = {
        str(name): each.transpose("chain", "draw").values
        for name, each in base.draws.data_vars.items()
        if set(each.dims) == {"chain", "draw"}
    }
    ratio = np.asarray(log_prior_ratio(values, other, base.chosen), float)
    return margin.copy(data=np.broadcast_to(ratio, margin.shape))


def _sum(prior: xr.Dataset) -> xr.DataArray:
    return prior.to_dataarray("variable").sum("variable")
