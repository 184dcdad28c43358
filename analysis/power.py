"""Power: how much a further panel would be expected to teach, before anybody is asked.

For each draw of a posterior (or of the prior) a panel of new experts is imagined, in the camps'
declared proportions, who answer some questions; its answers are summed up by question. How well the
summaries foretell a parameter, over draws, is the share of its variance that the answers would
remove on average::

    1 − E[Var(θ | answers)] / Var(θ) = Var(E[θ | answers]) / Var(θ)

with E[θ | answers] a regression on the summaries (Strong, Oakley, Brennan and Breeze 2015,
doi:10.1177/0272989X15575286), scored on draws that it was not fitted to. A regression foretells no
better than the answers allow, so the share is a lower bound but for Monte Carlo error. Two things
flatter the panel: answers are not rounded, and the model is taken to be right.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr
from scipy.special import ndtri
from scipy.stats import rankdata

from takeoff.analysis.predictive import Forecast, Stated, strangers
from takeoff.models.panel import panel_model
from takeoff.models.parameters import PARAMETER_NAMES
from takeoff.models.priors import PriorSet
from takeoff.models.questions import Judgments, Question
from takeoff.models.special import FloatArray
from takeoff.models.transforms import to_real

__all__ = ["imagined_panel", "power", "variance_removed"]

_FOLDS = 10
_RIDGES = (1e-3, 1e-2, 1e-1, 1.0)
"""Penalties tried, of the number of draws: summaries of many questions say nearly the same, and a
regression on all of them foretells worse than one that is shrunk."""


def power(
    draws: xr.Dataset,
    questions: Mapping[str, Question],
    camp_weights: Mapping[str, float],
    chosen: PriorSet,
    *,
    experts: Sequence[int],
    seed: int,
) -> xr.Dataset:
    """Compute how much of each parameter's variance a further panel would remove.

    Parameters
    ----------
    draws
        Draws of a posterior, or of the prior: what is shared between experts is taken from them.
    questions
        What the panel is asked, by label: questions that are answered by a probability outright.
    camp_weights
        Weight of each camp among those who are asked.
    chosen
        Prior set of whatever the draws do not hold, the new questions' wording among it.
    experts
        Sizes of the panel; the smaller ones are parts of the largest.
    seed
        Of all that is imagined.

    Returns
    -------
    xr.Dataset
        ``removed`` and ``error`` (experts, parameter): the share of the variance on the
        unconstrained scale, and its Monte Carlo error; the attributes count ``draws``, and those
        ``left_out`` because somebody's answer was not finite.
    """
    most = max(experts)
    design = imagined_panel(questions, camp_weights, most)
    panel = panel_model(design, chosen, many=most + 1)  # nobody is lost in a crowd
    stated = Stated.of(panel)
    forecast = Forecast.of(strangers(draws, panel, seed), panel, stated)
    said = forecast.repeated(np.random.default_rng(seed))
    # The farthest of imagined experts may think something so impossible that it has no log-odds.
    usable = np.isfinite(said).all(axis=1)
    said = said[usable]
    names = [name for name in PARAMETER_NAMES if name in draws]
    target = np.column_stack(
        [to_real(name, draws[name].transpose("chain", "draw").values.ravel()) for name in names]
    )[usable]
    camp = design.answers["camp"].values[stated.expert]
    found = []
    for number in experts:
        asked = stated.expert < number
        found.append(variance_removed(target, _summaries(said, stated.question, camp, asked), seed))
    table = np.array(found)
    coords = {"experts": list(experts), "parameter": names}
    dims = ("experts", "parameter")
    return xr.Dataset({"removed": (dims, table[:, 0]), "error": (dims, table[:, 1])}, coords=coords)


def imagined_panel(
    questions: Mapping[str, Question], camp_weights: Mapping[str, float], experts: int
) -> Judgments:
    """Lay out a panel in which everybody answers every question; what they say is left open."""
    camps = list(camp_weights) or [""]
    weights = np.array(list(camp_weights.values()) or [1.0])
    # Whoever comes next is of the camp that lacks most, so that any first few are in proportion.
    counts, camp = np.zeros(len(camps)), []
    for row in range(experts):
        camp.append(int(np.argmax(weights * (row + 1) - counts)))
        counts[camp[-1]] += 1
    names = [f"expert {row + 1:0{len(str(experts))}}" for row in range(experts)]
    rows = [(name, label) for name in names for label in questions]
    half = np.full(len(rows), 0.5)
    return Judgments(
        questions=questions,
        answers=xr.Dataset(
            {
                "expert_name": ("answer", [name for name, _ in rows]),
                "question": ("answer", [label for _, label in rows]),
                "kind": ("answer", ["probability"] * len(rows)),
                "value": ("answer", half),
                "lower": ("answer", half - 0.025),
                "upper": ("answer", half + 0.025),
                "baseline": ("answer", np.full(len(rows), np.nan)),
            },
            coords={
                "expert": names,
                "camp": ("expert", [camps[each] for each in camp]),
                "study": ("expert", ["imagined"] * experts),
                "group": ("expert", [""] * experts),
            },
        ),
        camp_weights=camp_weights,
        studies=("imagined",),
    )


def variance_removed(
    target: FloatArray, summaries: FloatArray, seed: int
) -> tuple[FloatArray, FloatArray]:
    """Give the share of each target's variance that summaries foretell, and its error.

    Parameters
    ----------
    target
        What is to be learned (sample, parameter).
    summaries
        What the answers come to (sample, statistic).
    seed
        Of the folds.

    Returns
    -------
    tuple of arrays
        Share and Monte Carlo error, both (parameter,). A share below nothing means nothing.
    """
    samples = len(target)
    scores = ndtri((rankdata(summaries, axis=0) - 0.5) / samples)
    scores = np.column_stack([np.ones(samples), scores, scores**2])
    centred = target - target.mean(axis=0)
    fold = np.random.default_rng(seed).permutation(samples) % _FOLDS
    tried = np.array([_residuals(centred, scores, fold, ridge) for ridge in _RIDGES])
    best = (tried**2).mean(axis=1).argmin(axis=0)
    left = np.take_along_axis(tried, best[None, None, :], 0)[0]
    before, after = (centred**2).mean(axis=0), (left**2).mean(axis=0)
    ratio = after / before
    # The ratio of two means, over draws (delta method).
    spread = (left**2 - ratio * centred**2).std(axis=0, ddof=1) / before
    return 1 - ratio, spread / np.sqrt(samples)


def _residuals(
    target: FloatArray, scores: FloatArray, fold: np.ndarray, ridge: float
) -> FloatArray:
    """Give what a regression leaves of targets in folds that it was not fitted to."""
    penalty = ridge * len(target) * np.eye(scores.shape[1])
    penalty[0, 0] = 0.0
    left = np.empty_like(target)
    for each in range(_FOLDS):
        fitted = scores[fold != each]
        weights = np.linalg.solve(fitted.T @ fitted + penalty, fitted.T @ target[fold != each])
        left[fold == each] = target[fold == each] - scores[fold == each] @ weights
    return left


def _summaries(
    said: FloatArray, question: np.ndarray, camp: np.ndarray, asked: np.ndarray
) -> FloatArray:
    """Sum up answers (sample, answer): means by question and camp, and spreads by question."""
    columns = []
    for each in np.unique(question):
        here = asked & (question == each)
        columns += [said[:, here & (camp == whose)].mean(axis=1) for whose in np.unique(camp[here])]
        if here.sum() > 1:
            columns.append(said[:, here].std(axis=1, ddof=1))
    return np.column_stack(columns)
