"""Chains pass between two sides of a posterior as often as they should."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from takeoff.analysis.sampler import sample
from takeoff.analysis.sides import Sides, starts_on_both, within

SIZE = 5
SHARES = np.array([0.25, 0.75])
MIDDLES = np.array([[-4.0, 1, 0, 0, 0], [3.5, 0, 3, 0, 0]])
SPREADS = np.array([[0.5, 1, 0.5, 1, 2], [0.3, 1, 1, 1, 1]])


@dataclass(frozen=True)
class TwoSides:
    """Two normals far apart, as the sampler takes a program."""

    variables: int = SIZE

    def density(self) -> Callable[[NDArray[Any]], tuple[float, NDArray[Any]]]:
        """Begin the density."""

        def evaluate(point: NDArray[Any]) -> tuple[float, NDArray[Any]]:
            away = (point - MIDDLES) / SPREADS
            logs = np.log(SHARES / SPREADS.prod(axis=1)) - 0.5 * (away**2).sum(axis=1)
            whole = np.logaddexp(*logs)
            return float(whole), -(np.exp(logs - whole)[:, None] * away / SPREADS).sum(axis=0)

        return evaluate


@pytest.fixture(scope="module")
def draws() -> NDArray[Any]:
    random = np.random.default_rng(1)
    side = np.repeat([0, 1], [100, 300])
    return MIDDLES[side] + SPREADS[side] * random.normal(size=(400, SIZE))


def test_each_side_is_visited_by_its_share() -> None:
    target: Any = TwoSides()
    points, _ = sample(target, seed=1, draws=1500, tune=200, chains=4, sided=0)
    above = points[..., 0] > 0
    # Sides change about every other draw: five standard errors of a thousandth of the draws each.
    assert abs(above.mean() - SHARES[1]) < 5 * np.sqrt(SHARES.prod() / 1000)
    assert (np.diff(above, axis=1).mean(axis=1) > 0.1).all()
    for side, there in enumerate((points[~above], points[above])):
        away = (there - MIDDLES[side]) / SPREADS[side]
        assert np.abs(away.mean(axis=0)).max() < 0.2
        assert abs((away**2).mean() - 1) < 0.1


def test_without_sides_chains_stay_where_they_are() -> None:
    target: Any = TwoSides()
    points, _ = sample(target, seed=1, draws=300, tune=200, chains=2)
    above = points[..., 0] > 0
    assert (above == above[:, :1]).all()


def test_the_way_over_is_its_own_way_back(draws: NDArray[Any]) -> None:
    sides = Sides.of(draws, 0)
    assert sides is not None
    for point in draws[[0, -1]]:
        first = sides.over(point)
        assert first is not None
        again = sides.over(first[0])
        assert again is not None
        np.testing.assert_allclose(again[0], point, rtol=1e-12)
        assert again[1] == pytest.approx(-first[1])
    left = sides.middle[0] - [9.0, 0, 0, 0, 0]  # so far out that its image is below zero, too
    assert sides.over(left) is None


def test_a_side_that_is_all_but_empty_is_none(draws: NDArray[Any]) -> None:
    assert Sides.of(draws[90:], 0) is None
    assert Sides.of(draws[100:], 0) is None
    assert Sides.of(np.repeat(draws[[0, -1]], 30, axis=0), 0) is None


def test_spreads_within_sides_are_theirs(draws: NDArray[Any]) -> None:
    expected = np.sqrt((SHARES[:, None] * SPREADS**2).sum(axis=0))
    np.testing.assert_allclose(within(draws, 0).std(axis=0), expected, rtol=0.15)
    alone = draws[100:]
    np.testing.assert_allclose(within(alone, 0), alone - alone.mean(axis=0), atol=1e-12)


def test_chains_start_on_both_sides() -> None:
    begun = starts_on_both(TwoSides().density(), np.zeros((3, SIZE)), 0)
    np.testing.assert_array_equal(np.sign(begun[:, 0]), [1, -1, 1])
    np.testing.assert_allclose(begun[:, 1:], MIDDLES[[1, 0, 1], 1:], atol=1e-3)
