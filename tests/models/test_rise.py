"""How levels rise with offense, and where they are as high as wanted."""

from typing import Any

import numpy as np
import pytensor.tensor as pt
import pytest
from pytensor.compile.maker import function as graph_function
from pytensor.compile.mode import Mode

from takeoff.models.rise import Rise

INTERPRETED = Mode(linker="py", optimizer="fast_compile")
COUNT, PULL = 2000, 0.3


@pytest.fixture(scope="module")
def numbers() -> list[np.ndarray]:
    """Rises, levels and starts far wider than any panel has: most, force, slope, level, start."""
    random = np.random.default_rng(0)
    return [
        -np.abs(random.normal(0, 5, COUNT)) - 1e-3,
        random.normal(0, 10, COUNT),
        np.exp(random.normal(0, 1.5, COUNT)),
        random.normal(-5, 8, COUNT),
        random.normal(0, 5, COUNT),
    ]


def test_the_deviation_balances_level_and_pull(numbers: list[np.ndarray]) -> None:
    most, force, slope, level, start = (pt.vector() for _ in range(5))
    rise = Rise(most, force, slope)
    found = rise.deviation(level, start, PULL)
    balance = rise.level(found) + PULL * (found - start) - level
    inputs = [most, force, slope, level, start]
    balanced: Any = graph_function(inputs, balance, mode=INTERPRETED)
    np.testing.assert_allclose(balanced(*numbers), 0, atol=1e-7)


def test_steepness_is_the_levels_derivative(numbers: list[np.ndarray]) -> None:
    most, force, slope, _, deviation = (pt.vector() for _ in range(5))
    rise = Rise(most, force, slope)
    inputs = [most, force, slope, deviation]
    outputs = [rise.level(deviation), rise.steepness(deviation)]
    here: Any = graph_function(inputs, outputs, mode=INTERPRETED)
    *rises, _, at = numbers
    step = 1e-5
    differences = (here(*rises, at + step)[0] - here(*rises, at - step)[0]) / (2 * step)
    np.testing.assert_allclose(here(*rises, at)[1], differences, rtol=1e-4, atol=1e-7)
