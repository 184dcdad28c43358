"""Simulate experts who answer in each kind, and print whether the truth's ranks are uniform.

Run with ``uv run python -m benchmarks.calibration --experts 500 --draws 10000``; each kind's line
comes as soon as it is done, and ``--figure calibration.png`` draws the ranks. The draws are worth
fewer once they are weighted by what an expert said: with next to none besides the truth, a rank is
nearly a random number and shows nothing, so that count is printed for the 5 per cent of experts
with the fewest and for the median one.
"""

import argparse
import logging
import time

import numpy as np

from takeoff.analysis.calibration import (
    KINDS_OF_ANSWER,
    Calibration,
    calibrated,
    people_of_prior,
)
from takeoff.analysis.figures.calibration import calibration_figure
from takeoff.models.priors import prior_set


def settings() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--experts", type=int, default=500)
    parser.add_argument("--draws", type=int, default=10_000, help="among which truths are ranked")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kinds", nargs="*", choices=list(KINDS_OF_ANSWER), metavar="KIND")
    parser.add_argument("--figure", help="file to draw the ranks to")
    return parser.parse_args()


def main() -> None:
    """Calibrate kind by kind."""
    given = settings()
    logging.getLogger("pymc").setLevel(logging.ERROR)
    begin = time.perf_counter()
    people = people_of_prior(
        prior_set("neutral"), people=given.experts, draws=given.draws, seed=given.seed
    )
    print(
        f"{given.experts} experts, {given.draws} draws of the prior: "
        f"{time.perf_counter() - begin:.0f} s\n"
        f"{'kind':30s} {'quantities':>10s} {'least p':>8s} {'of':36s} "
        f"{'worth 5 %':>10s} {'median':>8s} {'s':>5s}",
        flush=True,
    )
    found: dict[str, Calibration] = {}
    for name in given.kinds or KINDS_OF_ANSWER:
        begin = time.perf_counter()
        each = found[name] = calibrated(people, KINDS_OF_ANSWER[name], given.seed)
        quantity, chance = each.least()
        fewest, median = np.percentile(each.worth, (5, 50))
        print(
            f"{name:30s} {len(each.ranks):10d} {chance:8.3f} {quantity:36s} "
            f"{fewest:10.0f} {median:8.0f} {time.perf_counter() - begin:5.0f}",
            flush=True,
        )
    if given.figure:
        calibration_figure(found).savefig(given.figure, dpi=150)


if __name__ == "__main__":
    main()
