"""Power-scaling: how the answer moves as a prior, or somebody's answers, count more or less.

Each component of the posterior (a variable's prior, an expert's answers, a question's, or all
priors and all answers together) is raised to a power a little off 1. The sensitivity is the distance
that an outcome's distribution then moves, for one doubling of the component's weight (Kallioinen et
al. 2024, doi:10.1007/s11222-023-10366-5; computed by ArviZ). Above 0.05 is much.

Beside this slope stands what halving and doubling the weight would do, by importance weights with
their k̂; where that is above 0.7 the numbers are only a direction, and a refit is needed.
"""

from collections.abc import Iterator
from typing import Literal

import numpy as np
import xarray as xr
from arviz_stats import psense

from takeoff.analysis.posterior import HEADLINE
from takeoff.analysis.sensitivity.base import Base
from takeoff.analysis.sensitivity.components import Source, log_prior, of_sources, top_level
from takeoff.analysis.sensitivity.weights import weighted_quantiles, weights_of
from takeoff.analysis.summaries import LEVELS

__all__ = ["MUCH", "POWERS", "Diagnosis", "diagnosis", "power_scaling"]

MUCH = 0.05
"""Sensitivity from which ArviZ, and the paper, call an outcome sensitive."""

POWERS = (0.5, 2.0)
"""Half and twice the weight."""

Diagnosis = Literal["prior-data conflict", "strong prior or weak data", "answers decide", "neither"]

_GROUPS = {"prior": "log_prior", "answers": "log_likelihood"}
_SOURCES: tuple[Source, ...] = ("expert", "question", "study")


def diagnosis(prior: float, answers: float) -> Diagnosis:
    """Say what two sensitivities mean together: that to a prior and that to all answers.

    >>> diagnosis(0.2, 0.3), diagnosis(0.2, 0.01)
    ('prior-data conflict', 'strong prior or weak data')
    >>> diagnosis(0.01, 0.3), diagnosis(0.01, 0.01)
    ('answers decide', 'neither')
    """
    if prior >= MUCH:
        return "prior-data conflict" if answers >= MUCH else "strong prior or weak data"
    return "answers decide" if answers >= MUCH else "neither"


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
        By ``component``: ``kind`` ("prior", "expert", "question", "study" or "all"), ``of`` (the
        name), ``sensitivity`` (component, outcome), ``quantile`` (component, power, level, outcome) of the
        consensus with ``k`` (component, power), and ``diagnosis`` (component, outcome), "" where
        the component is no prior.
    """
    prior = log_prior(base.draws, base.panel) if prior is None else prior
    consensus = base.outcomes.median("expert")
    stated = prior[[name for name in top_level(base.panel) if name in prior]]
    rows = list(_components(base, stated))
    log_odds = np.log(consensus) - np.log1p(-consensus)
    found = [_one(log_odds, consensus, density, group) for _, _, group, density in rows]
    table = xr.concat(found, "component").assign_coords(
        component=[f"{kind} {name}" for kind, name, _, _ in rows],
        kind=("component", [kind for kind, _, _, _ in rows]),
        of=("component", [name for _, name, _, _ in rows]),
    )
    answers = table["sensitivity"].sel(component="all answers").values
    verdicts = [
        [
            diagnosis(float(own), float(all_)) if group == "prior" else ""
            for own, all_ in zip(table["sensitivity"].values[number], answers, strict=True)
        ]
        for number, (_, _, group, _) in enumerate(rows)
    ]
    table["diagnosis"] = (("component", "outcome"), np.array(verdicts, dtype=str))
    return table


def _components(
    base: Base, stated: xr.Dataset
) -> Iterator[tuple[str, str, Literal["prior", "answers"], xr.DataArray]]:
    """Give each component's kind, name, group and log density (chain, draw)."""
    everything = stated.to_dataarray("variable").sum("variable")
    yield "all", "priors", "prior", everything
    yield "all", "answers", "answers", base.log_likelihood.sum("answer")
    for name, density in stated.data_vars.items():
        yield "prior", str(name), "prior", density
    for source in _SOURCES:
        own = of_sources(base.log_likelihood, base.judgments, source)
        for name in own[source].values.tolist():
            yield source, name, "answers", own.sel({source: name}, drop=True)


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
            "quantile": (("power", "level", "outcome"), np.array(spans)),
            "k": ("power", tails),
        },
        coords={"outcome": list(HEADLINE), "power": list(POWERS), "level": list(LEVELS)},
    )
