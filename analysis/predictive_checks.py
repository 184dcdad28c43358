"""Posterior predictive checks: whether the fitted panel would have said such numbers.

From draws of the posterior the same questions are answered again, and some statistics of the
repeated answers are compared with those of the real ones: over the whole panel, by question and by
expert. The *tail area* is the probability that a repeated panel shows at least as much; near 0 or 1
the model does not reproduce that side of the answers. It is no test of a known size: the same
answers were used to fit, which draws tail areas towards one half (Gelman, Meng and Stern 1996).

Repeated are the answers of the *same people*, with the worldview that each has in the draw, and of
*new people* of the same camps.
"""

from collections import Counter

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.special import expit

from takeoff.analysis.everyone import Everyone
from takeoff.analysis.summaries import LEVELS
from takeoff.models.special import FloatArray

__all__ = ["EXTREME", "FEWEST", "PEOPLE", "STATISTICS", "predictive_checks"]

EXTREME = 0.025
"""A tail area below this, or above 1 less this, is said to fail."""

PEOPLE = ("same people", "new people")

STATISTICS = ("multiples of 5%", "near zero", "mean", "spread")
"""Share of answers that are multiples of 5 per cent (of probabilities above 0 and below 1); share
below half a per cent, which rounds to zero; mean and standard deviation in log-odds, of a shift
less the baseline's. Where somebody said 0, which tells no distance, answers below what it counts as
count as it does, and likewise those above 1."""

_COARSE = 0.05
_NEAR_ZERO = 0.005
FEWEST = 3
"""Answers at least; fewer have no spread worth a check."""


def predictive_checks(everyone: Everyone, same: FloatArray, new: FloatArray) -> xr.Dataset:
    """Compare statistics of the answers with those of answers repeated from the posterior.

    Parameters
    ----------
    everyone
        What the panel said.
    same, new
        Repeated answers in log-odds, of a shift less the baseline's: by the same people, and by
        new ones in their places (sample, answer).

    Returns
    -------
    xr.Dataset
        ``observed`` (part, statistic), ``repeated`` (people, part, statistic, level) and
        ``tail_area`` (people, part, statistic), over the parts of the panel with at least three
        answers, whose coordinate ``by`` is panel, question or expert; ``answers`` (part,).
    """
    parts = _parts(everyone)
    multiple = _is_multiple(everyone.probability)
    real = _statistics(everyone.value[None], multiple[None], everyone, parts)[0]
    again = [
        _statistics(drawn, _becomes_multiple(expit(drawn + everyone.baseline)), everyone, parts)
        for drawn in (same, new)
    ]
    repeated = np.array(again)  # (people, sample, part, statistic)
    above = (repeated > real).mean(axis=1) + (repeated == real).mean(axis=1) / 2
    dims = ("people", "part", "statistic")
    return xr.Dataset(
        {
            "observed": (dims[1:], real),
            "repeated": ((*dims, "level"), np.moveaxis(np.quantile(repeated, LEVELS, 1), 0, -1)),
            "tail_area": (dims, above),
            "answers": ("part", [int(each[2].sum()) for each in parts]),
        },
        coords={
            "people": list(PEOPLE),
            "part": [each[1] for each in parts],
            "by": ("part", [each[0] for each in parts]),
            "statistic": list(STATISTICS),
            "level": list(LEVELS),
        },
    )


def _parts(everyone: Everyone) -> list[tuple[str, str, np.ndarray]]:
    """Give parts of the panel: by what, the name, and which answers."""
    whole = np.repeat("all answers", len(everyone.value))
    found = []
    for by, names in (
        ("panel", whole),
        ("question", everyone.question),
        ("expert", everyone.expert),
    ):
        several = [name for name, count in Counter(names.tolist()).items() if count >= FEWEST]
        found += [(by, each, names == each) for each in several]
    return found


def _statistics(
    log_odds: FloatArray,
    multiple: NDArray[np.bool_],
    everyone: Everyone,
    parts: list[tuple[str, str, np.ndarray]],
) -> FloatArray:
    """Compute every statistic of answers (sample, answer): (sample, part, statistic)."""
    near_zero = expit(log_odds + everyone.baseline) < _NEAR_ZERO
    held = np.clip(log_odds, *_rounded_away(everyone))
    table = [
        [
            multiple[:, own].mean(axis=1),
            near_zero[:, own].mean(axis=1),
            held[:, own].mean(axis=1),
            held[:, own].std(axis=1, ddof=1),
        ]
        for _, _, own in parts
    ]
    return np.moveaxis(np.array(table), -1, 0)


def _rounded_away(everyone: Everyone) -> tuple[FloatArray, FloatArray]:
    """Give what 0 and 1 count as in each answer's question, if anybody said so (answer,)."""
    whole = everyone.value + everyone.baseline
    low, high = np.full((2, len(whole)), [[-np.inf], [np.inf]])
    for question in set(everyone.question.tolist()):
        asked = everyone.question == question
        none, all_ = (asked & (everyone.probability == each) for each in (0.0, 1.0))
        low[asked] = whole[none].max(initial=-np.inf)
        high[asked] = whole[all_].min(initial=np.inf)
    return low - everyone.baseline, high - everyone.baseline


def _is_multiple(value: FloatArray) -> NDArray[np.bool_]:
    steps = value / _COARSE
    return np.asarray((np.abs(steps - np.round(steps)) < 1e-9) & (value > 0) & (value < 1))


def _becomes_multiple(probability: FloatArray) -> NDArray[np.bool_]:
    """Tell whether the roundest number for a probability (`simulation.roundest`) is a multiple."""
    return np.asarray((probability >= _COARSE / 2) & (probability <= 1 - _COARSE / 2))
