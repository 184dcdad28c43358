"""What a world answers: the outcomes, each with its unit and meaning.

``..._by_2100`` stands for any year: write ``extinction_by_2070`` and it is computed.
"""

import re
from dataclasses import dataclass

from takeoff.models.errors import InputError, nearest

__all__ = ["OUTCOMES", "OUTCOME_NAMES", "Outcome", "outcome", "year_of"]


@dataclass(frozen=True)
class Outcome:
    """One answer of a world: its name, unit and meaning."""

    name: str
    unit: str
    meaning: str


def _probability(name: str, meaning: str) -> Outcome:
    return Outcome(name, "probability", meaning)


OUTCOMES: tuple[Outcome, ...] = (
    Outcome(
        "homogeneity",
        "correlation",
        "mean kinship of a later project with the first; 1 with one project",
    ),
    _probability("coordination", "misaligned projects act as one"),
    _probability("first_fielded", "the first project fields a system"),
    _probability("first_aligned", "the first system is aligned, given that it is fielded"),
    _probability(
        "follower_aligned_given_first_aligned",
        "the second project's first system is aligned, given that the first's is and both fielded",
    ),
    _probability(
        "follower_aligned_given_first_misaligned",
        "the second project's first system is aligned, given that the first's is not "
        "and both fielded",
    ),
    _probability("any_misaligned", "at least one project ends misaligned"),
    _probability("all_misaligned", "every project ends misaligned"),
    _probability("all_aligned", "every project ends aligned"),
    _probability("coexistence", "an aligned and a misaligned project at once"),
    Outcome("misaligned_share", "share", "mean share of resources held by misaligned projects"),
    Outcome("projects_fielded", "projects", "mean number of projects that field a system"),
    _probability("warning_shot", "a misaligned project shows itself early and recoverably"),
    _probability("warning_shot_given_misaligned", "a warning shot, given a misaligned project"),
    _probability("takeover", "misaligned systems take over"),
    _probability("takeover_given_first_aligned", "takeover, given that the first is aligned"),
    _probability("takeover_given_first_misaligned", "takeover, given that the first is not"),
    _probability("takeover_given_warning", "takeover, given a warning shot"),
    _probability(
        "takeover_given_no_warning",
        "takeover, given no warning shot; histories without a misaligned project included",
    ),
    _probability("takeover_given_all_misaligned", "takeover, given that all are misaligned"),
    _probability("coalition_loss", "takeover in a world where an aligned system was fielded too"),
    _probability(
        "one_bad_apple",
        "takeover, given exactly one misaligned project, the others aligned or absent",
    ),
    _probability(
        "one_good_apple",
        "takeover, given all projects but one misaligned and that one aligned",
    ),
    _probability("extinction", "human extinction through takeover"),
    _probability("theft_any", "the weights of at least one project are stolen"),
    _probability("misuse", "catastrophe through misuse of stolen weights"),
    _probability("conflict", "catastrophic conflict between projects"),
    _probability("bargaining", "a bargaining failure that causes suffering"),
    _probability("power_grab", "a few people seize power"),
    _probability(
        "catastrophe",
        "any of takeover, misuse, conflict, bargaining failure and power grab",
    ),
    _probability("arrival_by_2100", "advanced AI exists by the end of that year"),
    _probability("catastrophe_by_2100", "advanced AI exists by then, and catastrophe follows"),
    _probability("extinction_by_2100", "advanced AI exists by then, and extinction follows"),
)

OUTCOME_NAMES: tuple[str, ...] = tuple(each.name for each in OUTCOMES)

_BY_NAME = {each.name: each for each in OUTCOMES}
_DATED = re.compile(r"(arrival|catastrophe|extinction)_by_(\d{4})")


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
    return Outcome(name, found.unit, found.meaning)
