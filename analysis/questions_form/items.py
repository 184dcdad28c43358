"""All items of the form, by topic."""

from takeoff.analysis.questions_form.contest import OFFENSE_AND_DEFENSE
from takeoff.analysis.questions_form.coordination import COORDINATION
from takeoff.analysis.questions_form.homogeneity import HOMOGENEITY
from takeoff.analysis.questions_form.item import Item
from takeoff.analysis.questions_form.projects import NUMBER_OF_PROJECTS
from takeoff.analysis.questions_form.roads import OTHER_ROADS
from takeoff.analysis.questions_form.warnings import WARNING_SHOTS
from takeoff.analysis.questions_form.world import IN_WORDS, THE_WORLD
from takeoff.models.questions import Question

__all__ = ["ITEMS", "QUESTIONS"]

ITEMS: tuple[Item, ...] = (
    *HOMOGENEITY,
    *NUMBER_OF_PROJECTS,
    *OFFENSE_AND_DEFENSE,
    *COORDINATION,
    *WARNING_SHOTS,
    *OTHER_ROADS,
    *THE_WORLD,
    *IN_WORDS,
)
"""The form: homogeneity, number of projects, offence and defence, coordination, warning shots,
other roads to catastrophe, the world, and two questions in words."""

QUESTIONS: tuple[Question, ...] = tuple(
    item.question for item in ITEMS if item.kind == "probability"
)
"""The questions that are answered with a probability."""
