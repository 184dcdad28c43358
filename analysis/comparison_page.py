"""A comparison on disk: ``comparison.nc``, and ``compare.html``, a page that opens offline."""

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from takeoff.analysis.comparison import Case
from takeoff.analysis.comparison_reading import (
    best_numbers,
    effects,
    names_of,
    panel,
    people,
    roads_by_projects,
)
from takeoff.analysis.comparison_rows import rows_of_plan
from takeoff.analysis.comparison_sentences import (
    CASES,
    about_likeness,
    about_numbers,
    about_roads,
    about_sources,
    about_working,
    plan_of,
)
from takeoff.analysis.figures.plans import best_figure, effects_figure, numbers_figure
from takeoff.analysis.report import environment
from takeoff.analysis.report_figures import Picture, picture
from takeoff.analysis.summaries import HEADLINES
from takeoff.analysis.wording import plain_name, quantity
from takeoff.models.outcomes import OUTCOME_NAMES, OUTCOMES

__all__ = ["render_comparison", "write_comparison"]

_PAGE = "compare.html"
_DATA = "comparison.nc"
_EVERY = 4
_BITS = 10
_OF_EXPERTS = ("catastrophe", "takeover", "extinction_by_2100")
_WORDS = {
    "numbers": "Lines: median of catastrophe and of each of its roads by number of projects.",
    "best": "Bars: how often each number of projects has the least catastrophe, by likeness.",
    "effects": "Whiskers: the change in catastrophe under each plan, in each view.",
}


def write_comparison(comparison: xr.Dataset, folder: Path) -> tuple[Path, Path]:
    """Write a comparison as a page and as data, each beside its place and then renamed.

    Gives the two files. The data are smaller than the comparison, as their attribute ``stored``
    says: what is by expert has every fourth draw only, over ``draw_of_expert``, and numbers have
    three digits, which is more than the draws can bear.
    """
    text = render_comparison(comparison)
    folder.mkdir(parents=True, exist_ok=True)
    stored = _stored(comparison)
    packed = {"zlib": True, "complevel": 4, "shuffle": True}
    encoding = dict.fromkeys(stored.data_vars, packed)

    def write_data(draft: Path) -> None:
        stored.to_netcdf(draft, engine="h5netcdf", encoding=encoding)

    def write_page(draft: Path) -> None:
        draft.write_text(text, encoding="utf-8")

    return _written(folder / _PAGE, write_page), _written(folder / _DATA, write_data)


def _stored(comparison: xr.Dataset) -> xr.Dataset:
    """Thin and round a comparison for a file."""
    variables = {}
    for name, each in comparison.data_vars.items():
        if {"expert", "draw"} <= set(each.dims):
            each = each.isel(draw=slice(None, None, _EVERY)).rename(draw="draw_of_expert")
        variables[name] = each.copy(data=_rounded(each.values))
    note = (
        f"by expert every {_EVERY}th draw, over draw_of_expert; numbers rounded to "
        f"{_BITS} bits, a relative error of at most {2.0 ** -(_BITS + 1):.1g}"
    )
    return xr.Dataset(variables, attrs={**comparison.attrs, "stored": note})


def _rounded(values: np.ndarray) -> np.ndarray:
    """Round to a few bits, after which single-precision numbers compress well."""
    numbers = np.asarray(values, np.float32)
    lost = 23 - _BITS
    bits = numbers.view(np.uint32) + np.uint32(1 << (lost - 1))
    rounded = (bits & np.uint32(0xFFFFFFFF << lost & 0xFFFFFFFF)).view(np.float32)
    return np.where(np.isfinite(numbers), rounded, numbers)


def render_comparison(comparison: xr.Dataset) -> str:
    """Render a comparison as HTML that asks for nothing from outside."""
    return environment().get_template(_PAGE).render(_context(comparison))


def _written(place: Path, write: Callable[[Path], None]) -> Path:
    draft = place.with_name(f".{place.name}.{os.getpid()}")
    try:
        write(draft)
        draft.replace(place)
    finally:
        draft.unlink(missing_ok=True)
    return place


def _context(comparison: xr.Dataset) -> dict[str, Any]:
    return {
        "attributes": comparison.attrs,
        "problems": json.loads(comparison.attrs.get("problems", "[]")),
        "draws": comparison.sizes["chain"] * comparison.sizes["draw"],
        "whose": panel(comparison),
        "numbers": [int(each) for each in comparison["projects"].values],
        "about_numbers": about_numbers(comparison),
        "about_roads": about_roads(comparison),
        "about_likeness": about_likeness(comparison),
        "best": best_numbers(comparison),
        "roads": {who: roads_by_projects(comparison, who) for who in panel(comparison)},
        "pictures": _pictures(comparison),
        "baseline": plan_of(comparison, comparison.attrs["baseline"]),
        "plans": _plans(comparison),
        "outcomes": OUTCOMES,
        "quantity": quantity,
    }


def _pictures(comparison: xr.Dataset) -> dict[str, Picture]:
    drawn = {"numbers": numbers_figure, "best": best_figure, "effects": effects_figure}
    return {name: picture(comparison, draw, _WORDS[name]) for name, draw in drawn.items()}


def _plans(comparison: xr.Dataset) -> list[dict[str, Any]]:
    """Lay out every plan: what it is, what it does in short, and every outcome of it."""
    views = {who: effects(comparison, who, OUTCOME_NAMES) for who in panel(comparison)}
    experts = {who: effects(comparison, who, _OF_EXPERTS) for who in people(comparison)}
    laid = []
    for name in names_of(comparison):
        likelihood = about_working(comparison, name)
        cases: Sequence[tuple[Case, str]] = CASES if likelihood else (("works", "if so"),)
        laid.append(
            {
                **plan_of(comparison, name),
                "plain": plain_name(name),
                "likelihood": likelihood,
                "sources": about_sources(comparison, name),
                "cases": [
                    {
                        "label": label,
                        "headlines": rows_of_plan(views, name, HEADLINES, case),
                        "outcomes": rows_of_plan(views, name, OUTCOME_NAMES, case),
                        "experts": rows_of_plan(experts, name, _OF_EXPERTS, case),
                    }
                    for case, label in cases
                ],
            }
        )
    return laid
