"""What is worth knowing and asking, ranked and in words, by rules that do not overstate.

A value is named only where it is above twice its standard error (three times, where the best of
many is picked), and one is called larger than another only where the difference is, too.
"""

import re
from dataclasses import dataclass

import numpy as np
import xarray as xr

from takeoff.analysis.wording import listed, plain_name, probability

__all__ = [
    "LIMIT",
    "NextQuestion",
    "about_asking",
    "about_choice",
    "about_knowing",
    "called",
    "next_questions",
    "points",
]

LIMIT = (
    "Values of questions are what the model expects of answers: where it has experts share a "
    "belief they are taken to differ about it as much as about what they do not share, and a "
    "question's wording is taken to shift answers by as much as its fit declares."
)
"""What a reader must know of the value of questions."""

_TWICE = 2.0
_THRICE = 3.0
_PROJECTS = re.compile(r"_with_(\d)$")


@dataclass(frozen=True)
class NextQuestion:
    """One question worth asking: of whom, and what it is worth.

    Attributes
    ----------
    question, text
        Its name and its wording.
    people, number
        Whom to ask, and how many they are.
    of_estimate, of_estimate_error
        Share of the variance of the estimate that goes, with its standard error.
    of_choice, of_choice_error
        What it saves, in points of the probability of catastrophe.
    asked_before
        Whether the panel was asked it already.
    """

    question: str
    text: str
    people: str
    number: int
    of_estimate: float
    of_estimate_error: float
    of_choice: float
    of_choice_error: float
    asked_before: bool


def next_questions(
    asked: xr.Dataset, view: str = "consensus", by: str = "of_estimate", most: int = 10
) -> list[NextQuestion]:
    """Rank questions, each with the people to put it to; only those that are worth something.

    Worth something is what exceeds three standard errors of the best of many. To be asked are the
    fewest people whose answers are worth no more than one standard error less than the best, of as
    many those of no one camp.

    Parameters
    ----------
    asked
        What `takeoff.analysis.sensitivity.asking.asking` gives.
    view
        Whose probability of catastrophe is estimated.
    by
        ``of_estimate`` or ``of_choice``.
    most
        How many to list.
    """
    own = asked.sel(view=view)
    rows = []
    for name in own["question"].values:
        here = own.sel(question=name)
        value, error = here[by].values, here[f"{by}_error"].values
        clear = np.where(value > _THRICE * error, value, np.nan)
        if np.isnan(clear).all():
            continue
        best = int(np.nanargmax(clear))
        near = clear >= value[best] - error[best]
        fewest = np.where(near, here["number"].values, np.inf)
        places = np.flatnonzero(fewest == fewest.min())
        # Of as many, people of several camps: that one camp tells more is not known.
        mixed = [place for place in places if not here["camp"].values[place]]
        places = np.array(mixed or places)
        rows.append(_row(here.isel(people=int(places[np.argmax(value[places])]))))
    rows.sort(key=lambda each: -float(getattr(each, by)))
    return rows[:most]


def _row(best: xr.Dataset) -> NextQuestion:
    return NextQuestion(
        question=str(best["question"].values),
        text=str(best["text"].values),
        people=str(best["people"].values),
        number=int(best["number"]),
        of_estimate=float(best["of_estimate"]),
        of_estimate_error=float(best["of_estimate_error"]),
        of_choice=float(best["of_choice"]),
        of_choice_error=float(best["of_choice_error"]),
        asked_before=bool(best["asked_before"]),
    )


def about_knowing(known: xr.Dataset, view: str = "consensus") -> str:
    """Say which parameter would narrow the estimate most, were it known.

    Parameters
    ----------
    known
        What `takeoff.analysis.sensitivity.knowing.knowing` gives.
    view
        Whose probability of catastrophe is estimated.
    """
    own = known.sel(view=view, knowledge=~known["is_group"])
    order = np.argsort(-own["of_estimate"].values)
    value, error = own["of_estimate"].values[order], own["of_estimate_error"].values[order]
    names = [plain_name(str(each)) for each in own["knowledge"].values[order]]
    whose = "the consensus" if view == "consensus" else f"the {view} camp"
    if not value[0] > _TWICE * error[0]:
        return f"No single parameter would narrow the catastrophe estimate of {whose} measurably."
    tied = 1 + int(np.sum(value[0] - value[1:] < _TWICE * np.hypot(error[0], error[1:])))
    what = listed(names[:tied])
    if tied == 1:
        return (
            f"Of all parameters, {what} would narrow the catastrophe estimate of {whose} most: "
            f"known, it would take {probability(value[0])} of the variance of its log-odds."
        )
    if tied > 4:
        return f"No one parameter stands out for the catastrophe estimate of {whose}."
    return (
        f"{what[0].upper()}{what[1:]} would narrow the catastrophe estimate of {whose} most, each "
        f"by up to {probability(value[0])} of the variance of its log-odds; which of them most "
        "cannot be told."
    )


def about_choice(known: xr.Dataset) -> str:
    """Say what is chosen now, and what it would be worth to know everything before choosing."""
    best = str(known["plan"].values[int(known["saved"].values.argmax())])
    value, error = float(known["everything"]), float(known["everything_error"])
    given = "As things are known, and if plans work," if _works(known) else "As things are known,"
    chosen = f"{given} the best choice is {plain_name(best)}"
    if not value > _TWICE * error:
        return f"{chosen}, and nothing that could be learned would change it measurably."
    own = known.sel(knowledge=~known["is_group"])
    place = int(own["of_choice"].values.argmax())
    part, wrong = (float(own[each][place]) for each in ("of_choice", "of_choice_error"))
    text = (
        f"{chosen}; to know everything first would be worth {points(value)} of the probability "
        "of catastrophe"
    )
    if part > _TWICE * wrong:
        name = plain_name(str(own["knowledge"].values[place]))
        return f"{text}, of which {name} alone is worth {points(part)}."
    return f"{text}, and no single parameter a measurable part of it."


def about_asking(asked: xr.Dataset, view: str = "consensus") -> str:
    """Say what to ask next, of whom, and what it is worth."""
    ranked = next_questions(asked, view, most=1)
    whose = "the consensus" if view == "consensus" else f"the {view} camp"
    if not ranked:
        return f"No question here would narrow the catastrophe estimate of {whose} measurably."
    first = ranked[0]
    unasked = "" if first.asked_before else ", which nobody has been asked"
    return (
        f"For the catastrophe estimate of {whose} ask next for {called(first.question)}"
        f"{unasked}: put to {first.people}, it is expected to remove "
        f"{probability(first.of_estimate)} of the variance of the log-odds."
    )


def _works(known: xr.Dataset) -> bool:
    return bool(known.attrs.get("case") == "works")


def points(value: float) -> str:
    """Write a difference of probabilities, which is no percentage of anything.

    >>> points(0.0162), points(0.0004), points(0.01)
    ('1.6 points', '0.04 points', '1 point')
    """
    said = f"{float(f'{100 * value:.2g}'):g}"
    return f"{said} point{'' if said == '1' else 's'}"


def called(question: str) -> str:
    """Write a question's name; those of the questionnaire end in a number of projects.

    >>> called("power_grab_with_5"), called("power_grab_with_1"), called("extinction")
    ('power grab with 5 projects', 'power grab with 1 project', 'extinction')
    """
    number = _PROJECTS.search(question)
    noun = "" if number is None else " project" if number[1] == "1" else " projects"
    return f"{plain_name(question)}{noun}"
