"""Outcomes of given worlds, without sampling: one world or a million."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import lru_cache
from typing import Any

import numpy as np
import pytensor
import pytensor.tensor as pt
import xarray as xr
from pytensor.compile.mode import Mode

from takeoff.models.nodes import Precision
from takeoff.models.parameters import PARAMETER_NAMES
from takeoff.models.scenario import Scenario
from takeoff.models.world import outcomes_in, world

__all__ = ["evaluate"]


def evaluate(
    parameters: Mapping[str, Any],
    scenario: Scenario,
    outcomes: Sequence[str] | None = None,
    precision: Precision = "report",
) -> xr.Dataset:
    """Compute outcomes of worlds in a scenario.

    Parameters
    ----------
    parameters
        Every parameter by name: numbers or DataArrays, of any dims, that broadcast together.
    scenario
        The scenario.
    outcomes
        Names of outcomes; all that exist in the scenario when None.
    precision
        How finely to integrate over histories.

    Returns
    -------
    xr.Dataset
        One variable an outcome, over the parameters' dims. A conditional outcome whose condition
        has probability 0 is NaN.

    Raises
    ------
    InputError
        If an outcome is unknown or does not exist in the scenario.
    """
    names = outcomes_in(scenario) if outcomes is None else tuple(outcomes)
    arrays = xr.broadcast(*(xr.DataArray(parameters[name]) for name in PARAMETER_NAMES))
    shape = arrays[0].shape
    flat = [np.ascontiguousarray(each.values, float).ravel() for each in arrays]
    results = _function(scenario, names, precision)(*flat)
    return xr.Dataset(
        {
            name: (arrays[0].dims, np.broadcast_to(result, flat[0].shape).reshape(shape).copy())
            for name, result in zip(names, results, strict=True)
        },
        coords=arrays[0].coords,
    )


def _function(scenario: Scenario, names: tuple[str, ...], precision: Precision) -> Any:
    inputs = tuple(
        (each.name, getattr(scenario, each.name))
        for each in fields(scenario)
        if each.name not in ("values", "shifts")
    )
    policy = (tuple(scenario.values.items()), tuple(scenario.shifts.items()))
    return _compiled(inputs, policy, names, precision)


@lru_cache(maxsize=256)
def _compiled(
    inputs: tuple[tuple[str, Any], ...],
    policy: tuple[Any, Any],
    names: tuple[str, ...],
    precision: Precision,
) -> Any:
    scenario = Scenario(**dict(inputs), values=dict(policy[0]), shifts=dict(policy[1]))
    parameters = {name: pt.vector(name) for name in PARAMETER_NAMES}
    worlds = world(parameters, scenario, precision)
    # The interpreter, not a compiler: the integral is compiled already, and the rest is a few
    # dozen array operations, which take less time than compiling them would.
    return pytensor.function(
        list(parameters.values()),
        [worlds.outcome(name) for name in names],
        mode=Mode(linker="py", optimizer="fast_compile"),
        on_unused_input="ignore",
    )
