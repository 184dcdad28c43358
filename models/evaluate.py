"""Outcomes of given worlds, without sampling: one world or a million."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import fields
from functools import lru_cache, partial
from itertools import count
from math import prod
from typing import Any

import numpy as np
import pytensor
import pytensor.tensor as pt
import xarray as xr
from pytensor.compile.mode import Mode
from pytensor.tensor.variable import TensorVariable

from takeoff.models.nodes import Precision
from takeoff.models.outcomes import outcome
from takeoff.models.parameters import PARAMETER_NAMES, SHARES
from takeoff.models.pieces import in_pieces
from takeoff.models.scenario import Scenario
from takeoff.models.special import FloatArray
from takeoff.models.transforms import settled
from takeoff.models.world import OWN, outcomes_in, world

__all__ = ["INTERPRETED", "evaluate", "evaluate_with_conditions", "under_policy"]

INTERPRETED = Mode(linker="py", optimizer="merge")
"""The interpreter, not a compiler: the integral is compiled already, and the rest is a few dozen
array operations, which take less time than compiling or rewriting them would."""

_PIECE = 2048  # as many worlds have tables that fit the processor's cache


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
        Worlds along a dim that only margin, offense, slip and response have (a panel's experts)
        share the integral at precision "fit", which is faster.
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
    results = _applied((*_key(scenario), names, (), precision), parameters)
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
    results = _applied((*_key(scenario), names, names, precision), parameters)
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
        mode=INTERPRETED,
        on_unused_input="ignore",
    )
    results = function(*(np.ascontiguousarray(each.values, float).ravel() for each in arrays))
    policy = {
        name: array.copy(data=np.reshape(result, array.shape))
        for name, array, result in zip(changed, arrays, results, strict=True)
    }
    return {**parameters, **policy}


def _applied(key: tuple[Any, ...], parameters: Mapping[str, Any]) -> list[xr.DataArray]:
    """Call a compiled function on every parameter, and give its results their dims back."""
    given = {name: xr.DataArray(parameters[name]) for name in PARAMETER_NAMES}
    whole = _broadcast(given)
    first = whole[PARAMETER_NAMES[0]]
    inner = _own_dims(given)
    order = (*(dim for dim in first.dims if dim not in inner), *inner)
    like = first.transpose(*order)
    block = prod(like.sizes[dim] for dim in inner)
    copies = count()
    results = in_pieces(
        lambda: partial(_compiled(*key, next(copies)), block),
        [_flat(whole[name], given[name], like) for name in PARAMETER_NAMES],
        max(1, _PIECE // block) * block,
    )
    return [
        xr.DataArray(each.reshape(like.shape), dims=order, coords=like.coords).transpose(
            *first.dims
        )
        for each in results
    ]


def _broadcast(given: Mapping[str, xr.DataArray]) -> dict[str, xr.DataArray]:
    """Broadcast arrays; of those of one shape without coordinates only the first is, for all.

    Nothing can be out of line in the others, and xarray takes longer over forty of them than the
    integral over a hundred worlds.
    """
    keys = {
        name: (name,) if each.coords else (each.dims, each.shape) for name, each in given.items()
    }
    alone = {key: given[name] for name, key in reversed(keys.items())}
    chosen = {key: alone[key] for key in dict.fromkeys(keys.values())}
    whole = dict(zip(chosen, xr.broadcast(*chosen.values()), strict=True))
    return {name: whole[key] for name, key in keys.items()}


def _flat(whole: xr.DataArray, own: xr.DataArray, like: xr.DataArray) -> FloatArray:
    """Give an array as (world,): its own numbers, along what it was broadcast to."""
    variable = whole.variable if own.coords else own.variable.set_dims(dict(like.sizes))
    return np.ascontiguousarray(variable.transpose(*like.dims).values, float).ravel()


def _own_dims(given: Mapping[str, xr.DataArray]) -> tuple[Hashable, ...]:
    """Name the dims that only `OWN` parameters have."""
    shared = {dim for name, each in given.items() if name not in OWN for dim in each.dims}
    own = (dim for name in sorted(OWN) for dim in given[name].dims if dim not in shared)
    return tuple(dict.fromkeys(own))


def _key(scenario: Scenario) -> tuple[Any, Any]:
    """Give a scenario as what can be looked up: its inputs, and its policy."""
    inputs = tuple(
        (each.name, getattr(scenario, each.name))
        for each in fields(scenario)
        if each.name not in ("values", "shifts")
    )
    return inputs, (tuple(scenario.values.items()), tuple(scenario.shifts.items()))


@lru_cache(maxsize=256)
def _compiled(
    inputs: tuple[tuple[str, Any], ...],
    policy: tuple[Any, Any],
    names: tuple[str, ...],
    conditions: tuple[str, ...],
    precision: Precision,
    copy: int,
) -> Any:
    """Compile a function of the length of blocks and all parameters; a copy for each thread."""
    if copy:
        return _compiled(inputs, policy, names, conditions, precision, 0).copy()
    scenario = Scenario(**dict(inputs), values=dict(policy[0]), shifts=dict(policy[1]))
    parameters = {name: pt.vector(name) for name in PARAMETER_NAMES}
    block = pt.lscalar("block")
    worlds = world(parameters, scenario, precision, block if precision == "fit" else None)
    outputs = [_possible(name, worlds.outcome(name), scenario) for name in names]
    outputs += [pt.clip(worlds.condition(name), 0, 1) for name in conditions]
    return pytensor.function(
        [block, *parameters.values()], outputs, mode=INTERPRETED, on_unused_input="ignore"
    )


def _possible(name: str, values: TensorVariable, scenario: Scenario) -> TensorVariable:
    """Hold an outcome to what it can be.

    An integral by nodes of what all but always (never) happens comes out a hair above 1 (below 0).
    """
    return pt.clip(values, 0, scenario.projects if outcome(name).unit == "projects" else 1)
