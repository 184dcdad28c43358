"""Where crowds stand in a usual world, and how the shape of their levels changes around there."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pytensor.tensor.variable import TensorVariable
from scipy.optimize import minimize

from takeoff.models.bend import unfolded
from takeoff.models.guide import Guide
from takeoff.models.program import Density, Program
from takeoff.models.rise import width
from takeoff.models.special import FloatArray
from takeoff.models.straightening import Straightening
from takeoff.models.worldviews import MARGIN, OFFENSE
from takeoff.models.writer import program_of

__all__ = ["Usual", "shape_of", "spread_out", "usual_crowd"]

_WORTH = 2.0
"""What a probit of margin is worth in units of decisiveness times offense, in a crowd's levels."""
_USUAL_RATIO = -1.0
"""Of disagreement in margin and in offense, unfolded: people disagree in offense mostly."""
_STARTS = (0.0, 1.0)
"""Of push and total."""
_STEPS = (0.2, 0.05)
"""Of the same, to either side, by which a change of shape is told."""
_BLURRED = 30.0
"""Condition of the change of shape from which on the one cannot be told from the other."""
_LEAST_VARIANCE = 1e-4
"""Added to that of levels, which may all be the same."""


@dataclass(frozen=True)
class Usual:
    """Where crowds stand in a usual world.

    Attributes
    ----------
    push
        Of the panel's centre: decisiveness times what offense is ahead of the humans' defence.
    total
        Logarithm of how far people disagree, in the same units.
    shape
        Of levels there, see ``shape_of`` (2,).
    inverse
        Change of push, in units of total disagreement, and of total to a change of shape (2, 2);
        zeros where shape tells nothing of them.
    middles
        The middle of what each crowd answers to each question there (question,).
    """

    push: float
    total: float
    shape: FloatArray
    inverse: FloatArray
    middles: tuple[FloatArray, ...]


def spread_out(
    way: Straightening,
    disagreement: TensorVariable,
    push: TensorVariable,
    total: TensorVariable,
    log_ratio: TensorVariable,
) -> dict[TensorVariable, TensorVariable]:
    """Give the story's offense and disagreement, of which only two entries change."""
    model = way.model
    wide, steep, defence = way.stated(
        [width(model.named_vars), model["decisiveness"], pt.log1p(model["human_defense"])]
    )
    in_margin = total - 0.5 * pt.softplus(-2 * log_ratio) + pt.log(wide / _WORTH)
    in_offense = total - 0.5 * pt.softplus(2 * log_ratio) - pt.log(steep)
    changed = pt.set_subtensor(disagreement[MARGIN], in_margin)
    return {
        way.value("disagreement"): pt.set_subtensor(changed[OFFENSE], in_offense),
        way.value("offense"): defence + push / steep,
    }


def shape_of(way: Straightening, middles: tuple[FloatArray, ...]) -> TensorVariable:
    """Give how the levels of crowds lie, as told: logarithm of their spread, and skewness (2,).

    The mean over questions and people, offsets being such that answers have these middles.
    """
    crowds = way.guide.crowds
    people = np.array([told.counts.sum() for told, _ in crowds])
    parts = []
    for (told, _), middle, share in zip(crowds, middles, people / people.sum(), strict=True):
        mass, plain, own = way.stated([told.mass, told.plain, told.middle])
        seen = told.softly(plain + (middle - own)[:, None])
        around = seen - (mass * seen).sum(axis=1)[:, None]
        log_spread = 0.5 * pt.log((mass * around**2).sum(axis=1) + _LEAST_VARIANCE)
        skewness = (mass * around**3).sum(axis=1) * pt.exp(-3 * log_spread)
        parts.append(share * pt.stack([log_spread.mean(), skewness.mean()]))
    return pt.stack(parts).sum(axis=0)


def usual_crowd(model: pm.Model, guide: Guide) -> Usual:
    """Find the likeliest world in which crowds say what they say, and how their shape changes.

    Sought are push and total and all that experts do not have of their own.
    """
    start = model.initial_point()
    values = {model.rvs_to_values[each]: each for each in model.free_RVs}
    own = {each for each, dims in model.named_vars_to_dims.items() if "expert" in dims}
    sought = [value for value, each in values.items() if each.name not in own]
    fixed = {value: pt.constant(np.asarray(start[value.name], float)) for value in values}
    way = Straightening(model, guide, {}, {**fixed, **{each: each for each in sought}})
    push, total = pt.dscalar("push"), pt.dscalar("total")
    log_ratio, _ = unfolded(pt.constant(_USUAL_RATIO), pt.ones(()))
    way.story.update(spread_out(way, way.value("disagreement"), push, total, log_ratio))
    inputs = [push, total, *sought]
    shapes = [(), (), *(np.shape(start[each.name]) for each in sought)]
    begin = [np.array(_STARTS), *(np.ravel(start[each.name]) for each in sought)]

    def written(graphs: Sequence[TensorVariable]) -> Program:
        return program_of(graphs, inputs, shapes)

    told = [each for each, _ in guide.crowds]
    terms = [model.logp(vars=model.free_RVs), *(each.log_likelihood for each in told)]
    density = written([pt.add(*way.stated(terms))]).density()
    found = _likeliest(density, np.concatenate(begin))
    answered = written(way.stated([each.answered_middle for each in told]))
    middles = tuple(each[0] for each in answered.values(found[None]))
    shape = written([shape_of(way, middles)])
    inverse = _inverse(shape, found, np.array([np.exp(found[1]), 1.0]))
    here = shape.values(found[None])[0][0]
    return Usual(float(found[0]), float(found[1]), here, inverse, middles)


def _likeliest(density: Density, begin: FloatArray) -> FloatArray:
    def misfit(point: FloatArray) -> tuple[float, FloatArray]:
        value, gradient = density(point)
        return (-value, -gradient) if np.isfinite(value) else (np.inf, 0 * point)

    return minimize(misfit, begin, jac=True, method="L-BFGS-B").x


def _inverse(shape: Program, found: FloatArray, units: FloatArray) -> FloatArray:
    """Give the changes of push and total, in units, to a change of shape (2, 2)."""
    sides = np.diag(_STEPS) @ np.eye(2, len(found))
    ahead, behind = (shape.values(found + sign * sides)[0] for sign in (1, -1))
    change = ((ahead - behind) / (2 * np.array(_STEPS)[:, None])).T * units
    clear = np.isfinite(change).all() and np.linalg.cond(change) < _BLURRED
    return np.linalg.inv(change) if clear else np.zeros((2, 2))
