"""How well each worldview of a cloud fits what an expert answered.

The model is the panel's (`takeoff.models.panel`): an answer is the worldview's own log-odds plus
wording and noise, rounded. A question's wording is new with each expert here, and is integrated
out: its variance adds to that of the noise. A year before which advanced AI comes with a stated
chance says what the worldview's own chance of that year is, in the same way: an approximation, for
reweighting alone, of how the panel's model reads quantiles.
"""

from collections.abc import Mapping

import numpy as np
import xarray as xr
from scipy.special import log_ndtr, ndtr, ndtri

from takeoff.analysis.app.asked import item
from takeoff.data.rounding import rounding_interval

__all__ = ["Numbers", "below", "log_interval", "log_likelihood", "log_odds", "own_year"]

Numbers = Mapping[str, float]
"""An answer, as it was read (`takeoff.analysis.app.typed`)."""

_PRESENT = 2025


def log_likelihood(cloud: xr.Dataset, question: str, numbers: Numbers) -> np.ndarray:
    """Give the log likelihood of an answer in every worldview: (pair,), draws before imagined."""
    found = item(question)
    assert found is not None
    shape = (cloud.sizes["draw"], cloud.sizes["imagined"])
    if found.kind == "chips":
        return np.zeros(shape).ravel()  # the number of projects is not part of a worldview
    if found.kind == "quantiles":
        return _of_years(cloud, numbers).ravel()
    center, scale = _center(cloud, question)
    interval = rounding_interval(numbers["p"])
    return log_interval(log_odds(interval.lower), log_odds(interval.upper), center, scale).ravel()


def below(cloud: xr.Dataset, question: str, numbers: Numbers) -> np.ndarray:
    """Give the chance that each worldview answers a probability less than this: (pair,)."""
    center, scale = _center(cloud, question)
    return np.asarray(ndtr((log_odds(numbers["p"]) - center) / scale)).ravel()


def log_interval(
    lower: float | np.ndarray, upper: float | np.ndarray, center: np.ndarray, scale: np.ndarray
) -> np.ndarray:
    """Give log P(lower < x < upper) for x ~ Normal(center, scale), as the panel's model does."""
    under, over = (lower - center) / scale, (upper - center) / scale
    right = under + over > 0
    near, far = np.where(right, -under, over), np.where(right, -over, under)
    log_near, log_far = log_ndtr(near), log_ndtr(far)
    return np.asarray(log_near + np.log(-np.expm1(np.minimum(log_far - log_near, -1e-15))))


def log_odds(probability: float) -> float:
    """Give log-odds; those of 0 and 1 are infinite, as ends of an interval may be."""
    with np.errstate(divide="ignore"):
        return float(np.log(probability) - np.log1p(-probability))


def _center(cloud: xr.Dataset, question: str) -> tuple[np.ndarray, np.ndarray]:
    row = cloud.sel(question=question)
    return row["belief"].values, np.sqrt(row["variance"].values + float(row["wording"]))


def _of_years(cloud: xr.Dataset, numbers: Numbers) -> np.ndarray:
    """Give the log density of the stated log-odds around the worldview's own, of all levels.

    The years of one person are told together, so they count as one answer: each by its share.
    """
    median = cloud["arrival_median"].values[:, None]
    spread = cloud["arrival_spread"].values[:, None]
    scale = np.sqrt(cloud["variance"].values)
    total = np.zeros(scale.shape)
    for level, year in numbers.items():
        z = (np.log(year - _PRESENT) - np.log(median)) / spread
        own = log_ndtr(z) - log_ndtr(-z)
        stated = log_odds(float(level) / 100)
        total += -0.5 * ((stated - own) / scale) ** 2 - np.log(scale)
    return total / len(numbers)


def own_year(cloud: xr.Dataset, level: float) -> np.ndarray:
    """Give the year before which each draw's advanced AI comes with a chance: (draw,)."""
    median, spread = cloud["arrival_median"].values, cloud["arrival_spread"].values
    return np.asarray(_PRESENT + median * np.exp(spread * ndtri(level)))
