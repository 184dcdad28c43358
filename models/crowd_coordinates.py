"""Coordinates of what a crowd's answers pin down: how its levels lie, whatever their middle.

Thousands of answers tell the width and the skewness of a crowd's levels to a few hundredths, and
everything in a world moves both. Two of the story's variables are counted so that, as all else
varies, the levels keep their shape: the centre of offense, and how far people disagree in all. The
shape is worked out at fixed values of the two; how they change it there hardly depends on anything
else (``usual_crowd``), so one step leads to where the shape is the usual one.
"""

from dataclasses import replace

import numpy as np
import pytensor.tensor as pt
from pytensor.tensor.variable import TensorVariable

from takeoff.models.bend import gentle, unfolded
from takeoff.models.straightening import Straightening
from takeoff.models.usual_crowd import Usual, shape_of, spread_out
from takeoff.models.worldviews import MARGIN, OFFENSE

__all__ = ["gather", "less_sound"]

_FARTHEST_STEP = (2.0, 1.0)
"""Of the centre in units of total disagreement, and of the logarithm of that: farther steps come
from worlds in which levels have no shape to speak of."""
_LESS_SOUND, _FROM = 1.2, -0.3
"""Units of margin's coordinate by which a crowd's centre is lower for each unit of that of its
ratio of disagreements, and from where on: seen in ESPAI's posterior, in which people disagree
either in offense or in margin."""


def gather(way: Straightening, usual: Usual) -> TensorVariable:
    """Count the centre of offense, and disagreement, by the shape of levels; give the log volume.

    People differ by s as margins do, and by t as offense does: the shape pins s² + t² down, and
    hardly says which it is. So these are counted by √(s² + t²) and by s / t, unfolded, as either
    may be next to nothing.
    """
    model = way.model
    value, centre = way.value("disagreement"), way.value("offense")
    own = way.free[value]
    prior = model["disagreement"].owner.op.dist_params(model["disagreement"].owner)[1]
    pair = [MARGIN, OFFENSE]
    _, undone = unfolded(own[pair], pt.broadcast_to(prior, own.shape)[pair])
    log_ratio, volume = unfolded(own[MARGIN], pt.ones(()))
    start = way.story[value]

    def at(push: TensorVariable, total: TensorVariable) -> Straightening:
        return replace(way, story={**way.story, **spread_out(way, start, push, total, log_ratio)})

    base, unit = np.array([usual.push, usual.total]), np.exp(usual.total)
    shape = shape_of(at(*(pt.constant(each) for each in base)), usual.middles)
    missing = [usual.shape[row] - shape[row] for row in range(len(base))]
    step = [
        _held(row[0] * missing[0] + row[1] * missing[1], most)
        for row, most in zip(usual.inverse, _FARTHEST_STEP, strict=True)
    ]
    push = base[0] + unit * (step[0] + way.free[centre])
    way.story.update(at(push, base[1] + step[1] + own[OFFENSE]).story)
    (steep,) = way.stated([model["decisiveness"]])
    return volume - undone + usual.total - pt.log(steep)


def less_sound(way: Straightening) -> TensorVariable:
    """Give by how much a crowd's centre of margin is lower where people disagree in margins."""
    ratio = way.free[way.value("disagreement")][MARGIN]
    return _LESS_SOUND * gentle(2 * (ratio - _FROM)) / 2


def _held(step: TensorVariable, most: float) -> TensorVariable:
    """Hold a step to less than the farthest, smoothly."""
    return step / pt.sqrt(1 + (step / most) ** 2)
