"""Time the playing out of histories, and the reading of outcomes off them.

Run with ``uv run python -m benchmarks.playout``. Two million histories a second on two cores are
asked for at five projects.
"""

import os
import time

from benchmarks.timing import seconds
from takeoff.models.estimates import estimates
from takeoff.models.playout import play_out
from takeoff.models.priors import draw_prior, prior_set
from takeoff.models.scenario import Scenario

WORLDS = 200
HISTORIES = 10_000


def main() -> None:
    """Print the timings, in millions of histories a second."""
    worlds = draw_prior(prior_set("neutral"), WORLDS, seed=1)
    total = WORLDS * HISTORIES / 1e6
    processors = os.cpu_count() or 1
    for projects in (1, 5, 8):
        scenario = Scenario(projects=projects)
        rates = {
            threads: total
            / seconds(lambda s=scenario, t=threads: play_out(worlds, s, HISTORIES, 1, t), 5)
            for threads in (1, processors)
        }
        start = time.process_time()
        told = play_out(worlds, scenario, HISTORIES, 1)
        busy = (time.process_time() - start) / total  # what others on the machine do not change
        reading = total / seconds(lambda t=told: estimates(t), 3)
        played = ", ".join(f"{rate:.2f} on {threads}" for threads, rate in rates.items())
        print(
            f"{projects} projects: {played} threads, {busy:.2f} µs of processor a "
            f"history; all outcomes read {reading:.2f}"
        )


if __name__ == "__main__":
    main()
