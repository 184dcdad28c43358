"""Worlds to test on."""

import pytest

from takeoff.models.priors import prior_medians, prior_set


@pytest.fixture
def plain() -> dict[str, float]:
    """A world at the prior medians without inspection, racing, help or doubt.

    Candidates are all that is left: tests add back the one mechanism that they are about.
    """
    return prior_medians(
        prior_set("neutral"),
        {
            "margin": 0.3,
            "doubt": 0.0,
            "race": 0.0,
            "haste": 0.0,
            "uplift": 0.0,
            "spillover": 0.0,
            "detection": 0.0,
            "false_alarm": 0.0,
            "detection_spread": 0.0,
            "inheritance": 1.0,
        },
    )
