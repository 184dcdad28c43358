"""Coordinates of a panel's centre, of what sets its camps apart, and of its noise."""

import numpy as np
import pytensor.tensor as pt
from pytensor.tensor.variable import TensorVariable

from takeoff.models.bend import bend, gentle
from takeoff.models.crowd_coordinates import gather
from takeoff.models.questions import READINGS
from takeoff.models.rise import HAZARD, YEARS_LEFT, defence, inspection_odds, racing, width
from takeoff.models.straightening import Straightening
from takeoff.models.usual_crowd import usual_crowd
from takeoff.models.worldviews import MARGIN, OFFENSE

__all__ = ["center", "settle"]

_USUAL_ARRIVAL = 30.0
"""Median years until transformative AI from which others are counted: about the usual."""
_UNFELT = 0.6
"""Units of a coordinate to a probit of a camp's soundness, all being misaligned anyway."""


def center(way: Straightening) -> TensorVariable:
    """Count centres and contrasts from what moves with them; give the log volume."""
    guide, free, story, model = way.guide, way.free, way.story, way.model
    volume = _arrive(way)
    wide, ahead, steep, care = way.stated(
        [
            width(model.named_vars),
            defence(model.named_vars),
            model["decisiveness"],
            pt.log(model["care"]).mean(),
        ]
    )
    if way.has("contrast"):
        contrast = way.value("contrast")
        nothing = pt.zeros_like(free[contrast][:, OFFENSE])
        story[contrast] = pt.set_subtensor(free[contrast][:, OFFENSE], nothing)
        volume -= guide.contrasts.shape[1] * pt.log(steep)
    if guide.crowds:
        volume += gather(way, usual_crowd(model, guide, settle), settle)
    else:
        volume += settle(way, free[way.value("margin")])
        disagreement = way.value("disagreement")
        scaled = pt.inc_subtensor(story[disagreement][MARGIN], pt.log(wide))
        story[disagreement] = pt.inc_subtensor(scaled[OFFENSE], -pt.log(steep))
        # And more, once it is known where experts stand.
        story[way.value("offense")] = ahead
    # A crowd settles the noise of levels, if it is theirs, whatever the care of a few experts.
    theirs = guide.crowds != () and not way.has("crowd_noise")
    settled = np.array([theirs and each == "level" for each in READINGS])
    noise = way.value("noise")
    story[noise] = free[noise] - pt.where(settled, 0.0, care)
    return volume


def _arrive(way: Straightening) -> TensorVariable:
    """Count the median arrival by what it leaves of this century; give the log volume."""
    value = way.value("arrival_median")
    (steep,) = way.stated([HAZARD / way.model["arrival_spread"]])
    usual = np.log(_USUAL_ARRIVAL)
    later, slope = bend(way.free[value], steep * (usual - np.log(YEARS_LEFT)), steep)
    way.story[value] = usual + later
    return -slope


def settle(way: Straightening, centre: TensorVariable) -> TensorVariable:
    """Count margin's centre and contrasts by the camps' soundness; give the log volume."""
    guide, free, story, model = way.guide, way.free, way.story, way.model
    (wide,) = way.stated([width(model.named_vars)])
    margin, spread = way.value("margin"), guide.spreads[MARGIN]
    inspection, lost = way.stated([inspection_odds(model.named_vars), racing(model.named_vars)])
    made_of, moves = guide.camps()
    own = centre[None]
    if way.has("contrast"):
        own = pt.concatenate([own, spread * free[way.value("contrast")][:, MARGIN]])
    start = HAZARD * moves * inspection
    means = (made_of @ guide.stations() * own).sum(axis=1) - gentle(start)
    sound, slope = bend(means, start, HAZARD / _UNFELT)
    parts = wide * (np.linalg.inv(made_of) * sound).sum(axis=1) / _UNFELT
    story[margin] = parts[0] + lost
    if way.has("contrast"):
        contrast = way.value("contrast")
        story[contrast] = pt.set_subtensor(story[contrast][:, MARGIN], parts[1:] / spread)
    volume = len(moves) * (pt.log(wide) - np.log(_UNFELT)) - slope.sum()
    return volume + np.linalg.slogdet(guide.stations())[1]
