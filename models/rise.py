"""How an expert's level rises with offense, and the deviation at which it is as high as stated.

More offense makes more takeover, up to all the misaligned that no warning stops::

    log P(extinction) = most + log σ(force + slope · deviation)

The sampler's coordinates (``coordinates``) need the deviation at which the level, in log-odds,
and a weak pull toward a start balance. The level is concave in the deviation and rises, so Newton's
method converges from everywhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
import pytensor.tensor as pt
from pytensor.graph.basic import Apply
from pytensor.graph.op import Op
from pytensor.link.numba.dispatch.basic import numba_njit, register_funcify_default_op_cache_key
from pytensor.tensor.variable import TensorVariable

from takeoff.models.scenario import Scenario
from takeoff.models.special import FloatArray

__all__ = ["Rise", "Rough", "inspection_odds", "rough_rise", "soundness"]

_NEARLY = 1.0
"""Log-odds of takeover, given the most, beyond which offense is hardly felt."""


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

    def near(self, level: FloatArray) -> TensorVariable:
        """Give about the deviation at which a small level is reached, or nearly the most."""
        push = -pt.logaddexp(self.most - level, -_NEARLY)
        return (push - self.force) / self.slope

    def deviation(
        self, level: TensorVariable, start: TensorVariable, pull: float
    ) -> TensorVariable:
        """Solve level(d) + pull · (d − start) = level for d (expert,)."""
        return _Root(pull)(self.most, self.force, self.slope, level, start)


@dataclass(frozen=True)
class Rough:
    """A rough idea of each worldview, all (expert,).

    Attributes
    ----------
    rise
        How its level rises with the deviation in offense.
    soundness
        How sound what is fielded is; probit.
    reach
        What one unit of the deviation in margin adds to soundness.
    """

    rise: Rise
    soundness: TensorVariable
    reach: TensorVariable

    def sounder(self, level: FloatArray) -> tuple[TensorVariable, TensorVariable]:
        """Give the likeliest deviation in margin of a small level, and its standard deviation.

        Deviations in margin and offense, both standard normal, make the level together: the
        likeliest pair by three steps of Gauss and Newton's method, with a hazard that is nearly
        the normal's.
        """
        deviation: Any = 0.0
        reached = self.rise.most + self.rise.force
        hazard = _hazard(self.soundness)
        for _ in range(3):
            lowered = self.reach * hazard
            gap = reached - level + lowered * deviation
            following = lowered * gap / (self.rise.slope**2 + lowered**2)
            beyond = _hazard(self.soundness + self.reach * following)
            reached = reached - 0.5 * (hazard + beyond) * self.reach * (following - deviation)
            deviation, hazard = following, beyond
        return deviation, 1 / pt.sqrt(1 + (self.reach * hazard / self.rise.slope) ** 2)


def _hazard(score: TensorVariable) -> TensorVariable:
    """Give about φ(x)/Φ(−x), within a tenth."""
    return 0.5 * score + pt.sqrt(0.25 * score**2 + 0.64)


@numba.njit(cache=True)
def _solve(
    most: FloatArray,
    force: FloatArray,
    slope: FloatArray,
    level: FloatArray,
    start: FloatArray,
    pull: float,
) -> FloatArray:
    roots = np.empty_like(force)
    for i in range(len(force)):
        # Left of the root: there, were takeover not to saturate, the level would be reached.
        root = (level[i] - most[i] - force[i] + pull * start[i]) / (slope[i] + pull)
        for _ in range(50):
            push = force[i] + slope[i] * root
            below = np.exp(-abs(push))
            log_share = min(push, 0.0) - np.log1p(below)
            held = (below if push > 0 else 1.0) / (1 + below)
            log_level = most[i] + log_share
            rest = -np.expm1(log_level)
            left = log_level - np.log(rest) + pull * (root - start[i]) - level[i]
            step = left / (slope[i] * held / rest + pull)
            root -= step
            if abs(step) < 1e-9 * (1 + abs(root)):
                break
        roots[i] = root
    return roots


class _Root(Op):
    """The deviations at which rises, pulled toward starts, reach their levels."""

    __props__ = ("pull",)

    def __init__(self, pull: float) -> None:
        self.pull = pull

    def make_node(self, *inputs: Any) -> Apply:
        """Make the node of one application."""
        vectors = pt.broadcast_arrays(*(pt.as_tensor(each) for each in inputs))
        return Apply(self, list(vectors), [vectors[0].type()])

    def perform(self, node: Apply, inputs: Any, outputs: Any) -> None:
        """Solve."""
        outputs[0][0] = _solve(*inputs, self.pull)

    def pullback(self, inputs: Any, outputs: Any, cotangents: Any) -> list[TensorVariable]:
        """Carry derivatives back, as those of an implicit function."""
        most, force, slope, _, _ = inputs
        (root,) = outputs
        push = force + slope * root
        by_most = 1 / (1 - pt.exp(most) * pt.sigmoid(push))
        by_force = pt.sigmoid(-push) * by_most
        by_level = cotangents[0] / (slope * by_force + self.pull)
        rise = [by_most, by_force, root * by_force]
        return [*(-by_level * each for each in rise), by_level, by_level * self.pull]


@register_funcify_default_op_cache_key(_Root)
def _root_in_numba(op: _Root, **_: Any) -> tuple[Any, int]:
    pull = op.pull

    @numba_njit
    def run(most, force, slope, level, start):  # type: ignore[no-untyped-def]
        return _solve(most, force, slope, level, start, pull)

    return run, 1


def inspection_odds(values: Mapping[str, TensorVariable]) -> TensorVariable:
    """Give what inspection adds to the log-odds that what is fielded is aligned."""
    return pt.log1p(-values["false_alarm"]) - pt.log1p(-values["detection"])


def soundness(views: Mapping[str, TensorVariable]) -> TensorVariable:
    """Give how sound what is fielded is, roughly: a probit score (expert,).

    Of one project against the rest, its margin with racing and inspection, doubt integrated out.
    """
    racing = views["race"] * np.log(Scenario().projects)
    fielded = views["margin"] + 0.6 * inspection_odds(views) - racing
    return fielded / pt.sqrt(1 + views["doubt"] ** 2)


def rough_rise(views: Mapping[str, TensorVariable], scale: TensorVariable) -> Rise:
    """Give the rise of each worldview's level, roughly.

    ``scale`` is what one unit of the deviation adds to offense.
    """
    late = (pt.log(75.0) - pt.log(views["arrival_median"])) / views["arrival_spread"]
    most = (
        pt.log(views["lethality"])
        + pt.log(0.5 * pt.erfc(-late * np.sqrt(0.5)))
        + pt.log(0.5 * pt.erfc(soundness(views) * np.sqrt(0.5)))
    )
    force = views["decisiveness"] * (views["offense"] - pt.log1p(views["human_defense"]))
    return Rise(most, force, views["decisiveness"] * scale)
