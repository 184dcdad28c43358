"""An item of the form: a question, the kind of its answer, and an example of one."""

from dataclasses import dataclass

from takeoff.models.questions import Kind, Question
from takeoff.models.scenario import Scenario

__all__ = ["ADVANCED", "PROJECTS", "Item", "Row", "probability", "setting", "supposed"]

ADVANCED = "AI that does nearly everything that people do, and does it better"
PROJECTS = (
    "They may copy or license one another's systems, repeat one another's recipe, or go their own "
    "way. Number them by the order in which they get there."
)
_NUMBER = "Answer with a probability from 0 to 1."


@dataclass(frozen=True)
class Row:
    """One answer that an item asks for: the cells of its row that are filled in already."""

    cells: tuple[tuple[str, str], ...]
    blanks: tuple[str, ...]


@dataclass(frozen=True)
class Item:
    """A question of the form.

    Attributes
    ----------
    question
        What is asked, as a study holds it.
    topic
        Heading under which it stands.
    supposed, asked
        The question without definitions, which a page has beside it: what it supposes at once, and
        what it asks.
    kind
        Kind of the answer.
    unit
        In what the answer is given.
    example
        What two answers far apart would say; apart, so that neither is a hint.
    rows
        The rows of the form that it takes.
    """

    question: Question
    topic: str
    supposed: str
    asked: str
    kind: Kind
    unit: str
    example: str
    rows: tuple[Row, ...]


def supposed(projects: int) -> str:
    """Say how many projects there are supposed to be."""
    count = "a single project builds" if projects == 1 else f"{projects} projects build"
    return f"Suppose that {count} advanced AI"


def setting(projects: int) -> str:
    """Say it with what advanced AI is, and what projects may do."""
    begin = f"{supposed(projects)}: {ADVANCED}."
    return begin if projects == 1 else f"{begin} {PROJECTS}"


def probability(
    topic: str, name: str, outcome: str, projects: int, terms: str, asked: str, event: str
) -> Item:
    """Ask for the probability of an outcome as it is defined, with that many projects.

    ``event`` is a clause that says what happens when the outcome comes true.
    """
    question = Question(
        name=f"{name}_with_{projects}",
        text=f"{setting(projects)} {terms} {asked} {_NUMBER}",
        outcome=outcome,
        fit="exact",
        scenario=Scenario(projects=projects),
        mapping="Made for this outcome and this number of projects, in the model's own terms.",
    )
    return Item(
        question,
        topic,
        f"{supposed(projects)}.",
        asked,
        "probability",
        "probability from 0 to 1",
        f"0.02 would say that in 2 of 100 such worlds {event}; 0.98, that in 98 of 100 it is so.",
        (Row((), ("value",)),),
    )
