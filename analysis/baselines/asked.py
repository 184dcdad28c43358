"""Pools beside the model, for every outcome that a panel was asked about directly.

Where a panel answered seed questions, two pools join: the linear pool by Cooke's classical weights,
and the geometric pool extremised by the factor that fits the seeds best.

A question asks directly when its answer is read as the outcome itself, given nothing else and
supposing nothing. Each expert counts once: who gave several answers to a question (people update)
counts with their mean log-odds. 0 and 1, which no geometric pool survives, count as the middle of
what rounds to them.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
import xarray as xr
from scipy.special import expit, logit

from takeoff.analysis.baselines.events import event_weights
from takeoff.analysis.baselines.pools import POOLS, fitted_factor, linear_pool, mean_log_odds
from takeoff.analysis.summaries import LEVELS
from takeoff.models.errors import InputError
from takeoff.models.questions import SEED, TARGETS, Judgments, Question
from takeoff.models.scenario import Scenario

__all__ = ["WHOLE_PANEL", "asked_directly", "baselines", "one_answer_each", "seed_answers"]

type Rule = Callable[[xr.DataArray, str], xr.DataArray]

_FEWEST_SEEDS = 3  # fewer events tell no expert from another
_NEAREST = 0.0025  # the middle of what rounds to 0

WHOLE_PANEL = "panel"
"""The name of the pools over all experts, beside those over each camp."""


def asked_directly(judgments: Judgments) -> dict[str, Question]:
    """Give the questions that were answered and ask for an outcome directly, by label."""
    stated = judgments.answers["kind"].values == "probability"
    answered = set(judgments.answers["question"].values[stated].tolist())
    return {
        label: each
        for label, each in judgments.questions.items()
        if label in answered
        and each.reading == "level"
        and each.outcome not in TARGETS
        and each.given is None
        and each.intervention is None
    }


def one_answer_each(judgments: Judgments, questions: Sequence[str]) -> xr.DataArray:
    """Give one probability an expert and question: (question, expert), NaN where none was given."""
    answers = judgments.answers
    experts = answers["expert"].values
    column = {name: each for each, name in enumerate(experts.tolist())}
    row = {name: each for each, name in enumerate(questions)}
    value = answers["value"].values
    middle = (answers["lower"].values + answers["upper"].values) / 2
    log_odds = logit(np.where((value <= 0) | (value >= 1), middle, np.clip(value, 0, 1)))
    total, count = np.zeros((2, len(questions), len(experts)))
    names, asked = answers["expert_name"].values, answers["question"].values
    for each in np.flatnonzero(answers["kind"].values == "probability").tolist():
        if asked[each] in row and names[each] in column:
            place = row[asked[each]], column[names[each]]
            total[place] += log_odds[each]
            count[place] += 1
    table = expit(np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0))
    return xr.DataArray(
        table,
        dims=("question", "expert"),
        coords={"question": list(questions), "expert": experts, "camp": answers["camp"]},
    )


def baselines(
    outcomes: xr.Dataset, judgments: Judgments, scenarios: Mapping[str, Scenario]
) -> xr.Dataset:
    """Compute every pool of every outcome asked directly, with the model's answer beside it.

    Parameters
    ----------
    outcomes
        Draws of outcomes by camp, of the consensus and of the population, in scenarios.
    judgments
        What the panel said.
    scenarios
        The scenarios, by name.

    Returns
    -------
    xr.Dataset
        ``pooled`` (question, whose, pool) and ``experts`` (question, whose), how many were pooled,
        where ``whose`` is the panel and each camp; ``model`` (question, view, level), quantiles
        of the outcome for each camp, the consensus and the population, as everywhere else: without
        wording and noise; NaN where outcomes are not computed for the question's scenario.
    """
    questions = asked_directly(judgments)
    said = one_answer_each(judgments, list(questions))
    camps = [each for each in judgments.camp_weights if each in said["camp"].values]
    groups = {WHOLE_PANEL: said, **{each: said.isel(expert=said["camp"] == each) for each in camps}}
    whose = xr.IndexVariable("whose", list(groups))
    rules = {**POOLS, **_by_seeds(judgments)}
    pooled = [
        xr.concat([rule(group, "expert") for rule in rules.values()], xr.Variable("pool", [*rules]))
        for group in groups.values()
    ]
    numbers = [group.notnull().sum("expert") for group in groups.values()]
    return xr.Dataset(
        {
            "pooled": xr.concat(pooled, whose).transpose("question", "whose", "pool"),
            "experts": xr.concat(numbers, whose).transpose("question", "whose"),
            "model": _model(outcomes, scenarios, questions),
            "outcome": ("question", [each.outcome for each in questions.values()]),
            "projects": ("question", [each.scenario.projects for each in questions.values()]),
        }
    )


def seed_answers(judgments: Judgments) -> tuple[xr.DataArray, xr.DataArray]:
    """Give what experts said of seeds (event, expert), and what is known of them (event,)."""
    answers = judgments.answers
    seeds = [label for label, each in judgments.questions.items() if each.outcome == SEED]
    said = np.full((len(seeds), answers.sizes["expert"]), np.nan)
    for row, label in enumerate(seeds):
        asked = answers["question"].values == label
        for column, name in enumerate(answers["expert"].values):
            own = answers["value"].values[asked & (answers["expert_name"].values == name)]
            if len(own) and np.isfinite(own[-1]):
                said[row, column] = own[-1]
    truth = np.array([judgments.questions[label].truth for label in seeds], dtype=float)
    return (
        xr.DataArray(
            said, dims=("event", "expert"), coords={"event": seeds, "expert": answers["expert"]}
        ),
        xr.DataArray(truth, dims="event", coords={"event": seeds}),
    )


def _by_seeds(judgments: Judgments) -> dict[str, Rule]:
    """Give the pools that seed questions make possible; none where there are too few."""
    said, truth = seed_answers(judgments)
    if said.sizes["event"] < _FEWEST_SEEDS:
        return {}
    rules: dict[str, Rule] = {}
    asked = said.isel(event=said.notnull().any("expert").values)
    certain = truth.sel(event=asked["event"]).isin([0.0, 1.0]).values
    if certain.sum() >= _FEWEST_SEEDS:
        inside = asked.isel(event=certain).clip(_NEAREST, 1 - _NEAREST)
        known = truth.sel(event=inside["event"])
        factor = fitted_factor(mean_log_odds(inside, "expert"), known)

        def fitted(probability: xr.DataArray, dim: str) -> xr.DataArray:
            log_odds = factor * xr.apply_ufunc(logit, probability).mean(dim)
            return xr.apply_ufunc(expit, log_odds)

        rules[f"extremised as fits seeds ({factor:.1f})"] = fitted
    try:
        weights = event_weights(said, truth)["weight"]
    except InputError:
        return rules
    return {**rules, "Cooke's weights": partial(_weighted, weights=weights)}


def _weighted(probability: xr.DataArray, dim: str, weights: xr.DataArray) -> xr.DataArray:
    return linear_pool(probability, dim, weights.sel({dim: probability[dim]}))


def _model(
    outcomes: xr.Dataset,
    scenarios: Mapping[str, Scenario],
    questions: Mapping[str, Question],
) -> xr.DataArray:
    """Summarize what the model says of each question's outcome: (question, view, level)."""
    camps = [str(each) for each in outcomes["camp"].values]
    views = [*camps, "consensus", "population"]
    names = [
        next((name for name, each in scenarios.items() if each == question.scenario), None)
        for question in questions.values()
    ]
    table = np.full((len(questions), len(views), len(LEVELS)), np.nan)
    for row, (question, scenario) in enumerate(zip(questions.values(), names, strict=True)):
        if scenario is None or question.outcome not in outcomes["outcome"].values:
            continue
        here = outcomes.sel(scenario=scenario, outcome=question.outcome)
        for column, view in enumerate(views):
            drawn = here["by_camp"].sel(camp=view) if view in camps else here[view]
            table[row, column] = np.nanquantile(drawn.values, LEVELS)
    coords = {"question": list(questions), "view": views, "level": list(LEVELS)}
    return xr.DataArray(table, dims=("question", "view", "level"), coords=coords)
