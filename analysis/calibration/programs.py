"""One program for all panels of a design: what they answered is its input.

Writing the program of a panel's density takes longer than running it a thousand times. Panels of
one design differ in the intervals that their answers stand for, and in what the sampler's
coordinates are counted from. The first are inputs, and so is what each expert said of the level,
from which deviations in offense are counted. All else that coordinates take from a panel (whether
an expert is far out, mean answers) they take from the design's own answers: that moves and
stretches coordinates, which costs power at most, for the density sampled is the same.
"""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytensor.tensor as pt
import xarray as xr
from pymc.model.transform.conditioning import remove_value_transforms
from pytensor.graph.replace import graph_replace
from pytensor.tensor.variable import TensorVariable

from takeoff.analysis.fit import labelled
from takeoff.models.answers.said import Said
from takeoff.models.coordinates import straightened
from takeoff.models.panel import Panel
from takeoff.models.program import Density, Program
from takeoff.models.questions import Judgments
from takeoff.models.special import FloatArray
from takeoff.models.writer import program_of

__all__ = ["Programs", "programs_of"]

_MOST_ITERATIONS = 60
_EXACTLY = 1e-9
_DIFFERENCE = 1e-5
_LONGEST = 2.0
"""Of an iteration's step in a coordinate: far from the root a slope tells little."""


@dataclass(frozen=True)
class Programs:
    """What can be asked of any panel of a design.

    Attributes
    ----------
    panel
        The design's own panel.
    shapes
        Of each variable of the story, as the coordinates have them.
    """

    panel: Panel
    shapes: tuple[tuple[int, ...], ...]
    _density: Program
    _story: Program
    _real: Program
    _outputs: Program
    _names: tuple[str, ...]
    _likelihood: Program

    @property
    def size(self) -> int:
        """Count the coordinates."""
        return sum(int(np.prod(shape)) for shape in self.shapes)

    def density(self, judgments: Judgments) -> Density:
        """Give the log density of a panel in its coordinates, with the gradient."""
        function = self._density.density()
        inputs, size = np.concatenate([self._anchors(judgments), self._ends(judgments)]), self.size

        def density(point: FloatArray) -> tuple[float, FloatArray]:
            value, gradient = function(np.concatenate([point, inputs]))
            return value, gradient[:size]

        return density

    def coordinates_of(self, truth: xr.Dataset, judgments: Judgments) -> FloatArray | None:
        """Find a truth's coordinates (coordinate,); None if they are not found.

        Each of the story's variables rises with its own coordinate, and depends on those of others
        in an order, so Newton's method for each by itself settles one after the other.

        Parameters
        ----------
        truth
            The story's variables, of one draw.
        judgments
            What the panel said.
        """
        given = [truth[each.name].values.ravel() for each in self.panel.model.free_RVs]
        target, anchors = _row(self._real, np.concatenate(given)), self._anchors(judgments)
        ends = np.cumsum([0, *(int(np.prod(shape)) for shape in self.shapes)])
        blocks = [slice(*each) for each in pairwise(ends.tolist())]

        def story(point: FloatArray) -> FloatArray:
            return _row(self._story, np.concatenate([point, anchors]))

        point = target.copy()
        for _ in range(_MOST_ITERATIONS):
            short = target - story(point)
            left = ~(np.abs(short) <= _EXACTLY * (1 + np.abs(target)))
            if not left.any():
                return point
            step = np.zeros(self.size)
            for block in blocks:
                if left[block].any():
                    moved = np.zeros(self.size)
                    moved[block] = _DIFFERENCE
                    rise = (story(point + moved) - story(point - moved))[block]
                    step[block] = short[block] * left[block] * 2 * _DIFFERENCE / rise
            point = point + np.clip(np.nan_to_num(step), -_LONGEST, _LONGEST)
        return None

    def draws(self, points: FloatArray, judgments: Judgments) -> xr.Dataset:
        """Carry points (draw, coordinate) back to the story's variables, as one chain."""
        values = self._outputs.values(_beside(points, self._anchors(judgments)))
        named = {name: each[None] for name, each in zip(self._names, values, strict=True)}
        return labelled(named, self.panel.model, ("chain", "draw"))

    def log_likelihood(self, draws: xr.Dataset, judgments: Judgments) -> FloatArray:
        """Give the log likelihood of all answers under draws of one chain (draw,)."""
        names = [each.name for each in self.panel.model.free_RVs]
        own = [draws[name].isel(chain=0).transpose("draw", ...).values for name in names]
        vectors = np.concatenate([each.reshape(len(each), -1) for each in own], axis=1)
        (total,) = self._likelihood.values(_beside(vectors, self._ends(judgments)))
        return total

    def _anchors(self, judgments: Judgments) -> FloatArray:
        places = Said.of(judgments, self.panel.questions).places
        return np.nan_to_num(places.anchors(len(self.panel.guide.anchor)))

    def _ends(self, judgments: Judgments) -> FloatArray:
        rows = Said.of(judgments, self.panel.questions).rows
        return np.concatenate([rows.lower, rows.upper])


def programs_of(panel: Panel) -> Programs:
    """Write the programs of all panels that answer what a panel did, in probabilities."""
    model, guide = panel.model, panel.guide
    ends = [pt.tensor(name, shape=(panel.answers,), dtype="float64") for name in ("low", "high")]
    anchor = pt.tensor("anchor", shape=(len(guide.anchor),), dtype="float64")
    heard = np.isfinite(guide.anchor)
    usual = np.where(heard, guide.anchor[heard].mean() if heard.any() else 0.0, np.nan)
    # What matters is how far the level as stated is from the anchor: as well move the one.
    moved = guide.stated + (np.nan_to_num(usual) - anchor)
    coordinates = straightened(model, replace(guide, anchor=usual, stated=moved))
    given = {model["lower"]: ends[0], model["upper"]: ends[1]}
    start = model.initial_point()
    shapes = tuple(np.shape(start[str(each.name)]) for each in coordinates.inputs)
    answers = [(panel.answers,)] * 2
    # The story's own variables, in the order in which they are handed over.
    plain = {
        str(each.name): pt.tensor(each.name, shape=each.eval().shape, dtype="float64")
        for each in model.free_RVs
    }
    plain_shapes = [each.type.shape for each in plain.values()]
    outputs = coordinates.outputs
    story = remove_value_transforms(model)
    own = {each: plain[story.values_to_rvs[each].name] for each in story.value_vars}
    likelihood = story.logp([story["log_odds"]], jacobian=False)
    in_story = {story["lower"]: ends[0], story["upper"]: ends[1], **own}
    coordinate = [*coordinates.inputs, anchor], [*shapes, anchor.type.shape]
    return Programs(
        panel,
        shapes,
        _density=program_of(
            _with(given, [coordinates.model.logp()]),
            [*coordinates.model.value_vars, anchor, *ends],
            [*shapes, anchor.type.shape, *answers],
        ),
        _story=program_of(_unconstrained(panel, outputs), *coordinate),
        _real=program_of(_unconstrained(panel, plain), list(plain.values()), plain_shapes),
        _outputs=program_of(list(outputs.values()), *coordinate),
        _names=tuple(outputs),
        _likelihood=program_of(
            _with(in_story, [likelihood]), [*plain.values(), *ends], [*plain_shapes, *answers]
        ),
    )


def _unconstrained(panel: Panel, named: Any) -> list[TensorVariable]:
    """Carry the story's variables, by name, to the real line."""
    found = []
    for each in panel.model.free_RVs:
        transform = panel.model.rvs_to_transforms[each]
        value = named[each.name]
        found.append(value if transform is None else transform.forward(value, *each.owner.inputs))
    return found


def _with(given: Any, graphs: list[TensorVariable]) -> list[TensorVariable]:
    return list(graph_replace(graphs, given, strict=False))


def _row(program: Program, vector: FloatArray) -> FloatArray:
    return np.concatenate([each[0].ravel() for each in program.values(vector[None])])


def _beside(rows: FloatArray, inputs: FloatArray) -> FloatArray:
    return np.hstack([rows, np.broadcast_to(inputs, (len(rows), len(inputs)))])
