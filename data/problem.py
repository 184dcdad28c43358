"""What is wrong with a study, said so that its author can mend it."""

from dataclasses import dataclass
from typing import Literal

__all__ = ["Problem", "Severity", "shown"]

Severity = Literal["error", "note"]


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a study, or worth knowing about it.

    Attributes
    ----------
    file
        Path of the file.
    line
        Physical line in it, from 1; None when the whole file is meant.
    column
        Column of answers.csv, or key of study.toml with its tables before it; None when the
        whole line is meant.
    message
        What was found.
    mend
        What to do about it.
    severity
        An ``error`` keeps the study from being used; a ``note`` does not.

    Examples
    --------
    >>> print(Problem("answers.csv", 3, "value", "35 is above 1", "divide by 100"))
    answers.csv:3: value: 35 is above 1; divide by 100
    """

    file: str
    line: int | None
    column: str | None
    message: str
    mend: str
    severity: Severity = "error"

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        column = "" if self.column is None else f"{self.column}: "
        return f"{place}: {column}{self.message}; {self.mend}"


def shown(found: object, longest: int = 40) -> str:
    r"""Quote what was found, on one line and no longer than a reader needs.

    >>> shown("two\nlines")
    "'two\\nlines'"
    >>> shown("x" * 50, longest=5)
    "'xxxxx…'"
    """
    if isinstance(found, str) and len(found) > longest:
        found = f"{found[:longest]}…"
    text = repr(found)
    return text if len(text) <= 2 * longest else f"{text[: 2 * longest]}…"
