"""Scores of answers left out, summed up: the model against each pool."""

from dataclasses import dataclass

import numpy as np
import xarray as xr

from takeoff.analysis.leaving_out.names import MODEL
from takeoff.analysis.pareto import LARGEST_SHAPE
from takeoff.models.special import FloatArray

__all__ = ["Compared", "Difference", "compared", "reliable"]


@dataclass(frozen=True)
class Difference:
    """How much better the model does than a pool, per answer, with a standard error.

    Greater is better for the model. Answers of one expert depend on each other, so the error is
    that of a mean over experts.
    """

    mean: float
    error: float

    @property
    def is_clear(self) -> bool:
        """Whether it is more than two standard errors from nothing."""
        return abs(self.mean) > 2 * self.error


@dataclass(frozen=True)
class Compared:
    """A method's mean scores, and the model's advantage over it (None for the model itself)."""

    method: str
    log_score: float
    brier: float
    log_advantage: Difference | None
    brier_advantage: Difference | None


def reliable(scores: xr.Dataset, test: str) -> xr.DataArray:
    """Tell of which answers (answer,) the model's forecast is to be relied on."""
    return ~(scores["shape"].sel(test=test, drop=True) > LARGEST_SHAPE)


def compared(scores: xr.Dataset, test: str) -> list[Compared]:
    """Compare every method with the model in one of the tests, the model first."""
    here = scores.sel(test=test)
    experts = here["expert_name"].values
    log_score, brier = (
        here[name].transpose("forecaster", "answer") for name in ("log_score", "brier")
    )
    model_log, model_brier = (each.sel(forecaster=MODEL).values for each in (log_score, brier))
    rows = []
    for method in here["forecaster"].values.tolist():
        own_log, own_brier = (each.sel(forecaster=method).values for each in (log_score, brier))
        against = method != MODEL
        rows.append(
            Compared(
                method,
                float(own_log.mean()),
                float(np.nanmean(own_brier)),
                _advantage(model_log - own_log, experts) if against else None,
                _advantage(own_brier - model_brier, experts) if against else None,
            )
        )
    return rows


def _advantage(values: FloatArray, experts: np.ndarray) -> Difference:
    known = ~np.isnan(values)
    values, experts = values[known], experts[known]
    mean = float(values.mean())
    names, whose = np.unique(experts, return_inverse=True)
    left = np.bincount(whose, values - mean)
    if len(names) < 2:
        return Difference(mean, np.nan)
    variance = len(names) / (len(names) - 1) * (left**2).sum() / len(values) ** 2
    return Difference(mean, float(np.sqrt(variance)))
