"""Coordinates of a crowd: its levels keep their shape, whatever else varies."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pymc as pm
import pytest

from takeoff.data import join, load_study
from takeoff.models.centre_coordinates import center, settle
from takeoff.models.coordinates import Coordinates
from takeoff.models.likeliest import likeliest
from takeoff.models.panel import Panel, panel_model
from takeoff.models.priors import prior_set
from takeoff.models.program import Program
from takeoff.models.special import FloatArray
from takeoff.models.straightening import Straightening
from takeoff.models.usual_crowd import Usual, shape_of, usual_crowd
from takeoff.models.writer import program_of

KNOBS = ("offense", "margin", "disagreement_log__")


@pytest.fixture(scope="module")
def survey() -> Panel:
    return panel_model(join([load_study("espai_2023")]), prior_set("neutral"))


@pytest.fixture(scope="module")
def usual(survey: Panel) -> Usual:
    return usual_crowd(survey.model, survey.guide, settle)


@contextmanager
def counting(usual: Usual) -> Iterator[None]:
    """Count coordinates from what is usual, without seeking it again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("takeoff.models.centre_coordinates.usual_crowd", lambda *_: usual)
        yield


@pytest.fixture(scope="module")
def coordinates(survey: Panel, usual: Usual) -> Coordinates:
    with counting(usual):
        return survey.coordinates()


@pytest.fixture(scope="module")
def program(coordinates: Coordinates) -> Program:
    return coordinates.program()


def shapes_at(survey: Panel, usual: Usual, points: FloatArray) -> FloatArray:
    """Give the shape of answers (point, bound) in coordinates of the panel's centre."""
    start = survey.model.initial_point()
    values = [survey.model.rvs_to_values[each] for each in survey.model.free_RVs]
    with pm.Model(), counting(usual):
        free = {each: pm.Flat(each.name, shape=np.shape(start[each.name])) for each in values}
        way = Straightening(survey.model, survey.guide, free, dict(free))
        center(way)
        shape = shape_of(way, usual.measure)
    shapes = [np.shape(start[each.name]) for each in values]
    return program_of([shape], list(free.values()), shapes).values(points)[0]


@pytest.mark.parametrize("ratio", [-1.5, 1.5])
def test_answers_keep_their_shape(
    survey: Panel, usual: Usual, coordinates: Coordinates, program: Program, ratio: float
) -> None:
    """In coordinates without the step the same points scatter three times as far and more."""
    sided = coordinates.sided
    assert sided is not None
    begin = np.where(np.arange(program.variables) == sided, ratio, 0.0)
    middle = likeliest(program.density(), begin, sided, 150)
    start = survey.model.initial_point()
    names = np.concatenate(
        [np.repeat(str(each.name), np.size(start[str(each.name)])) for each in coordinates.inputs]
    )
    scatter = np.where(np.isin(names, KNOBS), 0.0, 0.4)
    points = middle + scatter * np.random.default_rng(3).normal(size=(60, len(middle)))
    kept = shapes_at(survey, usual, points)
    still = replace(usual, by_ratio=replace(usual.by_ratio, gain=0 * usual.by_ratio.gain))
    loose = shapes_at(survey, still, points)
    spread = [np.ptp(np.quantile(each, [0.16, 0.84], axis=0), axis=0) for each in (kept, loose)]
    assert spread[0].mean() < spread[1].mean() / 3


def test_the_usual_shape_is_what_was_said_whatever_people_disagree_in(usual: Usual) -> None:
    below = 1 / (1 + np.exp(-usual.by_ratio.shape))
    assert np.ptp(below, axis=0).max() < 0.02
