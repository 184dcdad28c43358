"""Recover panels simulated from the prior, and print coverage and whether ranks are uniform.

Run with ``uv run python -m benchmarks.recovery --panels 100``: the default studies' design with
all experts, or ``--members 4`` of each camp. Each panel's line comes as soon as it is fitted.

Ranks within a panel depend on one another, so standard errors are those of a mean over panels, and
the tests of uniformity take one rank a panel: Kolmogorov and Smirnov's for each quantity, and a
chi-square in five bins for the log likelihood.
"""

import argparse

import numpy as np
from scipy import stats

from takeoff.analysis.recovery import Recovery, covered, recoveries
from takeoff.analysis.simulation import reduced
from takeoff.data import join, load_study
from takeoff.models.priors import prior_set

STUDIES = ("fri_2023", "authors")
BINS = 5


def settings() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--panels", type=int, default=20)
    parser.add_argument("--members", type=int, default=100, help="experts of each camp at most")
    parser.add_argument("--draws", type=int, default=500)
    parser.add_argument("--tune", type=int, default=400)
    parser.add_argument("--chains", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def mean(shares: np.ndarray) -> str:
    """Write a mean over panels, with its standard error."""
    error = shares.std(ddof=1) / np.sqrt(len(shares)) if len(shares) > 1 else np.nan
    return f"{shares.mean():.3f} ± {error:.3f}"


def summary(found: list[Recovery]) -> None:
    """Print coverage by quantity and the tests of ranks."""
    names = list(found[0].ranks)
    hits = np.array([[covered(each)[name] for name in names] for each in found], float)
    # Between two ranks, so that they are uniform on the unit interval but for steps of 1 per cent.
    ranks = np.array([[each.ranks[name] for name in names] for each in found])
    levels = (ranks + 0.5) / (found[0].draws + 1)
    kinds = np.array([name.split("/")[0] for name in names])
    print(f"coverage of 90 per cent intervals, {len(found)} panels, {len(names)} quantities each")
    for kind in dict.fromkeys(kinds):
        own = hits[:, kinds == kind]
        print(f"  {kind:32s} {mean(own.mean(axis=1))}  {own.sum():.0f} of {own.size}")
    print(f"  {'all':32s} {mean(hits.mean(axis=1))}  {hits.sum():.0f} of {hits.size}")
    print("pooled ranks by tenths (0.1 each if uniform)")
    for tenth in range(10):
        print(f"  {tenth / 10:.1f} {mean((np.floor(levels * 10) == tenth).mean(axis=1))}")
    chances = np.array([stats.kstest(each, "uniform").pvalue for each in levels.T])
    least = int(chances.argmin())
    corrected = min(1.0, float(chances[least] * len(names)))
    print(f"Kolmogorov–Smirnov, least p of all: {names[least]}, {corrected:.3f} after Bonferroni")
    own = levels[:, names.index("log_likelihood")]
    counts = np.histogram(own, BINS, (0, 1))[0]
    print(f"log likelihood: counts {counts}, chi-square p {stats.chisquare(counts).pvalue:.3f}")
    print(f"divergences {[each.divergences for each in found]}")
    print(f"largest R-hat {[round(each.rhat, 3) for each in found]}")


def main() -> None:
    """Recover panels one by one."""
    given = settings()
    design = reduced(join([load_study(each) for each in STUDIES]), given.members)
    found: list[Recovery] = []
    options = {name: getattr(given, name) for name in ("panels", "draws", "tune", "chains", "seed")}
    for each in recoveries(design, prior_set("neutral"), **options):
        found.append(each)
        share = np.mean(list(covered(each).values()))
        rank = each.ranks["log_likelihood"]
        print(
            f"panel {len(found)}: covers {share:.3f}, log likelihood ranks {rank}, "
            f"{each.divergences} divergences, R-hat {each.rhat:.3f}",
            flush=True,
        )
    summary(found)


if __name__ == "__main__":
    main()
