"""The switch of the report: other prior sets, other weights of the camps."""

import numpy as np
import pytest
import xarray as xr

from takeoff.analysis.summaries import HEADLINES
from takeoff.analysis.switch import switch_of
from takeoff.analysis.wording import quantity
from takeoff.models.outcomes import outcome
from takeoff.models.priors import PRIOR_SETS
from tests.analysis.synthetic import synthetic_tree

CAMPS = ("Concerned", "Skeptical")


@pytest.fixture(scope="module")
def tree() -> xr.DataTree:
    experts = [(f"{camp} {number}", camp) for camp in CAMPS for number in range(3)]
    made = synthetic_tree(experts, camps=CAMPS)
    table = made["outcomes"].to_dataset()
    shape = (table.sizes["chain"], table.sizes["draw"])
    own = np.random.default_rng(1).choice(CAMPS, size=shape)
    made["outcomes"] = xr.DataTree(table.assign_coords(camp_of_population=(("chain", "draw"), own)))
    return made


def test_at_either_end_the_population_is_one_camp(tree: xr.DataTree) -> None:
    switch = switch_of(tree, "neutral", {"Concerned": 0.5, "Skeptical": 0.5})
    table = tree["outcomes"].to_dataset()
    for step, camp in ((-1, "Concerned"), (0, "Skeptical")):
        inside = (table["camp_of_population"] == camp).values
        for name in HEADLINES:
            draws = table["population"].sel(scenario="default", outcome=name).values[inside]
            median = np.median(draws)
            written, _ = switch.ways[0].answers[name]["population"][step]
            assert written == quantity(median, outcome(name).unit)


def test_a_fit_under_the_average_reaches_every_set(tree: xr.DataTree) -> None:
    switch = switch_of(tree, "averaged", {"Concerned": 0.5, "Skeptical": 0.5})
    assert [each.name for each in switch.ways] == ["averaged", *PRIOR_SETS]
    assert all(each.usable for each in switch.ways)


def test_the_first_way_is_the_fit_itself(tree: xr.DataTree) -> None:
    switch = switch_of(tree, "neutral", {"Concerned": 0.5, "Skeptical": 0.5})
    assert [each.name for each in switch.ways] == ["neutral", "homogeneous", "heterogeneous"]
    assert switch.ways[0].how == "fitted"
    assert all("fitted" not in each.how for each in switch.ways[1:])
