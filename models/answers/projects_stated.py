"""What is said of the number of projects: a distribution over scenarios, and nothing else.

The number of projects is what a scenario sets, so no parameter is informed by what people expect of
it. Each expert's quantiles are read as those of a log-normal number, cut to whole projects, with
``LONE_SPREAD`` where only one is stated; the panel's distribution is the mean over experts.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.special import ndtr, ndtri

from takeoff.models.scenario import MOST_PROJECTS
from takeoff.models.special import FloatArray

__all__ = ["LONE_SPREAD", "distribution_of_projects"]

LONE_SPREAD = 0.5
"""Spread of the logarithm for who states one number: half as many to twice as many, mostly."""


def distribution_of_projects(stated: Mapping[str, Sequence[tuple[float, float]]]) -> FloatArray:
    """Give the probability of 1, 2, ... projects, the last with all beyond.

    Parameters
    ----------
    stated
        Pairs of level and number by expert.

    Examples
    --------
    >>> distribution_of_projects({"Ann": [(0.5, 3.0)], "Bob": [(0.25, 2.0), (0.75, 6.0)]}).round(2)
    array([0.12, 0.23, 0.21, 0.15, 0.09, 0.06, 0.04, 0.1 ])
    """
    edges = np.log(np.arange(1, MOST_PROJECTS) + 0.5)
    found = []
    for pairs in stated.values():
        level, number = np.array(sorted(pairs)).T
        score, logarithm = ndtri(level), np.log(number)
        if len(set(score.tolist())) > 1:
            spread, middle = np.polyfit(score, logarithm, 1)
        else:
            spread, middle = LONE_SPREAD, (logarithm - LONE_SPREAD * score).mean()
        below = ndtr((edges - middle) / max(spread, 1e-3))
        found.append(np.diff(np.concatenate([[0.0], below, [1.0]])))
    return np.asarray(np.mean(found, axis=0))
