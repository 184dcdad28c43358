"""What crowds said, taken apart as far as it can be: by camp, by study and by question.

A crowd's people are told by patterns of answers (`takeoff.models.crowd`), so nobody can be left
out; but a question can, because how likely each person's other answer is alone is known.
"""

from collections.abc import Collection

import numpy as np
import xarray as xr

from takeoff.analysis.crowd_answers import CrowdAnswers
from takeoff.models.crowd import Crowd
from takeoff.models.special import FloatArray

__all__ = ["by_crowd", "without_questions"]


def by_crowd(log_likelihood: xr.Dataset, crowds: Collection[Crowd]) -> xr.DataArray:
    """Add up the log likelihood of patterns: (chain, draw, crowd), none where there is no crowd."""
    if not crowds:
        return log_likelihood["log_odds"].isel(answer=slice(0)).rename(answer="crowd")
    ends = np.cumsum([len(each.patterns) for each in crowds])
    values = np.split(log_likelihood["crowd"].transpose("chain", "draw", "pattern").values, ends, 2)
    said = np.stack([each.sum(axis=2) for each in values[:-1]], axis=2)
    coords = {name: log_likelihood[name] for name in ("chain", "draw")}
    return xr.DataArray(said, dims=("chain", "draw", "crowd"), coords=coords)


def without_questions(
    log_likelihood: xr.Dataset, answers: Collection[CrowdAnswers], gone: Collection[str]
) -> xr.DataArray:
    """Give the log likelihood of what crowds said of other questions: (chain, draw, crowd).

    Parameters
    ----------
    log_likelihood
        Of each pattern, ``crowd`` (chain, draw, pattern), all people who gave it together.
    answers
        What each crowd answered, with the same draws.
    gone
        Questions that are left out.
    """
    whole = log_likelihood["crowd"].transpose("chain", "draw", "pattern").values
    said, begin = [], 0
    for each in answers:
        end = begin + len(each.crowd.patterns)
        said.append(_left(whole[:, :, begin:end], each, gone))
        begin = end
    coords = {name: log_likelihood[name] for name in ("chain", "draw")}
    return xr.DataArray(np.stack(said, axis=2), dims=("chain", "draw", "crowd"), coords=coords)


def _left(whole: FloatArray, said: CrowdAnswers, gone: Collection[str]) -> FloatArray:
    """Add up what is left of each pattern of one crowd: (chain, draw)."""
    crowd = said.crowd
    number = {interval: row for row, interval in enumerate(said.intervals)}
    asked = {name: row for row, name in enumerate(crowd.questions)}
    count = np.zeros(len(number))
    kept = np.ones(len(crowd.patterns), dtype=bool)
    for row, pattern in enumerate(crowd.patterns):
        left = [answer for answer in pattern if answer[0] not in gone]
        if len(left) < len(pattern):
            kept[row] = False
            for name, *ends in left:  # one at the most: people of a crowd gave two answers
                count[number[asked[name], ends[0], ends[1]]] += crowd.counts[row]
    alone = (said.alone @ count).reshape(whole.shape[:2])
    return np.asarray(whole[:, :, kept].sum(axis=2) + alone)
