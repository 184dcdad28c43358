"""Verbal answers: a phrase stands for whatever its readers take it to mean.

An expert who says "unlikely" had some probability in mind. Readers of the phrase differ in which
(``Meaning``), and the expert is one of those who use words so: the likelihood is the mean, over
readers, of the probability that the expert's answer rounds to the reader's value::

    Σ_v share_v · P(lower_v < log-odds(answer) < upper_v)

A phrase of which no reader was asked is read as the nearest with more spread, ``NEAREST_SD`` in
log-odds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pytensor.tensor.variable import TensorVariable

from takeoff.models.interval import log_interval, log_odds
from takeoff.models.questions import Meaning
from takeoff.models.special import FloatArray

__all__ = ["NEAREST_SD", "Phrases", "log_phrase", "usual"]

NEAREST_SD = 0.5
"""As far as two phrases that mean about the same lie apart: "likely" and "very good chance" differ
by 0.3 in their readers' medians, "improbable" and "unlikely" by 0.8."""


@dataclass(frozen=True)
class Phrases:
    """Meanings of some verbal answers, each (answer, value); shares of 0 fill up the rows."""

    lower: FloatArray
    upper: FloatArray
    log_share: FloatArray

    @classmethod
    def of(cls, said: Sequence[str], meanings: Mapping[str, Meaning]) -> "Phrases":
        """Lay out the meanings of what was said."""
        found = [meanings[phrase] for phrase in said]
        values = max(len(each.weight) for each in found)

        def rows(of: Sequence[Sequence[float]], filled: float) -> FloatArray:
            return np.array([[*each, *[filled] * (values - len(each))] for each in of])

        with np.errstate(divide="ignore"):
            log_share = np.log(rows([each.weight for each in found], 0.0))
        return cls(
            log_odds(rows([each.lower for each in found], 0.0)),
            log_odds(rows([each.upper for each in found], 1.0)),
            np.maximum(log_share, -1e3),
        )


def usual(meaning: Meaning) -> float:
    """Give the mean, over readers, of the log-odds of what a phrase means."""
    middle = 0.5 * (np.array(meaning.lower) + np.array(meaning.upper))
    return float(np.dot(meaning.weight, log_odds(middle)))


def log_phrase(center: TensorVariable, scale: TensorVariable, said: Phrases) -> TensorVariable:
    """Give the log likelihood of verbal answers (answer,), given the normal ones behind them."""
    each = log_interval(said.lower, said.upper, center[:, None], scale[:, None])
    return pt.logsumexp(each + said.log_share, axis=1)


def observe_phrases(
    center: TensorVariable, scale: TensorVariable, said: Phrases, value: FloatArray
) -> TensorVariable:
    """Declare verbal answers in the model at hand, and give the log likelihood of each."""
    pm.CustomDist(
        "phrase",
        center,
        scale,
        logp=lambda _, center, scale: log_phrase(center, scale, said),
        random=lambda center, scale, *, rng, size: rng.normal(center, scale, size),
        observed=value,
        dims="verbal_answer",
    )
    return log_phrase(center, scale, said)
