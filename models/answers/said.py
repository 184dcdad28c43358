"""All that a panel said, laid out by what it tells of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from takeoff.models.answers.gaps import Gaps
from takeoff.models.answers.places import Places, Source, laid_out
from takeoff.models.answers.ratings import Ratings
from takeoff.models.answers.seeds import Seeds
from takeoff.models.answers.shared_errors import Sharing
from takeoff.models.answers.statements import Statement, statements
from takeoff.models.interval import log_odds
from takeoff.models.questions import EFFORT, PROJECTS, QUANTITIES, READINGS, SEED, Judgments
from takeoff.models.special import FloatArray

__all__ = ["Rows", "Said", "asked_of_the_world"]

_APART = (PROJECTS, EFFORT, SEED)


@dataclass(frozen=True)
class Rows:
    """Every answer in order, each (answer,): who, which question, and what was stated.

    Attributes
    ----------
    expert, question
        As the model numbers them; −1 for who holds no worldview, and what is not about the world.
    value, lower, upper
        What was stated and its interval, on the scale of the question; NaN where the answer does
        not say where something lies by itself, and for the interval of a phrase.
    """

    expert: np.ndarray
    question: np.ndarray
    value: FloatArray
    lower: FloatArray
    upper: FloatArray


@dataclass(frozen=True)
class Said:
    """What a panel said.

    Attributes
    ----------
    answers
        How many answers there are, of all kinds. What is said of the number of projects informs
        no parameter, for a scenario sets it (``projects_stated``).
    rows
        All of them, in order.
    asked
        Labels of the questions about the world that were answered.
    places, gaps, sources
        What was said of the world, and whose spreads the gaps tell of.
    phrases
        What each phrase means.
    ratings, seeds
        Grades of projects and answers to seeds; None where there are none.
    sharing
        Who shares errors with whom.
    """

    answers: int
    rows: Rows
    asked: tuple[str, ...]
    places: Places
    gaps: Gaps
    sources: tuple[Source, ...]
    meanings: Mapping[str, Any]
    ratings: Ratings | None
    seeds: Seeds | None
    sharing: Sharing

    @classmethod
    def of(cls, judgments: Judgments, asked: tuple[str, ...] | None = None) -> "Said":
        """Lay out judgments, with questions numbered as in ``asked``."""
        answers = judgments.answers
        experts = answers["expert"].values.tolist()
        said = list(statements(judgments))
        world = [each for each in said if each.question.outcome not in _APART]
        asked = asked_of_the_world(judgments) if asked is None else asked
        places, gaps, sources = laid_out(world, experts, asked, judgments.meanings)
        return cls(
            answers.sizes["answer"],
            _rows(said, places, experts, asked),
            asked,
            places,
            gaps,
            sources,
            judgments.meanings,
            _ratings([each for each in said if each.question.outcome == EFFORT]),
            _seeds(
                [each for each in said if each.question.outcome == SEED and each.expert in experts],
                experts,
            ),
            _sharing(judgments, world, experts),
        )

    @property
    def quantities(self) -> list[int]:
        """Noises of quantities that were asked for, as ``places.reading`` numbers them."""
        return sorted({each for each in self.places.reading.tolist() if each >= len(READINGS)})

    @property
    def numbers(self) -> np.ndarray:
        """Places of answers that were not given in words."""
        return np.flatnonzero([not phrase for phrase in self.places.phrase])

    @property
    def words(self) -> np.ndarray:
        """Places of answers that were given in words."""
        return np.flatnonzero([bool(phrase) for phrase in self.places.phrase])

    def terms(self) -> dict[str, np.ndarray]:
        """Give the row of the answer that each observation belongs to, by observed variable."""
        found = {
            "log_odds": self.places.answer[self.numbers],
            "phrase": self.places.answer[self.words],
            "gap": self.gaps.answer,
        }
        if self.ratings is not None:
            found["grade"] = self.ratings.answer
        if self.seeds is not None:
            found["seed_answer"] = self.seeds.answer
            found["truth"] = np.array(
                [
                    self.seeds.answer[self.seeds.question == each][0]
                    for each in range(len(self.seeds.names))
                ]
            )
        return {name: rows for name, rows in found.items() if len(rows)}

    def coords(self) -> dict[str, Any]:
        """Give the coordinates of the model's dims that answers bring."""
        terms = self.terms()
        found: dict[str, Any] = {"answer": terms.get("log_odds", np.array([], int))}
        if len(self.words):
            found["verbal_answer"] = terms["phrase"]
        if self.quantities:
            names = list(QUANTITIES)
            found["quantity"] = [names[each - len(READINGS)] for each in self.quantities]
        own = [each for each in self.sources if each.outcome != "arrival_year"]
        if own:
            found["source"] = [
                each.expert if each.outcome == "outcomes" else f"{each.expert}: {each.outcome}"
                for each in own
            ]
        if len(self.gaps.answer):
            found["between"] = np.arange(len(self.gaps.answer))
        if self.ratings is not None:
            found["graded"] = self.ratings.answer
            found["named_project"] = list(self.ratings.projects)
            found["rating_question"] = [each.name for each in self.ratings.questions]
        if self.seeds is not None:
            found["seed_answered"] = self.seeds.answer
            found["seed"] = list(self.seeds.names)
            found["seeded"] = self.seeds.names_of_answered
        if self.sharing.groups:
            found["source_group"] = list(self.sharing.groups)
        if self.sharing.surveys:
            found["survey"] = list(self.sharing.surveys)
        return found


def asked_of_the_world(judgments: Judgments) -> tuple[str, ...]:
    """Give the labels of the questions about the world that were answered."""
    given = set(judgments.answers["question"].values.tolist())
    return tuple(
        name
        for name, each in judgments.questions.items()
        if name in given and each.outcome not in _APART
    )


def _rows(
    said: Sequence[Statement], places: Places, experts: Sequence[str], asked: Sequence[str]
) -> Rows:
    expert = {name: row for row, name in enumerate(experts)}
    question = {name: row for row, name in enumerate(asked)}
    stated = np.full((3, len(said)), np.nan)
    numbers = np.array([not phrase for phrase in places.phrase], bool)
    stated[0, places.answer] = places.value
    stated[1, places.answer] = np.where(numbers, places.lower, np.nan)
    stated[2, places.answer] = np.where(numbers, places.upper, np.nan)
    return Rows(
        np.array([expert.get(each.expert, -1) for each in said]),
        np.array([question.get(each.label, -1) for each in said]),
        *stated,
    )


def _ratings(said: Sequence[Statement]) -> Ratings | None:
    if not said:
        return None
    questions = {each.label: each.question for each in said}
    labels, projects = list(questions), list(dict.fromkeys(each.project for each in said))
    return Ratings(
        answer=np.array([each.answer for each in said]),
        question=np.array([labels.index(each.label) for each in said]),
        project=np.array([projects.index(each.project) for each in said]),
        value=np.array([each.value for each in said]),
        lower=np.array([each.lower for each in said]),
        upper=np.array([each.upper for each in said]),
        questions=tuple(questions.values()),
        projects=tuple(projects),
    )


def _seeds(said: Sequence[Statement], experts: Sequence[str]) -> Seeds | None:
    if not said:
        return None
    truth = {each.label: each.question.truth for each in said}
    labels = list(truth)
    who = np.array([experts.index(each.expert) for each in said])
    answered = np.unique(who)
    lower, upper = (np.array([getattr(each, end) for each in said]) for end in ("lower", "upper"))
    stated = np.array([each.value for each in said])
    return Seeds(
        answer=np.array([each.answer for each in said]),
        expert=who,
        question=np.array([labels.index(each.label) for each in said]),
        value=log_odds(np.where((stated == 0) | (stated == 1), 0.5 * (lower + upper), stated)),
        lower=log_odds(lower),
        upper=log_odds(upper),
        truth=np.array([float(each) if each is not None else np.nan for each in truth.values()]),
        names=tuple(labels),
        answered=answered,
        names_of_answered=tuple(experts[int(each)] for each in answered),
    )


def _sharing(judgments: Judgments, world: Sequence[Statement], experts: Sequence[str]) -> Sharing:
    answers = judgments.answers
    study_of = answers["study"].values.tolist()
    group_of = (
        answers["group"].values.tolist() if "group" in answers.coords else [""] * len(experts)
    )
    pairs = dict.fromkeys((each.expert, each.label) for each in world)
    study = dict(zip(experts, study_of, strict=True))
    asked = [(study[expert], label) for expert, label in pairs]
    return Sharing.of(group_of, study_of, asked)
