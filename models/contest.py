"""The contest: who wins, given who ended how.

Attack is the misaligned projects' total resources if they act as one, else the strongest one's;
defence is the aligned projects' total and the human defence. Takeover has the log-odds
decisiveness·(offense + log attack − log defence); there is none without a misaligned project.
Everything is kept in logarithms of resources, which stay finite when a late project's share is
too small to be a number.

What the resources decide (``Forces``) is worked out once for worlds that differ in offense only:
offense multiplies every attack by one number, exp(decisiveness·offense).
"""

import math
from typing import NamedTuple

import numpy as np

from takeoff.models.joint import IntArray
from takeoff.models.layout import (
    ABSENT,
    ALIGNED,
    DECISIVENESS,
    LOG_HUMAN_DEFENSE,
    MISALIGNED,
)
from takeoff.models.special import FloatArray, compiled

__all__ = [
    "FEATURES",
    "Forces",
    "contest",
    "contest_reverse",
    "force_of",
    "forces",
    "forces_reverse",
    "no_forces",
]

FEATURES = ("histories", "misaligned_share", "takeover_together", "takeover_alone")
"""What is summed over the histories of a tally: their number, the resources of misaligned
projects, P(takeover) if those act as one, and if the strongest acts alone."""

_LARGEST_EXPONENT = 300.0


class Forces(NamedTuple):
    """Resources of sets of projects, raised to the power of decisiveness; offense apart.

    Or the derivatives by their logarithms (by ``share``, plainly by it).

    Attributes
    ----------
    strongest
        The strongest project of each set (set,).
    share
        Resources of each set (set,).
    together, defence
        Attack of each set as one, and its defence with the humans' (set,).
    alone
        Attack of each project (project,).
    """

    strongest: IntArray
    share: FloatArray
    together: FloatArray
    defence: FloatArray
    alone: FloatArray


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
def force_of(decisiveness: float, log_strength: float) -> float:
    """Raise a strength to the power of decisiveness, kept within what can be added and divided."""
    exponent = decisiveness * log_strength
    return math.exp(min(max(exponent, -_LARGEST_EXPONENT), _LARGEST_EXPONENT))


@compiled
def _log_defence(human: float, log_sum: float) -> float:
    high, low = max(human, log_sum), min(human, log_sum)
    return high + math.log1p(math.exp(low - high))


@compiled
def forces(theta: FloatArray, log_resources: FloatArray) -> Forces:
    """Raise attack and defence of each set, and attack of each project, to the power."""
    steep, human = theta[DECISIVENESS], theta[LOG_HUMAN_DEFENSE]
    sums = _log_sums(log_resources)
    together = np.zeros(sums.shape[0])
    defence = np.empty(sums.shape[0])
    defence[0] = force_of(steep, human)
    for each in range(1, sums.shape[0]):
        together[each] = force_of(steep, sums[each])
        defence[each] = force_of(steep, _log_defence(human, sums[each]))
    alone = np.empty(log_resources.shape[0])
    for project in range(alone.shape[0]):
        alone[project] = force_of(steep, log_resources[project])
    return Forces(_strongest(log_resources), np.exp(sums), together, defence, alone)


@compiled
def no_forces(like: Forces) -> Forces:
    """Give zeros, to add derivatives to."""
    return Forces(
        like.strongest,
        np.zeros(like.share.shape[0]),
        np.zeros(like.share.shape[0]),
        np.zeros(like.share.shape[0]),
        np.zeros(like.alone.shape[0]),
    )


@compiled
def contest(
    decisiveness: float, offense: float, force: Forces, histories: IntArray, features: FloatArray
) -> None:
    """Fill ``features`` (feature, end of the first project, tally), summed over histories."""
    edge = force_of(decisiveness, offense)
    features[:] = 0.0
    for history in range(histories.shape[0]):
        tally = histories[history, 0]
        for end in (ALIGNED, MISALIGNED, ABSENT):
            good = histories[history, 1] | (1 if end == ALIGNED else 0)
            bad = histories[history, 2] | (1 if end == MISALIGNED else 0)
            features[0, end, tally] += 1.0
            if bad > 0:
                joined = edge * force.together[bad]
                single = edge * force.alone[force.strongest[bad]]
                features[1, end, tally] += force.share[bad]
                features[2, end, tally] += joined / (joined + force.defence[good])
                features[3, end, tally] += single / (single + force.defence[good])


@compiled
def contest_reverse(
    decisiveness: float,
    offense: float,
    force: Forces,
    histories: IntArray,
    d_features: FloatArray,
    d_force: Forces,
) -> float:
    """Add derivatives by ``features`` to those by forces; give that by the log of the edge."""
    edge = force_of(decisiveness, offense)
    by_edge = 0.0
    for history in range(histories.shape[0]):
        tally = histories[history, 0]
        for end in (ALIGNED, MISALIGNED, ABSENT):
            good = histories[history, 1] | (1 if end == ALIGNED else 0)
            bad = histories[history, 2] | (1 if end == MISALIGNED else 0)
            if bad > 0:
                best = force.strongest[bad]
                joined, single = edge * force.together[bad], edge * force.alone[best]
                shield = force.defence[good]
                one = 1 / (joined + shield)
                other = 1 / (single + shield)
                by_joined = d_features[2, end, tally] * joined * shield * one * one
                by_single = d_features[3, end, tally] * single * shield * other * other
                d_force.share[bad] += d_features[1, end, tally]
                d_force.together[bad] += by_joined
                d_force.alone[best] += by_single
                d_force.defence[good] -= by_joined + by_single
                by_edge += by_joined + by_single
    return by_edge


@compiled
def forces_reverse(
    theta: FloatArray,
    log_resources: FloatArray,
    force: Forces,
    d_force: Forces,
    d_log_resources: FloatArray,
    d_theta: FloatArray,
) -> None:
    """Carry derivatives by forces back to resources and parameters."""
    steep, human = theta[DECISIVENESS], theta[LOG_HUMAN_DEFENSE]
    sums = _log_sums(log_resources)
    by_sum = np.zeros(sums.shape[0])
    d_theta[DECISIVENESS] += d_force.defence[0] * human
    d_theta[LOG_HUMAN_DEFENSE] += d_force.defence[0] * steep
    for each in range(1, sums.shape[0]):
        log_defence = _log_defence(human, sums[each])
        by_defence = d_force.defence[each] * steep
        d_theta[DECISIVENESS] += (
            d_force.together[each] * sums[each] + d_force.defence[each] * log_defence
        )
        d_theta[LOG_HUMAN_DEFENSE] += by_defence * math.exp(human - log_defence)
        by_sum[each] = (
            d_force.share[each] * force.share[each]
            + d_force.together[each] * steep
            + by_defence * math.exp(sums[each] - log_defence)
        )
    for project in range(log_resources.shape[0]):
        d_theta[DECISIVENESS] += d_force.alone[project] * log_resources[project]
        d_log_resources[project] += d_force.alone[project] * steep
        for each in range(1, sums.shape[0]):
            if (each >> project) & 1 and by_sum[each] != 0.0:
                d_log_resources[project] += by_sum[each] * math.exp(
                    log_resources[project] - sums[each]
                )
