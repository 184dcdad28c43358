"""Checks find what the model does not reproduce, and pass what it does."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from takeoff.analysis.check_sentences import about_checks, check_rows
from takeoff.analysis.derived import log_likelihood
from takeoff.analysis.everyone import Everyone
from takeoff.analysis.fit import _foretold, simulate_panel
from takeoff.analysis.predictive import Stated
from takeoff.analysis.predictive_checks import (
    EXTREME,
    PEOPLE,
    STATISTICS,
    _becomes_multiple,
    _is_multiple,
    predictive_checks,
)
from takeoff.analysis.simulation import answered, reduced, roundest
from takeoff.data import join, load_study
from takeoff.models.panel import panel_model
from takeoff.models.priors import prior_set
from takeoff.models.questions import Judgments
from tests.every_kind import ANSWERS, STUDY

SAMPLES = 400
LEVEL, SCALE = -1.0, 1.2


@given(st.floats(-12, 12))
def test_multiples_are_what_the_roundest_number_would_be(log_odds: float) -> None:
    becomes = _becomes_multiple(np.array([1 / (1 + np.exp(-log_odds))]))
    assert becomes[0] == _is_multiple(np.array([roundest(log_odds)]))[0]


def checked(judgments: Judgments, center: float) -> xr.Dataset:
    """Check answers by a model that knows their scale, and takes this for their centre."""
    panel = panel_model(judgments, prior_set("neutral"))
    everyone = Everyone.of(judgments, panel, Stated.of(panel))
    random = np.random.default_rng(4)
    again = random.normal(center, SCALE, (2, SAMPLES, len(everyone.value)))
    return predictive_checks(everyone, *again)


@pytest.fixture(scope="module")
def design() -> Judgments:
    """Give the answers to questions about the level, which need no baseline."""
    found = reduced(join([load_study("fri_2023")]), 6)
    plain = [found.questions[each].reading != "shift" for each in found.answers["question"].values]
    return replace(found, answers=found.answers.isel(answer=np.flatnonzero(plain)))


def test_answers_of_the_model_itself_pass(design: Judgments) -> None:
    """Fewer checks fail than six panels' worth of chance would let, at one in a million."""
    random = np.random.default_rng(1)
    count = design.answers.sizes["answer"]
    failed = total = 0
    for _ in range(6):
        spoken = answered(design, random.normal(LEVEL, SCALE, count))
        areas = checked(spoken, LEVEL)["tail_area"].sel(people=PEOPLE[0])
        whole = areas.isel(part=0)
        failed += int(((whole < EXTREME) | (whole > 1 - EXTREME)).sum())
        total += whole.size
    # Rounding to multiples of 5% widens nothing visible: 24 checks, each failing one in twenty.
    assert total == 24
    assert failed <= 8


@pytest.mark.parametrize(("center", "failing"), [(LEVEL + 2, 1.0), (LEVEL - 2, 0.0)])
def test_answers_that_are_off_fail_in_their_mean(
    design: Judgments, center: float, failing: float
) -> None:
    count = design.answers.sizes["answer"]
    spoken = answered(design, np.random.default_rng(1).normal(LEVEL, SCALE, count))
    found = checked(spoken, center)
    area = found["tail_area"].sel(people=PEOPLE[0], statistic="mean", part="all answers")
    assert float(area) == pytest.approx(failing, abs=EXTREME)
    tree = xr.DataTree.from_dict({"checks": found})
    assert "all answers" in next(each for each in about_checks(tree) if each.startswith("Mean"))
    rows = check_rows(tree)
    assert rows[0].areas[STATISTICS.index("mean")][1]
    assert {each.by for each in rows} == {"panel", "question", "expert"}


def test_how_far_below_zero_a_repeated_answer_lies_is_not_asked(design: Judgments) -> None:
    """Who says 0 may mean one in a thousand or in a billion, and so may those who repeat it."""
    panel = panel_model(design, prior_set("neutral"))
    everyone = Everyone.of(design, panel, Stated.of(panel))
    said_none = np.arange(len(everyone.value)) % 2 == 0
    none = replace(
        everyone,
        probability=np.where(said_none, 0.0, 0.3),
        value=np.where(said_none, -6.0, -0.85),
    )
    again = np.tile(none.value, (SAMPLES, 1))
    near, far = (
        predictive_checks(none, *np.where(said_none, below, again)[None].repeat(2, 0))
        for below in (-6.5, -40.0)
    )
    xr.testing.assert_identical(near, far)
    np.testing.assert_allclose(
        near["repeated"].sel(statistic=["mean", "spread"], level=0.5),
        near["observed"].sel(statistic=["mean", "spread"]).expand_dims(people=2),
    )


def test_too_few_answers_are_neither_checked_nor_scored(tmp_path: Path) -> None:
    """Of a panel whose people gave two probabilities, and answers of every other kind."""
    (tmp_path / "study.toml").write_text(STUDY)
    (tmp_path / "answers.csv").write_text(ANSWERS)
    judgments = join([load_study(str(tmp_path))])
    panel = panel_model(judgments, prior_set("neutral"))
    draws = simulate_panel(panel, 100, seed=1)[0]
    likelihood = log_likelihood(draws, panel)["log_odds"]
    assert _foretold(draws, panel, judgments, likelihood, 1) == {}
