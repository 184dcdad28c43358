"""Coordinates of one variable: half-normal ones unfolded, and others bent where they are felt."""

from typing import Any

import numpy as np
import pytensor.tensor as pt
from pytensor.compile.maker import function as graph_function
from pytensor.compile.mode import Mode
from scipy.stats import norm

from takeoff.models.bend import bend, gentle, shared_out, unfolded

INTERPRETED = Mode(linker="py", optimizer="fast_compile")
COUNT = 2000


def bent(*numbers: np.ndarray) -> Any:
    """The variable, the log of the coordinate's slope, and the equation that both shall meet."""
    own, start, reach = (pt.vector() for _ in range(3))
    x, log_slope = bend(own, start, reach)
    equation = x + gentle(start + reach * x) - gentle(start)
    outputs = [x, log_slope, equation]
    evaluate: Any = graph_function([own, start, reach], outputs, mode=INTERPRETED)
    return evaluate(*numbers)


def test_a_bend_is_undone_and_its_slope_is_the_derivative() -> None:
    """For reaches from a thousandth to a thousand, and thresholds far on either side."""
    random = np.random.default_rng(0)
    own, start = random.normal(0, 8, (2, COUNT))
    reach = np.exp(random.normal(0, 2.3, COUNT))
    x, log_slope, equation = bent(own, start, reach)
    np.testing.assert_allclose(equation, own, atol=1e-8)
    step = 1e-4
    difference = (bent(own + step, start, reach)[0] - bent(own - step, start, reach)[0]) / (
        2 * step
    )
    assert np.isfinite(x).all()
    np.testing.assert_allclose(np.exp(-log_slope), difference, rtol=1e-3, atol=1e-6)


def test_what_is_not_felt_counts_as_it_is_and_what_is_felt_by_its_reach() -> None:
    own, reach = np.linspace(-1, 1, 5), np.full(5, 3.0)
    slope_below, slope_beyond = (np.exp(bent(own, at + 0 * own, reach)[1]) for at in (-1e3, 1e3))
    np.testing.assert_allclose(slope_below, 1, atol=1e-5)
    np.testing.assert_allclose(slope_beyond, 4, atol=1e-5)


def test_an_unfolded_half_normal_is_positive_and_its_volume_is_the_derivative() -> None:
    own = pt.vector()
    logarithm, volume = unfolded(own, pt.constant(0.7))
    outputs = [logarithm, volume]
    evaluate: Any = graph_function([own], outputs, mode=INTERPRETED)
    for at in np.linspace(-5, 5, 11):
        step = 1e-5
        ahead, behind = (evaluate(np.array([at + sign * step]))[0][0] for sign in (1, -1))
        here = evaluate(np.array([at]))[1]
        np.testing.assert_allclose(here, np.log((ahead - behind) / (2 * step)), atol=1e-6)
    # Far out the variable is the coordinate, in units of its spread.
    np.testing.assert_allclose(np.exp(evaluate(np.array([6.0]))[0]), 0.7 * 6, rtol=1e-6)


def test_what_is_shared_out_may_go_to_either_part_and_its_volume_is_the_derivative() -> None:
    own = pt.vector()
    evaluate: Any = graph_function([own], list(shared_out(own)), mode=INTERPRETED)
    at, step = np.linspace(-5, 5, 11), 1e-5
    ratio, volume = evaluate(at)
    slope = (evaluate(at + step)[0] - evaluate(at - step)[0]) / (2 * step)
    np.testing.assert_allclose(volume, np.log(slope), atol=1e-6)
    np.testing.assert_allclose(ratio, -ratio[::-1], atol=1e-9)
    np.testing.assert_allclose(1 / (1 + np.exp(-ratio)), norm.cdf(at), rtol=1e-9)
