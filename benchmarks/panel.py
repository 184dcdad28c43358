"""Time a gradient of the default panel's log density against its bare special functions.

Run with ``uv run python -m benchmarks.panel``.

All experts share a grid (``models/shared.py``). In each of its contexts the mathematics needs two
normal tails, each with its density (one erfc, one exp), for every kind of later project, and one
or two for the first; one renewal loss (expm1) of each further draw for every inspector; and the
exponentials and logarithms of placement, resources and reading the grid. They are counted at the
points at which the gradient is timed, for forward and reverse together (the way back needs the
same values and no others), and that many calls of libm are timed in a compiled loop. Priors and
the likelihood of answers are left out of the count, though not of the time.
"""

import numpy as np
import pytensor
from pytensor.compile.mode import Mode
from pytensor.graph.traversal import ancestors

from benchmarks.timing import bare, seconds
from takeoff.data import join, load_study
from takeoff.models.layout import DETECTION_SPREAD, DOUBT, KINDS, MARGIN
from takeoff.models.nodes import grid_difficulty, grid_nodes
from takeoff.models.panel import panel_model
from takeoff.models.priors import prior_set
from takeoff.models.shared import grid_points
from takeoff.models.thresholds import rung

STUDIES = ("fri_2023", "authors")
POINTS = 8
PROJECTS = 5


def calls(common: np.ndarray, margin: np.ndarray) -> tuple[int, int, int, int]:
    """Count erfc, exp, expm1 and log in one evaluation with its gradient."""
    ladder, nodes = grid_difficulty(), grid_nodes()
    difficulty = rung(common[DOUBT], ladder.points, ladder.rungs)
    points = grid_points(margin + common[MARGIN], common[DOUBT], difficulty)
    aligned = points * nodes.aligned.shape[1]
    outer = aligned + points * (nodes.misaligned.shape[1] + nodes.absent.shape[1])
    spread = common[DETECTION_SPREAD]
    inspectors = rung(spread, nodes.inspector.points, nodes.inspector.rungs).shape[1]
    tails = outer + aligned + 2 * KINDS * outer
    sets = 2**PROJECTS
    reading = points + len(margin) * difficulty.shape[1]
    return (
        tails + 2 * points,
        tails + outer + inspectors + 2 * sets + PROJECTS + reading,
        (aligned + KINDS * outer) * inspectors,
        2 * sets,
    )


def main() -> None:
    """Print the timings."""
    panel = panel_model(join([load_study(each) for each in STUDIES]), prior_set("neutral"))
    coordinates = panel.coordinates()
    model, gradient = coordinates.model, coordinates.program().density()
    density = model.replace_rvs_by_values(model.potentials)
    # Before rewriting the step stands there more than once, on the same worlds.
    shared = next(
        each.owner
        for each in ancestors(density)
        if each.owner is not None and getattr(each.owner.op, "kind", None) == "share"
    )
    numbers = pytensor.function(
        model.value_vars,
        shared.inputs[:2],
        mode=Mode(linker="py", optimizer="fast_compile"),
        on_unused_input="ignore",
    )
    start, random = model.initial_point(), np.random.default_rng(1)
    points = np.random.default_rng(3).standard_normal(1024)
    times, alone, counts = [], [], []
    for _ in range(POINTS):
        here = {name: value + random.normal(0, 0.7, value.shape) for name, value in start.items()}
        flat = np.concatenate([np.ravel(value) for value in here.values()])
        times.append(seconds(lambda flat=flat: gradient(flat)))
        counts.append(calls(*numbers(*(here[each.name] for each in model.value_vars))))
        alone.append(seconds(lambda: bare(points, *counts[-1])))
    ratio = np.array(times) / np.array(alone)
    erfc, exp, expm1, log = np.mean(counts, axis=0).round().astype(int)
    print(f"default panel, {POINTS} points, one thread, mean (least to most)")
    print(f"  gradient of the log density     {1e6 * np.mean(times):8.0f} µs")
    print(f"  calls: {erfc} erfc, {exp} exp, {expm1} expm1, {log} log")
    print(f"  these alone, from libm          {1e6 * np.mean(alone):8.0f} µs")
    spread = f"({ratio.min():.2f} to {ratio.max():.2f})"
    print(f"  gradient / alone                {ratio.mean():8.2f} {spread}")


if __name__ == "__main__":
    main()
