"""The other roads to catastrophe: seizure of power, misuse, conflict, and failed bargains."""

from takeoff.analysis.questions_form.item import Item, probability
from takeoff.analysis.questions_form.terms import BARGAINING, CATASTROPHE, POWER_GRAB

__all__ = ["OTHER_ROADS"]

_TOPIC = "What else could go wrong?"

OTHER_ROADS: tuple[Item, ...] = (
    *(
        probability(
            _TOPIC,
            "power_grab",
            "power_grab",
            projects,
            POWER_GRAB,
            "How likely is a power grab?",
            "there is a power grab",
        )
        for projects in (1, 5)
    ),
    probability(
        _TOPIC,
        "misuse",
        "misuse",
        5,
        CATASTROPHE,
        "How likely is it that thieves get hold of a system of at least one of these projects "
        "and that its misuse ends in a catastrophe?",
        "such misuse ends in a catastrophe",
    ),
    probability(
        _TOPIC,
        "conflict",
        "conflict",
        5,
        CATASTROPHE,
        "How likely is it that a war or other conflict between projects, or between their "
        "systems, ends in a catastrophe?",
        "such a conflict ends in a catastrophe",
    ),
    probability(
        _TOPIC,
        "bargaining",
        "bargaining",
        5,
        BARGAINING,
        "How likely is it that bargaining between the projects' systems fails?",
        "bargaining fails",
    ),
)
"""Catastrophes that need no misaligned system."""
