"""Stretching a panel's declared spreads."""

from typing import Any

import numpy as np
import pymc as pm
import pytest

from takeoff.data import join, load_study
from takeoff.models.errors import InputError
from takeoff.models.evaluate import INTERPRETED
from takeoff.models.panel import panel_model
from takeoff.models.priors import prior_set
from takeoff.models.questions import Judgments
from takeoff.models.scales import SCALES, Scales

STRETCHED = {
    "wording": lambda drawn: drawn["offset"],
    "noise": lambda drawn: drawn["noise"],
    "care": lambda drawn: np.log(drawn["care"]),
    "contrast": lambda drawn: drawn["contrast"],
    "disagreement": lambda drawn: drawn["disagreement"],
    "efficacy": lambda drawn: drawn["efficacy_level"],
}
NAMES = ("offset", "noise", "care", "contrast", "disagreement", "efficacy_level")


@pytest.fixture(scope="module")
def judgments() -> Judgments:
    return join([load_study("fri_2023"), load_study("authors")])


def drawn(judgments: Judgments, scales: Scales) -> dict[str, Any]:
    model = panel_model(judgments, prior_set("neutral"), scales=scales).model
    values = pm.draw([model[name] for name in NAMES], random_seed=1, mode=INTERPRETED)
    return dict(zip(NAMES, values, strict=True))


def test_a_scale_stretches_its_own_spread_and_no_other(judgments: Judgments) -> None:
    """With the same random numbers, what is stretched twofold lies twice as far out."""
    plain = drawn(judgments, Scales())
    free = np.array([judgments.questions[name].reading == "relative" for name in _asked(judgments)])
    assert set(STRETCHED) == set(SCALES)
    for scale in SCALES:
        wide = drawn(judgments, Scales(**{scale: 2.0}))
        for name, read in STRETCHED.items():
            expected = np.full(np.shape(read(plain)), 2.0 if name == scale else 1.0)
            if name == scale == "wording":
                expected[free] = 1.0
            np.testing.assert_allclose(read(wide) / read(plain), expected, rtol=1e-12)


def _asked(judgments: Judgments) -> list[str]:
    answered = set(judgments.answers["question"].values)
    return [name for name in judgments.questions if name in answered]


@pytest.mark.parametrize("factor", [0.0, -1.0, np.inf, np.nan])
def test_a_scale_that_is_no_positive_number_is_refused(factor: float) -> None:
    with pytest.raises(InputError, match="the scale of wording is"):
        Scales(wording=factor)
