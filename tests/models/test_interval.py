"""An answer's likelihood is the probability of the interval that it stands for."""

from typing import Any

import numpy as np
import pytensor.tensor as pt
import pytest
from pytensor.compile.maker import function as graph_function
from pytensor.compile.mode import Mode
from pytensor.gradient import grad
from scipy import stats

from takeoff.models.interval import FARTHEST, log_interval

INTERPRETED = Mode(linker="py", optimizer="fast_compile")


@pytest.fixture(scope="module")
def function() -> Any:
    inputs = [pt.vector(name) for name in ("lower", "upper", "center", "scale")]
    value = log_interval(*inputs)
    slopes: Any = grad(value.sum(), inputs)
    return graph_function(inputs, [value, *slopes], mode=INTERPRETED)


def values(function: Any, *arguments: Any) -> Any:
    return [np.asarray(each) for each in function(*(np.atleast_1d(each) for each in arguments))]


def test_agrees_with_the_normal_distribution_where_that_is_accurate(function: Any) -> None:
    random = np.random.default_rng(1)
    lower = random.normal(0, 2, 500)
    upper = lower + random.uniform(0.01, 3, 500)
    center, scale = random.normal(0, 1, 500), random.uniform(0.3, 2, 500)
    probability = np.asarray(
        stats.norm.cdf(upper, center, scale) - stats.norm.cdf(lower, center, scale)
    )
    near = probability > 1e-4  # below, the difference has lost the digits to compare with
    found = values(function, lower, upper, center, scale)[0]
    np.testing.assert_allclose(found[near], np.log(probability[near]), atol=1e-9)


def test_intervals_that_cover_the_line_have_probabilities_that_add_to_one(function: Any) -> None:
    edges = np.concatenate([[-FARTHEST], np.linspace(-30, 30, 241), [FARTHEST]])
    count = len(edges) - 1
    total = np.exp(
        values(function, edges[:-1], edges[1:], np.full(count, -3.3), np.full(count, 0.7))[0]
    ).sum()
    assert total == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("distance", [5.0, 40.0, 300.0])
@pytest.mark.parametrize("width", [1e-6, 0.1, 2.0])
@pytest.mark.parametrize("side", [-1, 1])
def test_stays_finite_with_its_gradient_far_out(
    function: Any, distance: Any, width: Any, side: Any
) -> None:
    results = values(function, side * distance, side * distance + width, 0.0, 1.0)
    assert all(np.isfinite(each).all() for each in results)
    assert np.sign(results[3][0]) == side


def test_a_narrow_interval_has_the_density_times_its_width(function: Any) -> None:
    width = 1e-7
    found = values(function, 4.0, 4.0 + width, 0.5, 1.3)[0][0]
    assert found == pytest.approx(stats.norm.logpdf(4.0, 0.5, 1.3) + np.log(width), abs=1e-6)
