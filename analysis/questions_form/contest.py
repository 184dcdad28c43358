"""Offence and defence: whether one bad system is enough, and whether one good one is."""

from takeoff.analysis.questions_form.item import Item, probability
from takeoff.analysis.questions_form.terms import MISALIGNED, TAKEOVER

__all__ = ["OFFENSE_AND_DEFENSE"]

_TOPIC = "Is one bad system enough?"
_TERMS = f"{MISALIGNED} {TAKEOVER}"
_EVENT = "there is a takeover"

OFFENSE_AND_DEFENSE: tuple[Item, ...] = (
    probability(
        _TOPIC,
        "takeover_if_all_misaligned",
        "takeover_given_all_misaligned",
        5,
        _TERMS,
        "Suppose that every one of these projects is misaligned, so that only people and "
        "tools stand against them. Then how likely is a takeover?",
        _EVENT,
    ),
    *(
        probability(
            _TOPIC,
            "one_bad_apple",
            "one_bad_apple",
            projects,
            _TERMS,
            "Suppose that exactly one of these projects, you do not know which, is "
            "misaligned; each of the others is aligned or has put no system to use. Then how "
            "likely is a takeover?",
            _EVENT,
        )
        for projects in (3, 8)
    ),
    *(
        probability(
            _TOPIC,
            "one_good_apple",
            "one_good_apple",
            projects,
            _TERMS,
            "Suppose that exactly one of these projects, you do not know which, is aligned, "
            "and that all the others are misaligned. Then how likely is a takeover?",
            _EVENT,
        )
        for projects in (3, 8)
    ),
)
"""Takeover when all are misaligned, when one is, and when all but one are."""
