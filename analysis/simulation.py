"""Answers that a simulated panel gives in the design of a real one.

The design is that of a panel's judgments: the same questions, experts, and answers missing. People
round, and so do simulated ones: each says the roundest number whose interval holds their
probability. What they say is read as just the probabilities of which it would have been said. The
baseline of a shift, which the model takes as given, is what the simulated expert then says in place
of the answer that was the baseline in the design.
"""

from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

import numpy as np

from takeoff.data.rounding import rounding_interval
from takeoff.models.questions import Judgments
from takeoff.models.special import FloatArray

__all__ = ["Spoken", "answered", "of_probabilities", "reduced", "roundest", "spoken"]

_SURE = 27.0
"""Log-odds above which a probability, 1 − 2e-12, would be written as 1."""
_NEVER = -600.0
"""Log-odds below which a probability, 1e-261, would be written as 0."""


class Spoken(NamedTuple):
    """A stated probability, and the interval of those of which just this is said."""

    value: float
    lower: float
    upper: float


def of_probabilities(design: Judgments) -> Judgments:
    """Keep the answers that are probabilities, and those who gave any: what can be simulated."""
    answers = design.answers
    answers = answers.isel(answer=np.flatnonzero(answers["kind"].values == "probability"))
    own = np.isin(answers["expert"].values, answers["expert_name"].values)
    return replace(design, answers=answers.isel(expert=np.flatnonzero(own)))


def reduced(design: Judgments, members: int) -> Judgments:
    """Keep the first experts of each camp, and of those without one, with their answers."""
    camp = design.answers["camp"].values
    kept = [row for row in range(len(camp)) if (camp[:row] == camp[row]).sum() < members]
    answers = design.answers.isel(expert=kept)
    own = np.isin(answers["expert_name"].values, answers["expert"].values)
    return replace(design, answers=answers.isel(answer=np.flatnonzero(own)))


def answered(design: Judgments, log_odds: FloatArray) -> Judgments:
    """Let a simulated panel answer.

    Parameters
    ----------
    design
        Whose questions, experts and missing answers the panel has; all probabilities.
    log_odds
        What each answer is before it is rounded (answer,); of a shift the step from its baseline.
    """
    answers = design.answers.copy(deep=True)
    who, value = answers["expert_name"].values, answers["value"].values
    questions = [design.questions[name] for name in answers["question"].values]
    shift = np.array([each.reading == "shift" for each in questions])
    level = np.array([each.reading == "level" for each in questions])
    outcome = np.array([each.outcome for each in questions])
    said = np.full((len(shift), 3), np.nan)
    said[~shift] = [spoken(each) for each in log_odds[~shift].tolist()]
    baseline = np.full(len(said), np.nan)
    for row in np.flatnonzero(shift):
        own = level & (who == who[row]) & (outcome == outcome[row])
        (same,) = np.flatnonzero(own & (value == answers["baseline"].values[row]))
        stated = baseline[row] = said[same, 0]
        said[row] = spoken(float(log_odds[row] + np.log(stated) - np.log1p(-stated)))
    columns = dict(zip(Spoken._fields, said.T, strict=True)) | {"baseline": baseline}
    return replace(
        design, answers=answers.assign({name: ("answer", each) for name, each in columns.items()})
    )


def spoken(log_odds: float) -> Spoken:
    """Give what is said of log-odds, and all of which the same would be said.

    That is the interval that it stands for, but in one place: 0.005 is said of nothing above it, of
    which 0.01 is near enough, and so is 0.0005 of nothing above, and on.

    >>> [spoken(each) for each in (0.3, -5.35)]
    [Spoken(value=0.55, lower=0.525, upper=0.575), Spoken(value=0.005, lower=0.0045, upper=0.005)]
    """
    value = roundest(max(log_odds, _NEVER))
    lower, upper = rounding_interval(value)
    nearer = Decimal(repr(value)) if value < 0.5 else 1 - Decimal(repr(value))
    if nearer < Decimal("0.01") and nearer.as_tuple().digits[0] == 5:
        lower, upper = (lower, value) if value < 0.5 else (value, upper)
    if log_odds < _NEVER:
        lower = 0.0
    return Spoken(value, lower, 1.0 if log_odds > _SURE else upper)


def roundest(log_odds: float) -> float:
    """Give the roundest probability whose interval holds the one of these log-odds.

    Multiples of 5 per cent are rounder than those of 1, and these than 0.001, 0.002, ..., 0.005.

    >>> [roundest(each) for each in (0.3, -4.0, -6.0, -20.0, 8.0)]
    [0.55, 0.02, 0.002, 2e-09, 0.9997]
    """
    if log_odds > 0:
        return float(1 - Decimal(repr(roundest(-min(log_odds, _SURE)))))
    probability = float(np.exp(-np.logaddexp(0, -log_odds)))
    power = Decimal(10) ** int(np.floor(np.log10(probability)))
    for unit in (Decimal("0.05"), Decimal("0.01"), 10 * power, power):
        stated = float(round(Decimal(probability) / unit) * unit)
        lower, upper = rounding_interval(stated)
        if stated > 0 and lower <= probability <= upper:
            return stated
    raise AssertionError(f"one digit is as near as half its unit: {probability}")
