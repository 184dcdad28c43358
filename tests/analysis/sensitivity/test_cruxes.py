"""Cruxes are found where they were put, and add up to the whole."""

from math import factorial

import numpy as np
import pytest
import xarray as xr

from takeoff.analysis.figures import PAGE, PHONE
from takeoff.analysis.figures.cruxes import crux_experts_figure, cruxes_figure
from takeoff.analysis.sensitivity.crux_sentences import (
    BELIEFS,
    about_camps_apart,
    about_cruxes,
    about_pair,
    about_pairs,
)
from takeoff.analysis.sensitivity.cruxes import cruxes, pairs
from takeoff.analysis.sensitivity.shapley import coalitions, shapley
from takeoff.analysis.worlds import worldviews_of
from takeoff.models.errors import InputError
from takeoff.models.evaluate import evaluate
from takeoff.models.scenario import Scenario
from takeoff.models.worldviews import VARYING
from tests.analysis.panels import panel_tree


def panel(differing: tuple[str, ...] = VARYING, **fixed: float) -> xr.DataTree:
    """Give a panel whose experts differ in some beliefs only, with some parameters fixed."""
    tree = panel_tree()
    posterior = tree["posterior"].to_dataset()
    differs = xr.DataArray([name in differing for name in VARYING], dims="varying")
    own = posterior["worldview"]
    posterior["worldview"] = own.where(differs, own.isel(expert=0)).transpose(*own.dims)
    for name, value in fixed.items():
        posterior[name] = xr.full_like(posterior[name], value)
    tree["posterior"] = xr.DataTree(posterior)
    return tree


@pytest.fixture(scope="module")
def found() -> xr.Dataset:
    return cruxes(panel())


def test_shapley_values_average_over_all_orders() -> None:
    random = np.random.default_rng(1)
    worth = random.normal(size=16)
    inside = coalitions(4)
    expected = np.zeros(4)
    orders = [np.array(each) for each in _orders(4)]
    for order in orders:
        present = np.zeros(4, dtype=bool)
        for cause in order:
            before = worth[np.all(inside == present, axis=1)][0]
            present[cause] = True
            expected[cause] += worth[np.all(inside == present, axis=1)][0] - before
    assert len(orders) == factorial(4)
    np.testing.assert_allclose(shapley(worth), expected / len(orders), atol=1e-12)


def _orders(count: int) -> list[list[int]]:
    if count == 0:
        return [[]]
    return [
        [*each[:place], count - 1, *each[place:]]
        for each in _orders(count - 1)
        for place in range(count)
    ]


def test_beliefs_add_up_to_the_variance_between_experts(found: xr.Dataset) -> None:
    posterior = panel()["posterior"].to_dataset()
    table = evaluate(worldviews_of(posterior), Scenario(), ["catastrophe"], "fit")["catastrophe"]
    by_draw = table.transpose("chain", "draw", "expert").values
    whole = np.log(by_draw / (1 - by_draw)).var(axis=-1)
    # Worlds that are evaluated together share a grid of margins, which moves an outcome by 1e-4.
    np.testing.assert_allclose(found["variance"].sel(risk="catastrophe"), whole, rtol=1e-3)
    np.testing.assert_allclose(found["of_belief"].sum("varying"), found["variance"], rtol=1e-9)
    parts = found["between_camps"] + found["within_camps"]
    np.testing.assert_allclose(parts, found["of_belief"], atol=1e-9)


def test_what_own_beliefs_add_is_the_distance_from_the_mean_worldview(found: xr.Dataset) -> None:
    spread = found["of_expert"].sum("varying").var("expert")
    np.testing.assert_allclose(spread, found["variance"], rtol=1e-9)


@pytest.mark.parametrize("name", ["margin", "offense"])
def test_the_only_belief_that_differs_carries_everything(name: str) -> None:
    own = cruxes(panel((name,)))
    share = (own["of_belief"] / own["variance"]).transpose(..., "varying").values
    expected = np.array([each == name for each in VARYING], float)
    np.testing.assert_allclose(share, np.broadcast_to(expected, share.shape), atol=1e-9)
    assert BELIEFS[name] in about_cruxes(own)


def test_slips_carry_nothing_where_misaligned_systems_act_as_one() -> None:
    own = cruxes(panel(coordination_kin=1.0, coordination_strangers=1.0))
    np.testing.assert_allclose(own["of_belief"].sel(varying=["slip", "response"]), 0, atol=1e-9)


def test_a_pairs_beliefs_add_up_to_its_difference_draw_by_draw() -> None:
    tree = panel()
    posterior = tree["posterior"].to_dataset().isel(draw=slice(5, 6), chain=slice(1))
    # The same draw ten times over: then quantiles are the draw itself, and add up.
    posterior = xr.concat([posterior] * 12, "draw").assign_coords(draw=np.arange(12))
    for name in ("expert", "varying"):
        posterior[name] = tree["posterior"].to_dataset()[name]
    tree["posterior"] = xr.DataTree(
        posterior.transpose("chain", "draw", ...).drop_vars("camp_contrast", errors="ignore")
    )
    own = pairs(tree).sel(risk="takeover", level=0.5)
    parts = own["of_belief"].sum("varying", skipna=False)
    np.testing.assert_allclose(parts, own["difference"], atol=1e-9)
    np.testing.assert_allclose(own["difference"], -own["difference"].values.T, atol=1e-9)


def test_a_pair_is_said_to_differ_on_the_one_belief_it_differs_on() -> None:
    tree = panel(("offense",))
    posterior = tree["posterior"].to_dataset()
    offense = xr.DataArray([3.0, -3.0, 0.0, 0.0], dims="expert")
    is_offense = posterior["varying"] == "offense"
    posterior["worldview"] = posterior["worldview"].where(~is_offense, offense)
    tree["posterior"] = xr.DataTree(posterior.transpose("chain", "draw", ...))
    own = pairs(tree)
    assert BELIEFS["offense"] in about_pair(own, "Ann", "Bea")
    assert about_pair(own, "Cid", "Dov") == ""  # they do not differ at all
    assert about_pair(own, "Ann", "Bea") == about_pairs(own)[0]


def test_nothing_is_said_of_a_pair_whose_intervals_overlap() -> None:
    own = pairs(panel())  # worldviews drawn anew in every draw: nothing is known of anybody
    assert about_pairs(own) == []


def test_no_belief_is_named_the_crux_where_two_are_not_apart(found: xr.Dataset) -> None:
    assert "cannot be told" in about_cruxes(found)


def test_camps_that_hold_one_view_each_differ_only_between_them() -> None:
    tree = panel()
    posterior = tree["posterior"].to_dataset()
    alike = posterior["worldview"].isel(expert=[0, 0, 2, 3])
    posterior["worldview"] = alike.assign_coords(expert=posterior["expert"])
    tree["posterior"] = xr.DataTree(posterior)
    own = cruxes(tree)
    np.testing.assert_allclose(own["within_camps"], 0, atol=1e-9)
    assert about_camps_apart(own).startswith("Most of it lies between camps: 100%")


def _one_expert() -> xr.DataTree:
    tree = panel()
    tree["posterior"] = xr.DataTree(tree["posterior"].to_dataset().isel(expert=[0]))
    return tree


def _few_draws() -> xr.DataTree:
    tree = panel()
    tree["posterior"] = xr.DataTree(tree["posterior"].to_dataset().isel(draw=[0]))
    return tree


@pytest.mark.parametrize(
    ("tree", "message"),
    [
        (_one_expert(), "one expert"),
        (_few_draws(), "2 draws"),
        (panel(()), "one worldview"),
    ],
    ids=["one expert", "two draws", "one worldview"],
)
def test_what_cannot_be_split_is_refused(tree: xr.DataTree, message: str) -> None:
    with pytest.raises(InputError, match=message):
        cruxes(tree)


@pytest.mark.parametrize("width", [PAGE, PHONE])
def test_cruxes_are_drawn(found: xr.Dataset, width: float) -> None:
    assert cruxes_figure(found, width).get_size_inches()[0] == width
    assert crux_experts_figure(found, width).get_size_inches()[0] == width
