"""How people put what they think: rounded, as a side of a bound, in words, as a grade.

What is stated must be all that is known of a thought: the cells of what people may say tile the
line, so the probability of a statement is that of its cell, and nothing is said twice. Numbers are
0, 1, 2, 5, 10, ..., 95, 98, 99 and 100 per cent, whose intervals do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import xarray as xr
from scipy.special import expit, logit, ndtri

from takeoff.analysis.calibration.voice import NEW, Voice
from takeoff.data.phrases import meaning
from takeoff.data.rounding import rounding_interval
from takeoff.models.answers.places import UNSTATED
from takeoff.models.arrival import EPOCH
from takeoff.models.questions import QUANTITIES, Judgments, Meaning, Question
from takeoff.models.special import FloatArray

__all__ = [
    "STATED",
    "Statement",
    "in_words",
    "judgments_of",
    "of_bound",
    "of_grade",
    "of_interval",
    "of_probability",
    "of_quantiles",
    "of_range",
    "of_seed",
    "of_shift",
    "vocabulary",
]

STATED = (0.0, 0.01, 0.02, *(step / 20 for step in range(1, 20)), 0.98, 0.99, 1.0)
"""Probabilities that simulated people state."""

Statement = dict[str, Any]
"""Columns of one answer of every person, each (person,) or the same for all."""

_MISSING: Mapping[str, Any] = {
    **dict.fromkeys(
        ("value", "lower", "upper", "baseline", "level", "lowest", "highest", "confidence"), np.nan
    ),
    **dict.fromkeys(("side", "phrase", "project"), ""),
}
_MIDDLE = 0.1
"""How wide the cells are in which the middle of a range without a best value lies."""


def _cells(values: FloatArray, edges: FloatArray) -> np.ndarray:
    return np.clip(np.searchsorted(edges, values, side="right") - 1, 0, len(edges) - 2)


def _rounded(log_odds: FloatArray) -> Statement:
    intervals = np.array([rounding_interval(each) for each in STATED])
    cell = _cells(expit(log_odds), np.append(intervals[:, 0], 1.0))
    return {
        "value": np.array(STATED)[cell],
        "lower": intervals[cell, 0],
        "upper": intervals[cell, 1],
    }


def of_probability(voice: Voice, question: Question) -> Statement:
    """State a probability."""
    return {"question": question.name, "kind": "probability", **_rounded(voice.place(question))}


def of_shift(voice: Voice, question: Question, baseline: Statement) -> Statement:
    """State a conditional probability beside the one without condition, unless that is certain."""
    stated = baseline["value"]
    asked = (stated > 0) & (stated < 1)
    safe = np.where(asked, stated, 0.5)
    return {
        "question": question.name,
        "kind": "probability",
        **_rounded(logit(safe) + voice.place(question)),
        "baseline": stated,
        "told": asked,
    }


def of_bound(voice: Voice, question: Question, value: float, kind: str = "bound") -> Statement:
    """State on which side of a value a probability lies, as a bound or an end of an interval."""
    above = expit(voice.place(question)) > value
    if kind == "interval":
        ends = {"lowest": np.where(above, value, np.nan), "highest": np.where(above, np.nan, value)}
        return {"question": question.name, "kind": "interval", **ends}
    return {
        "question": question.name,
        "kind": "bound",
        "value": value,
        "lower": np.where(above, value, 0.0),
        "upper": np.where(above, 1.0, value),
        "side": np.where(above, "above", "below"),
    }


def of_interval(
    voice: Voice,
    question: Question,
    unsure: float,
    confidence: float = np.nan,
    ends: Sequence[str] = ("lowest", "highest"),
    *,
    best: bool = True,
) -> Statement:
    """State an interval about a probability, ``unsure`` its spread in log-odds.

    The breadth is the person's own, whatever the answer: the ends lie where it leads from the best
    value as stated.
    """
    thought = voice.place(question, own=unsure)
    reach = unsure * ndtri(0.5 + (UNSTATED if np.isnan(confidence) else confidence) / 2)
    if best:
        said = _rounded(thought)
        inside = 0.5 * (said["lower"] + said["upper"])
        middle = logit(np.where((said["value"] == 0) | (said["value"] == 1), inside, said["value"]))
    else:
        said, middle = {}, _MIDDLE * (np.floor(thought / _MIDDLE) + 0.5)
    away = {"lowest": -reach, "highest": reach}
    found = {end: expit(middle + away[end]) for end in ends}
    return {
        "question": question.name,
        "kind": "interval",
        **said,
        **found,
        "confidence": confidence,
    }


def _off_scale(question: Question, value: FloatArray) -> FloatArray:
    """Carry what is modelled back to what is stated."""
    if question.outcome == "arrival_year":
        return EPOCH + np.exp(value)
    return np.exp(value) if question.outcome in QUANTITIES else np.asarray(expit(value))


def _in_steps(question: Question, value: FloatArray, step: float) -> Statement:
    low = step * np.floor(value / step)
    columns = {"value": low + step / 2, "lower": low, "upper": low + step}
    return {name: _off_scale(question, each) for name, each in columns.items()}


def of_quantiles(
    voice: Voice, question: Question, levels: Sequence[float], step: float
) -> list[Statement]:
    """State quantiles, in steps on the scale on which they are modelled."""
    middle = min(range(len(levels)), key=lambda row: abs(levels[row] - 0.5))
    at = {middle: voice.place(question, level=levels[middle])}
    for row in range(middle + 1, len(levels)):
        at[row] = at[row - 1] + voice.gap(question, levels[row - 1], levels[row])
    for row in range(middle - 1, -1, -1):
        at[row] = at[row + 1] - voice.gap(question, levels[row], levels[row + 1])
    return [
        {
            "question": question.name,
            "kind": "quantile",
            **_in_steps(question, at[row], step),
            "level": level,
        }
        for row, level in enumerate(levels)
    ]


def of_range(voice: Voice, question: Question, confidence: float, step: float) -> Statement:
    """State an interval about a quantity: its median finely, and ends in tenths of a logarithm."""
    best = voice.place(question)
    ends = {
        "lowest": best - voice.gap(question, 0.5 - confidence / 2, 0.5),
        "highest": best + voice.gap(question, 0.5, 0.5 + confidence / 2),
    }
    return {
        "question": question.name,
        "kind": "interval",
        **_in_steps(question, best, step),
        **{name: _in_steps(question, each, _MIDDLE)["value"] for name, each in ends.items()},
        "confidence": confidence,
    }


def vocabulary(phrases: Sequence[str]) -> dict[str, Meaning]:
    """Give what phrases mean, and what it means to use none of them.

    The likelihood of a phrase is the mean over its readers of the probability of a reader's cell.
    It stands for this: who thinks of a probability in a cell says a phrase in proportion to the
    share of its readers who mean that cell, and says none of them in what is left; in the cell
    that most readers mean by any of them, nothing is.
    """
    found = {each: meaning(each) for each in phrases}
    # Each phrase's readers gave some of the same values: cells that tile the line.
    cells = sorted(
        {cell for each in found.values() for cell in zip(each.lower, each.upper, strict=True)}
    )
    bounds = sorted({end for cell in cells for end in cell} | {0.0, 1.0})
    tiles = list(pairwise(bounds))
    shares = np.array([_shares(each, tiles) for each in found.values()])
    left = 1 - shares.sum(axis=0) / shares.sum(axis=0).max()
    (nearest,) = {each.nearest for each in found.values()}
    lower, upper = zip(*tiles, strict=True)
    none = Meaning(_none_of(phrases), nearest, lower, upper, tuple(left.tolist()))
    return {**found, none.phrase: none}


def _none_of(phrases: Sequence[str]) -> str:
    return f"none of {', '.join(phrases)}"


def _shares(each: Meaning, tiles: Sequence[tuple[float, float]]) -> list[float]:
    own = dict(zip(zip(each.lower, each.upper, strict=True), each.weight, strict=True))
    assert set(own) <= set(tiles)
    return [own.get(cell, 0.0) for cell in tiles]


def in_words(voice: Voice, question: Question, phrases: Sequence[str], own: float) -> Statement:
    """State a probability in words of a vocabulary; ``own`` is what words of its sort add."""
    words = vocabulary(phrases)
    none = words[_none_of(phrases)]
    tiles = list(zip(none.lower, none.upper, strict=True))
    shares = np.array([_shares(words[each], tiles) for each in phrases])
    chances = np.cumsum(shares, axis=0) / shares.sum(axis=0).max()
    cell = _cells(expit(voice.place(question, own=own)), np.array([*none.lower, 1.0]))
    drawn = voice.random.uniform(size=voice.people)
    which = (drawn >= chances[:, cell]).sum(axis=0)
    said = np.array([*phrases, none.phrase], object)[which]
    return {"question": question.name, "kind": "verbal", "phrase": said}


def of_grade(voice: Voice, question: Question, project: str, step: float) -> Statement:
    """Give a project a grade, in steps; the worst and the best for everything beyond."""
    worst, best = question.scale or (0.0, 1.0)
    value = np.clip(step * np.round(voice.grade(question, project) / step), worst, best)
    return {
        "question": question.name,
        "kind": "rating",
        "value": value,
        "lower": value - step / 2,
        "upper": value + step / 2,
        "project": project,
    }


def of_seed(voice: Voice, question: Question, share: float | None = None) -> Statement:
    """State the probability of a seed: one that comes true or not, or a share that is known."""
    if share is None:
        informed = voice.informed(question)
        truth = (voice.random.uniform(size=voice.people) < expit(informed)).astype(float)
    else:
        truth = np.full(voice.people, share)
        informed = logit(truth)
    said = _rounded(voice.seed(informed))
    return {"question": question.name, "kind": "outcome", **said, "truth": truth}


def judgments_of(
    questions: Sequence[Question],
    said: Sequence[Statement],
    people: Sequence[str],
    meanings: Mapping[str, Meaning],
) -> Judgments:
    """Lay out what people said as one panel; ``#`` in a name becomes the person's own."""
    columns: dict[str, list[Any]] = {
        name: [] for name in ("expert_name", "question", "kind", *_MISSING)
    }
    asked = {each.name: each for each in questions}
    labelled: dict[str, Question] = {}
    for row, person in enumerate(people):
        for each in said:
            here = {
                name: value[row] if isinstance(value, np.ndarray) else value
                for name, value in each.items()
            }
            if not here.pop("told", True):
                continue
            question = asked[here["question"]]
            label = question.name.replace(NEW, person)
            truth = here.pop("truth", question.truth)
            labelled.setdefault(label, replace(question, name=label, truth=truth))
            named = {"question": label, "project": here.get("project", "").replace(NEW, person)}
            for name, value in {**_MISSING, "expert_name": person, **here, **named}.items():
                columns[name].append(value)
    return Judgments(
        questions=labelled,
        answers=xr.Dataset(
            {name: ("answer", np.array(values)) for name, values in columns.items()},
            coords={
                "expert": list(people),
                "camp": ("expert", [""] * len(people)),
                "study": ("expert", ["simulated"] * len(people)),
                "group": ("expert", [""] * len(people)),
            },
        ),
        camp_weights={},
        studies=("simulated",),
        meanings=meanings,
    )
