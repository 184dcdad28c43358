"""What the report's page shows, as plain records: tables, cards, definitions.

The template only lays these out; every number in them is computed from the tree.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import xarray as xr

from takeoff.analysis.figures.style import CONSENSUS, POPULATION, camp_colors
from takeoff.analysis.map_reading import fewest_takeovers
from takeoff.analysis.sentences import about_camps, about_movement, movement_of
from takeoff.analysis.summaries import HEADLINES, TOGETHER, AnswerRow, Interval, interval, rows_of
from takeoff.analysis.views import camp_names, experts_in_order, views
from takeoff.analysis.wording import (
    plain_name,
    probability,
    quantity,
    share_of_draws,
    span,
    times_ahead,
)
from takeoff.models.outcomes import outcome
from takeoff.models.scenario import Scenario

__all__ = [
    "Bar",
    "Card",
    "Line",
    "ScenarioRow",
    "Together",
    "best_numbers",
    "cards",
    "lines_of",
    "scenario_names",
    "scenario_rows",
    "together",
]

_COUNTS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8}


@dataclass(frozen=True)
class Bar:
    """Where an interval lies on an axis from 0 to 100; None where there is none to draw."""

    lower: float
    median: float
    upper: float

    @property
    def width(self) -> float:
        """How long it is, never too short to be seen."""
        return max(self.upper - self.lower, 0.6)


@dataclass(frozen=True)
class Line:
    """A row of a table: somebody's posterior of an outcome, with the prior beside it."""

    row: AnswerRow
    color: str
    median: str
    span: str
    prior_median: str
    prior_span: str
    bar: Bar | None
    prior_bar: Bar | None


@dataclass(frozen=True)
class Card:
    """One outcome of the answer: the panel's views, each expert's, and what may be said."""

    name: str
    title: str
    meaning: str
    axis: tuple[str, str]
    lines: list[Line]
    experts: list[Line]
    sentences: list[str]


@dataclass(frozen=True)
class Together:
    """How projects end, in somebody's view: medians of all aligned, some of each, all not."""

    who: str
    color: str
    values: dict[str, str]


@dataclass(frozen=True)
class ScenarioRow:
    """An outcome by scenario, in somebody's view, and how often eight are worse than one."""

    who: str
    color: str
    cells: list[tuple[str, str]]
    worse: str


def cards(tree: xr.DataTree) -> list[Card]:
    """Make a card for each headline outcome."""
    return [_card(tree, name) for name in HEADLINES]


def lines_of(
    tree: xr.DataTree, name: str, view: Literal["panel", "expert"] = "panel"
) -> list[Line]:
    """Make the rows of an outcome's table."""
    colors = _colors(tree)
    own = experts_in_order(tree)
    unit = outcome(name).unit
    return [
        Line(
            row=each,
            color=colors[own[each.who] if view == "expert" else each.who],
            median=quantity(each.median, unit),
            span=span(each.posterior, unit),
            prior_median=quantity(each.prior_median, unit),
            prior_span=span(each.prior, unit),
            bar=_bar(each.posterior, unit),
            prior_bar=_bar(each.prior, unit),
        )
        for each in rows_of(tree, name, view)
    ]


def together(tree: xr.DataTree) -> list[Together]:
    """Tell for each camp and the consensus how projects end: alike, or some of each."""
    drawn = {name: views(tree, name) for name in TOGETHER}
    colors = _colors(tree)
    return [
        Together(
            who,
            colors[who],
            {name: quantity(interval(drawn[name][who]).median, "probability") for name in TOGETHER},
        )
        for who in (*camp_names(tree), "consensus")
    ]


def scenario_names(tree: xr.DataTree) -> dict[str, str]:
    """Give the scenarios' headings, by number of projects where their names tell it."""
    names = [str(each) for each in tree["outcomes"].to_dataset()["scenario"].values]
    counts = {name: _count(name) for name in names}
    ordered = sorted(names, key=lambda name: counts[name] or math.inf)
    headings = {name: str(counts[name] or plain_name(name)) for name in ordered}
    return {
        name: f"{heading} (default)" if name == "default" else heading
        for name, heading in headings.items()
    }


def scenario_rows(tree: xr.DataTree, name: str) -> list[ScenarioRow]:
    """Compare scenarios on one outcome, for each of the panel's views."""
    drawn = {each: views(tree, name, scenario=each) for each in scenario_names(tree)}
    colors = _colors(tree)
    unit = outcome(name).unit
    rows = []
    for who in drawn["default"]:
        summaries = [interval(each[who]) for each in drawn.values()]
        worse = "–"
        if {"one_project", "eight_projects"} <= set(drawn):
            above = drawn["eight_projects"][who] > drawn["one_project"][who]
            worse = share_of_draws(float(above.mean()))
        cells = [(quantity(each.median, unit), span(each, unit)) for each in summaries]
        rows.append(ScenarioRow(who, colors[who], cells, worse))
    return rows


def best_numbers(tree: xr.DataTree) -> list[dict[str, str]]:
    """Tabulate the number of projects with the least takeover, and the least catastrophe."""
    return [
        {
            "offense": times_ahead(each.offense),
            "takeover_projects": str(each.takeover_projects),
            "takeover": probability(each.takeover),
            "catastrophe_projects": str(each.catastrophe_projects),
            "catastrophe": probability(each.catastrophe),
        }
        for each in fewest_takeovers(tree)
    ]


def _card(tree: xr.DataTree, name: str) -> Card:
    found = outcome(name)
    axis = ("0", "1") if found.unit == "correlation" else ("0", "100%")
    said: Sequence[str] = (*about_camps(tree, name), *about_movement(movement_of(tree, name)))
    return Card(
        name=name,
        title=plain_name(name),
        meaning=found.meaning,
        axis=axis,
        lines=lines_of(tree, name),
        experts=lines_of(tree, name, "expert"),
        sentences=list(said),
    )


def _colors(tree: xr.DataTree) -> dict[str, str]:
    return {
        **camp_colors(camp_names(tree)),
        "consensus": CONSENSUS,
        "population": POPULATION,
    }


def _bar(each: Interval, unit: str) -> Bar | None:
    if math.isnan(each.median) or unit == "projects":
        return None
    return Bar(*(round(100 * value, 2) for value in (each.lower, each.median, each.upper)))


def _count(scenario: str) -> int | None:
    return Scenario().projects if scenario == "default" else _COUNTS.get(scenario.split("_")[0])
