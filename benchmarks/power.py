"""What a further panel would teach: of the questionnaire, by number of experts.

    uv run python -m benchmarks.power POSTERIOR [draws]

Prints the parameters of which the most would be learned beyond what the posterior knows.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np

from takeoff.analysis.posterior import load
from takeoff.analysis.power import power
from takeoff.analysis.questions_form import QUESTIONS
from takeoff.models.priors import prior_set

EXPERTS = (3, 10, 30)
SHOWN = 12


def main(path: Path, draws: int) -> None:
    tree = load(path)
    posterior = tree["posterior"].to_dataset()
    every = max(1, posterior.sizes["chain"] * posterior.sizes["draw"] // draws)
    began = time.perf_counter()
    found = power(
        posterior.isel(draw=slice(None, None, every)),
        {each.name: each for each in QUESTIONS},
        json.loads(tree.attrs["camp_weights"]),
        prior_set(str(tree.attrs["prior_set"])),
        experts=EXPERTS,
        seed=1,
    )
    order = np.argsort(-found["removed"].isel(experts=-1).values)[:SHOWN]
    print(f"{len(QUESTIONS)} questions; share of the variance removed, by experts asked")
    print(f"{'':22}" + "".join(f"{number:>16}" for number in EXPERTS))
    for name in found["parameter"].values[order]:
        own = found.sel(parameter=name)
        cells = zip(own["removed"].values, own["error"].values, strict=True)
        print(f"{name:22}" + "".join(f"{share:9.2f} ± {error:.2f} " for share, error in cells))
    print(f"{time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 2000)
