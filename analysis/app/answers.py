"""What an expert has said, read off their journal.

Entries are kept as they were given. An answer counts from the last entry about its question that
could be read; one that could not is shown again with what is wrong, and leaves the last in force.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from takeoff.analysis.app.likelihood import Numbers

__all__ = ["Given", "Said", "said_by"]

Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Given:
    """What was last given to a question.

    Attributes
    ----------
    given
        What was typed, laid or drawn, as it was.
    at, round, tab
        When, in which round, and in which tab.
    said, note
        How it was read; "" when it could not be.
    problem
        Why it could not be read; "" when it could.
    numbers, answered
        The last answer that could be read, and the round in which it was given; None without one.
    """

    given: Any
    at: str
    round: int
    tab: str
    said: str = ""
    note: str = ""
    problem: str = ""
    numbers: Numbers | None = None
    answered: int | None = None


@dataclass(frozen=True)
class Said:
    """All that an expert has said: whether they take part, their camp, and each answer."""

    consented: str | None = None
    camp: str = ""
    given: Mapping[str, Given] = field(default_factory=dict)

    @property
    def answers(self) -> dict[str, Numbers]:
        """The answers that count, by question."""
        return {name: each.numbers for name, each in self.given.items() if each.numbers is not None}


def said_by(entries: Iterable[Entry], through: int | None = None) -> Said:
    """Read what was said, up to the end of a round if one is given."""
    said = Said()
    given: dict[str, Given] = {}
    for entry in entries:
        if through is not None and int(entry["round"]) > through:
            continue
        if entry["what"] == "consent":
            said = replace(said, consented=str(entry["at"]), camp=str(entry["camp"]))
        elif entry["what"] == "clear":
            given.pop(str(entry["question"]), None)
        elif entry["what"] == "answer":
            name = str(entry["question"])
            given[name] = _given(entry, given.get(name))
    return replace(said, given=given)


def _given(entry: Entry, before: Given | None) -> Given:
    found = Given(
        given=entry["given"],
        at=str(entry["at"]),
        round=int(entry["round"]),
        tab=str(entry.get("tab", "")),
        said=str(entry.get("said", "")),
        note=str(entry.get("note", "")),
        problem=str(entry.get("problem", "")),
    )
    if entry["numbers"] is not None:
        return replace(found, numbers=entry["numbers"], answered=found.round)
    if before is not None:
        return replace(found, numbers=before.numbers, answered=before.answered)
    return found
