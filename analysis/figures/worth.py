"""Worth: what it would be worth to know parameters, and to ask questions."""

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from takeoff.analysis.figures.style import CONSENSUS, INK, PAGE, camp_colors, grid_of, styled
from takeoff.analysis.sensitivity.worth_sentences import called
from takeoff.analysis.wording import plain_name

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["asking_figure", "knowing_figure"]

_SHOWN = 12
_LINES = 6


@styled
def knowing_figure(known: xr.Dataset, width: float = PAGE) -> "Figure":
    """Draw what each parameter is worth: for the estimate, by view, and for the choice.

    Parameters
    ----------
    known
        What `takeoff.analysis.sensitivity.knowing.knowing` gives; bars are two standard errors.
    width
        Width in inches.
    """
    own = known.sel(knowledge=~known["is_group"])
    views = [str(each) for each in own["view"].values]
    colors = {
        **camp_colors([each for each in views if each != "consensus"]),
        "consensus": CONSENSUS,
    }
    figure, panels = grid_of(2, width, 3.8, most=2)
    names = own["knowledge"].values
    order = np.argsort(-own["of_estimate"].max("view").values)[:_SHOWN]
    for row, view in enumerate(views):
        part = own.sel(view=view).isel(knowledge=order)
        panels[0].errorbar(
            part["of_estimate"],
            -np.arange(len(order)) + 0.2 - 0.2 * row,
            xerr=2 * part["of_estimate_error"],
            fmt="o",
            color=colors[view],
            ms=4.5,
            label=view.lstrip("_"),
        )
    panels[0].set_yticks(-np.arange(len(order)), [plain_name(str(each)) for each in names[order]])
    panels[0].xaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f}%")
    panels[0].set_xlabel("share of the variance of log-odds of catastrophe")
    panels[0].set_title("for the estimate")
    panels[0].legend(frameon=False, fontsize=8)
    order = np.argsort(-own["of_choice"].values)[:_SHOWN]
    part = own.isel(knowledge=order)
    panels[1].errorbar(
        100 * part["of_choice"],
        -np.arange(len(order)),
        xerr=200 * part["of_choice_error"],
        fmt="o",
        color=INK,
        ms=4.5,
    )
    panels[1].set_yticks(-np.arange(len(order)), [plain_name(str(each)) for each in names[order]])
    panels[1].set_xlabel("points of the probability of catastrophe")
    panels[1].set_title("for the choice among plans")
    return figure


@styled
def asking_figure(asked: xr.Dataset, width: float = PAGE) -> "Figure":
    """Draw what the best questions are worth for each view, by how many new experts are asked.

    Parameters
    ----------
    asked
        What `takeoff.analysis.sensitivity.asking.asking` gives; bars are two standard errors.
    width
        Width in inches.
    """
    views = [str(each) for each in asked["view"].values]
    new = asked.isel(people=(asked["kind"].values == "new") & (asked["camp"].values == ""))
    figure, panels = grid_of(len(views), width, 3.6, most=2)
    numbers = new["number"].values
    colors = list(camp_colors([str(row) for row in range(_LINES)]).values())[1:]
    for axes, view in zip(panels, views, strict=True):
        part = new.sel(view=view)
        order = np.argsort(-part["of_estimate"].isel(people=-1).values)[:_LINES]
        for row, place in enumerate(order):
            here = part.isel(question=place)
            axes.errorbar(
                numbers * 1.06 ** (row - 0.5 * len(order)),
                here["of_estimate"],
                yerr=2 * here["of_estimate_error"],
                marker="o",
                ms=4,
                lw=1.2,
                color=colors[row],
                label=called(str(here["question"].values)),
            )
        axes.set_xscale("log")
        axes.set_xticks(numbers, [str(each) for each in numbers])
        axes.set_xticks([], minor=True)
        axes.set_ylim(bottom=0)
        axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f}%")
        axes.set_xlabel("new experts asked")
        axes.set_title(f"variance removed: {view.lstrip('_')}")
        axes.legend(frameon=False, fontsize=7)
    return figure
