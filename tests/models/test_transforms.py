"""A scenario's policy: fixed values, and shifts on the unconstrained scale."""

from typing import Any

import numpy as np
import pytensor.tensor as pt
import pytest

from takeoff.models.evaluate import evaluate
from takeoff.models.parameters import PARAMETERS, SHARES
from takeoff.models.priors import draw_prior, prior_medians, prior_set
from takeoff.models.scenario import Scenario
from takeoff.models.transforms import constrained, settled, unconstrained

SHARED = {"copied": 0.5, "replicated": 0.3, "independent": 0.2}


def policy(given: dict[str, float], **inputs: Any) -> dict[str, float]:
    constants = {name: pt.constant(np.array([value])) for name, value in given.items()}
    return {
        name: float(np.asarray(each.eval())[0])
        for name, each in settled(constants, Scenario(**inputs)).items()
    }


@pytest.mark.parametrize("parameter", [each.name for each in PARAMETERS])
def test_constrained_undoes_unconstrained(parameter: str) -> None:
    values = draw_prior(prior_set("neutral"), 50, seed=18)[parameter]
    back = constrained(parameter, unconstrained(parameter, pt.constant(values))).eval()
    # Near 1 a probability's log-odds keep only what its distance from 1 keeps.
    np.testing.assert_allclose(np.asarray(back, float), values, rtol=1e-12)


@pytest.mark.parametrize(
    ("parameter", "value", "shift", "expected"),
    [
        ("margin", 0.3, 0.5, 0.8),
        ("doubt", 0.7, np.log(2), 1.4),
        ("speed", 1.5, -np.log(3), 0.5),
        ("detection", 0.5, np.log(3), 0.75),
        ("slip", 0.2, np.log(4), 0.5),
    ],
)
def test_a_shift_adds_on_the_unconstrained_scale(
    parameter: str, value: float, shift: float, expected: float
) -> None:
    found = policy({parameter: value}, shifts={parameter: shift})[parameter]
    assert found == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ({}, (0.5, 0.3, 0.2)),
        # 0.5·2 : 0.3 : 0.2, renormalised.
        ({"shifts": {"copied": np.log(2)}}, (1 / 1.5, 0.3 / 1.5, 0.2 / 1.5)),
        # Fixed ones stay, the rest keep their proportions.
        ({"values": {"copied": 0.75}}, (0.75, 0.15, 0.1)),
        ({"values": {"copied": 0.1, "independent": 0.6}}, (0.1, 0.3, 0.6)),
        ({"values": {"copied": 1.0}}, (1.0, 0.0, 0.0)),
        # 0.3·4 : 0.2 within what is left.
        (
            {"values": {"copied": 0.3}, "shifts": {"replicated": np.log(4)}},
            (0.3, 0.7 * 1.2 / 1.4, 0.7 * 0.2 / 1.4),
        ),
        # All three shifted alike: nothing changes.
        ({"shifts": dict.fromkeys(SHARES, 1.7)}, (0.5, 0.3, 0.2)),
    ],
)
def test_shares_make_one_after_a_policy(
    inputs: dict[str, Any], expected: tuple[float, ...]
) -> None:
    found = policy(SHARED, **inputs)
    assert [found[name] for name in SHARES] == pytest.approx(expected, rel=1e-12)


def test_a_fixed_value_makes_the_given_one_irrelevant() -> None:
    world = prior_medians(prior_set("neutral"))
    scenario = Scenario(projects=3, values={"offense": 1.0})
    outcomes = [
        float(evaluate(world | {"offense": offense}, scenario, ["takeover"])["takeover"])
        for offense in (-3.0, 3.0)
    ]
    assert outcomes[0] == outcomes[1]


def test_a_policy_is_the_same_as_the_parameters_it_leads_to() -> None:
    world = prior_medians(prior_set("neutral"))
    scenario = Scenario(projects=3, shifts={"margin": 0.4}, values={"detection": 0.8})
    shifted = evaluate(world, scenario)
    direct = evaluate(
        world | {"margin": world["margin"] + 0.4, "detection": 0.8}, Scenario(projects=3)
    )
    for name in direct:
        assert float(shifted[name]) == pytest.approx(float(direct[name]), rel=1e-12)
