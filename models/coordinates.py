"""The coordinates in which a panel is sampled.

The model is stated as a story: an expert's offense is the panel's centre and a deviation from it.
But what an expert says pins down P(extinction), which lethality, timelines, decisiveness and the
expert's margin move as offense does: in the story's own coordinates the posterior is a sheaf of
narrow ridges, and a sampler creeps. Each piece of it is undone by counting a
coordinate from what the answers see:

- an expert's deviation in offense as the log-odds by which the level then exceeds what the expert
  said of extinction, in units that shrink with the expert's noise. How the level rises (``rise``)
  is found roughly, then mended twice by the world itself;
- the centre of offense, and what sets camps apart in it, from the mean of the offenses that bring
  about what experts said; or with crowds as the log-odds of takeover that the centre brings about;
- the deviation in margin of an expert who is far out as the soundness that it brings about, other
  deviations in units that grow with how far one reaches;
- the centre of margin, its contrast between camps and its disagreement in units of
  √(1 + doubt²), the first two as soundness of what is fielded::

      soundness = margin − race·log K + slope·log((1 − false_alarm) / (1 − detection))

- contrast and disagreement in offense by the levels that they set apart: in units of
  1 / decisiveness;
- a question's offset from the one at which the panel's mean answer is as expected, or where a
  crowd was asked about its middle;
- with crowds, disagreement in margin and in offense by how far apart levels lie, and by which of
  the two sets them apart;
- noise as that of an expert of mean care.

Each is counted from quantities that do not depend on it, so the change of variables costs one
logarithm an expert, and it need not be accurate, only straighten the ridges. Half-normal variables
get a coordinate in which they are nearly normal (``_scale``). The density sampled is the model's
own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pytensor.graph.replace import graph_replace
from pytensor.tensor.random.basic import HalfNormalRV
from pytensor.tensor.variable import TensorVariable

from takeoff.models.crowd_likelihood import Told
from takeoff.models.program import Program
from takeoff.models.questions import READINGS
from takeoff.models.rise import Rise, Rough, excess, inspection_odds, soundness
from takeoff.models.scenario import Scenario
from takeoff.models.special import FloatArray
from takeoff.models.worldviews import MARGIN, OFFENSE, TAIL_SPREAD, VARYING
from takeoff.models.writer import program_of

__all__ = ["Coordinates", "Guide", "straightened"]

_SATURATED = -2.5
"""Log-odds of extinction above which more offense hardly makes more takeover."""
_FAR = -7.0
"""Log-odds of extinction below which what an expert says of events pins soundness down."""
_PULL = 0.3
"""Slope of an expert's coordinate where offense is hardly felt, in log-odds: about the noise."""
_USUAL = -2.5
"""Log-odds of takeover about where crowds stand."""
_WORTH = 2.0
"""What a probit of margin is worth in units of decisiveness times offense, in a crowd's levels."""
_NEARLY_ONE = 1e-3
"""Log of the least that is left of certainty in a rough level, which may exceed it."""
_EXACT_STEPS = 2
"""After one, levels near saturation are still off by more than the noise of careful experts."""


@dataclass(frozen=True)
class Coordinates:
    """A panel's model in straightened coordinates, and the way back.

    Attributes
    ----------
    model
        A model whose free variables are coordinates, named as the story's value variables, and
        whose density is that of the story's posterior.
    outputs
        The story's variables, by name, as functions of the coordinates.
    inputs
        The coordinates, in the order in which they make up a vector.
    """

    model: pm.Model
    outputs: Mapping[str, TensorVariable]
    inputs: tuple[TensorVariable, ...]

    def program(self) -> Program:
        """Write the log density of a vector of all coordinates as a program."""
        return program_of([self.model.logp()], self.model.value_vars, self._shapes())

    def back(self, points: FloatArray) -> dict[str, np.ndarray]:
        """Carry vectors of coordinates (draw, coordinate) back to the story's variables."""
        program = program_of(list(self.outputs.values()), self.inputs, self._shapes())
        return dict(zip(self.outputs, program.values(points), strict=True))

    def _shapes(self) -> list[tuple[int, ...]]:
        start = self.model.initial_point()
        return [np.shape(start[str(each.name)]) for each in self.inputs]


@dataclass(frozen=True)
class Guide:
    """What the coordinates need to know of a panel.

    Attributes
    ----------
    likelihood
        Log likelihood of each answer (answer,). (The model's own is the same, but PyMC rewrites
        it so that it would no longer share the integral with ``expected``.)
    rough
        How each expert's level rises with offense, roughly.
    level, most
        The level in log-odds, and the logarithm of what it would be were offense without bound
        (expert,).
    stated
        The level as each expert would state it, wording included and noise apart (expert,).
    anchor
        What each expert said of the level, from which the coordinate is counted (expert,). The
        deviation of an expert who said nothing (NaN) is left as it is.
    expected
        What each question would be answered without wording and noise (question, expert).
    spread
        Standard deviation of each question's offset (question,).
    heeded
        Whether the answers, rather than the prior, settle a question's offset (question,); not
        where experts' levels are counted from it.
    heard
        The mean answer to each question (question,).
    asked
        The share of each expert in that mean (question, expert).
    contrasts
        Each expert's camp contrasts (expert, contrast).
    offense_spread
        What a contrast of 1 adds to offense.
    crowds
        What crowds say, and the rows of the questions that each was asked.
    """

    likelihood: TensorVariable
    rough: Rough
    level: TensorVariable
    most: TensorVariable
    stated: TensorVariable
    anchor: FloatArray
    expected: TensorVariable
    spread: FloatArray
    heeded: FloatArray
    heard: FloatArray
    asked: FloatArray
    contrasts: FloatArray
    offense_spread: float
    crowds: tuple[tuple[Told, Sequence[int]], ...] = ()

    def probits_of_odds(self) -> FloatArray:
        """Give how far the centre of margin and its contrasts move by a unit of log-odds.

        A unit of log-odds is most of a probit at even odds and less in the tail, where the camps
        are that take extinction to be unlikely. (The numbers are regressions on the posterior of
        the FRI panel.)
        """
        camps = np.unique(self.contrasts[np.any(self.contrasts != 0, axis=1)], axis=0)
        if not len(camps):
            return np.array([0.6] + [0.0] * self.contrasts.shape[1])
        said = [_mean_heard(self.anchor[(self.contrasts == camp).all(axis=1)]) for camp in camps]
        move = np.where(np.array(said) > _SATURATED, 0.8, 0.4)
        return np.linalg.lstsq(np.column_stack([np.ones(len(camps)), camps]), move)[0]


def _mean_heard(anchors: FloatArray) -> float:
    heard = anchors[np.isfinite(anchors)]
    return float(heard.mean()) if len(heard) else _SATURATED


def straightened(model: pm.Model, guide: Guide) -> Coordinates:
    """Give the model of a panel in straightened coordinates."""
    stories = [model.rvs_to_values[each] for each in model.free_RVs]
    start = model.initial_point()
    with pm.Model(coords=dict(model.coords)) as sampled:
        free = {each: pm.Flat(each.name, shape=np.shape(start[each.name])) for each in stories}
        story, volumes = dict(free), []
        for each in model.free_RVs:
            if isinstance(each.owner.op, HalfNormalRV):
                value = model.rvs_to_values[each]
                story[value], volume = _scale(free[value], each.owner.op.dist_params(each.owner)[1])
                volumes.append(volume)
        volumes.append(_center(model, guide, free, story))
        volumes.append(_stretch(model, guide, free, story))
        volumes.append(_deviate_in_margin(model, guide, free, story))
        volumes.append(_deviate(model, guide, free, story))
        volumes.append(_offset(model, guide, free, story))
        pm.Potential(
            "density",
            pt.add(
                *_in(
                    story,
                    model,
                    [
                        model.logp(vars=model.free_RVs),
                        guide.likelihood.sum(),
                        *((told.log_patterns * told.counts).sum() for told, _ in guide.crowds),
                    ],
                )
            ),
        )
        pm.Potential("volume", pt.add(*volumes))
        named = list(model.unobserved_RVs)
        outputs = _in(story, model, [*named])
    return Coordinates(
        sampled,
        {str(each.name): output for each, output in zip(named, outputs, strict=True)},
        tuple(free.values()),
    )


Story = dict[TensorVariable, TensorVariable]


def _in(
    story: Mapping[TensorVariable, TensorVariable],
    model: pm.Model,
    graphs: Sequence[TensorVariable],
) -> list[TensorVariable]:
    """State graphs of the story's variables in the coordinates."""
    return list(graph_replace(model.replace_rvs_by_values(list(graphs)), story, strict=False))


def _scale(x: TensorVariable, scale: TensorVariable) -> tuple[TensorVariable, TensorVariable]:
    """Give the logarithm of a half-normal variable in its coordinate, and the log volume.

    The variable is scale·E max(x + z, 0) = scale·(x·Φ(x) + φ(x)), z standard normal: for large x
    it is x, and near zero its prior falls like a normal's, where that of a logarithm has a long
    tail and a wall.
    """
    below = 0.5 * pt.erfc(-x * np.sqrt(0.5))
    size = x * below + pt.exp(-0.5 * x * x) / np.sqrt(2 * np.pi)
    return pt.log(scale * size), (pt.log(below) - pt.log(size)).sum()


def _center(model: pm.Model, guide: Guide, free: Story, story: Story) -> TensorVariable:
    """Count centres and contrasts from what moves with them; give the log volume.

    Margin counts by how it compares with doubt: its centre, contrast and disagreement grow
    together.
    """
    margin, contrast, disagreement, offense, noise = (
        model.rvs_to_values.get(model.named_vars.get(each))
        for each in ("margin", "contrast", "disagreement", "offense", "noise")
    )
    inspection, racing, wide, defence, steep, care = _in(
        story,
        model,
        [
            inspection_odds(model.named_vars),
            model["race"] * np.log(Scenario().projects),
            pt.sqrt(1 + model["doubt"] ** 2),
            pt.log1p(model["human_defense"]),
            model["decisiveness"],
            pt.log(model["care"]).mean(),
        ],
    )
    center, *between = guide.probits_of_odds()
    story[margin] = wide * free[margin] - center * inspection + racing
    if between:
        of_margin, of_offense = free[contrast][:, MARGIN], free[contrast][:, OFFENSE]
        own = wide * of_margin - np.array(between) * inspection
        apart = pt.set_subtensor(of_margin, own)
        story[contrast] = pt.set_subtensor(
            apart[:, OFFENSE], of_offense / steep if guide.crowds else 0.0
        )
    if not guide.crowds:
        scaled = pt.inc_subtensor(story[disagreement][MARGIN], pt.log(wide))
        story[disagreement] = pt.inc_subtensor(scaled[OFFENSE], -pt.log(steep))
    volume = pt.zeros(())
    if guide.crowds:
        volume = _disagree(model, free, story, wide) + _advance(model, guide, free, story)
    else:
        story[offense] = defence  # and more, once it is known where experts stand
    # A crowd settles the noise of levels, whatever the care of a few experts.
    settled = np.array([guide.crowds != () and each == "level" for each in READINGS])
    story[noise] = free[noise] - pt.where(settled, 0.0, care)
    return (1 + len(between)) * pt.log(wide) - len(between) * pt.log(steep) + volume


def _disagree(model: pm.Model, free: Story, story: Story, wide: TensorVariable) -> TensorVariable:
    """Count disagreement from how far apart a crowd's levels lie; give the log volume.

    They differ by s as margins do, and by t as offense does: the crowd pins s² + t² down, and
    hardly says which it is. So these are counted by the logarithms of √(s² + t²) and of s / t.
    """
    variable = model["disagreement"]
    value = model.rvs_to_values[variable]
    (steep,) = _in(story, model, [model["decisiveness"]])
    ratio = 2 * free[value][MARGIN]
    scaled = _scale(free[value][MARGIN], variable.owner.op.dist_params(variable.owner)[1])
    of_margin = pt.log(wide / _WORTH) - 0.5 * pt.softplus(-ratio)
    of_offense = -pt.log(steep) - 0.5 * pt.softplus(ratio)
    total = story[value][OFFENSE]
    counted = pt.set_subtensor(story[value][MARGIN], total + of_margin)
    story[value] = pt.set_subtensor(counted[OFFENSE], total + of_offense)
    return -scaled[1]


def _advance(model: pm.Model, guide: Guide, free: Story, story: Story) -> TensorVariable:
    """Count the centre of offense by the level that it brings about; give the log volume.

    In log-odds of takeover, from about where crowds stand.
    """
    value = model.rvs_to_values[model["offense"]]
    views = {**guide.rough.views, **{name: model[name][None] for name in VARYING}}
    steep = views["decisiveness"]
    most = pt.log(0.5 * pt.erfc(soundness(views) * np.sqrt(0.5))) + excess(views, _WORTH)
    force = -steep * pt.log1p(views["human_defense"])
    most, force, slope = _in(story, model, [pt.minimum(most, -_NEARLY_ONE), force, steep])
    rise = Rise(most, force, slope)
    start = rise.near(pt.constant(np.array([_USUAL])))
    there = rise.deviation(free[value][None] + _USUAL, start, _PULL)
    story[value] = there[0]
    return -pt.log(rise.steepness(there) + _PULL).sum()


def _stretch(model: pm.Model, guide: Guide, free: Story, story: Story) -> TensorVariable:
    """Count deviations in units that grow with how far one reaches; give the log volume.

    One of no great reach is what the prior says; where it reaches far, what it brings about is
    what the expert said.
    """
    tail = _tail(model)
    reach: dict[str, Any] = {
        f"{name}_deviation": model["disagreement"][row] * tail
        for row, name in enumerate(VARYING)
        if row != OFFENSE
    }
    if "efficacy_deviation" in model.named_vars:
        reach["efficacy_deviation"] = model["efficacy_disagreement"] * pt.ones_like(tail)
    volume = pt.zeros(())
    for name, reaching in zip(reach, _in(story, model, list(reach.values())), strict=True):
        value = model.rvs_to_values[model[name]]
        elsewhere = _is_far(guide) if name == "margin_deviation" else np.zeros(1, bool)
        unit = pt.where(elsewhere, 1.0, 1 + reaching)
        story[value] = free[value] / unit
        volume -= pt.log(unit).sum()
    return volume


def _tail(model: pm.Model) -> TensorVariable:
    """Give each expert's tail multiplier (expert,)."""
    return pt.exp(TAIL_SPREAD * model["log_tail"])


def _is_far(guide: Guide) -> np.ndarray[Any, Any]:
    """Tell whose deviation in margin is counted by soundness (expert,)."""
    return np.nan_to_num(guide.anchor, nan=np.inf) < _FAR


def _deviate_in_margin(model: pm.Model, guide: Guide, free: Story, story: Story) -> TensorVariable:
    """Change deviations in margin of far experts for their soundness; give the log volume."""
    deviation = model.rvs_to_values[model["margin_deviation"]]
    far = _is_far(guide)
    if not far.any():
        return pt.zeros(())
    # A probit is worth about as much as it is far out.
    own, outlying = story[deviation], np.sqrt(-np.where(far, guide.anchor, -1.0))
    story[deviation] = pt.zeros_like(own)
    rest, reach, more = _in(
        story,
        model,
        [guide.rough.soundness, guide.rough.reach, excess(guide.rough.views, outlying)],
    )
    rest = rest - more / outlying
    story[deviation] = pt.where(far, (free[deviation] + outlying - rest) / reach, own)
    return -(pt.log(reach) * far).sum()


def _deviate(model: pm.Model, guide: Guide, free: Story, story: Story) -> TensorVariable:
    """Change deviations in offense for the levels that they bring about; give the log volume.

    First to where the rough level is what the expert said; what the world says there tells where
    its own is. Where centres and contrasts count from the offenses found, they are changed too.
    """
    deviation = model.rvs_to_values[model["offense_deviation"]]
    pinned = np.isfinite(guide.anchor)
    if not pinned.any():
        if not guide.crowds:
            _recenter(model, guide, free, story, pt.zeros_like(free[deviation]))
        return pt.zeros(())
    found = dict(story)  # deviations are sought from where offense stands now
    found[deviation] = pt.zeros_like(free[deviation])
    own, anchor, rough = free[deviation], np.where(pinned, guide.anchor, 0.0), guide.rough.rise
    most, force, slope, scaled, care = _in(
        found,
        model,
        [rough.most, rough.force, model["decisiveness"], rough.slope, model["care"]],
    )
    reach = scaled / slope
    rise, target = Rise(most, force, slope), pt.constant(anchor)
    for _ in range(_EXACT_STEPS):
        near = pinned * rise.near(target)
        found[deviation] = near / reach
        stated, level, most = _in(found, model, [guide.stated, guide.level, guide.most])
        share = pt.minimum(-pt.softplus(-level) - most, -1e-9)
        rise = Rise(most, share - pt.log(-pt.expm1(share)) - slope * near, slope)
        target = anchor - (stated - level)
    near = rise.near(target)
    middle: Any = 0.0 if guide.crowds else _recenter(model, guide, free, story, near)
    rise = Rise(rise.most, rise.force + slope * middle, scaled)
    unit = care / (1 + care)  # the more careful, the closer what is said pins down the level
    there = rise.deviation(own * unit + target, (near - middle) / reach, _PULL)
    story[deviation] = pt.where(pinned, there, own)
    return ((pt.log(unit) - pt.log(rise.steepness(there) + _PULL)) * pinned).sum()


def _recenter(
    model: pm.Model, guide: Guide, free: Story, story: Story, near: TensorVariable
) -> TensorVariable:
    """Count the centre of offense and its contrasts from the offenses found.

    ``near`` (expert,) counts them from where offense stands; so does what is given, by how much
    each expert's is now expected to differ.
    """
    value, contrast = (
        model.rvs_to_values.get(model.named_vars.get(each)) for each in ("offense", "contrast")
    )
    pinned = np.isfinite(guide.anchor)
    camps, camp_of = np.unique(guide.contrasts[pinned], axis=0, return_inverse=True)
    members = np.zeros((len(camps), len(pinned)))
    members[camp_of, pinned.nonzero()[0]] = 1.0
    steep, tail = _in(story, model, [model["decisiveness"], _tail(model)])
    weight = tail**-2  # of what was found, as in a mean of what scatters so
    means = (members * weight * near).sum(axis=1) / (1 + (members * weight).sum(axis=1))
    shares = np.linalg.pinv(np.column_stack([np.ones(len(camps)), camps]))
    center, *between = [(row * means).sum() if len(camps) else 0.0 for row in shares]
    center = center + free[value]
    story[value] += center
    if contrast is None:
        return center
    apart = free[contrast][:, OFFENSE] / steep + pt.stack(between) / guide.offense_spread
    story[contrast] = pt.set_subtensor(story[contrast][:, OFFENSE], apart)
    return center + guide.offense_spread * pt.dot(pt.constant(guide.contrasts), apart)


def _offset(model: pm.Model, guide: Guide, free: Story, story: Story) -> TensorVariable:
    """Count offsets from those at which mean answers are as expected; give the log volume."""
    wording = model.rvs_to_values[model["wording"]]
    (expected,) = _in(story, model, [guide.expected])
    needed = guide.heard - (guide.asked * expected).sum(axis=1)
    heeded = guide.heeded.copy()
    for told, rows in guide.crowds:
        (middle,) = _in(story, model, [told.middle])
        for place, row in enumerate(rows):
            needed = pt.where(np.arange(len(heeded)) == row, -middle[place], needed)
        heeded[list(rows)] = True
    own = (free[wording] + needed) / guide.spread
    story[wording] = pt.where(heeded, own, free[wording])
    return pt.constant(-np.log(guide.spread[heeded]).sum())
