"""What drives the answer, as a page that opens offline, and as data."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from takeoff.analysis.figures.sensitivity import rows_figure, tornado_figure, weight_figure
from takeoff.analysis.figures.worth import asking_figure, knowing_figure
from takeoff.analysis.movement import movement
from takeoff.analysis.pareto import LARGEST_SHAPE
from takeoff.analysis.report import environment
from takeoff.analysis.report_figures import Picture, picture
from takeoff.analysis.sensitivity.base import Base
from takeoff.analysis.sensitivity.crux_sentences import (
    about_camps_apart,
    about_cruxes,
    about_pairs,
)
from takeoff.analysis.sensitivity.takeaways import (
    about_beliefs,
    about_people_and_questions,
    about_the_prior,
)
from takeoff.analysis.sensitivity.worth_sentences import (
    about_asking,
    about_choice,
    about_knowing,
    next_questions,
)
from takeoff.analysis.summaries import HEADLINES, Interval, rows_of
from takeoff.analysis.wording import probability, quantity, span
from takeoff.models.outcomes import outcome
from takeoff.models.parameters import parameter

__all__ = ["DATA", "PAGE", "render_sensitivity", "three_sentences", "write_sensitivity"]

PAGE = "sensitivity.html"
DATA = "sensitivity.nc"

_PAIRS = 12


def three_sentences(base: Base, found: xr.DataTree) -> tuple[str, str, str]:
    """Give what a reader should take away."""
    power = found["power"].to_dataset()
    asking = found["asking"].to_dataset() if "asking" in found.children else None
    consensus = next(row for row in rows_of(base.tree, "catastrophe") if row.who == "consensus")
    return (
        about_beliefs(found["tornado"].to_dataset()),
        about_people_and_questions(power, asking),
        about_the_prior(movement(consensus), power),
    )


def write_sensitivity(base: Base, found: xr.DataTree, folder: Path) -> tuple[Path, Path]:
    """Write the page and the data, each beside its place and then renamed; gives both files."""
    text = render_sensitivity(base, found)
    folder.mkdir(parents=True, exist_ok=True)
    return (
        _written(folder / PAGE, lambda draft: draft.write_text(text, encoding="utf-8")),
        _written(folder / DATA, lambda draft: found.to_netcdf(draft, engine="h5netcdf")),
    )


def render_sensitivity(base: Base, found: xr.DataTree) -> str:
    """Render the page as HTML that asks for nothing from outside."""
    return environment().get_template(PAGE).render(_context(base, found))


def _written(place: Path, write: Callable[[Path], object]) -> Path:
    draft = place.with_name(f".{place.name}.{os.getpid()}")
    try:
        write(draft)
        draft.replace(place)
    finally:
        draft.unlink(missing_ok=True)
    return place


def _context(base: Base, found: xr.DataTree) -> dict[str, Any]:
    cruxes, pairs = found["cruxes"].to_dataset(), found["pairs"].to_dataset()
    refits = found["refits"].to_dataset() if "refits" in found.children else None
    about = about_pairs(pairs)
    return {
        "attributes": found.attrs,
        "problems": json.loads(found.attrs["problems"]),
        "draws": base.draws.sizes["chain"] * base.draws.sizes["draw"],
        "sentences": three_sentences(base, found),
        "outcomes": HEADLINES,
        "tornado": _tornado_rows(found["tornado"].to_dataset()),
        "components": _component_rows(found["power"].to_dataset(), refits),
        "cruxes": [about_cruxes(cruxes), about_camps_apart(cruxes)],
        "pairs": about[:_PAIRS],
        "more_pairs": max(0, len(about) - _PAIRS),
        "indices": _index_rows(found["indices"].to_dataset()),
        "prior_indices": _sobol_rows(found["prior_indices"].to_dataset()),
        "refits": _refit_rows(refits) if refits is not None else [],
        "worth": _worth(found) if "asking" in found.children else None,
        "counts": _counts(refits) if refits is not None else {},
        "pictures": _pictures(found, refits),
        "largest_k": LARGEST_SHAPE,
    }


def _pictures(found: xr.DataTree, refits: xr.Dataset | None) -> dict[str, Picture]:
    drawn = {
        "tornado": picture(
            found["tornado"].to_dataset(),
            tornado_figure,
            "Bars: catastrophe with each parameter at its 5th and 95th percentile; table below.",
        ),
        "weight": picture(
            found["power"].to_dataset(),
            weight_figure,
            "Bars: sensitivity of catastrophe to each expert, question and prior; a table follows.",
        ),
    }
    if "asking" in found.children:
        drawn["knowing"] = picture(
            found["knowing"].to_dataset(),
            knowing_figure,
            "Bars: what knowing each parameter is worth, for the estimate and for the choice.",
        )
        drawn["asking"] = picture(
            found["asking"].to_dataset(),
            asking_figure,
            "Lines: what questions are worth by how many are asked; a table follows.",
        )
    if refits is not None:
        drawn["refits"] = picture(
            refits, rows_figure, "Whiskers: catastrophe after each change; a table follows."
        )
    return drawn


def _worth(found: xr.DataTree) -> dict[str, Any]:
    """Say what it would be worth to know, and rank the questions to ask next."""
    knowing, asking = found["knowing"].to_dataset(), found["asking"].to_dataset()
    return {
        "sentences": [about_knowing(knowing), about_choice(knowing), about_asking(asking)],
        "questions": [
            {
                "question": each.question,
                "text": each.text,
                "people": each.people,
                "asked_before": each.asked_before,
                "of_estimate": f"{100 * each.of_estimate:.1f}%",
                "error": f"{100 * each.of_estimate_error:.1f}",
                "of_choice": f"{100 * each.of_choice:.2f}",
                "choice_error": f"{100 * each.of_choice_error:.2f}",
            }
            for each in next_questions(asking)
        ],
    }


def _tornado_rows(table: xr.Dataset) -> list[dict[str, Any]]:
    """Make a row a parameter: what each reading gives at both ends, widest swing first."""
    own = table.sel(outcome="catastrophe")
    swing = np.abs(own["known"].diff("end").isel(end=0).values)
    return [
        {
            "parameter": parameter(str(own["parameter"].values[row])),
            "ends": [f"{float(each):.2g}" for each in own["value"].values[row]],
            "known": [probability(float(each)) for each in own["known"].values[row]],
            "error": probability(float(own["error"].values[row].max())),
            "alone": [probability(float(each)) for each in own["alone"].values[row]],
            "effective": f"{float(own['effective'].values[row].min()):.0f}",
        }
        for row in np.argsort(-swing)
    ]


def _component_rows(
    table: xr.Dataset, refits: xr.Dataset | None
) -> dict[str, list[dict[str, Any]]]:
    """Make a row a component, by kind: sensitivities, diagnosis, half and twice its weight."""
    rows: dict[str, list[dict[str, Any]]] = {}
    order = np.argsort(-table["sensitivity"].sel(outcome="catastrophe").values)
    for number in order:
        own = table.isel(component=number)
        catastrophe = own.sel(outcome="catastrophe")
        rows.setdefault(str(own["kind"].values), []).append(
            {
                "name": str(own["of"].values),
                "sensitivities": [f"{float(each):.3f}" for each in own["sensitivity"].values],
                "error": f"{float(catastrophe['error']):.3f}",
                "diagnosis": str(catastrophe["diagnosis"].values),
                "scaled": [
                    {
                        "text": _scaled(catastrophe.sel(power=power), refits),
                        "trusted": bool(own["k"].sel(power=power) <= LARGEST_SHAPE),
                    }
                    for power in own["power"].values
                ],
            }
        )
    return rows


def _scaled(own: xr.Dataset, refits: xr.Dataset | None) -> str:
    """Give the median at a power: of weights that can be trusted, else of a refit, if any."""
    k = float(own["k"])
    if k <= LARGEST_SHAPE:
        return probability(float(own["quantile"].sel(level=0.5)))
    name = f"power.{own['kind'].values}.{own['of'].values} = {float(own['power']):g}"
    if refits is not None and name in refits["row"].values:
        row = refits.sel(row=name, who="consensus", outcome="catastrophe", level=0.5)
        if row["how"] == "refit":
            return f"{probability(float(row['value']))} (refit)"
    return f"needs a refit (k̂ {k:.2f})"


def _index_rows(table: xr.Dataset) -> list[dict[str, Any]]:
    own = table.sel(outcome="catastrophe")
    order = np.argsort(-own["delta"].sel(level=0.5).values)
    return [
        {
            "name": str(own["parameter"].values[row]),
            **{
                name: _numbers(own[name].values[row], float(own[f"{name}_floor"]))
                for name in ("delta", "pawn")
            },
        }
        for row in order
    ]


def _sobol_rows(table: xr.Dataset) -> list[dict[str, Any]]:
    own = table.sel(outcome="catastrophe", scale="log-odds")
    order = np.argsort(-own["total"].sel(level=0.5).values)
    return [
        {
            "name": str(own["parameter"].values[row]),
            **{name: _numbers(own[name].values[row], 0.0) for name in ("first", "total")},
        }
        for row in order
    ]


def _numbers(levels: np.ndarray, floor: float) -> dict[str, Any]:
    low, middle, high = (float(each) for each in levels)
    return {"text": f"{middle:.2f} ({low:.2f} to {high:.2f})", "says": low > floor}


def _refit_rows(table: xr.Dataset) -> list[dict[str, Any]]:
    """Make a row a change, in the order in which they were declared."""
    rows = []
    for number, name in enumerate(table["row"].values):
        own = table.isel(row=number)
        consensus = own.sel(who="consensus")
        rows.append(
            {
                "name": str(name),
                "how": str(own["how"].values),
                "reason": str(own["reason"].values),
                "cells": [_cell(consensus.sel(outcome=each), each) for each in HEADLINES],
                "error": probability(float(own["error"].sel(outcome="catastrophe"))),
                "k": f"{float(own['k']):.2f}" if np.isfinite(own["k"]) else "–",
                "rhat": f"{float(own['rhat']):.2f}" if np.isfinite(own["rhat"]) else "–",
                "effective": f"{float(own['effective']):.0f}"
                if np.isfinite(own["effective"])
                else "–",
                "seconds": f"{float(own['seconds']):.1f}",
            }
        )
    return rows


def _cell(own: xr.Dataset, name: str) -> dict[str, str]:
    low, middle, high = (float(each) for each in own["value"].values)
    unit = outcome(name).unit
    return {"median": quantity(middle, unit), "span": span(Interval(low, middle, high), unit)}


def _counts(table: xr.Dataset) -> dict[str, int]:
    how = table["how"].values
    return {name: int((how == name).sum()) for name in ("refit", "reweighted", "failed")}
