"""Refits: a panel with one thing changed, sampled again from where the base's chains were.

The coordinates in which a panel is sampled hardly move when one thing changes. So a refit starts
at draws of the base, in steps shaped as the base's were, and needs only to find their size again.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pytensor.tensor as pt
import xarray as xr
from pytensor.tensor.variable import TensorVariable

from takeoff.analysis.fit import sample_panel
from takeoff.analysis.posterior import HEADLINE
from takeoff.analysis.sampler import WarmStart, near_zero
from takeoff.analysis.sensitivity.base import Base
from takeoff.analysis.sensitivity.changes import (
    Change,
    answer_powers,
    changed_judgments,
    changed_prior,
    crowd_power,
    scales,
    shared_errors,
)
from takeoff.analysis.sensitivity.components import top_level
from takeoff.analysis.sensitivity.findings import Row, failed, of_refit
from takeoff.analysis.sensitivity.reweigh import nearness
from takeoff.analysis.voices import voices_in
from takeoff.analysis.worlds import worldviews_of
from takeoff.data import join, load_study
from takeoff.models.evaluate import evaluate
from takeoff.models.panel import Panel, panel_model
from takeoff.models.priors import prior_set
from takeoff.models.questions import Judgments
from takeoff.models.scenario import Scenario
from takeoff.models.special import FloatArray
from takeoff.models.transforms import to_real, unconstrained

__all__ = [
    "Coordinate",
    "Job",
    "Sampling",
    "Start",
    "changed_panel",
    "coordinates_of",
    "refit",
    "start_of",
]

_STARTS = 100

Coordinate = tuple[str, ...]


@dataclass(frozen=True)
class Sampling:
    """How a refit is sampled; draws and tuning steps are per chain."""

    draws: int = 100
    tune: int = 60
    chains: int = 2
    seed: int = 1


@dataclass(frozen=True)
class Start:
    """Starting points of the base by the coordinates' names, see `WarmStart`."""

    coordinates: tuple[Coordinate, ...]
    points: FloatArray
    scale: FloatArray

    @classmethod
    def at(cls, notes: xr.Dataset, panel: Panel) -> "Start | None":
        """Start at a panel's draws; None if its notes were saved without their coordinates."""
        if "unconstrained_draw" not in notes:
            return None
        kept = notes["unconstrained_draw"].stack(sample=("chain", "draw")).transpose("sample", ...)
        every = max(1, kept.sizes["sample"] // _STARTS)
        names = tuple(coordinates_of(panel))
        return cls(names, kept.values[::every], kept.values.std(axis=0))

    def of(self, wanted: list[Coordinate]) -> WarmStart:
        """Give a start for other coordinates; those that the base lacks start near zero."""
        place = {name: column for column, name in enumerate(self.coordinates)}
        points = near_zero(np.random.default_rng(0), (len(self.points), len(wanted)))
        scale = np.ones(len(wanted))
        for column, name in enumerate(wanted):
            if name in place:
                points[:, column] = self.points[:, place[name]]
                scale[column] = self.scale[place[name]]
            else:  # that of another expert, say, or another question
                alike = [column for other, column in place.items() if other[0] == name[0]]
                scale[column] = np.median(self.scale[alike]) if alike else 1.0
        return WarmStart(points, scale)


@dataclass(frozen=True)
class Job:
    """All that a process needs to refit one change, apart from the studies, which it reads.

    Attributes
    ----------
    change
        The change.
    studies, prior
        Names of the base's studies and prior set.
    start, sampling
        Where chains start, and how they run.
    nearness
        How near fixed parameters are held, by name.
    k
        Pareto k̂ of the weights that would not do.
    """

    change: Change
    studies: tuple[str, ...]
    prior: str
    start: Start
    sampling: Sampling
    nearness: Mapping[str, float]
    k: float

    @classmethod
    def of(cls, base: Base, change: Change, start: Start, sampling: Sampling, k: float) -> "Job":
        """Make the job of refitting a change of a base."""
        near = {name: nearness(base, name) for name in change.numbers("fix.")}
        return cls(change, base.studies, base.chosen.name, start, sampling, near, k)


def start_of(base: Base) -> Start | None:
    """Find where refits of a base start; None if it was saved without its coordinates."""
    return Start.at(base.tree["sample_stats"].to_dataset(), base.panel)


def refit(job: Job) -> Row:
    """Carry out a change by sampling the changed panel; a failure is a row too."""
    begun = time.perf_counter()
    try:
        judgments = changed_judgments(_judgments(job.studies), job.change)
        panel = changed_panel(judgments, job)
        warm = job.start.of(coordinates_of(panel))
        draws, notes = sample_panel(
            panel,
            seed=job.sampling.seed,
            draws=job.sampling.draws,
            tune=job.sampling.tune,
            chains=job.sampling.chains,
            warm=warm,
        )
        chosen = changed_prior(prior_set(job.prior), job.change)
        heard = voices_in(draws, panel.judgments, panel.crowds, chosen)
        table = evaluate(worldviews_of(heard), Scenario(), HEADLINE, precision="fit")
    except (ArithmeticError, RuntimeError, ValueError, np.linalg.LinAlgError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        return failed(job.change, reason, job.k, time.perf_counter() - begun)
    outcomes = table.to_dataarray("outcome")
    seconds = time.perf_counter() - begun
    return of_refit(job.change, outcomes, notes, job.k, seconds)


def changed_panel(judgments: Judgments, job: Job) -> Panel:
    """Build the model of a changed panel, of judgments from which the rest is left out."""
    change = job.change
    chosen = changed_prior(prior_set(job.prior), change)
    panel = panel_model(judgments, chosen, scales=scales(change), shared=shared_errors(change))
    likelihood = panel.guide.likelihood * pt.constant(answer_powers(panel.judgments, change))
    more: list[TensorVariable] = [
        (crowd_power(crowd, change) - 1) * told.log_likelihood
        for crowd, (told, _) in zip(panel.crowds, panel.guide.crowds, strict=True)
        if crowd_power(crowd, change) != 1
    ]
    for name, power in _prior_powers(panel, change).items():
        variable = panel.model[name]
        more.append((power - 1) * panel.model.logp([variable], jacobian=False))
    for name, value in change.numbers("fix.").items():
        away = unconstrained(name, panel.model[name]) - float(to_real(name, np.array(value)))
        more.append(-0.5 * (away / job.nearness[name]) ** 2)
    if more:
        likelihood = pt.concatenate([likelihood, pt.stack(more)])
    return replace(panel, guide=replace(panel.guide, likelihood=likelihood))


def _prior_powers(panel: Panel, change: Change) -> dict[str, float]:
    """Give the powers of variables' priors that are not 1."""
    every = change.numbers("power.all.").get("priors", 1.0)
    powers = dict.fromkeys(top_level(panel) if every != 1.0 else (), every)
    for name, power in change.numbers("power.prior.").items():
        powers[name] = powers.get(name, 1.0) * power
    return powers


def _judgments(studies: tuple[str, ...]) -> Judgments:
    return join([load_study(name) for name in studies])


def coordinates_of(panel: Panel) -> list[Coordinate]:
    """Name every coordinate of a panel's sampler by variable and labels, in its order."""
    model = panel.model
    start = model.initial_point()
    names: list[Coordinate] = []
    for variable in model.free_RVs:
        value = model.rvs_to_values[variable]
        shape = np.shape(start[value.name])
        dims = model.named_vars_to_dims.get(variable.name) or ()
        labels = [
            [str(each) for each in model.coords[dim]][:length]
            for dim, length in zip(dims, shape, strict=True)
        ]
        names.extend(
            (str(variable.name), *(labels[axis][row] for axis, row in enumerate(index)))
            for index in np.ndindex(*shape)
        )
    return names
