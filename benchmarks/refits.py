"""Time reweightings and refits of a fitted panel, and how refits scale with processes.

Run with ``uv run python -m benchmarks.refits takeoff-report/posterior.nc``. Nothing is counted
before each process has refitted once: kernels are loaded from their cache then. A reweighting is
not a refit, and the two rates stand apart.
"""

import argparse
import time
from pathlib import Path

from joblib import Parallel, delayed

from takeoff.analysis.posterior import load_current
from takeoff.analysis.sensitivity.base import Base, base_of
from takeoff.analysis.sensitivity.changes import Change, possible
from takeoff.analysis.sensitivity.components import log_prior, top_level
from takeoff.analysis.sensitivity.grid import ordinary
from takeoff.analysis.sensitivity.refit import Job, Sampling, Start, refit, start_of
from takeoff.analysis.sensitivity.reweigh import reweighted
from takeoff.models.errors import InputError


def settings() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("posterior", type=Path)
    parser.add_argument("--refits", type=int, default=6, help="refits timed for each process")
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2])
    return parser.parse_args()


def main() -> None:
    """Print the rates."""
    given = settings()
    base = base_of(load_current(given.posterior))
    prior = log_prior(base.draws, base.panel)
    changes = ordinary(possible(base.judgments, top_level(base.panel)))
    begun = time.perf_counter()
    found = [reweighted(base, change, prior)[1].trusted for change in changes]
    rate = len(found) / (time.perf_counter() - begun)
    print(
        f"reweightings: {len(found)}, {sum(found)} of them trusted; {rate:.2f} a second, 1 process"
    )
    start = start_of(base)
    if start is None:
        raise InputError(f"{given.posterior}: saved without coordinates; fit it again")
    people = [change for change in changes if "without.expert" in dict(change.settings)]
    for workers in given.workers:
        count = given.refits * workers
        jobs = [job(base, people[row % len(people)], start, row) for row in range(count)]
        with Parallel(n_jobs=workers) as pool:
            pool(delayed(refit)(each) for each in jobs[:workers])
            begun = time.perf_counter()
            rows = pool(delayed(refit)(each) for each in jobs)
            seconds = time.perf_counter() - begun
        gradients = sum(row.gradients for row in rows) / count
        worst = max(row.rhat for row in rows)
        print(
            f"refits: {count} on {workers} processes, {60 * count / seconds:.1f} a minute; "
            f"{gradients:.0f} gradients each, largest R-hat {worst:.2f}",
            flush=True,
        )


def job(base: Base, change: Change, start: Start, seed: int) -> Job:
    return Job.of(base, change, start, Sampling(seed=seed + 1), float("nan"))


if __name__ == "__main__":
    main()
