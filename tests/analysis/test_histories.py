"""Histories of a posterior: whose they are, and what those of one kind look like."""

import numpy as np
import pytest
import xarray as xr

from takeoff.analysis.derived import latent
from takeoff.analysis.histories import given, histories_of, worlds_of
from takeoff.models.errors import InputError
from takeoff.models.evaluate import evaluate
from takeoff.models.priors import draw_prior, prior_set
from takeoff.models.scenario import Scenario

EACH = 1000
VARYING = ("margin", "offense", "slip", "response")


@pytest.fixture(scope="module")
def posterior() -> xr.Dataset:
    """Worlds of the prior, named as a posterior is, with two experts on either side of them."""
    drawn = draw_prior(prior_set("neutral"), 60, seed=2)
    draws = xr.Dataset(
        {name: (("chain", "draw"), values.reshape(2, 30)) for name, values in drawn.items()}
    )
    calm = xr.concat([draws[name] for name in VARYING], xr.Variable("varying", list(VARYING)))
    shift = xr.DataArray([1.0, -1.0, 0.0, 0.0], dims="varying")
    views = xr.concat([calm + shift, calm - shift], xr.Variable("expert", ["Calm", "Worried"]))
    return draws.assign(worldview=views)


@pytest.mark.parametrize("expert", [None, "Calm", "Worried"])
def test_histories_are_those_of_the_centre_or_of_the_expert_named(
    posterior: xr.Dataset, expert: str | None
) -> None:
    told = histories_of(posterior, Scenario(), EACH, seed=3, expert=expert)
    look = given(told, xr.ones_like(told["takeover"]))
    found = look.sel(outcome="takeover", counted="all")
    closed = float(
        evaluate(worlds_of(posterior, expert), Scenario(), ["takeover"])["takeover"].mean()
    )
    assert float(found["mean"]) == pytest.approx(closed, abs=5 * float(found["error"]))
    np.testing.assert_array_equal(look["mean"][0], look["mean"][1])


def test_worlds_in_which_the_first_system_was_aligned_look_as_the_closed_form_says(
    posterior: xr.Dataset,
) -> None:
    world = posterior.isel(chain=[0], draw=[7])
    told = histories_of(world, Scenario(), 200_000, seed=4)
    look = given(told, told["alignment"].isel(project=0) > 0).sel(counted="given")
    closed = evaluate(worlds_of(world), Scenario())
    for event, name in (
        ("takeover", "takeover_given_first_aligned"),
        ("first_aligned", "first_fielded"),
    ):
        found = look.sel(outcome=event)
        expected = float(closed[name].item()) if event == "takeover" else 1.0
        assert float(found["mean"]) == pytest.approx(expected, abs=5 * float(found["error"]))
    np.testing.assert_allclose(look["ended"].sum("state"), 1.0)
    assert float(look["alignment"].isel(project=0)) > 0


def test_stored_latents_are_one_history_of_each_draw(posterior: xr.Dataset) -> None:
    stored = latent(posterior, seed=5)
    assert dict(stored["alignment"].sizes) == {"chain": 2, "draw": 30, "project": 5}
    assert {"provenance", "state", "warning_shot", "deviation"} <= set(stored.data_vars)
    assert stored.equals(latent(posterior, seed=5))


def test_an_unknown_expert_is_named_with_the_nearest(posterior: xr.Dataset) -> None:
    with pytest.raises(InputError, match='did you mean "Calm"'):
        histories_of(posterior, Scenario(), 1, seed=1, expert="Clam")
