"""The value of information, from draws: of knowing everything, a parameter, or some answers.

For the *choice* among options with benefits b_j(θ), in the unit of the benefits::

    EVPI  = E max_j b_j(θ)               − max_j E b_j(θ)
    EVPPI = E max_j E[b_j(θ) | φ(θ)]     − max_j E b_j(θ)
    EVSI  = E max_j E[b_j(θ) | answers]  − max_j E b_j(θ)

and for the *estimate* of a target y(θ) the variance that the knowledge is expected to remove,
Var E[y | knowledge], as a share of Var y. The inner expectation is a smooth regression on the
parameters (Strong, Oakley and Brennan 2014) or on a summary of simulated answers (Strong, Oakley,
Brennan and Breeze 2015). A regression follows chance, too, which would add value: what it adds is
worked out and taken off. Errors are standard errors; draws that follow one another may be
correlated.
"""

from dataclasses import dataclass

import numpy as np

from takeoff.analysis.sensitivity.smooth import Smooth, smooth
from takeoff.models.special import FloatArray

__all__ = [
    "Worth",
    "worth_of_both",
    "worth_of_choice",
    "worth_of_estimate",
    "worth_of_everything",
]

_BATCHES = 40
_OTHER_FITS = 12


@dataclass(frozen=True)
class Worth:
    """What knowledge is worth, with its standard error; one number a target."""

    value: FloatArray
    error: FloatArray


def worth_of_everything(benefits: FloatArray) -> Worth:
    """Compute EVPI from the benefits of options (sample, option)."""
    return Worth(_gain(benefits), _error_of_gain(benefits))


def worth_of_choice(features: FloatArray, benefits: FloatArray, seed: int = 0) -> Worth:
    """Compute EVPPI or EVSI: what features (sample, feature) are worth for a choice.

    Parameters
    ----------
    features
        Parameters, or summaries of answers that were simulated in the same draws.
    benefits
        Benefits of the options (sample, option).
    seed
        Of the fits that are drawn to take off what chance adds, and for the error.
    """
    return _of_choice(smooth(features, _differences(benefits)), seed)


def worth_of_estimate(features: FloatArray, targets: FloatArray) -> Worth:
    """Compute the share of each target's variance (sample, target) that features remove."""
    return _of_estimate(smooth(features, targets), targets)


def worth_of_both(
    features: FloatArray, targets: FloatArray, benefits: FloatArray, seed: int = 0
) -> tuple[Worth, Worth]:
    """Compute `worth_of_estimate` and `worth_of_choice` by one regression, in half the time."""
    count = targets.shape[1]
    fit = smooth(features, np.concatenate([targets, _differences(benefits)], axis=1))
    chosen = _of_choice(fit.of(slice(count, None)), seed)
    return _of_estimate(fit.of(slice(count)), targets), chosen


def _differences(benefits: FloatArray) -> FloatArray:
    """Compare options with the best: what all share would only be noise to fit."""
    return benefits - benefits[:, [int(benefits.mean(axis=0).argmax())]]


def _of_choice(fit: Smooth, seed: int) -> Worth:
    plain = _gain(fit.values)
    others = np.array([_gain(each) for each in fit.other_fits(_OTHER_FITS, seed)])
    # A fit's noise adds to the gain; drawn about the fit it adds as much again.
    error = np.hypot(_error_of_gain(fit.values), others.std(ddof=1))
    return Worth(np.maximum(2 * plain - others.mean(), 0.0), np.asarray(error))


def _of_estimate(fit: Smooth, targets: FloatArray) -> Worth:
    whole = targets.var(axis=0)
    found = fit.values.var(axis=0) - fit.noise
    return Worth(np.maximum(found / whole, 0.0), _error_of_share(fit, targets, whole))


def _gain(benefits: FloatArray) -> FloatArray:
    return np.asarray(benefits.max(axis=1).mean() - benefits.mean(axis=0).max())


def _error_of_gain(benefits: FloatArray) -> FloatArray:
    best = int(benefits.mean(axis=0).argmax())
    return _batch_error(benefits.max(axis=1) - benefits[:, best])


def _error_of_share(fit: Smooth, targets: FloatArray, whole: FloatArray) -> FloatArray:
    share = fit.values.var(axis=0) / whole
    deviation = (targets - targets.mean(axis=0)) ** 2
    influence = (1 - share) * deviation - fit.residuals**2
    return _batch_error(influence) / whole


def _batch_error(values: FloatArray) -> FloatArray:
    """Give the standard error of a mean over correlated samples, by means of batches."""
    batches = min(_BATCHES, max(len(values) // 5, 2))
    means = np.array([each.mean(axis=0) for each in np.array_split(values, batches)])
    return np.asarray(means.std(axis=0, ddof=1) / np.sqrt(batches))
