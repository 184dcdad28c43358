"""Sentences made from the numbers by rules, so that none says more than the numbers do.

Each function gives plain sentences; the page escapes them.
"""

import numpy as np
import xarray as xr

from takeoff.analysis.diagnostics import Diagnostics
from takeoff.analysis.movement import Movement, asked_about_likeness, movement, movements
from takeoff.analysis.record import Record
from takeoff.analysis.summaries import HEADLINES, Interval, interval, rows_of
from takeoff.analysis.views import camp_names, experts_in_order, views
from takeoff.analysis.wording import (
    counted,
    ends,
    in_words,
    listed,
    plain_name,
    probability,
    quantity,
    share_of_draws,
)
from takeoff.models.outcomes import outcome

__all__ = [
    "about_camps",
    "about_catastrophe",
    "about_convergence",
    "about_likeness",
    "about_movement",
    "about_panel",
    "about_the_prior",
    "movement_of",
]

_RESTS = "rests on the prior"
_CLEAR = 0.95
_LIKELY = 0.8


def about_panel(tree: xr.DataTree) -> list[str]:
    """Say what the panel cannot say, when it is small or not split in camps."""
    experts, camps = experts_in_order(tree), camp_names(tree)
    if len(experts) == 1:
        return [
            "Only one expert answered: the consensus is that person's view, and nothing here can "
            "tell how far people disagree."
        ]
    if not camps:
        return ["The panel has no camps, so the population is drawn from all its experts alike."]
    return []


def about_catastrophe(tree: xr.DataTree, record: Record) -> list[str]:
    """Say how likely a catastrophe is, camps first, and how much of the answer is the prior."""
    rows = {each.who: each for each in rows_of(tree, "catastrophe")}
    written = {
        who: f"{probability(each.median)} ({ends(each.posterior, 'probability')})"
        for who, each in rows.items()
    }
    camps = [f"{written[camp]} for the {camp} camp" for camp in camp_names(tree)]
    resting = [name for name in HEADLINES if movement_of(tree, name).verdict == _RESTS]
    whose = listed([*camps, f"{written['consensus']} in the consensus"])
    return [
        f"The probability of a catastrophe is {whose} (90% intervals in brackets).",
        *_asked(tree, record, resting),
    ]


def about_camps(tree: xr.DataTree, name: str) -> list[str]:
    """Say whether the two camps furthest apart differ on an outcome."""
    camps = camp_names(tree)
    drawn = {who: draws for who, draws in views(tree, name).items() if who in camps}
    medians = {who: _median(draws) for who, draws in drawn.items()}
    known = [who for who in camps if not np.isnan(medians[who])]
    if len(known) < 2:
        return []
    high, low = max(known, key=medians.__getitem__), min(known, key=medians.__getitem__)
    above = float((drawn[high] > drawn[low]).mean())
    numbers = f"medians {in_words(medians[high], name)} and {in_words(medians[low], name)}"
    in_draws = f"in {share_of_draws(above)} of draws"
    if high == low or above < _LIKELY:
        return [f"The camps cannot be told apart here ({numbers})."]
    surely = "" if above >= _CLEAR else "probably "
    return [f"{high} is {surely}above {low}, {in_draws} ({numbers})."]


def about_movement(each: Movement) -> list[str]:
    """Say what the answers did to an outcome, by its prior and posterior."""
    name = each.row.outcome
    unit = outcome(name).unit
    prior, posterior = each.row.prior, each.row.posterior
    medians = f"prior {quantity(prior.median, unit)}, posterior {quantity(posterior.median, unit)}"
    who = "the consensus" if each.row.who == "consensus" else each.row.who
    match each.verdict:
        case "rests on the prior":
            return [f"The panel hardly moved this: {medians}. It rests on the prior."]
        case "moved":
            way = "up" if each.step > 0 else "down"
            return [f"The answers moved {who} {way}: {medians}."]
        case "narrowed":
            return [f"The answers narrowed this and hardly moved its middle: {medians}."]
        case "widened":
            return [f"The answers made this less certain: {medians}."]
        case "absent":
            return ["This outcome does not exist in the default scenario, or never varies."]


def about_the_prior(tree: xr.DataTree, record: Record) -> list[str]:
    """Say which conclusions rest on the prior, and why."""
    found = movements(tree)
    resting = [each.row.outcome for each in found if each.verdict == _RESTS]
    headlines = [name for name in HEADLINES if name in resting]
    said = []
    asked = asked_about_likeness(record)
    if asked:
        names = listed([f"“{plain_name(each)}”" for each in asked])
        said.append(
            f"Questions that bear on how alike projects are: {names}. All else about "
            "likeness rests on the prior."
        )
    else:
        said.append(
            "Nobody was asked about the correlation between projects: no question of these "
            "studies is about how alike projects are. What is said here about likeness comes from "
            "the prior, moved only as far as answers about other things move it."
        )
    if headlines:
        names = listed([plain_name(name) for name in headlines])
        said.append(f"Of the answers at the top, the panel hardly moved {names}.")
    else:
        said.append("Each of the answers at the top was moved or narrowed by the panel.")
    said.append(
        f"Of the {counted(len(found), 'outcome')} of the model, {len(resting)} "
        f"{'rests' if len(resting) == 1 else 'rest'} on the prior"
        + (f": {listed([plain_name(name) for name in resting])}." if resting else ".")
    )
    questions = tree["learned"].sizes["question"]
    rank = int(tree["learned"].attrs["answers_rank"])
    said.append(
        f"The {counted(questions, 'question')} can move the world's parameters in "
        f"{counted(rank, 'independent direction')} (the rank of their Jacobian), of "
        f"{tree['learned'].sizes['parameter']} parameters."
    )
    return said


def about_likeness(kinship: Interval, doubt: Interval, both: Interval) -> list[str]:
    """Say how alike the first two projects are, and why."""

    def written(each: Interval) -> str:
        return f"{quantity(each.median, 'correlation')} ({ends(each, 'correlation')})"

    larger = "kinship" if kinship.median > doubt.median else "doubt"
    apart = kinship.lower > doubt.upper or doubt.lower > kinship.upper
    verdict = (
        f"Most of the likeness comes from {larger}."
        if apart
        else f"{larger.capitalize()} has the larger median, but the intervals overlap."
    )
    return [
        f"The alignment of the first and the second project correlates with {written(both)}.",
        f"Were there only kinship it would be {written(kinship)}; only doubt, {written(doubt)}.",
        verdict,
    ]


def about_convergence(found: Diagnostics) -> list[str]:
    """Say how well the chains mixed."""
    size = (
        f"{counted(found.chains, 'chain')} of {counted(found.draws, 'draw')} each, with "
        f"{counted(found.divergences, 'divergence')}."
    )
    if found.rounds > 1:
        size += f" They did not agree at once, so these are kept of {found.rounds} times as many."
    worst = found.worst
    if worst is None:
        return [size, "No reported outcome varies, so nothing can be said about mixing."]
    return [
        size,
        f"Over {counted(len(found.reported), 'reported number')}, the largest R-hat is "
        f"{found.rhat:.3f} ({plain_name(worst.outcome)}, {worst.who}), the smallest effective "
        f"sample size {found.bulk:.0f} in the bulk and {found.tail:.0f} in the tails.",
    ]


def movement_of(tree: xr.DataTree, name: str) -> Movement:
    """Compare the consensus with its prior on one outcome."""
    (row,) = (each for each in rows_of(tree, name) if each.who == "consensus")
    return movement(row)


_FEW_HEARD = 2
"""So few people are named: what they say of likeness is theirs, not the panel's."""


def _asked(tree: xr.DataTree, record: Record, resting: list[str]) -> list[str]:
    """Say what of the headlines rests on the prior, likeness above all, and who spoke of that."""
    asked = asked_about_likeness(record)
    names = listed([plain_name(name) for name in resting])
    if asked:
        rests = "rests" if len(resting) == 1 else "rest"
        rest = [f"The answers hardly moved {names}, which {rests} on the prior."] if resting else []
        return [*_heard_of_likeness(tree, asked), *rest]
    hardly = f"; they hardly moved {names}, and" if resting else ", and"
    return [
        f"The answers do not say how alike projects will be, for nobody was asked{hardly} whether "
        "all or only some projects are aligned leans on the model's prior."
    ]


def _heard_of_likeness(tree: xr.DataTree, asked: list[str]) -> list[str]:
    """Name those who alone spoke of how alike projects are, where they are few."""
    observed = tree["observed"].to_dataset()
    spoke = observed["expert_name"].values[np.isin(observed["question"].values, asked)]
    who = list(dict.fromkeys(spoke.tolist()))
    if not 0 < len(who) <= _FEW_HEARD:
        return []
    return [
        f"Of how alike projects will be only {listed(who)} spoke, so what the answers say of it is "
        f"{'one view' if len(who) == 1 else 'two views'} and the prior."
    ]


def _median(draws: xr.DataArray) -> float:
    return interval(draws).median
