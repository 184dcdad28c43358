"""What experts who might have been asked would answer, by a posterior that never saw their answers.

An imagined answer goes the way of a real one (`takeoff.models.panel`): a worldview drawn from the
population, the outcome in log-odds, the offset of a new question's wording, which all who answer it
share, that of a new survey, which all its questions share, and noise of the reading and of the
expert's own care.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pytensor
import pytensor.tensor as pt
import xarray as xr

from takeoff.analysis.worlds import imagined
from takeoff.models.answers.shared_errors import SharedErrors
from takeoff.models.errors import InputError
from takeoff.models.evaluate import INTERPRETED
from takeoff.models.interval import FARTHEST
from takeoff.models.panel import CARE_SPREAD, LEAST_NOISE, Worlds, expected_log_odds, offset_sd
from takeoff.models.parameters import PARAMETER_NAMES
from takeoff.models.pieces import in_pieces
from takeoff.models.priors import PriorSet
from takeoff.models.questions import READINGS, TARGETS, Question

__all__ = ["imagined_answers"]

_PIECE = 2048


def imagined_answers(
    draws: xr.Dataset,
    questions: Sequence[Question],
    camp_weights: Mapping[str, float],
    chosen: PriorSet,
    people: int,
    seed: int,
) -> xr.Dataset:
    """Imagine what a group of people would answer, in each draw.

    Parameters
    ----------
    draws
        Draws of a fitted panel, or of its prior (draw).
    questions
        What they are asked: outcomes, perhaps given an event.
    camp_weights
        Chance that each belongs to a camp.
    chosen
        Prior set of the panel's centre.
    people
        How many.
    seed
        Of all that is drawn.

    Returns
    -------
    xr.Dataset
        ``center`` and ``scale`` of each person's normal answer, in log-odds, and ``log_odds``, a
        draw from it; all (question, draw, person).

    Raises
    ------
    InputError
        If a question asks for something else than an outcome, or for a step from an answer.
    """
    for each in questions:
        if each.outcome in TARGETS or each.intervention is not None or each.reading == "shift":
            raise InputError(f"{each.name} cannot be predicted; leave it out")
    random = np.random.default_rng(seed)
    needed = draws[[*PARAMETER_NAMES, "disagreement", *(["contrast"] if camp_weights else [])]]
    members = needed.expand_dims(chain=people).transpose("chain", "draw", ...)
    crowd = imagined(members, camp_weights, chosen, seed)
    worlds = {name: each.transpose("draw", "chain") for name, each in crowd.worlds.items()}
    expected = _expected(worlds, questions)
    offset = np.array([offset_sd(each) for each in questions])[:, None] * random.normal(
        size=expected.shape[:2]
    )
    survey = SharedErrors().study * random.normal(size=expected.shape[1])
    center = expected + (offset + survey)[:, :, None]
    rows = [READINGS.index(each.reading) for each in questions]
    noise = draws["noise"].transpose("reading", "draw").values[rows]
    care = np.exp(CARE_SPREAD * random.normal(size=expected.shape[1:]))
    scale = np.sqrt((noise[:, :, None] * care) ** 2 + LEAST_NOISE**2)
    dims = ("question", "draw", "person")
    return xr.Dataset(
        {
            "center": (dims, center),
            "scale": (dims, scale),
            "log_odds": (dims, random.normal(center, scale)),
        },
        coords={"question": [each.name for each in questions]},
    )


def _expected(worlds: Mapping[str, xr.DataArray], questions: Sequence[Question]) -> np.ndarray:
    """Compute answers without wording and noise: (question, draw, person)."""
    shape = worlds["margin"].shape
    views = {name: pt.vector(name) for name in PARAMETER_NAMES}
    graph = pt.stack(expected_log_odds(questions, Worlds(views, "fit"), {}), axis=1)
    function = pytensor.function(
        list(views.values()), [graph], mode=INTERPRETED, on_unused_input="ignore"
    )
    flat = [np.ascontiguousarray(worlds[name].values, float).ravel() for name in PARAMETER_NAMES]
    (answers,) = in_pieces(function.copy, flat, _PIECE)
    # Who holds that nobody ever slips gives a warning no chance at all, of which there are no odds.
    finite = np.clip(answers, -FARTHEST, FARTHEST)
    return np.moveaxis(finite.reshape(*shape, len(questions)), -1, 0)
