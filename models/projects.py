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

from takeoff.models.inspection import both_tries
from takeoff.models.joint import ROW_START, ROW_STOP, IntArray
from takeoff.models.layout import (
    ABSENT,
    ALIGNED,
    DETECTION,
    DETECTION_SPREAD,
    FALSE_ALARM,
    KINDS,
    KINSHIP,
    MARGIN,
    MISALIGNED,
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
            tries, later_tries = both_tries(
                aligned[k],
                misaligned[k],
                later_aligned[k],
                later_misaligned[k],
                found,
                false_alarm,
                persistence,
            )
            good = share * aligned[k] * (1 - false_alarm) * tries
            turned = good * loss(renewal * later_misaligned[k] * (1 - found) * later_tries)
            ends_aligned[k] += good - turned
            ends_misaligned[k] += share * misaligned[k] * (1 - found) * tries + turned
            held = aligned[k] * false_alarm + misaligned[k] * found
            absent[k] += share * (1 - persistence) * held * tries
            first_aligned[k] += good


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
    by_false_alarm, by_persistence, by_renewal = _follower_sum_reverse(
        tails[0],
        tails[1],
        tails[3],
        tails[4],
        detection,
        inspector[1],
        theta[FALSE_ALARM],
        theta[PERSISTENCE],
        theta[RENEWAL],
        d_states[0],
        d_states[1],
        d_states[2],
        d_states[3],
        by_latent[0],
        by_latent[1],
        d_detection,
    )
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
    detection: FloatArray,
    inspector_weight: FloatArray,
    false_alarm: float,
    persistence: float,
    renewal: float,
    d_ends_aligned: FloatArray,
    d_ends_misaligned: FloatArray,
    d_absent: FloatArray,
    d_first_aligned: FloatArray,
    by_latent: FloatArray,
    by_later_latent: FloatArray,
    d_detection: FloatArray,
) -> tuple[float, float, float]:
    """Add derivatives by P(aligned) less P(misaligned) and by detection; return the others."""
    by_false_alarm = 0.0
    by_persistence = 0.0
    by_renewal = 0.0
    alarm_free, stops = 1 - false_alarm, 1 - persistence
    for j in range(detection.shape[0]):
        found, missed, share = detection[j], 1 - detection[j], inspector_weight[j]
        by_found = 0.0
        for k in range(aligned.shape[0]):
            tries, later_tries = both_tries(
                aligned[k],
                misaligned[k],
                later_aligned[k],
                later_misaligned[k],
                found,
                false_alarm,
                persistence,
            )
            good = aligned[k] * alarm_free * tries
            bad = misaligned[k] * missed * tries
            held = aligned[k] * false_alarm + misaligned[k] * found
            turn = later_misaligned[k] * missed * later_tries
            turned = loss(renewal * turn)
            by_good = share * (
                d_ends_aligned[k] * (1 - turned)
                + d_ends_misaligned[k] * turned
                + d_first_aligned[k]
            )
            by_bad = share * d_ends_misaligned[k]
            by_none = share * d_absent[k] * stops
            by_rate = share * good * (d_ends_misaligned[k] - d_ends_aligned[k]) * (1 - turned)
            by_turn = by_rate * renewal

            # Through the mean number of tries, of this candidate and of a later one.
            by_passed = -(by_good * good + by_bad * bad + by_none * held * tries) * tries
            by_later_passed = -by_turn * turn * later_tries
            passed = aligned[k] * alarm_free + misaligned[k] * missed
            later_passed = later_aligned[k] * alarm_free + later_misaligned[k] * missed
            by_persistence += (
                by_passed * (passed - 1)
                + by_later_passed * (later_passed - 1)
                - share * d_absent[k] * held * tries
            )
            by_passed *= persistence
            by_later_passed *= persistence
            by_held = by_none * tries
            by_pass_aligned = by_good * tries + by_passed
            by_pass_misaligned = by_bad * tries + by_passed
            by_later_misaligned = by_turn * later_tries + by_later_passed
            by_latent[k] += (
                by_pass_aligned * alarm_free
                - by_pass_misaligned * missed
                + by_held * (false_alarm - found)
            )
            by_later_latent[k] += by_later_passed * alarm_free - by_later_misaligned * missed
            by_found += (by_held - by_pass_misaligned) * misaligned[
                k
            ] - by_later_misaligned * later_misaligned[k]
            by_false_alarm += (by_held - by_pass_aligned) * aligned[
                k
            ] - by_later_passed * later_aligned[k]
            by_renewal += by_rate * turn
        d_detection[j] += by_found
    return by_false_alarm, by_persistence, by_renewal


@compiled
def first_states(
    theta: FloatArray,
    start: IntArray,
    shift: FloatArray,
    deviation: FloatArray,
    detection: FloatArray,
    inspector: FloatArray,
    tails: FloatArray,
    states: FloatArray,
) -> None:
    """Fill ``states`` (4, context) of the first project, each row in its own contexts.

    Given an aligned candidate's Z: fields it and stays aligned; fields it and turns. Given a
    misaligned candidate's: fields it. Given either: stands down. ``start`` (span + 1,) gives
    the contexts of each span. The tries before the fielded one had candidates of their own,
    hence P(aligned) given B alone.
    """
    contexts = shift.shape[0]
    inverse = 1 / _root(theta[KINSHIP + REPLICATED])
    latent = np.empty((2, contexts))
    helps = start[1]
    for k in range(contexts):
        latent[0, k] = theta[MARGIN] + shift[k]
    for k in range(helps):
        latent[1, k] = (
            latent[0, k] + theta[UPLIFT] + theta[KINSHIP + REPLICATED] * deviation[k]
        ) * inverse
    normal_tails(latent[0], tails[0], tails[1], tails[2])
    normal_tails(latent[1, :helps], tails[3, :helps], tails[4, :helps], tails[5, :helps])
    states[:] = 0.0
    for branch in (ALIGNED, MISALIGNED, ABSENT):
        span = slice(start[ROW_START[branch + 1]], start[ROW_STOP[branch + 1]])
        _first_sum(
            branch,
            tails[0, span],
            tails[1, span],
            tails[3, span],
            tails[4, span],
            detection,
            inspector[1],
            theta[FALSE_ALARM],
            theta[PERSISTENCE],
            theta[RENEWAL],
            states[0, span],
            states[branch + 1, span],
        )


@compiled
def _first_sum(
    branch: int,
    aligned: FloatArray,
    misaligned: FloatArray,
    later_aligned: FloatArray,
    later_misaligned: FloatArray,
    detection: FloatArray,
    inspector_weight: FloatArray,
    false_alarm: float,
    persistence: float,
    renewal: float,
    stays: FloatArray,
    other: FloatArray,
) -> None:
    alarm_free, stops = 1 - false_alarm, 1 - persistence
    for j in range(detection.shape[0]):
        found, missed, share = detection[j], 1 - detection[j], inspector_weight[j]
        if branch == ALIGNED:
            for k in range(aligned.shape[0]):
                tries, later_tries = both_tries(
                    aligned[k],
                    misaligned[k],
                    later_aligned[k],
                    later_misaligned[k],
                    found,
                    false_alarm,
                    persistence,
                )
                good = share * alarm_free * tries
                turned = good * loss(renewal * later_misaligned[k] * missed * later_tries)
                stays[k] += good - turned
                other[k] += turned
        else:
            for k in range(aligned.shape[0]):
                passed = aligned[k] * alarm_free + misaligned[k] * missed
                held = aligned[k] * false_alarm + misaligned[k] * found
                here = missed if branch == MISALIGNED else stops * held
                other[k] += share * here / (stops + persistence * passed)


@compiled
def first_states_reverse(
    theta: FloatArray,
    start: IntArray,
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
    kinship = theta[KINSHIP + REPLICATED]
    root = _root(kinship)
    inverse = 1 / root
    by_latent = np.zeros((2, contexts))
    for branch in (ALIGNED, MISALIGNED, ABSENT):
        span = slice(start[ROW_START[branch + 1]], start[ROW_STOP[branch + 1]])
        by_false_alarm, by_persistence, by_renewal = _first_sum_reverse(
            branch,
            tails[0, span],
            tails[1, span],
            tails[3, span],
            tails[4, span],
            detection,
            inspector[1],
            theta[FALSE_ALARM],
            theta[PERSISTENCE],
            theta[RENEWAL],
            d_states[0, span],
            d_states[branch + 1, span],
            by_latent[0, span],
            by_latent[1, span],
            d_detection,
        )
        d_theta[FALSE_ALARM] += by_false_alarm
        d_theta[PERSISTENCE] += by_persistence
        d_theta[RENEWAL] += by_renewal
    by_margin = 0.0
    by_later = 0.0
    by_deviation = 0.0
    by_root = 0.0
    for k in range(contexts):
        now = by_latent[0, k] * tails[2, k]
        by_margin += now
        d_shift[k] += now
    for k in range(start[1]):
        later = by_latent[1, k] * tails[5, k] * inverse
        numerator = theta[MARGIN] + shift[k] + theta[UPLIFT] + kinship * deviation[k]
        by_later += later
        by_deviation += later * deviation[k]
        by_root -= later * numerator * inverse
        d_shift[k] += later
        d_deviation[k] += later * kinship
    d_theta[MARGIN] += by_margin + by_later
    d_theta[UPLIFT] += by_later
    d_theta[KINSHIP + REPLICATED] += _kinship_reverse(kinship, root, by_deviation, by_root)


@compiled
def _first_sum_reverse(
    branch: int,
    aligned: FloatArray,
    misaligned: FloatArray,
    later_aligned: FloatArray,
    later_misaligned: FloatArray,
    detection: FloatArray,
    inspector_weight: FloatArray,
    false_alarm: float,
    persistence: float,
    renewal: float,
    d_stays: FloatArray,
    d_other: FloatArray,
    by_latent: FloatArray,
    by_later_latent: FloatArray,
    d_detection: FloatArray,
) -> tuple[float, float, float]:
    """Add derivatives by P(aligned) less P(misaligned) and by detection; return the others."""
    by_false_alarm = 0.0
    by_persistence = 0.0
    by_renewal = 0.0
    alarm_free, stops = 1 - false_alarm, 1 - persistence
    for j in range(detection.shape[0]):
        found, missed, share = detection[j], 1 - detection[j], inspector_weight[j]
        by_found = 0.0
        if branch == ALIGNED:
            for k in range(aligned.shape[0]):
                tries, later_tries = both_tries(
                    aligned[k],
                    misaligned[k],
                    later_aligned[k],
                    later_misaligned[k],
                    found,
                    false_alarm,
                    persistence,
                )
                good = share * alarm_free * tries
                turn = later_misaligned[k] * missed * later_tries
                turned = loss(renewal * turn)
                by_good = d_stays[k] * (1 - turned) + d_other[k] * turned
                by_rate = good * (d_other[k] - d_stays[k]) * (1 - turned)
                by_turn = by_rate * renewal
                by_passed = -by_good * good * tries
                by_later_passed = -by_turn * turn * later_tries
                passed = aligned[k] * alarm_free + misaligned[k] * missed
                later_passed = later_aligned[k] * alarm_free + later_misaligned[k] * missed
                by_persistence += by_passed * (passed - 1) + by_later_passed * (later_passed - 1)
                by_passed *= persistence
                by_later_passed *= persistence
                by_later_misaligned = by_turn * later_tries + by_later_passed
                by_latent[k] += by_passed * (found - false_alarm)
                by_later_latent[k] += by_later_passed * alarm_free - by_later_misaligned * missed
                by_found -= by_passed * misaligned[k] + by_later_misaligned * later_misaligned[k]
                by_false_alarm -= (
                    by_passed * aligned[k]
                    + by_later_passed * later_aligned[k]
                    + share * by_good * tries
                )
                by_renewal += by_rate * turn
        else:
            fields = 1.0 if branch == MISALIGNED else 0.0
            for k in range(aligned.shape[0]):
                passed = aligned[k] * alarm_free + misaligned[k] * missed
                held = aligned[k] * false_alarm + misaligned[k] * found
                tries = 1 / (stops + persistence * passed)
                here = fields * missed + (1 - fields) * stops * held
                by_here = share * d_other[k] * tries
                by_passed = -by_here * here * tries
                by_held = by_here * (1 - fields) * stops
                by_persistence += by_passed * (passed - 1) - by_here * (1 - fields) * held
                by_passed *= persistence
                by_latent[k] += (by_held - by_passed) * (false_alarm - found)
                by_found += (by_held - by_passed) * misaligned[k] - by_here * fields
                by_false_alarm += (by_held - by_passed) * aligned[k]
        d_detection[j] += by_found
    return by_false_alarm, by_persistence, by_renewal
