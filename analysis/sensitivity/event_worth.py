"""What FRI's events are worth in the fitted worldviews, beside what its authors published.

The authors computed the value of information of an event from what each person stated
(`takeoff.analysis.sensitivity.published`). A worldview implies the same three numbers: P(U) is its
extinction by 2100, P(C) the event's outcome with the question's own intercept, and P(U | C) the
step from the one to the other with its wording offset. Where the medians over a camp's worldviews
hold the published one in their interval, the panel's model accounts for it.
"""

import numpy as np
import xarray as xr
from scipy.special import expit

from takeoff.analysis.sensitivity.answers import People, expected_answers
from takeoff.analysis.sensitivity.draws import thinned
from takeoff.analysis.sensitivity.published import (
    medians_of_events,
    published_medians,
    value_of_information,
)
from takeoff.analysis.summaries import LEVELS
from takeoff.analysis.wording import listed
from takeoff.analysis.worlds import worldviews_of
from takeoff.data import load_study
from takeoff.models.errors import InputError
from takeoff.models.special import FloatArray

__all__ = ["EVENTS", "about_events", "has_events", "worth_of_events"]

EVENTS = {
    "warning_shot": "Warning shot",
    "escalating_warning_shots": "Escalating warning shots",
    "platform_escalating_warning_shots": "Platform: Escalating warning shots",
    "evidence_of_misalignment": "Evidence of misalignment",
    "power_seeking": "Power-seeking",
}
"""Events of which the study reads both P(C) and P(U | C), as the authors call them."""

_LEVEL = "extinction"
_DRAWS = 200
_STUDY = "fri_2023"
_NAMES = (_LEVEL, *EVENTS, *(f"extinction_if_{each}" for each in EVENTS))


def has_events(tree: xr.DataTree) -> bool:
    """Tell whether a panel was fitted to the study's events, in its camps."""
    posterior = tree["posterior"].to_dataset()
    known = posterior["question"].values.tolist() if "question" in posterior.dims else []
    camps = tree["outcomes"].to_dataset()["camp_of_expert"].values.tolist()
    published = published_medians()["camp"].values.tolist()
    return set(_NAMES) <= set(known) and set(published) <= set(camps)


def worth_of_events(tree: xr.DataTree, draws: int = _DRAWS) -> xr.Dataset:
    """Compute the median value of information of each event in the fitted worldviews of a camp.

    Parameters
    ----------
    tree
        A panel fitted to the FRI study.
    draws
        How many draws of the posterior to use at most.

    Returns
    -------
    xr.Dataset
        ``implied`` (event, camp, level), quantiles over draws of the median over a camp's experts;
        ``published`` (event, camp), and ``stated``, the same from what people stated; in base-10
        units of information. People whose P(U | not C)
        is not above 0 are left out in each draw, as the authors leave them out.

    Raises
    ------
    InputError
        If the panel was not fitted to the study, or has another one's camps.
    """
    posterior = thinned(tree, draws)
    questions = load_study(_STUDY).questions
    published = published_medians()["value_of_information"]
    camp_of = tree["outcomes"].to_dataset()["camp_of_expert"].sel(expert=posterior["expert"]).values
    camps = [str(each) for each in published["camp"].values]
    if not has_events(tree):
        raise InputError(f"the panel was not fitted to {_STUDY}; its events have no worth here")
    worlds = {
        name: each.rename(expert="person") if "expert" in each.dims else each
        for name, each in worldviews_of(posterior).items()
    }
    found = expected_answers([questions[each] for each in _NAMES], People(worlds))
    offset = posterior["offset"].transpose("question", "chain", "draw").sel(question=list(_NAMES))
    said = found + offset.values.reshape(len(_NAMES), -1, 1)
    level, event = said[0], said[1 : 1 + len(EVENTS)]
    implied = _implied(level, event, found[0] + said[1 + len(EVENTS) :])
    medians = np.stack([_middle(implied[:, :, camp_of == camp]) for camp in camps], axis=1)
    return xr.Dataset(
        {
            "implied": (
                ("event", "camp", "level"),
                np.moveaxis(np.nanquantile(medians, LEVELS, axis=-1), 0, -1),
            ),
            "published": (("event", "camp"), _of_events(published)),
            "stated": (
                ("event", "camp"),
                _of_events(medians_of_events()["value_of_information"].sel(camp=camps)),
            ),
        },
        coords={"event": list(EVENTS.values()), "camp": camps, "level": list(LEVELS)},
    )


def about_events(found: xr.Dataset) -> str:
    """Say for how many events the fitted worldviews account for what was published.

    Parameters
    ----------
    found
        What `worth_of_events` gives.
    """
    published, level = found["published"], found["implied"]
    below = published < level.isel(level=0)
    above = published > level.isel(level=-1)
    count = found.sizes["event"]
    parts = []
    for camp in found["camp"].values.tolist():
        own = int((~(below | above)).sel(camp=camp).sum())
        text = f"{own} of {count} for the {camp} camp"
        for outside, word in ((below, "less"), (above, "more")):
            names = [str(each) for each in found["event"].values[outside.sel(camp=camp).values]]
            if names:
                text += f" (learning of {listed(names)} was worth {word} to them than it implies)"
        parts.append(text)
    return (
        "The published median value of learning whether an event happens lies inside the 90% "
        f"interval that the fitted worldviews imply in {listed(parts)}."
    )


def _of_events(medians: xr.DataArray) -> FloatArray:
    return np.asarray(medians.sel(event=list(EVENTS.values())).transpose("event", "camp").values)


def _middle(values: FloatArray) -> FloatArray:
    """Give the authors' median along the last axis: the middle, or lower of two, of those there."""
    count = (~np.isnan(values)).sum(axis=-1, keepdims=True)
    place = np.maximum((count - 1) // 2, 0)  # NaN comes last, and is what is left where all are
    return np.asarray(np.take_along_axis(np.sort(values, axis=-1), place, axis=-1)[..., 0])


def _implied(level: FloatArray, event: FloatArray, conditional: FloatArray) -> FloatArray:
    """Give values of information from log-odds: (event, sample, person), NaN where incoherent."""
    unconditional, likely, given = expit(level), expit(event), expit(conditional)
    coherent = unconditional > likely * given
    safe = np.where(coherent, given, unconditional)
    worth = value_of_information(np.broadcast_to(unconditional, safe.shape), likely, safe)
    return np.where(coherent, worth, np.nan)
