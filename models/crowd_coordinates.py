"""Coordinates of what a crowd's answers pin down: where its levels lie, and how far apart."""

import numpy as np
import pytensor.tensor as pt
from pytensor.tensor.variable import TensorVariable

from takeoff.models.bend import unfolded
from takeoff.models.rise import NEARLY_ONE, PULL, Rise, excess, soundness
from takeoff.models.straightening import Straightening
from takeoff.models.worldviews import MARGIN, OFFENSE, VARYING

__all__ = ["advance", "disagree"]

_USUAL = -2.5
"""Log-odds of takeover about where crowds stand."""
_WORTH = 2.0
"""What a probit of margin is worth in units of decisiveness times offense, in a crowd's levels."""


def disagree(way: Straightening, wide: TensorVariable, steep: TensorVariable) -> TensorVariable:
    """Count disagreement from how far apart a crowd's levels lie; give the log volume.

    They differ by s as margins do, and by t as offense does: the crowd pins s² + t² down, and
    hardly says which it is. So these are counted by the logarithms of √(s² + t²) and of s / t.
    """
    variable, value = way.model["disagreement"], way.value("disagreement")
    own = way.free[value][MARGIN]
    ratio = 2 * own
    _, volume = unfolded(own, variable.owner.op.dist_params(variable.owner)[1])
    of_margin = pt.log(wide / _WORTH) - 0.5 * pt.softplus(-ratio)
    of_offense = -pt.log(steep) - 0.5 * pt.softplus(ratio)
    total = way.story[value][OFFENSE]
    counted = pt.set_subtensor(way.story[value][MARGIN], total + of_margin)
    way.story[value] = pt.set_subtensor(counted[OFFENSE], total + of_offense)
    return -volume


def advance(way: Straightening) -> TensorVariable:
    """Count the centre of offense by the level that it brings about; give the log volume.

    In log-odds of takeover, from about where crowds stand.
    """
    model, value = way.model, way.value("offense")
    views = {**way.guide.rough.views, **{name: model[name][None] for name in VARYING}}
    steep = views["decisiveness"]
    most = pt.log(0.5 * pt.erfc(soundness(views) * np.sqrt(0.5))) + excess(views, _WORTH)
    force = -steep * pt.log1p(views["human_defense"])
    most, force, slope = way.stated([pt.minimum(most, -NEARLY_ONE), force, steep])
    rise = Rise(most, force, slope)
    start = rise.near(pt.constant(np.array([_USUAL])))
    there = rise.deviation(way.free[value][None] + _USUAL, start, PULL)
    way.story[value] = there[0]
    return -pt.log(rise.steepness(there) + PULL).sum()
