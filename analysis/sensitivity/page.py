"""What drives the answer, as a page that opens offline, and as data."""

import json
import math
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from arviz_stats.sampling_diagnostics import mcse

from takeoff.analysis.figures.cruxes import cruxes_figure
from takeoff.analysis.figures.sensitivity import rows_figure, tornado_figure, weight_figure
from takeoff.analysis.figures.worth import asking_figure, knowing_figure
from takeoff.analysis.movement import movement
from takeoff.analysis.pareto import LARGEST_SHAPE
from takeoff.analysis.report import environment
from takeoff.analysis.report_figures import Picture, picture
from takeoff.analysis.sensitivity.base import Base
from takeoff.analysis.sensitivity.crux_sentences import (
    LIMIT,
    about_camps_apart,
    about_cruxes,
    pairs_by_belief,
)
from takeoff.analysis.sensitivity.cruxes import RISKS
from takeoff.analysis.sensitivity.findings import LARGEST_RHAT
from takeoff.analysis.sensitivity.page_refits import (
    Now,
    about_refits,
    counts_of,
    kinds_of,
    shown,
)
from takeoff.analysis.sensitivity.page_tables import component_rows, index_tables, tornado_rows
from takeoff.analysis.sensitivity.page_worth import events_on_page, worth_on_page
from takeoff.analysis.sensitivity.powerscale import MUCH
from takeoff.analysis.sensitivity.takeaways import (
    about_beliefs,
    about_people_and_questions,
    about_the_prior,
)
from takeoff.analysis.summaries import HEADLINES, rows_of
from takeoff.analysis.wording import probability

__all__ = ["DATA", "PAGE", "render_sensitivity", "three_sentences", "write_sensitivity"]

PAGE = "sensitivity.html"
DATA = "sensitivity.nc"

_PAIRS = 12
"""Pairs that are named for each belief."""


def three_sentences(base: Base, found: xr.DataTree) -> tuple[str, str, str]:
    """Give what a reader should take away."""
    power = found["power"].to_dataset()
    refits = found["refits"].to_dataset() if "refits" in found.children else None
    consensus = next(row for row in rows_of(base.tree, "catastrophe") if row.who == "consensus")
    return (
        about_beliefs(found["tornado"].to_dataset()),
        about_people_and_questions(power, found["asking"].to_dataset()),
        about_the_prior(movement(consensus), power, refits),
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
    tables = {name: each.to_dataset() for name, each in found.children.items()}
    refits, now = tables.get("refits"), _now(base)
    return {
        "attributes": found.attrs,
        "problems": json.loads(found.attrs["problems"]),
        "draws": base.draws.sizes["chain"] * base.draws.sizes["draw"],
        "now": probability(now.median),
        "sentences": three_sentences(base, found),
        "outcomes": HEADLINES,
        "tornado": tornado_rows(tables["tornado"], refits),
        "components": component_rows(tables["power"], refits),
        "cruxes": _cruxes(tables["cruxes"], tables.get("pairs")),
        "indices": index_tables(tables["indices"], tables["prior_indices"]),
        "refits": None if refits is None else _refits(refits, now),
        "worth": worth_on_page(tables["knowing"], tables["asking"]),
        "events": events_on_page(tables["events"]) if "events" in tables else None,
        "pictures": _pictures(tables, now),
        "much": MUCH,
        "largest_k": LARGEST_SHAPE,
        "largest_rhat": LARGEST_RHAT,
    }


def _now(base: Base) -> Now:
    """Give the consensus on catastrophe as it is."""
    consensus = base.consensus.sel(outcome="catastrophe")
    ordered = consensus.transpose("chain", "draw").values
    return Now(float(np.median(ordered)), float(mcse(ordered, method="median")))


def _cruxes(found: xr.Dataset, pairs: xr.Dataset | None) -> dict[str, Any]:
    listed = {} if pairs is None else pairs_by_belief(pairs)
    return {
        "sentences": [
            f"{about_cruxes(found, risk)} {about_camps_apart(found, risk)}".strip()
            for risk in RISKS
        ],
        "limit": LIMIT,
        "pairs": [
            {"belief": belief, "first": names[:_PAIRS], "more": len(names[_PAIRS:])}
            for belief, names in listed.items()
        ],
        "of_pairs": 0 if pairs is None else math.comb(pairs.sizes["expert"], 2),
    }


def _refits(table: xr.Dataset, now: Now) -> dict[str, Any]:
    return {
        "sentence": about_refits(table, now),
        "counts": counts_of(table),
        "kinds": kinds_of(table, now),
    }


def _pictures(tables: Mapping[str, xr.Dataset], now: Now) -> dict[str, Picture]:
    drawn = {
        "tornado": picture(
            tables["tornado"],
            tornado_figure,
            "Bars: catastrophe with each parameter at its 5th and 95th percentile; table below.",
        ),
        "weight": picture(
            tables["power"],
            weight_figure,
            "Bars: sensitivity of catastrophe to each expert, question and prior; a table follows.",
        ),
        "cruxes": picture(
            tables["cruxes"],
            cruxes_figure,
            "Whiskers: each belief's share of the variance between experts; said in words above.",
        ),
        "knowing": picture(
            tables["knowing"],
            knowing_figure,
            "Bars: what knowing each parameter is worth, for the estimate and for the choice.",
        ),
        "asking": picture(
            tables["asking"],
            asking_figure,
            "Lines: what questions are worth by how many are asked; a table follows.",
        ),
    }
    if "refits" in tables:
        rows = shown(tables["refits"], now)
        if rows.sizes["row"]:
            words = "Whiskers: catastrophe after each change; a table follows."
            drawn["refits"] = picture(rows, rows_figure, words)
    return drawn
