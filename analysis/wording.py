"""How numbers and names are written for readers who have not read the code.

Two significant digits, as many as intervals this wide can bear; numbers too small for a
percentage as powers of ten.
"""

import math
from collections.abc import Sequence

from takeoff.analysis.summaries import Interval
from takeoff.models.outcomes import outcome

__all__ = [
    "counted",
    "ends",
    "in_words",
    "listed",
    "plain_name",
    "probability",
    "quantity",
    "ratio",
    "share_of_draws",
    "span",
    "times_ahead",
    "whose",
    "written",
]

_TINY = 1e-6
_NEARLY_ONE = 1 - 1e-4
_NAMES = {"power_grab": "power grab", "bargaining": "bargaining failure"}


def probability(value: float) -> str:
    """Write a probability as a percentage, or as a power of ten where it is tiny.

    >>> [probability(each) for each in (0.26, 0.0912, 0.00351, 8.9e-5, 3.21e-9, 0.9957, 1.0)]
    ['26%', '9.1%', '0.35%', '0.0089%', '3.2e-9', '99.57%', '100%']
    """
    if math.isnan(value):
        return "–"
    if value in (0.0, 1.0):
        return "0" if value == 0.0 else "100%"
    if value < _TINY:
        digits, _, exponent = f"{value:.1e}".partition("e")
        return f"{digits.removesuffix('.0')}e{int(exponent)}"
    if value > _NEARLY_ONE:
        return "over 99.99%"
    return f"{_two_digits(100 * value, 100.0)}%"


def quantity(value: float, unit: str) -> str:
    """Write an outcome or parameter in its unit: percentages for probabilities and shares.

    >>> quantity(0.553, "correlation"), quantity(0.553, "share"), quantity(4.31, "projects")
    ('0.55', '55%', '4.3')
    >>> quantity(-0.0771, "log ratio")
    '−0.077'
    """
    if unit in ("probability", "share"):
        return probability(value)
    if math.isnan(value):
        return "–"
    return written(value, ".2f") if unit == "correlation" else _two_digits(value, math.inf)


def span(each: Interval, unit: str) -> str:
    """Write an interval for a table.

    >>> span(Interval(0.09, 0.26, 0.72), "probability")
    '9–72%'
    >>> span(Interval(1e-9, 0.001, 0.02), "probability")
    '1e-9 – 2%'
    """
    lower, upper = quantity(each.lower, unit), quantity(each.upper, unit)
    if math.isnan(each.lower):
        return "–"
    if "e" in lower + upper:
        return f"{lower} – {upper}"
    return f"{lower.removesuffix('%')}–{upper}" if upper.endswith("%") else f"{lower}–{upper}"


def ends(each: Interval, unit: str) -> str:
    """Write an interval for a sentence: "9% to 72%"."""
    return f"{quantity(each.lower, unit)} to {quantity(each.upper, unit)}"


def share_of_draws(share: float) -> str:
    """Write a share of the posterior draws, never as a certainty.

    >>> share_of_draws(1.0), share_of_draws(0.9994), share_of_draws(0.731), share_of_draws(0.001)
    ('more than 99%', 'more than 99%', '73%', 'fewer than 1%')
    """
    if share > 0.99:
        return "more than 99%"
    if share < 0.01:
        return "fewer than 1%"
    return f"{100 * share:.0f}%"


def ratio(value: float) -> str:
    """Write a ratio with two significant digits.

    >>> ratio(0.9712), ratio(12.3), ratio(1.02)
    ('0.97', '12', '1.0')
    """
    if math.isnan(value):
        return "–"
    return f"{value:.2f}" if value < 0.995 else f"{value:.1f}" if value < 9.95 else f"{value:.0f}"


def times_ahead(offense: float) -> str:
    """Say who is ahead, and how many times, from the log advantage of offence.

    >>> times_ahead(1.0), times_ahead(-2.0), times_ahead(0.0)
    ('offence ahead 2.7×', 'defence ahead 7.4×', 'even')
    """
    if abs(offense) < 0.05:
        return "even"
    times = _two_digits(math.exp(abs(offense)), math.inf)
    return f"{'offence' if offense > 0 else 'defence'} ahead {times}×"


def plain_name(name: str) -> str:
    """Write an outcome or parameter as words."""
    return _NAMES.get(name, name.replace("_", " "))


def in_words(value: float, name: str) -> str:
    """Write a value of the outcome of that name."""
    return quantity(value, outcome(name).unit)


def listed(words: Sequence[str]) -> str:
    """Join words as a sentence does.

    >>> listed(["a"]), listed(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else list(words))


def counted(count: int, what: str) -> str:
    """Write a number of things.

    >>> counted(1, "expert"), counted(22, "expert")
    ('1 expert', '22 experts')
    """
    return f"{count} {what}{'' if count == 1 else 's'}"


def whose(who: str) -> str:
    """Begin a sentence with whose view it tells.

    >>> whose("Skeptical"), whose("consensus"), whose("population")
    ('For the Skeptical camp', 'In the consensus', 'In the population')
    """
    return f"In the {who}" if who in ("consensus", "population") else f"For the {who} camp"


def written(value: float, form: str) -> str:
    """Write a number in a form that Python knows, with a minus for its hyphen.

    >>> written(0.44, "+.1f"), written(-0.0771, ".2g")
    ('+0.4', '−0.077')
    """
    return f"{value:{form}}".replace("-", "−")


def _two_digits(value: float, whole: float) -> str:
    """Write two significant digits of the value, or of what it lacks to the whole."""
    near = 0.99 * whole < value < whole
    size = whole - value if near else abs(value)
    places = 1 - math.floor(math.log10(size)) if size > 0 else 0
    text = written(value, f".{max(places, 0)}f")
    if "." in text and not near:
        text = text.rstrip("0").rstrip(".")
    return text
