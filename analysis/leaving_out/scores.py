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

The people of a crowd are scored as experts are, those who gave the same answers together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from takeoff.analysis.everyone import Everyone
from takeoff.analysis.leaving_out.events import Left, answers_left_out
from takeoff.analysis.leaving_out.forecasts import Teller, Without
from takeoff.analysis.leaving_out.names import MODEL, TESTS
from takeoff.analysis.leaving_out.pooled import pooled_predictions
from takeoff.models.questions import Question
from takeoff.models.special import FloatArray

__all__ = ["left_out_scores"]


@dataclass(frozen=True)
class _Score:
    """A method's score of one answer: by the log, and Brier's."""

    log: float
    brier: float


def left_out_scores(
    everyone: Everyone, questions: Mapping[str, Question], tellers: Sequence[Teller]
) -> xr.Dataset:
    """Score the model and the pools on answers left out.

    Parameters
    ----------
    everyone
        All stated probabilities.
    questions
        Questions, by label.
    tellers
        What foretells the answers of each source.

    Returns
    -------
    xr.Dataset
        ``log_score`` and ``brier``, both (test, forecaster, answer), over the answers that pools
        of at least three others can foretell, with coordinates ``expert_name``, ``question`` and
        ``reading``. ``shape`` and ``effective`` (test, answer): k̂ of the weights behind the
        model's forecast (NaN where a refit was used), and the number of draws they are worth.
    """
    left = list(answers_left_out(everyone))
    columns: list[list[list[_Score]]] = []
    weights = []
    for each in left:
        first = each.rows[0]
        known = tellers[int(everyone.source[first])].foretell(each, int(everyone.place[first]))
        pooled = _by_pools(each)
        columns.append([[_by_model(each, own), *pooled.values()] for own in known])
        weights.append([own.weights for own in known])
    methods = [MODEL, *(_by_pools(left[0]) if left else ())]
    shape = (len(left), len(TESTS), len(methods))
    log_score = np.array([[[x.log for x in line] for line in each] for each in columns])
    brier = np.array([[[x.brier for x in line] for line in each] for each in columns])
    by_weight = {
        "shape": [[x.shape for x in each] for each in weights],
        "effective": [[x.effective for x in each] for each in weights],
    }
    rows = np.concatenate([each.rows for each in left]) if left else np.zeros(0, dtype=int)
    times = [len(each.rows) for each in left]
    asked = everyone.question[rows]
    dims = ("answer", "test", "forecaster")
    scores = xr.Dataset(
        {
            "log_score": (dims, log_score.reshape(shape)),
            "brier": (dims, brier.reshape(shape)),
            **{
                name: (dims[:2], np.array(each).reshape(shape[:2]))
                for name, each in by_weight.items()
            },
        },
        coords={"test": list(TESTS), "forecaster": methods},
    )
    order = np.argsort(everyone.row[rows])
    return (
        scores.isel(answer=np.repeat(np.arange(len(left)), times)[order])
        .assign_coords(
            answer=everyone.row[rows][order],
            expert_name=("answer", everyone.expert[rows][order]),
            question=("answer", asked[order]),
            reading=("answer", [questions[each].reading for each in asked[order]]),
        )
        .transpose("test", "forecaster", "answer")
    )


def _by_model(each: Left, forecast: Without) -> _Score:
    log_weight = forecast.weights.log_weight
    likely = float(np.logaddexp.reduce(log_weight + forecast.log_likelihood))
    return _Score(likely, _brier(np.exp(log_weight) @ forecast.below, each))


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
