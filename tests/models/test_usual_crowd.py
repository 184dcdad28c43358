"""Coordinates of a crowd: its levels keep their shape, whatever else varies."""

from dataclasses import replace
from typing import Any

import numpy as np
import pymc as pm
import pytest

from takeoff.data import join, load_study
from takeoff.models.centre_coordinates import center
from takeoff.models.panel import Panel, panel_model
from takeoff.models.priors import prior_set
from takeoff.models.special import FloatArray
from takeoff.models.straightening import Straightening
from takeoff.models.usual_crowd import Usual, shape_of, usual_crowd
from takeoff.models.worldviews import MARGIN
from takeoff.models.writer import program_of

KNOBS = ("offense", "disagreement_log__")


@pytest.fixture(scope="module")
def survey() -> Panel:
    return panel_model(join([load_study("espai_2023")]), prior_set("neutral"))


@pytest.fixture(scope="module")
def usual(survey: Panel) -> Usual:
    return usual_crowd(survey.model, survey.guide)


def shapes_at(survey: Panel, usual: Usual, points: FloatArray, monkeypatch: Any) -> FloatArray:
    """Give the shape of levels (point, 2) where all coordinates but the crowd's own vary."""
    monkeypatch.setattr("takeoff.models.centre_coordinates.usual_crowd", lambda *_: usual)
    start = survey.model.initial_point()
    values = [survey.model.rvs_to_values[each] for each in survey.model.free_RVs]
    with pm.Model():
        free = {each: pm.Flat(each.name, shape=np.shape(start[each.name])) for each in values}
        way = Straightening(survey.model, survey.guide, free, dict(free))
        center(way)
        shape = shape_of(way, usual.middles)
    vectors = []
    for each in values:
        size = max(1, int(np.prod(np.shape(start[each.name]))))
        own, points = np.split(points, [size], axis=1)
        if each.name in KNOBS:
            own = np.zeros_like(own)
            if size > 1:
                own[:, MARGIN] = -1.0
        vectors.append(own)
    program = program_of(
        [shape], list(free.values()), [np.shape(start[each.name]) for each in values]
    )
    return program.values(np.concatenate(vectors, axis=1))[0]


def test_levels_keep_their_shape(survey: Panel, usual: Usual, monkeypatch: Any) -> None:
    """In coordinates without the step the same points scatter three times as far and more."""
    points = np.random.default_rng(3).normal(0, 0.4, (60, 200))
    kept = shapes_at(survey, usual, points, monkeypatch)
    fixed = replace(usual, inverse=np.zeros((2, 2)))
    loose = shapes_at(survey, fixed, points, monkeypatch)
    spread = [np.diff(np.quantile(each, [0.16, 0.84], axis=0))[0] for each in (kept, loose)]
    assert (spread[0] < spread[1] / 3).all()
