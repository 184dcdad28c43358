"""Coordination: whether misaligned systems would act as one."""

from takeoff.analysis.questions_form.item import Item, probability
from takeoff.analysis.questions_form.terms import MISALIGNED, TOGETHER

__all__ = ["COORDINATION"]

COORDINATION: tuple[Item, ...] = (
    probability(
        "Would misaligned systems act as one?",
        "act_as_one",
        "coordination",
        5,
        f"{MISALIGNED} {TOGETHER}",
        "If several of these projects were misaligned, how likely is it that their systems "
        "would act as one?",
        "they act as one",
    ),
)
"""Whether they would."""
