"""What an expert typed, read as a number, or refused in plain words.

Probabilities are typed in per cent, or as odds in words ("1 in 1,000"). Nothing is mended in
silence: what could be meant otherwise is read as written, and the reading is said back.
"""

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from takeoff.analysis.wording import counted, listed
from takeoff.analysis.wording import probability as in_per_cent
from takeoff.models.errors import InputError

__all__ = ["CHIPS", "Typed", "read_chips", "read_probability", "read_quantiles", "said"]

CHIPS = 20
"""Chips to lay into bins, each worth 5 per cent."""

_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(\D|$))", re.ASCII)
_ONE_IN = re.compile(r"(\S+) ?(?:in|of|out of|/) ?(\S+)", re.ASCII | re.IGNORECASE)
_FIRST_YEAR, _LAST_YEAR = 2026, 9999


@dataclass(frozen=True)
class Typed:
    """What was read: numbers by name, and what to say back about them.

    Attributes
    ----------
    numbers
        A probability under ``p``; the quantiles by their level; the chips by their bin.
    said
        The reading in words.
    note
        What might have been meant otherwise; "" when nothing.
    """

    numbers: Mapping[str, float]
    said: str
    note: str = ""


def read_probability(text: str) -> Typed:
    """Read a probability in per cent, or as "1 in 1,000".

    Raises
    ------
    InputError
        If it is not a number, or not a probability.

    Examples
    --------
    >>> read_probability("30").numbers["p"], read_probability("1 in 1,000").numbers["p"]
    (0.3, 0.001)
    >>> read_probability("2,5 %").numbers["p"]
    0.025
    >>> read_probability("0.3").note
    'Read as 0.3 per cent. If you mean 30 per cent, write 30.'
    """
    whole = text.strip()
    if not whole:
        raise InputError("Nothing is written; write a number from 0 to 100, or 1 in 1,000.")
    odds = _ONE_IN.fullmatch(whole)
    if odds:
        value = _odds(whole, odds)
    else:
        # In decimals, so that 0.3 per cent is 0.003 and not 0.0030000000000000005.
        value = float(Decimal(repr(_number(whole.removesuffix("%")))) / 100)
        if value < 0:
            raise InputError(f"{whole} is below 0; write a number from 0 to 100.")
        if value > 1:
            raise InputError(f"{whole} is above 100; write a number from 0 to 100.")
    return Typed({"p": value}, said(value), _doubt(value, bare=not odds and "%" not in whole))


def read_quantiles(texts: Mapping[str, str], levels: Sequence[str], unit: str = "year") -> Typed:
    """Read years that a quantity is below with the given probabilities, in per cent.

    Raises
    ------
    InputError
        If one is missing, is no year to come, or they are out of order.

    Examples
    --------
    >>> read_quantiles({"10": "2030", "50": "2040", "90": "2090"}, ("10", "50", "90")).said
    '10 per cent before 2030, 50 per cent before 2040, 90 per cent before 2090'
    """
    years = {}
    for level in levels:
        text = str(texts.get(level, "")).strip()
        if not text:
            raise InputError(f"The {unit} for {level} per cent is missing; write it too.")
        year = _number(text)
        if not _FIRST_YEAR <= year <= _LAST_YEAR:
            raise InputError(f"{text} is not a year to come; write one from {_FIRST_YEAR} on.")
        years[level] = year
    for before, after in itertools.pairwise(levels):
        if not years[before] < years[after]:
            raise InputError(
                f"Out of order: the year for {after} per cent ({years[after]:g}) must come after "
                f"the one for {before} per cent ({years[before]:g})."
            )
    told = ", ".join(f"{level} per cent before {years[level]:g}" for level in levels)
    return Typed(years, told)


def read_chips(counts: Mapping[str, object], bins: Sequence[str]) -> Typed:
    """Read chips laid into bins; all of them must be laid.

    Raises
    ------
    InputError
        If a count is no whole number, or they are too few or too many.

    Examples
    --------
    >>> read_chips({"a": 15, "b": 5}, ("a", "b")).numbers
    {'a': 15.0, 'b': 5.0}
    """
    laid = {}
    for name in bins:
        text = str(counts.get(name, "")).strip() or "0"
        if not re.fullmatch(r"\d{1,3}", text, re.ASCII):
            raise InputError(f"{text} is no number of chips; write a whole number.")
        laid[name] = float(text)
    total = int(sum(laid.values()))
    if total != CHIPS:
        left = CHIPS - total
        what = f"{counted(left, 'chip')} left" if left > 0 else f"{counted(-left, 'chip')} too many"
        raise InputError(f"{total} of {CHIPS} chips are laid: {what}. Lay all {CHIPS}.")
    told = [f"{5 * count:g} per cent on {name}" for name, count in laid.items() if count]
    return Typed(laid, listed(told))


def said(value: float) -> str:
    """Say a probability back: in per cent, and in so many cases.

    >>> said(0.3), said(0.003), said(0.9)
    ('30%, 3 in 10', '0.3%, about 1 in 330', '90%, 9 in 10')
    """
    if value in (0.0, 1.0):
        return "rounds to 0%" if value == 0 else "rounds to 100%"
    tenths = round(10 * value, 9)
    if tenths == int(tenths):
        return f"{in_per_cent(value)}, {tenths:.0f} in 10"
    rare = min(value, 1 - value)
    if rare > 0.1:
        return f"{in_per_cent(value)}, about {100 * value:.0f} in 100"
    against = "" if value < 0.5 else "all but "
    about = "" if abs(1 / rare - round(1 / rare)) < 1e-6 / rare else "about "
    return f"{in_per_cent(value)}, {against}{about}1 in {_round(1 / rare):,.0f}"


def _round(count: float) -> float:
    return float(f"{count:.2g}")


def _odds(whole: str, odds: re.Match[str]) -> float:
    some, all_ = (_number(each) for each in odds.groups())
    if not 0 <= some <= all_ or all_ == 0:
        raise InputError(f"{whole} is no share of a whole; write it as 1 in 1,000.")
    return some / all_


def _number(text: str) -> float:
    plain = _THOUSANDS.sub("", text.strip())
    if re.fullmatch(r"\d*,\d+", plain):
        plain = plain.replace(",", ".")
    if not _PLAIN.fullmatch(plain) or abs(float(plain)) == float("inf"):
        raise InputError(
            f"“{text.strip()[:40]}” is not a number; write one such as 30, 2.5 or 1 in 1,000."
        )
    return float(plain)


def _doubt(value: float, bare: bool) -> str:
    if value in (0, 1):
        near, end, example = ("below 0.5", "0", "1 in 1,000,000")
        if value == 1:
            near, end, example = ("above 99.5", "100", "99.999")
        return (
            f"Nobody is asked to be certain: {end} is read as anything {near} per cent. "
            f"If you mean something more extreme, write it out, such as {example}."
        )
    if bare and 0 < value < 0.01:
        return (
            f"Read as {100 * value:.6g} per cent. If you mean {1e4 * value:.6g} per cent, "
            f"write {1e4 * value:.6g}."
        )
    return ""
