"""The form as a page to print: every question with its definitions, unit, example and a box."""

from collections.abc import Mapping
from itertools import groupby
from pathlib import Path

from takeoff.analysis.questions_form.item import ADVANCED, PROJECTS, Item, Row
from takeoff.analysis.questions_form.items import ITEMS
from takeoff.analysis.questions_form.terms import GLOSSARY

__all__ = ["form_page"]

_TEMPLATES = Path(__file__).parents[1] / "templates"
_BOXES: Mapping[str, str] = {
    "value": "your answer",
    "lowest": "lowest",
    "highest": "highest",
    "phrase": "your phrase",
}


def form_page(discussion_round: int) -> str:
    """Render the form as a page that asks for nothing from outside."""
    import jinja2

    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    topics = [
        (topic, list(enumerated))
        for topic, enumerated in groupby(enumerate(ITEMS, start=1), lambda pair: pair[1].topic)
    ]
    return made.get_template("form.html").render(
        round=discussion_round,
        advanced=ADVANCED,
        projects=PROJECTS,
        glossary=GLOSSARY,
        count=len(ITEMS),
        topics=[
            (topic, [(number, item, _boxes(item)) for number, item in items])
            for topic, items in topics
        ],
    )


def _boxes(item: Item) -> list[str]:
    """Label the boxes of an item, one for each cell that is to be filled in."""
    return [label for row in item.rows for label in _labels(item, row)]


def _labels(item: Item, row: Row) -> list[str]:
    given = dict(row.cells)
    if "level" in given:
        return [f"comes earlier with {given['level']}"]
    if item.kind == "interval":
        return ["best guess" if each == "value" else _BOXES[each] for each in row.blanks]
    return [_BOXES[each] for each in row.blanks]
