"""The schema of the rows of ``answers.csv``: one model for each kind of answer.

===========  ======================================================================
kind         what the row says, in columns of its own
===========  ======================================================================
probability  ``value``; of a shift, the ``baseline`` it was stated beside
quantile     ``value``, with the probability ``level`` that the quantity is below it
interval     ``lowest``, ``value`` (best), ``highest``, any of them; ``confidence``
bound        ``value``, and the ``side`` of it on which the answer lies
verbal       ``phrase``
rating       ``value``, on the question's scale, of a ``project``
outcome      ``value``, the probability stated for a seed question
===========  ======================================================================

Every row may have a ``group`` (of experts who talk to each other), a ``round`` (1 before and 2
after discussion) and a ``note``. Cells of other kinds stay blank, and columns that no row needs
may be left out.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

from takeoff.data.problem import shown
from takeoff.data.schema import Filled
from takeoff.models.errors import InputError

__all__ = [
    "ANSWER_COLUMNS",
    "NUMBERS",
    "ROWS",
    "TEXT",
    "Answer",
    "Bound",
    "Interval",
    "Outcome",
    "Probability",
    "Quantile",
    "Rating",
    "Verbal",
    "require_probability",
]

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_PERCENT = re.compile(r"(\d+\.?\d*)\s*%", re.ASCII)


def _number(cell: str) -> float | None:
    """Read a cell as a number; a blank one is missing."""
    if not cell:
        return None
    if percent := _PERCENT.fullmatch(cell):
        raise InputError(
            f"{shown(cell)} is a percentage; divide by 100: {float(percent[1]) / 100:g}"
        )
    if not _NUMBER.fullmatch(cell):
        mend = "write a number such as 0.05, or leave the cell blank when there is no answer"
        raise InputError(f"{shown(cell)} is not a number; {mend}")
    return float(cell)


def _probability(cell: str) -> float | None:
    """Read a cell as a probability; a blank one is missing."""
    number = _number(cell)
    if number is not None:
        require_probability(number, cell)
    return number


def require_probability(number: float, cell: str) -> None:
    """Refuse a number that is no probability, as its cell has it.

    Raises
    ------
    InputError
        If it is not in [0, 1].
    """
    if 1 < number <= 100:
        raise InputError(
            f"{shown(cell)} is above 1, so perhaps a percentage; divide by 100: {number / 100:g}"
        )
    if not 0 <= number <= 1:
        raise InputError(f"{shown(cell)} is outside [0, 1]; give a probability")


def _share(number: float | None) -> float | None:
    if number in (0, 1):
        raise InputError(f"{number:g} leaves no doubt; give a number between 0 and 1")
    return number


def _round(cell: str) -> int:
    if cell not in ("1", "2"):
        raise InputError(
            f"{shown(cell)} is not a round; write 1 before discussion, 2 after it, or leave blank"
        )
    return int(cell)


Number = Annotated[float | None, BeforeValidator(_number)]
Cell = Annotated[float | None, BeforeValidator(_probability)]
Share = Annotated[float | None, BeforeValidator(_probability), AfterValidator(_share)]
Round = Annotated[int, BeforeValidator(_round)]


class _Row(BaseModel):
    """What every row has."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    expert: Filled
    camp: str = ""
    question: Filled
    value: Number = None
    baseline: Cell = None
    group: str = ""
    round: Round = 1
    note: str = ""

    @property
    def is_answered(self) -> bool:
        """Whether the row says anything."""
        return self.value is not None


class Probability(_Row):
    """A stated probability, and the expert's own unconditional one beside it."""

    kind: Literal["probability"]
    value: Cell = None


class Quantile(_Row):
    """A value that the quantity is below with a stated probability."""

    kind: Literal["quantile"]
    level: Share


class Interval(_Row):
    """The lowest, the best and the highest value, any of them, and how sure the ends are."""

    kind: Literal["interval"]
    lowest: Number = None
    highest: Number = None
    confidence: Share = None

    @property
    def is_answered(self) -> bool:
        """Whether the row says anything."""
        return any(each is not None for each in (self.lowest, self.value, self.highest))


class Bound(_Row):
    """A value above or below which the answer lies."""

    kind: Literal["bound"]
    side: Literal["above", "below"]


class Verbal(_Row):
    """A phrase such as "highly likely"."""

    kind: Literal["verbal"]
    value: None = None  # pyright: ignore[reportIncompatibleVariableOverride]: rows are frozen
    phrase: str = ""

    @property
    def is_answered(self) -> bool:
        """Whether the row says anything."""
        return bool(self.phrase)


class Rating(_Row):
    """A grade of a named project, on the scale of its question."""

    kind: Literal["rating"]
    project: Filled


class Outcome(_Row):
    """A probability stated for something whose answer is known."""

    kind: Literal["outcome"]
    value: Cell = None


type Answer = Probability | Quantile | Interval | Bound | Verbal | Rating | Outcome

ROWS: Mapping[str, type[Answer]] = MappingProxyType(
    {
        "probability": Probability,
        "quantile": Quantile,
        "interval": Interval,
        "bound": Bound,
        "verbal": Verbal,
        "rating": Rating,
        "outcome": Outcome,
    }
)
"""The model of a row by its kind."""

ANSWER_COLUMNS: Mapping[str, bool] = MappingProxyType(
    {
        **dict.fromkeys(("expert", "camp", "question", "kind", "value", "baseline"), True),
        **dict.fromkeys(("level", "lowest", "highest", "confidence", "side", "phrase"), False),
        **dict.fromkeys(("project", "group", "round", "note"), False),
    }
)
"""Columns of ``answers.csv``, and whether a file must have them."""

NUMBERS = ("value", "baseline", "level", "lowest", "highest", "confidence")
"""Columns of numbers, NaN where a table has none."""

TEXT = ("side", "phrase", "project", "group", "note")
"""Columns of text, "" where a table has none."""
