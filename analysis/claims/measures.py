"""Three measures that might change the board (S10), each with the odds that it matters.

What a measure does if it works is what its scenario file says, so an analyst who changes the file
changes the line. The odds are Scher's, as the study of the authors has them: that the measure would
meaningfully change catastrophic risk if it happened. He puts no number on its happening, and calls
sharing unlikely; the files declare one.
"""

from dataclasses import dataclass

import xarray as xr

from takeoff.analysis.claims.claim import Effect, Finding, Worlds
from takeoff.analysis.claims.worlds import ask, held
from takeoff.data import load_plan, load_study
from takeoff.models.questions import EFFICACY
from takeoff.models.scenario import Scenario

__all__ = ["MEASURES", "Measure", "find_measures", "measures"]

MEASURES = ("compelling_evidence", "shared_alignment_solution", "shared_good_practice")
"""Scenarios that ship, in the order in which their odds are said to fall."""

_AUTHORS = "authors"


@dataclass(frozen=True)
class Measure:
    """A measure: its title, its world if it works, and the odds stated for that."""

    title: str
    scenario: Scenario
    efficacy: float


def measures() -> tuple[Measure, ...]:
    """Read the three measures from the scenarios and the study that ship."""
    study = load_study(_AUTHORS)
    stated = study.answers.set_index("question")["value"]
    odds = {
        question.intervention: float(stated[name])
        for name, question in study.questions.items()
        if question.outcome == EFFICACY
    }
    plans = [load_plan(name) for name in MEASURES]
    asked = [plan.changes[0].efficacy for plan in plans]
    return tuple(
        Measure(plan.title, plan.if_it_works()[0].scenario, odds[each.asked_as])
        for plan, each in zip(plans, asked, strict=True)
        if each is not None
    )


def find_measures(worlds: Worlds) -> Finding:
    """S10."""
    now = ask(worlds)["takeover"]
    effects: list[Effect] = []
    weighted: list[xr.DataArray] = []
    for measure in measures():
        works = ask(worlds, measure.scenario)["takeover"] - now
        weighted.append(measure.efficacy * works)
        title = measure.title[:1].lower() + measure.title[1:]
        effects.append(Effect(f"{title}, if it works", "points", works))
        effects.append(Effect(f"weighted by {measure.efficacy:.0%}", "points", weighted[-1]))
    evidence, solution, practice = weighted
    return Finding(held((evidence <= solution) & (solution <= practice)), tuple(effects))
