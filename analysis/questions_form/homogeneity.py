"""Homogeneity: whether projects stand or fall together."""

from takeoff.analysis.questions_form.item import Item, probability
from takeoff.analysis.questions_form.terms import ALIGNED, MISALIGNED

__all__ = ["HOMOGENEITY"]

_TOPIC = "Do projects stand or fall together?"
_SECOND = (
    "Then how likely is it that the first system which project 2 puts to use is aligned, "
    "if it puts any to use?"
)
_EVENT = "the first system of project 2 is aligned"


def _ends(projects: int) -> tuple[Item, Item]:
    return (
        probability(
            _TOPIC,
            "all_misaligned",
            "all_misaligned",
            projects,
            MISALIGNED,
            "How likely is it that, in the end, every one of these projects is misaligned?",
            "every project ends misaligned",
        ),
        probability(
            _TOPIC,
            "mixed",
            "coexistence",
            projects,
            MISALIGNED,
            "How likely is it that, in the end, at least one project is aligned and at least "
            "one is misaligned? (A project that never puts a system to use is neither.)",
            "there are some projects of each kind in the end",
        ),
    )


_THREE, _EIGHT = _ends(3), _ends(8)

HOMOGENEITY: tuple[Item, ...] = (
    probability(
        _TOPIC,
        "first_aligned",
        "first_aligned",
        5,
        ALIGNED,
        "How likely is it that the first system which project 1 puts to use is aligned, "
        "if it puts any to use?",
        "the first system of project 1 is aligned",
    ),
    probability(
        _TOPIC,
        "second_aligned_if_first_aligned",
        "follower_aligned_given_first_aligned",
        5,
        ALIGNED,
        f"Suppose that the first system which project 1 puts to use is aligned. {_SECOND}",
        _EVENT,
    ),
    probability(
        _TOPIC,
        "second_aligned_if_first_misaligned",
        "follower_aligned_given_first_misaligned",
        5,
        ALIGNED,
        f"Suppose that the first system which project 1 puts to use is misaligned. {_SECOND}",
        _EVENT,
    ),
    _THREE[0],
    _EIGHT[0],
    _THREE[1],
    _EIGHT[1],
)
"""Whether the second is like the first, and whether all end alike."""
