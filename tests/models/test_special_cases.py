"""Worlds simple enough to work out by hand."""

import numpy as np
import pytest
from scipy.stats import norm

from takeoff.models.evaluate import evaluate
from takeoff.models.scenario import Scenario

KINDS = ("copied", "replicated", "independent")


def kin(correlation: float) -> dict[str, float]:
    return {f"kinship_{kind}": correlation for kind in KINDS}


def test_three_projects_share_out_theft(plain: dict[str, float]) -> None:
    # DESIGN 2, S6: theft from a lone project is even odds; three dilute it to Φ(−.439913) each.
    # The theft of each is .33, given to six digits, hence that of any 1 − .67³ to six.
    world = plain | {
        "security": 0.0,
        "security_spread": 0.0,
        "dilution": 0.439913 / float(np.log(3)),
    }
    alone = evaluate(world, Scenario(projects=1), ["theft_any"])
    three = evaluate(world, Scenario(projects=3), ["theft_any"])
    assert float(alone["theft_any"]) == pytest.approx(0.5, abs=1e-12)
    assert float(three["theft_any"]) == pytest.approx(1 - 0.67**3, abs=2e-6)


@pytest.mark.parametrize("projects", range(1, 9))
def test_strangers_are_independent_draws(plain: dict[str, float], projects: int) -> None:
    one_bad = norm.sf(plain["margin"])
    outcomes = evaluate(plain | kin(0.0), Scenario(projects=projects))
    assert float(outcomes["any_misaligned"]) == pytest.approx(1 - (1 - one_bad) ** projects, 1e-9)
    assert float(outcomes["all_misaligned"]) == pytest.approx(one_bad**projects, 1e-9)
    assert float(outcomes["projects_fielded"]) == pytest.approx(projects, rel=1e-9)


@pytest.mark.parametrize("correlation", [0.0, 0.2, 0.5, 0.8, 0.95])
def test_kinship_is_the_correlation_of_two_projects(
    plain: dict[str, float], correlation: float
) -> None:
    both = 1 / 4 + np.arcsin(correlation) / (2 * np.pi)  # Sheppard's orthant probability
    outcomes = evaluate(plain | kin(correlation) | {"margin": 0.0}, Scenario(projects=2))
    assert float(outcomes["all_misaligned"]) == pytest.approx(both, abs=2e-6)
    assert float(outcomes["all_aligned"]) == pytest.approx(both, abs=2e-6)


@pytest.mark.parametrize("doubt", [0.1, 0.5, 1.0, 2.0])
def test_doubt_correlates_strangers(plain: dict[str, float], doubt: float) -> None:
    correlation = doubt**2 / (1 + doubt**2)
    both = 1 / 4 + np.arcsin(correlation) / (2 * np.pi)
    world = plain | kin(0.0) | {"margin": 0.0, "doubt": doubt}
    outcomes = evaluate(world, Scenario(projects=2))
    assert float(outcomes["all_misaligned"]) == pytest.approx(both, abs=2e-6)
    assert float(outcomes["all_aligned"]) == pytest.approx(both, abs=2e-6)


@pytest.mark.parametrize("projects", [2, 5, 8])
@pytest.mark.parametrize("help_", [0.0, 0.7])
def test_identical_systems_never_coexist_with_their_opposites(
    plain: dict[str, float], projects: int, help_: float
) -> None:
    world = plain | kin(1.0) | {"doubt": 0.6, "uplift": help_, "spillover": 0.5}
    outcomes = evaluate(world, Scenario(projects=projects))
    # Both sides' probabilities are exact sums; a detection of 0 counts as 1e-12 a candidate.
    exact = projects * 1e-12
    assert float(outcomes["coexistence"]) == pytest.approx(0.0, abs=exact)
    misaligned = norm.sf(world["margin"] / np.hypot(1, world["doubt"]))
    assert float(outcomes["any_misaligned"]) == pytest.approx(misaligned, abs=exact)
    assert float(outcomes["all_misaligned"]) == pytest.approx(misaligned, abs=exact)


def test_inspection_repeats_until_a_candidate_passes(plain: dict[str, float]) -> None:
    detection, alarm, tries = 0.4, 0.1, 0.8
    world = plain | {"detection": detection, "false_alarm": alarm, "persistence": tries}
    good = norm.cdf(plain["margin"])
    passed = np.array([good * (1 - alarm), (1 - good) * (1 - detection)])
    fielded = passed / (1 - tries * (1 - passed.sum()))
    outcomes = evaluate(world, Scenario(projects=1))
    assert float(outcomes["first_fielded"]) == pytest.approx(fielded.sum(), rel=1e-9)
    assert float(outcomes["first_aligned"]) == pytest.approx(fielded[0] / fielded.sum(), rel=1e-9)


def test_further_draws_turn_a_project_at_poisson_rate(plain: dict[str, float]) -> None:
    world = plain | {"inheritance": 0.25, "kinship_replicated": 0.0, "haste": 0.4}
    bad = norm.sf(plain["margin"])
    outcomes = evaluate(world, Scenario(projects=1, draws=3.0))
    stays = np.exp(-3.0 * 0.75 * bad)
    assert float(outcomes["all_aligned"]) == pytest.approx((1 - bad) * stays, rel=1e-9)


def test_no_outcome_is_left_over_with_one_project(plain: dict[str, float]) -> None:
    outcomes = evaluate(plain, Scenario(projects=1))
    absent = {
        "follower_aligned_given_first_aligned",
        "follower_aligned_given_first_misaligned",
        "one_good_apple",
    }
    assert absent.isdisjoint(outcomes)
    assert float(outcomes["homogeneity"]) == 1


def test_impossible_conditions_leave_conditionals_without_a_value(plain: dict[str, float]) -> None:
    world = plain | kin(1.0) | {"coordination_kin": 1.0, "coordination_strangers": 1.0}
    outcomes = evaluate(world, Scenario(projects=2))
    assert float(outcomes["warning_shot"]) == 0
    assert np.isnan(float(outcomes["takeover_given_warning"]))
