"""The vectorised special functions against scipy's."""

import numpy as np
import pytest
from scipy.special import log_ndtr, ndtr

from takeoff.models.special import loss, normal_tails

POINTS = np.concatenate(
    [np.linspace(-36, 36, 20_001), np.geomspace(1e-300, 1, 301), -np.geomspace(1e-300, 1, 301)]
)


def tails() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    above, below, density = np.empty_like(POINTS), np.empty_like(POINTS), np.empty_like(POINTS)
    normal_tails(POINTS, above, below, density)
    return above, below, density


def test_the_smaller_normal_tail_is_right_to_1e_12_of_itself() -> None:
    above, below, _ = tails()
    far = -np.abs(POINTS)
    exact = np.where(far > -10, ndtr(far), np.exp(log_ndtr(far)))
    # exp of log_ndtr multiplies the rounding of a logarithm as large as 650 into its result.
    known = 1e-12 + np.abs(log_ndtr(far)) * np.finfo(float).eps
    assert (np.abs(np.minimum(above, below) / exact - 1) < known).all()


def test_normal_tails_make_one_and_fall_on_the_right_sides() -> None:
    above, below, _ = tails()
    np.testing.assert_allclose(above + below, 1, atol=4 * np.finfo(float).eps)
    far = np.abs(POINTS) > 1e-15
    assert ((above > below) == (POINTS > 0))[far].all()


def test_normal_density_is_right_to_1e_12_of_itself() -> None:
    exact = np.exp(-0.5 * POINTS**2) / np.sqrt(2 * np.pi)
    np.testing.assert_allclose(tails()[2], exact, rtol=1e-12)


def test_normal_tails_stay_finite_beyond_what_floats_hold() -> None:
    x = np.array([-1e6, -50.0, 50.0, 1e6])
    above, below, density = np.empty(4), np.empty(4), np.empty(4)
    normal_tails(x, above, below, density)
    assert np.isfinite([above, below, density]).all()
    np.testing.assert_allclose(above, [0, 0, 1, 1], atol=1e-300)
    np.testing.assert_allclose(below, [1, 1, 0, 0], atol=1e-300)


@pytest.mark.parametrize(("low", "high"), [(1e-300, 1e-8), (1e-8, 1.0), (1.0, 40.0)])
def test_loss_is_right_to_1e_14_of_itself(low: float, high: float) -> None:
    y = np.geomspace(low, high, 2001)
    found = np.array([loss(each) for each in y])
    np.testing.assert_allclose(found, -np.expm1(-y), rtol=1e-14)


def test_loss_is_nothing_at_nothing_and_all_at_infinity() -> None:
    assert loss(0.0) == 0
    assert loss(1e9) == pytest.approx(1, abs=1e-15)
