"""Check that an answer is of a kind that its question takes, and can be true."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from takeoff.data.answer_rows import Answer, Interval, Rating, Verbal, require_probability
from takeoff.data.explain import Words, split
from takeoff.data.phrases import meaning
from takeoff.data.problem import shown
from takeoff.models.errors import InputError
from takeoff.models.outcomes import outcome
from takeoff.models.questions import EFFICACY, EFFORT, PROJECTS, QUANTITIES, SEED, Question

__all__ = ["UNMODELLED", "kind_faults"]

_OF_PROBABILITY: tuple[str, ...] = ("probability", "quantile", "interval", "bound", "verbal")
_TAKES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        PROJECTS: ("quantile", "interval"),
        **dict.fromkeys(("lead", "speed", "arrival_year"), ("quantile", "interval", "bound")),
        EFFORT: ("rating",),
        SEED: ("outcome",),
    }
)
"""Kinds of answer that a question takes which does not ask for a probability."""

_ASKS: Mapping[str, str] = MappingProxyType(
    {
        **{name: f"a quantity in {unit}" for name, unit in QUANTITIES.items()},
        EFFORT: "a grade",
        SEED: "something whose answer is known",
    }
)

UNMODELLED: tuple[str, ...] = ()
"""Kinds that can be written down, and wait for their likelihood: none."""

_FIRST_YEAR, _LAST_YEAR = 2025, 9999

type Fault = tuple[str, Words]
"""A column, and what is wrong in it."""


def kind_faults(answer: Answer, cells: Mapping[str, str], question: Question) -> Iterator[Fault]:
    """Find what is wrong with an answer to its question, as its cells have it."""
    faults = list(_wrong_kind(answer, question))
    yield from faults
    if faults or not answer.is_answered:
        return
    if isinstance(answer, Rating):
        yield from _off_scale(answer, question)
        return
    for column in ("value", "lowest", "highest"):
        yield from _impossible(column, getattr(answer, column, None), cells[column], question)
    if isinstance(answer, Interval):
        yield from _disordered(answer)
    if isinstance(answer, Verbal):
        yield from _unknown_phrase(answer)


def _wrong_kind(answer: Answer, question: Question) -> Iterator[Fault]:
    takes, asks = _OF_PROBABILITY, "a probability"
    if question.outcome in _TAKES:
        takes, asks = _TAKES[question.outcome], _ASKS[question.outcome]
    elif question.outcome != EFFICACY and outcome(question.outcome).unit == "projects":
        message = f"a probability cannot answer {shown(question.name)}, which asks for a number"
        yield "kind", Words(f"{message} of projects", "ask for a probability")
        return
    if answer.kind not in takes:
        article = "an" if answer.kind[0] in "aeiou" else "a"
        message = f"{article} {answer.kind} cannot answer {shown(question.name)}"
        yield (
            "kind",
            Words(f"{message}, which asks for {asks}", f"it takes {' or '.join(takes)}"),
        )
    elif answer.kind != "probability" and question.reading == "shift":
        message = f"{shown(question.name)} is read as a shift, between two stated probabilities"
        yield "kind", Words(message, "answer it with a probability")


def _impossible(
    column: str, number: float | None, cell: str, question: Question
) -> Iterator[Fault]:
    """Find a number that is no probability, or no such quantity."""
    if number is None:
        return
    if question.outcome == "arrival_year":
        if not _FIRST_YEAR < number <= _LAST_YEAR:
            mend = f"give a calendar year after {_FIRST_YEAR}, such as 2040"
            yield column, Words(f"{shown(cell)} is not a year to come", mend)
    elif question.outcome in QUANTITIES:
        if not 0 < number < float("inf"):
            unit = QUANTITIES[question.outcome]
            yield column, Words(f"{shown(cell)} is not above 0", f"give a number of {unit}")
    else:
        try:
            require_probability(number, cell)
        except InputError as error:
            yield column, split(str(error))


def _off_scale(answer: Rating, question: Question) -> Iterator[Fault]:
    assert question.scale is not None  # a question that takes ratings has one
    worst, best = question.scale
    if answer.value is not None and not worst <= answer.value <= best:
        message = f"{answer.value:g} is off the scale of {shown(question.name)}"
        yield "value", Words(message, f"give a grade from {worst:g} to {best:g}")


def _disordered(answer: Interval) -> Iterator[Fault]:
    lowest, best, highest = answer.lowest, answer.value, answer.highest
    if lowest is not None and highest is not None:
        if lowest > highest:
            message = f"the interval is reversed: {lowest:g} to {highest:g}"
            yield "lowest", Words(message, "exchange lowest and highest")
            return
        if lowest == highest:
            message = f"the interval has no width: {lowest:g} to {highest:g}"
            yield "lowest", Words(message, "give the value alone, or the range meant")
            return
    below = lowest is not None and best is not None and best < lowest
    above = highest is not None and best is not None and best > highest
    if below or above:
        end = f"below the lowest, {lowest:g}" if below else f"above the highest, {highest:g}"
        message = f"the best value, {best:g}, is {end}"
        yield "value", Words(message, "give a best value inside its interval")


def _unknown_phrase(answer: Verbal) -> Iterator[Fault]:
    try:
        meaning(answer.phrase)
    except InputError as error:
        yield "phrase", split(str(error))
