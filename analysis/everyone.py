"""All probabilities that a panel stated outright, by experts and by the people of crowds."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from takeoff.analysis.crowd_answers import CrowdAnswers
from takeoff.analysis.predictive import Stated
from takeoff.models.interval import log_odds
from takeoff.models.panel import Panel
from takeoff.models.questions import Judgments
from takeoff.models.special import FloatArray

__all__ = ["Everyone"]


@dataclass(frozen=True)
class Everyone:
    """Stated probabilities, experts' first and then each crowd's, each (answer,).

    Attributes
    ----------
    row
        Which of the panel's answers it is.
    expert, camp, question
        Labels.
    probability
        What was said.
    value, lower, upper
        The same, and the interval that it stands for after rounding, in log-odds; of a shift, less
        the baseline's. 0 and 1 are said as the middle of what rounds to them.
    baseline
        The log-odds from which an answer is a step: 0 but for shifts.
    source
        Which crowd it is of, from 1; 0 for experts with worldviews of their own.
    place
        Which of the experts' it is; of a crowd, which of its cases.
    """

    row: np.ndarray
    expert: np.ndarray
    camp: np.ndarray
    question: np.ndarray
    probability: FloatArray
    value: FloatArray
    lower: FloatArray
    upper: FloatArray
    baseline: FloatArray
    source: np.ndarray
    place: np.ndarray

    @classmethod
    def of(
        cls,
        judgments: Judgments,
        panel: Panel,
        stated: Stated,
        crowds: Sequence[CrowdAnswers] = (),
    ) -> "Everyone":
        """Put them together; ``judgments`` are the whole panel's."""
        in_crowds = {person for each in crowds for person in each.crowd.people}
        answers = judgments.answers
        names = answers["expert_name"].values
        alone = np.flatnonzero([each not in in_crowds for each in names.tolist()])
        rows = [alone[stated.answer], *(each.answer for each in crowds)]
        row = np.concatenate(rows)
        own = answers.isel(answer=row)
        camp_of = dict(zip(answers["expert"].values, answers["camp"].values, strict=True))
        said, low, high = (own[name].values for name in ("value", "lower", "upper"))
        middle = np.where(np.isin(said, (0.0, 1.0)), (low + high) / 2, said)
        of_crowds = slice(len(stated.answer), None)
        baseline = np.append(stated.baseline, np.zeros(len(row) - len(stated.answer)))
        return cls(
            row=row,
            expert=own["expert_name"].values,
            camp=np.array([camp_of[each] for each in own["expert_name"].values]),
            question=own["question"].values,
            probability=said,
            value=log_odds(middle) - baseline,
            lower=np.append(stated.lower, log_odds(low[of_crowds])),
            upper=np.append(stated.upper, log_odds(high[of_crowds])),
            baseline=baseline,
            source=np.repeat(np.arange(len(rows)), [len(each) for each in rows]),
            place=np.concatenate([np.arange(len(stated.answer)), *(each.case for each in crowds)]),
        )
