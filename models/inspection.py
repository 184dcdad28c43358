"""Inspection: which candidate is fielded, which is held back, who stands down.

A misaligned candidate is held with probability ``detection``, an aligned one with
``false_alarm``. A held candidate is followed by a new one with ``persistence``, else the project
stands down; a passed one is fielded. Summed over all tries, with P(held) = h::

    P(fields an aligned system)    = P(aligned)·(1 − false_alarm) / (1 − persistence·h)
    P(fields a misaligned system)  = P(misaligned)·(1 − detection) / (1 − persistence·h)
    P(stands down)                 = (1 − persistence)·h / (1 − persistence·h)

The denominator is written as a sum of positive terms, so that it keeps its tail.
"""

from takeoff.models.special import compiled

__all__ = ["fielded", "fielded_reverse"]


@compiled
def fielded(
    aligned: float, misaligned: float, detection: float, false_alarm: float, persistence: float
) -> tuple[float, float, float]:
    """Give P(fields aligned), P(fields misaligned), P(stands down)."""
    passed_aligned = aligned * (1 - false_alarm)
    passed_misaligned = misaligned * (1 - detection)
    held = aligned * false_alarm + misaligned * detection
    tries = 1 / ((1 - persistence) + persistence * (passed_aligned + passed_misaligned))
    return passed_aligned * tries, passed_misaligned * tries, (1 - persistence) * held * tries


@compiled
def fielded_reverse(
    aligned: float,
    misaligned: float,
    detection: float,
    false_alarm: float,
    persistence: float,
    d_aligned: float,
    d_misaligned: float,
    d_absent: float,
) -> tuple[float, float, float, float, float]:
    """Carry derivatives by the three results back to the five arguments, in their order."""
    passed_aligned = aligned * (1 - false_alarm)
    passed_misaligned = misaligned * (1 - detection)
    held = aligned * false_alarm + misaligned * detection
    passed = passed_aligned + passed_misaligned
    tries = 1 / ((1 - persistence) + persistence * passed)
    d_tries = (
        d_aligned * passed_aligned
        + d_misaligned * passed_misaligned
        + d_absent * (1 - persistence) * held
    )
    d_denominator = -d_tries * tries * tries
    d_passed_aligned = d_aligned * tries + d_denominator * persistence
    d_passed_misaligned = d_misaligned * tries + d_denominator * persistence
    d_held = d_absent * (1 - persistence) * tries
    return (
        d_passed_aligned * (1 - false_alarm) + d_held * false_alarm,
        d_passed_misaligned * (1 - detection) + d_held * detection,
        (d_held - d_passed_misaligned) * misaligned,
        (d_held - d_passed_aligned) * aligned,
        d_denominator * (passed - 1) - d_absent * held * tries,
    )
