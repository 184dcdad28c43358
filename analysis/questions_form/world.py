"""The world: how many projects, how far apart, how soon; and what words say of it."""

from takeoff.analysis.questions_form.item import ADVANCED, Item, Row, setting, supposed
from takeoff.analysis.questions_form.terms import MISALIGNED, WARNING
from takeoff.models.questions import Question

__all__ = ["IN_WORDS", "THE_WORLD"]

_TOPIC = "How many, how far apart, how soon?"
_WORDS = "The same in words"
_MADE = "Made for this quantity, in the model's own terms."
_CONFIDENCE = "0.8"
_LEVELS = ("0.1", "0.5", "0.9")
_DEFINED = f"Advanced AI is {ADVANCED}."
_YEAR = (
    "In which year will advanced AI first exist? Give three years: one such that it comes earlier "
    "with a probability of 0.1, one for 0.5, and one for 0.9."
)
_IN_A_PHRASE = (
    "Answer with a phrase such as almost no chance, unlikely, about even, likely or almost certain."
)


def _interval(name: str, outcome: str, asked: str, unit: str, example: str) -> Item:
    how = (
        "Give the lowest and the highest number that you would not be surprised by, so that 8 "
        "times in 10 the truth lies between them, and your best guess."
    )
    question = Question(
        name=name, text=f"{_DEFINED} {asked} {how}", outcome=outcome, fit="exact", mapping=_MADE
    )
    row = Row((("confidence", _CONFIDENCE),), ("lowest", "value", "highest"))
    return Item(question, _TOPIC, "", f"{asked} {how}", "interval", unit, example, (row,))


THE_WORLD: tuple[Item, ...] = (
    _interval(
        "number_of_projects",
        "projects",
        "How many projects will build advanced AI before it is decided who, "
        "or what, is in control? Count those that copy or license another's system.",
        "projects",
        "1, 2, 4 would say: two at best guess, one at the least and four at the most.",
    ),
    _interval(
        "years_between_projects",
        "lead",
        "Suppose that several projects build advanced AI. How many years "
        "will pass between one project's arrival and the next one's?",
        "years",
        "0.02, 0.1, 10 would say: about a month at best guess, a week at the least, and ten years "
        "at the most.",
    ),
    Item(
        Question(
            name="arrival_year",
            text=f"{_DEFINED} {_YEAR}",
            outcome="arrival_year",
            fit="exact",
            mapping=_MADE,
        ),
        _TOPIC,
        "",
        _YEAR,
        "quantile",
        "calendar year",
        "2031, 2090, 2300 would say: one chance in ten that it comes before 2031, as likely as "
        "not by 2090, and one chance in ten that it comes after 2300.",
        tuple(Row((("level", level),), ("value",)) for level in _LEVELS),
    ),
)
"""The number of projects, the time between them, and the year of the first."""


def _in_words(name: str, outcome: str, terms: str, asked: str) -> Item:
    question = Question(
        name=f"{name}_in_words",
        text=f"{setting(5)} {terms} {asked} {_IN_A_PHRASE}",
        outcome=outcome,
        fit="exact",
        mapping="Made for this outcome; asked in words, as most writing on it is.",
    )
    example = '"almost no chance" and "almost certain" are the two ends.'
    blank = (Row((), ("phrase",)),)
    full = f"{asked} {_IN_A_PHRASE}"
    return Item(question, _WORDS, f"{supposed(5)}.", full, "verbal", "a phrase", example, blank)


IN_WORDS: tuple[Item, ...] = (
    _in_words(
        "mixed",
        "coexistence",
        MISALIGNED,
        "How likely is it that, in the end, at least one project is aligned and at least one is "
        "misaligned?",
    ),
    _in_words(
        "warning_if_misaligned",
        "warning_shot_given_misaligned",
        f"{MISALIGNED} {WARNING}",
        "Suppose that at least one of these projects is misaligned. Then how likely is at least "
        "one warning shot?",
    ),
)
"""Two of the questions again, answered by a phrase."""
