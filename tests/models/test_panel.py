"""The panel's model and the coordinates in which it is sampled."""

from typing import Any

import numpy as np
import pytest
from pytensor.compile.maker import function as graph_function
from pytensor.compile.mode import Mode
from pytensor.tensor.random.basic import HalfNormalRV

from takeoff.data import join, load_study
from takeoff.models.panel import panel_model
from takeoff.models.priors import prior_set
from takeoff.models.program import program_of
from takeoff.models.worldviews import VARYING, camp_contrasts, prior_spreads

INTERPRETED = Mode(linker="py", optimizer="fast_compile")


@pytest.fixture(scope="module")
def panel() -> Any:
    return panel_model(join([load_study("fri_2023"), load_study("authors")]), prior_set("neutral"))


@pytest.fixture(scope="module")
def coordinates(panel: Any) -> Any:
    return panel.coordinates()


def test_straightened_density_is_the_storys_times_the_volume(panel: Any, coordinates: Any) -> None:
    """The way back carries each point to one with the density that was sampled there."""
    model = coordinates.model
    start = model.initial_point(0)
    shapes = [np.shape(start[each.name]) for each in model.value_vars]
    density = program_of([model.logp(vars=model.potentials[0])], model.value_vars, shapes).density()
    story_values = [panel.model.rvs_to_values[each] for each in panel.model.free_RVs]
    story: Any = graph_function(
        story_values, [each.sum() for each in panel.model.logp(sum=False)], mode=INTERPRETED
    )
    random = np.random.default_rng(0)
    for _ in range(3):
        point = {
            name: value + random.normal(0, 0.3, np.shape(value)) for name, value in start.items()
        }
        back = coordinates.back({name: np.asarray(value)[None] for name, value in point.items()})
        inside, _ = density(
            np.concatenate([np.ravel(point[each.name]) for each in model.value_vars])
        )
        moved = ("margin", "offense", "contrast", "wording", "offense_deviation")
        there = {**point} | {name: back[name][0] for name in moved}
        noise = panel.model.rvs_to_values[panel.model["noise"]].name
        there |= {str(noise): np.log(back["noise"][0])}
        there |= {
            str(panel.model.rvs_to_values[each].name): np.log(back[each.name][0])
            for each in panel.model.free_RVs
            if isinstance(each.owner.op, HalfNormalRV)
        }
        outside = sum(story(*(there[each.name] for each in story_values)))
        assert inside == pytest.approx(float(outside), rel=1e-9)


def test_contrasts_are_orthogonal_and_leave_the_centre_alone() -> None:
    for count in (2, 3, 5):
        camps = [f"camp {each}" for each in range(count)]
        basis = camp_contrasts(camps, camps)
        np.testing.assert_allclose(basis.sum(axis=0), 0, atol=1e-12)
        np.testing.assert_allclose(basis.T @ basis, np.eye(count - 1) / 2, atol=1e-12)
    assert camp_contrasts(["only"], ["only", ""]).shape == (2, 0)


def test_spreads_are_those_of_the_priors_on_the_real_line() -> None:
    spreads = dict(zip(VARYING, prior_spreads(prior_set("neutral")), strict=True))
    assert spreads["margin"] == pytest.approx(1.0, rel=0.01)
    assert spreads["offense"] == pytest.approx(1.2, rel=0.01)
    # The log-odds of Beta(2, 4) have variance trigamma(2) + trigamma(4).
    assert spreads["slip"] == pytest.approx(np.sqrt(0.644934 + 0.283823), rel=0.01)
