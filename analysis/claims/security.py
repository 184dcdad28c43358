"""Claims about many targets and many judges (S6, S7), which are exact."""

import numpy as np
import xarray as xr
from scipy.special import expit, logit, ndtri

from takeoff.analysis.claims.claim import Effect, Finding, Worlds
from takeoff.analysis.claims.worlds import EXACT, ask, held, kin
from takeoff.models.evaluate import evaluate
from takeoff.models.scenario import Scenario

__all__ = ["find_judges", "find_theft", "stated_thefts"]

_LONE, _EACH = 0.50, 0.33
"""Scher's chances of stealing from a lone project, and from each of three."""
_INSPECTORS = np.polynomial.hermite_e.hermegauss(61)


def _theft(worlds: Worlds, projects: int, **changes: xr.DataArray | float) -> xr.DataArray:
    """Give the chance of any theft."""
    return evaluate({**worlds, **changes}, Scenario(projects=projects), ["theft_any"], "fit")[
        "theft_any"
    ]


def stated_thefts(worlds: Worlds) -> tuple[xr.DataArray, xr.DataArray]:
    """Work out the two chances that Scher compares: from one project, and from any of three."""
    equal = {"security_spread": 0.0, "dilution": 0.0}
    one, each = (float(-ndtri(chance)) for chance in (_LONE, _EACH))
    return _theft(worlds, 1, **equal, security=one), _theft(worlds, 3, **equal, security=each)


def find_theft(worlds: Worlds) -> Finding:
    """S6."""
    lone, any_of_three = stated_thefts(worlds)
    now = _theft(worlds, 3)
    more = _theft(worlds, 3, security_spread=worlds["security_spread"] + 0.5) - now
    guard = worlds["security"] + worlds["dilution"] * np.log(3)
    as_said = xr.where(guard > 0, more >= 0, more <= 0)
    return Finding(
        held((any_of_three > lone) & as_said),
        (
            Effect("theft from a lone project, as stated", "probability", lone),
            Effect("from any of three", "probability", any_of_three),
            Effect("in these worlds, three instead of one", "points", now - _theft(worlds, 1)),
            Effect("more spread, security positive", "points", more.where(guard > 0)),
            Effect("more spread, security negative", "points", more.where(guard <= 0)),
        ),
    )


def find_judges(worlds: Worlds) -> Finding:
    """S7."""
    # Nobody tries again, nobody draws again, and racing changes nothing: one ball, many judges.
    same = {**kin(worlds, 1.0), "persistence": 0.0, "inheritance": 1.0, "race": 0.0}
    counts = (1, 3, 5, 8)
    many = xr.concat(
        [ask(worlds, Scenario(projects=each), **same)["any_misaligned"] for each in counts],
        "projects",
    )
    equal = {**same, "detection_spread": 0.0, "detection": _mean_detection(worlds)}
    apart = abs(many.isel(projects=2) - ask(worlds, **equal)["any_misaligned"])
    rise = many.isel(projects=-1) - many.isel(projects=0)
    return Finding(
        held((many.diff("projects") >= -EXACT).all("projects") & (apart <= EXACT)),
        (
            Effect("a misaligned system fielded by eight instead of one", "points", rise),
            Effect("difference if all judged as the mean does", "points", apart),
        ),
    )


def _mean_detection(worlds: Worlds) -> xr.DataArray:
    """Average the chance of detection over projects, by Gauss and Hermite."""
    points, weights = (xr.DataArray(each, dims="node") for each in _INSPECTORS)
    skill = worlds["detection_spread"] * points
    odds = xr.apply_ufunc(logit, worlds["detection"]) + skill
    return (xr.apply_ufunc(expit, odds) * weights).sum("node") / weights.sum()
