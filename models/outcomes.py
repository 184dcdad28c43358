"""What a world answers: the outcomes, each with its unit and meaning.

``..._by_2100`` stands for any year: write ``extinction_by_2070`` and it is computed. Takeover by a
year is computed too when it is asked for (a survey did), and is not among the outcomes shown.

Which way is better is said only where all readers would agree: fewer misaligned projects, fewer
catastrophes. A warning shot is harm and help at once, and likeness is neither.
"""

import re
from dataclasses import dataclass, replace
from typing import Literal

from takeoff.models.errors import InputError, nearest

__all__ = ["OUTCOMES", "OUTCOME_NAMES", "Better", "Outcome", "outcome", "year_of"]

Better = Literal["lower", "higher", "neither"]


@dataclass(frozen=True)
class Outcome:
    """One answer of a world: its name, unit and meaning, and which way is better."""

    name: str
    unit: str
    meaning: str
    better: Better = "neither"


def _probability(name: str, meaning: str, better: Better = "neither") -> Outcome:
    return Outcome(name, "probability", meaning, better)


OUTCOMES: tuple[Outcome, ...] = (
    Outcome(
        "homogeneity",
        "correlation",
        "mean kinship of a later project with the first; 1 with one project",
    ),
    _probability("coordination", "misaligned projects act as one"),
    _probability("first_fielded", "the first project fields a system"),
    _probability(
        "first_aligned", "the first system is aligned, given that it is fielded", "higher"
    ),
    _probability(
        "follower_aligned_given_first_aligned",
        "the second project's first system is aligned, given that the first's is and both fielded",
        "higher",
    ),
    _probability(
        "follower_aligned_given_first_misaligned",
        "the second project's first system is aligned, given that the first's is not "
        "and both fielded",
        "higher",
    ),
    _probability("any_misaligned", "at least one project ends misaligned", "lower"),
    _probability("all_misaligned", "every project ends misaligned", "lower"),
    _probability("all_aligned", "every project ends aligned", "higher"),
    _probability("coexistence", "an aligned and a misaligned project at once"),
    Outcome(
        "misaligned_share", "share", "mean share of resources held by misaligned projects", "lower"
    ),
    Outcome("projects_fielded", "projects", "mean number of projects that field a system"),
    _probability("warning_shot", "a misaligned project shows itself early and recoverably"),
    _probability("warning_shot_given_misaligned", "a warning shot, given a misaligned project"),
    _probability("takeover", "misaligned systems take over", "lower"),
    _probability(
        "takeover_given_first_aligned", "takeover, given that the first is aligned", "lower"
    ),
    _probability(
        "takeover_given_first_misaligned", "takeover, given that the first is not", "lower"
    ),
    _probability("takeover_given_warning", "takeover, given a warning shot", "lower"),
    _probability(
        "takeover_given_no_warning",
        "takeover, given no warning shot; histories without a misaligned project included",
        "lower",
    ),
    _probability(
        "takeover_given_all_misaligned", "takeover, given that all are misaligned", "lower"
    ),
    _probability(
        "coalition_loss", "takeover in a world where an aligned system was fielded too", "lower"
    ),
    _probability(
        "one_bad_apple",
        "takeover, given exactly one misaligned project, the others aligned or absent",
        "lower",
    ),
    _probability(
        "one_good_apple",
        "takeover, given all projects but one misaligned and that one aligned",
        "lower",
    ),
    _probability("extinction", "human extinction through takeover", "lower"),
    _probability("theft_any", "the weights of at least one project are stolen", "lower"),
    _probability("misuse", "catastrophe through misuse of stolen weights", "lower"),
    _probability("conflict", "catastrophic conflict between projects", "lower"),
    _probability("bargaining", "a bargaining failure that causes suffering", "lower"),
    _probability("power_grab", "a few people seize power", "lower"),
    _probability(
        "catastrophe",
        "any of takeover, misuse, conflict, bargaining failure and power grab",
        "lower",
    ),
    _probability("arrival_by_2100", "advanced AI exists by the end of that year"),
    _probability(
        "catastrophe_by_2100", "advanced AI exists by then, and catastrophe follows", "lower"
    ),
    _probability(
        "extinction_by_2100", "advanced AI exists by then, and extinction follows", "lower"
    ),
)

OUTCOME_NAMES: tuple[str, ...] = tuple(each.name for each in OUTCOMES)

_BY_NAME = {each.name: each for each in OUTCOMES} | {
    "takeover_by_2100": _probability(
        "takeover_by_2100", "advanced AI exists by then, and takeover follows", "lower"
    )
}
_DATED = re.compile(r"(arrival|catastrophe|extinction|takeover)_by_(\d{4})")


def year_of(name: str) -> int | None:
    """Year of a dated outcome, None of an undated one.

    >>> year_of("extinction_by_2070"), year_of("takeover")
    (2070, None)
    """
    match = _DATED.fullmatch(name)
    return int(match.group(2)) if match else None


def outcome(name: str) -> Outcome:
    """Look up an outcome by name, dated outcomes of any year included.

    Raises
    ------
    InputError
        If there is no such outcome; the nearest name is offered.
    """
    year = year_of(name)
    template = name if year is None else name.replace(str(year), "2100")
    if template not in _BY_NAME:
        raise InputError(f"unknown outcome {name!r}{nearest(name, OUTCOME_NAMES)}")
    found = _BY_NAME[template]
    return replace(found, name=name)
