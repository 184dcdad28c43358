"""What probability phrases mean to their readers.

5,174 people said which probability they take each of 19 phrases to mean (Kucharski 2026, CAPphrase,
doi.org/10.5281/zenodo.18750055, CC BY 4.0). The spread between them is the point: a phrase is a
distribution. Of some phrases in use nobody was asked; each is read as the nearest one of which
readers were, with more spread.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from takeoff.data.explain import offer
from takeoff.data.problem import shown
from takeoff.models.errors import InputError

if TYPE_CHECKING:
    from takeoff.models.questions import Meaning

__all__ = ["LIKE", "meaning", "phrases"]

_TABLE = Path(__file__).parent / "phrases" / "probability_words.csv"

LIKE: Mapping[str, str] = MappingProxyType(
    {
        "almost certainly": "almost certain",
        "certain": "will happen",
        "certainly": "will happen",
        "conceivable": "could happen",
        "even odds": "about even",
        "extremely likely": "almost certain",
        "extremely unlikely": "almost no chance",
        "fairly likely": "likely",
        "fairly unlikely": "unlikely",
        "impossible": "almost no chance",
        "more likely than not": "better than even",
        "plausible": "realistic possibility",
        "possible": "might happen",
        "possibly": "might happen",
        "probably": "probable",
        "probably not": "improbable",
        "quite likely": "likely",
        "quite unlikely": "unlikely",
        "rather likely": "likely",
        "rather unlikely": "unlikely",
        "relatively likely": "likely",
        "relatively unlikely": "unlikely",
        "toss-up": "about even",
        "very likely": "highly likely",
        "very unlikely": "highly unlikely",
    }
)
"""Phrases of which no reader was asked, and the nearest of which readers were."""


@cache
def _readers() -> Mapping[str, Mapping[int, int]]:
    """How many readers took each phrase for each value in per cent."""
    table: dict[str, dict[int, int]] = defaultdict(dict)
    with _TABLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            table[row["phrase"].lower()][int(row["percent"])] = int(row["readers"])
    return table


def phrases() -> tuple[str, ...]:
    """Phrases of which readers were asked, in alphabetical order.

    >>> len(phrases())
    19
    """
    return tuple(sorted(_readers()))


def meaning(phrase: str) -> Meaning:
    """Give what a phrase means to its readers.

    Each value stands for the probabilities that are nearer to it than to the next.

    Raises
    ------
    InputError
        If the phrase is not known; the nearest is offered.

    Examples
    --------
    >>> likely = meaning("Highly likely")
    >>> round(sum(w for low, w in zip(likely.lower, likely.weight) if low > 0.8), 2)
    0.66
    >>> meaning("plausible").phrase, meaning("plausible").nearest
    ('realistic possibility', True)
    """
    from takeoff.models.questions import Meaning

    table = _readers()
    written = " ".join(phrase.lower().split())
    asked = LIKE.get(written, written)
    if asked not in table:
        raise InputError(f"unknown phrase {shown(phrase)}; {offer(written, (*table, *LIKE))}")
    values = sorted({value for counts in table.values() for value in counts})
    edges = [0.0, *((low + high) / 200 for low, high in pairwise(values)), 1.0]
    place = {value: number for number, value in enumerate(values)}
    counts = table[asked]
    readers = sum(counts.values())
    return Meaning(
        phrase=asked,
        nearest=asked != written,
        lower=tuple(edges[place[value]] for value in counts),
        upper=tuple(edges[place[value] + 1] for value in counts),
        weight=tuple(count / readers for count in counts.values()),
    )
