"""Answers that experts would give, simulated from a posterior: what a question would tell.

As the panel's model has it (`takeoff.models.panel`), an answer in log-odds is the outcome of the
expert's worldview, plus the wording offset that all share who are asked the same question, plus the
expert's own noise::

    answer_i = outcome(worldview_i) + wording + sd_i · N(0, 1),   sd_i² = (noise · care_i)² + 0.1²

So asking ever more people buys the mean of the population behind the wording, and never certainty.
A question that a panel has answered keeps the wording offset that its posterior has; one that
nobody has asked draws it from its prior.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pytensor
import pytensor.tensor as pt
import xarray as xr
from pytensor.tensor.variable import TensorVariable
from scipy.special import ndtri
from scipy.stats import qmc

from takeoff.analysis.worlds import shared_parameters
from takeoff.models.errors import InputError
from takeoff.models.evaluate import INTERPRETED
from takeoff.models.panel import LEAST_NOISE, Worlds, expected_log_odds
from takeoff.models.parameters import PARAMETER_NAMES
from takeoff.models.pieces import in_pieces
from takeoff.models.priors import PriorSet
from takeoff.models.questions import WORDING_SD, Question
from takeoff.models.scenario import Scenario
from takeoff.models.special import FloatArray
from takeoff.models.transforms import from_real, to_real
from takeoff.models.world import World, world
from takeoff.models.worldviews import TAIL_SPREAD, VARYING, camp_contrasts, prior_spreads

__all__ = ["People", "expected_answers", "noise_of", "strangers", "wording_of"]

_SAID = 23.0  # one in ten billion: nobody in these surveys states less
_PIECE = 2048


@dataclass(frozen=True)
class People:
    """Some people's worldviews in every draw.

    Attributes
    ----------
    worlds
        Every parameter, (chain, draw) or (chain, draw, person).
    efficacy
        Log-odds of interventions' efficacy (intervention, chain, draw, person), or None.
    """

    worlds: Mapping[str, xr.DataArray]
    efficacy: xr.DataArray | None = None


def strangers(
    posterior: xr.Dataset, camp: str, camps: Sequence[str], count: int, chosen: PriorSet
) -> People:
    """Imagine experts who might have been asked, the same number in every draw.

    They are spread evenly over the population that a draw describes (a Sobol sequence, shifted at
    random in each draw), so that their mean is that of many more.

    Parameters
    ----------
    posterior
        Draws of a fitted panel.
    camp, camps
        Their camp, "" where a panel has none; and all camps in the panel's order.
    count
        How many, a power of two.
    chosen
        Prior set of the panel.
    """
    shape = (posterior.sizes["chain"], posterior.sizes["draw"], count)
    points = qmc.Sobol(len(VARYING) + 2, rng=np.random.default_rng(0)).random(count)
    shift = np.random.default_rng(1).uniform(size=(*shape[:2], 1, points.shape[1]))
    normal = ndtri(np.clip((points + shift) % 1.0, 1e-9, 1 - 1e-9))
    contrasts = camp_contrasts(tuple(camps), [camp])[0]
    tail = np.exp(TAIL_SPREAD * normal[..., -1])
    spreads = prior_spreads(chosen)
    dims = ("chain", "draw", "person")
    worlds = {
        name: each.drop_vars(each.coords) for name, each in shared_parameters(posterior).items()
    }
    for column, name in enumerate(VARYING):
        scale = posterior["disagreement"].sel(varying=name).values[..., None]
        offset = scale * tail * normal[..., column]
        if len(contrasts):
            own = posterior["contrast"].sel(varying=name).transpose("chain", "draw", ...)
            offset = offset + (own.values @ contrasts)[..., None]
        middle = to_real(name, posterior[name].values)[..., None]
        worlds[name] = xr.DataArray(from_real(name, middle + spreads[column] * offset), dims=dims)
    return People(worlds, _efficacy(posterior, contrasts, normal[..., -2]))


def _efficacy(
    posterior: xr.Dataset, contrasts: FloatArray, normal: FloatArray
) -> xr.DataArray | None:
    if "efficacy_level" not in posterior:
        return None
    level = posterior["efficacy_level"].transpose("intervention", "chain", "draw")
    own = posterior["efficacy_disagreement"].values[..., None] * normal
    if len(contrasts):
        between = posterior["efficacy_contrast"].transpose("chain", "draw", ...)
        own = own + (between.values @ contrasts)[..., None]
    dims = ("intervention", "chain", "draw", "person")
    named = {"intervention": level["intervention"].values}
    return xr.DataArray(level.values[..., None] + own, dims=dims, coords=named)


class _InBlocks(Worlds):
    """Worlds of which each block shares all but what experts differ in."""

    def __init__(self, views: Mapping[str, TensorVariable], block: TensorVariable) -> None:
        super().__init__(views, "fit")
        self._block = block
        self._known: list[World] = []

    def of(self, scenario: Scenario) -> World:
        for known in self._known:
            if known.scenario == scenario:
                return known
        self._known.append(world(self.views, scenario, "fit", self._block))
        return self._known[-1]


def expected_answers(questions: Sequence[Question], people: People) -> FloatArray:
    """Compute what people would answer without wording and noise: (question, sample, person).

    In log-odds, less the baseline's where a question is read as a shift; within `_SAID` of even
    odds.

    Raises
    ------
    InputError
        If a question supposes an intervention of whose efficacy nothing is known.
    """
    dims = ("chain", "draw", "person")
    shape = tuple(people.worlds["margin"].sizes[each] for each in dims)
    named = [each.intervention for each in questions if each.intervention is not None]
    known = [] if people.efficacy is None else people.efficacy["intervention"].values.tolist()
    for each in named:
        if each not in known:
            raise InputError(f"nothing is known of the efficacy of {each}; leave its questions out")
    arrays = {name: _flat(people.worlds[name], shape) for name in PARAMETER_NAMES}
    views = {name: pt.vector(name) for name in PARAMETER_NAMES}
    levels = {name: pt.vector(f"efficacy_{name}") for name in dict.fromkeys(named)}
    block = pt.lscalar("block")
    graph = pt.stack(expected_log_odds(questions, _InBlocks(views, block), levels), axis=1)
    function = pytensor.function(
        [block, *views.values(), *levels.values()],
        [graph],
        mode=INTERPRETED,
        on_unused_input="ignore",
    )
    inputs = list(arrays.values())
    if people.efficacy is not None:
        inputs += [_flat(people.efficacy.sel(intervention=each), shape) for each in levels]
    persons = shape[-1]
    (found,) = in_pieces(
        lambda: partial(function.copy(), persons), inputs, max(1, _PIECE // persons) * persons
    )
    # What is too unlikely to be computed has no log-odds, or none that are a number.
    said = np.clip(np.where(np.isnan(found), -_SAID, found), -_SAID, _SAID)
    return np.asarray(said.T.reshape(len(questions), -1, persons))


def _flat(values: xr.DataArray, shape: tuple[int, ...]) -> FloatArray:
    ordered = values.transpose("chain", "draw", *(["person"] if "person" in values.dims else []))
    whole = ordered.values if ordered.ndim == 3 else ordered.values[..., None]
    return np.ascontiguousarray(np.broadcast_to(whole, shape), float).ravel()


def noise_of(posterior: xr.Dataset, question: Question, care: FloatArray) -> FloatArray:
    """Give the standard deviation of answers' noise, of people with some care: (sample, person)."""
    noise = posterior["noise"].sel(reading=question.reading).values.reshape(-1, 1)
    return np.asarray(np.sqrt((noise * care) ** 2 + LEAST_NOISE**2))


def wording_of(
    posterior: xr.Dataset, label: str, question: Question, random: np.random.Generator
) -> FloatArray:
    """Give a question's wording offset, (sample,): the posterior's, or a draw where it has none."""
    if "offset" in posterior and label in posterior["question"].values:
        return np.asarray(posterior["offset"].sel(question=label).values.ravel())
    size = posterior.sizes["chain"] * posterior.sizes["draw"]
    if question.reading == "relative":
        raise InputError(f"{label} is read relatively; what it tells is known once it was asked")
    return random.normal(0, WORDING_SD[question.fit], size)
