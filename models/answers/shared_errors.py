"""Errors that answers have in common, so that more answers never make a panel certain.

- Experts who talk to each other (a group) share an error in each question, Normal(0, group). With s
  for what still separates them, answers in a group have correlation ρ = group²/(group² + s²), and n
  of them are worth n/(1 + (n − 1)ρ), never more than 1/ρ. For those who copy one another s is next
  to nothing, so all are worth little more than one.
- Surveys that are joined have an offset each, Normal(0, study): who asks, whom they ask and when
  moves all answers together. A survey is a study in which several people answer one question; in
  any other a person's own noise holds this already.
- A bias that all experts share cannot be seen in their answers. It is taken as 0 unless a spread is
  assumed for it.

All are in log-odds, and of answers read as a level or relative. A shift is a step between two
answers of one person, in which what moves both cancels: only groups share an error in it, of half
the size.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pytensor.tensor.variable import TensorVariable

from takeoff.models.errors import InputError
from takeoff.models.questions import QUANTITIES, Question

__all__ = ["SharedErrors", "Sharing", "error_of_crowd", "shared_error"]


@dataclass(frozen=True)
class SharedErrors:
    """Standard deviations of shared errors, in log-odds.

    Attributes
    ----------
    group
        Of the error that a source group shares in a question: about what separates two experts of
        one camp, so that a group of any size says little more than one of its members.
    study
        Of a survey's offset: about what separates panels asked the same (on a catastrophe by AI
        until 2100 the medians of the experts of XPT and LEAP lie 0.7 apart, those of their
        superforecasters 0.1).
    bias
        Of a bias that all experts share; 0 takes experts at their word.
    """

    group: float = 1.0
    study: float = 0.4
    bias: float = 0.0

    def __post_init__(self) -> None:
        for each in fields(self):
            spread = getattr(self, each.name)
            if not 0 <= spread < float("inf"):
                raise InputError(f"{each.name} is {spread}; give a spread in log-odds, 0 or more")


@dataclass(frozen=True)
class Sharing:
    """Who shares errors with whom: groups and surveys by name, and each expert's (-1 for none)."""

    groups: tuple[str, ...]
    surveys: tuple[str, ...]
    group: np.ndarray
    survey: np.ndarray

    @classmethod
    def of(
        cls, group_of: Sequence[str], study_of: Sequence[str], asked: Sequence[tuple[str, str]]
    ) -> "Sharing":
        """Find groups of two or more, and surveys where two or more are joined.

        Parameters
        ----------
        group_of, study_of
            Each expert's group ("" for none) and study.
        asked
            Study and question of each expert's answers, an expert once for each question.
        """
        groups = [each for each, count in Counter(group_of).items() if each and count > 1]
        several = {study for (study, _), count in Counter(asked).items() if count > 1}
        surveys = [each for each in dict.fromkeys(study_of) if each in several]
        if len(surveys) < 2:
            surveys = []
        return cls(
            tuple(groups),
            tuple(surveys),
            np.array([groups.index(each) if each in groups else -1 for each in group_of]),
            np.array([surveys.index(each) if each in surveys else -1 for each in study_of]),
        )


def shared_error(
    sharing: Sharing, questions: Sequence[Question], errors: SharedErrors
) -> TensorVariable | None:
    """Declare shared errors in the model at hand: (question, expert), or None without any."""
    plain = np.array([each.reading != "shift" for each in questions], float)[:, None]
    absolute = plain * np.array([each.outcome not in QUANTITIES for each in questions])[:, None]
    total = []
    if sharing.groups and errors.group > 0:
        error = pm.Normal("group_error", dims=("source_group", "question"))
        size = errors.group * np.where(plain, 1.0, 0.5) * (sharing.group >= 0)
        total.append(size * error.T[:, np.maximum(sharing.group, 0)])
    if sharing.surveys and errors.study > 0:
        offset = pm.Normal("study_effect", dims="survey")
        size = errors.study * absolute * (sharing.survey >= 0)
        total.append(size * offset[np.maximum(sharing.survey, 0)])
    if errors.bias > 0:
        bias = pm.Normal("panel_bias", 0, errors.bias)
        total.append(absolute * np.ones(len(sharing.group)) * bias)
    return pt.add(*total) if len(total) > 1 else (total[0] if total else None)


def error_of_crowd(study: str, sharing: Sharing, errors: SharedErrors) -> TensorVariable | None:
    """Give what all of a crowd's answers are off by, once ``shared_error`` is declared.

    Its people belong to no group; its survey's offset and the bias of all are theirs, too.
    """
    declared = pm.modelcontext(None).named_vars
    total = []
    if "study_effect" in declared and study in sharing.surveys:
        total.append(errors.study * declared["study_effect"][sharing.surveys.index(study)])
    if "panel_bias" in declared:
        total.append(declared["panel_bias"])
    return pt.add(*total) if len(total) > 1 else (total[0] if total else None)
