"""How long chains went on is said, and only where they did."""

import pytest

from takeoff.analysis.diagnostics import diagnose
from takeoff.analysis.sentences import about_convergence
from tests.analysis.synthetic import synthetic_tree


@pytest.mark.parametrize(("rounds", "said"), [(1, False), (3, True)])
def test_the_report_says_that_chains_went_on(rounds: int, said: bool) -> None:
    tree = synthetic_tree()
    tree["sample_stats"].attrs["rounds"] = rounds
    found = diagnose(tree)
    assert found.rounds == rounds
    assert ("these are kept of 3 times as many" in " ".join(about_convergence(found))) == said
