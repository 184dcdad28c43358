"""Outcomes of worlds worked out beforehand.

``reference_worlds.json`` was made by the project's founders before this code: outcomes worked out
with the closed form of DESIGN 1.5 and many nodes, and checked by brute force. They are right to
1e-6 absolute; conditional outcomes whose condition hardly ever happens are left out.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from takeoff.models.evaluate import evaluate
from takeoff.models.scenario import Scenario

REFERENCE = json.loads((Path(__file__).parent / "reference_worlds.json").read_text("utf-8"))


@pytest.mark.parametrize("reference", REFERENCE, ids=range(len(REFERENCE)))
def test_report_matches_the_reference_worlds(reference: dict[str, Any]) -> None:
    given = dict(reference["parameters"])
    given["independent"] = 1 - given["copied"] - given["replicated"]
    outcomes = evaluate(given, Scenario.from_mapping(reference["scenario"]))
    found = {name: float(value) for name, value in outcomes.items()}
    expected = reference["outcomes"]
    # 1e-6 for the reference, and as much for the nodes.
    assert {name: found[str(name)] for name in expected} == pytest.approx(expected, abs=2e-6, rel=0)
