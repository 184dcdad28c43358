"""Respondents: groups of people who may be asked, and what they would answer in every draw.

The panel's model has experts share most beliefs (`takeoff.models.worldviews`), because answers
given so far cannot tell them apart there. People asked about a power grab would differ nonetheless.
So where all would give one answer but for noise, each strays from it by as much as experts differ
in what they do not share: the mean ``disagreement``, in units of what is unknown about the answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from takeoff.analysis.sensitivity.answers import (
    People,
    expected_answers,
    noise_of,
    strangers,
    wording_of,
)
from takeoff.analysis.worlds import worldviews_of
from takeoff.models.panel import CARE_SPREAD
from takeoff.models.priors import PriorSet
from takeoff.models.questions import Question
from takeoff.models.special import FloatArray

__all__ = ["Asked", "Panel", "Respondents", "Simulation"]

_IMAGINED = 32
_FEW = 3
_SAME = 1e-6


@dataclass(frozen=True)
class Panel:
    """Whom a fitted panel consists of, and what it was asked.

    Attributes
    ----------
    camp_of
        Each expert's camp, "" for none.
    weights
        Weight of each camp in the population; empty where there are no camps.
    chosen
        Prior set.
    asked
        Questions that the panel answered, by the label that its posterior has for them.
    """

    camp_of: np.ndarray
    weights: Mapping[str, float]
    chosen: PriorSet
    asked: Mapping[str, Question]


@dataclass(frozen=True)
class Asked:
    """Simulated answers to one question.

    Attributes
    ----------
    answers
        (sample, person), in log-odds.
    camps
        Each person's camp, (person,).
    """

    answers: FloatArray
    camps: np.ndarray

    def summary(self) -> FloatArray:
        """Summarize answers: (sample, feature)."""
        if self.answers.shape[1] <= _FEW:
            return self.answers
        means = [
            self.answers[:, self.camps == each].mean(axis=1)
            for each in dict.fromkeys(self.camps.tolist())
        ]
        return np.stack([*means, np.median(self.answers, axis=1), self.answers.std(axis=1)], axis=1)


@dataclass(frozen=True)
class Respondents:
    """Some people, and what they answer to each question that may be put to them.

    Attributes
    ----------
    name, camp
        Who they are; "" where they are of several camps or of none.
    kind
        ``panel``, ``camp`` or ``expert`` for members of the panel, ``new`` for others.
    number
        How many they are.
    asked
        Their answers by question.
    """

    name: str
    kind: str
    camp: str
    number: int
    asked: Mapping[str, Asked]


class Simulation:
    """Answers in every draw; all who are asked a question are asked it in the same words.

    Parameters
    ----------
    posterior
        Draws of a fitted panel.
    panel
        Whom it consists of.
    questions
        All that may be asked, by name.
    random
        What noise, wordings and choices are drawn from.
    """

    def __init__(
        self,
        posterior: xr.Dataset,
        panel: Panel,
        questions: Mapping[str, Question],
        random: np.random.Generator,
    ) -> None:
        self._posterior, self._panel = posterior, panel
        self._questions, self._random = questions, random
        self._wording = {
            name: wording_of(posterior, name, each, random)[:, None]
            for name, each in questions.items()
        }

    def members(self, names: Sequence[str]) -> list[Respondents]:
        """Put questions to the panel's experts: to all, by camp and one by one."""
        worlds = {
            name: each.rename(expert="person") if "expert" in each.dims else each
            for name, each in worldviews_of(self._posterior).items()
        }
        questions = [self._questions[each] for each in names]
        expected = expected_answers(questions, People(worlds))
        care = self._posterior["care"].transpose("chain", "draw", "expert").values
        care = care.reshape(-1, care.shape[-1])
        said = {
            name: self._said(name, own, care, self._scatter(own))
            for name, own in zip(names, expected, strict=True)
        }
        camp_of = self._panel.camp_of
        return [
            Respondents(
                name,
                kind,
                camp,
                len(places),
                {
                    each: Asked(answers[:, places], camp_of[places])
                    for each, answers in said.items()
                },
            )
            for name, kind, camp, places in self._groups()
        ]

    def newcomers(self, numbers: Sequence[int]) -> list[Respondents]:
        """Put questions to so many new experts: of each camp, and of the population."""
        camps, weights = list(self._panel.weights), self._panel.weights
        asked = list(self._questions.values())
        imagined = [
            strangers(self._posterior, camp, camps, _IMAGINED, self._panel.chosen)
            for camp in (camps or [""])
        ]
        expected = np.stack([expected_answers(asked, each) for each in imagined])
        found = []
        for number in numbers:
            noun = "expert" if number == 1 else "experts"
            for row, camp in enumerate(camps if len(camps) > 1 else ()):
                member = np.full((expected.shape[2], number), row)
                found.append(self._new(f"{number} new {camp} {noun}", camp, member, expected))
            member = self._members_of_population(list(weights.values()), number, expected.shape[2])
            found.append(self._new(f"{number} new {noun}", "", member, expected))
        return found

    def _new(self, name: str, camp: str, member: np.ndarray, expected: FloatArray) -> Respondents:
        """Draw people (sample, person), of whose camps ``member`` holds the places."""
        samples = np.arange(member.shape[0])[:, None]
        person = self._random.integers(_IMAGINED, size=member.shape)
        care = np.exp(CARE_SPREAD * self._random.normal(size=member.shape))
        asked = {}
        for row, each in enumerate(self._questions):
            own = expected[member, row, samples, person]
            scatter = self._scatter(np.concatenate(list(expected[:, row]), axis=1))
            asked[each] = Asked(self._said(each, own, care, scatter), member[0])
        return Respondents(name, "new", camp, member.shape[1], asked)

    def _members_of_population(
        self, weights: Sequence[float], number: int, samples: int
    ) -> np.ndarray:
        """Divide people among camps by their weights: (sample, person), places of camps."""
        if not weights:
            return np.zeros((samples, number), dtype=int)
        if number <= _FEW:
            return self._random.choice(len(weights), size=(samples, number), p=list(weights))
        edges = np.round(np.cumsum(weights) * number)
        return np.tile(np.searchsorted(edges, np.arange(number), side="right"), (samples, 1))

    def _said(
        self, name: str, expected: FloatArray, care: FloatArray, scatter: FloatArray
    ) -> FloatArray:
        noise = np.hypot(noise_of(self._posterior, self._questions[name], care), scatter)
        shocks = self._random.normal(size=expected.shape)
        return np.asarray(expected + self._wording[name] + noise * shocks)

    def _scatter(self, expected: FloatArray) -> FloatArray:
        """Give how far people stray from an answer that the model has them share: (sample, 1)."""
        disagreement = self._posterior["disagreement"].mean("varying").values.reshape(-1, 1)
        if np.ptp(expected, axis=1).max() > _SAME:
            return np.zeros_like(disagreement)
        return np.asarray(disagreement * expected[:, 0].std())

    def _groups(self) -> list[tuple[str, str, str, np.ndarray]]:
        """List groups of the panel's experts: name, kind, camp, places."""
        names, camp_of = self._posterior["expert"].values.tolist(), self._panel.camp_of
        places = np.arange(len(names))
        camps = [each for each in self._panel.weights if np.any(camp_of == each)]
        return [
            ("the panel", "panel", "", places),
            *(
                (f"the panel's {each} experts", "camp", each, places[camp_of == each])
                for each in camps
            ),
            *(
                (name, "expert", str(camp_of[place]), places[[place]])
                for place, name in enumerate(names)
            ),
        ]
