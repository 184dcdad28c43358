"""Time the integral over histories, and what its special functions alone would take.

Run with ``uv run python -m benchmarks.integral``.

The mathematics of one world needs, in each context of the integral (a node of the first system
times one of difficulty), two normal tails for the first project and two for each kind of later
project in each group, each with its density (one erfc, one exp); one renewal loss (expm1) of
each of them for every inspector; and the exponentials and logarithms of resources, forces and
placement. They are counted from the nodes, for forward and reverse together (the reverse pass
needs the same values and no others), and that many calls of libm are timed in a compiled loop.
"""

import time

import numpy as np
import pytensor.tensor as pt
from pytensor.compile.maker import function as graph_function
from pytensor.compile.mode import Mode
from pytensor.graph.traversal import ancestors

from benchmarks.timing import bare, seconds
from takeoff.models.evaluate import evaluate
from takeoff.models.integral import integrate, integrate_reverse, table_width
from takeoff.models.joint import tallies
from takeoff.models.layout import DETECTION_SPREAD, DOUBT, KINDS
from takeoff.models.nodes import Nodes, nodes
from takeoff.models.parameters import PARAMETER_NAMES
from takeoff.models.priors import draw_prior, prior_set
from takeoff.models.rule import rule_of
from takeoff.models.scenario import Scenario
from takeoff.models.thresholds import rung
from takeoff.models.world import world

WORLDS = 22
PROJECTS = 5
REPORTED = 20_000


def numbers_of(draws: int) -> np.ndarray:
    """Give what the integral reads of prior worlds: (world, number)."""
    vectors = {name: pt.vector(name) for name in PARAMETER_NAMES}
    table = world(vectors, Scenario(projects=PROJECTS), "fit").histories.table
    (numbers,) = (
        each.owner.inputs[0]
        for each in ancestors([table])
        if each.owner is not None and type(each.owner.op).__name__ == "_Integral"
    )
    values = draw_prior(prior_set("neutral"), draws, seed=1)
    function = graph_function(
        list(vectors.values()),
        numbers,
        mode=Mode(linker="py", optimizer="fast_compile"),
        on_unused_input="ignore",
    )
    return np.ascontiguousarray(function(*(values[name] for name in vectors)))


def calls(rule: Nodes, world: np.ndarray, projects: int, groups: int) -> dict[str, int]:
    """Count the special functions that one world needs, forward and reverse together."""
    aligned, misaligned, absent = (
        each.shape[1] for each in (rule.aligned, rule.misaligned, rule.absent)
    )
    difficulty = rung(world[DOUBT], rule.difficulty.points, rule.difficulty.rungs).shape[1]
    spread = world[DETECTION_SPREAD]
    inspectors = rung(spread, rule.inspector.points, rule.inspector.rungs).shape[1]
    outer = aligned + misaligned + absent
    contexts = outer * difficulty
    # The first project's further draws matter where it fielded an aligned system.
    tails = contexts + aligned * difficulty + 2 * groups * KINDS * contexts
    losses = (aligned * difficulty + groups * KINDS * contexts) * inspectors
    sets = 2**projects
    return {
        # A side's probability: three, since the two sides of the absent branch are the others'.
        "erfc": tails + 2,
        # Densities, placement, detections; resources and forces of every set of projects.
        "exp": tails + outer + inspectors + 2 * sets + projects,
        "expm1": losses,
        # Resources of every set, and its defence.
        "log": 2 * sets,
    }


def main() -> None:
    """Print the timings."""
    worlds = numbers_of(WORLDS)
    tables = tallies((0,) * (PROJECTS - 1))
    rule = nodes("fit")
    fixed = rule_of(tables, rule)
    weights = np.random.default_rng(2).standard_normal((WORLDS, table_width(tables)))
    forward = seconds(lambda: integrate(worlds, *fixed)) / WORLDS
    reverse = seconds(lambda: integrate_reverse(worlds, weights, *fixed)) / WORLDS

    each = [calls(rule, world, PROJECTS, groups=1) for world in worlds]
    count = {name: round(np.mean([one[name] for one in each])) for name in each[0]}
    points = np.random.default_rng(3).standard_normal(1024)
    needed = (count["erfc"], count["exp"], count["expm1"], count["log"])
    alone = seconds(lambda: bare(points, *(WORLDS * each for each in needed))) / WORLDS

    print(f"{WORLDS} worlds of {PROJECTS} projects, precision fit, one thread, times a world")
    print(f"  forward                    {1e6 * forward:8.1f} µs")
    print(f"  reverse (forward included) {1e6 * reverse:8.1f} µs")
    print("  special functions needed   " + ", ".join(f"{n} {name}" for name, n in count.items()))
    print(f"  these alone, from libm     {1e6 * alone:8.1f} µs")
    print(f"  forward / alone            {forward / alone:8.2f}")
    print(f"  reverse / alone            {reverse / alone:8.2f}")
    print(f"  (forward + reverse) / alone{(forward + reverse) / alone:8.2f}")

    values = draw_prior(prior_set("neutral"), REPORTED, seed=4)
    scenario = Scenario(projects=PROJECTS)
    evaluate({name: value[:2] for name, value in values.items()}, scenario)
    start = time.perf_counter()
    outcomes = evaluate(values, scenario)
    taken = time.perf_counter() - start
    print(f"{REPORTED} worlds, {len(outcomes)} outcomes, precision report: {taken:.2f} s")


if __name__ == "__main__":
    main()
