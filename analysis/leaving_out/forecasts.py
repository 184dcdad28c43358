"""What the model foretells of an answer left out: of an expert's, and of a person's in a crowd.

Either comes from draws of a fit to everything, by weights (``reweighting``), or of a refit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import xarray as xr
from scipy.special import ndtr

from takeoff.analysis.crowd_answers import CrowdAnswers
from takeoff.analysis.everyone import Everyone
from takeoff.analysis.leaving_out.events import Left, deciles
from takeoff.analysis.leaving_out.reweighting import (
    Weights,
    equal_weights,
    without_answers,
    without_experts,
)
from takeoff.analysis.predictive import Forecast, Stated, strangers
from takeoff.models.panel import Panel
from takeoff.models.questions import Judgments
from takeoff.models.special import FloatArray

__all__ = ["OfCrowd", "OfExperts", "Teller", "Without"]


@dataclass(frozen=True)
class Without:
    """A forecast of an answer that was left out.

    Attributes
    ----------
    weights
        What each draw counts.
    log_likelihood
        Log probability of what was said, by draw (sample,).
    below
        Likewise the probability of an answer below each threshold (sample, threshold).
    """

    weights: Weights
    log_likelihood: FloatArray
    below: FloatArray


class Teller(Protocol):
    """What foretells the answers of one source."""

    def foretell(self, left: Left, place: int) -> tuple[Without, Without]:
        """Foretell an answer, known by its place, without it and without who gave it."""
        ...


class OfExperts:
    """Forecasts of the answers of experts with worldviews of their own.

    Parameters
    ----------
    draws
        Draws of the posterior, with all free variables of the story.
    panel
        The panel's model.
    stated
        The answers.
    log_likelihood
        Of every answer of these experts, of whatever kind (chain, draw, answer).
    told, new
        Forecasts by the draws: of the experts' own answers, and of strangers' in their places.
    refits
        Draws of fits without an expert, by the expert's name: used in place of weights. They need
        all variables that experts share, with the same questions.
    """

    def __init__(
        self,
        draws: xr.Dataset,
        panel: Panel,
        stated: Stated,
        log_likelihood: xr.DataArray,
        told: Forecast,
        new: Forecast,
        refits: Mapping[str, xr.Dataset] | None = None,
    ) -> None:
        self._expert, self._told, self._new = stated.expert, told, new
        self._without_answers = without_answers(told.log_likelihood)
        said = _by_expert(log_likelihood, panel.judgments)
        self._without_experts = without_experts(said, draws, panel)
        place = {name: row for row, name in enumerate(panel.judgments.answers["expert"].values)}
        self._refits = {
            place[name]: Forecast.of(strangers(each, panel, row), panel, stated)
            for row, (name, each) in enumerate((refits or {}).items())
        }

    def foretell(self, left: Left, place: int) -> tuple[Without, Without]:
        """Foretell an answer without it, and without the expert."""
        expert = int(self._expert[place])
        known, weights = self._new, self._without_experts[expert]
        if expert in self._refits:
            known = self._refits[expert]
            weights = equal_weights(len(known.center))
        return (
            self._without(left, place, self._told, self._without_answers[place]),
            self._without(left, place, known, weights),
        )

    @staticmethod
    def _without(left: Left, place: int, forecast: Forecast, weights: Weights) -> Without:
        center, scale = forecast.center[:, place, None], forecast.scale[:, place, None]
        below = ndtr((left.thresholds - center) / scale)
        return Without(weights, forecast.log_likelihood[:, place], below)


class OfCrowd:
    """Forecasts of the answers of a crowd's people; ``everyone`` answered beside them."""

    def __init__(self, answers: CrowdAnswers, everyone: Everyone) -> None:
        asked = answers.crowd.questions
        self._cases = answers.cases
        self._question = answers.question
        of_question = deciles(everyone)
        thresholds = [
            (row, each) for row, name in enumerate(asked) for each in of_question.get(name, ())
        ]
        self._asked = np.array([row for row, _ in thresholds])
        self._chances = answers.chances(thresholds)
        self._without_answers = without_answers(self._chances.given)
        self._without_people = without_answers(self._chances.both)

    def foretell(self, left: Left, place: int) -> tuple[Without, Without]:
        """Foretell an answer without it, and without the person."""
        own, _ = self._cases[place]
        counted = np.flatnonzero(self._asked == self._question[own])[left.outside]
        chances = self._chances
        return (
            Without(
                self._without_answers[place],
                chances.given[:, place],
                chances.below_given[:, place, counted],
            ),
            Without(self._without_people[place], chances.alone[:, own], chances.below[:, counted]),
        )


def _by_expert(log_likelihood: xr.DataArray, judgments: Judgments) -> FloatArray:
    """Add up the log likelihood of each expert's answers: (sample, expert)."""
    answers = judgments.answers
    values = log_likelihood.transpose("chain", "draw", "answer").values
    values = values.reshape(-1, values.shape[-1])
    own = answers["expert_name"].values[:, None] == answers["expert"].values
    return np.asarray(values @ own.astype(float))
