"""Warning shots: whether one would come, and what it would change."""

from takeoff.analysis.questions_form.item import Item, probability
from takeoff.analysis.questions_form.terms import ALIGNED, MISALIGNED, TAKEOVER, WARNING

__all__ = ["WARNING_SHOTS"]

_TOPIC = "Would there be a warning?"
_TERMS = f"{ALIGNED} {WARNING} {TAKEOVER}"

WARNING_SHOTS: tuple[Item, ...] = (
    *(
        probability(
            _TOPIC,
            "warning_if_misaligned",
            "warning_shot_given_misaligned",
            projects,
            f"{MISALIGNED} {WARNING}",
            f"Suppose that {who} misaligned. Then how likely is at least one warning shot?",
            "there is a warning shot",
        )
        for projects, who in (
            (1, "the project is"),
            (3, "at least one of these projects is"),
            (8, "at least one of these projects is"),
        )
    ),
    probability(
        _TOPIC,
        "takeover_if_warning",
        "takeover_given_warning",
        5,
        _TERMS,
        "Suppose that there is a warning shot. Then how likely is a takeover in the end?",
        "there is a takeover after all",
    ),
    probability(
        _TOPIC,
        "takeover_if_no_warning",
        "takeover_given_no_warning",
        5,
        _TERMS,
        "Suppose that there is no warning shot, be it that no system is misaligned or that "
        "none shows itself. Then how likely is a takeover?",
        "there is a takeover",
    ),
)
"""Whether a warning comes, and takeover with one and without."""
