"""Derivatives that are carried back by hand, against differences; and finite everywhere."""

from typing import Any

import numpy as np
import pytensor.tensor as pt
import pytest
from pytensor.gradient import grad

from takeoff.models.integral import integrate, integrate_reverse
from takeoff.models.joint import tallies
from takeoff.models.layout import MARGIN
from takeoff.models.nodes import nodes
from takeoff.models.parameters import PARAMETER_NAMES
from takeoff.models.priors import draw_prior, prior_medians, prior_set
from takeoff.models.rule import rule_of
from takeoff.models.scenario import Scenario
from takeoff.models.world import world
from tests.models.graphs import numbers_of, results_of

TINY_OUTCOMES = ("takeover", "extinction_by_2100", "warning_shot", "coexistence")
LOGGED = (*TINY_OUTCOMES, "takeover_given_warning")

SCENARIOS: dict[str, tuple[dict[str, Any], tuple[int, ...]]] = {
    "alone": ({"projects": 1}, ()),
    "effort": ({"projects": 3, "effort": (0.4, -0.2, 0.1)}, (0, 1)),
    "holdouts": ({"projects": 4, "delay": 2.0, "holdouts": 2}, (0, 1, 1)),
    "five": ({"projects": 5}, (0, 0, 0, 0)),
    "eight": ({"projects": 8}, (0,) * 7),
}


@pytest.mark.parametrize("case", SCENARIOS)
def test_the_integral_carries_back_the_derivatives_that_differences_show(case: str) -> None:
    inputs, group = SCENARIOS[case]
    worlds = numbers_of(Scenario(**inputs), draw_prior(prior_set("neutral"), 4, seed=7))
    fixed = rule_of(tallies(group), nodes("fit"))
    weights = np.random.default_rng(8).standard_normal((1, integrate(worlds[:1], *fixed).shape[1]))
    for one in worlds:
        found = integrate_reverse(one[None], weights, *fixed)[0]
        step = 1e-4 * np.maximum(np.abs(one), 1e-2)
        moves = np.array([2.0, 1.0, -1.0, -2.0])[:, None, None] * np.diag(step)
        moved = integrate((one + moves).reshape(-1, len(one)), *fixed) @ weights[0]
        # The five-point difference errs by step⁴ times a fifth derivative, and by rounding of
        # the sum over step; both are below 1e-6 of the largest derivative.
        differences = np.array([-1, 8, -8, 1]) @ moved.reshape(4, -1) / (12 * step)
        # Followers whose margin is the first project's share its threshold, and have one of their
        # own once it differs: there only moving all of them together is a derivative.
        tied = [
            each for each in range(MARGIN, MARGIN + len(set(group)) + 1) if one[each] == one[MARGIN]
        ]
        for by_number in (found, differences):
            by_number[tied] = by_number[tied].sum()
        scale = np.abs(differences).max()
        np.testing.assert_allclose(found, differences, rtol=1e-5, atol=1e-6 * scale)


def log_outcomes_and_gradients(
    values: dict[str, np.ndarray], names: tuple[str, ...]
) -> tuple[np.ndarray, dict[str, dict[str, np.ndarray]]]:
    """Give outcomes (outcome, world), and derivatives of their logarithms by each parameter."""

    def build(vectors: dict[str, Any]) -> list[Any]:
        made = world(vectors, Scenario(), "fit")
        outcomes = [made.outcome(name) for name in names]
        inputs = list(vectors.values())
        logs: list[Any] = [pt.sum(pt.log(outcome)) for outcome in outcomes]
        gradients: list[Any] = [grad(each, inputs, disconnected_inputs="ignore") for each in logs]
        return [*outcomes, *(each for by_input in gradients for each in by_input)]

    results = results_of(build, values)
    derivatives = iter(results[len(names) :])
    return np.array(results[: len(names)]), {
        name: {parameter: next(derivatives) for parameter in PARAMETER_NAMES} for name in names
    }


def test_gradients_of_log_outcomes_are_finite_all_over_the_prior() -> None:
    values = draw_prior(prior_set("neutral"), 10_000, seed=9)
    outcomes, gradients = log_outcomes_and_gradients(values, LOGGED)
    assert (outcomes > 0).all()
    broken = {
        (outcome, parameter): int((~np.isfinite(derivative)).sum())
        for outcome, by_parameter in gradients.items()
        for parameter, derivative in by_parameter.items()
        if not np.isfinite(derivative).all()
    }
    assert broken == {}


def test_gradients_of_outcomes_as_small_as_1e_12_are_finite_and_right() -> None:
    medians = prior_medians(prior_set("neutral"), {"offense": -2.0, "doubt": 0.5, "uplift": 0.1})
    margins = np.linspace(2.0, 9.0, 29)
    step = 1e-4
    moved = np.concatenate([margins, margins + step, margins - step])
    values = {name: np.full(len(moved), value) for name, value in medians.items()}
    values["margin"] = moved
    outcomes, gradients = log_outcomes_and_gradients(values, LOGGED)
    assert outcomes.min() < 1e-12
    for by_parameter in gradients.values():
        for derivative in by_parameter.values():
            assert np.isfinite(derivative).all()
    for name, outcome in zip(LOGGED, outcomes, strict=True):
        _, above, below = np.log(outcome).reshape(3, -1)
        differences = (above - below) / (2 * step)
        # Central differences err by step² times a third derivative, of order one for a log tail.
        np.testing.assert_allclose(
            gradients[name]["margin"][: len(margins)], differences, rtol=1e-5, atol=1e-6
        )
