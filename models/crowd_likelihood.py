"""The likelihood of a crowd's answers: an integral over all worldviews that its people may hold.

A person's answers to questions q, each an interval, have the probability::

    ∫∫ Π P(lower_q < level_q(v) + offset_q + noise·care·ε < upper_q) dP(v) dP(care)

over the deviation v from the camp's centre, tail multiplier included, and care. All questions of
a crowd ask for what takeover decides, of which the level is a function. So the integral over v is
done in two steps: nodes of v (``lattice``) are laid on a grid of log-odds of takeover
(``crowd_spread``); then for each pattern of answers the grid is summed over, for each node of care
(``crowd_tally``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytensor.tensor as pt
from pytensor.graph.basic import Apply
from pytensor.graph.op import Op
from pytensor.tensor.variable import TensorVariable

from takeoff.models.coordination import coordination
from takeoff.models.crowd import Crowd
from takeoff.models.crowd_spread import spread, spread_from_tape, spread_on_tape, spread_reverse
from takeoff.models.crowd_tally import (
    Tables,
    tally,
    tally_from_tape,
    tally_on_tape,
    tally_reverse,
)
from takeoff.models.histories import Step, shared_ends
from takeoff.models.interval import FARTHEST
from takeoff.models.joint import tallies
from takeoff.models.lattice import (
    Nodes,
    care_nodes,
    crowd_nodes,
    grid_of_levels,
    lattice_of,
    rough_nodes,
)
from takeoff.models.nodes import grid_nodes
from takeoff.models.questions import Question
from takeoff.models.rule import rule_of
from takeoff.models.special import FloatArray
from takeoff.models.transforms import constrained, settled, unconstrained
from takeoff.models.world import World, common_numbers
from takeoff.models.worldviews import VARYING

__all__ = ["Camp", "Told", "tell"]


_LOW = -6.0
"""Log-odds below which one level is like another: answers round to zero."""


@dataclass(frozen=True)
class Camp:
    """How worldviews are distributed in a camp.

    Attributes
    ----------
    center
        Every parameter by name at the panel's centre, each (1,).
    shift
        What sets the camp apart from it, by varying parameter, on the unconstrained scale
        (varying,).
    scale
        What a unit of deviation is, likewise (varying,).
    """

    center: Mapping[str, TensorVariable]
    shift: TensorVariable
    scale: TensorVariable

    def at(self, deviations: Mapping[str, FloatArray]) -> dict[str, TensorVariable]:
        """Give parameters at deviations, each (node,), or (1,) where it does not vary."""
        views = dict(self.center)
        for column, name in enumerate(VARYING):
            middle = unconstrained(name, self.center[name]) + self.shift[column]
            views[name] = constrained(name, middle + self.scale[column] * deviations[name])
        return views


@dataclass(frozen=True)
class Told:
    """What a crowd says.

    Attributes
    ----------
    log_patterns
        Log probability of each pattern of answers (pattern,).
    counts
        How many people gave it (pattern,).
    mass
        Share of the crowd at each level of a grid (1, level).
    rough_mass
        About the same, worked out from few nodes.
    plain, offset
        What is answered there, in log-odds (question, level), and what is added (question,).
    noise, care
        Standard deviation of answers of a person of median care, in log-odds, and nodes over how
        careful people are, see ``Tables``.
    """

    log_patterns: TensorVariable
    counts: FloatArray
    mass: TensorVariable
    rough_mass: TensorVariable
    plain: TensorVariable
    offset: TensorVariable
    noise: TensorVariable
    care: FloatArray

    @property
    def log_likelihood(self) -> TensorVariable:
        """Log probability of all that the crowd says."""
        return (self.log_patterns * self.counts).sum()

    @staticmethod
    def softly(answer: TensorVariable) -> TensorVariable:
        """Give answers counted from where all are alike: what rounds to zero is near 0."""
        return pt.softplus(answer - _LOW)

    @property
    def middle(self) -> TensorVariable:
        """About where the level lies, over the crowd, without the offset (question,)."""
        return self._middle(self.mass)

    @property
    def rough_middle(self) -> TensorVariable:
        """The same, from few nodes."""
        return self._middle(self.rough_mass)

    def _middle(self, mass: TensorVariable) -> TensorVariable:
        return (mass * self.softly(self.plain)).sum(axis=1)

    @property
    def answered_middle(self) -> TensorVariable:
        """About where answers lie (question,)."""
        return self.middle + self.offset


def tell(
    crowd: Crowd,
    camp: Camp,
    questions: Mapping[str, Question],
    offset: Mapping[str, TensorVariable],
    noise: TensorVariable,
    *,
    care_spread: float,
    least_noise: float,
) -> Told:
    """Work out how likely a crowd's answers are.

    Parameters
    ----------
    crowd
        Who they are and what they said.
    camp
        Their worldviews.
    questions, offset
        Questions, and the offset of each in log-odds, by label.
    noise
        Standard deviation of answers of a person of median care, in log-odds.
    care_spread, least_noise
        Standard deviation of the logarithm of care, and of the answers of the most careful.
    """
    care = care_nodes(care_spread)
    tables = _tables(crowd, care, least_noise)
    levels = grid_of_levels(min(each for each in tables.bound if each > -FARTHEST))
    mass, rough = (_lie(crowd, camp, nodes, levels) for nodes in (crowd_nodes(), rough_nodes()))
    policy = settled(camp.center, crowd.scenario)
    together = coordination(policy, crowd.scenario)
    likewise = _Supposed(crowd.scenario, policy, together, None, pt.sigmoid(pt.constant(levels)))  # type: ignore[arg-type]
    asked = crowd.questions
    plain = pt.stack([_logit(likewise.outcome(questions[name].outcome)) for name in asked])
    added = pt.stack([offset[name] for name in asked])
    center = plain + added[:, None]
    noises = pt.stack([noise] * len(asked))
    logs = _Tally(len(crowd.patterns))(center, noises, mass, *_constants(tables))[0]
    return Told(logs, crowd.counts.astype(float), mass, rough, plain, added, noise, care)


def _lie(crowd: Crowd, camp: Camp, nodes: Nodes, levels: FloatArray) -> TensorVariable:
    """Give the share of a crowd at each level (1, level)."""
    policy = settled(camp.at({name: getattr(nodes, name) for name in VARYING}), crowd.scenario)
    common, group = common_numbers(policy, crowd.scenario)
    counted = tallies(group)
    return _Spread(len(levels))(
        common,
        shared_ends(common, policy["margin"], group),
        policy["offense"],
        policy["slip"],
        policy["response"],
        coordination(policy, crowd.scenario),
        *_constants(lattice_of(nodes, levels, counted)),
        *_constants(rule_of(counted, grid_nodes())),
    )


@dataclass(frozen=True)
class _Supposed(World):
    """Worlds of which only P(takeover) is known, and what follows from it."""

    takeover: TensorVariable

    def outcome(self, name: str) -> TensorVariable:
        """Give an outcome that takeover decides."""
        return self.takeover if name == "takeover" else super().outcome(name)


def _logit(probability: TensorVariable) -> TensorVariable:
    return pt.log(probability) - pt.log1p(-pt.minimum(probability, 1 - 1e-12))


def _constants(arrays: Any) -> list[TensorVariable]:
    return [pt.constant(np.ascontiguousarray(each)) for each in arrays]


def _tables(crowd: Crowd, care: FloatArray, least_noise: float) -> Tables:
    """Tabulate what was said: bounds, intervals between them, and patterns of intervals."""
    asked = {name: row for row, name in enumerate(crowd.questions)}
    intervals = sorted({answer for pattern in crowd.patterns for answer in pattern})
    bounds = sorted({(name, end) for name, *ends in intervals for end in ends})
    place = {bound: row for row, bound in enumerate(bounds)}
    number = {interval: row for row, interval in enumerate(intervals)}
    said = [[number[each] for each in pattern] for pattern in crowd.patterns]
    one = np.array([each[0] for each in said])
    return Tables(
        bound=np.array([end for _, end in bounds]),
        asked=np.array([asked[name] for name, _ in bounds]),
        interval=np.array([[place[name, end] for end in ends] for name, *ends in intervals]),
        one=one,
        other=np.array([each[1] if len(each) > 1 else -1 for each in said]),
        order=np.argsort(one, kind="stable"),
        care=care,
        least=np.array([least_noise**2]),
    )


class _Spread(Op):
    """Worldviews of a crowd to the mass of their levels on the grid (1, level)."""

    __props__ = ("width",)
    kernel = Step(6, spread, spread_reverse, spread_on_tape, spread_from_tape)

    def __init__(self, width: int) -> None:
        self.width = width

    def make_node(self, *inputs: Any) -> Apply:
        """Make the node of one application."""
        return Apply(self, list(inputs), [pt.tensor(dtype="float64", shape=(1, self.width))])

    def perform(self, node: Apply, inputs: Any, outputs: Any) -> None:
        """Sum over nodes."""
        outputs[0][0] = spread(*(np.ascontiguousarray(each) for each in inputs))


class _Tally(Op):
    """Answers by level, noise and mass to log P(pattern) (1, pattern)."""

    __props__ = ("width",)
    kernel = Step(3, tally, tally_reverse, tally_on_tape, tally_from_tape)

    def __init__(self, width: int) -> None:
        self.width = width

    def make_node(self, *inputs: Any) -> Apply:
        """Make the node of one application."""
        return Apply(self, list(inputs), [pt.tensor(dtype="float64", shape=(1, self.width))])

    def perform(self, node: Apply, inputs: Any, outputs: Any) -> None:
        """Sum over the grid."""
        outputs[0][0] = tally(*(np.ascontiguousarray(each) for each in inputs))
