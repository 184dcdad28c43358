"""What the command line shows: numbers, tables and lists that fit a terminal of 60 columns."""

import os
import textwrap
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from takeoff.analysis.point import EvaluatedPoint
from takeoff.data.load import Study
from takeoff.data.problem import Problem
from takeoff.models.outcomes import outcome
from takeoff.models.questions import Question
from takeoff.models.scenario import Scenario

if TYPE_CHECKING:
    from takeoff.analysis.summaries import AnswerRow

__all__ = [
    "OUTCOME_GROUPS",
    "console_of",
    "number",
    "print_answer",
    "print_point",
    "print_problems",
    "print_questions",
    "print_wrapped",
]

OUTCOME_GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "The answer": ("catastrophe", "takeover", "extinction", "warning_shot", "coexistence"),
        "Likeness": (
            "homogeneity",
            "first_fielded",
            "first_aligned",
            "follower_aligned_given_first_aligned",
            "follower_aligned_given_first_misaligned",
        ),
        "How the projects end": (
            "any_misaligned",
            "all_misaligned",
            "all_aligned",
            "misaligned_share",
            "projects_fielded",
        ),
        "Coordination and warning": ("coordination", "warning_shot_given_misaligned"),
        "Takeover": (
            "takeover_given_first_aligned",
            "takeover_given_first_misaligned",
            "takeover_given_warning",
            "takeover_given_no_warning",
            "takeover_given_all_misaligned",
            "coalition_loss",
            "one_bad_apple",
            "one_good_apple",
        ),
        "Other roads to catastrophe": (
            "theft_any",
            "misuse",
            "conflict",
            "bargaining",
            "power_grab",
        ),
        "By 2100": ("arrival_by_2100", "catastrophe_by_2100", "extinction_by_2100"),
    }
)
"""Every outcome, once, in the order in which a reader wants them."""

_WIDE = 100  # columns from which there is room for meanings too


def number(value: float, digits: int = 3) -> str:
    """Write a number with so many significant digits.

    >>> [number(each) for each in (0.25, 0.123456, 1e-9, 1234567.0, 0.0)]
    ['0.25', '0.123', '1e-9', '1.23e6', '0']
    """
    mantissa, _, exponent = f"{value + 0.0:.{digits}g}".partition("e")
    return f"{mantissa}e{int(exponent)}" if exponent else mantissa


def print_point(evaluated: EvaluatedPoint) -> None:
    """Print the outcomes of a point as a table."""
    console = console_of()
    point = evaluated.point
    console.print(Text(point.source, style="bold"), soft_wrap=True)
    print_wrapped(console, f"scenario: {_setting(point.scenario)}")
    given = ", ".join(f"{name} {number(value)}" for name, value in point.parameters.items())
    rest = "the others at their prior medians" if given else "every one at its prior median"
    print_wrapped(console, f"parameters: {', '.join(filter(None, (given, rest)))}")
    wide = console.width >= _WIDE
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    for group, names in OUTCOME_GROUPS.items():
        table.add_row(Text(group, style="bold"))
        for name in names:
            if name in evaluated.outcomes:
                meaning = [Text(outcome(name).meaning, style="dim")] if wide else []
                table.add_row(f"  {name}", number(evaluated.outcomes[name]), *meaning)
    console.print(table)
    console.print()


def print_problems(problems: Sequence[Problem]) -> None:
    """Print the problems of a study, one a line, with the place first as editors know it."""
    console = console_of()
    for each in problems:
        place = _near(each.file) if each.line is None else f"{_near(each.file)}:{each.line}"
        column = "" if each.column is None else f"{each.column}: "
        line = f"{place}: {each.severity}: {column}{each.message}; {each.mend}"
        console.print(Text(line), soft_wrap=True)


def print_questions(study: Study) -> None:
    """Print the questions of a study, how each is read, and how many experts answered it."""
    console = console_of()
    answered = study.answered.drop_duplicates(["expert", "question"])
    experts = Counter(answered["question"])
    console.print(Text(study.name, style="bold"), soft_wrap=True)
    print_wrapped(console, study.title)
    for name, question in study.questions.items():
        console.print()
        console.print(Text(f"  {name}", style="bold"), soft_wrap=True)
        print_wrapped(console, question.text, indent=4)
        print_wrapped(console, f"outcome: {_asked(question)}", indent=4)
        setting = _setting(question.scenario)
        print_wrapped(console, f"reading: {question.reading}; fit: {question.fit}", indent=4)
        print_wrapped(console, f"scenario: {setting}", indent=4)
        print_wrapped(console, f"answered by {_counted(experts[name], 'expert')}", indent=4)
    console.print()


def print_answer(rows: "Sequence[AnswerRow]") -> None:
    """Print the answer as a table: who believes what, and what the prior said."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for heading in ("", "posterior", "prior"):
        table.add_column(heading)
    outcomes = list(dict.fromkeys(row.outcome for row in rows))
    for name in outcomes:
        table.add_row(Text(name, style="bold"))
        for row in rows:
            if row.outcome == name:
                after = _interval(row.median, row.lower, row.upper)
                before = _interval(row.prior_median, row.prior_lower, row.prior_upper)
                table.add_row(Text(f"  {row.who}"), after, before)
    console_of().print(table)


def console_of() -> Console:
    """Give the console: plain text, no colours of its own."""
    return Console(highlight=False, markup=False, emoji=False)


def print_wrapped(console: Console, text: str, indent: int = 0) -> None:
    """Print a text in lines that fit the terminal."""
    margin = " " * indent
    width = max(20, min(console.width, _WIDE) - 1)
    lines = textwrap.wrap(
        text, width, initial_indent=margin, subsequent_indent=margin, break_on_hyphens=False
    )
    console.print(Text("\n".join(lines)), soft_wrap=True)


def _asked(question: Question) -> str:
    words = [question.outcome]
    if question.given:
        words.append(f"given {question.given}")
    if question.intervention:
        words.append(f"if {question.intervention} happens")
    return " ".join(words)


def _setting(scenario: Scenario) -> str:
    """Say what of a scenario is not its default, and always the number of projects."""
    default = Scenario().to_mapping()
    words = [_counted(scenario.projects, "project")]
    for name, value in scenario.to_mapping().items():
        if name == "projects" or value == default.get(name):
            continue
        if isinstance(value, Mapping):
            words += [
                f"{each} {'=' if name == 'values' else 'shifted by'} {number(amount)}"
                for each, amount in value.items()
            ]
        elif isinstance(value, list):
            words.append(f"{name} {' '.join(number(each) for each in value)}")
        else:
            words.append(f"{name} {number(value)}")
    return ", ".join(words)


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _interval(median: float, lower: float, upper: float) -> str:
    """Write a median with its interval, two digits each: more they cannot bear."""
    return f"{number(median, 2)} ({number(lower, 2)} to {number(upper, 2)})"


def _near(file: str) -> str:
    """Give a path from here when it lies below, which is shorter."""
    here = f"{Path.cwd()}{os.sep}"
    return file.removeprefix(here)
