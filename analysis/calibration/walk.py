"""A walk that has the truth at a place of it drawn by chance, and is stationary throughout.

The truth of a simulated panel is itself one draw of the posterior of what the panel says. A kernel
that leaves this posterior as it is, and is reversible, carries the truth forth as well as back.
Give it m transitions back and M − m forth, m drawn evenly from 0, ..., M: the M + 1 places are then
a stretch of a stationary chain, of which each might have been the truth. So the truth's rank among
them is *exactly* uniform (Gandy and Scott 2020, arXiv:2001.06465), without tuning, burn-in or
convergence. Draws that hang together cost power only: with all alike the rank is a random number.

The kernel is Hamiltonian: momenta drawn afresh, as many leapfrog steps of such a length as were
drawn beforehand, and Metropolis's rule. Step and scale are what the sampler that fits panels finds
in a short warm-up on the same answers. It starts from no truth and need not have converged, for the
kernel may depend on the answers in whatever way.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from takeoff.analysis.sampler import near_zero, stepping
from takeoff.models.program import Density
from takeoff.models.special import FloatArray

__all__ = ["Kernel", "accepts", "level_of", "tuned", "walk_through"]

_STEPS = (8, 40)
"""Leapfrog steps of a transition: at least, and fewer than."""
_JITTER = (0.3, 1.1)
"""Length of steps, in that which was found. Steps of one length may go round in circles."""
_FARTHEST = 1e3
"""A coordinate beyond which no transition goes: what runs away need not be worked out."""
_ACCEPT = 0.8


@dataclass(frozen=True)
class Kernel:
    """How far a walk steps.

    Attributes
    ----------
    step
        In units of the scale.
    scale
        Of each coordinate (coordinate,).
    """

    step: float
    scale: FloatArray


class _Point(NamedTuple):
    place: FloatArray
    value: float
    gradient: FloatArray


def tuned(density: Density, size: int, tune: int, seed: int) -> Kernel:
    """Find a kernel in a warm-up of the sampler that starts near the origin.

    Parameters
    ----------
    density
        Of ``size`` coordinates.
    tune
        Draws of the warm-up.
    seed
        Of the sampler.
    """
    model, step = stepping(lambda: density, size, accept=_ACCEPT)
    step.setup_chain(np.random.default_rng(seed), tune, 0)
    here = {"point": near_zero(np.random.default_rng([seed, 1]), (size,))}
    with model:
        for _ in range(tune):
            here, _ = step.step(here)
        step.stop_tuning()
    length = float(step.step_adapt.current(tune=False))
    return Kernel(length, np.sqrt(step.potential.velocity(np.ones(size))))


def walk_through(
    density: Density,
    truth: FloatArray,
    kernel: Kernel,
    transitions: int,
    random: np.random.Generator,
) -> tuple[FloatArray, int]:
    """Walk back and forth from the truth: (place, coordinate), and the truth's own place."""
    back = int(random.integers(transitions + 1))
    before = _walk(density, truth, kernel, back, random)
    after = _walk(density, truth, kernel, transitions - back, random)
    return np.concatenate([before[::-1], truth[None], after]), back


def level_of(values: FloatArray, place: int, random: np.random.Generator) -> float:
    """Give the share below the truth, and a random share of all that tie with it, itself included.

    >>> 0.25 <= level_of(np.array([1.0, 3.0, 3.0, 5.0]), 1, np.random.default_rng(1)) <= 0.75
    True
    """
    truth = values[place]
    below, tied = (values < truth).sum(), (values == truth).sum()
    return float((below + random.uniform() * tied) / len(values))


def accepts(change: float, random: np.random.Generator) -> bool:
    """Apply Metropolis's rule to a change in the joint log density of place and momenta."""
    return bool(np.log(random.uniform()) < change)


def _walk(
    density: Density, start: FloatArray, kernel: Kernel, count: int, random: np.random.Generator
) -> FloatArray:
    here = _Point(start, *density(start))
    places = np.empty((count, len(start)))
    for row in range(count):
        here = _transition(density, here, kernel, random)
        places[row] = here.place
    return places


def _transition(
    density: Density, here: _Point, kernel: Kernel, random: np.random.Generator
) -> _Point:
    steps, length = int(random.integers(*_STEPS)), kernel.step * random.uniform(*_JITTER)
    momenta = random.normal(size=len(here.place))
    begun, there = here.value - 0.5 * momenta @ momenta, here
    for _ in range(steps):
        momenta = momenta + 0.5 * length * kernel.scale * there.gradient
        place = there.place + length * kernel.scale * momenta
        # The same on the way back: where a path may not pass does not depend on where it began.
        if not np.abs(place).max() < _FARTHEST:
            return here
        there = _Point(place, *density(place))
        if not np.isfinite(there.value):
            return here
        momenta = momenta + 0.5 * length * kernel.scale * there.gradient
    change = float(there.value - 0.5 * momenta @ momenta - begun)
    return there if accepts(change, random) else here
