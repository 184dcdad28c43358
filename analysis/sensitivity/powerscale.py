"""Power-scaling: how the answer moves as a prior, or somebody's answers, count more or less.

Each component of the posterior (a variable's prior, an expert's answers, a question's, or all
priors and all answers together) is raised to a power a little off 1. The sensitivity is the
distance that an outcome's distribution then moves, for one doubling of the component's weight
(Kallioinen et al. 2024, doi:10.1007/s11222-023-10366-5; computed by ArviZ). Above 0.05 is much.

Beside this slope stands what halving and doubling the weight would do, by importance weights with
their k̂; where that is above 0.7 the numbers are only a direction, and a refit is needed.
"""

from collections.abc import Iterator
from typing import Literal

import numpy as np
import xarray as xr
from arviz_stats.psense import psense
from scipy.special import logit

from takeoff.analysis.movement import KEPT_WIDTH, SMALL_STEP
from takeoff.analysis.pareto import LARGEST_SHAPE
from takeoff.analysis.posterior import HEADLINE
from takeoff.analysis.sensitivity.base import Base
from takeoff.analysis.sensitivity.changes import Change
from takeoff.analysis.sensitivity.components import log_prior, of_sources, top_level
from takeoff.analysis.sensitivity.crowds import by_crowd, without_questions
from takeoff.analysis.sensitivity.weights import weights_of
from takeoff.analysis.summaries import INTERVAL, LEVELS
from takeoff.analysis.voices import crowd_name
from takeoff.analysis.weighted import weighted_quantiles
from takeoff.models.special import FloatArray

__all__ = ["MUCH", "POWERS", "Diagnosis", "diagnosis", "power_scaling", "spoken_of", "untrusted"]

MUCH = 0.05
"""Sensitivity from which ArviZ, and the paper, call an outcome sensitive."""

POWERS = (0.5, 2.0)
"""Half and twice the weight."""

Diagnosis = Literal["prior-data conflict", "strong prior or weak data", "little hangs on it"]

_BLOCKS = 4
"""Stretches of the chains, whose scatter tells the Monte Carlo error of a sensitivity."""
_GROUPS = {"prior": "log_prior", "answers": "log_likelihood"}


def diagnosis(sensitivity: float, spoken: bool) -> Diagnosis:
    """Say what stands behind an outcome's sensitivity to a variable's prior.

    Parameters
    ----------
    sensitivity
        The outcome's, to the prior.
    spoken
        Whether the answers speak of the variable (`spoken_of`); where they do not they are too
        weak to contradict its prior.

    Examples
    --------
    >>> diagnosis(0.2, True), diagnosis(0.2, False), diagnosis(0.01, True)
    ('prior-data conflict', 'strong prior or weak data', 'little hangs on it')
    """
    if sensitivity < MUCH:
        return "little hangs on it"
    return "prior-data conflict" if spoken else "strong prior or weak data"


def spoken_of(posterior: FloatArray, prior: FloatArray) -> bool:
    """Tell whether answers moved a variable off its prior, given draws of both (draw, element).

    They did where an element's 90 per cent interval holds less than 80 per cent of what it held in
    the prior, or its median lies beyond the prior's 35th to 65th percentile. (Sensitivity to all
    answers at once would not tell: they are so sharp a density that its weights are all noise.)

    >>> even = (np.arange(1000.0)[:, None] + 0.5) / 1000
    >>> spoken_of(even, even), spoken_of(0.25 + even / 2, even), spoken_of(even**0.5, even)
    (False, True, True)
    """
    levels = np.quantile(posterior, LEVELS, axis=0)
    held = (prior[:, None] <= levels).mean(axis=0)
    narrowed = held[2] - held[0] < KEPT_WIDTH * INTERVAL
    return bool((narrowed | (np.abs(held[1] - 0.5) >= SMALL_STEP)).any())


def power_scaling(base: Base, prior: xr.Dataset | None = None) -> xr.Dataset:
    """Scale every component of a posterior, and see what the consensus then says.

    Parameters
    ----------
    base
        The fitted panel.
    prior
        Its log prior by variable (`components.log_prior`), computed when None.

    Returns
    -------
    xr.Dataset
        By ``component``: ``kind`` ("prior", "expert", "crowd", "question", "study" or "all"),
        ``of`` (the name), ``sensitivity`` (component, outcome) with its Monte Carlo ``error``,
        ``quantile`` (component, power, level, outcome) of the consensus with ``k`` (component,
        power), and ``diagnosis`` (component, outcome), "" where the component is no prior.
    """
    prior = log_prior(base.draws, base.panel) if prior is None else prior
    consensus = base.consensus.transpose("chain", "draw", "outcome").reset_coords(drop=True)
    stated = prior[[name for name in top_level(base.panel) if name in prior]]
    rows = list(_components(base, stated))
    log_odds = consensus.copy(data=logit(consensus.values))
    found = [_one(log_odds, consensus, density, group) for _, _, group, density in rows]
    table = xr.concat(found, "component").assign_coords(
        component=[f"{kind} {name}" for kind, name, _, _ in rows],
        kind=("component", [kind for kind, _, _, _ in rows]),
        of=("component", [name for _, name, _, _ in rows]),
    )
    spoken = {name: _spoken(base, name) for kind, name, _, _ in rows if kind == "prior"}
    verdicts = [
        [
            diagnosis(float(each), spoken[name]) if kind == "prior" else ""
            for each in table["sensitivity"].values[number]
        ]
        for number, (kind, name, _, _) in enumerate(rows)
    ]
    table["diagnosis"] = (("component", "outcome"), np.array(verdicts, dtype=str))
    return table


def untrusted(power: xr.Dataset) -> list[Change]:
    """Give the changes that stand for half and twice a component's weight and need a refit.

    Of priors, experts and questions, and of all priors and all answers; a study is left out whole
    by another change.
    """
    return [
        Change.of({f"power.{kind}.{name}": float(each)})
        for kind, name, tails in zip(
            power["kind"].values, power["of"].values, power["k"].values, strict=True
        )
        if kind != "study"
        for each, k in zip(power["power"].values, tails, strict=True)
        if not k <= LARGEST_SHAPE
    ]


def _components(
    base: Base, stated: xr.Dataset
) -> Iterator[tuple[str, str, Literal["prior", "answers"], xr.DataArray]]:
    """Give each component's kind, name, group and log density (chain, draw)."""
    everything = stated.to_dataarray("variable").sum("variable")
    crowds = by_crowd(base.said, base.panel.crowds)
    yield "all", "priors", "prior", everything
    yield "all", "answers", "answers", base.log_likelihood.sum("answer") + crowds.sum("crowd")
    for name, density in stated.data_vars.items():
        yield "prior", str(name), "prior", density
    for kind, parts in (
        *_by_person(base, crowds),
        ("question", _by_question(base, crowds)),
        ("study", _by_study(base, crowds)),
    ):
        for name, density in parts.items():
            yield kind, name, "answers", density


def _by_person(base: Base, crowds: xr.DataArray) -> tuple[tuple[str, dict[str, xr.DataArray]], ...]:
    """Give log likelihoods of experts, and of all people of each camp that is a crowd."""
    own = _by_name(of_sources(base.log_likelihood, base.panel.judgments, "expert"))
    answers = base.panel.judgments.answers
    camp_of = dict(zip(answers["expert"].values, answers["camp"].values, strict=True))
    of_camps: dict[str, xr.DataArray] = {}
    for row, crowd in enumerate(base.panel.crowds):
        before = of_camps.get(crowd.camp, 0.0)
        of_camps[crowd.camp] = before + crowds.isel(crowd=row)
    experts = {}
    for name, density in own.items():
        camp = camp_of[name]
        if camp in of_camps:
            of_camps[camp] = of_camps[camp] + density
        else:
            experts[name] = density
    named = {crowd_name(camp): density for camp, density in of_camps.items()}
    return ("expert", experts), ("crowd", named)


def _by_question(base: Base, crowds: xr.DataArray) -> dict[str, xr.DataArray]:
    """Give log likelihoods of questions: of a crowd's people, given what else they said."""
    found = _by_name(of_sources(base.log_likelihood, base.panel.judgments, "question"))
    for name in dict.fromkeys(each for crowd in base.panel.crowds for each in crowd.questions):
        left = without_questions(base.said, base.crowd_answers, [name])
        found[name] = found.get(name, 0.0) + (crowds - left).sum("crowd")
    return found


def _by_study(base: Base, crowds: xr.DataArray) -> dict[str, xr.DataArray]:
    found = _by_name(of_sources(base.log_likelihood, base.panel.judgments, "study"))
    for row, crowd in enumerate(base.panel.crowds):
        found[crowd.study] = found.get(crowd.study, 0.0) + crowds.isel(crowd=row)
    return found


def _by_name(own: xr.DataArray) -> dict[str, xr.DataArray]:
    (dim,) = set(own.dims) - {"chain", "draw"}
    return {str(name): own.sel({dim: name}, drop=True) for name in own[dim].values}


def _one(
    log_odds: xr.DataArray,
    consensus: xr.DataArray,
    density: xr.DataArray,
    group: Literal["prior", "answers"],
) -> xr.Dataset:
    plain = density.reset_coords(drop=True)
    tree = xr.DataTree.from_dict(
        {
            "posterior": xr.Dataset({"consensus": log_odds}),
            _GROUPS[group]: xr.Dataset({"component": plain}),
        }
    )
    kind = "prior" if group == "prior" else "likelihood"
    sensitivity = psense(tree, group=kind)["consensus"]
    parts = [psense(each, group=kind)["consensus"].values for each in _blocks(tree)]
    values = consensus.transpose("chain", "draw", "outcome").values.reshape(-1, len(HEADLINE))
    spans, tails = [], []
    for power in POWERS:
        weights = weights_of((power - 1) * plain)
        flat = weights.values.values.ravel()
        spans.append(weighted_quantiles(values, flat, LEVELS))
        tails.append(weights.k)
    return xr.Dataset(
        {
            "sensitivity": ("outcome", sensitivity.values),
            "error": ("outcome", np.std(parts, axis=0, ddof=1) / np.sqrt(_BLOCKS)),
            "quantile": (("power", "level", "outcome"), np.array(spans)),
            "k": ("power", tails),
        },
        coords={"outcome": list(HEADLINE), "power": list(POWERS), "level": list(LEVELS)},
    )


def _spoken(base: Base, name: str) -> bool:
    before = base.tree["prior"].to_dataset()
    if name not in before or name not in base.draws:
        return False
    return spoken_of(_rows(base.draws[name]), _rows(before[name]))


def _rows(draws: xr.DataArray) -> FloatArray:
    values = draws.transpose("chain", "draw", ...).values
    return values.reshape(values.shape[0] * values.shape[1], -1)


def _blocks(tree: xr.DataTree) -> Iterator[xr.DataTree]:
    """Cut the chains of all groups into stretches."""
    length = tree["posterior"].sizes["draw"] // _BLOCKS
    for number in range(_BLOCKS):
        here = slice(number * length, (number + 1) * length)
        yield xr.DataTree.from_dict(
            {name: group.to_dataset().isel(draw=here) for name, group in tree.children.items()}
        )
