"""Coordinates of what a crowd's answers pin down: how they lie, whatever their middle.

Thousands of answers tell their shape to a few hundredths, and everything in a world moves it. Three
of the story's variables, the knobs, are counted so that it stays as it usually is: the centre of
offense, that of margin, and how far people disagree in all. The shape is worked out at usual
knobs; how they change it there depends on little but the ratio of disagreements (``usual_crowd``),
so one step leads to where the shape is the usual one, and coordinates are counted from there.
"""

from dataclasses import replace

import numpy as np
import pytensor.tensor as pt
from pytensor.tensor.variable import TensorVariable

from takeoff.models.bend import shared_out, unfolded
from takeoff.models.straightening import Straightening
from takeoff.models.usual_crowd import KNOBS, Settle, Usual, shape_of, spread_out
from takeoff.models.worldviews import MARGIN, OFFENSE

__all__ = ["gather"]

_FARTHEST_STEP = np.array([6.0, 1.0, 2.0])
"""Of each knob: farther steps come from worlds in which answers have no shape to speak of."""


def gather(way: Straightening, usual: Usual, settle: Settle) -> TensorVariable:
    """Count centres and disagreement by the shape of a crowd's answers; give the log volume.

    People differ by s as margins do, and by t as offense does: the shape pins s² + t² down, and
    hardly says which it is. So these are counted by √(s² + t²) and by s / t, of which either may
    be next to nothing.
    """
    model = way.model
    value = way.value("disagreement")
    own = way.free[value]
    prior = model["disagreement"].owner.op.dist_params(model["disagreement"].owner)[1]
    pair = [MARGIN, OFFENSE]
    _, undone = unfolded(own[pair], pt.broadcast_to(prior, own.shape)[pair])
    log_ratio, volume = shared_out(own[MARGIN])
    near, start = usual.near(own[MARGIN]), dict(way.story)

    def at(knobs: TensorVariable) -> tuple[Straightening, TensorVariable]:
        there = replace(way, story=dict(start))
        push, total, sound = (knobs[row] for row in range(len(KNOBS)))
        slope = settle(there, sound)
        there.story.update(spread_out(there, start[value], push, total, log_ratio))
        return there, slope

    base, _ = at(near.knobs)
    missing = near.shape - shape_of(base, usual.measure)
    step = (near.gain * missing[None]).sum(axis=1)
    step = step / pt.sqrt(1 + (step / _FARTHEST_STEP) ** 2)
    free = pt.stack([way.free[way.value("offense")], own[OFFENSE], way.free[way.value("margin")]])
    there, slope = at(near.knobs + step + (near.scale * free[None]).sum(axis=1))
    way.story.update(there.story)
    (steep,) = way.stated([model["decisiveness"]])
    scaled = pt.add(*(pt.log(near.scale[row, row]) for row in range(len(KNOBS))))
    own = np.linalg.slogdet(way.guide.stations())[1]
    return volume + slope + scaled + own - undone - pt.log(steep)
