"""Tables of what drives the answer, as rows of text: beliefs, components, indices."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr

from takeoff.analysis.pareto import LARGEST_SHAPE
from takeoff.analysis.sensitivity.indices import OUTCOMES
from takeoff.analysis.wording import probability
from takeoff.models.parameters import parameter

__all__ = ["component_rows", "index_tables", "tornado_rows"]

_SCALE = "log-odds"


def tornado_rows(table: xr.Dataset, refits: xr.Dataset | None) -> list[dict[str, Any]]:
    """Make a row a parameter: what each reading gives at both ends, widest swing first."""
    own = table.sel(outcome="catastrophe")
    swing = np.abs(own["known"].diff("end").isel(end=0).values)
    rows = []
    for row in np.argsort(-swing):
        name, values = str(own["parameter"].values[row]), own["value"].values[row]
        rows.append(
            {
                "parameter": parameter(name),
                "ends": [f"{float(each):.2g}" for each in values],
                "known": [
                    probability(float(each)) if k <= LARGEST_SHAPE else f"? (k̂ {k:.2f})"
                    for each, k in zip(own["known"].values[row], own["k"].values[row], strict=True)
                ],
                "error": probability(float(own["error"].values[row].max())),
                "alone": [probability(float(each)) for each in own["alone"].values[row]],
                "effective": f"{float(own['effective'].values[row].min()):.0f}",
                "refitted": [_refitted(refits, f"fix.{name} = {value:g}") for value in values],
            }
        )
    return rows


def component_rows(table: xr.Dataset, refits: xr.Dataset | None) -> dict[str, list[dict[str, Any]]]:
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


def index_tables(posterior: xr.Dataset, prior: xr.Dataset) -> list[dict[str, Any]]:
    """Give both tables of each outcome: what is clear of chance, and how many rows are not."""
    return [
        {
            "outcome": name,
            "posterior": _clear(_rows_of(posterior.sel(outcome=name), ("delta", "pawn"))),
            "prior": _clear(_rows_of(prior.sel(outcome=name, scale=_SCALE), ("total", "first"))),
        }
        for name in OUTCOMES
    ]


def _rows_of(own: xr.Dataset, indices: Sequence[str]) -> list[dict[str, Any]]:
    """Make a row a parameter, by the first of two indices, each with its floor, if any."""
    order = np.argsort(-own[indices[0]].sel(level=0.5).values)
    return [
        {
            "name": str(own["parameter"].values[row]),
            "cells": [
                _numbers(own[name].values[row], float(own.get(f"{name}_floor", 0.0)))
                for name in indices
            ],
        }
        for row in order
    ]


def _clear(rows: list[dict[str, Any]]) -> dict[str, Any]:
    kept = [row for row in rows if any(cell["says"] for cell in row["cells"])]
    return {"rows": kept, "others": len(rows) - len(kept)}


def _numbers(levels: np.ndarray, floor: float) -> dict[str, Any]:
    # Adding 0 makes −0 a plain 0; half of what is shown is as good as none.
    low, middle, high = (float(np.round(each, 2) + 0.0) for each in levels)
    return {
        "text": f"{middle:.2f} ({low:.2f} to {high:.2f})",
        "says": levels[0] > floor and middle > 0,
    }


def _scaled(own: xr.Dataset, refits: xr.Dataset | None) -> str:
    """Give the median at a power: of weights that can be trusted, else of a refit, if any."""
    k = float(own["k"])
    if k <= LARGEST_SHAPE:
        return probability(float(own["quantile"].sel(level=0.5)))
    name = f"power.{own['kind'].values}.{own['of'].values} = {float(own['power']):g}"
    return _refitted(refits, name) or f"needs a refit (k̂ {k:.2f})"


def _refitted(refits: xr.Dataset | None, name: str) -> str:
    """Give the median that a refit found, with its error; nothing where there is none."""
    if refits is None or name not in refits["row"].values:
        return ""
    row = refits.sel(row=name, who="consensus", outcome="catastrophe")
    if row["how"] != "refit":
        return ""
    value, error = float(row["value"].sel(level=0.5)), float(row["error"])
    return f"{probability(value)} ± {probability(error)} (refit)"
