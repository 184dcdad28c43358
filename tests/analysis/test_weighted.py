"""Quantiles of weighted draws are those of the draws for which the weights stand."""

import numpy as np

from takeoff.analysis.summaries import LEVELS
from takeoff.analysis.weighted import weighted_quantiles


def test_draws_of_one_weight_have_plain_quantiles() -> None:
    values = np.random.default_rng(1).normal(size=(101, 3))
    for weight in (1 / 101, 7.0):
        found = weighted_quantiles(values, np.full(101, weight), LEVELS)
        np.testing.assert_allclose(found, np.quantile(values, LEVELS, axis=0))


def test_a_weight_stands_for_as_many_draws() -> None:
    random = np.random.default_rng(2)
    values, times = random.normal(size=400), random.integers(0, 4, size=400)
    found = weighted_quantiles(values, times.astype(float), LEVELS)
    # Between neighbours, of which there are hundreds, no definition is the right one.
    ordered = np.sort(np.repeat(values, times))
    place = np.array(LEVELS) * (len(ordered) - 1)
    assert np.all(ordered[np.floor(place).astype(int) - 3] <= found)
    assert np.all(found <= ordered[np.ceil(place).astype(int) + 3])


def test_what_weighs_nothing_or_is_absent_is_as_if_it_were_not_there() -> None:
    random = np.random.default_rng(3)
    values, weights = random.normal(size=50), random.uniform(1, 2, size=50)
    plain = weighted_quantiles(values, weights, LEVELS)
    for absent, weight in ((1e9, 0.0), (-1e9, 0.0), (0.01, 1e-12), (np.nan, 5.0)):
        more = np.append(values, absent), np.append(weights, weight)
        np.testing.assert_allclose(weighted_quantiles(*more, LEVELS), plain)


def test_one_draw_is_every_quantile_of_itself_and_none_has_no_quantile() -> None:
    assert (
        weighted_quantiles(np.array([2.0, 3.0]), np.array([0.0, 1.0]), LEVELS).tolist() == [3.0] * 3
    )
    for values, weights in (([np.nan], [1.0]), ([2.0, 3.0], [0.0, 0.0]), ([2.0], [np.nan])):
        assert np.isnan(weighted_quantiles(np.array(values), np.array(weights), LEVELS)).all()


def test_the_axis_of_draws_is_the_first_and_the_rest_keeps_its_shape() -> None:
    values = np.random.default_rng(4).normal(size=(30, 2, 3))
    found = weighted_quantiles(values, np.arange(30.0), (0.25, 0.5))
    assert found.shape == (2, 2, 3)
    own = weighted_quantiles(values[:, 1, 2], np.arange(30.0), (0.25, 0.5))
    np.testing.assert_array_equal(found[:, 1, 2], own)
