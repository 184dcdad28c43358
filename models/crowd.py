"""Crowds: people of whom each answered so little that their worldviews need not be told apart.

Someone who answered a question or two about what offense decides says one thing: how high the
level is. Given the panel's centre and its disagreement all such people of a camp share one
distribution of worldviews, so the likelihood of their answers is an integral over it
(``crowd_likelihood``), the same for all who gave the same answers: a *pattern*. People round, so
a survey of thousands has a few hundred patterns, and costs what these cost.

Into the crowd of their study and camp go people who

- gave at most two answers, each the probability of takeover, extinction or catastrophe, dated or
  not, asked outright and in one scenario, and
- share no source with others,

where there are at least fifty of them. Five of them, spread over the camp's answers, keep
worldviews of their own, as all other experts do, so that single people can be looked at.
"""

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from takeoff.models.interval import log_odds
from takeoff.models.outcomes import year_of
from takeoff.models.questions import Judgments, Question
from takeoff.models.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MANY", "Crowd", "part"]

MANY = 50
"""From so many on, people are a crowd."""
_MOST_ANSWERS = 2
_SHOWN = 5
_DECIDED = ("takeover", "extinction", "catastrophe")

Pattern = tuple[tuple[str, float, float], ...]
"""Answers of a person: each a question, and the interval in log-odds that was stated."""


@dataclass(frozen=True)
class Crowd:
    """People of one camp without worldviews of their own.

    Attributes
    ----------
    camp, study
        Their camp, "" for none, and the study that asked them.
    scenario
        In which all their answers are read.
    people
        Their labels (person,).
    patterns
        Every pattern of answers that somebody gave.
    pattern
        Of each person, the number of theirs (person,).
    """

    camp: str
    study: str
    scenario: Scenario
    people: tuple[str, ...]
    patterns: tuple[Pattern, ...]
    pattern: np.ndarray

    @property
    def counts(self) -> np.ndarray:
        """How many people gave each pattern (pattern,)."""
        return np.bincount(self.pattern, minlength=len(self.patterns))

    @property
    def questions(self) -> tuple[str, ...]:
        """Labels of the questions that were answered."""
        return tuple(sorted({answer[0] for pattern in self.patterns for answer in pattern}))


def part(judgments: Judgments, many: int = MANY) -> tuple[Judgments, tuple[Crowd, ...]]:
    """Part a panel into experts with worldviews of their own and crowds of ``many`` and more."""
    table = _few_answers(judgments)
    if table is None:
        return judgments, ()
    scenario = judgments.questions[table["question"].iloc[0]].scenario
    crowds = []
    for (camp, study), said in table.groupby(["camp", "study"], sort=False):
        if said["expert_name"].nunique() >= many:
            rest = said[~said["expert_name"].isin(_shown(said))]
            crowds.append(_crowd(str(camp), str(study), scenario, rest))
    gone = {person for crowd in crowds for person in crowd.people}
    answers = judgments.answers
    return (
        replace(
            judgments,
            answers=answers.isel(
                answer=np.flatnonzero([each not in gone for each in answers["expert_name"].values]),
                expert=np.flatnonzero([each not in gone for each in answers["expert"].values]),
            ),
        ),
        tuple(crowds),
    )


def _few_answers(judgments: Judgments) -> "pd.DataFrame | None":
    """Tabulate the answers of all who could be in a crowd; None where nobody could."""
    answers = judgments.answers
    columns = ["expert_name", "question", "kind", "lower", "upper"]
    table = answers[columns].reset_coords(drop=True).to_dataframe()
    fitting = [name for name, each in judgments.questions.items() if _is_decided(each)]
    if not fitting:
        return None
    scenario = judgments.questions[fitting[0]].scenario
    fitting = [name for name in fitting if judgments.questions[name].scenario == scenario]
    fits = table["question"].isin(fitting) & (table["kind"] == "probability")
    by_person = fits.groupby(table["expert_name"])
    few = by_person.all() & (by_person.count() <= _MOST_ANSWERS)
    people = answers["expert"].to_series()
    alone = {
        name
        for name, group in zip(people, answers["group"].values, strict=True)
        if group == "" and few.get(name, False)
    }
    table = table[table["expert_name"].isin(alone)]
    if table.empty:
        return None
    camp_of = dict(zip(people, answers["camp"].values, strict=True))
    study_of = dict(zip(people, answers["study"].values, strict=True))
    for side in ("lower", "upper"):
        table[side] = log_odds(table[side].to_numpy())
    who = table["expert_name"]
    return table.assign(camp=who.map(camp_of), study=who.map(study_of))


def _is_decided(question: Question) -> bool:
    """Tell whether a question asks outright for what offense decides."""
    name = question.outcome
    plain = name if year_of(name) is None else name.split("_by_")[0]
    return (
        plain in _DECIDED
        and question.reading == "level"
        and question.given is None
        and question.intervention is None
    )


def _shown(answers: "pd.DataFrame") -> list[str]:
    """Choose people who are spread evenly over a camp's answers."""
    upper = answers.groupby("expert_name")["upper"].mean().sort_values(kind="stable")
    places = (np.arange(_SHOWN) + 0.5) / _SHOWN * len(upper)
    return [str(each) for each in upper.index[places.astype(int)]]


def _crowd(camp: str, study: str, scenario: Scenario, answers: "pd.DataFrame") -> Crowd:
    by_person: dict[str, list[tuple[str, float, float]]] = {}
    rows = zip(
        answers["expert_name"], answers["question"], answers["lower"], answers["upper"], strict=True
    )
    for person, *answer in rows:
        by_person.setdefault(str(person), []).append((str(answer[0]), answer[1], answer[2]))
    given = [tuple(sorted(each)) for each in by_person.values()]
    patterns = tuple(Counter(given))
    number = {pattern: row for row, pattern in enumerate(patterns)}
    return Crowd(
        camp,
        study,
        scenario,
        tuple(by_person),
        patterns,
        np.array([number[each] for each in given]),
    )
