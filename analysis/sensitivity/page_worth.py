"""What is worth knowing and asking, as rows of text for the page."""

from typing import Any

import numpy as np
import xarray as xr

from takeoff.analysis.sensitivity.event_worth import about_events
from takeoff.analysis.sensitivity.published import about_reproduction
from takeoff.analysis.sensitivity.worth_sentences import (
    LIMIT,
    about_asking,
    about_choice,
    about_knowing,
    called,
    next_questions,
    points,
)

__all__ = ["events_on_page", "worth_on_page"]


def worth_on_page(knowing: xr.Dataset, asking: xr.Dataset) -> dict[str, Any]:
    """Say what it would be worth to know, and rank the questions to ask next."""
    return {
        "sentences": [about_asking(asking), about_knowing(knowing), about_choice(knowing)],
        "limit": LIMIT,
        "questions": _questions(asking),
        "views": [str(each) for each in knowing["view"].values],
        "groups": _knowledge(knowing.isel(knowledge=knowing["is_group"].values)),
        "parameters": _knowledge(knowing.isel(knowledge=~knowing["is_group"].values)),
        "plans": _plans(knowing),
        "cost": points(float(knowing.attrs["cost"])),
        "costs": [
            {
                "cost": points(float(cost)),
                "plan": str(plan),
                "worth": f"{100 * float(worth):.2f}",
                "error": f"{100 * float(error):.2f}",
            }
            for cost, plan, worth, error in zip(
                knowing["change_cost"].values,
                knowing["chosen_at"].values,
                knowing["everything_at"].values,
                knowing["everything_at_error"].values,
                strict=True,
            )
        ],
    }


def events_on_page(found: xr.Dataset) -> dict[str, Any]:
    """Set what FRI's events are worth in the fitted worldviews beside what was published."""
    return {
        "sentences": [about_reproduction(), about_events(found)],
        "rows": [
            {
                "event": str(event),
                "camp": str(camp),
                "published": _small(own["published"]),
                "stated": _small(own["stated"]),
                "implied": _small(own["implied"].isel(level=1)),
                "span": " to ".join(_small(own["implied"].isel(level=each)) for each in (0, -1)),
                "inside": bool(own["implied"][0] <= own["published"] <= own["implied"][-1]),
            }
            for event in found["event"].values
            for camp in found["camp"].values
            for own in [found.sel(event=event, camp=camp)]
        ],
    }


def _questions(asking: xr.Dataset) -> list[dict[str, Any]]:
    return [
        {
            "question": called(each.question),
            "text": each.text,
            "people": each.people,
            "asked_before": each.asked_before,
            "of_estimate": f"{100 * each.of_estimate:.1f}%",
            "error": f"{100 * each.of_estimate_error:.1f}",
            "of_choice": f"{100 * each.of_choice:.2f}",
            "choice_error": f"{100 * each.of_choice_error:.2f}",
        }
        for each in next_questions(asking)
    ]


def _knowledge(knowing: xr.Dataset) -> list[dict[str, Any]]:
    """Make a row a parameter or a group, by what it is worth for the consensus."""
    order = np.argsort(-knowing["of_estimate"].sel(view="consensus").values)
    return [
        {
            "name": str(knowing["knowledge"].values[row]).removeprefix("all of "),
            "cells": [
                f"{100 * float(value):.1f}% ± {100 * float(error):.1f}"
                for value, error in zip(
                    knowing["of_estimate"].values[row],
                    knowing["of_estimate_error"].values[row],
                    strict=True,
                )
            ],
            "choice": f"{100 * float(knowing['of_choice'][row]):.2f} ± "
            f"{100 * float(knowing['of_choice_error'][row]):.2f}",
        }
        for row in order
    ]


def _plans(knowing: xr.Dataset) -> list[dict[str, str]]:
    order = np.argsort(-knowing["saved"].values)
    return [
        {
            "plan": str(knowing["plan"].values[row]),
            "saved": f"{100 * float(knowing['saved'][row] + knowing['cost'][row]):.1f}",
            "cost": f"{100 * float(knowing['cost'][row]):.1f}",
            "left": f"{100 * float(knowing['saved'][row]):.1f}",
        }
        for row in order
    ]


def _small(value: xr.DataArray) -> str:
    return f"{float(value):.2g}"
