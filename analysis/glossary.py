"""The words of the report that a reader meets in its tables, each said plainly once."""

from collections.abc import Mapping
from types import MappingProxyType

from takeoff.analysis.summaries import INTERVAL
from takeoff.models.outcomes import outcome

__all__ = ["WORDS", "meaning"]

WORDS: Mapping[str, str] = MappingProxyType(
    {
        "camp": "a school of experts that a study declares; its number is their median",
        "consensus": "the median of all experts who were asked, draw by draw",
        "population": "one further expert who might have been asked, of a camp drawn by the "
        "weights that the studies declare",
        "prior": "what is believed before any answer",
        "posterior": "what is believed after the answers: a number is its median",
        "interval": f"the range that holds {100 * INTERVAL:.0f} per cent of what is believed, as "
        "much below it as above",
        "draw": "one set of everybody's beliefs, drawn from the posterior as often as it is likely",
        "offence": "the log advantage of attack over defence at equal resources",
        "kinship": "the correlation of a later system's alignment with the first one's, for they "
        "share an origin",
        "doubt": "how uncertain everybody is of how hard alignment turns out to be",
        "reweighted": "the draws of one fit counted by how likely another assumption makes them",
    }
)
"""What each word means here, by word."""


def meaning(name: str) -> str:
    """Say what a word of the report or an outcome means.

    >>> meaning("takeover"), meaning("prior")
    ('misaligned systems take over', 'what is believed before any answer')
    """
    return WORDS[name] if name in WORDS else outcome(name).meaning
