"""The schema of ``study.toml``; that of the rows of ``answers.csv`` is in ``answer_rows``.

Validators raise `InputError` worded "what was found; how to mend it". Defaults are those of
`Question`.
"""

import datetime
import re
from collections.abc import Iterable, Mapping
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    InstanceOf,
    model_validator,
)

from takeoff.data.explain import offer
from takeoff.data.problem import shown
from takeoff.models.errors import InputError
from takeoff.models.outcomes import OUTCOME_NAMES, year_of
from takeoff.models.parameters import PARAMETER_NAMES
from takeoff.models.questions import EVENTS, TARGETS, Fit, Question, Reading
from takeoff.models.scenario import SCENARIO_INPUTS, Scenario

__all__ = ["Filled", "QuestionTable", "StudyFile"]


def _filled(text: str) -> str:
    if not text.strip():
        raise InputError("nothing is written here; fill it in")
    return text


def _require_known(kind: str, name: str, known: Iterable[str]) -> None:
    if name not in known:
        raise InputError(f"unknown {kind} {shown(name)}; {offer(name, known)}")


def _outcome(name: str) -> str:
    if year_of(name) is None:
        _require_known("outcome", name, (*OUTCOME_NAMES, *TARGETS))
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


def _scale(ends: object) -> object:
    if not isinstance(ends, list) or len(ends) != 2:
        raise InputError(f"{shown(ends)} is not a scale; write scale = [worst, best]")
    if not all(isinstance(end, int | float) and not isinstance(end, bool) for end in ends):
        raise InputError(f"{shown(ends)} is not a scale; give the grades as numbers")
    return tuple(float(end) for end in ends)


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
    scale: Annotated[tuple[float, float] | None, BeforeValidator(_scale)] = Question.scale
    truth: float | None = Question.truth
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
