"""A comparison on a terminal of 60 columns: the answer, numbers of projects, plans, details."""

import math
from collections.abc import Iterable, Sequence

import xarray as xr
from rich.console import Console
from rich.table import Table
from rich.text import Text

from takeoff.analysis.comparison import Case
from takeoff.analysis.comparison_reading import (
    Effect,
    best_numbers,
    effects,
    names_of,
    panel,
    people,
    roads_by_projects,
    thirds,
)
from takeoff.analysis.comparison_sentences import (
    CASES,
    about_likeness,
    about_numbers,
    about_roads,
    about_sources,
    about_working,
    plan_of,
    points,
    sure,
)
from takeoff.analysis.figures.style import brief
from takeoff.analysis.summaries import Interval
from takeoff.analysis.terminal import OUTCOME_GROUPS, console_of, number, print_wrapped
from takeoff.analysis.wording import plain_name
from takeoff.models.outcomes import OUTCOME_NAMES, outcome

__all__ = ["print_comparison", "print_details"]

_HEADLINE = "catastrophe"
_MOST_VIEWS = 3
_LABEL = 18
_COLUMN = 14
_READING = "Level (90% interval); change (90% interval), and the share of draws that are better."
_SUPPOSED: tuple[tuple[Case, str], ...] = (("works", "if so"),)
_NEITHER = " (neither is better)"


def print_comparison(comparison: xr.Dataset) -> None:
    """Print how many projects, whether likeness matters, and what each plan does."""
    console = console_of()
    _print_section(console, "How many projects?", about_numbers(comparison))
    _print_best(console, comparison)
    _print_section(console, "Why: the roads to catastrophe", about_roads(comparison))
    for who in panel(comparison):
        _print_roads(console, comparison, who)
    _print_section(console, "Does it depend on how alike they are?", about_likeness(comparison))
    _print_thirds(console, comparison)
    _print_plans(console, comparison)


def print_details(comparison: xr.Dataset, scenarios: Sequence[str]) -> None:
    """Print every outcome of plans in the consensus, and catastrophe in everybody's view."""
    console = console_of()
    for scenario in scenarios:
        plan = plan_of(comparison, scenario)
        _print_section(console, plan["title"], [plan["meaning"]])
        for each in about_sources(comparison, scenario):
            print_wrapped(console, each)
        _print_outcomes(console, comparison, scenario)
        _print_everybody(console, comparison, scenario)


def _print_section(console: Console, title: str, sentences: Iterable[str]) -> None:
    console.print()
    console.print(Text(title, style="bold"), soft_wrap=True)
    for each in sentences:
        print_wrapped(console, " ".join(each.split()))


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    for place, heading in enumerate(headings):
        table.add_column(heading, justify="right" if place else "left")
    return table


def _print_best(console: Console, comparison: xr.Dataset) -> None:
    table = _table("least in % of draws", *(str(k) for k in comparison["projects"].values))
    for each in best_numbers(comparison):
        table.add_row(Text(f"  {each.who}"), *(f"{100 * s:.0f}" for s in each.shares.values()))
    console.print(table)


def _print_roads(console: Console, comparison: xr.Dataset, who: str) -> None:
    table = _table(f"{who}, %", *(str(k) for k in comparison["projects"].values))
    for name, values in roads_by_projects(comparison, who).items():
        table.add_row(Text(f"  {plain_name(name)}"), *(number(100 * each, 2) for each in values))
    console.print(table)


def _print_thirds(console: Console, comparison: xr.Dataset) -> None:
    whose = panel(comparison)
    table = _table("likeliest best number", *whose)
    for third in thirds(comparison):
        low, high = third.homogeneity
        cells = [f"{third.best[who].likeliest} ({third.best[who].share:.0%})" for who in whose]
        table.add_row(Text(f"  {third.likeness}\n  {low:.2f} to {high:.2f}"), *cells)
    console.print(table)


def _print_plans(console: Console, comparison: xr.Dataset) -> None:
    whose = panel(comparison)[:_MOST_VIEWS]
    said = [
        f"Median change in {_HEADLINE} against {comparison.attrs['baseline']}, in percentage "
        "points, and the share of draws in which it is better. Weighted: by chance and efficacy."
    ]
    _print_section(console, "Scenarios and interventions", said)
    drawn = [effects(comparison, who, [_HEADLINE]) for who in whose]
    _print_line(console, 2, "", *(brief(who, _COLUMN - 1) for who in whose))
    for scenario in names_of(comparison):
        _print_line(console, 2, scenario)
        if likelihood := about_working(comparison, scenario):
            _print_line(console, 4, likelihood)
        for case, label in CASES if likelihood else _SUPPOSED:
            found = [each[scenario, _HEADLINE, case] for each in drawn]
            cells = [f"{points(each.difference.median)} {sure(each)}" for each in found]
            _print_line(console, 4, label, *cells)


def _print_outcomes(console: Console, comparison: xr.Dataset, scenario: str) -> None:
    _print_section(console, "Every outcome in the consensus, if it works", [_READING])
    drawn = effects(comparison, "consensus", OUTCOME_NAMES)
    for group, names in OUTCOME_GROUPS.items():
        _print_line(console, 2, group)
        for name in names:
            found = drawn[scenario, name, "works"]
            way = outcome(name).better
            _print_effect(console, f"{name} ({way} is better)".replace(_NEITHER, ""), found)


def _print_everybody(console: Console, comparison: xr.Dataset, scenario: str) -> None:
    for case, label in CASES if about_working(comparison, scenario) else _SUPPOSED:
        _print_section(console, f"{_HEADLINE.capitalize()} in every view, {label}", [_READING])
        for who in (*panel(comparison), *people(comparison)):
            drawn = effects(comparison, who, [_HEADLINE])
            _print_effect(console, who, drawn[scenario, _HEADLINE, case])


def _print_effect(console: Console, name: str, found: Effect) -> None:
    _print_line(console, 3, name)
    if math.isnan(found.level.median):
        _print_line(console, 4, "does not exist here")
        return
    change = "no change" if found.unchanged else _written(found.difference)
    _print_line(console, 4, f"{_written(found.level)}; {change} {sure(found)}".rstrip(" –"))


def _print_line(console: Console, indent: int, label: str, *cells: str) -> None:
    text = f"{' ' * indent}{label}"
    if cells:
        text = f"{text:<{_LABEL}}" + "".join(f"{cell:>{_COLUMN}}" for cell in cells)
    console.print(Text(text), soft_wrap=True)


def _written(each: Interval) -> str:
    lower, median, upper = (number(value, 2) for value in (each.lower, each.median, each.upper))
    return f"{median} ({lower} to {upper})"
