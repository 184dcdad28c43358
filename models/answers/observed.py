"""All answers of a panel, as observations of what they tell of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pytensor.tensor.variable import TensorVariable

from takeoff.models.answers.gaps import observe_gaps
from takeoff.models.answers.phrases import NEAREST_SD, Phrases, observe_phrases
from takeoff.models.answers.ratings import observe_ratings
from takeoff.models.answers.rounded import LEAST_NOISE, observe
from takeoff.models.answers.said import Said
from takeoff.models.answers.seeds import observe_seeds, own_bias
from takeoff.models.answers.shared_errors import SharedErrors, shared_error
from takeoff.models.questions import QUANTITIES, READINGS, Question

__all__ = ["OfSurveys", "errors_of", "observe_answers"]

_SPREAD_CENTER = {"outcomes": 1.5, "lead": 0.7, "speed": 0.7}
"""Median spread of quantiles. In log-odds of outcomes, between members of a group: the quartiles of
the groups of XPT and LEAP for a catastrophe by 2100 lie 2 apart, which is 1.5 spreads. In the
logarithm of a quantity: quartiles that differ two- to threefold."""
_SPREAD_SPREAD = 0.7
_QUANTITY_NOISE = 0.5
"""Median noise in the logarithm of a quantity. Worldviews share lead, speed and arrival, so what
separates experts in them is noise."""
_QUANTITY_NOISE_SPREAD = 0.5


@dataclass(frozen=True)
class OfSurveys:
    """Noises of levels that surveys have of their own (survey,), and each expert's survey.

    −1 for an expert of another study (expert,).
    """

    noise: TensorVariable
    survey: np.ndarray


def errors_of(
    said: Said, questions: Sequence[Question], shared: SharedErrors
) -> tuple[TensorVariable | None, TensorVariable | None]:
    """Declare what answers are off by together: (question, expert), and the bias it holds.

    Gives None twice for a panel in which nobody is known to be off: without groups, other surveys
    and seeds.
    """
    common = shared_error(said.sharing, questions, shared)
    if said.seeds is None:
        return common, None
    bias = own_bias(said.seeds, len(said.sharing.group))
    moved = np.array(
        [each.reading != "shift" and each.outcome not in QUANTITIES for each in questions], float
    )
    own = moved[:, None] * bias[None, :]
    return own if common is None else common + own, bias


def observe_answers(
    said: Said,
    stated: TensorVariable,
    views: Mapping[str, TensorVariable],
    noise: TensorVariable,
    care: TensorVariable,
    bias: TensorVariable | None,
    of_surveys: OfSurveys | None = None,
) -> TensorVariable:
    """Declare all answers in the model at hand; give the log likelihood of each (answer,).

    Parameters
    ----------
    said
        The answers.
    stated
        What each question would be answered without noise (question, expert).
    views
        The worldviews.
    noise, care
        Noise of each reading, and each expert's multiplier of it.
    bias
        Each expert's bias, as seeds show it; None without seeds.
    of_surveys
        Noises of levels that surveys have of their own; None where none has.
    """
    places = said.places
    spreads = _spreads(said, views)
    center = stated[places.question, places.expert]
    if (places.spread >= 0).any() and spreads is not None:
        center = (
            center
            + np.where(places.spread >= 0, places.score, 0.0)
            * (spreads[np.maximum(places.spread, 0)])
        )
    own = places.own + np.array(
        [NEAREST_SD if each and said.meanings[each].nearest else 0.0 for each in places.phrase]
    )
    all_noise = _noise(said, noise, of_surveys)
    scale = pt.sqrt((all_noise * care[places.expert]) ** 2 + (LEAST_NOISE**2 + own**2))
    found: dict[str, TensorVariable] = {}
    numbers, words = said.numbers, said.words
    if len(numbers):
        lower = pm.Data("lower", places.lower[numbers], dims="answer")
        upper = pm.Data("upper", places.upper[numbers], dims="answer")
        every = not len(words)
        found["log_odds"] = observe(
            "log_odds",
            center if every else center[numbers],
            scale if every else scale[numbers],
            (lower, upper),
            places.value[numbers],
            "answer",
        )
    if len(words):
        meant = Phrases.of([places.phrase[each] for each in words], said.meanings)
        found["phrase"] = observe_phrases(center[words], scale[words], meant, places.value[words])
    if len(said.gaps.answer) and spreads is not None:
        found["gap"] = observe_gaps(spreads, said.gaps)
    if said.ratings is not None:
        found["grade"] = observe_ratings(said.ratings)
    if said.seeds is not None and bias is not None:
        found["seed_answer"], found["truth"] = observe_seeds(said.seeds, bias, care)
    return _by_answer(said, found)


def _noise(said: Said, noise: TensorVariable, of_surveys: OfSurveys | None) -> TensorVariable:
    """Give the noise of each place before care (place,)."""
    places, known = said.places, [noise]
    number = places.reading.copy()
    if said.quantities:
        known.append(
            pm.LogNormal(
                "quantity_noise", np.log(_QUANTITY_NOISE), _QUANTITY_NOISE_SPREAD, dims="quantity"
            )
        )
        for row, each in enumerate(said.quantities):
            number[places.reading == each] = len(READINGS) + row
    if of_surveys is not None:
        known.append(of_surveys.noise)
        survey = of_surveys.survey[places.expert]
        own = (survey >= 0) & (places.reading == READINGS.index("level"))
        number[own] = len(READINGS) + len(said.quantities) + survey[own]
    return (pt.concatenate(known) if len(known) > 1 else noise)[number]


def _spreads(said: Said, views: Mapping[str, TensorVariable]) -> TensorVariable | None:
    """Declare the spreads of quantiles, the world's for years of arrival (spread,)."""
    if not said.sources:
        return None
    centers = [
        _SPREAD_CENTER[each.outcome] for each in said.sources if each.outcome in _SPREAD_CENTER
    ]
    own = (
        pm.LogNormal("spread", np.log(centers), _SPREAD_SPREAD, dims="source") if centers else None
    )
    found, row = [], 0
    for each in said.sources:
        if own is None or each.outcome == "arrival_year":
            found.append(views["arrival_spread"][0])
        else:
            found.append(own[row])
            row += 1
    return pt.stack(found)


def _by_answer(said: Said, found: Mapping[str, TensorVariable]) -> TensorVariable:
    """Add up the log likelihoods of observations by the answer that they belong to."""
    terms = said.terms()
    if list(found) == ["log_odds"] and np.array_equal(terms["log_odds"], np.arange(said.answers)):
        return found["log_odds"]
    places: list[list[int]] = [[] for _ in range(said.answers)]
    count = 0
    for name in found:
        for row in terms[name].tolist():
            places[row].append(count)
            count += 1
    most = max(len(each) for each in places)
    with_none = pt.concatenate([*found.values(), pt.zeros(1)])
    return with_none[np.array([each + [count] * (most - len(each)) for each in places])].sum(axis=1)
