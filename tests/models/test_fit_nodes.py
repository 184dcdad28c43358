"""The likelihood's few nodes against the report's many, over the prior."""

from typing import Any

import numpy as np
import pytest
import xarray as xr

from takeoff.models.evaluate import evaluate
from takeoff.models.priors import draw_prior, prior_medians, prior_set
from takeoff.models.scenario import Scenario

CASES: dict[str, tuple[dict[str, Any], int]] = {
    "five projects": ({}, 2000),
    "one project": ({"projects": 1}, 1000),
    "two projects": ({"projects": 2}, 1000),
    "eight projects": ({"projects": 8}, 1000),
    "holdouts": ({"projects": 3, "delay": 5.0, "holdouts": 1}, 1000),
    "effort": ({"projects": 3, "effort": (1.0, 0.0, -1.0)}, 1000),
}


@pytest.mark.parametrize("case", CASES)
def test_few_nodes_keep_every_outcome_within_a_thousandth(case: str) -> None:
    inputs, draws = CASES[case]
    scenario = Scenario(**inputs)
    worlds = draw_prior(prior_set("neutral"), draws, seed=10)
    few = evaluate(worlds, scenario, precision="fit")
    many = evaluate(worlds, scenario, precision="report")
    size = {"projects_fielded": scenario.projects}  # a count, compared by project
    worst = {
        str(name): float(np.nanmax(abs(few[name] - many[name]))) / size.get(str(name), 1)
        for name in many
    }
    assert {name: error for name, error in worst.items() if not error < 1e-3} == {}


def test_what_is_all_but_certain_is_no_more_than_certain() -> None:
    """By few nodes alone, somebody is misaligned with probability 1 + 1e-8 in such worlds."""
    medians = prior_medians(prior_set("neutral"))
    near = {name: xr.DataArray(value) for name, value in medians.items()}
    near["margin"] = xr.DataArray(np.linspace(-30, 30, 400), dims="expert")
    near["detection"] = xr.DataArray([0.0, 0.3, 1.0], dims="draw")
    for number in (1, 5):
        scenario = Scenario(projects=number)
        few = evaluate(near, scenario, precision="fit")
        most = xr.Dataset({name: number if name == "projects_fielded" else 1 for name in few})
        assert bool((few.fillna(0) >= 0).to_dataarray().all())
        assert bool((few.fillna(0) <= most).to_dataarray().all())
