"""Inspection: which candidate is fielded, which is held back, who stands down.

A misaligned candidate is held with probability ``detection``, an aligned one with
``false_alarm``. A held candidate is followed by a new one with ``persistence``, else the project
stands down; a passed one is fielded. Summed over all tries, with P(held) = h::

    P(fields an aligned system)    = P(aligned)·(1 − false_alarm) / (1 − persistence·h)
    P(fields a misaligned system)  = P(misaligned)·(1 − detection) / (1 − persistence·h)
    P(stands down)                 = (1 − persistence)·h / (1 − persistence·h)

The common factor 1 / (1 − persistence·h) is the mean number of *tries*. Its denominator is
written as a sum of positive terms, so that it keeps its tail.
"""

from takeoff.models.special import compiled

__all__ = ["both_tries"]


@compiled
def both_tries(
    aligned: float,
    misaligned: float,
    later_aligned: float,
    later_misaligned: float,
    detection: float,
    false_alarm: float,
    persistence: float,
) -> tuple[float, float]:
    """Give the mean number of tries of a first candidate and of a later one.

    Both in one call, because a division costs as much as all the rest and one serves for two.
    """
    now = (1 - persistence) + persistence * (
        aligned * (1 - false_alarm) + misaligned * (1 - detection)
    )
    later = (1 - persistence) + persistence * (
        later_aligned * (1 - false_alarm) + later_misaligned * (1 - detection)
    )
    inverse = 1 / (now * later)
    return inverse * later, inverse * now
