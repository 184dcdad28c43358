"""The coordinates in which a panel is sampled.

The model is stated as a story: an expert's offense is the panel's centre and a deviation from it.
But what an expert says pins down P(extinction), which lethality, timelines, decisiveness and the
expert's margin move as offense does: in the story's own coordinates the posterior is a sheaf of
narrow ridges, and a sampler creeps. So the deviation in offense is replaced by what the answers
see, a rough log-odds of extinction::

    level_i = log lethality + log P(arrival by 2100) + log Φ(−soundness_i / √(1 + doubt²))
              + decisiveness·(offense_i − log(1 + human_defense))

and the centre of margin by the soundness of what is fielded, which inspection and racing move as
margin does (0.6 turns log-odds into probits)::

    soundness = margin − race·log K + 0.6·log((1 − false_alarm) / (1 − detection))

and the centre of offense by the attacker's advantage, offense − log(1 + human_defense). All
are linear in what they replace, so the change of variables costs one logarithm an expert, and
they need not be accurate, only straighten the ridges. The density sampled is the model's own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
from pytensor.compile.mode import Mode
from pytensor.graph.replace import graph_replace
from pytensor.tensor.variable import TensorVariable

from takeoff.models.scenario import Scenario

_SATURATED = -2.5
"""Log-odds of extinction above which more offense hardly makes more takeover."""

__all__ = ["Coordinates", "level_and_slope", "soundness_beyond_margin", "straightened"]


def soundness_beyond_margin(values: Mapping[str, TensorVariable]) -> TensorVariable:
    """Give what inspection and racing add to the margin of what is fielded; probit."""
    inspection = pt.log1p(-values["false_alarm"]) - pt.log1p(-values["detection"])
    return 0.6 * inspection - values["race"] * np.log(Scenario().projects)


def level_and_slope(
    views: Mapping[str, TensorVariable], scale: TensorVariable
) -> tuple[TensorVariable, TensorVariable]:
    """Give the rough level of each worldview and its slope by the deviation in offense: (expert,).

    ``scale`` is what one unit of that deviation adds to offense.
    """
    soundness = views["margin"] + soundness_beyond_margin(views)
    misaligned = 0.5 * pt.erfc(soundness / pt.sqrt(2 * (1 + views["doubt"] ** 2)))
    late = (pt.log(75.0) - pt.log(views["arrival_median"])) / views["arrival_spread"]
    level = (
        pt.log(views["lethality"])
        + pt.log(0.5 * pt.erfc(-late * np.sqrt(0.5)))
        + pt.log(misaligned)
        + views["decisiveness"] * (views["offense"] - pt.log1p(views["human_defense"]))
    )
    return level, views["decisiveness"] * scale


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
    """

    model: pm.Model
    outputs: Mapping[str, TensorVariable]
    inputs: tuple[TensorVariable, ...]

    def back(self, draws: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Carry draws of the coordinates, each (draw, ...), back to the story's variables."""
        batched = {
            each: pt.tensor(each.name, shape=(None, *each.type.shape)) for each in self.inputs
        }
        vectorized: Any = pytensor.graph.vectorize_graph(list(self.outputs.values()), batched)
        function = pytensor.function(
            list(batched.values()),
            vectorized,
            mode=Mode(linker="py", optimizer="fast_compile"),
            on_unused_input="ignore",
        )
        values = function(*(draws[str(each.name)] for each in self.inputs))
        count = len(draws[str(self.inputs[0].name)])
        return {
            name: np.broadcast_to(value, (count, *np.shape(value)[1:])).copy()
            for name, value in zip(self.outputs, values, strict=True)
        }


def straightened(
    model: pm.Model,
    level: TensorVariable,
    slope: TensorVariable,
    anchor: Sequence[float],
    column: int,
) -> Coordinates:
    """Change the deviation of one varying parameter for the level that it brings about.

    Parameters
    ----------
    model
        The panel's model, with a variable ``deviation`` (expert, varying).
    level, slope
        The rough level of each expert's worldview and its slope by the deviation (expert,).
    anchor
        What each expert said of the level, from which the coordinate is counted (expert,). The
        deviation of an expert who said nothing (NaN), or so much that takeover saturates and no
        longer pins offense down (above ``_SATURATED``), is left as it is.
    column
        Which varying parameter is changed.
    """
    stories = [model.rvs_to_values[each] for each in model.free_RVs]
    deviation = model.rvs_to_values[model["deviation"]]
    margin = model.rvs_to_values[model["margin"]]
    offense = model.rvs_to_values[model["offense"]]
    start = model.initial_point()
    with pm.Model(coords=dict(model.coords)) as sampled:
        free = {each: pm.Flat(each.name, shape=np.shape(start[each.name])) for each in stories}
        plain = pt.set_subtensor(free[deviation][:, column], 0.0)
        added, defence, level, slope = model.replace_rvs_by_values(
            [
                soundness_beyond_margin(model.named_vars),
                pt.log1p(model["human_defense"]),
                level,
                slope,
            ]
        )
        added, defence = graph_replace([added, defence], free, strict=False)
        story = {
            **free,
            margin: free[margin] - added,
            offense: free[offense] + defence,
            deviation: plain,
        }
        rest, slope = graph_replace([level, slope], story, strict=False)
        pinned = np.nan_to_num(np.asarray(anchor, float), nan=np.inf) < _SATURATED
        start_from = np.where(pinned, anchor, 0.0)
        own = pt.where(
            pinned,
            (free[deviation][:, column] + start_from - rest) / slope,
            free[deviation][:, column],
        )
        story[deviation] = pt.set_subtensor(free[deviation][:, column], own)
        pm.Potential("density", graph_replace([model.logp()], story, strict=False)[0])
        pm.Potential("volume", -(pt.log(slope) * pinned).sum())
        named = list(model.unobserved_RVs)
        values = model.replace_rvs_by_values(named)
        values = [
            model.rvs_to_transforms[each].backward(model.rvs_to_values[each], *each.owner.inputs)
            if model.rvs_to_transforms.get(each) is not None
            else value
            for each, value in zip(named, values, strict=True)
        ]
        outputs = graph_replace(values, story, strict=False)
    return Coordinates(
        sampled,
        {str(each.name): output for each, output in zip(named, outputs, strict=True)},
        tuple(free.values()),
    )
