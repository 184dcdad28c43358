"""Drawn priors against the distributions that DESIGN 1.2 states, and their consequences."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import stats

from takeoff.models.evaluate import evaluate
from takeoff.models.parameters import PARAMETER_NAMES
from takeoff.models.priors import (
    PRIOR_SETS,
    draw_prior,
    log_prior_ratio,
    prior_medians,
    prior_set,
)
from takeoff.models.scenario import Scenario

DRAWS = 20_000


def log_normal(median: float, spread: float) -> Any:
    return stats.lognorm(spread, scale=median)


def half_normal(scale: float) -> Any:
    return stats.halfnorm(scale=scale)


STATED: dict[str, Any] = {
    "margin": stats.norm(0, 1),
    "doubt": half_normal(0.7),
    "race": half_normal(0.3),
    "haste": half_normal(0.3),
    "progress": half_normal(0.15),
    "uplift": half_normal(0.5),
    "spillover": stats.beta(2, 3),
    "inheritance": stats.beta(2, 2),
    "detection": stats.beta(2, 3),
    "false_alarm": stats.beta(1, 9),
    "detection_spread": half_normal(0.7),
    "persistence": stats.beta(2, 1),
    # Each share of a Dirichlet(2, 2, 2).
    "copied": stats.beta(2, 4),
    "replicated": stats.beta(2, 4),
    "independent": stats.beta(2, 4),
    "cost_pull": half_normal(0.7),
    "reuse_pull": half_normal(0.7),
    "caution_pull": half_normal(0.7),
    "kinship_copied": stats.beta(60, 1),
    "kinship_replicated": stats.beta(5, 3),
    "kinship_independent": stats.beta(2, 5),
    "speed": log_normal(1, 0.8),
    "lead": log_normal(0.4, 0.8),
    "offense": stats.norm(0, 1.2),
    "decisiveness": log_normal(1.5, 0.5),
    "human_defense": log_normal(1, 1.5),
    "coordination_kin": stats.beta(6, 2),
    "slip": stats.beta(2, 4),
    "response": stats.beta(2, 3),
    "lethality": stats.beta(2, 2),
    "security": stats.norm(0, 0.7),
    "security_spread": half_normal(0.7),
    "dilution": half_normal(0.5),
    "theft_harm": stats.beta(1, 19),
    "conflict": stats.beta(1, 100),
    "bargaining": stats.beta(1, 200),
    "power_grab": stats.beta(1.5, 8),
    "arrival_median": log_normal(30, 0.8),
    "arrival_spread": log_normal(0.8, 0.3),
}

CHANGED: dict[str, dict[str, Any]] = {
    "neutral": {},
    "homogeneous": {
        "copied": stats.beta(6, 4),
        "replicated": stats.beta(3, 7),
        "independent": stats.beta(1, 9),
        "kinship_replicated": stats.beta(12, 3),
        "kinship_independent": stats.beta(4, 4),
    },
    "heterogeneous": {
        "copied": stats.beta(1, 9),
        "replicated": stats.beta(3, 7),
        "independent": stats.beta(6, 4),
        "kinship_replicated": stats.beta(4, 5),
        "kinship_independent": stats.beta(1.5, 8),
    },
}


def test_the_stated_prior_sets_are_those_that_ship() -> None:
    assert set(PRIOR_SETS) == set(CHANGED)
    assert {*STATED, "coordination_strangers"} == set(PARAMETER_NAMES)


@pytest.mark.parametrize("name", CHANGED)
def test_draws_follow_the_stated_priors(name: str) -> None:
    draws = draw_prior(prior_set(name), DRAWS, seed=14)
    stated = STATED | CHANGED[name]
    values = {
        parameter: stats.kstest(draws[parameter], stated[parameter].cdf) for parameter in stated
    }
    ratio = draws["coordination_strangers"] / draws["coordination_kin"]
    values["coordination_strangers"] = stats.kstest(ratio, stats.beta(2, 5).cdf)
    # A right prior fails one test in a million, and there are 39.
    assert {each for each, test in values.items() if not test.pvalue > 1e-6} == set()
    total = draws["copied"] + draws["replicated"] + draws["independent"]
    np.testing.assert_allclose(total, 1, rtol=1e-12)


def mean_cdf(distributions: list[Any]) -> Callable[[np.ndarray], np.ndarray]:
    return lambda x: np.mean([each.cdf(x) for each in distributions], axis=0)


def test_draws_of_the_average_are_draws_of_each_set_equally_often() -> None:
    draws = draw_prior(prior_set("averaged"), DRAWS, seed=14)
    for parameter, stated in STATED.items():
        each = [changed.get(parameter, stated) for changed in CHANGED.values()]
        test = stats.kstest(draws[parameter], mean_cdf(each))
        assert test.pvalue > 1e-6, parameter


def test_the_density_of_the_average_is_the_mean_of_the_sets_densities() -> None:
    """So each set's share of it has mean one over its draws, and is never above three."""
    draws = draw_prior(prior_set("averaged"), DRAWS, seed=18)
    ratios = [
        np.exp(log_prior_ratio(draws, each, prior_set("averaged"))) for each in PRIOR_SETS.values()
    ]
    np.testing.assert_allclose(np.mean(ratios, axis=0), 1, rtol=1e-9)
    for ratio in ratios:
        assert abs(ratio.mean() - 1) < 5 * ratio.std() / np.sqrt(DRAWS)


def test_medians_of_the_average_halve_its_draws() -> None:
    point, chosen = prior_medians(prior_set("averaged")), prior_set("averaged")
    for parameter in ("kinship_replicated", "kinship_independent"):
        each = [changed.get(parameter, STATED[parameter]) for changed in CHANGED.values()]
        assert np.mean([s.cdf(point[parameter]) for s in each]) == pytest.approx(0.5, abs=1e-3)
    assert set(chosen.priors) | {"kinship_replicated", "kinship_independent"} == set(
        prior_set("neutral").priors
    )


def test_parameters_are_drawn_independently() -> None:
    draws = draw_prior(prior_set("neutral"), DRAWS, seed=15)
    dependent = {"copied", "replicated", "independent", "coordination_strangers"}
    ranks = np.array([stats.rankdata(draws[name]) for name in STATED if name not in dependent])
    correlations = np.corrcoef(ranks)[np.triu_indices(len(ranks), 1)]
    # Of some 600 pairs the largest of 5.5 standard errors is exceeded once in 40,000 times.
    assert np.abs(correlations).max() < 5.5 / np.sqrt(DRAWS)


def test_the_same_seed_draws_the_same_worlds() -> None:
    first, second = (draw_prior(prior_set("neutral"), 10, seed=16) for _ in range(2))
    assert all((first[name] == second[name]).all() for name in PARAMETER_NAMES)


def test_missing_parameters_take_their_medians_and_missing_shares_what_is_left() -> None:
    point = prior_medians(prior_set("neutral"), {"copied": 0.5, "coordination_kin": 0.4})
    assert point["replicated"] == pytest.approx(0.25)
    assert point["independent"] == pytest.approx(0.25)
    strangers = 0.4 * stats.beta(2, 5).median()
    assert point["coordination_strangers"] == pytest.approx(strangers)
    for name, distribution in STATED.items():
        if name not in ("copied", "replicated", "independent", "coordination_kin"):
            assert point[name] == pytest.approx(float(distribution.median()), abs=1e-12)


# Of 40,000 draws (seed 2026, precision "fit"), whose own errors are a tenth of those below.
CONSEQUENCES = {
    "catastrophe": (0.0864, 0.2775, 0.7265),
    "takeover": (0.00042, 0.1297, 0.6742),
    "warning_shot": (0.0243, 0.1810, 0.4688),
    "coexistence": (0.0536, 0.3150, 0.6050),
}


def test_the_neutral_prior_has_the_consequences_it_was_balanced_on() -> None:
    draws = 4000
    worlds = draw_prior(prior_set("neutral"), draws, seed=17)
    names = [*CONSEQUENCES, "extinction_by_2100"]
    five = evaluate(worlds, Scenario(), names, "fit")
    one = evaluate(worlds, Scenario(projects=1), ["catastrophe"], "fit")

    def near(found: float, stated: float) -> bool:
        """Compare shares of draws within 5 standard errors of a share of 4000 and of 40,000."""
        error = np.sqrt(stated * (1 - stated) * (1 / draws + 1 / 40_000))
        return bool(abs(found - stated) < 5 * error)

    for name, quantiles in CONSEQUENCES.items():
        for level, quantile in zip((0.05, 0.5, 0.95), quantiles, strict=True):
            # As many draws lie below a stated quantile as should.
            assert near(float((five[name] < quantile).mean()), level), (name, level)
    extinction = five["extinction_by_2100"]
    assert near(float((extinction < 0.001).mean()), 0.116)
    assert near(float((extinction > 0.25).mean()), 0.086)
    assert near(float((five["catastrophe"] > one["catastrophe"]).mean()), 0.4545)
