"""What outcomes take, compiled ahead of its use where nothing is compiled yet.

A first run compiles for two minutes, the most of it on one processor. So a second process compiles
what comes after sampling, while this one builds the model and compiles its density.
"""

import multiprocessing
from collections.abc import Callable

import xarray as xr

from takeoff.analysis.side_by_side import copies
from takeoff.models.blocks import integrate_in_blocks
from takeoff.models.evaluate import evaluate
from takeoff.models.priors import draw_prior, prior_set
from takeoff.models.scenario import Scenario
from takeoff.models.special import is_compiled
from takeoff.models.worldviews import VARYING

__all__ = ["compile_ahead"]

_WORLDS, _EXPERTS = 2, 8


def compile_ahead() -> Callable[[], None]:
    """Begin to compile what outcomes take, unless it is compiled; gives what waits for it."""
    if copies() == 1 or is_compiled(integrate_in_blocks):
        return lambda: None
    process = multiprocessing.get_context("fork").Process(target=_take_outcomes, daemon=True)
    process.start()
    return process.join


def _take_outcomes() -> None:
    """Evaluate a few worlds, of which some share all but what experts differ in."""
    drawn = draw_prior(prior_set("neutral"), _WORLDS * _EXPERTS, seed=1)
    worlds = {
        name: xr.DataArray(values.reshape(_WORLDS, _EXPERTS), dims=("draw", "expert"))
        for name, values in drawn.items()
    }
    shared = {name: each if name in VARYING else each[:, 0] for name, each in worlds.items()}
    evaluate(shared, Scenario(), precision="fit")
    evaluate(worlds, Scenario(), precision="fit")
