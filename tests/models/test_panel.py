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
from takeoff.models.worldviews import VARYING, camp_contrasts, prior_spreads
from takeoff.models.writer import program_of

INTERPRETED = Mode(linker="py", optimizer="fast_compile")


@pytest.fixture(scope="module")
def panel() -> Any:
    return panel_model(join([load_study("fri_2023"), load_study("authors")]), prior_set("neutral"))


@pytest.fixture(scope="module")
def coordinates(panel: Any) -> Any:
    return panel.coordinates()


MOVED = (
    "margin",
    "offense",
    "contrast",
    "wording",
    *(f"{name}_deviation" for name in VARYING),
    "efficacy_deviation",
)


def points(coordinates: Any, count: int) -> list[dict[str, np.ndarray]]:
    """Points scattered around the start, by name."""
    random = np.random.default_rng(0)
    start = coordinates.model.initial_point(0)
    return [
        {name: value + random.normal(0, 0.3, np.shape(value)) for name, value in start.items()}
        for _ in range(count)
    ]


def potential(coordinates: Any, number: int) -> Any:
    """One of the model's potentials as a function of a point."""
    model = coordinates.model
    start = model.initial_point(0)
    shapes = [np.shape(start[each.name]) for each in model.value_vars]
    graph = model.logp(vars=model.potentials[number])
    function = program_of([graph], model.value_vars, shapes).density()
    return lambda point: function(
        np.concatenate([np.ravel(point[each.name]) for each in model.value_vars])
    )[0]


def in_logarithms(panel: Any) -> dict[str, str]:
    """Variables of the story that are stated as logarithms, and the names of these."""
    return {
        each.name: str(panel.model.rvs_to_values[each].name)
        for each in panel.model.free_RVs
        if isinstance(each.owner.op, HalfNormalRV) or each.name in ("noise", "arrival_median")
    }


def moved(panel: Any, coordinates: Any, batch: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Where points, each (point, ...), go in those of the story's variables that are moved."""
    flat = [batch[each.name] for each in coordinates.model.value_vars]
    back = coordinates.back(np.concatenate([each.reshape(len(each), -1) for each in flat], axis=1))
    logarithms = {value: np.log(back[name]) for name, value in in_logarithms(panel).items()}
    return {name: back[name] for name in MOVED} | logarithms


def test_straightened_density_is_the_storys(panel: Any, coordinates: Any) -> None:
    """The way back carries each point to one with the density that was sampled there."""
    density = potential(coordinates, 0)
    story_values = [panel.model.rvs_to_values[each] for each in panel.model.free_RVs]
    story: Any = graph_function(
        story_values, [each.sum() for each in panel.model.logp(sum=False)], mode=INTERPRETED
    )
    for point in points(coordinates, 3):
        batch = {name: np.asarray(value)[None] for name, value in point.items()}
        gone = moved(panel, coordinates, batch)
        there = point | {name: value[0] for name, value in gone.items()}
        outside = sum(story(*(there[each.name] for each in story_values)))
        assert density(point) == pytest.approx(float(outside), rel=1e-9)


def test_volume_is_the_determinant_of_the_way_back(panel: Any, coordinates: Any) -> None:
    """All other variables stay, so the block of the moved ones has the whole's determinant."""
    volume, step = potential(coordinates, 1), 1e-5
    for point in points(coordinates, 2):
        names = [*MOVED, *in_logarithms(panel).values()]
        sizes = [np.size(point[name]) for name in names]
        there = np.concatenate([np.ravel(point[name]) for name in names])
        steps = step * np.concatenate([np.eye(len(there)), -np.eye(len(there))])
        columns = np.split(there + steps, np.cumsum(sizes)[:-1], axis=1)
        batch = {name: np.repeat(np.asarray(v)[None], len(steps), 0) for name, v in point.items()}
        for name, column in zip(names, columns, strict=True):
            batch[name] = column.reshape(batch[name].shape)
        gone = moved(panel, coordinates, batch)
        flat = np.concatenate([gone[name].reshape(len(steps), -1) for name in names], axis=1)
        ahead, behind = np.split(flat, 2)
        _, logarithm = np.linalg.slogdet((ahead - behind) / (2 * step))
        assert volume(point) == pytest.approx(logarithm, abs=1e-4)


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
