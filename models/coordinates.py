"""The coordinates in which a panel is sampled.

The model is stated as a story: an expert's offense is the panel's centre and a deviation from it.
But what an expert says pins down P(extinction), which lethality, timelines, decisiveness and the
expert's margin move as offense does: in the story's own coordinates the posterior is a sheaf of
narrow ridges, and a sampler creeps. Each piece of it is undone by counting a coordinate from what
the answers see:

- an expert's deviation in offense as the log-odds by which the level then exceeds what the expert
  said of extinction, in units that shrink with the expert's noise. How the level rises (``rise``)
  is found roughly, then mended twice by the world itself. Where offense is hardly felt, or experts
  hardly disagree, it exceeds what the prior's mean has instead;
- the centre of offense, and what sets camps apart in it, from the mean of the offenses that bring
  about what experts said;
- the deviation in margin of an expert who is far out as the soundness that it brings about; others
  in margin, slip and response in units of how far one reaches where that is felt (``bend``): margin
  where not all is misaligned anyway, slip where it is small, response where it leaves little;
- efficacy's deviations in units that grow with how far one reaches;
- margin's centre and contrasts by the camps' means, as soundness of what is fielded, in finer units
  where that is felt::

      soundness = (margin − race·log K) / √(1 + doubt²)
      fielded   = soundness + slope·log((1 − false_alarm) / (1 − detection))

- disagreement in margin in units of √(1 + doubt²);
- when transformative AI arrives in finer units where it may be too late for this century;
- contrast and disagreement in offense by the levels that they set apart: in units of
  1 / decisiveness;
- a question's offset from the one at which the panel's mean answer is as expected, or where a
  crowd was asked about its middle, given what all answers of its survey are off by;
- with crowds, the centres of offense and margin, and disagreement in both, from where people's
  answers keep their shape, and disagreement in margin by its ratio to that in offense; camps of a
  few experts by their own means, which no crowd's move;
- noise as that of an expert of mean care.

Each is counted from quantities that do not depend on it, so the change of variables costs one
logarithm an expert, and it need not be accurate, only straighten the ridges. Half-normal variables
get a coordinate in which they are nearly normal. The density sampled is the model's own. Each step
is a file: ``centre_coordinates``, ``crowd_coordinates``, ``deviation_coordinates``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pytensor.tensor.random.basic import HalfNormalRV
from pytensor.tensor.variable import TensorVariable

from takeoff.models.bend import unfolded
from takeoff.models.centre_coordinates import center
from takeoff.models.deviation_coordinates import deviate, deviate_where_felt
from takeoff.models.guide import Guide
from takeoff.models.program import Program
from takeoff.models.special import FloatArray
from takeoff.models.straightening import Straightening
from takeoff.models.worldviews import MARGIN
from takeoff.models.writer import program_of

__all__ = ["Coordinates", "straightened"]


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
    sided
        Place in that vector of the ratio of a crowd's disagreements, in margin and in offense: the
        posterior may lie on both sides of 0, and little between. None without crowds.
    """

    model: pm.Model
    outputs: Mapping[str, TensorVariable]
    inputs: tuple[TensorVariable, ...]
    sided: int | None

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


def straightened(model: pm.Model, guide: Guide) -> Coordinates:
    """Give the model of a panel in straightened coordinates."""
    stories = [model.rvs_to_values[each] for each in model.free_RVs]
    start = model.initial_point()
    with pm.Model(coords=dict(model.coords)) as sampled:
        free = {each: pm.Flat(each.name, shape=np.shape(start[each.name])) for each in stories}
        way = Straightening(model, guide, free, dict(free))
        volumes = [step(way) for step in (_unfold, center, deviate_where_felt, deviate, _offset)]
        density = [
            model.logp(vars=model.free_RVs),
            guide.likelihood.sum(),
            *(told.log_likelihood for told, _ in guide.crowds),
        ]
        pm.Potential("density", pt.add(*way.stated(density)))
        pm.Potential("volume", pt.add(*volumes))
        named = list(model.unobserved_RVs)
        outputs = way.stated(named)
    return Coordinates(
        sampled,
        {str(each.name): output for each, output in zip(named, outputs, strict=True)},
        tuple(free.values()),
        _place_of_ratio(way, [np.size(start[each.name]) for each in stories]),
    )


def _place_of_ratio(way: Straightening, sizes: Sequence[int]) -> int | None:
    if not way.guide.crowds:
        return None
    before = list(way.free).index(way.value("disagreement"))
    return sum(sizes[:before]) + MARGIN


def _unfold(way: Straightening) -> TensorVariable:
    """Give half-normal variables coordinates in which they are nearly normal; the log volume."""
    volume = pt.zeros(())
    for each in way.model.free_RVs:
        if isinstance(each.owner.op, HalfNormalRV):
            value = way.model.rvs_to_values[each]
            _, spread = each.owner.op.dist_params(each.owner)
            way.story[value], slope = unfolded(way.free[value], spread)
            volume += slope
    return volume


def _offset(way: Straightening) -> TensorVariable:
    """Count offsets from those at which mean answers are as expected; give the log volume."""
    guide, wording = way.guide, way.value("wording")
    (expected,) = way.stated([guide.expected])
    needed = guide.heard - (guide.asked * expected).sum(axis=1)
    heeded = guide.heeded.copy()
    unworded = replace(way, story={**way.story, wording: pt.zeros_like(way.free[wording])})
    for told, rows in guide.crowds:
        (middle,) = unworded.stated([told.answered_middle])
        for place, row in enumerate(rows):
            needed = pt.where(np.arange(len(heeded)) == row, -middle[place], needed)
        heeded[list(rows)] = True
    own = (way.free[wording] + needed) / guide.spread
    way.story[wording] = pt.where(heeded, own, way.free[wording])
    return pt.constant(-np.log(guide.spread[heeded]).sum())
