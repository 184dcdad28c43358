"""The panel: what experts' answers say about their worldviews.

Each expert holds a worldview (``worldviews``); an answer is an outcome of that worldview, in
log-odds, plus the question's wording offset and the expert's own noise, rounded::

    log-odds(answer) ~ Normal(log-odds(outcome) + wording_q, sd),
    sd² = (noise_reading · care_i)² + 0.1²

and its likelihood is the probability of the interval that the rounded answer stands for. The
three readings of a question (``questions``) say what stands in place of log-odds(outcome). An
intervention's efficacy, the share of the risk that it removes if it happens, has a level of its
own, a contrast between camps, and one deviation an expert.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pytensor.tensor.variable import TensorVariable

from takeoff.models.coordinates import Coordinates, Guide, straightened
from takeoff.models.crowd import MANY, Crowd, part
from takeoff.models.crowd_likelihood import Camp, Told, tell
from takeoff.models.interval import log_interval, log_odds
from takeoff.models.nodes import Precision
from takeoff.models.priors import PriorSet
from takeoff.models.questions import EFFICACY, READINGS, WORDING_SD, Judgments, Question
from takeoff.models.scales import Scales
from takeoff.models.scenario import Scenario
from takeoff.models.special import FloatArray
from takeoff.models.world import World, world
from takeoff.models.worldviews import VARYING, camp_contrasts, prior_spreads, worldviews

__all__ = [
    "CARE_SPREAD",
    "EFFICACY_DISAGREEMENT",
    "EFFICACY_SPREAD",
    "LEAST_NOISE",
    "NOISE_CENTER",
    "NOISE_SPREAD",
    "Panel",
    "Rows",
    "Worlds",
    "expected_log_odds",
    "offset_sd",
    "panel_model",
]

NOISE_CENTER = {"level": 0.3, "relative": 1.0, "shift": 0.5}
"""Median noise in log-odds: people repeat a probability within a factor of 1.3; guesses about
an event's own probability, and steps from one answer to another, scatter more."""
LEAST_NOISE = 0.1
"""Nobody holds a probability more sharply than a tenth of a unit of log-odds; without this floor an
expert whose answers happen to agree would be a wall to the sampler."""
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
        The answers as arrays.
    questions
        Labels of the questions that were answered, in the order of the model's dim.
    judgments
        What those experts said who have worldviews of their own.
    crowds
        The others.
    """

    model: pm.Model
    guide: Guide
    rows: "Rows"
    questions: tuple[str, ...]
    judgments: Judgments
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

    Returns
    -------
    Panel
        Its model has dims ``expert``, ``varying``, ``camp_contrast``, ``question``, ``answer``,
        ``kind``, ``reading``, ``intervention``; ``log_odds`` are the observed answers (for a
        shift, less the baseline's), and the data ``lower`` and ``upper`` their intervals. With
        crowds, ``crowd`` are the observed counts of their patterns of answers, over ``pattern``.
    """
    given = set(judgments.answers["question"].values)
    asked = tuple(name for name in judgments.questions if name in given)
    judgments, crowds = part(judgments, many)
    answers = judgments.answers
    rows = Rows.of(judgments, asked)
    contrasts = camp_contrasts(tuple(judgments.camp_weights), answers["camp"].values.tolist())
    interventions = _interventions(judgments, asked)
    coords = {
        "expert": answers["expert"].values,
        "varying": list(VARYING),
        "camp_contrast": np.arange(contrasts.shape[1]),
        "question": list(asked),
        "answer": np.arange(answers.sizes["answer"]),
        "kind": ["copied", "replicated", "independent"],
        "reading": list(READINGS),
        "intervention": interventions,
    }
    with pm.Model(coords=coords) as model:
        views, rough = worldviews(chosen, contrasts, scales)
        worlds = Worlds(views, precision)
        efficacy = _efficacy(interventions, contrasts, scales.efficacy)
        questions = [judgments.questions[name] for name in asked]
        answers_expected = expected_log_odds(questions, worlds, efficacy)
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
        scale = pt.sqrt((noise[rows.reading] * care[rows.expert]) ** 2 + LEAST_NOISE**2)
        center = (expected + shift[:, None])[rows.question, rows.expert]
        lower = pm.Data("lower", rows.lower, dims="answer")
        upper = pm.Data("upper", rows.upper, dims="answer")
        pm.CustomDist(
            "log_odds",
            center,
            scale,
            lower,
            upper,
            logp=lambda _, center, scale, lower, upper: log_interval(lower, upper, center, scale),
            random=lambda center, scale, lower, upper, rng=None, size=None: rng.normal(
                center, scale, size
            ),
            observed=rows.value,
            dims="answer",
        )
        told = [
            tell(
                crowd,
                _camp(chosen, judgments, crowd.camp, views, model),
                judgments.questions,
                {name: shift[row] for row, name in enumerate(asked)},
                noise[READINGS.index("level")],
                care_spread=scales.care * CARE_SPREAD,
                least_noise=LEAST_NOISE,
            )
            for crowd in crowds
        ]
        if told:
            _observe_crowds(crowds, told)
    guide = Guide(
        likelihood=log_interval(lower, upper, center, scale),
        rough=rough,
        **_levels(questions, answers_expected, shift, worlds),
        anchor=rows.anchors(contrasts.shape[0]),
        expected=expected,
        spread=spread,
        heard=np.array([rows.mean_answer(row) for row in range(len(questions))]),
        contrasts=contrasts,
        asked=np.array([rows.shares(row, contrasts.shape[0]) for row in range(len(questions))]),
        heeded=np.array([rows.is_heeded(row, questions[row]) for row in range(len(questions))]),
        crowds=tuple(
            (each, [asked.index(name) for name in crowd.questions])
            for crowd, each in zip(crowds, told, strict=True)
        ),
    )
    return Panel(model, guide, rows, asked, judgments, crowds)


def _camp(
    chosen: PriorSet,
    judgments: Judgments,
    camp: str,
    views: Mapping[str, TensorVariable],
    model: pm.Model,
) -> Camp:
    """Give how worldviews are distributed in a camp."""
    (contrasts,) = camp_contrasts(tuple(judgments.camp_weights), [camp])
    spreads = prior_spreads(chosen)
    apart: Any = pt.dot(contrasts, model["contrast"]) if len(contrasts) else np.zeros(len(VARYING))
    centers = {name: model[name][None] for name in VARYING}
    return Camp({**views, **centers}, spreads * apart, spreads * model["disagreement"])


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


@dataclass(frozen=True)
class Rows:
    """Answers as arrays, each (answer,): who, which question, and the interval in log-odds."""

    expert: np.ndarray
    question: np.ndarray
    reading: np.ndarray
    value: FloatArray
    lower: FloatArray
    upper: FloatArray

    level: np.ndarray

    def anchors(self, experts: int) -> FloatArray:
        """Give each expert's mean answer on the level, NaN where there is none."""
        own = [self.value[self.level & (self.expert == each)] for each in range(experts)]
        return np.array([each.mean() if len(each) else np.nan for each in own])

    def mean_answer(self, question: int) -> float:
        """Give the mean answer to a question; 0 where only crowds answered."""
        own = self.value[self.question == question]
        return float(own.mean()) if len(own) else 0.0

    def is_heeded(self, number: int, question: Question) -> bool:
        """Tell whether answers say more about a question's offset than its prior does."""
        answers = (self.question == number).sum()
        scatter = NOISE_CENTER[question.reading] / np.sqrt(max(answers, 1e-6))
        return offset_sd(question) > scatter and not _is_level(question)

    def shares(self, question: int, experts: int) -> FloatArray:
        """Give each expert's share of the answers to a question (expert,)."""
        counts = np.bincount(self.expert[self.question == question], minlength=experts)
        return np.asarray(counts / np.maximum(counts.sum(), 1))

    @classmethod
    def of(cls, judgments: Judgments, asked: tuple[str, ...]) -> "Rows":
        """Lay out judgments, with questions numbered as in ``asked``."""
        answers = judgments.answers
        questions = answers["question"].values.tolist()
        experts = answers["expert"].values.tolist()
        reading = [judgments.questions[name].reading for name in questions]
        baseline = np.where(np.array(reading) == "shift", log_odds(answers["baseline"].values), 0.0)
        return cls(
            expert=np.array([experts.index(each) for each in answers["expert_name"].values]),
            question=np.array([asked.index(each) for each in questions]),
            reading=np.array([READINGS.index(each) for each in reading]),
            value=log_odds(answers["value"].values) - baseline,
            lower=log_odds(answers["lower"].values) - baseline,
            upper=log_odds(answers["upper"].values) - baseline,
            level=np.array([_is_level(judgments.questions[name]) for name in questions]),
        )


def _is_level(question: Question) -> bool:
    """Tell whether a question asks outright for what offense decides."""
    return question.outcome.startswith("extinction") and question.reading == "level"


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
    questions: Sequence[Question], worlds: Worlds, efficacy: Mapping[str, TensorVariable]
) -> list[TensorVariable]:
    """Give what each question would be answered without wording and noise, each (expert,).

    ``efficacy`` holds the log-odds of each intervention's efficacy by name, all (expert,).
    """
    experts = worlds.views["margin"].shape
    return [
        pt.broadcast_to(_answer(each, lambda: worlds.of(each.scenario), efficacy), experts)  # noqa: B023
        for each in questions
    ]


def _levels(
    questions: Sequence[Question],
    expected: Sequence[TensorVariable],
    shift: TensorVariable,
    worlds: Worlds,
) -> dict[str, TensorVariable]:
    """Give what coordinates need to know of the level: of a question that asks for it outright."""
    for row, question in enumerate(questions):
        if _is_level(question):
            here = worlds.of(question.scenario)
            plain = here.outcome(question.outcome) / here.outcome("takeover")
            return {
                "level": expected[row],
                "most": pt.log(plain) + pt.log(here.most_takeover()),
                "stated": expected[row] + shift[row],
            }
    nothing = pt.zeros_like(worlds.views["margin"])
    return {"level": nothing, "most": nothing, "stated": nothing}


def _answer(
    question: Question, worlds: Callable[[], World], efficacy: Mapping[str, TensorVariable]
) -> TensorVariable:
    """Give one question's expected answer in log-odds, less the baseline's for a shift."""
    if question.outcome == EFFICACY:
        return efficacy[str(question.intervention)]
    plain = worlds().outcome(question.outcome)
    if question.intervention is not None:
        left = pt.log1p(-pt.sigmoid(efficacy[question.intervention])) + pt.log(plain)
        conditional = left - pt.log1p(-pt.exp(left))
    elif question.given is not None:
        conditional = _logit(worlds().outcome_given(question.outcome, question.given))
    else:
        return _logit(plain)
    return conditional - _logit(plain) if question.reading == "shift" else conditional


def _logit(probability: TensorVariable) -> TensorVariable:
    # What is all but certain rounds to 1, of which the log-odds are not a number.
    return pt.log(probability) - pt.log1p(-pt.minimum(probability, 1 - 1e-12))
