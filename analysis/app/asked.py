"""What the app asks: the questionnaire, and what else places an expert, in plain words.

A probability is asked of each outcome; the year of advanced AI by quantiles; the number of projects
by chips in bins. Definitions stand apart from the question, so that it can be read again alone.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from takeoff.analysis.questions_form import QUESTIONS
from takeoff.models.questions import Question
from takeoff.models.scenario import MOST_PROJECTS, Scenario

__all__ = ["BINS", "ITEMS", "LEVELS", "Item", "item"]

Kind = Literal["probability", "quantiles", "chips"]

LEVELS = ("10", "50", "90")
"""Levels of the quantiles that are asked, in per cent."""

BINS = (*(str(count) for count in range(1, MOST_PROJECTS)), f"{MOST_PROJECTS} or more")
"""Bins for the number of projects."""

_TERM = re.compile(
    r"(A system is|A project is|Takeover means|Extinction means|Misaligned systems act|"
    r"A warning shot is|Catastrophe means|A catastrophe kills|A power grab means|Bargaining fails)"
)
_SETTING = re.compile(r"(Suppose that (a single|\d+) project|They may copy|Number them)")
_HOW = re.compile(r"Answer with a probability")
_SENTENCE = re.compile(r"(?<=[.?)]) (?=[A-Z(])")

_TITLES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "catastrophe": ("The risks", "Any catastrophe"),
        "any_misaligned": ("The risks", "Some project misaligned"),
        "warning_shot": ("The risks", "A warning shot"),
        "first_aligned": ("All alike, or some of each?", "First project aligned"),
        "follower_aligned_given_first_aligned": (
            "All alike, or some of each?",
            "Second aligned, if the first is",
        ),
        "follower_aligned_given_first_misaligned": (
            "All alike, or some of each?",
            "Second aligned, if the first is not",
        ),
        "all_misaligned": ("All alike, or some of each?", "All misaligned"),
        "coexistence": ("All alike, or some of each?", "Some of each"),
        "takeover": ("How many projects?", "Takeover"),
        "extinction_by_2100": ("How many projects?", "Extinction by 2100"),
        "takeover_given_all_misaligned": ("Who wins?", "Takeover, if all are misaligned"),
        "one_bad_apple": ("Who wins?", "Takeover, if one is misaligned"),
        "one_good_apple": ("Who wins?", "Takeover, if only one is aligned"),
        "coordination": ("Who wins?", "Misaligned systems act as one"),
        "power_grab": ("Other roads", "Power grab"),
        "misuse": ("Other roads", "Harm with stolen systems"),
        "conflict": ("Other roads", "Conflict between projects"),
        "bargaining": ("Other roads", "Failure to bargain"),
        "warning_shot_given_misaligned": ("Warning shots", "Warning, if some are misaligned"),
        "takeover_given_warning": ("Warning shots", "Takeover, after a warning"),
        "takeover_given_no_warning": ("Warning shots", "Takeover, without a warning"),
    }
)
_TOPICS = tuple(dict.fromkeys(topic for topic, _ in _TITLES.values()))


@dataclass(frozen=True)
class Item:
    """One thing that is asked.

    Attributes
    ----------
    name, topic, title
        Short name, heading under which it stands, and what it is called in lists.
    setting, terms, asked, note
        What is supposed, the words defined, the question itself, and what to mind.
    kind
        How it is answered.
    question
        What it is to the model.
    """

    name: str
    topic: str
    title: str
    setting: str
    terms: tuple[str, ...]
    asked: str
    note: str
    kind: Kind
    question: Question


def item(name: str) -> Item | None:
    """Find what is asked under a name."""
    return _BY_NAME.get(name)


def _of_question(question: Question) -> Item:
    topic, title = _TITLES.get(question.outcome, ("More questions", question.name))
    sentences = [each for each in _SENTENCE.split(question.text) if not _HOW.match(each)]
    setting = [each for each in sentences if _SETTING.match(each)]
    terms = [each for each in sentences if _TERM.match(each)]
    rest = [each for each in sentences if each not in (*setting, *terms)]
    notes = [each for each in rest if each.startswith("(")]
    count = question.scenario.projects
    return Item(
        name=question.name,
        topic=topic,
        title=f"{title}, {count} project{'' if count == 1 else 's'}",
        setting=" ".join(setting),
        terms=tuple(terms),
        asked=" ".join(each for each in rest if each not in notes),
        note=" ".join(each.strip("()") for each in notes),
        kind="probability",
        question=question,
    )


def _like(name: str, asked: str, terms: str) -> Question:
    """Ask for an outcome in the setting of the questionnaire's questions about five projects."""
    setting = next(each for each in _SENTENCE.split(_WITH_FIVE.text) if _SETTING.match(each))
    more = [each for each in _SENTENCE.split(_WITH_FIVE.text) if _SETTING.match(each)][1:]
    return Question(
        name=f"{name}_with_5",
        text=f"{' '.join([setting, *more])} {terms} {asked} Answer with a probability from 0 to 1.",
        outcome=name,
        fit="exact",
        scenario=Scenario(projects=5),
        mapping="Made for this outcome and this number of projects, in the model's own terms.",
    )


def _terms_of(outcome: str) -> str:
    asked = next(each for each in QUESTIONS if each.outcome == outcome)
    return " ".join(each for each in _SENTENCE.split(asked.text) if _TERM.match(each))


_WITH_FIVE = next(each for each in QUESTIONS if each.scenario.projects == 5)

_WHOLE = (
    _like(
        "catastrophe",
        "How likely is a catastrophe by any of these roads?",
        f"{_terms_of('takeover')} Catastrophe means any of these: a takeover; a few people who "
        "seize power by means of advanced AI; lasting harm done with stolen systems; a "
        "catastrophic conflict between projects; a failure to agree that causes great suffering.",
    ),
    _like(
        "any_misaligned",
        "How likely is it that, in the end, at least one of these projects is misaligned?",
        _terms_of("all_misaligned"),
    ),
    _like(
        "warning_shot",
        "How likely is at least one warning shot?",
        _terms_of("warning_shot_given_misaligned"),
    ),
)

_ADVANCED = "AI that does nearly everything that people do, and does it better"

_WHEN = Item(
    name="arrival_year",
    topic="When, and how many?",
    title="When advanced AI comes",
    setting=f"Think of the first advanced AI: {_ADVANCED}.",
    terms=(),
    asked="Before which year will it exist, with a chance of 10, of 50 and of 90 per cent?",
    note="Give three years, each later than the one before it.",
    kind="quantiles",
    question=Question(
        name="arrival_year",
        text=f"Before which year will the first advanced AI exist ({_ADVANCED}), with a chance "
        "of 10, of 50 and of 90 per cent?",
        outcome="arrival_year",
        fit="exact",
        mapping="The first project's arrival, when nothing delays it.",
    ),
)

_HOW_MANY = Item(
    name="projects",
    topic="When, and how many?",
    title="How many projects",
    setting=f"Think of the projects that will build advanced AI: {_ADVANCED}.",
    terms=(),
    asked="How many projects will there be when the contest between them is decided?",
    note="Lay 20 chips on the numbers; each chip is worth 5 per cent.",
    kind="chips",
    question=Question(
        name="projects",
        text=f"How many projects will have built advanced AI ({_ADVANCED}) when the contest "
        "between them is decided?",
        outcome="projects",
        fit="exact",
        mapping="The number of projects of the scenario.",
    ),
)


def _in_order() -> tuple[Item, ...]:
    asked = [_of_question(each) for each in (*_WHOLE, *QUESTIONS)]
    topics = (*_TOPICS, *(each.topic for each in asked))
    ranked = sorted(asked, key=lambda each: topics.index(each.topic))
    return (*ranked, _WHEN, _HOW_MANY)


ITEMS: tuple[Item, ...] = _in_order()
"""All that is asked, in the order in which it is asked."""

_BY_NAME: Mapping[str, Item] = MappingProxyType({each.name: each for each in ITEMS})
