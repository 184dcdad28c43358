"""The claims as lines for a reader: what is claimed, what was found, and where it fails.

Every word about the worlds is made from the numbers by rules.
"""

import math
from dataclasses import dataclass

import numpy as np
import xarray as xr

from takeoff.analysis.claims.claim import Claim
from takeoff.analysis.claims.table import BELIEFS, CLAIMS
from takeoff.analysis.wording import listed, plain_name, probability, times_ahead, written

__all__ = ["ClaimLine", "Sketch", "claim_lines"]

_FEW = 3  # failing worlds, fewer of which say nothing of what sets them apart
_LARGE = 0.3  # standard deviations: a smaller difference is not worth a word
_WIDE, _HIGH = 100.0, 30.0


@dataclass(frozen=True)
class Sketch:
    """A small figure: points of the posterior's and the prior's line in a box 100 by 30."""

    posterior: str
    prior: str
    zero: float | None
    across: str
    up: str


@dataclass(frozen=True)
class ClaimLine:
    """One claim with what was computed.

    Attributes
    ----------
    claim
        The claim.
    label
        ``assumed``, ``derived``, or ``holds in 87% of worlds``.
    facts
        Sentences of numbers: the share of worlds first, then each effect.
    exceptions
        Sentences on the worlds in which it fails.
    sketch
        Its figure, if it has one.
    """

    claim: Claim
    label: str
    facts: list[str]
    exceptions: list[str]
    sketch: Sketch | None


def claim_lines(table: xr.Dataset) -> list[ClaimLine]:
    """Make a line of each claim of the computed table."""
    return [_line(each, table.sel(claim=each.code)) for each in CLAIMS]


def _line(claim: Claim, row: xr.Dataset) -> ClaimLine:
    now = row.sel(beliefs="posterior")
    label: str = claim.label
    if claim.label == "varies":
        label = f"holds in {_share(float(now['share']))} of worlds"
    return ClaimLine(
        claim,
        label,
        [_held(row), *_effects(now)],
        [said for each in reversed(BELIEFS) for said in _fails(row.sel(beliefs=each), each)],
        _sketch(claim, row),
    )


def _held(row: xr.Dataset) -> str:
    shares = {each: float(row["share"].sel(beliefs=each)) for each in BELIEFS}
    about = float(row["about"].sel(beliefs="posterior"))
    among = f" (it is about {_share(about)} of them)" if about < 1 else ""
    return (
        f"Holds in {_share(shares['posterior'])} of the panel's worlds{among}, and in "
        f"{_share(shares['prior'])} of the prior's."
    )


def _effects(now: xr.Dataset) -> list[str]:
    said = []
    for name, unit, levels in zip(
        now["effect_name"].values, now["effect_unit"].values, now["effect"].values, strict=True
    ):
        if str(name):
            said.append(f"{_capital(str(name))}: {_spread(levels, str(unit))}.")
    return said


def _spread(levels: np.ndarray, unit: str) -> str:
    """Write a median with its 90 per cent interval over worlds.

    >>> _spread(np.array([-0.02, -0.01, 0.0]), "points")
    '−1 points (−2 to 0)'
    >>> _spread(np.array([0.5, 0.5, 0.5]), "probability")
    '50%'
    """
    if np.isnan(levels).any():
        return "in no world"
    lower, median, upper = (_number(float(each), unit) for each in levels)
    points = " points" if unit == "points" else ""
    return f"{median}{points}" + (f" ({lower} to {upper})" if lower != upper else "")


def _number(value: float, unit: str) -> str:
    if unit in ("probability", "share"):
        return probability(value)
    if unit == "offense":
        return times_ahead(value)
    if unit == "number":
        return f"{value:.0f}"
    size = 100 * value if unit == "points" else value
    # Numbers that round to 0 have no sign.
    return written(size, "+.2g") if abs(size) >= 0.01 else "0"


def _fails(row: xr.Dataset, beliefs: str) -> list[str]:
    """Describe the worlds in which a claim fails."""
    number = round((1 - float(row["share"])) * int(row["worlds"])) if row["worlds"] else 0
    if number == 0:
        return []
    whose = "the panel's" if beliefs == "posterior" else "the prior's"
    where = f"Of {whose} {int(row['worlds'])} worlds it fails in {number}"
    if number < _FEW:
        return [f"{where}, too few to describe."]
    # Forty parameters are compared: only what lies beyond three standard errors is named.
    least = max(_LARGE, 3 / number**0.5)
    ranked = zip(row["exception_parameter"].values, row["exception"].values, strict=True)
    large = [
        f"{plain_name(str(name))} is {'higher' if size > 0 else 'lower'} ({abs(size):.1f} sd)"
        for name, size in ranked
        if abs(size) >= least
    ]
    if not large:
        return [f"{where}, where no parameter stands out."]
    return [f"{where}; there {listed(large)}."]


def _share(share: float) -> str:
    """Write a share of worlds, never rounded up to all or down to none.

    >>> _share(1.0), _share(0.997), _share(0.3), _share(0.0)
    ('100%', 'over 99%', '30%', '0%')
    """
    if math.isnan(share):
        return "none"
    if 0.99 < share < 1:
        return "over 99%"
    return "under 1%" if 0 < share < 0.01 else f"{100 * share:.0f}%"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _sketch(claim: Claim, row: xr.Dataset) -> Sketch | None:
    at = row["curve_at"].sel(beliefs="posterior").values
    number = int(np.isfinite(at).sum())
    if number < 2:
        return None
    lines = {each: row["curve"].sel(beliefs=each).values[:number] for each in BELIEFS}
    everything = np.concatenate([*lines.values()])
    low, high = float(np.nanmin(everything)), float(np.nanmax(everything))
    across, up = claim.axes
    size = (high - low) or 1.0
    zero = _HIGH * (1 - (0 - low) / size) if low < 0 < high else None
    points = {each: _points(at[:number], values, low, size) for each, values in lines.items()}
    return Sketch(
        points["posterior"],
        points["prior"],
        None if zero is None else round(zero, 1),
        f"{across}, {at[0]:g} to {at[number - 1]:g}",
        f"{up}, {_end(low)} to {_end(high)}",
    )


def _end(value: float) -> str:
    return f"{'−' if value < 0 else ''}{probability(abs(value))}"


def _points(at: np.ndarray, values: np.ndarray, low: float, size: float) -> str:
    across = _WIDE * (at - at[0]) / (at[-1] - at[0])
    up = _HIGH * (1 - (values - low) / size)
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(across, up, strict=True) if np.isfinite(y))
