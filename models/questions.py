"""What experts were asked: questions, how each is read, and the judgments they gave.

A question asks for an outcome of the expert's own worldview in a scenario, perhaps given an
event, or for the efficacy of an intervention. Three readings keep what an answer can tell
apart from what it cannot:

``level``
    The answer is the outcome itself.
``relative``
    The survey's event is a shadow of the outcome (it resolves sooner, say): its log-odds are
    the outcome's plus an intercept that is free, one a question, so only differences between
    experts inform the worldviews.
``shift``
    The answer is a conditional probability given beside the expert's own unconditional one (the
    baseline); what informs the worldview is the step in log-odds from the one to the other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, get_args

from takeoff.models.errors import InputError, nearest
from takeoff.models.outcomes import outcome
from takeoff.models.scenario import Scenario

if TYPE_CHECKING:
    import xarray as xr

__all__ = [
    "EFFICACY",
    "EVENTS",
    "FITS",
    "READINGS",
    "WORDING_SD",
    "Fit",
    "Judgments",
    "Question",
    "Reading",
]

Reading = Literal["level", "relative", "shift"]
Fit = Literal["exact", "close", "loose", "illustration"]
READINGS: tuple[Reading, ...] = get_args(Reading)
FITS: tuple[Fit, ...] = get_args(Fit)

WORDING_SD: Mapping[Fit, float] = MappingProxyType(
    {
        # ESPAI's three wordings of one question differ by half a logit in their medians: that
        # is what wording alone does, so no survey's question fits exactly but one made for it.
        "exact": 0.1,
        "close": 0.3,
        "loose": 0.7,
        # A number given as an example ("say 50 per cent") hardly binds its author.
        "illustration": 1.5,
    }
)
"""Standard deviation of a question's wording offset, in log-odds, by how well it fits."""

EFFICACY = "efficacy"
"""In place of an outcome: P(the intervention does anything if it happens)."""

EVENTS = (
    "warning_shot",
    "any_misaligned",
    "all_misaligned",
    "first_aligned",
    "first_misaligned",
)
"""What a conditional question may be given."""


@dataclass(frozen=True)
class Question:
    """One question, as a study maps it to the world.

    Attributes
    ----------
    name
        Short name, unique in its study.
    text
        The wording, or what is public of it.
    outcome
        Name of an outcome, or ``efficacy``.
    given
        Event on which the outcome is conditioned, or None.
    intervention
        Name of the intervention that the question supposes to happen, or None.
    reading, fit
        How the answer is read, and how closely the wording fits the outcome.
    scenario
        The scenario in which the answer is read.
    mapping
        Why this outcome and this fit: a sentence for the reader of the study.
    """

    name: str
    text: str
    outcome: str
    given: str | None = None
    intervention: str | None = None
    reading: Reading = "level"
    fit: Fit = "close"
    scenario: Scenario = field(default_factory=Scenario)
    mapping: str = ""

    def __post_init__(self) -> None:
        if self.outcome == EFFICACY:
            if self.intervention is None:
                raise InputError("efficacy needs the name of its intervention")
        else:
            outcome(self.outcome)
        if self.given is not None and self.given not in EVENTS:
            raise InputError(f"unknown event {self.given!r}{nearest(self.given, EVENTS)}")
        if self.reading not in READINGS:
            raise InputError(f"unknown reading {self.reading!r}{nearest(self.reading, READINGS)}")
        if self.fit not in FITS:
            raise InputError(f"unknown fit {self.fit!r}{nearest(self.fit, FITS)}")
        if self.reading == "shift" and (self.given is None) == (self.intervention is None):
            raise InputError("a shift is read given one event or one intervention")
        if self.reading != "shift" and self.given is not None and self.intervention is not None:
            raise InputError("a question is given an event or an intervention, not both")


@dataclass(frozen=True)
class Judgments:
    """All that a panel said, from one study or several, ready for the model.

    Attributes
    ----------
    questions
        Every question asked, by label; the label is the question's name, preceded by its
        study's where two studies share it.
    answers
        Dataset with dims ``answer`` and ``expert``. Over ``answer``: ``expert_name``,
        ``question``, ``kind`` (strings), ``value`` (stated probability), ``lower`` and
        ``upper`` (the interval it stands for after rounding), ``baseline`` (the expert's own
        unconditional probability stated beside it, NaN where none). Over ``expert``: the
        coordinates ``expert`` (label), ``camp`` and ``study``.
    camp_weights
        Declared weight of each camp in the population; they add up to 1.
    studies
        Names of the studies, in order.
    """

    questions: Mapping[str, Question]
    answers: "xr.Dataset"
    camp_weights: Mapping[str, float]
    studies: tuple[str, ...]
