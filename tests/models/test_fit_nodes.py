"""The likelihood's few nodes against the report's many, over the prior."""

from typing import Any

import numpy as np
import pytest

from takeoff.models.evaluate import evaluate
from takeoff.models.priors import draw_prior, prior_set
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
