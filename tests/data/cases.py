"""A change to a study that is right, and the one problem that it makes."""

from typing import NamedTuple

from takeoff.data.problem import Severity

__all__ = ["Case"]


class Case(NamedTuple):
    """A change to a study, and the one problem that it makes."""

    name: str
    found: str
    replaced: str
    line: int | None
    column: str | None
    message: str
    mend: str
    severity: Severity = "error"
