"""Coordinates of how experts deviate from the panel: by what their answers pin down."""

from dataclasses import replace

import numpy as np
import pytensor.tensor as pt
from pytensor.tensor.variable import TensorVariable

from takeoff.models.bend import bend
from takeoff.models.guide import INSPECTED
from takeoff.models.rise import HAZARD, PULL, Rise, excess, inspection_odds, width
from takeoff.models.special import FloatArray
from takeoff.models.straightening import Straightening
from takeoff.models.worldviews import OFFENSE, TAIL_SPREAD

__all__ = ["deviate", "deviate_where_felt"]

_FELT_AT: dict[str, float] = {"slip": -1.0, "response": 1.0}
"""At which end deviations are felt: slip where it is small, response where it leaves little."""
_EXACT_STEPS = 2
"""After one, levels near saturation are still off by more than the noise of careful experts."""
_MISHEARD = 0.6
"""By how much experts of median care miss their levels, about, in log-odds."""


def deviate_where_felt(way: Straightening) -> TensorVariable:
    """Count deviations but those in offense by what they bring about; give the log volume.

    One of no great reach is what the prior says; where it reaches far, what it brings about is
    what the expert said.
    """
    rough, free, story = way.guide.rough, way.free, way.story
    values = {name: way.value(f"{name}_deviation") for name in ("margin", *_FELT_AT)}
    story.update({value: pt.zeros_like(free[value]) for value in values.values()})
    volume = _margin(way)
    for name, end in _FELT_AT.items():
        start, reach = way.stated([end * rough.real[name], rough.reach[name]])
        deviation, slope = bend(end * free[values[name]], start, reach)
        story[values[name]] = end * deviation
        volume -= slope.sum()
    if way.has("efficacy_deviation"):
        value = way.value("efficacy_deviation")
        (unit,) = way.stated([1 + way.model["efficacy_disagreement"]])
        story[value] = free[value] / unit
        volume -= len(way.guide.anchor) * pt.log(unit)
    return volume


def _margin(way: Straightening) -> TensorVariable:
    """Count deviations in margin, of far experts by their soundness; give the log volume."""
    rough, value = way.guide.rough, way.value("margin_deviation")
    far, outlying = way.guide.is_far(), way.guide.outlying()
    sound, reach, inspection, more = way.stated(
        [
            rough.soundness,
            rough.reach["margin"] / width(way.model.named_vars),
            inspection_odds(way.model.named_vars),
            excess(rough.views, outlying),
        ]
    )
    own = way.free[value]
    start = HAZARD * (sound + INSPECTED * inspection)
    near, slope = bend(own, start, HAZARD * reach)
    out = (own + outlying - (sound - more / outlying)) / reach
    way.story[value] = pt.where(far, out, near)
    return -pt.where(far, pt.log(reach), slope).sum()


def deviate(way: Straightening) -> TensorVariable:
    """Change deviations in offense for the levels that they bring about; give the log volume.

    First to where the rough level is what the expert said; what the world says there tells where
    its own is. Where centres and contrasts count from the offenses found, they are changed too.
    Deviations count from between there and the prior's mean, the nearer to it the less offense is
    felt: else they would grow without bound as the experts' disagreement shrinks.
    """
    guide, free, story, model = way.guide, way.free, way.story, way.model
    deviation = way.value("offense_deviation")
    pinned = np.isfinite(guide.anchor)
    recenter = _recenter_few if guide.crowds else _recenter
    if not pinned.any():
        recenter(way, pt.zeros_like(free[deviation]))
        return pt.zeros(())
    # Deviations are sought from where offense stands now.
    seeking = replace(way, story=dict(story))
    seeking.story[deviation] = pt.zeros_like(free[deviation])
    own, anchor, rough = free[deviation], np.where(pinned, guide.anchor, 0.0), guide.rough.rise
    most, force, slope, scaled, care = seeking.stated(
        [rough.most, rough.force, model["decisiveness"], rough.slope, model["care"]]
    )
    reach = scaled / slope
    rise, target = Rise(most, force, slope), pt.constant(anchor)
    for _ in range(_EXACT_STEPS):
        near = pinned * rise.near(target)
        seeking.story[deviation] = near / reach
        stated, level, most = seeking.stated([guide.stated, guide.level, guide.most])
        share = pt.minimum(-pt.softplus(-level) - most, -1e-9)
        rise = Rise(most, share - pt.log(-pt.expm1(share)) - slope * near, slope)
        target = anchor - (stated - level)
    near = rise.near(target)
    middle = recenter(way, near)
    rise = Rise(rise.most, rise.force + slope * middle, scaled)
    unit = care / (1 + care)  # the more careful, the closer what is said pins down the level
    said = (near - middle) / reach
    heard = (rise.steepness(said) / (_MISHEARD * care)) ** 2
    expected = said * heard / (1 + heard)
    there = rise.deviation(own * unit + rise.level(expected), expected, PULL)
    story[deviation] = pt.where(pinned, there, own)
    return ((pt.log(unit) - pt.log(rise.steepness(there) + PULL)) * pinned).sum()


def _recenter_few(way: Straightening, near: TensorVariable) -> TensorVariable:
    """Count the offense of camps that no crowd is of from the offenses found, likewise."""
    guide, free, story, model = way.guide, way.free, way.story, way.model
    members = guide.camps_of_few()
    if not members.any():
        return pt.zeros_like(near)
    contrast, spread = way.value("contrast"), guide.spreads[OFFENSE]
    (steep,) = way.stated([model["decisiveness"]])
    means = _means(way, members * np.isfinite(guide.anchor), near)
    own = pt.concatenate([pt.zeros(1), spread * free[contrast][:, OFFENSE] / steep])
    means += pt.where(members.any(axis=1), own, 0.0)
    center, *between = [(row * means).sum() for row in guide.stations()]
    story[way.value("offense")] += center
    moved = pt.inc_subtensor(story[contrast][:, OFFENSE], pt.stack(between) / spread)
    story[contrast] = moved
    return center + pt.dot(pt.constant(guide.contrasts), pt.stack(between))


def _recenter(way: Straightening, near: TensorVariable) -> TensorVariable:
    """Count the centre of offense and its contrasts from the offenses found.

    ``near`` (expert,) counts them from where offense stands; so does what is given, by how much
    each expert's is now expected to differ.
    """
    guide, free, story, model = way.guide, way.free, way.story, way.model
    value = way.value("offense")
    pinned = np.isfinite(guide.anchor)
    camps, camp_of = np.unique(guide.contrasts[pinned], axis=0, return_inverse=True)
    members = np.zeros((len(camps), len(pinned)))
    members[camp_of, pinned.nonzero()[0]] = 1.0
    (steep,) = way.stated([model["decisiveness"]])
    means = _means(way, members, near)
    shares = np.linalg.pinv(np.column_stack([np.ones(len(camps)), camps]))
    center, *between = [(row * means).sum() if len(camps) else 0.0 for row in shares]
    center = center + free[value]
    story[value] += center
    if not way.has("contrast"):
        return center
    contrast = way.value("contrast")
    apart = free[contrast][:, OFFENSE] / steep + pt.stack(between) / guide.spreads[OFFENSE]
    story[contrast] = pt.set_subtensor(story[contrast][:, OFFENSE], apart)
    return center + guide.spreads[OFFENSE] * pt.dot(pt.constant(guide.contrasts), apart)


def _means(way: Straightening, members: FloatArray, near: TensorVariable) -> TensorVariable:
    """Give the means of members (camp, expert) of what was found: (camp,)."""
    (tail,) = way.stated([pt.exp(TAIL_SPREAD * way.model["log_tail"])])
    weight = members * tail**-2  # as in a mean of what scatters so
    return (weight * near).sum(axis=1) / (1 + weight.sum(axis=1))
