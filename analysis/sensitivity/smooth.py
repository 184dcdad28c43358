"""Smooth regression: what is expected of targets, given features, from draws of both.

Each feature is carried to normal scores and expanded in cubic B-splines, each pair of features adds
its product, and the whole is fitted with a ridge penalty that generalized cross-validation chooses
target by target. That is a generalized additive model with interactions, as is used for the value
of information (Strong, Oakley and Brennan 2014).
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.interpolate import BSpline
from scipy.special import ndtri
from scipy.stats import rankdata

from takeoff.models.special import FloatArray

__all__ = ["Smooth", "smooth"]

_KNOTS = 4
_PENALTIES = np.geomspace(1e-7, 10.0, 25)


@dataclass(frozen=True)
class Smooth:
    """Fitted targets, and how uncertain the fit is.

    Attributes
    ----------
    values
        Fitted targets (sample, target).
    residuals
        Targets less fitted ones (sample, target).
    directions
        Orthonormal directions of the features (sample, direction).
    kept
        How much of each direction the penalty left (target, direction).
    """

    values: FloatArray
    residuals: FloatArray
    directions: FloatArray
    kept: FloatArray

    def of(self, targets: slice) -> "Smooth":
        """Give the fit of some of the targets."""
        return Smooth(
            self.values[:, targets], self.residuals[:, targets], self.directions, self.kept[targets]
        )

    @property
    def covariance(self) -> FloatArray:
        """Covariance of the residuals between targets, (target, target)."""
        lost = 1 - (1 + self.kept.sum(axis=1)) / len(self.residuals)
        scaled = self.residuals / np.sqrt(lost)
        return np.asarray(scaled.T @ scaled / len(scaled))

    @property
    def noise(self) -> FloatArray:
        """Variance that chance alone gives the fitted targets, (target,)."""
        return np.asarray(np.diag(self.covariance) * (self.kept**2).sum(axis=1) / len(self.values))

    def other_fits(self, count: int, seed: int) -> FloatArray:
        """Draw fits that are as likely as this one: (fit, sample, target)."""
        random = np.random.default_rng(seed)
        targets = self.values.shape[1]
        root = _root(self.covariance)
        shocks = random.normal(size=(count, self.directions.shape[1], targets)) @ root.T
        return np.asarray(self.values + self.directions @ (shocks * self.kept.T))


def smooth(features: FloatArray, targets: FloatArray) -> Smooth:
    """Fit targets (sample, target) by features (sample, feature)."""
    basis = _basis(features)
    center = targets.mean(axis=0)
    if basis.shape[1] == 0:
        nothing = np.zeros((targets.shape[1], 0))
        values = np.broadcast_to(center, targets.shape)
        return Smooth(values, targets - values, basis, nothing)
    squares, turned = np.linalg.eigh(basis.T @ basis)  # ten times as fast as decomposing the basis
    true = squares > 1e-12 * squares[-1]
    sizes = np.sqrt(squares[true])
    directions = basis @ (turned[:, true] / sizes)
    parts = directions.T @ (targets - center)
    outside = ((targets - center) ** 2).sum(axis=0) - (parts**2).sum(axis=0)
    size = len(targets)
    kept = sizes**2 / (sizes**2 + size * _PENALTIES[:, None])  # (penalty, direction)
    missed = outside + ((1 - kept) ** 2) @ parts**2  # (penalty, target)
    score = missed / (size - 1 - kept.sum(axis=1))[:, None] ** 2
    best = kept[score.argmin(axis=0)]  # (target, direction)
    values = center + directions @ (best.T * parts)
    return Smooth(values, targets - values, directions, best)


def _basis(features: FloatArray) -> FloatArray:
    """Expand features that differ between samples: (sample, column), centered, of unit size."""
    size = len(features)
    differ = np.ptp(features, axis=0) > 0
    score = ndtri((rankdata(features[:, differ], axis=0) - 0.5) / size)
    edge = float(ndtri(1 - 0.5 / size)) + 1e-9
    inner = ndtri(np.arange(1, _KNOTS + 1) / (_KNOTS + 1))
    knots = np.concatenate([np.full(4, -edge), inner, np.full(4, edge)])
    columns = [
        # Without the last the splines of one feature do not add up to a constant.
        BSpline.design_matrix(each, knots, 3).toarray()[:, :-1]
        for each in score.T
    ]
    columns += [
        (score[:, one] * score[:, other])[:, None]
        for one, other in combinations(range(score.shape[1]), 2)
    ]
    if not columns:
        return np.zeros((size, 0))
    basis = np.concatenate(columns, axis=1)
    basis = basis - basis.mean(axis=0)
    spread = basis.std(axis=0)
    return np.asarray(basis[:, spread > 0] / spread[spread > 0])


def _root(covariance: FloatArray) -> FloatArray:
    """Give a matrix whose square is a covariance, singular ones included."""
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0)))
