"""What experts were asked: questions, how each is read, and the judgments they gave.

A question asks for an outcome of the expert's own worldview in a scenario, perhaps given an
event, or for the efficacy of an intervention; or for a quantity of the world, the safety effort
of a named project, or something whose answer is known (a seed). Three readings keep what an answer
can tell apart from what it cannot:

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
    "EFFORT",
    "EVENTS",
    "FITS",
    "KINDS",
    "PROJECTS",
    "QUANTITIES",
    "READINGS",
    "SEED",
    "TARGETS",
    "WORDING_SD",
    "Fit",
    "Judgments",
    "Kind",
    "Meaning",
    "Question",
    "Reading",
]

Kind = Literal["probability", "quantile", "interval", "bound", "verbal", "rating", "outcome"]

Reading = Literal["level", "relative", "shift"]
Fit = Literal["exact", "close", "loose", "illustration"]
READINGS: tuple[Reading, ...] = get_args(Reading)
FITS: tuple[Fit, ...] = get_args(Fit)
KINDS: tuple[Kind, ...] = get_args(Kind)

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

PROJECTS = "projects"
"""In place of an outcome: how many projects there will be, which a scenario sets."""

QUANTITIES: Mapping[str, str] = MappingProxyType(
    {
        PROJECTS: "projects",
        "lead": "years",
        "speed": "growth of log capability a year",
        "arrival_year": "calendar year",
    }
)
"""In place of an outcome: a quantity of the world, by name, with its unit."""

EFFORT = "effort"
"""In place of an outcome: the safety effort of the project that a row names."""

SEED = "seed"
"""In place of an outcome: something whose answer is known, the question's ``truth``."""

TARGETS = (EFFICACY, *QUANTITIES, EFFORT, SEED)
"""What a question may ask for besides outcomes."""

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
        Name of an outcome; or ``efficacy``, a quantity (``projects``, ``lead``, ``speed``,
        ``arrival_year``), ``effort`` or ``seed``.
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
    scale
        Of a rating: the worst and the best grade.
    truth
        Of a seed: 1 where what was asked came true and 0 where not, or the share that is known.
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
    scale: tuple[float, float] | None = None
    truth: float | None = None

    def __post_init__(self) -> None:
        if self.outcome == EFFICACY and self.intervention is None:
            raise InputError("efficacy needs the name of its intervention")
        if self.outcome not in TARGETS:
            outcome(self.outcome)
        self._require_target()
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

    def _require_target(self) -> None:
        """See that the question has what its target needs, and nothing else."""
        if (self.outcome == EFFORT) != (self.scale is not None):
            raise InputError("effort, and nothing else, has a scale; write scale = [worst, best]")
        if self.scale is not None and not self.scale[0] < self.scale[1]:
            raise InputError(
                f"the scale goes from {self.scale[0]:g} to {self.scale[1]:g}; give the worst "
                "grade first, then the best"
            )
        if self.outcome == SEED and self.truth is None:
            raise InputError(
                "a seed question has no answer; write truth = 1 if it came true, 0 if not"
            )
        if self.truth is not None:
            if self.outcome != SEED:
                raise InputError("truth belongs to a seed question; leave it out")
            if not 0 <= self.truth <= 1:
                raise InputError(
                    f"truth is {self.truth:g}; write 1 if it came true, 0 if not, or a share"
                )
        if self.outcome in (EFFORT, SEED, *QUANTITIES) and (
            self.given is not None or self.intervention is not None or self.reading != "level"
        ):
            raise InputError(f"{self.outcome} is asked outright; leave given and reading out")
        if self.outcome == "arrival_year" and self.scenario.delay > 0:
            raise InputError("a year of arrival is asked of a field that does not wait; no delay")


@dataclass(frozen=True)
class Meaning:
    """What a phrase means to its readers: a distribution over probabilities.

    Attributes
    ----------
    phrase
        The phrase whose readers were asked.
    nearest
        Whether it stands for a like phrase, of which readers were not asked.
    lower, upper
        Interval that each value which a reader gave stands for.
    weight
        Share of the readers who gave it.
    """

    phrase: str
    nearest: bool
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    weight: tuple[float, ...]


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
        ``question``, ``kind`` (strings), ``value`` (what was stated: a probability, a quantity in
        its unit, a grade; NaN where only a phrase or a range was), ``lower`` and ``upper`` (the
        interval it stands for after rounding; of a bound, all that it leaves), ``baseline`` (the
        expert's own unconditional probability stated beside it), ``level`` (of a quantile),
        ``lowest``, ``highest`` and ``confidence`` (of an interval), all NaN where none; ``side``
        (of a bound), ``phrase``, ``project`` (that was rated), "" where none; ``round``, from 1.
        Over ``expert``, those who said something about the world: the coordinates ``expert``
        (label), ``camp``, ``study`` and ``group`` ("" for none).
    camp_weights
        Declared weight of each camp in the population; they add up to 1.
    studies
        Names of the studies, in order.
    meanings
        What each phrase that was used means to its readers.
    """

    questions: Mapping[str, Question]
    answers: "xr.Dataset"
    camp_weights: Mapping[str, float]
    studies: tuple[str, ...]
    meanings: Mapping[str, Meaning] = field(default_factory=dict)
