"""What simulated people think before they put it into words: the story of answers, told again.

Each person is one draw of the prior: worldview, offset of each question, care, bias, effort and so
on come from the model. What follows from them is told here by numpy alone, which shares with the
likelihoods only the constants that they declare and the closed form of a world's outcomes, so that
what one misreads shows against the other.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
import xarray as xr
from scipy.special import logit, ndtri

from takeoff.analysis.worlds import worldviews_of
from takeoff.models.answers.gaps import GAP_NOISE
from takeoff.models.answers.ratings import EFFORT_SD, LOADING
from takeoff.models.answers.rounded import LEAST_NOISE
from takeoff.models.answers.seeds import INFORMED_SD
from takeoff.models.evaluate import evaluate
from takeoff.models.nodes import Precision
from takeoff.models.outcomes import OUTCOME_NAMES, year_of
from takeoff.models.questions import EFFICACY, QUANTITIES, Question
from takeoff.models.scenario import Scenario
from takeoff.models.special import FloatArray

__all__ = ["NEW", "Silent", "Simulated", "Voice", "asked_outcomes", "outcome_names"]

NEW = "#"
"""Stands for the person in the names of what each has of their own: questions, projects."""

_EVENTS = {"warning_shot": "warning", "first_misaligned": "first_misaligned"}


class Voice(Protocol):
    """What people think, each method for all of them at once: (person,)."""

    people: int
    random: np.random.Generator

    def place(self, question: Question, own: float = 0.0, level: float = 0.5) -> FloatArray:
        """Give an answer on the scale of its question, as unsure as ``own``, at a level."""
        ...

    def gap(self, question: Question, low: float, high: float) -> FloatArray:
        """Give how far a quantile lies above another."""
        ...

    def grade(self, question: Question, project: str) -> FloatArray:
        """Give a project's grade."""
        ...

    def informed(self, question: Question) -> FloatArray:
        """Give the log-odds of a seed as a well-informed forecaster sees them."""
        ...

    def seed(self, informed: FloatArray) -> FloatArray:
        """Give a person's own log-odds of a seed."""
        ...


class Silent:
    """One person without thoughts, for the form of a panel whose answers are still to come."""

    people = 1

    def __init__(self) -> None:
        self.random = np.random.default_rng(0)

    def place(self, question: Question, own: float = 0.0, level: float = 0.5) -> FloatArray:
        """Give 0."""
        return np.zeros(1)

    def gap(self, question: Question, low: float, high: float) -> FloatArray:
        """Give 1."""
        return np.ones(1)

    def grade(self, question: Question, project: str) -> FloatArray:
        """Give 1."""
        return np.ones(1)

    def informed(self, question: Question) -> FloatArray:
        """Give 0."""
        return np.zeros(1)

    def seed(self, informed: FloatArray) -> FloatArray:
        """Give 0."""
        return np.zeros(1)


class Simulated:
    """People drawn from the prior.

    Parameters
    ----------
    draws
        Draws of a panel of one (chain, draw, ...), each a person.
    outcomes
        What is asked for of their worldviews, each (draw,).
    random
        Of what they make of it.
    biased
        Whether they are asked seeds, without which nobody is known to be biased.
    """

    def __init__(
        self,
        draws: xr.Dataset,
        outcomes: Mapping[str, FloatArray],
        random: np.random.Generator,
        *,
        biased: bool,
    ) -> None:
        self.draws = draws.isel(chain=0, expert=0)
        self.people = draws.sizes["draw"]
        self.outcomes = outcomes
        self.biased = biased
        self.random = random

    def place(self, question: Question, own: float = 0.0, level: float = 0.5) -> FloatArray:
        """Give an answer on the scale of its question, as unsure as ``own``, at a level."""
        quantity = question.outcome in QUANTITIES
        center = self._expected(question) + self._of("offset", question=question.name)
        if self.biased and not quantity and question.reading != "shift":
            center = center + self._of("bias", seeded=NEW)
        if level != 0.5:
            center = center + ndtri(level) * self._spread(question)
        if quantity:
            noise = self._of("quantity_noise", quantity=question.outcome)
        else:
            noise = self._of("noise", reading=question.reading)
        scale = np.sqrt((noise * self._of("care")) ** 2 + LEAST_NOISE**2 + own**2)
        return self.random.normal(center, scale)

    def gap(self, question: Question, low: float, high: float) -> FloatArray:
        """Give how far a quantile lies above another."""
        usual = self._spread(question) * (ndtri(high) - ndtri(low))
        return np.exp(self.random.normal(np.log(usual), GAP_NOISE))

    def grade(self, question: Question, project: str) -> FloatArray:
        """Give a project's grade."""
        worst, best = question.scale or (0.0, 1.0)
        breadth, loading = (best - worst) / 4, LOADING[question.fit]
        level = self._of("grade_level", rating_question=question.name)
        width = np.exp(0.5 * self._of("log_grade_width", rating_question=question.name))
        effort = self._of("effort", named_project=project) / EFFORT_SD
        other = self.random.normal(size=self.people)
        seen = loading * effort + np.sqrt(1 - loading**2) * other
        return 0.5 * (worst + best) + breadth * (level + width * seen)

    def informed(self, question: Question) -> FloatArray:
        """Give the log-odds of a seed as a well-informed forecaster sees them."""
        return INFORMED_SD * self._of("standard_informed", seed=question.name)

    def seed(self, informed: FloatArray) -> FloatArray:
        """Give a person's own log-odds of a seed."""
        noise = self._of("seed_noise") * self._of("care")
        center = informed + self._of("bias", seeded=NEW)
        return self.random.normal(center, np.sqrt(noise**2 + LEAST_NOISE**2))

    def _of(self, name: str, **labels: str) -> FloatArray:
        return np.asarray(self.draws[name].sel(labels).values, float)

    def _spread(self, question: Question) -> FloatArray:
        """Give how wide a belief is: the world's of a year of arrival, else the person's own."""
        if question.outcome == "arrival_year":
            return self._of("arrival_spread")
        own = question.outcome in QUANTITIES
        return self._of("spread", source=f"{NEW}: {question.outcome}" if own else NEW)

    def _expected(self, question: Question) -> FloatArray:
        """Give what would be answered without wording and noise."""
        if question.outcome == EFFICACY:
            return np.asarray(logit(self._efficacy(question)))
        if question.outcome in QUANTITIES:
            own = question.outcome == "arrival_year"
            return np.log(self._of("arrival_median" if own else question.outcome))
        plain = self.outcomes[question.outcome]
        if question.given is not None:
            asked = self.outcomes[_given(question)]
        elif question.intervention is not None:
            asked = plain * (1 - self._efficacy(question))
        else:
            return np.asarray(logit(plain))
        change = logit(plain) if question.reading == "shift" else 0.0
        return np.asarray(logit(asked) - change)

    def _efficacy(self, question: Question) -> FloatArray:
        return self._of("efficacy", intervention=str(question.intervention))


def _given(question: Question) -> str:
    return f"{question.outcome}_given_{_EVENTS[str(question.given)]}"


def outcome_names(questions: Sequence[Question]) -> tuple[str, ...]:
    """Name the outcomes that questions ask for, and those that steps are taken from."""
    asked = [each for each in questions if _is_outcome(each.outcome)]
    given = [_given(each) for each in asked if each.given is not None]
    return tuple(dict.fromkeys([*(each.outcome for each in asked), *given]))


def asked_outcomes(
    draws: xr.Dataset, names: Sequence[str], precision: Precision
) -> dict[str, FloatArray]:
    """Compute outcomes of draws of a panel of one: each (draw,)."""
    found = evaluate(worldviews_of(draws), Scenario(), names, precision)
    return {name: np.asarray(found[name].values[0, :, 0], float) for name in names}


def _is_outcome(name: str) -> bool:
    return name in OUTCOME_NAMES or (name not in QUANTITIES and year_of(name) is not None)
