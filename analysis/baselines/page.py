"""Pools beside the model, as the report shows them."""

from dataclasses import dataclass

import xarray as xr

from takeoff.analysis.baselines.asked import WHOLE_PANEL
from takeoff.analysis.summaries import Interval
from takeoff.analysis.wording import listed, plain_name, probability, quantity, span
from takeoff.models.outcomes import outcome

__all__ = ["Beside", "PoolRow", "about_baselines", "pool_tables"]


@dataclass(frozen=True)
class PoolRow:
    """Pools of some people's answers, and what the model makes of the same people."""

    whose: str
    experts: str
    pools: list[str]
    view: str
    median: str
    span: str


@dataclass(frozen=True)
class Beside:
    """A question that asks for an outcome directly, by what people said and what the model says."""

    question: str
    outcome: str
    projects: int
    pools: list[str]
    rows: list[PoolRow]


def pool_tables(tree: xr.DataTree) -> list[Beside]:
    """Tabulate the questions that at least two experts answered."""
    return [_table(tree["baselines"].to_dataset(), name) for name in _shared_questions(tree)]


def about_baselines(tree: xr.DataTree) -> list[str]:
    """Say of each question how pools and the model differ."""
    data = tree["baselines"].to_dataset()
    said = []
    for name in _shared_questions(tree):
        here = data.sel(question=name)
        pooled = here["pooled"].sel(whose=WHOLE_PANEL)
        pools = [f"{pool} {probability(float(pooled.sel(pool=pool)))}" for pool in _names(data)]
        middle = float(here["model"].sel(view="consensus").isel(level=1))
        said.append(
            f"Of {plain_name(str(here['outcome'].values))}, pooled over all who answered: "
            f"{listed(pools)}; the model's consensus is {probability(middle)}."
        )
    if not said:
        said.append("No outcome was asked directly of more than one expert, so nothing is pooled.")
    return said


def _shared_questions(tree: xr.DataTree) -> list[str]:
    data = tree["baselines"].to_dataset()
    numbers = data["experts"].sel(whose=WHOLE_PANEL)
    return [str(name) for name in data["question"].values[numbers.values >= 2]]


def _table(data: xr.Dataset, name: str) -> Beside:
    here = data.sel(question=name)
    unit = outcome(str(here["outcome"].values)).unit
    views = [str(each) for each in data["view"].values]
    rows = []
    for view in views:
        whose = view if view in data["whose"].values else WHOLE_PANEL
        # One further person of the population is nobody who answered.
        number = 0 if view == "population" else int(here["experts"].sel(whose=whose))
        levels = here["model"].sel(view=view).values.tolist()
        found = Interval(*levels)
        rows.append(
            PoolRow(
                whose="–" if view == "population" else whose,
                experts=str(number) if number else "–",
                pools=[
                    quantity(float(here["pooled"].sel(whose=whose, pool=pool)), unit)
                    if number
                    else "–"
                    for pool in _names(data)
                ],
                view=view,
                median=quantity(found.median, unit),
                span=span(found, unit),
            )
        )
    outcome_name = str(here["outcome"].values)
    return Beside(name, outcome_name, int(here["projects"]), _names(data), rows)


def _names(data: xr.Dataset) -> list[str]:
    return [str(each) for each in data["pool"].values]
