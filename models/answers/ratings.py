"""Ratings: grades of named projects, which tell of their safety effort.

Effort is what a scenario adds to a project's margin (probit). What graders look at is effort only
in part, so a grade and effort share a latent with correlation ``LOADING``, by how well the question
fits::

    grade ~ Normal(level + width · (loading · effort/EFFORT_SD + √(1 − loading²) · e), ...)

rounded as it was stated; the scale's worst and best grades stand for everything beyond. With grades
in whole steps that is an ordered probit with even steps. The level and the width of a scale are
inferred with the efforts, so grades say how projects differ, not how good all are; effort's own
scale, EFFORT_SD, rests on the prior.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pytensor.tensor.variable import TensorVariable

from takeoff.models.answers.rounded import observe
from takeoff.models.interval import FARTHEST
from takeoff.models.questions import Fit, Question
from takeoff.models.special import FloatArray

__all__ = ["EFFORT_SD", "LOADING", "Ratings", "observe_ratings"]

EFFORT_SD = 0.5
"""Prior sd of a named project's effort (probit): half of what is not known of the margin of all."""

LOADING: Mapping[Fit, float] = MappingProxyType(
    {"exact": 0.95, "close": 0.8, "loose": 0.4, "illustration": 0.2}
)
"""Correlation of a grade's latent with effort, by how well its question fits."""


@dataclass(frozen=True)
class Ratings:
    """Grades, each (grade,), and the questions and projects they are numbered by."""

    answer: np.ndarray
    question: np.ndarray
    project: np.ndarray
    value: FloatArray
    lower: FloatArray
    upper: FloatArray
    questions: tuple[Question, ...]
    projects: tuple[str, ...]


def ends_of(
    lower: FloatArray, upper: FloatArray, scales: Sequence[tuple[float, float]]
) -> tuple[FloatArray, FloatArray]:
    """Give what grades stand for: the worst and the best for everything beyond."""
    worst, best = np.array(scales).T
    return (
        np.where(lower <= worst, -FARTHEST, lower),
        np.where(upper >= best, FARTHEST, upper),
    )


def observe_ratings(ratings: Ratings) -> TensorVariable:
    """Declare grades and efforts in the model at hand, and give each grade's log likelihood."""
    ranges = np.array([each.scale for each in ratings.questions], float)
    breadth = (ranges[:, 1] - ranges[:, 0]) / 4
    loading = np.array([LOADING[each.fit] for each in ratings.questions])[ratings.question]
    latent = pm.Normal("standard_effort", dims="named_project")
    pm.Deterministic("effort", EFFORT_SD * latent, dims="named_project")
    level = pm.Normal("grade_level", dims="rating_question")
    width = pm.Normal("log_grade_width", dims="rating_question")
    middle = ranges.mean(axis=1) + breadth * level
    widths = breadth * pt.exp(0.5 * width)
    center = middle[ratings.question] + widths[ratings.question] * (
        loading * latent[ratings.project]
    )
    scale = widths[ratings.question] * np.sqrt(1 - loading**2)
    scales = [ratings.questions[each].scale or (0.0, 1.0) for each in ratings.question]
    ends = ends_of(ratings.lower, ratings.upper, scales)
    return observe("grade", center, scale, ends, ratings.value, "graded")
