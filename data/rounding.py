"""The interval that a stated probability stands for.

People round. Most answers in surveys of probabilities are multiples of 5 per cent (73 to 87 per
cent of them in ESPAI 2023), so 0.35 stands for anything that its author would have rounded to
0.35. An answer off the grid of 5 per cent was rounded to 1 per cent, and one off that grid too
was rounded to its last significant digit.
"""

import math
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from takeoff.models.errors import InputError

if TYPE_CHECKING:
    from takeoff.models.questions import Question

__all__ = ["Interval", "rounding_interval", "stated_interval"]

_COARSE, _FINE = Decimal("0.05"), Decimal("0.01")

# Digits beyond the fourth come from arithmetic (1/3, 0.1 · 0.003), not from a person.
_MOST_DIGITS = 4


class Interval(NamedTuple):
    """A closed interval of probabilities."""

    lower: float
    upper: float


def rounding_interval(value: float) -> Interval:
    """Give the interval of probabilities that round to a stated one.

    ============================  ===============================================
    stated                        half width
    ============================  ===============================================
    0, or 1                       0.005, on the one side that there is
    0.05, 0.10, ..., 0.95         0.025
    another multiple of 0.01      0.005
    anything else                 half a unit in its last significant digit
    ============================  ===============================================

    Below 0.01 the interval thus scales with the value, as does the rounding of people who
    answer in powers of ten. It is symmetrical: that of 1 − p is that of p, mirrored.

    Raises
    ------
    InputError
        If the value is not a probability.

    Examples
    --------
    >>> rounding_interval(0.35)
    Interval(lower=0.325, upper=0.375)
    >>> rounding_interval(0.01)
    Interval(lower=0.005, upper=0.015)
    >>> rounding_interval(1e-8)
    Interval(lower=5e-09, upper=1.5e-08)
    >>> rounding_interval(0.0025)
    Interval(lower=0.00245, upper=0.00255)
    >>> rounding_interval(0.9995)
    Interval(lower=0.99945, upper=0.99955)
    >>> rounding_interval(0)
    Interval(lower=0.0, upper=0.005)
    >>> rounding_interval(1)
    Interval(lower=0.995, upper=1.0)
    """
    if not 0 <= value <= 1:
        raise InputError(f"{value!r} is not a probability; give a number from 0 to 1")
    # 15 digits are what a float holds of a decimal: 0.1 + 0.2 is read as 0.3 again.
    stated = Decimal(f"{value:.15g}")
    half = _half_width(stated)
    return Interval(
        lower=float(max(stated - half, Decimal(0))), upper=float(min(stated + half, Decimal(1)))
    )


def stated_interval(question: "Question", value: float, side: str = "") -> Interval:
    """Give the interval that a stated number stands for; NaN for no number.

    A probability is rounded as above, a calendar year to five years where it is a multiple of
    five, any other quantity, and a grade, to its last significant digit. A bound stands for all
    that lies above it, or below.

    Examples
    --------
    >>> from takeoff.models.questions import Question
    >>> stated_interval(Question("when", "", "arrival_year"), 2040)
    Interval(lower=2037.5, upper=2042.5)
    >>> stated_interval(Question("lead", "", "lead"), 0.5)
    Interval(lower=0.45, upper=0.55)
    >>> stated_interval(Question("risk", "", "takeover"), 0.1, "above")
    Interval(lower=0.1, upper=1.0)
    """
    from takeoff.models.questions import EFFORT, QUANTITIES

    if math.isnan(value):
        return Interval(math.nan, math.nan)
    of_probability = question.outcome not in (EFFORT, *QUANTITIES)
    if side:
        least, most = (0.0, 1.0) if of_probability else (0.0, math.inf)
        return Interval(value, most) if side == "above" else Interval(least, value)
    if of_probability:
        return rounding_interval(value)
    stated = Decimal(f"{value:.15g}")
    if question.outcome == "arrival_year":
        half = Decimal("2.5") if stated % 5 == 0 else Decimal("0.5")
    else:
        # A grade of 0 is as exact as the scale's other ends.
        last = _exponent(stated) if stated else 0
        half = Decimal(5).scaleb(max(last, stated.adjusted() - _MOST_DIGITS + 1) - 1)
    return Interval(lower=float(stated - half), upper=float(stated + half))


def _half_width(stated: Decimal) -> Decimal:
    if stated in (0, 1):
        return _FINE / 2
    for grid in (_COARSE, _FINE):
        if _multiple(stated, grid):
            return grid / 2
    nearer = min(stated, 1 - stated)  # what is left to certainty has the digits that matter
    last = max(_exponent(nearer), nearer.adjusted() - _MOST_DIGITS + 1)
    return Decimal(5).scaleb(last - 1)


def _multiple(stated: Decimal, grid: Decimal) -> bool:
    return stated >= grid and stated % grid == 0


def _exponent(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    assert isinstance(exponent, int)  # it is a letter for infinities only
    return exponent
