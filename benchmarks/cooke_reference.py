"""Weights of Cooke's classical model by other software, for tests/analysis/anduryl_weights.json.

    python -m venv other && other/bin/pip install anduryl==1.2.2
    other/bin/python benchmarks/cooke_reference.py tests/analysis/anduryl_weights.json

Reads the quantiles and answers of the seed questions from the file, and writes what Anduryl 1.2.2
(TU Delft, GPL; only its results are kept here) makes of them beside. Its user interface is left
out, for which it would need Qt.
"""

import json
import sys
from pathlib import Path
from unittest.mock import MagicMock

import numpy as np

for _name in ("anduryl.ui", "anduryl.ui.dialogs", "anduryl.io.project", "PyQt5"):
    sys.modules[_name] = MagicMock()

LEVELS = [0.05, 0.5, 0.95]
OVERSHOOT = 0.1


def weights(quantiles: np.ndarray, answer: np.ndarray) -> dict[str, object]:
    from anduryl.core import calculate  # pyright: ignore[reportMissingImports]: see above
    from anduryl.core.main import Project  # pyright: ignore[reportMissingImports]

    experts, questions, levels = quantiles.shape
    project = Project()
    project.assessments.quantiles = LEVELS
    project.assessments.array = np.zeros((0, levels, questions))
    project.assessments.calculate_binprobs()
    items = project.items
    items.ids = [f"question {row}" for row in range(questions)]
    items.scales = ["uni"] * questions
    items.questions = items.units = [""] * questions
    items.realizations = answer.copy()
    items.bounds = items.overshoots = np.full((questions, 2), np.nan)
    items.use_quantiles = np.ones((questions, levels), bool)
    project.experts.info_per_var = np.zeros((0, questions))
    for row in range(experts):
        project.experts.add_expert(f"expert {row}", f"expert {row}", quantiles[row], "actual")
    project.experts.calculate_weights(overshoot=OVERSHOOT, alpha=None, calpower=1.0)
    found = {
        "calibration": project.experts.calibration.tolist(),
        "information": project.experts.info_real.tolist(),
    }
    maker, _, cutoff = calculate.decision_maker(
        project.experts, items, project.assessments, "global", OVERSHOOT, None, 1.0
    )
    return {**found, "cutoff": float(cutoff), "decision_maker": maker[:, 1:-1].tolist()}


if __name__ == "__main__":
    path = Path(sys.argv[1])
    seed = json.loads(path.read_text())
    given = np.array(seed["quantiles"]), np.array(seed["answer"])
    made = {"made_by": "benchmarks/cooke_reference.py with anduryl 1.2.2", **weights(*given)}
    lines = [
        f" {json.dumps(name)}: {json.dumps(value)}" for name, value in {**seed, **made}.items()
    ]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n")
