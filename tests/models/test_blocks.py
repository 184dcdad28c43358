"""Blocks of worlds that share the integral: a panel's experts over draws."""

from typing import Any

import numpy as np
import pytest
import xarray as xr

from takeoff.models.evaluate import evaluate
from takeoff.models.parameters import PARAMETER_NAMES
from takeoff.models.pieces import in_pieces
from takeoff.models.priors import draw_prior, prior_set
from takeoff.models.scenario import Scenario
from takeoff.models.world import OWN

DRAWS, EXPERTS = 90, 12

SCENARIOS: dict[str, dict[str, Any]] = {
    "alone": {"projects": 1},
    "five": {},
    "eight": {"projects": 8},
    "holdouts": {"projects": 3, "delay": 5.0, "holdouts": 1},
    "effort": {"projects": 3, "effort": (1.0, 0.0, -1.0)},
    "policy": {"shifts": {"detection": 1.0, "margin": 0.5, "copied": 1.0}, "values": {"slip": 0.5}},
}


def panels() -> dict[str, xr.DataArray]:
    """Draw panels from the prior: (draw,), and (expert, draw) where experts differ."""
    shared = draw_prior(prior_set("neutral"), DRAWS, seed=31)
    each = draw_prior(prior_set("neutral"), DRAWS * EXPERTS, seed=32)
    own = {name: each[name].reshape(EXPERTS, DRAWS) for name in OWN}
    return {
        name: xr.DataArray(own[name], dims=("expert", "draw"))
        if name in OWN
        else xr.DataArray(shared[name], dims="draw")
        for name in PARAMETER_NAMES
    }


def apart(worlds: dict[str, xr.DataArray]) -> dict[str, xr.DataArray]:
    """Give every parameter the dim of experts, so that nothing is shared."""
    return dict(zip(worlds, xr.broadcast(*worlds.values()), strict=True))


@pytest.mark.parametrize("case", SCENARIOS)
def test_sharing_keeps_every_outcome_within_a_thousandth(case: str) -> None:
    scenario = Scenario(**SCENARIOS[case])
    together = evaluate(panels(), scenario, precision="fit")
    exact = evaluate(apart(panels()), scenario, precision="report")
    size = {"projects_fielded": scenario.projects}  # a count, compared by project
    worst = {
        str(name): float(np.abs(together[name] - exact[name]).max()) / size.get(str(name), 1)
        for name in exact
    }
    assert {name: error for name, error in worst.items() if not error < 1e-3} == {}
    assert all((together[name].isnull() == exact[name].isnull()).all() for name in exact)


def test_far_worlds_are_as_if_apart() -> None:
    """Off the grid even what follows from the less likely end is that of worlds apart."""
    worlds = panels()
    worlds["margin"] = worlds["margin"] * 0 + xr.DataArray(
        np.linspace(-13.0, 13.0, EXPERTS), dims="expert"
    )
    together = evaluate(worlds, Scenario(), precision="fit")
    alone = evaluate(apart(worlds), Scenario(), precision="fit")
    for name in alone:
        np.testing.assert_allclose(together[name], alone[name], atol=1e-3, rtol=0)


def test_a_few_experts_do_not_share() -> None:
    worlds = {
        name: each.isel(expert=slice(3), missing_dims="ignore") for name, each in panels().items()
    }
    together = evaluate(worlds, Scenario(), precision="fit")
    xr.testing.assert_equal(together, evaluate(apart(worlds), Scenario(), precision="fit"))


@pytest.mark.parametrize("length", [1, 3, 7, 100])
def test_pieces_make_up_the_whole(length: int) -> None:
    numbers, table = np.arange(7.0), np.arange(14.0).reshape(7, 2)
    doubled, summed, constant = in_pieces(
        lambda: lambda x, y: (2 * x, x[:, None] + y, np.float64(3.0)), [numbers, table], length
    )
    np.testing.assert_array_equal(doubled, 2 * numbers)
    np.testing.assert_array_equal(summed, numbers[:, None] + table)
    np.testing.assert_array_equal(constant, np.full(7, 3.0))
