"""The figures of the report as images inside the page, each with words for who cannot see it."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import xarray as xr

from takeoff.analysis import figures
from takeoff.analysis.diagnostics import Diagnostics
from takeoff.analysis.figures.plans import effects_figure
from takeoff.analysis.figures.style import PAGE, PHONE, svg
from takeoff.analysis.map_sentences import about_standing, about_the_map
from takeoff.analysis.side_by_side import side_by_side
from takeoff.analysis.wording import plain_name

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Picture", "picture", "pictures"]

_NARROW = frozenset({"parameters", "outcomes"})
"""Figures as wide as a phone; on a page two stand side by side."""

Draw = Callable[[xr.DataTree, float], "Figure"]


@dataclass(frozen=True)
class Picture:
    """A figure as a data URI, another for phones unless one fits both, and its words."""

    page: str
    phone: str | None
    alternative: str


def pictures(tree: xr.DataTree, mixing: Diagnostics) -> dict[str, Picture]:
    """Draw every figure of the report, by name."""

    def convergence(tree: xr.DataTree, width: float) -> "Figure":
        return figures.convergence_figure(tree, width, mixing.worst)

    worst = "nothing varies" if mixing.worst is None else plain_name(mixing.worst.outcome)
    drawn: dict[str, tuple[Draw, str]] = {
        "map": (
            figures.map_figure,
            "Heat maps of takeover over projects and kinship, a panel for each advantage of "
            f"offence. {' '.join(about_the_map(tree))}",
        ),
        "turning": (
            figures.turning_figure,
            "Where one more project turns from help to harm, over offence and kinship, with each "
            f"expert's offence as a dot below. {' '.join(about_standing(tree))}",
        ),
        "experts": (
            figures.experts_figure,
            "A ridge for each expert's posterior of extinction by 2100, takeover and a warning "
            "shot, coloured by camp; stated answers as ticks. Medians are in the tables above.",
        ),
        "worldviews": (
            figures.worldviews_figure,
            "Median and 90% interval of each parameter that differs between experts.",
        ),
        "parameters": (
            figures.parameters_figure,
            "Bars: the share of the prior's spread left for each parameter; a table follows.",
        ),
        "outcomes": (
            figures.outcomes_figure,
            "Bars: the share of the prior's interval left for each outcome; a table follows.",
        ),
        "jacobian": (
            figures.jacobian_figure,
            "A grid of questions and parameters: how far each parameter moves each answer.",
        ),
        "likeness": (
            figures.likeness_figure,
            "Correlations of alignment between every two projects, and of the first two by source.",
        ),
        "roads": (
            figures.roads_figure,
            "Median and 90% interval of each road to catastrophe by camp, over the prior's.",
        ),
        "convergence": (convergence, f"Trace and rank histograms by chain for: {worst}."),
    }
    if "checks" in tree.children:
        drawn["checks"] = (
            figures.checks_figure,
            "Dots over bands, question by question: shares of round numbers and of answers near "
            "zero, mean and spread. A table of tail areas follows.",
        )
    if "policies" in tree.children:
        drawn["policies"] = (
            lambda tree, width: effects_figure(tree["policies"].to_dataset(), width),
            "Whiskers: the change in catastrophe under each intervention, in each view. Tables "
            "follow.",
        )
    made = side_by_side(
        [
            partial(_narrow if name in _NARROW else picture, tree, draw, words)
            for name, (draw, words) in drawn.items()
        ]
    )
    return dict(zip(drawn, made, strict=True))


def picture[Data](data: Data, draw: "Callable[[Data, float], Figure]", words: str) -> Picture:
    """Draw a figure for the page and for phones."""
    page, phone = (_uri(svg(draw(data, width))) for width in (PAGE, PHONE))
    return Picture(page, phone, words)


def _narrow(tree: xr.DataTree, draw: Draw, words: str) -> Picture:
    return Picture(_uri(svg(draw(tree, PHONE))), None, words)


def _uri(image: bytes) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(image).decode('ascii')}"
