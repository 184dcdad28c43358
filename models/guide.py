"""What the coordinates of a panel need to know of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pytensor.tensor.variable import TensorVariable

from takeoff.models.crowd_likelihood import Told
from takeoff.models.rise import Rough
from takeoff.models.special import FloatArray
from takeoff.models.worldviews import camp_contrasts

__all__ = ["INSPECTED", "Guide"]

INSPECTED = 0.6
"""Probits of soundness to a log-odds that inspection adds."""
_FELT, _HARDLY_FELT = 0.8, 0.4
"""The same in camps that stand near even odds, and far from them: regressions on the posterior of
the FRI panel. A unit of log-odds is most of a probit at even odds and less in the tail."""
_SATURATED = -2.5
"""Log-odds of extinction above which a camp stands near even odds."""
_FAR = -7.0
"""Log-odds of extinction below which what an expert says of events pins soundness down."""


@dataclass(frozen=True)
class Guide:
    """What the coordinates need to know of a panel.

    Attributes
    ----------
    likelihood
        Log likelihood of each answer (answer,). (The model's own is the same, but PyMC rewrites
        it so that it would no longer share the integral with ``expected``.)
    rough
        How each expert's level rises with offense, roughly.
    level, most
        The level in log-odds, and the logarithm of what it would be were offense without bound
        (expert,).
    stated
        The level as each expert would state it, wording included and noise apart (expert,).
    anchor
        What each expert said of the level, from which the coordinate is counted (expert,). The
        deviation of an expert who said nothing (NaN) is left as it is.
    expected
        What each question would be answered without wording and noise (question, expert).
    spread
        Standard deviation of each question's offset (question,).
    heeded
        Whether the answers, rather than the prior, settle a question's offset (question,); not
        where experts' levels are counted from it.
    heard
        The mean answer to each question (question,).
    asked
        The share of each expert in that mean (question, expert).
    contrasts
        Each expert's camp contrasts (expert, contrast).
    spreads
        What a contrast of 1 adds to each varying parameter on the real line (varying,).
    crowds
        What crowds say, and the rows of the questions that each was asked.
    crowd_contrasts
        The camp contrasts of each crowd (crowd, contrast).
    """

    likelihood: TensorVariable
    rough: Rough
    level: TensorVariable
    most: TensorVariable
    stated: TensorVariable
    anchor: FloatArray
    expected: TensorVariable
    spread: FloatArray
    heeded: NDArray[np.bool_]
    heard: FloatArray
    asked: FloatArray
    contrasts: FloatArray
    spreads: FloatArray
    crowds: tuple[tuple[Told, Sequence[int]], ...]
    crowd_contrasts: FloatArray

    def camps(self) -> tuple[FloatArray, FloatArray]:
        """Give the camps, and how far their means of margin move by a unit of log-odds.

        Each camp's mean is made up of the centre and its contrasts: (camp, 1 + contrast).
        """
        made_of = self._made_of()
        if len(made_of) == 1:
            return made_of, np.array([INSPECTED])
        camps = made_of[:, 1:]
        said = [_mean_heard(self.anchor[(self.contrasts == camp).all(axis=1)]) for camp in camps]
        return made_of, np.where(np.array(said) > _SATURATED, _FELT, _HARDLY_FELT)

    def stations(self) -> FloatArray:
        """Give centre and contrasts by what camps are counted by: (1 + contrast, 1 + contrast).

        Elsewhere centre and contrasts themselves; where crowds are of camps the mean of the first
        one's, how far from it those of other crowds' lie, and the means of the rest. What people in
        thousands pin down then moves no camp of a dozen.
        """
        made_of, (crowd, rest) = self._made_of(), self._camps_of_crowds()
        if not crowd:
            return np.eye(len(made_of))
        first, *others = crowd
        apart = [made_of[each] - made_of[first] for each in others]
        return np.linalg.inv(np.array([made_of[first], *apart, *made_of[rest]]))

    def camps_of_few(self) -> FloatArray:
        """Give who belongs to the camps that no crowd is of, in the order of ``stations``.

        (1 + contrast, expert); nobody to what is not such a camp's mean.
        """
        made_of, (crowd, rest) = self._made_of(), self._camps_of_crowds()
        members = np.zeros((len(made_of), len(self.contrasts)))
        for row, each in enumerate(rest, len(crowd)):
            members[row] = (self.contrasts == made_of[each, 1:]).all(axis=1)
        return members

    def _made_of(self) -> FloatArray:
        """Give what each camp's mean is made up of (camp, 1 + contrast)."""
        names = [str(each) for each in range(1 + self.contrasts.shape[1])]
        return np.column_stack([np.ones(len(names)), camp_contrasts(names, names)])

    def _camps_of_crowds(self) -> tuple[list[int], list[int]]:
        """Give the numbers of crowds' camps, in their order, and of the rest.

        None of either where a crowd has no camp, or nobody has.
        """
        camps, of_crowds = self._made_of()[:, 1:].tolist(), self.crowd_contrasts.tolist()
        if not of_crowds or len(camps) == 1 or any(each not in camps for each in of_crowds):
            return [], []
        crowd = list(dict.fromkeys(camps.index(each) for each in of_crowds))
        return crowd, [each for each in range(len(camps)) if each not in crowd]

    def is_far(self) -> np.ndarray[Any, Any]:
        """Tell whose deviation in margin is counted by soundness (expert,)."""
        return np.nan_to_num(self.anchor, nan=np.inf) < _FAR

    def outlying(self) -> FloatArray:
        """Give how many probits far experts are out, about; one is worth as much (expert,)."""
        return np.sqrt(-np.where(self.is_far(), self.anchor, -1.0))


def _mean_heard(anchors: FloatArray) -> float:
    heard = anchors[np.isfinite(anchors)]
    return float(heard.mean()) if len(heard) else _SATURATED
