"""What each expert's own answers say of the prior sets, had nobody else been asked.

An expert alone is a panel of one, who stands at no camp's side: a centre drawn from a prior set,
and one deviation from it. The evidence is the mean likelihood of the answers over such worldviews,
an average over the prior and no posterior: worldviews are imagined under each set in turn, and
each counts for a set as its density there over the mean density of all sets. So the draws are
independent, no weight exceeds the number of sets, and all experts share them.

What the answers do not share is integrated in closed form: a question's wording offset adds its
variance to the noise (by quadrature where one question was answered several times), and the level
of an intervention's efficacy is summed over its quantiles.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from typing import Any

import numpy as np
import pytensor
import pytensor.tensor as pt
import xarray as xr
from numpy.typing import NDArray
from scipy import special

from takeoff.analysis.evidence.bridge import jackknifed, posterior_probability
from takeoff.analysis.evidence.weights import pareto_shape
from takeoff.analysis.worlds import imagined
from takeoff.models.answers.places import Places
from takeoff.models.answers.said import Said
from takeoff.models.evaluate import INTERPRETED
from takeoff.models.panel import (
    CARE_SPREAD,
    EFFICACY_DISAGREEMENT,
    EFFICACY_SPREAD,
    LEAST_NOISE,
    NOISE_CENTER,
    NOISE_SPREAD,
    Worlds,
    expected_log_odds,
    offset_sd,
)
from takeoff.models.parameters import PARAMETER_NAMES
from takeoff.models.pieces import in_pieces
from takeoff.models.priors import PRIOR_SETS, draw_prior, log_prior_ratio
from takeoff.models.questions import EFFICACY, READINGS, Judgments, Question
from takeoff.models.special import FloatArray
from takeoff.models.worldviews import DISAGREEMENT_SPREAD, VARYING

__all__ = ["alone", "probabilities_of"]

_DRAWS = 24_000
_PIECE = 2048
_BLOCKS = 50
_OFFSETS = np.polynomial.hermite_e.hermegauss(21)
_LEVELS = np.polynomial.hermite_e.hermegauss(9)


def alone(judgments: Judgments, seed: int, draws: int = _DRAWS) -> xr.Dataset:
    """Estimate each expert's evidence on the prior sets, from that expert's answers alone.

    Parameters
    ----------
    judgments
        What the panel said; answers that are no probabilities are left out.
    seed
        Of the worldviews that are imagined.
    draws
        How many, of all sets together.

    Returns
    -------
    xr.Dataset
        By ``expert`` and ``prior_set``: ``log_evidence`` less that of the first set, and
        ``probability`` were all sets equally probable before, with Monte Carlo standard errors
        (``..._error``). By ``expert``: ``effective``, how many of the worldviews agree with the
        answers, and ``shape``, k̂ of the tail of their likelihoods.
    """
    judgments = probabilities_of(judgments)
    named = set(judgments.answers["question"].values.tolist())
    asked = tuple(name for name in judgments.questions if name in named)
    questions = [judgments.questions[name] for name in asked]
    rows = Said.of(judgments, asked).places
    people = _People(seed, draws, questions)
    names = [str(each) for each in judgments.answers["expert"].values]
    found = [_of_expert(people, rows, number) for number in range(len(names))]
    return xr.concat(found, xr.IndexVariable("expert", names))


def probabilities_of(judgments: Judgments) -> Judgments:
    """Leave out the answers that are no probabilities."""
    kept = np.flatnonzero(judgments.answers["kind"].values == "probability")
    return replace(judgments, answers=judgments.answers.isel(answer=kept))


def _of_expert(people: "_People", rows: Places, expert: int) -> xr.Dataset:
    likelihood = people.log_likelihood(rows, expert)
    scaled = np.exp(likelihood - likelihood.max())
    shares = people.shares * scaled[:, None]

    def both(kept: list[FloatArray]) -> FloatArray:
        level = np.log(kept[0].mean(axis=0))
        return np.stack([level - level[0], posterior_probability(level)])

    values, errors = jackknifed(both, [np.array_split(shares, _BLOCKS)])
    variables: dict[str, Any] = {
        "log_evidence": ("prior_set", values[0]),
        "log_evidence_error": ("prior_set", errors[0]),
        "probability": ("prior_set", values[1]),
        "probability_error": ("prior_set", errors[1]),
        "effective": ((), scaled.sum() ** 2 / (scaled**2).sum()),
        "shape": ((), pareto_shape(likelihood)),
    }
    return xr.Dataset(variables, coords={"prior_set": list(PRIOR_SETS)})


class _People:
    """Imagined people, what each would answer, and how far each belongs to each prior set."""

    def __init__(self, seed: int, draws: int, questions: Sequence[Question]) -> None:
        random = np.random.default_rng(seed)
        drawn = [
            _worldviews(name, draws // len(PRIOR_SETS), seed + place)
            for place, name in enumerate(PRIOR_SETS)
        ]
        centres, own = (
            {name: np.concatenate([each[part][name] for each in drawn]) for name in PARAMETER_NAMES}
            for part in (0, 1)
        )
        number = len(own["margin"])
        # Mixed, so that any piece of the draws has as many of each set.
        order = random.permutation(number)
        first = next(iter(PRIOR_SETS.values()))
        log_density = [log_prior_ratio(centres, each, first) for each in PRIOR_SETS.values()]
        density = np.exp(np.stack(np.broadcast_arrays(*log_density, np.zeros(number))[:-1], axis=1))
        self.shares = (density / density.mean(axis=1, keepdims=True))[order]
        own = {name: each[order] for name, each in own.items()}
        self.lean = random.normal(size=number) * np.abs(
            random.normal(0, EFFICACY_DISAGREEMENT, number)
        )
        center = np.array([NOISE_CENTER[reading] for reading in READINGS])
        noise = center * np.exp(NOISE_SPREAD * random.normal(size=(number, len(READINGS))))
        care = np.exp(CARE_SPREAD * random.normal(size=(number, 1)))
        self.scale = np.sqrt((noise * care) ** 2 + LEAST_NOISE**2)
        self.questions = questions
        self.expected, self.supposed = _expected(questions, own, self.lean)

    def log_likelihood(self, rows: Places, expert: int) -> FloatArray:
        """Give the log likelihood of an expert's answers in each worldview, (person,)."""
        mine = np.flatnonzero(rows.expert == expert)
        total = np.zeros(len(self.lean))
        by_level: dict[str, FloatArray] = {}
        for question in np.unique(rows.question[mine]):
            own = mine[rows.question[mine] == question]
            intervention = self.questions[question].intervention
            if intervention is None:
                total += self._answered(rows, own, self.expected[question])
            else:
                said = self._answered(rows, own, self.supposed[question])
                by_level[intervention] = by_level.get(intervention, 0.0) + said
        weights = np.log(_LEVELS[1] / _LEVELS[1].sum())
        for each in by_level.values():
            total += special.logsumexp(each + weights[:, None], axis=0)
        return np.where(np.isfinite(total), total, -np.inf)

    def _answered(self, rows: Places, own: NDArray[np.intp], expected: FloatArray) -> FloatArray:
        """Give the log likelihood of one person's answers to one question, over its offset."""
        spread = offset_sd(self.questions[int(rows.question[own[0]])])
        scale = self.scale[:, rows.reading[own[0]]]
        bounds = [(rows.lower[each], rows.upper[each]) for each in own]
        if len(bounds) == 1:
            return _log_interval(*bounds[0], expected, np.sqrt(scale**2 + spread**2))
        nodes, weights = _OFFSETS
        terms = [
            sum(_log_interval(*each, expected + spread * node, scale) for each in bounds)
            for node in nodes
        ]
        return np.asarray(special.logsumexp(terms, axis=0, b=_tall(weights / weights.sum(), terms)))


def _tall(weights: FloatArray, terms: Sequence[Any]) -> FloatArray:
    return weights.reshape(-1, *[1] * np.ndim(terms[0]))


def _worldviews(name: str, draws: int, seed: int) -> tuple[dict[str, FloatArray], ...]:
    """Draw panels' centres from a prior set, and one person's parameters in each."""
    random = np.random.default_rng(seed)
    centres = draw_prior(PRIOR_SETS[name], draws, seed)
    table = xr.Dataset({each: (("chain", "draw"), own[None]) for each, own in centres.items()})
    spread = np.abs(random.normal(0, DISAGREEMENT_SPREAD, (1, draws, len(VARYING))))
    table["disagreement"] = (("chain", "draw", "varying"), spread)
    table = table.assign_coords(varying=list(VARYING))
    worlds = imagined(table, {}, PRIOR_SETS[name], seed + len(PRIOR_SETS)).worlds
    return centres, {each: worlds[each].values[0] for each in PARAMETER_NAMES}


def _expected(
    questions: Sequence[Question], own: dict[str, FloatArray], lean: FloatArray
) -> tuple[dict[int, FloatArray], dict[int, FloatArray]]:
    """Compute what each question would be answered, by its number, without wording and noise.

    Those about the world are (person,); those that suppose an intervention (level, person), with
    its efficacy's level at each of its nodes.
    """
    plain = [row for row, each in enumerate(questions) if each.intervention is None]
    conditional = [
        row
        for row, each in enumerate(questions)
        if each.intervention is not None and each.outcome != EFFICACY
    ]
    levels = EFFICACY_SPREAD * _LEVELS[0]
    supposed = {
        row: levels[:, None] + lean
        for row, each in enumerate(questions)
        if each.outcome == EFFICACY
    }
    if not plain + conditional:
        return {}, supposed
    views = {name: pt.vector(name) for name in PARAMETER_NAMES}
    leaning = pt.vector("lean")
    worlds = Worlds(views, "fit")
    outputs = expected_log_odds([questions[row] for row in plain], worlds, {})
    for level in levels:
        efficacy = {str(questions[row].intervention): leaning + level for row in conditional}
        outputs += expected_log_odds([questions[row] for row in conditional], worlds, efficacy)
    function = pytensor.function(
        [leaning, *views.values()], outputs, mode=INTERPRETED, on_unused_input="ignore"
    )
    copies = count()
    results = in_pieces(
        lambda: function.copy() if next(copies) else function,
        [lean, *(np.ascontiguousarray(own[name], float) for name in PARAMETER_NAMES)],
        _PIECE,
    )
    later = np.array(results[len(plain) :]).reshape(len(levels), len(conditional), len(lean))
    supposed |= {row: later[:, place] for place, row in enumerate(conditional)}
    return dict(zip(plain, results[: len(plain)], strict=True)), supposed


def _log_interval(
    lower: FloatArray, upper: FloatArray, center: FloatArray, scale: FloatArray
) -> FloatArray:
    """Give log P(lower < x < upper) for x ~ Normal(center, scale), as ``models.interval`` does."""
    below, above = (lower - center) / scale, (upper - center) / scale
    right = below + above > 0
    near, far = np.where(right, -below, above), np.where(right, -above, below)
    log_near, log_far = special.log_ndtr(near), special.log_ndtr(far)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(log_near + np.log(-np.expm1(log_far - log_near)))
