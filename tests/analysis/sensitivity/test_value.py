"""The value of information agrees with the exact normal case and with brute force."""

import numpy as np
import pytest

from takeoff.analysis.sensitivity.smooth import smooth
from takeoff.analysis.sensitivity.value import (
    worth_of_choice,
    worth_of_estimate,
    worth_of_everything,
)
from takeoff.models.special import FloatArray

DRAWS = 40_000


@pytest.fixture(scope="module")
def draws() -> FloatArray:
    """Draw p1 ~ N(1, 1) and p2 ~ N(0, 2)."""
    random = np.random.default_rng(1)
    return random.normal([1.0, 0.0], [1.0, 2.0], (DRAWS, 2))


def benefits_of(draws: FloatArray) -> FloatArray:
    """Give NB1 = 0 and NB2 = p1 − p2."""
    return np.stack([np.zeros(len(draws)), draws[:, 0] - draws[:, 1]], axis=1)


def test_perfect_information_has_its_exact_worth(draws: FloatArray) -> None:
    benefits = benefits_of(draws)
    found = [
        worth_of_everything(benefits),
        worth_of_choice(draws[:, [0]], benefits),
        worth_of_choice(draws[:, [1]], benefits),
    ]
    exact = [0.4798107, 0.0833155, 0.3955931]
    for each, truth in zip(found, exact, strict=True):
        assert each.error < 0.006
        assert abs(each.value - truth) < 4 * each.error


@pytest.mark.parametrize(("number", "exact"), [(10, 0.0723251), (100, 0.0821176)])
def test_samples_have_their_exact_worth(draws: FloatArray, number: int, exact: float) -> None:
    random = np.random.default_rng(number)
    means = draws[:, [0]] + random.normal(0, number**-0.5, (DRAWS, 1))
    found = worth_of_choice(means, benefits_of(draws))
    assert found.error < 0.004
    assert abs(found.value - exact) < 4 * found.error


def test_the_variance_removed_is_exact_for_normal_answers() -> None:
    random = np.random.default_rng(2)
    truth = random.normal(size=(DRAWS, 1))
    for noise in (0.5, 2.0):
        found = worth_of_estimate(truth + noise * random.normal(size=(DRAWS, 1)), truth)
        assert abs(found.value[0] - 1 / (1 + noise**2)) < 4 * found.error[0] + 1e-3


def test_what_tells_nothing_is_worth_nothing() -> None:
    random = np.random.default_rng(3)
    benefits = random.normal(size=(1000, 3))
    features = random.normal(size=(1000, 4))
    assert worth_of_choice(features, benefits).value < 0.05
    assert np.all(worth_of_estimate(features, benefits).value < 0.02)
    alike = np.ones((1000, 2))
    assert worth_of_choice(alike, benefits).value == 0
    np.testing.assert_allclose(worth_of_estimate(alike, benefits).value, 0, atol=1e-12)


def test_a_regression_with_interactions_finds_what_is_there() -> None:
    random = np.random.default_rng(4)
    features = random.normal(size=(4000, 3))
    truth = np.sin(2 * features[:, 0]) + features[:, 1] * features[:, 2]
    targets = (truth + 0.5 * random.normal(size=4000))[:, None]
    fit = smooth(features, targets)
    missed = np.mean((fit.values[:, 0] - truth) ** 2)
    assert missed < 0.03 * truth.var()


def test_noise_of_a_fit_is_that_between_repetitions() -> None:
    random = np.random.default_rng(5)
    features = random.normal(size=(500, 2))
    truth = features[:, [0]]
    fits = [smooth(features, truth + random.normal(size=(500, 1))) for _ in range(60)]
    between = np.var([each.values[:, 0] for each in fits], axis=0, ddof=1).mean()
    said = np.mean([each.noise[0] for each in fits])
    assert said == pytest.approx(between, rel=0.5)
    drawn = fits[0].other_fits(200, seed=1)[:, :, 0].var(axis=0, ddof=1).mean()
    assert drawn == pytest.approx(fits[0].noise[0], rel=0.2)
