"""Voices: experts count once, imagined members for all people of their camp."""

import numpy as np
import pytest
import xarray as xr

from takeoff.analysis.voices import middle, of_camp, voices
from takeoff.analysis.worlds import worldviews_of
from takeoff.models.priors import prior_set
from takeoff.models.transforms import to_real
from takeoff.models.worldviews import VARYING
from tests.analysis.panels import EXPERTS, panel_tree

CAMPS = list(EXPERTS.values())
WEIGHTS = {"worried": 0.5, "hopeful": 0.5}


def numbers(weights: list[int]) -> xr.DataArray:
    drawn = np.random.default_rng(3).normal(size=(2, 5, len(weights)))
    return xr.DataArray(
        drawn, dims=("chain", "draw", "expert"), coords={"weight": ("expert", weights)}
    )


@pytest.mark.parametrize("weights", [[1, 1, 1], [2, 2, 2, 2], [1, 5, 2], [9, 1, 1, 1], [1, 3]])
def test_the_middle_is_the_median_of_everybody_repeated(weights: list[int]) -> None:
    values = numbers(weights)
    everybody = np.repeat(values.values, weights, axis=-1)
    np.testing.assert_allclose(middle(values), np.median(everybody, axis=-1))


def test_absent_voices_have_no_say() -> None:
    values = numbers([1, 1, 1, 1]).drop_vars("weight")
    values[..., 0] = np.nan
    np.testing.assert_allclose(middle(values), np.nanmedian(values, axis=-1))


def test_without_crowds_voices_are_the_experts() -> None:
    draws = panel_tree()["posterior"].to_dataset()
    heard = voices(draws, CAMPS, {}, WEIGHTS, prior_set("neutral"))
    xr.testing.assert_equal(heard.drop_vars("camp_of_expert"), draws)
    assert of_camp(heard["worldview"], "hopeful").sizes["expert"] == CAMPS.count("hopeful")


def test_members_stand_around_their_camp_and_count_for_all_of_it() -> None:
    draws, chosen = panel_tree()["posterior"].to_dataset(), prior_set("neutral")
    worried = CAMPS.count("worried")
    heard = voices(draws, CAMPS, {"worried": 500}, WEIGHTS, chosen)
    theirs = of_camp(heard["worldview"], "worried")
    assert float(theirs["weight"].sum()) == pytest.approx(500 + worried)
    others = of_camp(heard["worldview"], "hopeful")
    kept = draws["worldview"].isel(expert=np.flatnonzero(np.array(CAMPS) == "hopeful"))
    xr.testing.assert_equal(others.drop_vars(("camp_of_expert", "weight")), kept)
    for name in VARYING:
        own = to_real(name, theirs.sel(varying=name).transpose("chain", "draw", "expert").values)
        apart = np.ptp(own, axis=-1) / draws["disagreement"].sel(varying=name).values
        np.testing.assert_allclose(apart, apart[0, 0])  # the same members in every draw
    assert set(worldviews_of(heard)["margin"].dims) == {"chain", "draw", "expert"}
    assert set(heard["efficacy"]["expert"].values) == set(heard["worldview"]["expert"].values)
