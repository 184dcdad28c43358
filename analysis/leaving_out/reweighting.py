"""A posterior without one answer, or without one expert, by weights on the draws that there are.

Without an answer, a draw counts for 1/P(answer | draw). Without an expert, everything that is the
expert's alone would go too, so it may be drawn from any density: the weight of a draw (θ, u), with
u what belongs to the expert and y the expert's answers, is ::

    q(u | θ) / (P(y | θ, u) · prior(u | θ))

which for every q gives the shared θ the posterior without the expert. With q near the posterior of
u given θ the weights are steadiest (they are then 1/P(y | θ), with u integrated out): q is the
normal regression of u on normal scores of θ, narrowed so that its tails are lighter than the
posterior's. With q the prior it would be the plain 1/P(y | θ, u), whose weights are far wilder.

Weights are Pareto-smoothed (Vehtari et al. 2024, arXiv:1507.02646). Where the shape k̂ of their tail
is above 0.7 they cannot be relied on, and only a refit would do.
"""

from dataclasses import dataclass

import numpy as np
import xarray as xr
from scipy.special import ndtri
from scipy.stats import multivariate_normal, rankdata

from takeoff.analysis.pareto import smoothed
from takeoff.analysis.predictive import own_log_prior, own_variables
from takeoff.models.panel import Panel
from takeoff.models.special import FloatArray

__all__ = [
    "Weights",
    "equal_weights",
    "log_ratios_without_experts",
    "without_answers",
    "without_experts",
]

_NARROWED = 0.7
"""Variance of q as a share of the regression's: of 23 experts of the default study, 20 have a k̂
below 0.7 with it, 17 with the whole variance, and 4 with the prior for q."""

_FEWEST_DRAWS = 4  # for each number that a regression or a covariance would be fitted to


@dataclass(frozen=True)
class Weights:
    """Weights on draws, and whether they may be relied on.

    Attributes
    ----------
    log_weight
        (sample,); the weights add up to 1.
    shape
        k̂ of their tail; NaN where the draws are a refit's, with equal weights.
    """

    log_weight: FloatArray
    shape: float

    @property
    def effective(self) -> float:
        """How many draws of equal weight they are worth."""
        return float(1 / np.exp(2 * self.log_weight).sum())


def equal_weights(samples: int) -> Weights:
    """Weigh draws of a refit."""
    return Weights(np.full(samples, -np.log(samples)), np.nan)


def without_answers(log_likelihood: FloatArray) -> list[Weights]:
    """Weigh draws as if each answer, of log likelihood (sample, answer), were not given."""
    return [_smoothed(-each) for each in log_likelihood.T]


def without_experts(log_likelihood: FloatArray, draws: xr.Dataset, panel: Panel) -> list[Weights]:
    """Weigh draws as if each expert had not been asked, of log likelihood (sample, expert)."""
    return [_smoothed(each) for each in log_ratios_without_experts(log_likelihood, draws, panel).T]


def log_ratios_without_experts(
    log_likelihood: FloatArray, draws: xr.Dataset, panel: Panel
) -> FloatArray:
    """Give the logarithm of those weights before they are smoothed: (sample, expert).

    Experts are independent of each other given what is shared, so several are left out by the sum.
    """
    samples = len(log_likelihood)
    prior = _samples(own_log_prior(draws, panel))
    directions = np.linalg.qr(_normal_scores(draws, panel)).Q
    ratios = []
    for row in range(draws.sizes["expert"]):
        own = _side_by_side(draws[own_variables(panel)].isel(expert=row))
        said = log_likelihood[:, row]
        enough = samples >= _FEWEST_DRAWS * own.shape[1]
        likely = _log_density(own, directions) - prior[:, row] if enough else 0.0
        ratios.append(likely - said)
    return np.stack(ratios, axis=1)


def _smoothed(log_ratio: FloatArray) -> Weights:
    log_weight, shape = smoothed(log_ratio)
    # Where one draw has all the weight no tail can be fitted.
    known = shape if np.isfinite(shape) else np.inf
    return Weights(log_weight - np.logaddexp.reduce(log_weight), known)


def _log_density(own: FloatArray, directions: FloatArray) -> FloatArray:
    """Give log q of what belongs to an expert, by what its regression on what is shared leaves.

    ``directions`` are orthogonal and span the regressors.
    """
    left = own - directions @ (directions.T @ own)
    covariance = _NARROWED * np.atleast_2d(np.cov(left, rowvar=False))
    return np.asarray(multivariate_normal(np.zeros(own.shape[1]), covariance).logpdf(left))


def _normal_scores(draws: xr.Dataset, panel: Panel) -> FloatArray:
    """Give an intercept, and normal scores of all that experts share: (sample, column)."""
    own = own_variables(panel)
    values = _side_by_side(draws[[x.name for x in panel.model.free_RVs if x.name not in own]])
    if len(values) < _FEWEST_DRAWS * values.shape[1]:
        return np.ones((len(values), 1))
    scores = ndtri((rankdata(values, axis=0) - 0.5) / len(values))
    return np.column_stack([np.ones(len(values)), scores])


def _side_by_side(draws: xr.Dataset) -> FloatArray:
    """Lay variables side by side: (sample, column)."""
    return np.concatenate([_samples(each) for each in draws.data_vars.values()], axis=1)


def _samples(draws: xr.DataArray) -> FloatArray:
    """Lay draws out as (sample, column)."""
    values = draws.transpose("chain", "draw", ...).values
    return np.asarray(values.reshape(values.shape[0] * values.shape[1], -1))
