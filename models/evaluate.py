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
from takeoff.models.parameters import PARAMETER_NAMES, SHARES
from takeoff.models.scenario import Scenario
from takeoff.models.transforms import settled
from takeoff.models.world import outcomes_in, world

__all__ = ["evaluate", "evaluate_with_conditions", "under_policy"]

_MODE = Mode(linker="py", optimizer="merge")
"""The interpreter, not a compiler: the integral is compiled already, and the rest is a few dozen
array operations, which take less time than compiling or rewriting them would."""


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
    compiled = _function(scenario, names, (), precision)
    results = _applied(compiled, parameters)
    return xr.Dataset(dict(zip(names, results, strict=True)))


def evaluate_with_conditions(
    parameters: Mapping[str, Any], scenario: Scenario, precision: Precision = "fit"
) -> xr.Dataset:
    """Compute every outcome, and the probability of what it is conditioned on.

    That is what it takes to mix worlds: a mixture's outcome is the mean of its worlds' outcomes,
    weighted by their conditions.

    Parameters
    ----------
    parameters, scenario, precision
        As in `evaluate`.

    Returns
    -------
    xr.Dataset
        ``value`` and ``condition``, both (outcome, ...) over the parameters' dims; a condition is
        1 where an outcome has none.
    """
    names = outcomes_in(scenario)
    results = _applied(_function(scenario, names, names, precision), parameters)
    coordinate = xr.IndexVariable("outcome", list(names))
    halves = {"value": results[: len(names)], "condition": results[len(names) :]}
    return xr.Dataset({name: xr.concat(each, coordinate) for name, each in halves.items()})


def under_policy(
    parameters: Mapping[str, xr.DataArray], scenario: Scenario
) -> dict[str, xr.DataArray]:
    """Apply a scenario's values and shifts to parameters, as the world does."""
    changed = [*scenario.values, *scenario.shifts]
    if any(name in SHARES for name in changed):
        changed += [name for name in SHARES if name not in changed]
    if not changed:
        return dict(parameters)
    arrays = xr.broadcast(*(parameters[name] for name in changed))
    inputs = {name: pt.vector(name) for name in changed}
    outputs = settled(inputs, scenario)
    function = pytensor.function(
        list(inputs.values()),
        [outputs[name] for name in changed],
        mode=_MODE,
        on_unused_input="ignore",
    )
    results = function(*(np.ascontiguousarray(each.values, float).ravel() for each in arrays))
    policy = {
        name: array.copy(data=np.reshape(result, array.shape))
        for name, array, result in zip(changed, arrays, results, strict=True)
    }
    return {**parameters, **policy}


def _applied(function: Any, parameters: Mapping[str, Any]) -> list[xr.DataArray]:
    """Call a compiled function on every parameter, and give its results their dims back."""
    arrays = xr.broadcast(*(xr.DataArray(parameters[name]) for name in PARAMETER_NAMES))
    shape = arrays[0].shape
    flat = [np.ascontiguousarray(each.values, float).ravel() for each in arrays]
    return [
        xr.DataArray(
            np.broadcast_to(result, flat[0].shape).reshape(shape).copy(),
            dims=arrays[0].dims,
            coords=arrays[0].coords,
        )
        for result in function(*flat)
    ]


def _function(
    scenario: Scenario,
    names: tuple[str, ...],
    conditions: tuple[str, ...],
    precision: Precision,
) -> Any:
    inputs = tuple(
        (each.name, getattr(scenario, each.name))
        for each in fields(scenario)
        if each.name not in ("values", "shifts")
    )
    policy = (tuple(scenario.values.items()), tuple(scenario.shifts.items()))
    return _compiled(inputs, policy, names, conditions, precision)


@lru_cache(maxsize=256)
def _compiled(
    inputs: tuple[tuple[str, Any], ...],
    policy: tuple[Any, Any],
    names: tuple[str, ...],
    conditions: tuple[str, ...],
    precision: Precision,
) -> Any:
    scenario = Scenario(**dict(inputs), values=dict(policy[0]), shifts=dict(policy[1]))
    parameters = {name: pt.vector(name) for name in PARAMETER_NAMES}
    worlds = world(parameters, scenario, precision)
    outputs = [worlds.outcome(name) for name in names]
    outputs += [worlds.condition(name) for name in conditions]
    return pytensor.function(
        list(parameters.values()), outputs, mode=_MODE, on_unused_input="ignore"
    )
