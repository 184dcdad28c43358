"""The panel: what experts' answers say about their worldviews.

Each expert holds a worldview (``worldviews``); an answer is an outcome of that worldview, in
log-odds, plus the question's wording offset and the expert's own noise, rounded::

    log-odds(answer) ~ Normal(log-odds(outcome) + wording_q + errors, sd),
    sd² = (noise_reading · care_i)² + 0.1²

and its likelihood is the probability of the interval that the rounded answer stands for. Answers
of other kinds, and errors that several answers share, are told in ``answers``. The three readings
of a question (``questions``) say what stands in place of log-odds(outcome). An intervention's
efficacy, the share of the risk that it removes if it happens, has a level of its own, a contrast
between camps, and one deviation an expert.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pytensor.tensor.variable import TensorVariable

from takeoff.models.answers.observed import OfSurveys, errors_of, observe_answers
from takeoff.models.answers.places import Places, is_level
from takeoff.models.answers.rounded import LEAST_NOISE
from takeoff.models.answers.said import Rows, Said, asked_of_the_world
from takeoff.models.answers.shared_errors import SharedErrors, error_of_crowd
from takeoff.models.coordinates import Coordinates, straightened
from takeoff.models.crowd import MANY, Crowd, part
from takeoff.models.crowd_likelihood import Camp, Told, tell
from takeoff.models.guide import Guide
from takeoff.models.nodes import Precision
from takeoff.models.priors import PriorSet
from takeoff.models.questions import (
    EFFICACY,
    QUANTITIES,
    READINGS,
    WORDING_SD,
    Judgments,
    Question,
)
from takeoff.models.scales import Scales
from takeoff.models.scenario import Scenario
from takeoff.models.special import FloatArray
from takeoff.models.world import World, reads_cells, world
from takeoff.models.worldviews import VARYING, camp_contrasts, prior_spreads, worldviews

__all__ = [
    "CARE_SPREAD",
    "EFFICACY_DISAGREEMENT",
    "EFFICACY_SPREAD",
    "LEAST_NOISE",
    "NOISE_CENTER",
    "NOISE_SPREAD",
    "Panel",
    "Worlds",
    "expected_log_odds",
    "offset_sd",
    "panel_model",
]

NOISE_CENTER = {"level": 0.3, "relative": 1.0, "shift": 0.5}
"""Median noise in log-odds: people repeat a probability within a factor of 1.3; guesses about
an event's own probability, and steps from one answer to another, scatter more."""
NOISE_SPREAD = 0.5
"""Of the logarithm of noise, around its median."""
CARE_SPREAD = 0.5
"""Between experts, of the logarithm of their noise."""
_INTERCEPT_SPREAD = 3.0
EFFICACY_SPREAD = 1.5
"""Of the log-odds of an intervention's efficacy, and of their contrast between camps."""
EFFICACY_DISAGREEMENT = 1.0
"""Of the spread between experts in these log-odds."""
_AS_DECLARED = Scales()
_AS_ASSUMED = SharedErrors()


@dataclass(frozen=True)
class Panel:
    """A panel's model, stated as a story, and what is needed to sample it well.

    Attributes
    ----------
    model
        The generative model: prior and prior predictive draws, log likelihood and posterior.
    guide
        What the coordinates of the sampler need to know.
    rows
        The answers as arrays (answer,).
    questions
        Labels of the questions that were answered, in the order of the model's dim.
    judgments
        What those experts said who have worldviews of their own.
    answers
        How many answers there are, those included that inform no parameter, crowds' left out.
    terms
        Row of the answer that each observation belongs to, by observed variable.
    crowds
        Those without worldviews of their own.
    """

    model: pm.Model
    guide: Guide
    rows: Rows
    questions: tuple[str, ...]
    judgments: Judgments
    answers: int
    terms: Mapping[str, np.ndarray]
    crowds: tuple[Crowd, ...] = ()

    def coordinates(self) -> Coordinates:
        """Give the model in the coordinates in which it is sampled."""
        return straightened(self.model, self.guide)


def panel_model(
    judgments: Judgments,
    chosen: PriorSet,
    precision: Precision = "fit",
    scales: Scales = _AS_DECLARED,
    many: int = MANY,
    shared: SharedErrors = _AS_ASSUMED,
) -> Panel:
    """Build the model of a panel.

    Parameters
    ----------
    judgments
        What the panel said.
    chosen
        Prior set of the panel's centre.
    precision
        How finely to integrate over histories in the likelihood.
    scales
        How far the panel's declared spreads are stretched.
    many
        How many people who answered little make a crowd (``crowd``).
    shared
        What is assumed of errors that answers have in common.

    Returns
    -------
    Panel
        Its model has dims ``expert``, ``varying``, ``camp_contrast``, ``question``, ``answer``,
        ``kind``, ``reading``, ``intervention``; ``log_odds`` are the observed answers that are
        numbers (for a shift, less the baseline's; of a quantity the logarithm), and the data
        ``lower`` and ``upper`` their intervals. Answers of other kinds bring variables of their
        own (``answers``). With crowds, ``crowd`` are the observed counts of their patterns of
        answers, over ``pattern``; where others were asked as well, ``crowd_noise`` is the noise
        of levels of each crowd's survey, over ``crowd_survey``.
    """
    asked = asked_of_the_world(judgments)
    judgments, crowds = part(judgments, many)
    said = Said.of(judgments, asked)
    places = said.places
    answers = judgments.answers
    contrasts = _contrasts(judgments, answers["camp"].values.tolist())
    interventions = _interventions(judgments, asked)
    questions = [judgments.questions[name] for name in asked]
    coords = {
        "expert": answers["expert"].values,
        "varying": list(VARYING),
        "camp_contrast": np.arange(contrasts.shape[1]),
        "question": list(asked),
        "kind": ["copied", "replicated", "independent"],
        "reading": list(READINGS),
        "intervention": interventions,
        **said.coords(),
    }
    with pm.Model(coords=coords) as model:
        views, rough = worldviews(chosen, contrasts, scales)
        worlds = Worlds(views, precision)
        efficacy = _efficacy(interventions, contrasts, scales.efficacy)
        heard = np.array(
            [places.shares(row, contrasts.shape[0]) > 0 for row in range(len(questions))]
        )
        answers_expected = expected_log_odds(questions, worlds, efficacy, heard)
        expected = pt.stack(answers_expected)
        spread = np.array([offset_sd(question, scales) for question in questions])
        wording = pm.Normal("wording", dims="question")
        shift = pm.Deterministic("offset", wording * spread, dims="question")
        noise = pm.LogNormal(
            "noise",
            np.log([scales.noise * NOISE_CENTER[reading] for reading in READINGS]),
            NOISE_SPREAD,
            dims="reading",
        )
        log_care = pm.Normal("log_care", dims="expert")
        care = pm.Deterministic("care", pt.exp(scales.care * CARE_SPREAD * log_care), dims="expert")
        errors, bias = errors_of(said, questions, shared)
        off = shift[:, None] if errors is None else shift[:, None] + errors
        of_surveys = _noise_of_surveys(judgments, crowds, scales)
        likelihood = observe_answers(said, expected + off, views, noise, care, bias, of_surveys)
        told = [
            tell(
                crowd,
                _camp(chosen, judgments, crowd.camp, views, model),
                judgments.questions,
                _offsets(asked, shift, error_of_crowd(crowd.study, said.sharing, shared)),
                _noise_of_crowd(crowd, crowds, noise, of_surveys),
                care_spread=scales.care * CARE_SPREAD,
                least_noise=LEAST_NOISE,
            )
            for crowd in crowds
        ]
        if told:
            _observe_crowds(crowds, told)
    guide = Guide(
        likelihood=likelihood,
        rough=rough,
        **_levels(questions, answers_expected, off, worlds),
        anchor=places.anchors(contrasts.shape[0]),
        expected=expected,
        spread=spread,
        heard=np.array([places.mean_answer(row) for row in range(len(questions))]),
        contrasts=contrasts,
        spreads=prior_spreads(chosen),
        asked=np.array([places.shares(row, contrasts.shape[0]) for row in range(len(questions))]),
        heeded=np.array([_is_heeded(places, row, each) for row, each in enumerate(questions)]),
        crowds=tuple(
            (each, [asked.index(name) for name in crowd.questions])
            for crowd, each in zip(crowds, told, strict=True)
        ),
        crowd_contrasts=_contrasts(judgments, [crowd.camp for crowd in crowds]),
    )
    return Panel(model, guide, said.rows, asked, judgments, said.answers, said.terms(), crowds)


def _contrasts(judgments: Judgments, camp_of: Sequence[str]) -> FloatArray:
    return camp_contrasts(tuple(judgments.camp_weights), camp_of)


def _camp(
    chosen: PriorSet,
    judgments: Judgments,
    camp: str,
    views: Mapping[str, TensorVariable],
    model: pm.Model,
) -> Camp:
    """Give how worldviews are distributed in a camp."""
    (contrasts,) = _contrasts(judgments, [camp])
    spreads = prior_spreads(chosen)
    apart: Any = pt.dot(contrasts, model["contrast"]) if len(contrasts) else np.zeros(len(VARYING))
    centers = {name: model[name][None] for name in VARYING}
    return Camp({**views, **centers}, spreads * apart, spreads * model["disagreement"])


def _offsets(
    asked: Sequence[str], wording: TensorVariable, error: TensorVariable | None
) -> dict[str, TensorVariable]:
    """Give what a crowd's answers to each question are off by."""
    total = wording if error is None else wording + error
    return {name: total[row] for row, name in enumerate(asked)}


def _noise_of_surveys(
    judgments: Judgments, crowds: Sequence[Crowd], scales: Scales
) -> OfSurveys | None:
    """Declare the noise of levels of each survey that has a crowd, where others were asked, too.

    Its thousands would else settle how noisy a few experts are whom somebody sat down with.
    """
    surveys = list(_surveys(crowds))
    study_of = judgments.answers["study"].values.tolist()
    if not crowds or (len(surveys) == 1 and set(study_of) <= set(surveys)):
        return None
    pm.modelcontext(None).add_coord("crowd_survey", surveys)
    center = np.log(scales.noise * NOISE_CENTER["level"])
    noise = pm.LogNormal("crowd_noise", center, NOISE_SPREAD, dims="crowd_survey")
    number = [surveys.index(each) if each in surveys else -1 for each in study_of]
    return OfSurveys(noise, np.array(number))


def _surveys(crowds: Sequence[Crowd]) -> dict[str, None]:
    return dict.fromkeys(each.study for each in crowds)


def _noise_of_crowd(
    crowd: Crowd, crowds: Sequence[Crowd], noise: TensorVariable, of_surveys: OfSurveys | None
) -> TensorVariable:
    """Give the noise of a crowd's people of median care."""
    if of_surveys is None:
        return noise[READINGS.index("level")]
    return of_surveys.noise[list(_surveys(crowds)).index(crowd.study)]


def _observe_crowds(crowds: Sequence[Crowd], told: Sequence[Told]) -> None:
    """Declare in the model at hand how many people of crowds gave each pattern of answers."""
    counts = np.concatenate([crowd.counts for crowd in crowds]).astype(float)
    pm.modelcontext(None).add_coord("pattern", np.arange(len(counts)))
    pm.CustomDist(
        "crowd",
        pt.concatenate([each.log_patterns for each in told]),
        logp=lambda count, log_pattern: count * log_pattern,
        observed=counts,
        dims="pattern",
    )


def _is_heeded(rows: Places, number: int, question: Question) -> bool:
    """Tell whether answers say more about a question's offset than its prior does."""
    answers = (rows.question == number).sum()
    scatter = NOISE_CENTER[question.reading] / np.sqrt(max(answers, 1e-6))
    return offset_sd(question, _AS_DECLARED) > scatter and not is_level(question)


def offset_sd(question: Question, scales: Scales = _AS_DECLARED) -> float:
    """Give the standard deviation of a question's offset; of a relative one it is all but free."""
    if question.reading == "relative":
        return _INTERCEPT_SPREAD
    return scales.wording * WORDING_SD[question.fit]


def _interventions(judgments: Judgments, asked: tuple[str, ...]) -> list[str]:
    named = [judgments.questions[name].intervention for name in asked]
    return [each for each in dict.fromkeys(named) if each is not None]


def _efficacy(
    interventions: list[str], contrasts: FloatArray, scale: float
) -> dict[str, TensorVariable]:
    """Declare the log-odds of each intervention's efficacy, as each expert sees it: (expert,)."""
    if not interventions:
        return {}
    level = pm.Normal("efficacy_level", 0, scale * EFFICACY_SPREAD, dims="intervention")
    spread = pm.HalfNormal("efficacy_disagreement", EFFICACY_DISAGREEMENT)
    deviation = pm.Normal("efficacy_deviation", dims="expert")
    own = spread * deviation
    if contrasts.shape[1] > 0:
        spread_between = scale * EFFICACY_SPREAD
        contrast = pm.Normal("efficacy_contrast", 0, spread_between, dims="camp_contrast")
        own = own + pt.dot(pt.constant(contrasts), contrast)
    log_odds = level[:, None] + own[None, :]
    pm.Deterministic("efficacy", pt.sigmoid(log_odds), dims=("intervention", "expert"))
    return {name: log_odds[row] for row, name in enumerate(interventions)}


class Worlds:
    """The worlds of some worldviews: each scenario is built once.

    Parameters
    ----------
    views
        Every parameter by name, all (expert,) or of length 1.
    precision
        How finely to integrate over histories.
    """

    def __init__(self, views: Mapping[str, TensorVariable], precision: Precision) -> None:
        self.views = views
        self.precision: Precision = precision
        self._built: list[World] = []

    def of(self, scenario: Scenario) -> World:
        """Give the worlds in a scenario."""
        for built in self._built:
            if built.scenario == scenario:
                return built
        self._built.append(world(self.views, scenario, self.precision))
        return self._built[-1]


def expected_log_odds(
    questions: Sequence[Question],
    worlds: Worlds,
    efficacy: Mapping[str, TensorVariable],
    heard: np.ndarray | None = None,
) -> list[TensorVariable]:
    """Give what each question would be answered without wording and noise, each (expert,).

    ``efficacy`` holds the log-odds of each intervention's efficacy by name, all (expert,).
    ``heard`` tells who answered each question (question, expert). For the others it is 0 where it
    would cost much and nobody asks (``reads_cells``); without ``heard`` it is told for all.
    """
    experts = worlds.views["margin"].shape
    expected = []
    for row, question in enumerate(questions):
        here = worlds.of(question.scenario)
        if heard is not None and reads_cells(question.outcome, question.given):
            rows = np.flatnonzero(heard[row])
            theirs = {name: each[rows] for name, each in efficacy.items()}
            own = _answer(question, here.only(rows), theirs)
            place = np.where(heard[row], np.cumsum(heard[row]) - 1, len(rows))
            expected.append(pt.concatenate([own, pt.zeros(1)])[place])
        else:
            expected.append(pt.broadcast_to(_answer(question, here, efficacy), experts))
    return expected


def _levels(
    questions: Sequence[Question],
    expected: Sequence[TensorVariable],
    off: TensorVariable,
    worlds: Worlds,
) -> dict[str, TensorVariable]:
    """Give what coordinates need to know of the level: of a question that asks for it outright.

    ``off`` is what answers are off by (question, expert).
    """
    for row, question in enumerate(questions):
        if is_level(question):
            here = worlds.of(question.scenario)
            plain = here.outcome(question.outcome) / here.outcome("takeover")
            return {
                "level": expected[row],
                "most": pt.log(plain) + pt.log(here.most_takeover()),
                "stated": expected[row] + off[row],
            }
    nothing = pt.zeros_like(worlds.views["margin"])
    return {"level": nothing, "most": nothing, "stated": nothing}


def _answer(
    question: Question, here: World, efficacy: Mapping[str, TensorVariable]
) -> TensorVariable:
    """Give one question's expected answer in log-odds, less the baseline's for a shift.

    ``here`` are the worlds in its scenario.
    """
    if question.outcome == EFFICACY:
        return efficacy[str(question.intervention)]
    if question.outcome in QUANTITIES:
        name = "arrival_median" if question.outcome == "arrival_year" else question.outcome
        return pt.log(here.parameters[name])
    plain = here.outcome(question.outcome)
    if question.intervention is not None:
        left = pt.log1p(-pt.sigmoid(efficacy[question.intervention])) + pt.log(plain)
        conditional = left - pt.log1p(-pt.exp(left))
    elif question.given is not None:
        conditional = _logit(here.outcome_given(question.outcome, question.given))
    else:
        return _logit(plain)
    return conditional - _logit(plain) if question.reading == "shift" else conditional


def _logit(probability: TensorVariable) -> TensorVariable:
    # What is all but certain rounds to 1, of which the log-odds are not a number.
    return pt.log(probability) - pt.log1p(-pt.minimum(probability, 1 - 1e-12))
