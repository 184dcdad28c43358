"""The number of projects: what it changes."""

from takeoff.analysis.questions_form.item import Item, probability
from takeoff.analysis.questions_form.terms import ALIGNED, EXTINCTION, TAKEOVER

__all__ = ["NUMBER_OF_PROJECTS"]

_TOPIC = "What does the number of projects change?"

NUMBER_OF_PROJECTS: tuple[Item, ...] = (
    *(
        probability(
            _TOPIC,
            "takeover",
            "takeover",
            projects,
            f"{ALIGNED} {TAKEOVER}",
            "How likely is a takeover?",
            "there is a takeover",
        )
        for projects in (1, 3, 5, 8)
    ),
    *(
        probability(
            _TOPIC,
            "extinction_by_2100",
            "extinction_by_2100",
            projects,
            f"{ALIGNED} {TAKEOVER} {EXTINCTION}",
            "How likely is it that advanced AI exists by the end of 2100, and that it leads "
            "to a takeover in which humans go extinct? (Count the chance that it does not "
            "come by then.)",
            "advanced AI comes in time and ends in such an extinction",
        )
        for projects in (1, 5)
    ),
)
"""Takeover with one project to eight, and extinction with one and with five."""
