"""The study that a filled form makes."""

import datetime
import json

from takeoff.analysis.questions_form.items import ITEMS

__all__ = ["study_toml"]

_ABOUT = (
    "Answers to the questionnaire of takeoff, which asks what no survey has asked: whether "
    "projects stand or fall together, what their number changes, whether one bad system is "
    "enough, whether misaligned systems act as one, whether a warning comes, and how likely the "
    "other roads to catastrophe are. One form an expert, each with the expert's name in every row; "
    "to join forms, put the rows under one header. A blank value is no answer. Forms of a second "
    "round, after discussion, have 2 under round; where an expert answers in both, the second "
    "counts. Experts of different schools may be given camps: declare them with their weights "
    "under [camps]."
)


def study_toml() -> str:
    """Write the study's description, with every question of the form."""
    lines = [
        f"title = {_quoted('Answers to the takeoff questionnaire')}",
        f"source = {_quoted('Asked with the form of takeoff questions --form')}",
        f"licence = {_quoted('Not settled yet: agree on one with the experts')}",
        f"date = {_quoted(datetime.date.today().isoformat())}",
        f"about = {_quoted(_ABOUT)}",
    ]
    for item in ITEMS:
        each = item.question
        lines += [
            "",
            f"[questions.{each.name}]",
            f"text = {_quoted(each.text)}",
            f"outcome = {_quoted(each.outcome)}",
            f"reading = {_quoted(each.reading)}",
            f"fit = {_quoted(each.fit)}",
            f"scenario = {{ projects = {each.scenario.projects} }}",
            f"mapping = {_quoted(each.mapping)}",
        ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """Write text as TOML does; the strings of JSON are strings of TOML."""
    return json.dumps(text)
