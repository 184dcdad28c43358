"""The contest: who wins, given who ended how.

Attack is the misaligned projects' total resources if they act as one, else the strongest one's;
defence is the aligned projects' total and the human defence. Takeover has the log-odds
decisiveness·(offense + log attack − log defence); there is none without a misaligned project.
Everything is kept in logarithms of resources, which stay finite when a late project's share is
too small to be a number.
"""

import math

import numpy as np

from takeoff.models.joint import IntArray
from takeoff.models.layout import (
    ABSENT,
    ALIGNED,
    DECISIVENESS,
    LOG_HUMAN_DEFENSE,
    MISALIGNED,
    OFFENSE,
)
from takeoff.models.special import FloatArray, compiled

__all__ = ["FEATURES", "contest", "contest_reverse"]

FEATURES = ("histories", "misaligned_share", "takeover_together", "takeover_alone")
"""What is summed over the histories of a tally: their number, the resources of misaligned
projects, P(takeover) if those act as one, and if the strongest acts alone."""

_LARGEST_EXPONENT = 300.0


@compiled
def _log_sums(log_resources: FloatArray) -> FloatArray:
    """Sum the resources of each set of projects, in logarithms: (set,)."""
    projects = log_resources.shape[0]
    sums = np.empty(1 << projects)
    sums[0] = -np.inf
    for project in range(projects):
        bit = 1 << project
        mine = log_resources[project]
        sums[bit] = mine
        for earlier in range(1, bit):
            high, low = max(mine, sums[earlier]), min(mine, sums[earlier])
            sums[bit | earlier] = high + math.log1p(math.exp(low - high))
    return sums


@compiled
def _strongest(log_resources: FloatArray) -> IntArray:
    """Give the strongest project of each set (set,)."""
    projects = log_resources.shape[0]
    best = np.zeros(1 << projects, np.int64)
    for project in range(projects):
        bit = 1 << project
        best[bit] = project
        for earlier in range(1, bit):
            ahead = log_resources[best[earlier]] >= log_resources[project]
            best[bit | earlier] = best[earlier] if ahead else project
    return best


@compiled
def _force(decisiveness: float, log_strength: float) -> float:
    exponent = decisiveness * log_strength
    return math.exp(min(max(exponent, -_LARGEST_EXPONENT), _LARGEST_EXPONENT))


@compiled
def _forces(
    theta: FloatArray, log_resources: FloatArray, sums: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Raise attack together and defence of each set, and attack of each project, to the power."""
    steep, offense, human = theta[DECISIVENESS], theta[OFFENSE], theta[LOG_HUMAN_DEFENSE]
    sets = sums.shape[0]
    together = np.zeros(sets)
    defence = np.empty(sets)
    defence[0] = _force(steep, human)
    for each in range(1, sets):
        together[each] = _force(steep, offense + sums[each])
        high, low = max(human, sums[each]), min(human, sums[each])
        defence[each] = _force(steep, high + math.log1p(math.exp(low - high)))
    alone = np.empty(log_resources.shape[0])
    for project in range(alone.shape[0]):
        alone[project] = _force(steep, offense + log_resources[project])
    return together, defence, alone


@compiled
def contest(
    theta: FloatArray, log_resources: FloatArray, histories: IntArray, features: FloatArray
) -> None:
    """Fill ``features`` (feature, end of the first project, tally), summed over histories."""
    sums = _log_sums(log_resources)
    strongest = _strongest(log_resources)
    together, defence, alone = _forces(theta, log_resources, sums)
    held = np.exp(sums)
    features[:] = 0.0
    for history in range(histories.shape[0]):
        tally = histories[history, 0]
        for end in (ALIGNED, MISALIGNED, ABSENT):
            good = histories[history, 1] | (1 if end == ALIGNED else 0)
            bad = histories[history, 2] | (1 if end == MISALIGNED else 0)
            features[0, end, tally] += 1.0
            if bad > 0:
                single = alone[strongest[bad]]
                features[1, end, tally] += held[bad]
                features[2, end, tally] += together[bad] / (together[bad] + defence[good])
                features[3, end, tally] += single / (single + defence[good])


@compiled
def contest_reverse(
    theta: FloatArray,
    log_resources: FloatArray,
    histories: IntArray,
    d_features: FloatArray,
    d_log_resources: FloatArray,
    d_theta: FloatArray,
) -> None:
    """Carry derivatives by ``features`` back to resources and parameters."""
    steep, offense, human = theta[DECISIVENESS], theta[OFFENSE], theta[LOG_HUMAN_DEFENSE]
    sums = _log_sums(log_resources)
    strongest = _strongest(log_resources)
    together, defence, alone = _forces(theta, log_resources, sums)
    sets = sums.shape[0]
    by_share = np.zeros(sets)
    by_together = np.zeros(sets)
    by_defence = np.zeros(sets)
    by_alone = np.zeros(alone.shape[0])
    for history in range(histories.shape[0]):
        tally = histories[history, 0]
        for end in (ALIGNED, MISALIGNED, ABSENT):
            good = histories[history, 1] | (1 if end == ALIGNED else 0)
            bad = histories[history, 2] | (1 if end == MISALIGNED else 0)
            if bad > 0:
                best = strongest[bad]
                shield = defence[good]
                one = 1 / (together[bad] + shield)
                other = 1 / (alone[best] + shield)
                joined = d_features[2, end, tally] * together[bad] * shield * one * one
                lone = d_features[3, end, tally] * alone[best] * shield * other * other
                by_share[bad] += d_features[1, end, tally]
                by_together[bad] += joined
                by_alone[best] += lone
                by_defence[good] -= joined + lone

    by_sum = np.zeros(sets)
    d_theta[DECISIVENESS] += by_defence[0] * human
    d_theta[LOG_HUMAN_DEFENSE] += by_defence[0] * steep
    for each in range(1, sets):
        high, low = max(human, sums[each]), min(human, sums[each])
        log_defence = high + math.log1p(math.exp(low - high))
        d_theta[DECISIVENESS] += (
            by_together[each] * (offense + sums[each]) + by_defence[each] * log_defence
        )
        d_theta[OFFENSE] += by_together[each] * steep
        d_theta[LOG_HUMAN_DEFENSE] += by_defence[each] * steep * math.exp(human - log_defence)
        by_sum[each] = (
            by_share[each] * math.exp(sums[each])
            + by_together[each] * steep
            + by_defence[each] * steep * math.exp(sums[each] - log_defence)
        )
    for project in range(alone.shape[0]):
        d_theta[DECISIVENESS] += by_alone[project] * (offense + log_resources[project])
        d_theta[OFFENSE] += by_alone[project] * steep
        d_log_resources[project] += by_alone[project] * steep
        for each in range(1, sets):
            if (each >> project) & 1 and by_sum[each] != 0.0:
                d_log_resources[project] += by_sum[each] * math.exp(
                    log_resources[project] - sums[each]
                )
