"""Rows of a sweep on the page: by kind of change, with the one that moves the answer furthest.

A row is said to move the answer only where it is further from the base than three standard errors
of both, and a short refit whose chains disagree is never said to.
"""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

from takeoff.analysis.pareto import LARGEST_SHAPE
from takeoff.analysis.sensitivity.change_words import change_in_words, kind_of
from takeoff.analysis.sensitivity.changes import Change
from takeoff.analysis.sensitivity.findings import LARGEST_RHAT
from takeoff.analysis.summaries import HEADLINES, Interval
from takeoff.analysis.wording import counted, probability, quantity, span
from takeoff.models.outcomes import outcome

__all__ = ["MOST_ROWS", "Now", "about_refits", "counts_of", "kinds_of", "shown"]

MOST_ROWS = 500
"""Rows of one kind that a page holds; all are in the data."""

_MOST_DRAWN = 50
_ELSEWHERE = ("a parameter known", "something counted more or less")
"""Kinds that stand beside the tornado and the components, too."""
_SURE = 3.0
"""Standard errors: of a hundred changes a few lie beyond two by chance."""


@dataclass(frozen=True)
class Now:
    """The consensus on catastrophe with nothing changed, and its Monte Carlo standard error."""

    median: float
    error: float


def counts_of(table: xr.Dataset) -> dict[str, int]:
    """Count rows by how they were come by."""
    how = table["how"].values
    return {name: int((how == name).sum()) for name in ("refit", "reweighted", "failed")}


def about_refits(table: xr.Dataset, now: Now) -> str:
    """Say which change moves the consensus on catastrophe furthest, if any is sure to."""
    known = table.isel(row=_usable(table))
    if not known.sizes["row"]:
        return "No change could be told reliably."
    step, error = _steps(known, now)
    sure = np.abs(step) > _SURE * error
    said = f"Of {counted(len(step), 'change')} told reliably"
    if not sure.any():
        return f"{said} none is sure to move the consensus on catastrophe from {_text(now)}."
    place = int(np.argmax(np.where(sure, np.abs(step), -1)))
    values = now.median + step[sure]
    words = change_in_words(_change(known, place))
    low, high = probability(float(values.min())), probability(float(values.max()))
    return (
        f"{said}, {int(sure.sum())} {'moves' if sure.sum() == 1 else 'move'} the consensus on "
        f"catastrophe by more than three standard errors: from {_text(now)} to between {low} and "
        f"{high}, furthest “{words}” ({probability(now.median + float(step[place]))})."
    )


def kinds_of(table: xr.Dataset, now: Now) -> list[dict[str, Any]]:
    """Give the rows by kind of change, in the order in which kinds were first declared."""
    kinds = [kind_of(_change(table, row)) for row in range(table.sizes["row"])]
    found = []
    for kind in dict.fromkeys(kinds):
        own = table.isel(row=[each == kind for each in kinds])
        found.append(
            {
                "kind": kind,
                "counts": counts_of(own),
                "furthest": _furthest(own, now),
                "rows": [_row(own, number) for number in range(own.sizes["row"])][:MOST_ROWS],
                "more": max(0, own.sizes["row"] - MOST_ROWS),
            }
        )
    return found


def shown(table: xr.Dataset, now: Now) -> xr.Dataset:
    """Choose the rows for a figure, with their names in words: those furthest from the base."""
    changes = [_change(table, row) for row in range(table.sizes["row"])]
    named = table.assign_coords(row=[change_in_words(each) for each in changes])
    wanted = np.array([kind_of(each) not in _ELSEWHERE for each in changes])
    rows = np.flatnonzero((wanted if wanted.any() else ~wanted) & (table["how"] != "failed").values)
    step = np.abs(_steps(named.isel(row=rows), now)[0])
    kept = np.sort(rows[np.argsort(-step)[:_MOST_DRAWN]])
    return named.isel(row=kept).assign(now=now.median)


def _change(table: xr.Dataset, row: int) -> Change:
    return Change.of(json.loads(str(table["settings"].values[row])))


def _usable(table: xr.Dataset) -> np.ndarray:
    """Tell which rows are numbers: reweighted, or refitted with chains that agree."""
    how = table["how"].values
    return np.asarray(
        ((how == "reweighted") & (table["k"].values <= LARGEST_SHAPE))
        | ((how == "refit") & (table["rhat"].values <= LARGEST_RHAT))
    )


def _steps(table: xr.Dataset, now: Now) -> tuple[np.ndarray, np.ndarray]:
    """Give how far medians of catastrophe lie from the base, and the standard errors."""
    own = table.sel(outcome="catastrophe")
    step = own["value"].sel(who="consensus", level=0.5).values - now.median
    return step, np.hypot(own["error"].values, now.error)


def _furthest(table: xr.Dataset, now: Now) -> str:
    known = table.isel(row=_usable(table))
    if not known.sizes["row"]:
        return "–"
    step, error = _steps(known, now)
    place = int(np.argmax(np.abs(step)))
    value = probability(now.median + float(step[place]))
    doubt = "" if abs(step[place]) > _SURE * error[place] else ", perhaps by chance"
    return f"{change_in_words(_change(known, place))}: {value}{doubt}"


def _text(now: Now) -> str:
    return probability(now.median)


def _row(table: xr.Dataset, number: int) -> dict[str, Any]:
    own = table.isel(row=number)
    consensus = own.sel(who="consensus")
    return {
        "name": change_in_words(_change(table, number)),
        "how": str(own["how"].values),
        "reason": str(own["reason"].values),
        "cells": [_cell(consensus.sel(outcome=each), each) for each in HEADLINES],
        "error": probability(float(own["error"].sel(outcome="catastrophe"))),
        "k": _finite(own["k"], 2),
        "rhat": _finite(own["rhat"], 2),
        "doubtful": bool(own["rhat"] > LARGEST_RHAT),
        "effective": _finite(own["effective"], 0),
        "seconds": _finite(own["seconds"], 1),
    }


def _finite(value: xr.DataArray, places: int) -> str:
    return f"{float(value):.{places}f}" if np.isfinite(value) else "–"


def _cell(own: xr.Dataset, name: str) -> dict[str, str]:
    low, middle, high = (float(each) for each in own["value"].values)
    unit = outcome(name).unit
    return {"median": quantity(middle, unit), "span": span(Interval(low, middle, high), unit)}
