"""Where each number of a world stands in the vector that the compiled integral reads."""

from typing import Final

__all__ = [
    "ABSENT",
    "ALIGNED",
    "DECISIVENESS",
    "DETECTION",
    "DETECTION_SPREAD",
    "DOUBT",
    "FALSE_ALARM",
    "KINDS",
    "KINSHIP",
    "LOG_HUMAN_DEFENSE",
    "MARGIN",
    "MISALIGNED",
    "OFFENSE",
    "PERSISTENCE",
    "RENEWAL",
    "REPLICATED",
    "SHARE",
    "SPILLOVER",
    "UPLIFT",
]

DOUBT: Final = 0
UPLIFT: Final = 1
SPILLOVER: Final = 2
RENEWAL: Final = 3
DETECTION: Final = 4
DETECTION_SPREAD: Final = 5
FALSE_ALARM: Final = 6
PERSISTENCE: Final = 7
SHARE: Final = 8  # three: copied, replicated, independent
KINSHIP: Final = 11  # three, in the same order
OFFENSE: Final = 14
DECISIVENESS: Final = 15
LOG_HUMAN_DEFENSE: Final = 16
MARGIN: Final = 17  # the first project, then each group of followers; then log resources

KINDS: Final = 3
REPLICATED: Final = 1

ALIGNED: Final = 0
MISALIGNED: Final = 1
ABSENT: Final = 2
