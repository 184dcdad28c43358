"""The sampler of panels: Hamiltonian trajectories of drawn lengths, by PyMC.

A panel's posterior in its coordinates (``models.coordinates``) is near enough to a normal that the
length of a good trajectory is known beforehand: about a quarter of a period.
NUTS finds the length anew for every draw, at the price of twice the gradients, and on the default
panel it turns back when the fast directions do, before the slow ones have moved. Here slow
directions go on: a trajectory keeps part of the momentum with which the last one ended (Horowitz
1991, doi:10.1016/0370-2693(91)90812-5). ``benchmarks.sampler`` tells what that is worth, and each
chain has a process to itself. What is sampled is a program (``models.program``), for which
nothing is compiled.
"""

import contextlib
import logging
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import xarray as xr
from pymc.step_methods.hmc.quadpotential import QuadPotentialDiag, QuadPotentialDiagAdaptExp
from pytensor.compile.mode import Mode
from pytensor.graph.basic import Apply
from pytensor.graph.op import Op
from pytensor.tensor.variable import TensorVariable

from takeoff.analysis.agreement import agree
from takeoff.analysis.brisk import keep_memory
from takeoff.analysis.sides import Sides, starts_on_both, within
from takeoff.models.program import Density, Program
from takeoff.models.special import FloatArray

__all__ = ["ACCEPTED", "Trajectories", "WarmStart", "near_zero", "sample", "stepping"]

ACCEPTED = 0.92
"""Shorter steps than are cheapest, and no divergences."""
_WARM_ACCEPT = 0.8
"""For short runs: a third fewer gradients, and the few divergences are counted."""
_LENGTH, _LENGTH_LEARNING = 1.4, 2.0
"""Mean length of a trajectory in posterior standard deviations, and while scales are learned. A
quarter of a period is 1.57; what goes on beyond it turns back."""
_KEPT = 0.6
"""Share of the momentum that the next trajectory keeps. With more, means would be known better
still and spreads worse: what a direction has of energy changes by what is drawn afresh."""
_EACH, _EACH_OF_CROWDS = 2.0, 1.1
"""Trajectories to each draw that is kept; with a crowd, fewer are worth as much."""
_VARIED = (0.5, 1.5)
"""Lengths in units of the mean. Were all alike, what oscillates in step would never mix."""
_MOST_STEPS, _MOST_LEARNING = 64, 32
"""Of a trajectory, and while scales are learned: the first ones would take hundreds."""
_FIRST_SCALE = 0.3
"""Of every coordinate, until draws tell."""
_FORGOTTEN = 0.02
"""Share of what is known of the scales that each draw replaces while they are learned."""
_DISCARDED = 10
"""First draws, which tell how far the start was off."""
_LEARNING, _SETTLING = 0.45, 0.2
"""Shares of tuning: draws from which the common scales are taken, and those after it in which each
chain finds a length of its steps."""
_FEWEST = 10
"""Tuning steps with fewer of which chains do not put together what they found."""
_FIRST_STEP = 0.02
"""Length of the very first steps, in spreads; they are tuned from there."""
_DAMPED, _HEEDED = 0.15, 0.9
"""How steps are tuned (gamma and k of dual averaging): PyMC's own .05 and .75 leave chains with
lengths that differ by a third."""
_PLAIN = Mode(linker="py", optimizer="fast_compile")
"""For the one step of the graph nothing is compiled, and sums with 0 and the like are dropped."""
_NEAR = 0.2
"""Coordinates start within this of zero."""


@dataclass(frozen=True)
class WarmStart:
    """Where chains start, and how far apart values of a coordinate lie.

    Attributes
    ----------
    points
        Starting points (start, coordinate).
    scale
        Each coordinate's spread (coordinate,), which gives the first steps their shape.
    cores
        How many chains run at a time.
    """

    points: FloatArray
    scale: FloatArray
    cores: int = 1


class _Density(Op):
    """A log density and its gradient in a graph: evaluated, not compiled."""

    def __init__(self, begin: Callable[[], Density]) -> None:
        self._begin = begin
        self._evaluate: Density | None = None
        self._last: tuple[FloatArray, float, FloatArray] | None = None

    def make_node(self, point: Any) -> Apply:
        """Make the node of one application."""
        return Apply(self, [pt.as_tensor(point)], [pt.dscalar(), pt.dvector()])

    def perform(self, node: Apply, inputs: Any, outputs: Any) -> None:
        """Evaluate."""
        # Begun where it is used: each chain's process needs a memory of its own.
        if self._evaluate is None:
            keep_memory()
            self._evaluate = self._begin()
        # PyMC asks again where a trajectory begins, mostly where the last one ended.
        if self._last is None or not np.array_equal(self._last[0], inputs[0]):
            self._last = (inputs[0].copy(), *self._evaluate(inputs[0]))
        outputs[0][0], outputs[1][0] = np.asarray(self._last[1]), self._last[2].copy()

    def pullback(self, inputs: Any, outputs: Any, cotangents: Any) -> list[TensorVariable]:
        """Carry the derivative by the log density back."""
        return [cotangents[0] * outputs[1]]

    def __getstate__(self) -> dict[str, Any]:
        """Leave the memory behind on the way to another process."""
        return {**self.__dict__, "_evaluate": None, "_last": None}


class _Scales(QuadPotentialDiagAdaptExp):
    """PyMC's scales of coordinates, learned from draws and gradients.

    Of a normal the ratio of their spreads is its variance however little of it was seen, so chains
    that creep at first do not take what they saw for all there is.
    """

    def update(self, sample: Any, grad: Any, tune: bool) -> None:
        """Learn from a draw, which the sampler hands over as bare memory."""
        super().update(np.asarray(sample), grad, tune)


class _Momenta(QuadPotentialDiag):
    """PyMC's momenta for known spreads, of which each trajectory keeps a part."""

    last: FloatArray | None = None

    def set_rng(self, rng: Any) -> None:
        """Begin a chain: of momenta it has none to keep, least of all another chain's."""
        self.last = None
        super().set_rng(rng)

    def random(self) -> FloatArray:
        """Draw what is new of a momentum, and add what is kept."""
        fresh = super().random()
        if self.last is None:
            return fresh
        return _KEPT * self.last + np.sqrt(1 - _KEPT**2) * fresh

    def heed(self, momentum: FloatArray, accepted: bool) -> None:
        """Keep the momentum at the end; that of a trajectory which is refused turns round."""
        self.last = momentum if accepted else -momentum


class Trajectories(pm.HamiltonianMC):
    """PyMC's Hamiltonian sampler, with a length drawn for each trajectory."""

    path_length: float
    sides: Sides | None = None

    def astep(self, q0: Any) -> Any:
        """Make one trajectory; of one that runs away, the energy may overflow."""
        mean = self.path_length
        self.path_length = mean * self.rng.uniform(*_VARIED)
        try:
            with np.errstate(over="ignore", invalid="ignore"):
                return super().astep(q0)
        finally:
            self.path_length = mean

    def _hamiltonian_step(self, start: Any, p0: Any, step_size: float) -> Any:
        made = super()._hamiltonian_step(self._on_either_side(start, p0), p0, step_size)
        if isinstance(self.potential, _Momenta):
            self.potential.heed(np.asarray(made.end.p), made.stats["accepted"])
        return made

    def _on_either_side(self, start: Any, momentum: Any) -> Any:
        """Give the state to begin with: that on the other side, if it is likely enough."""
        over = self.sides.over(start.q.data) if self.sides else None
        if over is None:
            return start
        point, volume = over
        there = self.integrator.compute_state(start.q._replace(data=point), momentum)
        gained = there.model_logp - start.model_logp + volume
        return there if np.log(self.rng.uniform()) < gained else start


def near_zero(random: np.random.Generator, shape: tuple[int, ...]) -> FloatArray:
    """Give coordinates with which to begin where nothing better is known."""
    return random.uniform(-_NEAR, _NEAR, shape)


def stepping(
    begin: Callable[[], Density],
    size: int,
    *,
    accept: float | None = None,
    scale: FloatArray | None = None,
    length: float | None = None,
    sides: Sides | None = None,
) -> tuple[pm.Model, Trajectories]:
    """Give a density to PyMC: a model of the one vector ``point``, and the way it steps.

    Parameters
    ----------
    begin
        What begins a density of ``size`` coordinates with a memory of its own.
    size
        Of the vector.
    accept
        Mean acceptance for which the length of steps is tuned.
    scale
        Each coordinate's spread (coordinate,); learned while tuning, unless given.
    length
        Of steps, in spreads; tuned, unless given.
    sides
        Between which trajectories may change when they begin.
    """
    scales = (
        _Scales(
            size,
            np.zeros(size),
            np.full(size, _FIRST_SCALE**2),
            alpha=_FORGOTTEN,
            use_grads=True,
            discard_window=_DISCARDED,
        )
        if scale is None
        else _Momenta(scale**2)
    )
    with pm.Model() as model:
        point = pm.Flat("point", shape=size, initval=np.zeros(size))
        pm.Potential("density", _Density(begin)(point)[0])
        step = Trajectories(
            [point],
            path_length=_LENGTH_LEARNING if scale is None else _LENGTH,
            max_steps=_MOST_LEARNING if scale is None else _MOST_STEPS,
            target_accept=accept or ACCEPTED,
            potential=scales,
            step_scale=(length or _FIRST_STEP) * size**0.25,
            adapt_step_size=length is None,
            gamma=_DAMPED,
            k=_HEEDED,
            step_rand=None,
            compile_kwargs={"mode": _PLAIN},
        )
    step.sides = sides
    return model, step


def sample(
    program: Program,
    *,
    seed: int,
    draws: int,
    tune: int,
    chains: int,
    progress: bool = False,
    warm: WarmStart | None = None,
    sided: int | None = None,
    patience: int = 1,
) -> tuple[FloatArray, xr.Dataset]:
    """Sample a program's density.

    Chains first learn their scales each for itself; then all step in those of all their draws
    together, which differ from chain to chain no more, and from the truth less. Likewise each
    finds a length of its steps, and all draw with the mean of them.

    Parameters
    ----------
    program
        Of a log density of a vector of coordinates.
    seed, draws, tune, chains
        Of the sampler; draws and tune are per chain.
    progress
        Whether to show a progress bar.
    warm
        Where to start, if it is known. Chains then run in longer steps, and one by one unless it
        says otherwise, for many short runs share a machine.
    sided
        The coordinate whose sign tells on which of two sides of the posterior a point is, if it
        may have two (``sides``). Chains then start on both.
    patience
        How many times as long to draw, at the most, while chains do not agree; of all draws as
        many are kept, evenly.

    Returns
    -------
    FloatArray, xr.Dataset
        Draws (chain, draw, coordinate), and notes on each (chain, draw): ``diverging``,
        ``n_steps``, ``step_size``, ``acceptance_rate``. Attribute ``gradients`` counts those
        taken, tuning included, and ``rounds`` how many times as long chains went on.
    """
    size, random = program.variables, np.random.default_rng(seed)
    if warm is not None:
        knowing = stepping(program.density, size, accept=_WARM_ACCEPT, scale=warm.scale)
        starts = warm.points[random.integers(len(warm.points), size=chains)]
        return _run(knowing, starts, seed, draws, tune, warm.cores, progress)
    cores = os.process_cpu_count()
    alone = stepping(program.density, size)
    starts = near_zero(random, (chains, size))
    density = program.density()
    density(starts[0])  # compiled here, once, and not by every chain's process
    if sided is not None:
        starts = starts_on_both(density, starts, sided)
    if tune < _FEWEST:
        return _run(alone, starts, seed, draws, tune, cores, progress)
    learning, settling = round(_LEARNING * tune), round(_SETTLING * tune)
    found, learned = _run(
        alone, starts, seed, learning, tune - learning - settling, cores, progress
    )
    whole = found.reshape(-1, size)
    sides = None if sided is None else Sides.of(whole, sided)
    spreads = (whole if sided is None else within(whole, sided)).std(axis=0)
    scale = np.where(spreads > 0, spreads, _FIRST_SCALE)
    together = stepping(program.density, size, scale=scale, sides=sides)
    found, settled = _run(together, found[:, -1], seed + 1, chains, settling, cores, progress)
    length = float(np.exp(np.log(settled["step_size"][:, -1]).mean()))
    agreed = stepping(program.density, size, scale=scale, length=length, sides=sides)
    each = round((_EACH if sided is None else _EACH_OF_CROWDS) * draws)
    at, parts = found[:, -1], []
    drawn: list[xr.Dataset] = []
    points = found
    for turn in range(patience):
        found, notes = _run(agreed, at, seed + 2 + turn, each, 0, cores, progress)
        parts.append(found)
        drawn.append(notes)
        at = found[:, -1]
        points = np.concatenate(parts, axis=1)[:, _kept(each * len(parts), draws)]
        if turn + 1 == patience or agree(points):
            break
    notes = _noted(xr.concat(drawn, "draw"), draws)
    gradients = sum(each.attrs["gradients"] for each in (learned, settled, *drawn))
    notes.attrs = {"gradients": gradients, "rounds": len(parts)}
    return points, notes


def _kept(trajectories: int, draws: int) -> np.ndarray:
    """Tell at the end of which trajectories a draw is kept, as evenly as can be (draw,)."""
    return np.arange(1, draws + 1) * trajectories // draws - 1


def _noted(notes: xr.Dataset, draws: int) -> xr.Dataset:
    """Put together the notes on all trajectories that led from one kept draw to the next."""
    ends = _kept(notes.sizes["draw"], draws) + 1
    begins = np.append(0, ends[:-1])

    def summed(each: xr.DataArray) -> xr.DataArray:
        first = each.transpose("chain", "draw").isel(draw=begins)
        values = each.transpose("chain", "draw").values.astype(float)
        return first.copy(data=np.add.reduceat(values, begins, axis=1))

    total = notes.map(summed).assign_coords(draw=np.arange(draws))
    mean = total / (ends - begins)
    return mean.assign(n_steps=total["n_steps"].astype(int), diverging=total["diverging"] > 0)


def _run(
    stepped: tuple[pm.Model, Trajectories],
    starts: FloatArray,
    seed: int,
    draws: int,
    tune: int,
    cores: int | None,
    progress: bool,
) -> tuple[FloatArray, xr.Dataset]:
    model, step = stepped
    with model, _bar_on_stderr():
        sampled = pm.sample(
            draws,
            tune=tune,
            chains=len(starts),
            cores=cores,
            step=step,
            initvals=[{"point": start} for start in starts],
            random_seed=seed,
            progressbar=progress,
            compute_convergence_checks=False,
            discard_tuned_samples=False,
            compile_kwargs={"mode": _PLAIN},
        )
    points = sampled["posterior"]["point"].transpose("chain", "draw", ...).values
    if points.shape[:2] != (len(starts), draws):  # PyMC hands over what it has when interrupted
        raise KeyboardInterrupt
    stats = sampled["sample_stats"].to_dataset()
    notes = stats[["diverging", "n_steps"]].assign(
        acceptance_rate=stats["accept"], step_size=stats["step_size_bar"]
    )
    warming = sampled["warmup_sample_stats"]["n_steps"] if tune else np.zeros(1)
    notes.attrs = {"gradients": int(notes["n_steps"].sum() + warming.sum())}
    return points, notes


@contextlib.contextmanager
def _bar_on_stderr() -> Any:
    """Keep PyMC's bar out of what a command prints, and its sentences to itself."""
    logger = logging.getLogger("pymc")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with contextlib.redirect_stdout(sys.stderr):
            yield
    finally:
        logger.setLevel(level)
