"""Where something lies: probabilities, bounds, intervals, phrases, and the middle of quantiles.

An expert's answer, before it is rounded, is what the worldview says, on the scale of its question
(``statements``), plus wording, errors and noise: Normal(center, scale). What was stated tells in
which interval it lies::

    probability   what rounds to the value
    bound         all above the value, or below
    verbal        what each reader of the phrase takes it for (``phrases``)
    interval      what rounds to the best value; without one, the middle of the range
    quantile      what rounds to the quantile nearest the median, spread · Φ⁻¹(level) off the center

The range of an interval about a *probability* says how sure the expert is of it, so it widens the
scale of that answer, by (highest − lowest)/2z in log-odds, z = Φ⁻¹((1 + confidence)/2), with
``UNSTATED`` where no confidence is stated; it tells nothing else. One end alone is a bound. The
range of an interval about a *quantity* is two quantiles of it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

from takeoff.models.answers.gaps import Gaps
from takeoff.models.answers.phrases import usual
from takeoff.models.answers.statements import Statement, on_scale
from takeoff.models.interval import log_odds
from takeoff.models.questions import QUANTITIES, READINGS, Meaning, Question
from takeoff.models.special import FloatArray

__all__ = ["UNSTATED", "Places", "Source", "is_level", "laid_out"]

UNSTATED = 0.8
"""Confidence of a range whose author states none: "from ... to ..." is rarely meant as certain."""

_END = 0.05
"""Half of what the end of a range is rounded by, on the scale on which it is modelled."""
_RARELY = 0.0025
"""The probability that 0 stands for as the end of a range: the middle of what rounds to it."""


_WIDEST = 3.0
"""Up to so wide an interval a quantile lies anywhere in it: the widest of a quantity, that of 1, is
1.1 wide in its logarithm. What rounds to 0 reaches to certainty."""


class Source(NamedTuple):
    """Whose spread: an expert's own over a quantity, or that between members of a group."""

    expert: str
    outcome: str


@dataclass(frozen=True)
class Places:
    """Answers that say where something lies, each (place,).

    Attributes
    ----------
    answer, expert, question
        Rows of the answer, the expert and the question.
    reading
        Which reading the question has, with a noise to each: those of outcomes, then quantities.
    level
        Whether the question asks outright for what offense decides.
    value, lower, upper
        What was stated, and the interval that it stands for, on the scale of the question.
    own
        What the expert adds to the scale by saying how sure the answer is.
    spread, score
        Which spread the answer is away from the center, and how many times; spread −1 for none.
    phrase
        What was said in words, "" for a number.
    """

    answer: np.ndarray
    expert: np.ndarray
    question: np.ndarray
    reading: np.ndarray
    level: np.ndarray
    value: FloatArray
    lower: FloatArray
    upper: FloatArray
    own: FloatArray
    spread: np.ndarray
    score: FloatArray
    phrase: tuple[str, ...]

    def anchors(self, experts: int) -> FloatArray:
        """Give each expert's mean answer on the level, NaN where there is none."""
        own = [self.value[self.level & (self.expert == each)] for each in range(experts)]
        return np.array([each.mean() if len(each) else np.nan for each in own])

    def mean_answer(self, question: int) -> float:
        """Give the mean answer to a question; 0 where only crowds answered."""
        own = self.value[self.question == question]
        return float(own.mean()) if len(own) else 0.0

    def shares(self, question: int, experts: int) -> FloatArray:
        """Give each expert's share of the answers to a question (expert,)."""
        counts = np.bincount(self.expert[self.question == question], minlength=experts)
        return np.asarray(counts / np.maximum(counts.sum(), 1))


def is_level(question: Question) -> bool:
    """Tell whether a question asks outright for what offense decides."""
    return question.outcome.startswith("extinction") and question.reading == "level"


class _Place(NamedTuple):
    said: Statement
    value: float
    lower: float
    upper: float
    own: float = 0.0
    source: Source | None = None
    score: float = 0.0
    phrase: str = ""


class _Gap(NamedTuple):
    answer: int
    source: Source
    width: float
    value: float
    lower: float
    upper: float
    slack: float


class _Quantile(NamedTuple):
    level: float
    said: Statement
    value: float
    lower: float
    upper: float


def laid_out(
    said: Sequence[Statement],
    experts: Sequence[str],
    questions: Sequence[str],
    meanings: Mapping[str, Meaning],
) -> tuple[Places, Gaps, tuple[Source, ...]]:
    """Lay out what was said of the world: places, gaps, and whose spreads these tell of.

    Parameters
    ----------
    said
        The statements, about outcomes, efficacies and quantities.
    experts, questions
        Labels, in the order in which they are numbered.
    meanings
        What phrases mean.
    """
    places: list[_Place] = []
    gaps: list[_Gap] = []
    for group in _together(said):
        quantiles = [each for one in group for each in _quantiles(one)]
        if quantiles:
            place, apart = _of_quantiles(quantiles)
            places.append(place)
            gaps += apart
        else:
            places += [_of_one(one, meanings) for one in group]
    places.sort(key=lambda each: each.said.answer)
    of_places = [each.source for each in places if each.source is not None]
    sources = tuple(dict.fromkeys([*of_places, *(each.source for each in gaps)]))
    quantities, number = list(QUANTITIES), {each: row for row, each in enumerate(experts)}

    def reading(place: _Place) -> int:
        question = place.said.question
        if question.outcome in quantities:
            return len(READINGS) + quantities.index(question.outcome)
        return READINGS.index(question.reading)

    laid = Places(
        answer=np.array([each.said.answer for each in places], int),
        expert=np.array([number[each.said.expert] for each in places], int),
        question=np.array([questions.index(each.said.label) for each in places], int),
        reading=np.array([reading(each) for each in places], int),
        level=np.array([is_level(each.said.question) for each in places], bool),
        value=np.array([each.value for each in places]),
        lower=np.array([each.lower for each in places]),
        upper=np.array([each.upper for each in places]),
        own=np.array([each.own for each in places]),
        spread=np.array(
            [-1 if each.source is None else sources.index(each.source) for each in places], int
        ),
        score=np.array([each.score for each in places]),
        phrase=tuple(each.phrase for each in places),
    )
    between = Gaps(
        answer=np.array([each.answer for each in gaps], int),
        spread=np.array([sources.index(each.source) for each in gaps], int),
        widths=np.array([each.width for each in gaps]),
        value=np.array([each.value for each in gaps]),
        lower=np.array([each.lower for each in gaps]),
        upper=np.array([each.upper for each in gaps]),
        slack=np.array([each.slack for each in gaps]),
    )
    return laid, between, sources


def _together(said: Sequence[Statement]) -> Iterator[list[Statement]]:
    """Give statements one by one, but the quantiles of one expert for one question together."""
    sets: dict[tuple[str, str], list[Statement]] = {}
    for each in said:
        if each.kind == "quantile":
            sets.setdefault((each.expert, each.label), []).append(each)
        else:
            yield [each]
    yield from sets.values()


def _quantiles(said: Statement) -> Iterator[_Quantile]:
    """Give the quantiles that a statement makes, if it makes any."""
    if said.kind == "quantile":
        yield _Quantile(
            said.level, said, *on_scale(said.question, said.value, said.lower, said.upper).tolist()
        )
    if said.kind == "interval" and said.question.outcome in QUANTITIES:
        confidence = UNSTATED if np.isnan(said.confidence) else said.confidence
        if not np.isnan(said.value):
            stated = on_scale(said.question, said.value, said.lower, said.upper)
            yield _Quantile(0.5, said, *stated.tolist())
        for end, level in (
            (said.lowest, 0.5 - confidence / 2),
            (said.highest, 0.5 + confidence / 2),
        ):
            if not np.isnan(end):
                at = float(on_scale(said.question, end, end, end)[0])
                yield _Quantile(level, said, at, at - _END, at + _END)


def _of_quantiles(quantiles: Sequence[_Quantile]) -> tuple[_Place, list[_Gap]]:
    """Give where the quantile nearest the median lies, and the gaps between all."""
    ordered = sorted(quantiles, key=lambda each: each.level)
    middle = min(range(len(ordered)), key=lambda row: abs(ordered[row].level - 0.5))
    anchor = ordered[middle]
    source = Source(anchor.said.expert, _kin(anchor.said.question.outcome))
    score = float(ndtri(anchor.level))
    place = _Place(
        anchor.said,
        anchor.value,
        anchor.lower,
        anchor.upper,
        source=source if score else None,
        score=score,
    )
    gaps = [
        _Gap(
            (high if row >= middle else low).said.answer,
            source,
            float(ndtri(high.level) - ndtri(low.level)),
            high.value - low.value,
            high.lower - low.upper,
            high.upper - low.lower,
            _slack(low if row >= middle else high),
        )
        for row, (low, high) in enumerate(pairwise(ordered))
    ]
    return place, gaps


def _slack(nearer: _Quantile) -> float:
    """Give how wide the interval of a quantile is; 0 of one that reaches to certainty."""
    width = nearer.upper - nearer.lower
    return width if width < _WIDEST else 0.0


def _kin(outcome: str) -> str:
    """Name the spread of an outcome's quantiles: one for all outcomes, one a quantity."""
    return outcome if outcome in QUANTITIES else "outcomes"


def _of_one(said: Statement, meanings: Mapping[str, Meaning]) -> _Place:
    if said.kind == "verbal":
        return _Place(said, usual(meanings[said.phrase]), 0.0, 0.0, phrase=said.phrase)
    if said.kind == "interval":
        return _of_interval(said)
    value, lower, upper = on_scale(said.question, said.value, said.lower, said.upper)
    if said.question.reading == "shift":
        baseline = log_odds(np.array(said.baseline))
        value, lower, upper = value - baseline, lower - baseline, upper - baseline
    return _Place(said, float(value), float(lower), float(upper))


def _of_interval(said: Statement) -> _Place:
    """Give where an interval about a probability lies."""
    low, high = (
        float(
            log_odds(np.clip(end, _RARELY if end == 0 else 0.0, 1 - _RARELY if end == 1 else 1.0))
        )
        for end in (np.array(said.lowest), np.array(said.highest))
    )
    score = float(ndtri(0.5 + (UNSTATED if np.isnan(said.confidence) else said.confidence) / 2))
    if np.isnan(said.value) and np.isnan(low + high):
        return _of_end(said)
    if np.isnan(said.value):
        best = 0.5 * (low + high)
        return _Place(said, best, best - _END, best + _END, 0.5 * (high - low) / score)
    best, lower, upper = on_scale(said.question, said.value, said.lower, said.upper).tolist()
    sides = [side for side in (best - low, high - best) if not np.isnan(side)]
    own = max(0.0, float(np.mean(sides))) / score if sides else 0.0
    return _Place(said, best, lower, upper, own)


def _of_end(said: Statement) -> _Place:
    """Give what one end alone leaves: all above the lowest, or below the highest."""
    above = not np.isnan(said.lowest)
    end = said.lowest if above else said.highest
    ends = (end, 1.0) if above else (0.0, end)
    value, lower, upper = on_scale(said.question, end, *ends).tolist()
    return _Place(said, value, lower, upper)
