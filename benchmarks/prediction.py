"""How a fit predicts surveys that it never saw.

Run ``uv run python -m benchmarks.prediction POSTERIOR STUDY ...`` with a posterior that was fitted
to other studies (``takeoff fit fri_2023``).
"""

import argparse
import json
from pathlib import Path

from takeoff.analysis.posterior import load
from takeoff.analysis.prediction import predict
from takeoff.data import load_study
from takeoff.models.errors import InputError


def main() -> None:
    parser = argparse.ArgumentParser(description="Predict surveys before seeing them.")
    parser.add_argument("posterior", type=Path)
    parser.add_argument("study", nargs="+")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    tree = load(arguments.posterior)
    fitted = {each["name"] for each in json.loads(tree.attrs["studies"])}
    for name in arguments.study:
        study = load_study(name)
        if study.name in fitted:
            raise InputError(f"{name} is among the studies that were fitted; predict another")
        print(f"\n{study.title}")
        for sentence in json.loads(predict(tree, study, seed=arguments.seed).attrs["summary"]):
            print(f"  {sentence}")


if __name__ == "__main__":
    main()
