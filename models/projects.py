"""What becomes of one project in a context: it ends aligned, misaligned or absent.

In a context (a shift B and the first system's deviation Z) projects are independent. A
follower's first candidate has latent alignment m + B + λZ + √(1−λ²)ε; further draws have the
uplift on top, and everything has the spillover where the first project fielded an aligned
system. A candidate is fielded as in ``inspection``; of the further draws that are new, each turns
the project misaligned with probability q, so that it never turns with probability
exp(−renewal·q), where renewal = draws·projects^haste·(1 − inheritance).

``inspector`` gives the detection of inspectors between whom projects differ, and their weights;
a project keeps one inspector for its whole history.
"""

import math

import numpy as np

from takeoff.models.inspection import fielded, fielded_reverse
from takeoff.models.layout import (
    DETECTION,
    DETECTION_SPREAD,
    FALSE_ALARM,
    KINDS,
    KINSHIP,
    MARGIN,
    PERSISTENCE,
    RENEWAL,
    REPLICATED,
    SPILLOVER,
    UPLIFT,
)
from takeoff.models.special import FloatArray, compiled, loss, normal_tails

__all__ = [
    "detections",
    "detections_reverse",
    "first_states",
    "first_states_reverse",
    "follower_states",
    "follower_states_reverse",
]

_SMALLEST_ROOT = 1e-9  # a kinship of exactly 1 is a step, and a step needs some width


@compiled
def detections(theta: FloatArray, inspector: FloatArray) -> FloatArray:
    """Give the probability of detection of each inspector (inspector,)."""
    detection = np.empty(inspector.shape[1])
    for j in range(detection.shape[0]):
        log_odds = theta[DETECTION] + theta[DETECTION_SPREAD] * inspector[0, j]
        detection[j] = 1 / (1 + math.exp(-log_odds))
    return detection


@compiled
def detections_reverse(
    inspector: FloatArray, detection: FloatArray, d_detection: FloatArray, d_theta: FloatArray
) -> None:
    """Carry derivatives by each inspector's detection back to its median and spread."""
    for j in range(detection.shape[0]):
        by_log_odds = d_detection[j] * detection[j] * (1 - detection[j])
        d_theta[DETECTION] += by_log_odds
        d_theta[DETECTION_SPREAD] += by_log_odds * inspector[0, j]


@compiled
def _root(kinship: float) -> float:
    return max(math.sqrt(max(1 - kinship * kinship, 0.0)), _SMALLEST_ROOT)


@compiled
def _kinship_reverse(kinship: float, root: float, by_deviation: float, by_root: float) -> float:
    return by_deviation - (by_root * kinship / root if root > _SMALLEST_ROOT else 0.0)


@compiled
def follower_states(
    theta: FloatArray,
    margin: float,
    helped: FloatArray,
    shift: FloatArray,
    deviation: FloatArray,
    detection: FloatArray,
    inspector: FloatArray,
    tails: FloatArray,
    states: FloatArray,
) -> None:
    """Fill ``states`` (kind and state, context) of one follower, and ``tails`` for the way back.

    For each kind of provenance: ends aligned, ends misaligned, is absent, first fielded aligned.
    ``helped`` (context) is 1 where the first project's aligned system spills over.
    ``tails`` (6, kind and context): P(aligned), P(misaligned) and density of the first candidate
    and of a further one.
    """
    contexts = shift.shape[0]
    false_alarm, persistence = theta[FALSE_ALARM], theta[PERSISTENCE]
    renewal, uplift = theta[RENEWAL], theta[UPLIFT]
    spill = theta[SPILLOVER] * uplift
    latent = np.empty((2, KINDS * contexts))
    for kind in range(KINDS):
        kinship = theta[KINSHIP + kind]
        inverse = 1 / _root(kinship)
        step = uplift * inverse
        here = latent[0, kind * contexts : (kind + 1) * contexts]
        there = latent[1, kind * contexts : (kind + 1) * contexts]
        for k in range(contexts):
            here[k] = (margin + shift[k] + spill * helped[k] + kinship * deviation[k]) * inverse
            there[k] = here[k] + step
    normal_tails(latent[0], tails[0], tails[1], tails[2])
    normal_tails(latent[1], tails[3], tails[4], tails[5])
    states[:] = 0.0
    _follower_sum(
        tails[0],
        tails[1],
        tails[3],
        tails[4],
        detection,
        inspector[1],
        false_alarm,
        persistence,
        renewal,
        states[0],
        states[1],
        states[2],
        states[3],
    )


@compiled
def _follower_sum(
    aligned: FloatArray,
    misaligned: FloatArray,
    later_aligned: FloatArray,
    later_misaligned: FloatArray,
    detection: FloatArray,
    inspector_weight: FloatArray,
    false_alarm: float,
    persistence: float,
    renewal: float,
    ends_aligned: FloatArray,
    ends_misaligned: FloatArray,
    absent: FloatArray,
    first_aligned: FloatArray,
) -> None:
    for j in range(detection.shape[0]):
        found = detection[j]
        share = inspector_weight[j]
        for k in range(aligned.shape[0]):
            good, bad, none = fielded(aligned[k], misaligned[k], found, false_alarm, persistence)
            _, turn, _ = fielded(
                later_aligned[k], later_misaligned[k], found, false_alarm, persistence
            )
            turned = good * loss(renewal * turn)
            ends_aligned[k] += share * (good - turned)
            ends_misaligned[k] += share * (bad + turned)
            absent[k] += share * none
            first_aligned[k] += share * good


@compiled
def follower_states_reverse(
    theta: FloatArray,
    margin_index: int,
    helped: FloatArray,
    shift: FloatArray,
    deviation: FloatArray,
    detection: FloatArray,
    inspector: FloatArray,
    tails: FloatArray,
    d_states: FloatArray,
    d_detection: FloatArray,
    d_shift: FloatArray,
    d_deviation: FloatArray,
    d_theta: FloatArray,
) -> None:
    """Carry derivatives by ``states`` back to contexts, detection and parameters."""
    contexts = shift.shape[0]
    uplift, spillover = theta[UPLIFT], theta[SPILLOVER]
    margin = theta[margin_index]
    by_latent = np.zeros((2, KINDS * contexts))
    for j in range(detection.shape[0]):
        by_found, by_false_alarm, by_persistence, by_renewal = _follower_sum_reverse(
            tails[0],
            tails[1],
            tails[3],
            tails[4],
            detection[j],
            inspector[1, j],
            theta[FALSE_ALARM],
            theta[PERSISTENCE],
            theta[RENEWAL],
            d_states[0],
            d_states[1],
            d_states[2],
            d_states[3],
            by_latent[0],
            by_latent[1],
        )
        d_detection[j] += by_found
        d_theta[FALSE_ALARM] += by_false_alarm
        d_theta[PERSISTENCE] += by_persistence
        d_theta[RENEWAL] += by_renewal
    for kind in range(KINDS):
        kinship = theta[KINSHIP + kind]
        root = _root(kinship)
        inverse = 1 / root
        span = slice(kind * contexts, (kind + 1) * contexts)
        now, later = by_latent[0, span], by_latent[1, span]
        density, later_density = tails[2, span], tails[5, span]
        by_margin = 0.0
        by_spill = 0.0
        by_step = 0.0
        by_deviation = 0.0
        by_root = 0.0
        for k in range(contexts):
            first = now[k] * density[k]
            further = later[k] * later_density[k]
            by_numerator = (first + further) * inverse
            numerator = margin + shift[k] + spillover * uplift * helped[k] + kinship * deviation[k]
            by_margin += by_numerator
            by_spill += by_numerator * helped[k]
            by_step += further
            by_deviation += by_numerator * deviation[k]
            by_root += by_numerator * numerator
            d_shift[k] += by_numerator
            d_deviation[k] += by_numerator * kinship
        by_root = -inverse * (by_root + by_step * uplift * inverse)
        d_theta[margin_index] += by_margin
        d_theta[SPILLOVER] += by_spill * uplift
        d_theta[UPLIFT] += by_spill * spillover + by_step * inverse
        d_theta[KINSHIP + kind] += _kinship_reverse(kinship, root, by_deviation, by_root)


@compiled
def _follower_sum_reverse(
    aligned: FloatArray,
    misaligned: FloatArray,
    later_aligned: FloatArray,
    later_misaligned: FloatArray,
    found: float,
    share: float,
    false_alarm: float,
    persistence: float,
    renewal: float,
    d_ends_aligned: FloatArray,
    d_ends_misaligned: FloatArray,
    d_absent: FloatArray,
    d_first_aligned: FloatArray,
    by_latent: FloatArray,
    by_later_latent: FloatArray,
) -> tuple[float, float, float, float]:
    """Add derivatives by P(aligned) less those by P(misaligned); return those by the numbers."""
    by_found = 0.0
    by_false_alarm = 0.0
    by_persistence = 0.0
    by_renewal = 0.0
    for k in range(aligned.shape[0]):
        good, _, _ = fielded(aligned[k], misaligned[k], found, false_alarm, persistence)
        _, turn, _ = fielded(later_aligned[k], later_misaligned[k], found, false_alarm, persistence)
        turned = loss(renewal * turn)
        by_turned = good * (d_ends_misaligned[k] - d_ends_aligned[k]) * share
        by_rate = by_turned * (1 - turned)
        by_aligned, by_misaligned, by_found_now, by_alarm_now, by_persistence_now = fielded_reverse(
            aligned[k],
            misaligned[k],
            found,
            false_alarm,
            persistence,
            share
            * (
                d_ends_aligned[k] * (1 - turned)
                + d_ends_misaligned[k] * turned
                + d_first_aligned[k]
            ),
            share * d_ends_misaligned[k],
            share * d_absent[k],
        )
        later = fielded_reverse(
            later_aligned[k],
            later_misaligned[k],
            found,
            false_alarm,
            persistence,
            0.0,
            by_rate * renewal,
            0.0,
        )
        by_latent[k] += by_aligned - by_misaligned
        by_later_latent[k] += later[0] - later[1]
        by_found += by_found_now + later[2]
        by_false_alarm += by_alarm_now + later[3]
        by_persistence += by_persistence_now + later[4]
        by_renewal += by_rate * turn
    return by_found, by_false_alarm, by_persistence, by_renewal


@compiled
def first_states(
    theta: FloatArray,
    shift: FloatArray,
    deviation: FloatArray,
    detection: FloatArray,
    inspector: FloatArray,
    tails: FloatArray,
    states: FloatArray,
) -> None:
    """Fill ``states`` (4, context) of the first project, given its candidate's side.

    Rows: given an aligned candidate's Z, fields it and stays aligned; fields it and turns; given a
    misaligned candidate's Z, fields it; given either, stands down.
    The tries before the fielded one had candidates of their own, hence P(aligned) given B only.
    """
    contexts = shift.shape[0]
    false_alarm, persistence = theta[FALSE_ALARM], theta[PERSISTENCE]
    kinship = theta[KINSHIP + REPLICATED]
    inverse = 1 / _root(kinship)
    latent = np.empty((2, contexts))
    for k in range(contexts):
        latent[0, k] = theta[MARGIN] + shift[k]
        latent[1, k] = (latent[0, k] + theta[UPLIFT] + kinship * deviation[k]) * inverse
    normal_tails(latent[0], tails[0], tails[1], tails[2])
    normal_tails(latent[1], tails[3], tails[4], tails[5])
    states[:] = 0.0
    for j in range(detection.shape[0]):
        found = detection[j]
        share = inspector[1, j]
        for k in range(contexts):
            aligned, misaligned = tails[0, k], tails[1, k]
            tries = 1 / (
                (1 - persistence)
                + persistence * (aligned * (1 - false_alarm) + misaligned * (1 - found))
            )
            _, turn, _ = fielded(tails[3, k], tails[4, k], found, false_alarm, persistence)
            turned = loss(theta[RENEWAL] * turn)
            good = share * (1 - false_alarm) * tries
            states[0, k] += good * (1 - turned)
            states[1, k] += good * turned
            states[2, k] += share * (1 - found) * tries
            states[3, k] += (
                share * (1 - persistence) * (aligned * false_alarm + misaligned * found) * tries
            )


@compiled
def first_states_reverse(
    theta: FloatArray,
    shift: FloatArray,
    deviation: FloatArray,
    detection: FloatArray,
    inspector: FloatArray,
    tails: FloatArray,
    d_states: FloatArray,
    d_detection: FloatArray,
    d_shift: FloatArray,
    d_deviation: FloatArray,
    d_theta: FloatArray,
) -> None:
    """Carry derivatives by the first project's ``states`` back."""
    contexts = shift.shape[0]
    false_alarm, persistence, renewal = theta[FALSE_ALARM], theta[PERSISTENCE], theta[RENEWAL]
    kinship = theta[KINSHIP + REPLICATED]
    root = _root(kinship)
    inverse = 1 / root
    by_latent = np.zeros((2, contexts))
    for j in range(detection.shape[0]):
        found = detection[j]
        share = inspector[1, j]
        by_found = 0.0
        by_false_alarm = 0.0
        by_persistence = 0.0
        by_renewal = 0.0
        for k in range(contexts):
            aligned, misaligned = tails[0, k], tails[1, k]
            passed = aligned * (1 - false_alarm) + misaligned * (1 - found)
            held = aligned * false_alarm + misaligned * found
            tries = 1 / ((1 - persistence) + persistence * passed)
            _, turn, _ = fielded(tails[3, k], tails[4, k], found, false_alarm, persistence)
            turned = loss(renewal * turn)
            by_good = d_states[0, k] * (1 - turned) + d_states[1, k] * turned
            by_tries = share * (
                by_good * (1 - false_alarm)
                + d_states[2, k] * (1 - found)
                + d_states[3, k] * (1 - persistence) * held
            )
            by_passed = -by_tries * tries * tries * persistence
            by_held = share * d_states[3, k] * (1 - persistence) * tries
            by_rate = (
                share * (1 - false_alarm) * tries * (d_states[1, k] - d_states[0, k]) * (1 - turned)
            )
            later = fielded_reverse(
                tails[3, k],
                tails[4, k],
                found,
                false_alarm,
                persistence,
                0.0,
                by_rate * renewal,
                0.0,
            )
            by_latent[0, k] += by_passed * (found - false_alarm) + by_held * (false_alarm - found)
            by_latent[1, k] += later[0] - later[1]
            by_found += (
                (by_held - by_passed) * misaligned - share * d_states[2, k] * tries + later[2]
            )
            by_false_alarm += (by_held - by_passed) * aligned - share * by_good * tries + later[3]
            by_persistence += (
                by_tries * tries * tries * (1 - passed) - share * d_states[3, k] * held * tries
            ) + later[4]
            by_renewal += by_rate * turn
        d_detection[j] += by_found
        d_theta[FALSE_ALARM] += by_false_alarm
        d_theta[PERSISTENCE] += by_persistence
        d_theta[RENEWAL] += by_renewal
    by_root = 0.0
    for k in range(contexts):
        by_margin = by_latent[0, k] * tails[2, k]
        by_later = by_latent[1, k] * tails[5, k] * inverse
        numerator = theta[MARGIN] + shift[k] + theta[UPLIFT] + kinship * deviation[k]
        d_theta[MARGIN] += by_margin + by_later
        d_theta[UPLIFT] += by_later
        d_shift[k] += by_margin + by_later
        d_deviation[k] += by_later * kinship
        by_root -= by_later * numerator * inverse
        d_theta[KINSHIP + REPLICATED] += by_later * deviation[k]
    d_theta[KINSHIP + REPLICATED] += _kinship_reverse(kinship, root, 0.0, by_root)
