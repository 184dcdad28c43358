"""Simulate panels from the prior, and print coverage and whether the truth's ranks are uniform.

Run with ``uv run python -m benchmarks.recovery --panels 500``: the default studies' design with
all experts, or ``--members 2`` of each camp. Each panel's line comes as soon as it is done, and
``--figure ranks.png`` draws the ranks. The draws among which a truth is ranked hang together: as
how many independent ones they count, for the median quantity and for the 5 per cent that move
least, is printed, for with next to none a rank is nearly a random number and shows nothing.

With ``--fitted`` each panel is fitted from scratch by the sampler that fits real ones, which takes
minutes a panel.

Ranks within a panel depend on one another, so standard errors are those of a mean over panels, and
Kolmogorov and Smirnov's test is of each quantity, with Bonferroni's correction.
"""

import argparse
import logging
import time
from collections.abc import Iterator, Mapping

import numpy as np

from takeoff.analysis.calibration import Calibration, by_kind, gathered, ranked_panels
from takeoff.analysis.calibration.panels import LIKELIHOOD, covered
from takeoff.analysis.figures.calibration import calibration_figure
from takeoff.analysis.recovery import recoveries
from takeoff.analysis.simulation import reduced
from takeoff.data import join, load_study
from takeoff.models.priors import prior_set
from takeoff.models.questions import Judgments

STUDIES = ("fri_2023", "authors")


def settings() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--panels", type=int, default=20)
    parser.add_argument("--members", type=int, default=100, help="experts of each camp at most")
    parser.add_argument("--transitions", type=int, default=60, help="of a walk from the truth")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--figure", help="file to draw the ranks to")
    parser.add_argument("--fitted", action="store_true", help="fit each panel from scratch")
    parser.add_argument("--draws", type=int, default=500, help="of a chain of such a fit")
    parser.add_argument("--tune", type=int, default=400)
    parser.add_argument("--chains", type=int, default=2)
    return parser.parse_args()


def ranked(
    design: Judgments, given: argparse.Namespace
) -> Iterator[tuple[Mapping[str, float], float, str]]:
    """Give each panel's levels, the worth of the draws, and what else there is to say."""
    chosen, common = prior_set("neutral"), {"panels": given.panels, "seed": given.seed}
    if given.fitted:
        options = {name: getattr(given, name) for name in ("draws", "tune", "chains")}
        for one in recoveries(design, chosen, **common, **options):
            note = f"{one.divergences} divergences, R-hat {one.rhat:.3f}"
            yield one.levels, float(one.draws), note
        return
    for each in ranked_panels(design, chosen, **common, transitions=given.transitions):
        fewest, median = np.percentile(each.effective, (5, 50))
        note = f"worth {median:.0f} draws ({fewest:.0f}), moved {each.moved:.2f}"
        yield each.levels, float(median), note


def mean(shares: np.ndarray) -> str:
    """Write a mean over panels, with its standard error."""
    error = shares.std(ddof=1) / np.sqrt(len(shares)) if len(shares) > 1 else np.nan
    return f"{shares.mean():.3f} ± {error:.3f}"


def summary(found: Calibration) -> None:
    """Print, by kind of quantity, coverage and the least p."""
    panels, quantities = len(found.worth), len(found.ranks)
    print(f"{panels} panels, {quantities} quantities each, {found.worth.mean():.0f} draws' worth")
    print(f"{'kind':28s} {'covered by 90 per cent':24s} {'least p':>8s} of")
    for kind, own in {**by_kind(found), "all": found}.items():
        hits = covered(np.array(list(own.ranks.values())))
        name, chance = own.least()
        print(f"{kind:28s} {mean(hits.mean(axis=0)):24s} {chance:8.3f} {name}")


def main() -> None:
    """Rank panels one by one."""
    given = settings()
    logging.getLogger("pymc").setLevel(logging.ERROR)
    design = reduced(join([load_study(each) for each in STUDIES]), given.members)
    levels: list[Mapping[str, float]] = []
    worth: list[float] = []
    begin = before = time.perf_counter()
    for own, draws, note in ranked(design, given):
        levels.append(own)
        worth.append(draws)
        share, now = covered(np.array(list(own.values()))).mean(), time.perf_counter()
        print(
            f"panel {len(levels)}: covers {share:.3f}, log likelihood at {own[LIKELIHOOD]:.3f}, "
            f"{note}, {now - before:.1f} s",
            flush=True,
        )
        before = now
    found = gathered(levels, worth)
    print(f"{before - begin:.0f} s")
    summary(found)
    if given.figure:
        calibration_figure(by_kind(found)).savefig(given.figure, dpi=150)


if __name__ == "__main__":
    main()
