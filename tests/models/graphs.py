"""Graphs of worlds, evaluated."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pytensor.tensor as pt
from pytensor.compile.maker import function
from pytensor.compile.mode import Mode
from pytensor.graph.traversal import ancestors

from takeoff.models.parameters import PARAMETER_NAMES
from takeoff.models.scenario import Scenario
from takeoff.models.world import world

__all__ = ["numbers_of", "results_of"]

# The interpreter: compiling these graphs takes longer than running them.
_INTERPRETED = Mode(linker="py", optimizer="fast_compile")


def results_of(
    build: Callable[[dict[str, Any]], Sequence[Any]], values: Mapping[str, np.ndarray]
) -> list[np.ndarray]:
    """Evaluate what ``build`` makes of vectors of parameters, each (world,)."""
    vectors: dict[str, Any] = {name: pt.vector(name) for name in PARAMETER_NAMES}
    evaluated: Any = function(
        list(vectors.values()),
        list(build(vectors)),
        mode=_INTERPRETED,
        on_unused_input="ignore",
    )
    return [np.asarray(each) for each in evaluated(*(values[name] for name in vectors))]


def numbers_of(scenario: Scenario, values: Mapping[str, np.ndarray]) -> np.ndarray:
    """Give what the compiled integral reads of each world: (world, number)."""

    def build(vectors: dict[str, Any]) -> list[Any]:
        table = world(vectors, scenario, "fit").histories.table
        return [
            each.owner.inputs[0]
            for each in ancestors([table])
            if each.owner is not None and type(each.owner.op).__name__ == "_Integral"
        ]

    (numbers,) = results_of(build, values)
    return np.ascontiguousarray(numbers)
