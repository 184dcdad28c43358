"""Where crowds stand in usual worlds, and how the shape of their answers changes around there.

People may disagree in offense, in margin or in both, and each makes other worlds likely. So usual
worlds are sought for several ratios of the two, and what lies between is told from those nearby.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pytensor.tensor.variable import TensorVariable

from takeoff.models.bend import shared_out
from takeoff.models.guide import Guide
from takeoff.models.likeliest import likeliest
from takeoff.models.program import Program
from takeoff.models.rise import defence, width
from takeoff.models.special import FloatArray
from takeoff.models.straightening import Straightening
from takeoff.models.worldviews import MARGIN, OFFENSE
from takeoff.models.writer import program_of

__all__ = ["KNOBS", "Measure", "Near", "Settle", "Usual", "shape_of", "spread_out", "usual_crowd"]

KNOBS = ("push", "total", "sound")
"""What coordinates set so that levels keep their shape. Push is the panel's centre: decisiveness
times what offense is ahead of the defence. Total is the logarithm of how far people
disagree in all, in the same units. Sound is the coordinate of margin's centre."""
Settle = Callable[[Straightening, TensorVariable], TensorVariable]
"""States margin's centre by its coordinate; gives the log volume."""

_WORTH = 2.0
"""What a probit of margin is worth in units of decisiveness times offense, in a crowd's levels."""
_RATIOS = np.arange(-2.5, 2.6, 0.5)
"""Coordinates of the ratio of disagreement in margin to that in offense (``shared_out``)."""
_NEARBY, _FARTHEST = 0.35, 4.0
"""How far around a ratio its usual world counts, and beyond which no ratio differs."""
_START = np.array([0.0, 1.0, 0.0])
"""Of knobs, for the first ratio; for others it is what was found for the one before."""
_STEPS = np.array([0.2, 0.05, 0.1])
"""Of knobs, to either side, by which a change of shape is told."""
_LOOSE = np.array([3.0, 1.0, 1.0])
"""Standard deviation of knobs where shape tells nothing of them, about."""
_BOUNDS, _BLUR = np.array([-1.3, -0.65, 0.0, 0.65, 1.3]), 0.3
"""Bounds between answers in units of their standard deviation, and how sharp they are in units of
noise. Finer ones see what single answers do not; blunter ones miss what thousands tell."""
_LEAST_BLUR, _LEAST_SHARE, _LEAST_SCATTER = 0.2, 1e-4, 0.01
"""In log-odds: half the step of the grid. Of people on either side of a bound. Of shape, however
many people tell it. All may say the same."""


@dataclass(frozen=True)
class Measure:
    """How the shape of answers is told.

    Attributes
    ----------
    middles
        The middle of what each crowd answers to each question in a usual world (question,).
    bounds
        Bounds between answers, counted from the middle in log-odds (bound,).
    blur
        Width of a bound.
    """

    middles: tuple[FloatArray, ...]
    bounds: FloatArray
    blur: float


@dataclass(frozen=True)
class Near:
    """What is usual, at each of several ratios or near one of them.

    Attributes
    ----------
    knobs
        Where they stand (..., knob).
    shape
        Of answers there, see ``shape_of`` (..., bound).
    gain
        Change of knobs to a change of shape (..., knob, bound).
    scale
        How far knobs can be told, as the root of their covariance (..., knob, knob).
    """

    knobs: Any
    shape: Any
    gain: Any
    scale: Any


@dataclass(frozen=True)
class Usual:
    """Where crowds stand in usual worlds: how answers are measured, and what is usual by ratio."""

    measure: Measure
    by_ratio: Near

    def near(self, ratio: TensorVariable) -> Near:
        """Give what is usual near a ratio, in its coordinate."""
        held = pt.clip(ratio, -_FARTHEST, _FARTHEST)
        weight = pt.exp((held * _RATIOS - _RATIOS**2 / 2) / _NEARBY**2)
        weight = weight / weight.sum()

        def blend(values: FloatArray) -> TensorVariable:
            return (weight.reshape((-1, *[1] * (values.ndim - 1))) * values).sum(axis=0)

        whole = self.by_ratio
        return Near(*(blend(each) for each in (whole.knobs, whole.shape, whole.gain, whole.scale)))


def spread_out(
    way: Straightening,
    disagreement: TensorVariable,
    push: TensorVariable,
    total: TensorVariable,
    log_ratio: TensorVariable,
) -> dict[TensorVariable, TensorVariable]:
    """Give the story's offense, with contrasts, and disagreement, of which two entries change."""
    model, own = way.model, push[None]
    wide, steep, ahead = way.stated(
        [width(model.named_vars), model["decisiveness"], defence(model.named_vars)]
    )
    in_margin = total - 0.5 * pt.softplus(-2 * log_ratio) + pt.log(wide / _WORTH)
    in_offense = total - 0.5 * pt.softplus(2 * log_ratio) - pt.log(steep)
    changed = pt.set_subtensor(disagreement[MARGIN], in_margin)
    spread, few = way.guide.spreads[OFFENSE], way.guide.camps_of_few().any(axis=1)
    if way.has("contrast"):  # of camps of few the mean follows, once it is known where they stand
        apart = spread * way.free[way.value("contrast")][:, OFFENSE]
        own = pt.concatenate([own, pt.where(few[1:], 0.0, apart)])
    parts = (way.guide.stations() * own).sum(axis=1) / steep
    given = {
        way.value("disagreement"): pt.set_subtensor(changed[OFFENSE], in_offense),
        way.value("offense"): ahead + parts[0],
    }
    if way.has("contrast"):
        story = way.story[way.value("contrast")]
        stated = pt.set_subtensor(story[:, OFFENSE], parts[1:] / spread)
        given[way.value("contrast")] = stated
    return given


def shape_of(way: Straightening, measure: Measure) -> TensorVariable:
    """Give how answers of crowds lie: log-odds of those below each bound (bound,).

    The mean over questions and people, offsets being such that answers have the usual middles.
    """
    crowds = way.guide.crowds
    people = np.array([told.counts.sum() for told, _ in crowds])
    shape = pt.zeros(len(measure.bounds))
    for (told, _), middle, share in zip(
        crowds, measure.middles, people / people.sum(), strict=True
    ):
        mass, plain, own = way.stated([told.rough_mass, told.plain, told.rough_middle])
        seen = told.softly(plain + (middle - own)[:, None])
        around = seen - (mass * seen).sum(axis=1)[:, None]
        below = [
            (mass * pt.sigmoid((bound - around) / measure.blur)).sum(axis=1)
            for bound in measure.bounds
        ]
        part = _LEAST_SHARE + (1 - 2 * _LEAST_SHARE) * pt.stack(below)
        shape = shape + share * (pt.log(part) - pt.log1p(-part)).mean(axis=1)
    return shape


def usual_crowd(model: pm.Model, guide: Guide, settle: Settle) -> Usual:
    """Find, for each ratio, the likeliest world in which crowds say what they say.

    Sought are the knobs and all that experts do not have of their own.
    """
    start = model.initial_point()
    values = {model.rvs_to_values[each]: each for each in model.free_RVs}
    own = {each for each, dims in model.named_vars_to_dims.items() if "expert" in dims}
    sought = [value for value, each in values.items() if each.name not in own]
    fixed = {value: pt.constant(np.asarray(start[value.name], float)) for value in values}
    free = {**fixed, **{each: each for each in sought}}
    way = Straightening(model, guide, free, dict(free))
    ratio, push, total, sound = (pt.dscalar(name) for name in ("ratio", *KNOBS))
    settle(way, sound)
    log_ratio, _ = shared_out(ratio)
    way.story.update(spread_out(way, way.value("disagreement"), push, total, log_ratio))
    inputs = [ratio, push, total, sound, *sought]
    shapes = [(), (), (), (), *(np.shape(start[each.name]) for each in sought)]

    def written(graphs: Sequence[TensorVariable]) -> Program:
        return program_of(graphs, inputs, shapes)

    told = [each for each, _ in guide.crowds]
    terms = [model.logp(vars=model.free_RVs), *(each.log_likelihood for each in told)]
    density = written([pt.add(*way.stated(terms))]).density()
    point = np.concatenate([[0.0], _START, *(np.ravel(start[each.name]) for each in sought)])
    found = []
    for each in _RATIOS:
        point = likeliest(density, np.append(each, point[1:]), held=0)
        found.append(point)
    best = max(found, key=lambda point: density(point)[0])
    measure = _measure(way, written, best)
    shape = written([shape_of(way, measure)])
    people = sum(each.counts.sum() for each in told)
    rows = [_near(lambda points: shape.values(points)[0], each, people) for each in found]
    return Usual(measure, Near(*(np.array(each) for each in zip(*rows, strict=True))))


def _measure(
    way: Straightening, written: Callable[[Sequence[TensorVariable]], Program], best: FloatArray
) -> Measure:
    """Lay bounds by how far answers lie apart in the likeliest world."""
    told = [each for each, _ in way.guide.crowds]
    variances = []
    for each in told:
        seen = each.softly(each.plain + each.offset[:, None])
        around = seen - (each.mass * seen).sum(axis=1)[:, None]
        variances.append((each.mass * around**2).sum(axis=1))
    noise = pt.stack([each.noise for each in told]).mean()
    graphs = way.stated([noise, *variances, *(each.answered_middle for each in told)])
    level, *rest = (each[0] for each in written(graphs).values(best[None]))
    variance = np.concatenate(rest[: len(told)]).mean()
    apart = np.sqrt(variance + float(level) ** 2)
    blur = max(_BLUR * float(level), _LEAST_BLUR)
    return Measure(tuple(rest[len(told) :]), apart * _BOUNDS, blur)


def _near(
    shape: Callable[[FloatArray], FloatArray], found: FloatArray, people: float
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Give the knobs found, the shape there, gain and scale.

    As in a regression of the knobs on so many people's answers, sorted by the bounds.
    """
    sides = np.zeros((len(KNOBS), len(found)))
    sides[:, 1 : 1 + len(KNOBS)] = np.diag(_STEPS)
    moved = (shape(found + sides) - shape(found - sides)) / (2 * _STEPS[:, None])
    here = shape(found[None])[0]
    below = 1 / (1 + np.exp(-here))
    spread = below * (1 - below)
    scatter = np.minimum.outer(below, below) - np.outer(below, below)
    scatter = scatter / np.outer(spread, spread) / people
    telling = moved @ np.linalg.inv(scatter + _LEAST_SCATTER**2 * np.eye(len(below)))
    left = np.linalg.inv(telling @ moved.T + np.diag(_LOOSE**-2))
    return found[1 : 1 + len(KNOBS)], here, left @ telling, np.linalg.cholesky(left)
