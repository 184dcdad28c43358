"""How well the model and the pools foretell answers that they have not seen.

Two tests. *Without the answer*: the model keeps the expert's other answers. *Without the expert*:
the model predicts a new expert of the same camp, with noise and wording. A pool, which knows
nothing of other questions, has the other experts' answers to the same question in both; pools are
made over the rest of the panel, and over the rest of the expert's camp.

The event that is scored is the same for all:

- *Log score*: the log of the probability given to the interval that the rounded answer stands for.
  Greater is better; 0 would be certainty.
- *Brier score*: nobody knows yet whether the events asked about will happen, so forecasts of them
  have no Brier score. What is known is each answer, hence whether it lies below a threshold. The
  thresholds of a question are the deciles of all answers to it; the score is the mean over them of
  (P(below) − 1[below])², a coarse continuous ranked probability score in which each tenth of the
  panel counts alike. Smaller is better.

The model's forecasts come from one fit, by weights (`reweighting`) where no refit is given.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import xarray as xr
from scipy.special import ndtr

from takeoff.analysis.leaving_out.events import Left, answers_left_out
from takeoff.analysis.leaving_out.names import MODEL, TESTS
from takeoff.analysis.leaving_out.pooled import pooled_predictions
from takeoff.analysis.leaving_out.reweighting import (
    Weights,
    equal_weights,
    without_answers,
    without_experts,
)
from takeoff.analysis.predictive import Forecast, Stated, strangers
from takeoff.models.panel import Panel
from takeoff.models.questions import Judgments
from takeoff.models.special import FloatArray

__all__ = ["left_out_scores"]


@dataclass(frozen=True)
class _Score:
    """A method's score of one answer: by the log, and Brier's."""

    log: float
    brier: float


def left_out_scores(
    draws: xr.Dataset,
    panel: Panel,
    judgments: Judgments,
    log_likelihood: xr.DataArray,
    told: Forecast,
    new: Forecast,
    refits: Mapping[str, xr.Dataset] | None = None,
) -> xr.Dataset:
    """Score the model and the pools on answers left out.

    Parameters
    ----------
    draws
        Draws of the posterior, with all free variables of the story.
    panel, judgments
        The panel's model, and what it was fitted to.
    log_likelihood
        Of every answer, of whatever kind (chain, draw, answer).
    told, new
        Forecasts by the draws: of the experts' own answers, and of strangers' in their places.
    refits
        Draws of fits without an expert, by the expert's name: used in place of weights. They need
        all variables that experts share, with the same questions.

    Returns
    -------
    xr.Dataset
        ``log_score`` and ``brier``, both (test, forecaster, answer), over the answers that pools
        of at least three others can foretell, with coordinates ``expert_name``, ``question`` and
        ``reading``. ``shape`` and ``effective`` (test, answer): k̂ of the weights behind the
        model's forecast (NaN where a refit was used), and the number of draws they are worth.
    """
    stated = Stated.of(judgments, panel)
    left = list(answers_left_out(judgments, stated))
    experts = judgments.answers["expert"].values
    refitted = {
        name: Forecast.of(strangers(each, panel, row), panel, stated)
        for row, (name, each) in enumerate((refits or {}).items())
    }
    answer_weights = without_answers(told.log_likelihood)
    expert_weights = without_experts(_by_expert(log_likelihood, judgments), draws, panel)
    columns: list[list[list[_Score]]] = []
    weights: list[list[Weights]] = []
    for each in left:
        name = experts[each.expert]
        known, without = new, expert_weights[each.expert]
        if name in refitted:
            known = refitted[name]
            without = equal_weights(len(known.center))
        of_model = [
            _by_model(each, told, answer_weights[each.row]),
            _by_model(each, known, without),
        ]
        pooled = list(_by_pools(each).values())
        columns.append([[own, *pooled] for own in of_model])
        weights.append([answer_weights[each.row], without])
    methods = [MODEL, *(_by_pools(left[0]) if left else ())]
    return _labelled(left, stated, judgments, methods, columns, weights)


def _by_expert(log_likelihood: xr.DataArray, judgments: Judgments) -> FloatArray:
    """Add up the log likelihood of each expert's answers: (sample, expert)."""
    answers = judgments.answers
    values = log_likelihood.transpose("chain", "draw", "answer").values
    values = values.reshape(-1, values.shape[-1])
    own = answers["expert_name"].values[:, None] == answers["expert"].values
    return np.asarray(values @ own.astype(float))


def _by_model(each: Left, forecast: Forecast, weights: Weights) -> _Score:
    center, scale = forecast.center[:, each.row, None], forecast.scale[:, each.row, None]
    below = np.exp(weights.log_weight) @ ndtr((each.thresholds - center) / scale)
    likely = weights.log_weight + forecast.log_likelihood[:, each.row]
    return _Score(float(np.logaddexp.reduce(likely)), _brier(below, each))


def _by_pools(each: Left) -> dict[str, _Score]:
    return {
        f"{pool}, {whose}": _Score(
            prediction.log_between(each.lower, each.upper),
            _brier(prediction.below(each.thresholds), each),
        )
        for whose, others in each.others.items()
        for pool, prediction in pooled_predictions(others).items()
    }


def _brier(forecast: FloatArray, each: Left) -> float:
    return float(((forecast - each.happened) ** 2).mean()) if len(forecast) else np.nan


def _labelled(
    left: list[Left],
    stated: Stated,
    judgments: Judgments,
    methods: list[str],
    columns: list[list[list[_Score]]],
    weights: list[list[Weights]],
) -> xr.Dataset:
    shape = (len(left), len(TESTS), len(methods))
    log_score = np.array([[[x.log for x in line] for line in each] for each in columns])
    brier = np.array([[[x.brier for x in line] for line in each] for each in columns])
    rows = stated.answer[np.array([each.row for each in left], dtype=int)]
    here = judgments.answers.isel(answer=rows)
    asked = here["question"].values
    by_weight = {
        "shape": [[x.shape for x in each] for each in weights],
        "effective": [[x.effective for x in each] for each in weights],
    }
    dims = ("answer", "test", "forecaster")
    return xr.Dataset(
        {
            "log_score": (dims, log_score.reshape(shape)),
            "brier": (dims, brier.reshape(shape)),
            **{
                name: (dims[:2], np.array(each).reshape(shape[:2]))
                for name, each in by_weight.items()
            },
        },
        coords={
            "test": list(TESTS),
            "forecaster": methods,
            "answer": rows,
            "expert_name": ("answer", here["expert_name"].values),
            "question": ("answer", asked),
            "reading": ("answer", [judgments.questions[each].reading for each in asked]),
        },
    ).transpose("test", "forecaster", "answer")
