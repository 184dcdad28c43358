"""Time reweightings and refits of a fitted panel, and how refits scale with processes.

Run with ``uv run python -m benchmarks.refits takeoff-report/posterior.nc``; about four minutes on
two idle processors. Nothing is counted before each process has refitted once: kernels are loaded
from their cache then. A reweighting is not a refit, and the two rates stand apart. Where other work
shares the machine a rate falls and the processor time of each does not, so both are printed, with
the load.
"""

import argparse
import os
import time
from pathlib import Path

from joblib import Parallel, delayed

from takeoff.analysis.posterior import load_current
from takeoff.analysis.sensitivity.base import Base, base_of
from takeoff.analysis.sensitivity.changes import Change, possible
from takeoff.analysis.sensitivity.components import log_prior, top_level
from takeoff.analysis.sensitivity.findings import Row
from takeoff.analysis.sensitivity.grid import ordinary
from takeoff.analysis.sensitivity.refit import Job, Sampling, Start, refit, start_of
from takeoff.analysis.sensitivity.reweigh import reweighted
from takeoff.models.errors import InputError


def settings() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("posterior", type=Path)
    parser.add_argument("--refits", type=int, default=2, help="refits timed for each process")
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2])
    return parser.parse_args()


def main() -> None:
    """Print the rates."""
    given = settings()
    print(f"load before: {load()} on {os.process_cpu_count()} processors")
    base = base_of(load_current(given.posterior))
    prior = log_prior(base.draws, base.panel)
    changes = ordinary(possible(base.judgments, top_level(base.panel)))
    begun, own = time.perf_counter(), time.process_time()
    found = [reweighted(base, change, prior)[1].trusted for change in changes]
    rate = len(found) / (time.perf_counter() - begun)
    print(
        f"reweightings: {len(found)} of {base.draws.sizes['chain'] * base.draws.sizes['draw']} "
        f"draws, {sum(found)} of them trusted; {rate:.2f} a second, 1 process, "
        f"{(time.process_time() - own) / len(found):.2f} s of a processor each; load {load()}",
        flush=True,
    )
    start = start_of(base)
    if start is None:
        raise InputError(f"{given.posterior}: saved without coordinates; fit it again")
    people = [change for change in changes if "without.expert" in dict(change.settings)]
    alone = 0.0
    for workers in given.workers:
        count = given.refits * workers
        jobs = [job(base, people[row % len(people)], start, row) for row in range(count)]
        with Parallel(n_jobs=workers) as pool:
            pool(delayed(timed)(each) for each in jobs[:workers])
            begun = time.perf_counter()
            timings = pool(delayed(timed)(each) for each in jobs)
            rate = count / (time.perf_counter() - begun)
        alone = alone or rate / workers
        rows, seconds = zip(*timings, strict=True)
        gradients = sum(row.gradients for row in rows) / count
        print(
            f"refits: {count} on {workers} process{'es' if workers > 1 else ''}, "
            f"{60 * rate:.1f} a minute, {rate / alone:.2f} times one process; "
            f"{gradients:.0f} gradients and {sum(seconds) / count:.1f} s of a processor each, "
            f"largest R-hat {max(row.rhat for row in rows):.2f}; load {load()}",
            flush=True,
        )


def job(base: Base, change: Change, start: Start, seed: int) -> Job:
    return Job.of(base, change, start, Sampling(seed=seed + 1), float("nan"))


def timed(job: Job) -> tuple[Row, float]:
    """Refit, and give the processor time that it took."""
    begun = time.process_time()
    return refit(job), time.process_time() - begun


def load() -> str:
    """Give how many processes wanted a processor in the last minute."""
    return f"{os.getloadavg()[0]:.1f}"


if __name__ == "__main__":
    main()
