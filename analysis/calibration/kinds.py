"""What a simulated person is asked and says, one form for each kind of answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from takeoff.analysis.calibration.statements import (
    Statement,
    in_words,
    of_bound,
    of_grade,
    of_interval,
    of_probability,
    of_quantiles,
    of_range,
    of_seed,
    of_shift,
    vocabulary,
)
from takeoff.analysis.calibration.voice import Voice
from takeoff.models.answers.phrases import NEAREST_SD
from takeoff.models.questions import Meaning, Question

__all__ = ["KINDS_OF_ANSWER", "MEANINGS", "KindOfAnswer"]


@dataclass(frozen=True)
class KindOfAnswer:
    """A form with one kind of answer.

    Attributes
    ----------
    name
        Of the kind.
    questions
        What is asked; a name with ``#`` is a person's own question.
    say
        What people say, a statement an answer.
    told_of
        The story's variables that the answers tell of, besides those of every kind.
    """

    name: str
    questions: tuple[Question, ...]
    say: Callable[[Voice], Sequence[Statement]]
    told_of: tuple[str, ...] = ()


_RISK = Question("risk", "", "extinction_by_2100")
_SHOT = Question("shot", "", "warning_shot")
_TAKEOVER = Question("takeover", "", "takeover")
_BAD = Question("bad", "", "any_misaligned", fit="loose")
_EVENT = Question("event", "", "warning_shot", reading="relative")
_GIVEN = Question("given", "", "takeover", given="first_misaligned")
_AFTER = Question("after", "", "takeover", given="warning_shot", reading="shift")
_WORKS = Question("works", "", "efficacy", intervention="pause")
_PAUSED = Question("paused", "", "takeover", intervention="pause", reading="shift")
_LEAD = Question("lead", "", "lead")
_SPEED = Question("speed", "", "speed")
_YEAR = Question("year", "", "arrival_year")
_GRADE = Question("grade #", "", "effort", scale=(0.0, 4.0), fit="close")
_INDEX = Question("index #", "", "effort", scale=(0.0, 4.3), fit="loose")
_PROJECTS = ("first #", "second #")
_SEEDS = tuple(Question(f"seed {row} #", "", "seed", truth=0.0) for row in range(2))
_SHARE = Question("share #", "", "seed", truth=0.2)

# Of all sets of six, one with which simulated people are lost for words in but half of cases.
_WORDS = (
    "almost no chance",
    "unlikely",
    "may happen",
    "realistic possibility",
    "very good chance",
    "almost certain",
)
_LIKE_WORDS = ("impossible", "quite unlikely", "possible", "plausible", "probably", "certain")
MEANINGS: Mapping[str, Meaning] = MappingProxyType(
    {**vocabulary(_WORDS), **vocabulary(_LIKE_WORDS)}
)
"""Of the phrases that are said."""

_FINE, _COARSE = 0.002, 0.2


def _conditional(voice: Voice) -> list[Statement]:
    baseline = of_probability(voice, _TAKEOVER)
    given = of_probability(voice, _GIVEN)
    return [baseline, of_shift(voice, _AFTER, baseline), given]


def _intervention(voice: Voice) -> list[Statement]:
    baseline = of_probability(voice, _TAKEOVER)
    works = of_probability(voice, _WORKS)
    return [baseline, of_shift(voice, _PAUSED, baseline), works]


def _quantiles(voice: Voice, step: float) -> list[Statement]:
    return [
        *of_quantiles(voice, _LEAD, (0.25, 0.5, 0.75), step),
        *of_quantiles(voice, _YEAR, (0.25, 0.75), step),
    ]


def _intervals(voice: Voice) -> list[Statement]:
    return [
        of_interval(voice, _RISK, 0.8, 0.9),
        of_interval(voice, _SHOT, 0.6, best=False),
        of_interval(voice, _BAD, 0.4, 0.5, ("highest",)),
    ]


def _bounds(voice: Voice) -> list[Statement]:
    return [
        of_bound(voice, _RISK, 0.1),
        of_bound(voice, _SHOT, 0.5),
        of_bound(voice, _BAD, 0.7, "interval"),
    ]


def _grades(voice: Voice) -> list[Statement]:
    return [
        of_probability(voice, _RISK),
        *(of_grade(voice, _GRADE, each, 1.0) for each in _PROJECTS),
        *(of_grade(voice, _INDEX, each, 0.1) for each in _PROJECTS),
    ]


def _words(voice: Voice) -> list[Statement]:
    return [in_words(voice, _RISK, _WORDS, 0.0), in_words(voice, _SHOT, _LIKE_WORDS, NEAREST_SD)]


def _seeds(voice: Voice) -> list[Statement]:
    return [
        of_probability(voice, _RISK),
        *(of_seed(voice, each) for each in _SEEDS),
        of_seed(voice, _SHARE, _SHARE.truth),
    ]


_OF_QUANTILES = ("lead", "arrival_median", "arrival_spread", "spread", "quantity_noise")

KINDS_OF_ANSWER: Mapping[str, KindOfAnswer] = MappingProxyType(
    {
        each.name: each
        for each in (
            KindOfAnswer(
                "probability",
                (_RISK, _EVENT),
                lambda voice: [of_probability(voice, each) for each in (_RISK, _EVENT)],
            ),
            KindOfAnswer("conditional", (_TAKEOVER, _AFTER, _GIVEN), _conditional),
            KindOfAnswer(
                "intervention",
                (_TAKEOVER, _PAUSED, _WORKS),
                _intervention,
                ("efficacy", "efficacy_level", "efficacy_disagreement"),
            ),
            KindOfAnswer(
                "quantile", (_LEAD, _YEAR), lambda voice: _quantiles(voice, _FINE), _OF_QUANTILES
            ),
            KindOfAnswer(
                "quantile of an outcome",
                (_RISK,),
                lambda voice: of_quantiles(voice, _RISK, (0.6, 0.75, 0.9), _FINE),
                ("spread",),
            ),
            KindOfAnswer(
                "quantile, in steps of a fifth",
                (_LEAD, _YEAR),
                lambda voice: _quantiles(voice, _COARSE),
                _OF_QUANTILES,
            ),
            KindOfAnswer("interval", (_RISK, _SHOT, _BAD), _intervals),
            KindOfAnswer(
                "interval of a quantity",
                (_SPEED,),
                lambda voice: [of_range(voice, _SPEED, 0.8, _FINE)],
                ("speed", "spread", "quantity_noise"),
            ),
            KindOfAnswer("bound", (_RISK, _SHOT, _BAD), _bounds),
            KindOfAnswer("verbal", (_RISK, _SHOT), _words),
            KindOfAnswer(
                "rating",
                (_RISK, _GRADE, _INDEX),
                _grades,
                ("effort", "grade_level", "log_grade_width"),
            ),
            KindOfAnswer(
                "outcome",
                (_RISK, *_SEEDS, _SHARE),
                _seeds,
                ("bias", "seed_noise", "standard_informed"),
            ),
        )
    }
)
"""Every kind of answer, by name."""
