"""What a pool of the others' answers predicts of one expert's answer.

A pool is one number; to be scored beside the model it needs a spread, taken from the same answers.
Each pool gets the distribution that belongs to it, in log-odds, on the scale on which the model
reads the question (of a shift: the step from the expert's own baseline, known to all)::

    linear pool     a mixture around each other answer, of Silverman's bandwidth; of Student's t
                    with 4 degrees of freedom, or one answer far from all would decide its score
    median          Laplace: the distribution whose likelihood the median maximizes
    mean log-odds   Student's t: a normal with mean and variance unknown
    extremised      the same around the extremised mean
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import laplace, t

from takeoff.analysis.baselines.pools import extremising_factor
from takeoff.models.panel import LEAST_NOISE
from takeoff.models.special import FloatArray

__all__ = ["Prediction", "pooled_predictions"]

_SILVERMAN = 1.06
_KERNEL = 4


@dataclass(frozen=True)
class Prediction:
    """A predictive distribution in log-odds: log probabilities below and above each number."""

    log_below: Callable[[FloatArray], FloatArray]
    log_above: Callable[[FloatArray], FloatArray]

    def log_between(self, lower: float, upper: float) -> float:
        """Give the log probability of an interval, from the side where both ends are rarer."""
        ends = np.array([lower, upper])
        below, above = self.log_below(ends), self.log_above(ends)
        near, far = (below[1], below[0]) if below[1] < above[0] else (above[0], above[1])
        return float(near + np.log(-np.expm1(far - near)))

    def below(self, threshold: FloatArray) -> FloatArray:
        """Give the probability below each threshold."""
        return np.exp(self.log_below(threshold))


def pooled_predictions(others: FloatArray) -> Mapping[str, Prediction]:
    """Predict from the others' answers, one number each in log-odds.

    >>> predicted = pooled_predictions(np.array([-2.0, -1.0, 0.0]))
    >>> {name: float(each.below(np.array([-1.0]))[0].round(3)) for name, each in predicted.items()}
    {'linear pool': 0.5, 'median': 0.5, 'mean log-odds': 0.5, 'extremised': 0.623}
    """
    number, mean, middle = len(others), others.mean(), float(np.median(others))
    spread = max(float(others.std(ddof=1)), LEAST_NOISE)
    width = _SILVERMAN * spread * number**-0.2
    deviation = max(float(np.abs(others - middle).mean()), LEAST_NOISE)
    scale = spread * np.sqrt(1 + 1 / number)
    factor = extremising_factor(number)
    # People round, so thousands give a hundred different answers.
    said, counts = np.unique(others, return_counts=True)
    share = np.log(counts / number)

    def mixture(x: FloatArray, side: float) -> FloatArray:
        parts = t.logcdf(side * (x[:, None] - said) / width, _KERNEL)
        return np.asarray(np.logaddexp.reduce(parts + share, axis=1))

    return {
        "linear pool": Prediction(lambda x: mixture(x, 1.0), lambda x: mixture(x, -1.0)),
        "median": _of(laplace(middle, deviation)),
        "mean log-odds": _of(t(number - 1, mean, scale)),
        "extremised": _of(t(number - 1, factor * mean, scale)),
    }


def _of(distribution: Any) -> Prediction:
    return Prediction(distribution.logcdf, distribution.logsf)
