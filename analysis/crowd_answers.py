"""What draws of a posterior say of the answers of a crowd, whose people have no worldviews.

Of a person is known, in each draw, how the crowd lies over levels and care (``crowd_likelihood``),
and what is left of that once answers are taken into account. So much tells how likely an answer is,
alone or beside the person's other one, and what would be answered again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import xarray as xr
from scipy.special import ndtr

from takeoff.analysis.predictive import computed_at
from takeoff.models.crowd import Crowd
from takeoff.models.interval import log_odds
from takeoff.models.panel import LEAST_NOISE, Panel
from takeoff.models.questions import Judgments
from takeoff.models.special import FloatArray

__all__ = ["Case", "Chances", "CrowdAnswers", "crowd_answers"]

_LEAST = 1e-300

Case = tuple[int, int]
"""An answer and the same person's other one, by their places among a crowd's intervals; −1 where
there is none."""


@dataclass(frozen=True)
class Chances:
    """How likely answers are, by draw.

    Attributes
    ----------
    alone
        Log probability of each interval, of a person of whom nothing is known (sample, interval).
    both
        The same of each case's two answers together (sample, case).
    given
        Of each case's answer, of a person who gave the other one (sample, case).
    below, below_given
        P(answer below a threshold), of a person of whom nothing is known (sample, threshold), and
        of one who gave the case's other answer (sample, case, threshold).
    """

    alone: FloatArray
    both: FloatArray
    given: FloatArray
    below: FloatArray
    below_given: FloatArray


@dataclass(frozen=True)
class CrowdAnswers:
    """What a crowd answered, and draws of how it lies.

    Attributes
    ----------
    crowd
        Its people.
    answer
        Rows of the panel's answers that are theirs (answer,).
    person
        Whose each is, by place among the crowd's people (answer,).
    case
        Which of the cases each is (answer,).
    cases
        An answer and the same person's other one.
    intervals
        What was answered: a question, by place among the crowd's, and bounds in log-odds.
    mass
        Share of the crowd at each level (sample, level).
    center
        What is answered there, in log-odds (sample, question, level).
    scale
        Standard deviation of answers by care (sample, care).
    care
        How many are that careful (care,).
    """

    crowd: Crowd
    answer: np.ndarray
    person: np.ndarray
    case: np.ndarray
    cases: tuple[Case, ...]
    intervals: tuple[tuple[int, float, float], ...]
    mass: FloatArray = field(repr=False)
    center: FloatArray = field(repr=False)
    scale: FloatArray = field(repr=False)
    care: FloatArray = field(repr=False)

    @property
    def question(self) -> np.ndarray:
        """The question of each interval, by place among the crowd's (interval,)."""
        return np.array([each[0] for each in self.intervals])

    def chances(self, thresholds: Sequence[tuple[int, float]]) -> Chances:
        """Tell how likely every answer is, and answers below thresholds (question, log-odds)."""
        own, other = np.array(self.cases).T
        asked = np.array([each[0] for each in thresholds], dtype=int)
        at = np.array([each[1] for each in thresholds])
        found: list[list[FloatArray]] = []
        for here in self._draws():
            chance = self._chances(here)
            rest = self._rest(here, chance, other)
            before = rest.sum(axis=1)
            both = np.einsum("cp,cp->c", rest, chance[own])
            under = ndtr((at[:, None] - here.center[asked]) / here.scale)
            found.append(
                [
                    np.log(np.maximum(chance @ here.mass, _LEAST)),
                    np.log(np.maximum(both, _LEAST)),
                    np.log(np.maximum(both, _LEAST)) - np.log(np.maximum(before, _LEAST)),
                    under @ here.mass,
                    (rest @ under.T) / np.maximum(before, _LEAST)[:, None],
                ]
            )
        return Chances(*(np.array(each) for each in zip(*found, strict=True)))

    @cached_property
    def alone(self) -> FloatArray:
        """Log probability of each interval (sample, interval), as in `Chances`."""
        found = [self._chances(here) @ here.mass for here in self._draws()]
        return np.log(np.maximum(np.array(found), _LEAST))

    def repeated(self, random: np.random.Generator, *, same: bool) -> FloatArray:
        """Let people answer again, in log-odds (sample, answer): the same ones, or new ones."""
        own, other = np.array(self.cases).T
        asked = self.question[own[self.case]]
        people, first = np.unique(self.person, return_index=True)
        found = []
        for here in self._draws():
            if same:
                chance = self._chances(here)
                lies, row = self._rest(here, chance, other) * chance[own], self.case[first]
            else:
                lies, row = here.mass[None], np.zeros(len(people), dtype=int)
            place = _drawn(random, lies, row)[self.person]
            found.append(random.normal(here.center[asked, place], here.scale[place]))
        return np.array(found)

    def _draws(self) -> Iterator["_Here"]:
        """Give each draw, over places: all levels, each with all nodes of care."""
        levels, nodes = self.mass.shape[1], len(self.care)
        for mass, center, scale in zip(self.mass, self.center, self.scale, strict=True):
            yield _Here(
                np.outer(mass, self.care).ravel(),
                np.repeat(center, nodes, axis=1),
                np.tile(scale, levels),
            )

    def _chances(self, here: "_Here") -> FloatArray:
        """Give P(interval) at each place (interval, place)."""
        asked, low, high = (np.array(each) for each in zip(*self.intervals, strict=True))
        center = here.center[asked]
        low, high = ((each[:, None] - center) / here.scale for each in (low, high))
        right = low + high > 0
        near, far = ndtr(np.where(right, -low, high)), ndtr(np.where(right, -high, low))
        return np.asarray(near - far)

    def _rest(self, here: "_Here", chance: FloatArray, other: np.ndarray) -> FloatArray:
        """Give P(the other answer, and lying at each place), by case (case, place)."""
        return np.where(other[:, None] < 0, 1.0, chance[other]) * here.mass


@dataclass(frozen=True)
class _Here:
    """A draw: the share of people at each place, what is answered there, and how it scatters.

    ``mass`` and ``scale`` (place,), ``center`` (question, place).
    """

    mass: FloatArray
    center: FloatArray
    scale: FloatArray


def _drawn(random: np.random.Generator, lies: FloatArray, row: np.ndarray) -> np.ndarray:
    """Draw a place for each person, by the row of chances that is theirs."""
    # Sharpened splines are here and there less than nothing: sums are right, single places not.
    below = np.cumsum(np.maximum(lies, 0.0), axis=1)
    total = below[:, -1]
    below = below / np.where(total > 0, total, 1.0)[:, None]
    # Rows one above the other: one search finds everybody's place.
    ladder = (below + np.arange(len(below))[:, None]).ravel()
    found = np.searchsorted(ladder, row + random.uniform(size=len(row)), side="right")
    return np.clip(found - row * lies.shape[1], 0, lies.shape[1] - 1)


def crowd_answers(
    draws: xr.Dataset, panel: Panel, judgments: Judgments
) -> tuple[CrowdAnswers, ...]:
    """Give the answers of every crowd of a panel, with draws of how it lies.

    Parameters
    ----------
    draws
        Of the posterior: the story's free variables (chain, draw, ...).
    panel, judgments
        The panel's model, and all that it was fitted to, crowds included.
    """
    told = [each for each, _ in panel.guide.crowds]
    nodes = [
        node for each in told for node in (each.mass, each.plain + each.offset[:, None], each.noise)
    ]
    values = computed_at(nodes, draws, panel) if nodes else []
    samples = draws.sizes["chain"] * draws.sizes["draw"]
    found = []
    for row, (crowd, each) in enumerate(zip(panel.crowds, told, strict=True)):
        mass, center, noise = values[3 * row : 3 * row + 3]
        noise = noise.reshape(samples, 1)
        found.append(
            CrowdAnswers(
                crowd,
                *_answers(crowd, judgments),
                mass=mass.reshape(samples, -1),
                center=center.reshape(samples, *center.shape[2:]),
                scale=np.sqrt((noise * each.care[0]) ** 2 + LEAST_NOISE**2),
                care=each.care[1],
            )
        )
    return tuple(found)


def _answers(
    crowd: Crowd, judgments: Judgments
) -> tuple[
    np.ndarray, np.ndarray, np.ndarray, tuple[Case, ...], tuple[tuple[int, float, float], ...]
]:
    """Find a crowd's answers among the panel's, see ``CrowdAnswers``."""
    answers = judgments.answers
    place = {name: row for row, name in enumerate(crowd.people)}
    names = answers["expert_name"].values.tolist()
    rows = np.array([row for row, name in enumerate(names) if name in place])
    own = answers.isel(answer=rows)
    person = np.array([place[name] for name in own["expert_name"].values.tolist()])
    asked = {name: row for row, name in enumerate(crowd.questions)}
    ends = (log_odds(own[side].values).tolist() for side in ("lower", "upper"))
    stated = list(zip((asked[each] for each in own["question"].values), *ends, strict=True))
    intervals = tuple(sorted(set(stated)))
    number = {each: row for row, each in enumerate(intervals)}
    said: dict[int, list[int]] = {}
    for each, who in enumerate(person.tolist()):
        said.setdefault(who, []).append(each)
    cases: list[Case] = []
    for each, who in enumerate(person.tolist()):
        others = [number[stated[x]] for x in said[who] if x != each]
        cases.append((number[stated[each]], others[0] if others else -1))
    known = tuple(sorted(set(cases)))
    column = {each: row for row, each in enumerate(known)}
    return rows, person, np.array([column[each] for each in cases]), known, intervals
