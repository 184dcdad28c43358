"""Compare the sampler of the default panel with NUTS, by independent draws for each gradient.

Run with ``uv run python -m benchmarks.sampler``; it takes two minutes.

Both are PyMC's, start at the same points, know the same scales, tune the length of their steps to
the same acceptance, and run chains side by side in as many processes as there are processors.
"""

import os
import time
from collections.abc import Callable

import numpy as np
import pymc as pm
import xarray as xr
from arviz_stats.sampling_diagnostics import ess
from pymc.step_methods.hmc.quadpotential import QuadPotentialDiag

from takeoff.analysis.sampler import ACCEPTED, sample, stepping
from takeoff.data import join, load_study
from takeoff.models.evaluate import INTERPRETED
from takeoff.models.panel import panel_model
from takeoff.models.priors import prior_set
from takeoff.models.program import Density
from takeoff.models.special import FloatArray

STUDIES = ("fri_2023", "authors")
CHAINS = 4
DRAWS, TUNE = 500, 300
SETTLING = 90
DEEPEST = 7


def nuts(
    begin: Callable[[], Density], starts: FloatArray, scale: FloatArray
) -> tuple[FloatArray, int]:
    """Draw with NUTS; give the draws (chain, draw, coordinate) and their gradients."""
    model, _ = stepping(begin, len(scale), scale=scale)
    with model:
        step = pm.NUTS(
            potential=QuadPotentialDiag(scale**2),
            target_accept=ACCEPTED,
            max_treedepth=DEEPEST,
            compile_kwargs={"mode": INTERPRETED},
        )
        drawn = pm.sample(
            DRAWS,
            tune=SETTLING,
            chains=CHAINS,
            cores=os.process_cpu_count(),
            step=step,
            initvals=[{"point": start} for start in starts],
            random_seed=1,
            progressbar=False,
            compute_convergence_checks=False,
            compile_kwargs={"mode": INTERPRETED},
        )
    return drawn["posterior"]["point"].values, int(drawn["sample_stats"]["n_steps"].sum())


def worth(points: FloatArray) -> tuple[float, float, float]:
    """Give effective sample sizes: the slowest tenth's mean, and the medians bulk and tail."""
    drawn = xr.Dataset({"point": (("chain", "draw", "coordinate"), points)})
    bulk = np.sort(ess(drawn, method="bulk")["point"].values)
    tail = np.sort(ess(drawn, method="tail")["point"].values)
    slow = max(1, len(bulk) // 10)
    return float(bulk[:slow].mean()), float(np.median(bulk)), float(np.median(tail))


def main() -> None:
    """Print independent draws for a thousand gradients."""
    panel = panel_model(join([load_study(each) for each in STUDIES]), prior_set("neutral"))
    program = panel.coordinates().program()
    begun = time.perf_counter()
    points, notes = sample(program, seed=1, draws=DRAWS, tune=TUNE, chains=CHAINS)
    seconds = time.perf_counter() - begun
    total = notes.attrs["gradients"]
    print(
        f"{CHAINS} chains of {TUNE} + {DRAWS}: {seconds:.0f} s, {total:,} gradients, "
        f"{seconds / total * os.process_cpu_count() * 1e6:.0f} us each of one processor"
    )
    scale = points.reshape(-1, points.shape[-1]).std(axis=0)
    rival, gradients = nuts(program.density, points[:, -1], scale)
    steps = int(notes["n_steps"].sum())
    ours, theirs = (
        [1000 * each / count for each in worth(drawn)]
        for drawn, count in ((points, steps), (rival, gradients))
    )
    ratios = [one / other for one, other in zip(ours, theirs, strict=True)]
    print("\nindependent draws for 1,000 gradients: slowest tenth, median, median of tails")
    for name, row in {"trajectories": ours, "NUTS": theirs, "ratio": ratios}.items():
        print(f"  {name:12}" + "".join(f"{each:8.2f}" for each in row))
    per_draw = CHAINS * DRAWS
    print(f"gradients of a draw: {steps / per_draw:.0f}, with NUTS {gradients / per_draw:.0f}")


if __name__ == "__main__":
    main()
