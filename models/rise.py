"""How an expert's level rises with offense, and the deviation at which it is as high as stated.

More offense makes more takeover, up to all the misaligned that no warning stops::

    log P(extinction) = most + log σ(force + slope · deviation)

The sampler's coordinates (``coordinates``) need the deviation at which the level, in log-odds,
and a weak pull toward a start balance. The level is concave in the deviation and rises, so Newton's
method converges from everywhere.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytensor.tensor as pt
from pytensor.graph.basic import Apply
from pytensor.graph.op import Op
from pytensor.tensor.variable import TensorVariable

from takeoff.models.arrival import EPOCH
from takeoff.models.histories import Step
from takeoff.models.provenance import homogeneity
from takeoff.models.scenario import Scenario
from takeoff.models.special import FloatArray, compiled

__all__ = [
    "HAZARD",
    "PULL",
    "YEARS_LEFT",
    "Rise",
    "Rough",
    "defence",
    "excess",
    "inspection_odds",
    "racing",
    "rough_rise",
    "soundness",
    "width",
]

YEARS_LEFT = 2100 - EPOCH
"""Of this century."""
HAZARD = 2.0
"""What a probit is worth in log-odds, where worldviews are neither sure nor hopeless."""
PULL = 0.3
"""Slope of a coordinate where offense is hardly felt, in log-odds: about the noise of levels."""
_DEFENDING = 0.3
"""Share of AI resources, about, that defends where offense decides."""
_NEARLY_ONE = 1e-3
"""Log of the least that is left of certainty in a rough level, which may exceed it."""
_LEFT = 0.5
"""How smoothly a level too high to reach is taken for one that is nearly reached."""


@dataclass(frozen=True)
class Rise:
    """The rise of each expert's level, all (expert,): logarithm of the most, force, slope."""

    most: TensorVariable
    force: TensorVariable
    slope: TensorVariable

    def level(self, deviation: TensorVariable) -> TensorVariable:
        """Give the level in log-odds (expert,)."""
        log_level = self.most - pt.softplus(-self.force - self.slope * deviation)
        return log_level - pt.log1p(-pt.exp(log_level))

    def steepness(self, deviation: TensorVariable) -> TensorVariable:
        """Give the derivative of the level by the deviation (expert,)."""
        push = self.force + self.slope * deviation
        return self.slope * pt.sigmoid(-push) / (1 - pt.exp(self.most) * pt.sigmoid(push))

    def near(self, level: Any) -> TensorVariable:
        """Give about the deviation at which a level is reached, or nearly the most (expert,)."""
        # P(no takeover)/P(takeover) of the misaligned; never quite 0, however high the level.
        odds = pt.exp(self.most + pt.softplus(-level)) - 1
        push = -pt.log(0.5 * (odds + pt.sqrt(odds**2 + _LEFT)))
        return (push - self.force) / self.slope

    def deviation(
        self, level: TensorVariable, start: TensorVariable, pull: float
    ) -> TensorVariable:
        """Solve level(d) + pull · (d − start) = level for d (expert,)."""
        return _Root()(self.most, self.force, self.slope, level, start, pull)[:, 0]


@dataclass(frozen=True)
class Rough:
    """A rough idea of each worldview, (expert,).

    Attributes
    ----------
    rise
        How its level rises with the deviation in offense.
    soundness
        How sound first candidates are; probit.
    real, reach
        Varying parameters on the real line, and what a unit of the deviation adds, by name.
    views
        The worldviews: every parameter by name, each (expert,) or of length 1.
    """

    rise: Rise
    soundness: TensorVariable
    real: Mapping[str, TensorVariable]
    reach: Mapping[str, TensorVariable]
    views: Mapping[str, TensorVariable]


@compiled
def _root(
    most: float, force: float, slope: float, level: float, start: float, pull: float
) -> float:
    # Left of the root: there, were takeover not to saturate, the level would be reached.
    root = (level - most - force + pull * start) / (slope + pull)
    for _ in range(50):
        push = force + slope * root
        log_level = most + min(push, 0.0) - math.log1p(math.exp(-abs(push)))
        rest = -math.expm1(log_level)
        left = log_level - math.log(rest) + pull * (root - start) - level
        held = 1 / (1 + math.exp(push))
        step = left / (slope * held / rest + pull)
        root -= step
        if abs(step) < 1e-9 * (1 + abs(root)):
            break
    return root


@compiled
def _roots(
    most: FloatArray,
    force: FloatArray,
    slope: FloatArray,
    level: FloatArray,
    start: FloatArray,
    pull: float,
) -> FloatArray:
    roots = np.empty((len(most), 1))
    for i in range(len(most)):
        roots[i, 0] = _root(most[i], force[i], slope[i], level[i], start[i], pull)
    return roots


@compiled
def _roots_on_tape(
    most: FloatArray,
    force: FloatArray,
    slope: FloatArray,
    level: FloatArray,
    start: FloatArray,
    pull: float,
) -> tuple[FloatArray, FloatArray]:
    roots = _roots(most, force, slope, level, start, pull)
    return roots, roots


@compiled
def _roots_from_tape(
    most: FloatArray,
    force: FloatArray,
    slope: FloatArray,
    level: FloatArray,
    start: FloatArray,
    roots: FloatArray,
    d_roots: FloatArray,
    pull: float,
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray]:
    """Carry derivatives back, as those of an implicit function."""
    by_most, by_force, by_slope = np.empty_like(most), np.empty_like(most), np.empty_like(most)
    by_level, by_start = np.empty_like(most), np.empty_like(most)
    for i in range(len(most)):
        root = roots[i, 0]
        push = force[i] + slope[i] * root
        log_level = most[i] + min(push, 0.0) - math.log1p(math.exp(-abs(push)))
        rise = -1 / math.expm1(log_level)
        steep = rise / (1 + math.exp(push))
        by_level[i] = d_roots[i, 0] / (slope[i] * steep + pull)
        by_most[i] = -by_level[i] * rise
        by_force[i] = -by_level[i] * steep
        by_slope[i] = by_force[i] * root
        by_start[i] = by_level[i] * pull
    return by_most, by_force, by_slope, by_level, by_start


@compiled
def _roots_reverse(
    most: FloatArray,
    force: FloatArray,
    slope: FloatArray,
    level: FloatArray,
    start: FloatArray,
    d_roots: FloatArray,
    pull: float,
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray]:
    roots = _roots(most, force, slope, level, start, pull)
    return _roots_from_tape(most, force, slope, level, start, roots, d_roots, pull)


class _Root(Op):
    """The deviations at which rises, pulled toward starts, reach their levels: (expert, 1)."""

    __props__ = ()
    kernel = Step(5, _roots, _roots_reverse, _roots_on_tape, _roots_from_tape)

    def make_node(self, *inputs: Any) -> Apply:
        """Make the node of one application."""
        *vectors, pull = (pt.as_tensor(each) for each in inputs)
        vectors = pt.broadcast_arrays(*vectors)
        return Apply(self, [*vectors, pull], [pt.tensor(dtype="float64", shape=(None, 1))])

    def perform(self, node: Apply, inputs: Any, outputs: Any) -> None:
        """Solve."""
        *vectors, pull = inputs
        outputs[0][0] = _roots(*(np.ascontiguousarray(each) for each in vectors), float(pull))


def inspection_odds(values: Mapping[str, TensorVariable]) -> TensorVariable:
    """Give what inspection adds to the log-odds that what is fielded is aligned."""
    return pt.log1p(-values["false_alarm"]) - pt.log1p(-values["detection"])


def width(views: Mapping[str, TensorVariable]) -> TensorVariable:
    """Give by how much doubt widens a probit score, √(1 + doubt²) (expert,)."""
    return pt.sqrt(1 + views["doubt"] ** 2)


def defence(views: Mapping[str, TensorVariable]) -> TensorVariable:
    """Give what offense has to beat where it decides: the logarithm of resources (expert,).

    Most projects are misaligned there, and little of what AI resources there are defends.
    """
    return pt.log(_DEFENDING + views["human_defense"])


def racing(views: Mapping[str, TensorVariable]) -> TensorVariable:
    """Give what racing among the default number of projects takes off margin (expert,)."""
    return views["race"] * np.log(Scenario().projects)


def soundness(views: Mapping[str, TensorVariable]) -> TensorVariable:
    """Give how sound first candidates are: a probit score, doubt integrated out (expert,)."""
    return (views["margin"] - racing(views)) / width(views)


def excess(views: Mapping[str, TensorVariable], hazard: FloatArray | float) -> TensorVariable:
    """Give log P(any project ends misaligned) less that of one first candidate, roughly (expert,).

    Inspection lowers it; further draws, less what uplift spares, and further projects raise it.
    ``hazard`` is what a probit is worth.
    """
    scenario = Scenario()
    renewal = (
        scenario.draws
        * pt.exp(views["haste"] * np.log(scenario.projects))
        * (1 - views["inheritance"])
    )
    spared = pt.exp(-hazard * views["uplift"] / width(views))
    kin = homogeneity(views, scenario)
    return (
        pt.log1p(-views["detection"])
        + pt.log1p(renewal * spared)
        + pt.log(kin + scenario.projects * (1 - kin))
    )


def rough_rise(views: Mapping[str, TensorVariable], scale: TensorVariable) -> Rise:
    """Give the rise of each worldview's level, roughly.

    ``scale`` is what one unit of the deviation adds to offense.
    """
    late = (np.log(YEARS_LEFT) - pt.log(views["arrival_median"])) / views["arrival_spread"]
    most = (
        pt.log(views["lethality"])
        + pt.log(0.5 * pt.erfc(-late * np.sqrt(0.5)))
        + pt.log(0.5 * pt.erfc(soundness(views) * np.sqrt(0.5)))
        + excess(views, HAZARD)
    )
    # With no aligned project to help the humans: where worlds are decisive that is the first of
    # the steps in which levels rise, and from beyond it none of them would be found again.
    force = views["decisiveness"] * (views["offense"] - pt.log(views["human_defense"]))
    return Rise(pt.minimum(most, -_NEARLY_ONE), force, views["decisiveness"] * scale)
