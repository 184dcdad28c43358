"""The schema of a study: one model for ``study.toml``, one for each kind of row in ``answers.csv``.

Validators raise `InputError` worded "what was found; how to mend it". Defaults are those of
`Question`.
"""

import datetime
import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    InstanceOf,
    TypeAdapter,
    model_validator,
)

from takeoff.data.explain import offer
from takeoff.data.problem import shown
from takeoff.models.errors import InputError
from takeoff.models.outcomes import OUTCOME_NAMES, year_of
from takeoff.models.parameters import PARAMETER_NAMES
from takeoff.models.questions import EFFICACY, EVENTS, Fit, Question, Reading
from takeoff.models.scenario import SCENARIO_INPUTS, Scenario

__all__ = ["ANSWER", "ANSWER_COLUMNS", "Answer", "Probability", "QuestionTable", "StudyFile"]


def _filled(text: str) -> str:
    if not text.strip():
        raise InputError("nothing is written here; fill it in")
    return text


def _require_known(kind: str, name: str, known: Iterable[str]) -> None:
    if name not in known:
        raise InputError(f"unknown {kind} {shown(name)}; {offer(name, known)}")


def _outcome(name: str) -> str:
    if year_of(name) is None:
        _require_known("outcome", name, (*OUTCOME_NAMES, EFFICACY))
    return name


def _event(name: str) -> str:
    _require_known("event", name, EVENTS)
    return name


def _scenario(inputs: object) -> Scenario:
    if not isinstance(inputs, Mapping):
        raise InputError(f"{shown(inputs)} is not a table; write scenario = {{ projects = 5 }}")
    for name in inputs:
        _require_known("scenario input", name, SCENARIO_INPUTS)
    for name in ("values", "shifts"):
        overrides = inputs.get(name, {})
        if not isinstance(overrides, Mapping):
            raise InputError(f"{name} is not a table; write {name} = {{ parameter = number }}")
        for parameter in overrides:
            _require_known("parameter", parameter, PARAMETER_NAMES)
    try:
        return Scenario.from_mapping(inputs)
    except OverflowError as error:
        raise InputError("a number is too large; give one that a computer can hold") from error


def _iso_date(date: object) -> str:
    text = date.isoformat()[:10] if isinstance(date, datetime.date) else date
    if isinstance(text, str) and re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", text, re.ASCII):
        try:
            datetime.date.fromisoformat(f"{text}-01-01"[:10])
        except ValueError:
            pass
        else:
            return text
    raise InputError(
        f"{shown(text)} is not a date; write a year, month or day: 2023, 2023-05, 2023-05-17"
    )


def _weights(camps: dict[str, float]) -> dict[str, float]:
    if "" in camps:
        raise InputError("a camp has no name; name it, or leave it out")
    total = sum(camps.values())
    if camps and abs(total - 1) > 1e-6:
        raise InputError(f"the weights add up to {total:g}; they must make 1")
    return camps


Filled = Annotated[str, AfterValidator(_filled)]
Weight = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class QuestionTable(BaseModel):
    """``[questions.<name>]``: a `Question`, and where its event's own probability was asked."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    text: Filled
    outcome: Annotated[str, AfterValidator(_outcome)]
    given: Annotated[str, AfterValidator(_event)] | None = Question.given
    intervention: Filled | None = Question.intervention
    reading: Reading = Question.reading
    fit: Fit = Question.fit
    scenario: Annotated[InstanceOf[Scenario], BeforeValidator(_scenario)] = Field(
        default_factory=Scenario
    )
    mapping: Filled
    event: str | None = None

    @model_validator(mode="after")
    def _is_a_question(self) -> "QuestionTable":
        self.question("")
        if self.event is not None and self.given is None and self.intervention is None:
            raise InputError("event belongs to a conditional question; leave it out")
        return self

    def question(self, name: str) -> Question:
        """Build the question under its name."""
        keys = set(QuestionTable.model_fields) - {"event"}
        return Question(name=name, **{key: getattr(self, key) for key in keys})


class StudyFile(BaseModel):
    """``study.toml``: where the judgments come from, who was asked, and what."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    title: Filled
    source: Filled
    licence: Filled
    date: Annotated[str, BeforeValidator(_iso_date)]
    about: Filled
    camps: Annotated[dict[str, Weight], AfterValidator(_weights)] = Field(default_factory=dict)
    questions: Annotated[dict[str, QuestionTable], Field(min_length=1)]


_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_PERCENT = re.compile(r"(\d+\.?\d*)\s*%", re.ASCII)


def _probability(cell: str) -> float | None:
    """Read a cell as a probability; a blank one is missing."""
    if not cell:
        return None
    if percent := _PERCENT.fullmatch(cell):
        raise InputError(
            f"{shown(cell)} is a percentage; divide by 100: {float(percent[1]) / 100:g}"
        )
    if not _NUMBER.fullmatch(cell):
        mend = "write a number such as 0.05, or leave the cell blank when there is no answer"
        raise InputError(f"{shown(cell)} is not a number; {mend}")
    number = float(cell)
    if 1 < number <= 100:
        raise InputError(
            f"{shown(cell)} is above 1, so perhaps a percentage; divide by 100: {number / 100:g}"
        )
    if not 0 <= number <= 1:
        raise InputError(f"{shown(cell)} is outside [0, 1]; give a probability")
    return number


Cell = Annotated[float | None, BeforeValidator(_probability)]


class Probability(BaseModel):
    """A row with a stated probability, and the expert's own unconditional one beside it."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    expert: Filled
    camp: str
    question: Filled
    kind: Literal["probability"]
    value: Cell
    baseline: Cell
    note: str = ""


Answer = Probability
"""A row of any kind, told apart by ``kind``. A new kind is one more model in a union here:
``Annotated[Probability | Quantile, Field(discriminator="kind")]``."""

ANSWER: TypeAdapter[Answer] = TypeAdapter(Answer)

ANSWER_COLUMNS: Mapping[str, bool] = MappingProxyType(
    {name: field.is_required() for name, field in Probability.model_fields.items()}
)
"""Columns of ``answers.csv``, and whether a file must have them."""
