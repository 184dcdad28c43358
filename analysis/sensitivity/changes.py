"""A change: one thing, or several, that a panel's model or data might have had otherwise.

Settings are named by dotted words:

``prior``
    Another prior set.
``center.P``, ``spread.P``
    Parameter P's prior moved by so many of its own spreads (Normal, LogNormal; a Beta's mean on the
    log-odds), and its spread multiplied (a Beta's concentration divided by the square).
``scale.S``
    A declared spread of the panel multiplied (`takeoff.models.scales`).
``shared.group``, ``shared.study``, ``shared.bias``
    What is assumed of errors that answers have in common: their standard deviation in log-odds
    (`takeoff.models.answers.shared_errors`), in place of the default.
``without.expert``, ``without.question``, ``without.study``, ``without.camp``
    Whoever or whatever is left out: a name, or several.
``fix.P``
    Parameter P of the panel's centre known to be about this: within a quarter of what the
    posterior leaves of its spread, on the unconstrained scale.
``power.prior.V``, ``power.expert.E``, ``power.question.Q``, ``power.crowd.C``
    The density of a variable's prior, of an expert's answers, of a question's or of all answers of
    a camp that is a crowd raised to a power: 0 takes it away, 2 counts it twice. Not of a question
    that a crowd was asked, nor of one of its people.
``power.all.priors``, ``power.all.answers``
    The same of all stated priors, and of all answers.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from hashlib import sha256
from types import MappingProxyType
from typing import Any

import numpy as np
from scipy.special import expit, logit

from takeoff.analysis.voices import crowd_name
from takeoff.models.answers.shared_errors import SharedErrors
from takeoff.models.crowd import Crowd
from takeoff.models.errors import InputError, nearest
from takeoff.models.parameters import PARAMETER_NAMES, SHARES
from takeoff.models.priors import AVERAGED, PRIOR_SETS, Prior, PriorSet, averaged, prior_set
from takeoff.models.questions import Judgments
from takeoff.models.scales import SCALES, Scales
from takeoff.models.special import FloatArray

__all__ = [
    "WITHOUT",
    "Change",
    "Value",
    "answer_powers",
    "changed_judgments",
    "changed_prior",
    "checked",
    "crowd_power",
    "possible",
    "scales",
    "shared_errors",
]

Value = float | str | tuple[str, ...]

WITHOUT = ("expert", "question", "study", "camp")


@dataclass(frozen=True)
class Change:
    """Settings by name, in the order in which they were declared."""

    settings: tuple[tuple[str, Value], ...]

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> "Change":
        """Make a change of settings by name; several values are a list or a tuple."""
        plain = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in settings.items()
        }
        return cls(tuple(plain.items()))

    @property
    def name(self) -> str:
        """What is changed, in short.

        >>> Change.of({"scale.wording": 2.0, "without.expert": ("Ann", "Bea")}).name
        'scale.wording = 2, without.expert = Ann and Bea'
        """
        if not self.settings:
            return "nothing"
        return ", ".join(f"{name} = {_said(value)}" for name, value in self.settings)

    @property
    def digest(self) -> str:
        """A short name of the change for files."""
        text = json.dumps(sorted(dict(self.settings).items()))
        return sha256(text.encode()).hexdigest()[:16]

    def starting(self, prefix: str) -> dict[str, Value]:
        """Give the settings whose names start so, without the start."""
        return {
            name.removeprefix(prefix): value
            for name, value in self.settings
            if name.startswith(prefix)
        }

    def numbers(self, prefix: str) -> dict[str, float]:
        """Give the numeric settings whose names start so, without the start."""
        return {name: float(str(value)) for name, value in self.starting(prefix).items()}

    def left_out(self) -> dict[str, tuple[str, ...]]:
        """Name whoever and whatever is left out, by kind."""
        return {
            kind: (value,) if isinstance(value, str) else tuple(map(str, _several(value)))
            for kind, value in self.starting("without.").items()
        }


def possible(
    judgments: Judgments, variables: list[str], crowds: Sequence[Crowd] = ()
) -> Mapping[str, tuple[str, ...] | None]:
    """Name every setting of a panel: with its values where they are words, else None."""
    answers = judgments.answers
    camps = dict.fromkeys(each.camp for each in crowds)
    of_crowds = {name for each in crowds for name in each.questions}
    stated = list(PRIOR_SETS["neutral"].priors)
    asked = tuple(dict.fromkeys(answers["question"].values.tolist()))
    experts = tuple(answers["expert"].values[~np.isin(answers["camp"].values, [*camps])].tolist())
    words = {
        "prior": (*PRIOR_SETS, AVERAGED.name),
        "without.expert": experts,
        "without.question": asked,
        "without.study": tuple(dict.fromkeys(answers["study"].values.tolist())),
        "without.camp": tuple(judgments.camp_weights),
    }
    fixed = [name for name in PARAMETER_NAMES if name not in SHARES]
    numbers = [
        *(f"scale.{name}" for name in SCALES),
        *(f"shared.{each.name}" for each in fields(SharedErrors)),
        *(f"{kind}.{name}" for kind in ("center", "spread") for name in stated),
        *(f"fix.{name}" for name in fixed),
        "power.all.priors",
        "power.all.answers",
        *(f"power.prior.{name}" for name in variables),
        *(f"power.expert.{name}" for name in experts),
        *(f"power.question.{name}" for name in asked if name not in of_crowds),
        *(f"power.crowd.{crowd_name(camp)}" for camp in camps),
    ]
    return MappingProxyType({**words, **dict.fromkeys(numbers)})


def changed_prior(chosen: PriorSet, change: Change) -> PriorSet:
    """Give a prior set with what a change says of it."""
    words = dict(change.settings)
    changed = prior_set(str(words["prior"])) if "prior" in words else chosen
    if changed.averaged:
        moved = Change.of({name: value for name, value in change.settings if name != "prior"})
        each = [changed_prior(one, moved) for one in changed.averaged]
        return averaged(changed.name, changed.meaning, each)
    priors = dict(changed.priors)
    for name, steps in change.numbers("center.").items():
        priors[name] = _moved(name, priors[name], steps)
    for name, factor in change.numbers("spread.").items():
        priors[name] = _widened(name, priors[name], factor)
    return replace(changed, priors=MappingProxyType(priors))


def scales(change: Change) -> Scales:
    """Give the scales of a change."""
    return Scales(**change.numbers("scale."))


def shared_errors(change: Change) -> SharedErrors:
    """Give what a change assumes of errors that answers share."""
    return SharedErrors(**change.numbers("shared."))


def answer_powers(judgments: Judgments, change: Change) -> FloatArray:
    """Give the power to which each answer's likelihood is raised (answer,)."""
    answers = judgments.answers
    powers = np.full(answers.sizes["answer"], change.numbers("power.all.").get("answers", 1.0))
    who = answers["expert_name"].values
    camps = [crowd_name(each) for each in answers["camp"].values.tolist()]
    camp_of = dict(zip(answers["expert"].values.tolist(), camps, strict=True))
    columns = {
        "expert": who,
        "question": answers["question"].values,
        "crowd": np.array([camp_of[name] for name in who.tolist()]),
    }
    for kind, column in columns.items():
        for name, power in change.numbers(f"power.{kind}.").items():
            powers[column == name] *= power
    return powers


def crowd_power(crowd: Crowd, change: Change) -> float:
    """Give the power to which the likelihood of a crowd's patterns is raised."""
    own = change.numbers("power.crowd.").get(crowd_name(crowd.camp), 1.0)
    return own * change.numbers("power.all.").get("answers", 1.0)


def changed_judgments(judgments: Judgments, change: Change) -> Judgments:
    """Leave out whom and what a change leaves out.

    Raises
    ------
    InputError
        If fewer than two experts are left.
    """
    left_out = change.left_out()
    if not left_out:
        return judgments
    answers = judgments.answers
    gone = np.isin(answers["expert"].values, left_out.get("expert", ()))
    gone |= np.isin(answers["study"].values, left_out.get("study", ()))
    gone |= np.isin(answers["camp"].values, left_out.get("camp", ()))
    who = answers["expert_name"].values
    kept = ~np.isin(who, answers["expert"].values[gone])
    kept &= ~np.isin(answers["question"].values, left_out.get("question", ()))
    speaking = np.isin(answers["expert"].values, who[kept]) & ~gone
    if speaking.sum() < 2:
        raise InputError(f"{change.name} leaves {speaking.sum()} experts; two are the least")
    left = answers.isel(expert=np.flatnonzero(speaking), answer=np.flatnonzero(kept))
    there = set(left["camp"].values.tolist())
    weights = {camp: each for camp, each in judgments.camp_weights.items() if camp in there}
    total = sum(weights.values()) or 1.0
    return replace(
        judgments,
        answers=left,
        camp_weights=MappingProxyType({camp: each / total for camp, each in weights.items()}),
    )


def _moved(name: str, prior: Prior, steps: float) -> Prior:
    if prior.family == "HalfNormal":
        raise InputError(f"center.{name}: a half-normal prior has no centre; use spread.{name}")
    first, second = prior.numbers
    if prior.family in ("Normal", "LogNormal"):
        return replace(prior, numbers=(first + steps * second, second))
    total = first + second
    levels = (np.arange(500) + 0.5) / 500
    spread = float(np.std(logit(prior.quantile(levels))))
    mean = float(expit(logit(first / total) + steps * spread))
    return replace(prior, numbers=(mean * total, (1 - mean) * total))


def _widened(name: str, prior: Prior, factor: float) -> Prior:
    if not 0 < factor < np.inf:
        raise InputError(f"spread.{name} is {factor:g}; give a positive number")
    if prior.family == "HalfNormal":
        return replace(prior, numbers=(prior.numbers[0] * factor,))
    if prior.family in ("Normal", "LogNormal"):
        return replace(prior, numbers=(prior.numbers[0], prior.numbers[1] * factor))
    first, second = prior.numbers
    return replace(prior, numbers=(first / factor**2, second / factor**2))


def _several(value: Value) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (str(value),)


def _said(value: Value) -> str:
    return f"{value:g}" if isinstance(value, float) else " and ".join(_several(value))


def checked(settings: Mapping[str, Value], known: Mapping[str, tuple[str, ...] | None]) -> Change:
    """Make a change of settings that are known, with values that they may have.

    Raises
    ------
    InputError
        If a name or a value is unknown.
    """
    for name, value in settings.items():
        if name not in known:
            raise InputError(f"unknown setting {name!r}{nearest(name, known)}")
        allowed = known[name]
        if allowed is None:
            if not isinstance(value, float) or not np.isfinite(value):
                raise InputError(f"{name} is {value!r}; give a number")
            if name.startswith("power.") and value < 0:
                raise InputError(f"{name} is {value:g}; a power is 0 or more")
            if name.startswith("shared.") and value < 0:
                raise InputError(f"{name} is {value:g}; a spread is 0 or more")
            if name.startswith(("scale.", "spread.")) and value <= 0:
                raise InputError(f"{name} is {value:g}; give a positive number")
            continue
        for each in _several(value):
            if each not in allowed:
                raise InputError(f"{name}: unknown {each!r}{nearest(each, allowed)}")
    return Change.of(settings)
