"""Takeovers so rare that only their relative error matters."""

import numpy as np
import pytest

from takeoff.models.evaluate import evaluate
from takeoff.models.nodes import Precision
from takeoff.models.priors import prior_medians, prior_set
from takeoff.models.scenario import Scenario
from tests.models.quadrature import takeover_of_one, takeover_of_two

RIGHT: dict[Precision, float] = {"report": 0.01, "fit": 0.1}

BASE = {
    "margin": 5.0,
    "doubt": 0.3,
    "uplift": 0.4,
    "spillover": 0.3,
    "inheritance": 0.6,
    "detection": 0.3,
    "false_alarm": 0.05,
    "persistence": 0.8,
    "copied": 0.4,
    "replicated": 0.4,
    "independent": 0.2,
    "kinship_copied": 0.95,
    "kinship_replicated": 0.7,
    "kinship_independent": 0.3,
    "race": 0.1,
    "offense": -1.0,
}

TINY: dict[str, tuple[dict[str, float], float]] = {
    "a thousandth": ({"margin": 2.2}, 2.0),
    "little doubt": ({"doubt": 0.05}, 2.0),
    "much doubt": ({"doubt": 1.5, "margin": 9.0}, 2.0),
    "wide margin": ({"margin": 6.0, "doubt": 0.5}, 2.0),
    "wider margin": ({"margin": 7.0, "doubt": 0.5, "offense": -2.0}, 2.0),
    "no further draws": ({"margin": 5.5}, 0.0),
    "many further draws": ({"inheritance": 0.1, "uplift": 0.1}, 10.0),
    "close copies": ({"kinship_copied": 0.995, "copied": 0.9, "replicated": 0.05}, 2.0),
    "strangers": ({"copied": 0.0, "replicated": 0.0, "kinship_independent": 0.05}, 2.0),
    "good inspectors": ({"detection": 0.95, "persistence": 0.95, "margin": 4.0}, 2.0),
    "strong defence": ({"margin": 0.5, "offense": -15.0}, 2.0),
}


def tiny(case: str, **more: float) -> dict[str, float]:
    given = BASE | TINY[case][0] | more
    given["independent"] = 1 - given["copied"] - given["replicated"]
    return prior_medians(prior_set("neutral"), given)


@pytest.mark.parametrize("case", TINY)
def test_tiny_takeovers_of_two_projects_are_right_relative_to_themselves(case: str) -> None:
    world, draws = tiny(case, detection_spread=0.0), TINY[case][1]
    exact = takeover_of_two(world, draws)
    assert 1e-13 < exact < 1e-2
    for precision, relative in RIGHT.items():
        outcomes = evaluate(
            world, Scenario(projects=2, draws=draws), ["takeover", "extinction"], precision
        )
        assert float(outcomes["takeover"]) == pytest.approx(exact, rel=relative)
        extinction = exact * world["lethality"]
        assert float(outcomes["extinction"]) == pytest.approx(extinction, rel=relative)


@pytest.mark.parametrize("case", ["a thousandth", "much doubt", "wide margin", "good inspectors"])
@pytest.mark.parametrize("spread", [0.5, 1.5])
def test_tiny_takeovers_are_right_when_inspectors_differ(case: str, spread: float) -> None:
    world, draws = tiny(case, detection_spread=spread), TINY[case][1]
    exact = takeover_of_one(world, draws)
    assert 1e-13 < exact < 1e-2
    for precision, relative in RIGHT.items():
        outcomes = evaluate(world, Scenario(projects=1, draws=draws), ["takeover"], precision)
        assert float(outcomes["takeover"]) == pytest.approx(exact, rel=relative)


def test_the_tiniest_takeovers_fall_smoothly() -> None:
    world = tiny("wide margin")
    margins = np.linspace(3.0, 9.0, 25)
    outcomes = evaluate(
        world | {"margin": margins},
        Scenario(projects=5),
        ["takeover"],
    )
    fall = np.diff(np.log(outcomes["takeover"].values))
    assert outcomes["takeover"].values[-1] < 1e-12
    # Every quarter of a probit takes more off than the one before, as in a normal tail.
    assert (fall < 0).all()
    assert (np.diff(fall) < 0).all()
