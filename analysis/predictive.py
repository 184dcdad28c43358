"""What a posterior expects to be said: by the experts who answered, and by new ones in their place.

An answer is normal in log-odds before it is rounded (`takeoff.models.panel`), with a centre and a
scale that a draw fixes. A *stranger* is a new expert of the same camp: everything that belongs to
the expert alone is drawn again, everything shared is kept.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
import pymc as pm
import xarray as xr
from pymc.model.transform.conditioning import remove_value_transforms
from pytensor.graph.replace import graph_replace
from scipy.special import log_ndtr, logit

from takeoff.models.evaluate import INTERPRETED
from takeoff.models.panel import Panel
from takeoff.models.pieces import in_pieces
from takeoff.models.special import FloatArray
from takeoff.models.writer import program_of

__all__ = [
    "Forecast",
    "Stated",
    "computed_at",
    "log_probability",
    "own_log_prior",
    "own_variables",
    "strangers",
]

_PIECE = 100
_CERTAIN = -np.log(np.finfo(float).smallest_subnormal)
"""Log-odds of the least probability that is a number."""


def own_variables(panel: Panel) -> list[str]:
    """Name the free variables that belong to one expert each."""
    dims = panel.model.named_vars_to_dims
    return [each.name for each in panel.model.free_RVs if "expert" in dims.get(each.name, ())]


def _same(draws: xr.Dataset, panel: Panel, name: str) -> xr.DataArray | None:
    """Give a variable's draws along the panel's coordinates; None where they lack some."""
    if name not in draws:
        return None
    dims = panel.model.named_vars_to_dims.get(name, ())
    labels = {dim: list(panel.model.coords[dim]) for dim in dims if dim in draws.coords}
    if any(not set(each) <= set(draws[dim].values.tolist()) for dim, each in labels.items()):
        return None
    return draws[name].sel(labels)


@dataclass(frozen=True)
class Stated:
    """The probabilities that were stated outright, each (stated,): one answer of that kind each.

    Attributes
    ----------
    answer, expert, question
        Rows of the answer, the expert and the question.
    lower, upper
        The interval that it stands for after rounding, in log-odds; of a shift, less the
        baseline's.
    baseline
        The log-odds from which an answer is a step: 0 but for shifts.
    place
        Which observation of the model's ``log_odds`` it is.
    """

    answer: np.ndarray
    expert: np.ndarray
    question: np.ndarray
    lower: FloatArray
    upper: FloatArray
    baseline: FloatArray
    place: np.ndarray

    @classmethod
    def of(cls, panel: Panel) -> "Stated":
        """Find them among the answers of experts with worldviews of their own."""
        judgments, rows = panel.judgments, panel.rows
        answers = judgments.answers
        about_the_world = (rows.expert >= 0) & (rows.question >= 0)
        answer = np.flatnonzero((answers["kind"].values == "probability") & about_the_world)
        place = {row: each for each, row in enumerate(panel.terms.get("log_odds", ()))}
        own = answers.isel(answer=answer)
        shift = [judgments.questions[each].reading == "shift" for each in own["question"].values]
        baseline = logit(np.where(shift, own["baseline"].values, 0.5))
        return cls(
            answer=answer,
            expert=rows.expert[answer],
            question=rows.question[answer],
            lower=rows.lower[answer],
            upper=rows.upper[answer],
            baseline=baseline,
            place=np.array([place[row] for row in answer.tolist()], dtype=int),
        )


@dataclass(frozen=True)
class Forecast:
    """What draws say of stated probabilities before they are rounded, all (sample, stated).

    Attributes
    ----------
    center, scale
        Of its normal distribution, in log-odds; of a shift, less the baseline's.
    log_likelihood
        Log probability of the interval that the rounded answer stands for.
    """

    center: FloatArray
    scale: FloatArray
    log_likelihood: FloatArray

    @classmethod
    def of(cls, draws: xr.Dataset, panel: Panel, stated: Stated) -> "Forecast":
        """Compute it for draws of a posterior, or of one with strangers in the experts' places."""
        node = panel.model["log_odds"].owner
        computed = computed_at(node.op.dist_params(node)[:2], draws, panel)
        samples = draws.sizes["chain"] * draws.sizes["draw"]
        center, scale = (each.reshape(samples, -1)[:, stated.place] for each in computed)
        # A stranger far out may hold what no number tells from impossible.
        center = np.clip(center, -_CERTAIN, _CERTAIN)
        return cls(center, scale, log_probability(center, scale, stated.lower, stated.upper))

    def repeated(self, random: np.random.Generator) -> FloatArray:
        """Let people answer again, in log-odds; of a shift, less the baseline's."""
        return random.normal(self.center, self.scale)


def own_log_prior(draws: xr.Dataset, panel: Panel) -> xr.DataArray:
    """Compute the log prior of all that belongs to each expert: (chain, draw, expert)."""
    names = own_variables(panel)

    def graph(story: pm.Model) -> Sequence[Any]:
        return story.logp([story[each] for each in names], jacobian=False, sum=False)

    dims = panel.model.named_vars_to_dims
    total: Any = 0.0
    for name, values in zip(names, _computed(graph, draws, panel), strict=True):
        each = xr.DataArray(values, dims=("chain", "draw", *dims[name]))
        total = total + each.sum([dim for dim in dims[name] if dim != "expert"])
    coords = {"chain": draws["chain"], "draw": draws["draw"], "expert": draws["expert"]}
    return total.assign_coords(coords).transpose("chain", "draw", "expert")


def strangers(draws: xr.Dataset, panel: Panel, seed: int) -> xr.Dataset:
    """Put a new expert of the same camp in every expert's place, in every draw.

    Gives the free variables of the story, with the shared ones as they were. Where the panel is
    another one than the draws', what its new questions bring is drawn too.
    """
    model, own = panel.model, own_variables(panel)
    names = [each.name for each in model.free_RVs if each.name not in own]
    shared = xr.Dataset(
        {name: each for name in names if (each := _same(draws, panel, name)) is not None}
    )
    own = [name for name in (each.name for each in model.free_RVs) if name not in shared]
    drawn = pm.sample_posterior_predictive(
        xr.DataTree.from_dict({"posterior": shared}),
        model=model,
        var_names=own,
        random_seed=seed,
        progressbar=False,
        compile_kwargs={"mode": INTERPRETED},
    )
    new = drawn["posterior_predictive"].to_dataset()[own]
    return shared.merge(new.assign_coords(chain=draws["chain"], draw=draws["draw"]))


def log_probability(
    center: FloatArray, scale: FloatArray, lower: FloatArray, upper: FloatArray
) -> FloatArray:
    """Compute the log probability of intervals, all in log-odds, as the model's likelihood does.

    On the side where both ends are rarer, so that the difference keeps its digits.
    """
    low, high = (lower - center) / scale, (upper - center) / scale
    right = low + high > 0
    log_near = log_ndtr(np.where(right, -low, high))
    log_far = log_ndtr(np.where(right, -high, low))
    return np.asarray(log_near + np.log(-np.expm1(log_far - log_near)))


def computed_at(nodes: Sequence[Any], draws: xr.Dataset, panel: Panel) -> list[FloatArray]:
    """Compute variables of the model at draws, each (chain, draw, ...)."""

    def graph(story: pm.Model) -> Sequence[Any]:
        known = {panel.model[rv.name]: value for value, rv in story.values_to_rvs.items()}
        return graph_replace(list(nodes), known, strict=False)

    return _computed(graph, draws, panel)


def _computed(
    graph: Callable[[pm.Model], Sequence[Any]], draws: xr.Dataset, panel: Panel
) -> list[FloatArray]:
    """Compute functions of the story's own variables at draws, each (chain, draw, ...)."""
    story = remove_value_transforms(panel.model)
    names = [story.values_to_rvs[each].name for each in story.value_vars]
    values = [draws[name].transpose("chain", "draw", ...) for name in names]
    shape = values[0].shape[:2]
    program = program_of(graph(story), story.value_vars, [each.shape[2:] for each in values])
    vectors = np.concatenate([each.values.reshape(prod(shape), -1) for each in values], axis=1)
    found = in_pieces(lambda: program.values, [vectors], _PIECE)
    return [each.reshape(*shape, *each.shape[1:]) for each in found]
