"""How far a change of coordinates has come: what each of the story's variables is by now."""

from collections.abc import Sequence
from dataclasses import dataclass

import pymc as pm
from pytensor.graph.replace import graph_replace
from pytensor.tensor.variable import TensorVariable

from takeoff.models.guide import Guide

__all__ = ["Straightening"]


@dataclass(frozen=True)
class Straightening:
    """A panel's model on the way to straight coordinates.

    Attributes
    ----------
    model
        The story.
    guide
        What is known of the panel.
    free
        The coordinate of each of the story's value variables.
    story
        What each value variable is in the coordinates. Steps replace its entries.
    """

    model: pm.Model
    guide: Guide
    free: dict[TensorVariable, TensorVariable]
    story: dict[TensorVariable, TensorVariable]

    def value(self, name: str) -> TensorVariable:
        """Give the value variable of one of the story's variables."""
        return self.model.rvs_to_values[self.model[name]]

    def has(self, name: str) -> bool:
        """Tell whether the story has such a variable."""
        return name in self.model.named_vars

    def stated(self, graphs: Sequence[TensorVariable]) -> list[TensorVariable]:
        """State graphs of the story's variables in the coordinates, as far as they have come."""
        values = self.model.replace_rvs_by_values(list(graphs))
        return list(graph_replace(values, self.story, strict=False))
