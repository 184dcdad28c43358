"""The interval that a stated probability stands for."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takeoff.data.rounding import rounding_interval
from takeoff.models.errors import InputError

probabilities = st.floats(0, 1) | st.decimals(0, 1, places=4).map(float)


@given(probabilities)
def test_value_is_inside_its_interval_and_that_inside_the_unit_one(value: float) -> None:
    lower, upper = rounding_interval(value)
    assert 0 <= lower <= value <= upper <= 1


@given(st.floats(1e-300, 1))
def test_interval_has_width(value: float) -> None:
    lower, upper = rounding_interval(value)
    assert lower < upper


@given(st.integers(1, 999), st.integers(6, 40))
def test_below_one_per_cent_the_interval_scales_with_the_value(digits: int, places: int) -> None:
    larger = rounding_interval(float(f"{digits}e-{places - 1}"))
    smaller = rounding_interval(float(f"{digits}e-{places}"))
    assert smaller.lower == pytest.approx(larger.lower / 10, rel=1e-12)
    assert smaller.upper == pytest.approx(larger.upper / 10, rel=1e-12)


@given(st.decimals(0, 1, places=5))
def test_interval_of_the_complement_is_mirrored(value: Decimal) -> None:
    lower, upper = rounding_interval(float(value))
    mirrored = rounding_interval(float(1 - value))
    assert mirrored.lower == pytest.approx(1 - upper, abs=1e-15)
    assert mirrored.upper == pytest.approx(1 - lower, abs=1e-15)


@pytest.mark.parametrize(
    ("value", "lower", "upper"),
    [
        (0.05, 0.025, 0.075),
        (0.95, 0.925, 0.975),
        (0.55, 0.525, 0.575),
        (0.175, 0.1745, 0.1755),
        (0.99, 0.985, 0.995),
        (0.005, 0.0045, 0.0055),
        (5e-4, 4.5e-4, 5.5e-4),
        (1e-9, 0.5e-9, 1.5e-9),
        (0.1 + 0.2, 0.275, 0.325),
        (1 / 3, 1 / 3 - 5e-5, 1 / 3 + 5e-5),
    ],
)
def test_stated_value_stands_for_what_rounds_to_it(
    value: float, lower: float, upper: float
) -> None:
    assert rounding_interval(value) == pytest.approx((lower, upper), rel=1e-12)


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan"), float("inf")])
def test_what_is_not_a_probability_is_refused(value: float) -> None:
    with pytest.raises(InputError, match="is not a probability"):
        rounding_interval(value)
