"""The questionnaire: what no survey has asked, and a blank form that asks it.

Nobody has asked experts whether projects stand or fall together, what the number of projects
changes, whether one bad system is enough, whether misaligned systems would act as one, whether a
warning would come, or how likely the other roads to catastrophe are. These questions do, in plain
words, each about one outcome.
"""

import csv
import datetime
import io
import json
from pathlib import Path

from takeoff.models.errors import InputError
from takeoff.models.questions import Question
from takeoff.models.scenario import Scenario

__all__ = ["QUESTIONS", "write_form"]

_ADVANCED = "AI that does nearly everything that people do, and does it better"
_ALIGNED = (
    "A system is aligned when it does what its makers mean it to do, also when nobody could stop "
    "it; otherwise it is misaligned."
)
_PROJECT = "A project is misaligned when any system that it has put to use is misaligned."
_TAKEOVER = (
    "Takeover means that misaligned systems gain lasting control over people and over what the "
    "world lives on."
)
_EXTINCTION = "Extinction means that no human is left alive."
_TOGETHER = "Misaligned systems act as one when they follow one plan, as close allies do."
_WARNING = (
    "A warning shot is a misaligned system that shows itself early: all can see what it is, and "
    "the harm can still be made good."
)
_MISALIGNED = f"{_ALIGNED} {_PROJECT}"
_NUMBER = "Answer with a probability from 0 to 1."


def _setting(projects: int) -> str:
    if projects == 1:
        return f"Suppose that a single project builds advanced AI: {_ADVANCED}."
    return (
        f"Suppose that {projects} projects build advanced AI: {_ADVANCED}. They may copy or "
        "license one another's systems, repeat one another's recipe, or go their own way. Number "
        "them by the order in which they get there."
    )


def _ask(name: str, outcome: str, projects: int, terms: str, asked: str) -> Question:
    """Ask for an outcome as it is defined, with that many projects."""
    return Question(
        name=f"{name}_with_{projects}",
        text=f"{_setting(projects)} {terms} {asked} {_NUMBER}",
        outcome=outcome,
        fit="exact",
        scenario=Scenario(projects=projects),
        mapping="Made for this outcome and this number of projects, in the model's own terms.",
    )


def _homogeneity() -> list[Question]:
    second = (
        "Then how likely is it that the first system which project 2 puts to use is aligned, "
        "if it puts any to use?"
    )
    return [
        _ask(
            "first_aligned",
            "first_aligned",
            5,
            _ALIGNED,
            "How likely is it that the first system which project 1 puts to use is aligned, "
            "if it puts any to use?",
        ),
        _ask(
            "second_aligned_if_first_aligned",
            "follower_aligned_given_first_aligned",
            5,
            _ALIGNED,
            f"Suppose that the first system which project 1 puts to use is aligned. {second}",
        ),
        _ask(
            "second_aligned_if_first_misaligned",
            "follower_aligned_given_first_misaligned",
            5,
            _ALIGNED,
            f"Suppose that the first system which project 1 puts to use is misaligned. {second}",
        ),
        *(
            _ask(
                "all_misaligned",
                "all_misaligned",
                projects,
                _MISALIGNED,
                "How likely is it that, in the end, every one of these projects is misaligned?",
            )
            for projects in (3, 8)
        ),
        *(
            _ask(
                "mixed",
                "coexistence",
                projects,
                _MISALIGNED,
                "How likely is it that, in the end, at least one project is aligned and at least "
                "one is misaligned? (A project that never puts a system to use is neither.)",
            )
            for projects in (3, 8)
        ),
    ]


def _number_of_projects() -> list[Question]:
    return [
        *(
            _ask(
                "takeover",
                "takeover",
                projects,
                f"{_ALIGNED} {_TAKEOVER}",
                "How likely is a takeover?",
            )
            for projects in (1, 3, 5, 8)
        ),
        *(
            _ask(
                "extinction_by_2100",
                "extinction_by_2100",
                projects,
                f"{_ALIGNED} {_TAKEOVER} {_EXTINCTION}",
                "How likely is it that advanced AI exists by the end of 2100, and that it leads "
                "to a takeover in which humans go extinct? (Count the chance that it does not "
                "come by then.)",
            )
            for projects in (1, 5)
        ),
    ]


def _offense_and_defense() -> list[Question]:
    terms = f"{_MISALIGNED} {_TAKEOVER}"
    return [
        _ask(
            "takeover_if_all_misaligned",
            "takeover_given_all_misaligned",
            5,
            terms,
            "Suppose that every one of these projects is misaligned, so that only people and "
            "tools stand against them. Then how likely is a takeover?",
        ),
        *(
            _ask(
                "one_bad_apple",
                "one_bad_apple",
                projects,
                terms,
                "Suppose that exactly one of these projects, you do not know which, is "
                "misaligned; each of the others is aligned or has put no system to use. Then how "
                "likely is a takeover?",
            )
            for projects in (3, 8)
        ),
        *(
            _ask(
                "one_good_apple",
                "one_good_apple",
                projects,
                terms,
                "Suppose that exactly one of these projects, you do not know which, is aligned, "
                "and that all the others are misaligned. Then how likely is a takeover?",
            )
            for projects in (3, 8)
        ),
    ]


def _coordination() -> list[Question]:
    return [
        _ask(
            "act_as_one",
            "coordination",
            5,
            f"{_MISALIGNED} {_TOGETHER}",
            "If several of these projects were misaligned, how likely is it that their systems "
            "would act as one?",
        )
    ]


def _warning_shots() -> list[Question]:
    return [
        *(
            _ask(
                "warning_if_misaligned",
                "warning_shot_given_misaligned",
                projects,
                f"{_MISALIGNED} {_WARNING}",
                f"Suppose that {who} misaligned. Then how likely is at least one warning shot?",
            )
            for projects, who in (
                (1, "the project is"),
                (3, "at least one of these projects is"),
                (8, "at least one of these projects is"),
            )
        ),
        _ask(
            "takeover_if_warning",
            "takeover_given_warning",
            5,
            f"{_ALIGNED} {_WARNING} {_TAKEOVER}",
            "Suppose that there is a warning shot. Then how likely is a takeover in the end?",
        ),
        _ask(
            "takeover_if_no_warning",
            "takeover_given_no_warning",
            5,
            f"{_ALIGNED} {_WARNING} {_TAKEOVER}",
            "Suppose that there is no warning shot, be it that no system is misaligned or that "
            "none shows itself. Then how likely is a takeover?",
        ),
    ]


def _other_roads() -> list[Question]:
    catastrophe = "A catastrophe kills or disempowers most people, for good."
    return [
        _ask(
            "power_grab",
            "power_grab",
            projects,
            "A power grab means that a few people use advanced AI to seize lasting power over all "
            "others.",
            "How likely is a power grab?",
        )
        for projects in (1, 5)
    ] + [
        _ask(
            "misuse",
            "misuse",
            5,
            catastrophe,
            "How likely is it that thieves get hold of a system of at least one of these projects "
            "and that its misuse ends in a catastrophe?",
        ),
        _ask(
            "conflict",
            "conflict",
            5,
            catastrophe,
            "How likely is it that a war or other conflict between projects, or between their "
            "systems, ends in a catastrophe?",
        ),
        _ask(
            "bargaining",
            "bargaining",
            5,
            "Bargaining fails when threats between systems are carried out, at the cost of great "
            "suffering.",
            "How likely is it that bargaining between the projects' systems fails?",
        ),
    ]


_COLUMNS = ("expert", "camp", "question", "kind", "value", "baseline", "note")

QUESTIONS: tuple[Question, ...] = (
    *_homogeneity(),
    *_number_of_projects(),
    *_offense_and_defense(),
    *_coordination(),
    *_warning_shots(),
    *_other_roads(),
)
"""The questionnaire, by topic: homogeneity, number of projects, offence and defence,
coordination, warning shots, other roads to catastrophe."""


def write_form(path: Path) -> tuple[Path, ...]:
    """Write a blank form, and a ``study.toml`` beside it unless there is one.

    The form has the columns of a study's ``answers.csv`` and one row a question; its wording
    stands under ``note``. Filled in and named ``answers.csv``, it makes a study with the
    ``study.toml`` beside it.

    Returns
    -------
    tuple of Path
        The files written.

    Raises
    ------
    InputError
        If the form is there already, is not named ``.csv``, or cannot be written.
    """
    from takeoff.analysis.files import write_new

    if path.suffix.lower() != ".csv":
        raise InputError(f"{path} is no name for a form; end it in .csv")
    study = path.with_name("study.toml")
    contents = {path: _form()}
    if not study.exists():
        contents[study] = _study_toml()
    write_new(contents)
    return tuple(contents)


def _form() -> str:
    text = io.StringIO(newline="")
    rows = csv.DictWriter(text, _COLUMNS, restval="", lineterminator="\n")
    rows.writeheader()
    for each in QUESTIONS:
        rows.writerow({"question": each.name, "kind": "probability", "note": each.text})
    return text.getvalue()


def _study_toml() -> str:
    about = (
        "Answers to the questionnaire of takeoff, which asks what no survey has asked: whether "
        "projects stand or fall together, what their number changes, whether one bad system is "
        "enough, whether misaligned systems act as one, whether a warning comes, and how likely "
        "the other roads to catastrophe are. One form an expert, each with the expert's name in "
        "every row; to join forms, put the rows under one header. A blank value is no answer. "
        "Experts of different schools may be given camps: declare them with their weights under "
        "[camps]."
    )
    lines = [
        f"title = {_quoted('Answers to the takeoff questionnaire')}",
        f"source = {_quoted('Asked with the form of takeoff questions --form')}",
        f"licence = {_quoted('Not settled yet: agree on one with the experts')}",
        f"date = {_quoted(datetime.date.today().isoformat())}",
        f"about = {_quoted(about)}",
    ]
    for each in QUESTIONS:
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
