"""What holds in every world and scenario."""

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from takeoff.models.evaluate import evaluate
from takeoff.models.nodes import Precision
from takeoff.models.outcomes import OUTCOMES
from takeoff.models.parameters import PARAMETERS
from takeoff.models.priors import PRIOR_SETS, draw_prior, prior_medians, prior_set
from takeoff.models.scenario import Scenario
from takeoff.models.world import world
from tests.models.graphs import results_of

ROUNDING = 1e-11  # sums of thousands of products, each rounded at 1e-16

# What a precision promises. The branches of the first project are integrated one by one, so that
# their sum is as accurate as each, no more.
NODES_ERROR: dict[Precision, float] = {"fit": 1e-3, "report": 2e-6}

PROBABILITIES = {each.name for each in OUTCOMES if each.unit in ("probability", "share")}


SCENARIOS = (
    Scenario(projects=1),
    Scenario(projects=1, draws=20.0, delay=30.0),
    Scenario(projects=2, draws=0.0, training_cost=3.0),
    Scenario(projects=2, effort=(0.0, 1.0)),
    Scenario(projects=3, delay=1.0, holdouts=1, caution=-1.0),
    Scenario(projects=3, effort=(0.5, -0.5, 0.0), reuse=1.5),
    Scenario(projects=5),
    Scenario(projects=5, draws=20.0, holdouts=5, delay=10.0),
    Scenario(projects=8, draws=0.5, caution=4.0),
)

ENDS: dict[str, tuple[float, ...]] = {
    "margin": (-8.0, 8.0),
    "doubt": (0.0, 2.0),
    "detection": (0.0, 1.0),
    "false_alarm": (0.0, 1.0),
    "persistence": (0.0, 1.0),
    "detection_spread": (0.0,),
    "inheritance": (0.0, 1.0),
    "kinship_copied": (0.0, 1.0),
    "kinship_replicated": (0.0, 1.0),
    "offense": (-30.0, 30.0),
    "human_defense": (1e-9, 1e9),
    "speed": (20.0,),
    "coordination_kin": (1.0,),
    "slip": (0.0, 0.999),
    "conflict": (0.0, 1.0),
}
"""Parameters and ends of their range to which a few of them are moved."""

ends = st.dictionaries(st.sampled_from(sorted(ENDS)), st.integers(0, 1), max_size=3)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    chosen=st.sampled_from(sorted(PRIOR_SETS)),
    seed=st.integers(0, 2**32 - 1),
    moved=ends,
    scenario=st.sampled_from(SCENARIOS),
)
def test_outcomes_are_probabilities_and_conditionals_average_to_marginals(
    chosen: str, seed: int, moved: dict[str, int], scenario: Scenario
) -> None:
    values = draw_prior(prior_set(chosen), 8, seed)
    for name, end in moved.items():
        values[name] = np.full(8, ENDS[name][end % len(ENDS[name])])
    outcomes = {str(name): each.values for name, each in evaluate(values, scenario).items()}
    nodes_error = NODES_ERROR["report"]
    for name in PROBABILITIES & set(outcomes):
        known = outcomes[name][~np.isnan(outcomes[name])]
        assert (known >= 0).all(), name
        assert (known <= 1 + nodes_error).all(), name

    def times(chance: np.ndarray, conditional: str) -> np.ndarray:
        """Weight a conditional outcome; one whose condition cannot happen has no value."""
        return np.where(chance > 0, chance * np.nan_to_num(outcomes[conditional]), 0.0)

    def equal(one: np.ndarray, other: np.ndarray, error: float = ROUNDING) -> None:
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=error)

    shot, takeover = outcomes["warning_shot"], outcomes["takeover"]
    equal(
        takeover,
        times(shot, "takeover_given_warning") + times(1 - shot, "takeover_given_no_warning"),
        nodes_error,
    )
    equal(shot, times(outcomes["any_misaligned"], "warning_shot_given_misaligned"))
    first, fielded = outcomes["first_aligned"], outcomes["first_fielded"]
    after_first = times(fielded * np.nan_to_num(first), "takeover_given_first_aligned") + times(
        fielded * (1 - np.nan_to_num(first)), "takeover_given_first_misaligned"
    )
    assert (after_first <= takeover + ROUNDING).all()
    assert (takeover - after_first <= 1 - fielded + nodes_error).all()
    assert (outcomes["coalition_loss"] <= takeover + ROUNDING).all()
    assert (takeover <= outcomes["any_misaligned"] + ROUNDING).all()
    assert (outcomes["coexistence"] <= outcomes["any_misaligned"] + ROUNDING).all()
    assert (outcomes["all_misaligned"] <= outcomes["any_misaligned"] + ROUNDING).all()
    assert (outcomes["any_misaligned"] + outcomes["all_aligned"] <= 1 + nodes_error).all()
    assert (outcomes["projects_fielded"] <= scenario.projects * (1 + nodes_error)).all()
    assert (outcomes["catastrophe"] >= takeover - ROUNDING).all()
    equal(outcomes["extinction"], values["lethality"] * takeover)
    equal(outcomes["extinction_by_2100"], outcomes["arrival_by_2100"] * outcomes["extinction"])


@pytest.mark.parametrize("precision", ["fit", "report"])
@pytest.mark.parametrize(
    "inputs",
    [
        {"projects": 1},
        {"projects": 2},
        {"projects": 5},
        {"projects": 8},
        {"projects": 4, "effort": (1.0, 0.0, -1.0, 0.0), "delay": 2.0, "holdouts": 1},
    ],
    ids=str,
)
def test_the_joint_of_all_projects_ends_sums_to_one_within_the_nodes_error(
    inputs: dict[str, Any], precision: Precision
) -> None:

    def build(vectors: dict[str, Any]) -> list[Any]:
        return [world(vectors, Scenario(**inputs), precision).histories.table[..., 0]]

    (joint,) = results_of(build, draw_prior(prior_set("neutral"), 200, seed=12))
    assert (joint >= 0).all()
    np.testing.assert_allclose(joint.sum(axis=(1, 2)), 1, rtol=0, atol=NODES_ERROR[precision])


def test_a_world_on_its_own_is_the_same_as_among_others() -> None:
    values = draw_prior(prior_set("neutral"), 500, seed=13)
    together = evaluate(values, Scenario())
    alone = evaluate({name: value[137] for name, value in values.items()}, Scenario())
    for name in together:
        np.testing.assert_allclose(together[name].values[137], alone[name].values, rtol=1e-12)


@pytest.mark.parametrize("projects", [1, 3])
def test_outcomes_exist_at_the_ends_of_every_probability(projects: int) -> None:
    medians = prior_medians(prior_set("neutral"))
    ends = [(each.name, end) for each in PARAMETERS if each.support == "unit" for end in (0.0, 1.0)]
    values = {name: np.full(len(ends), value) for name, value in medians.items()}
    for row, (name, end) in enumerate(ends):
        values[name][row] = end
    outcomes = evaluate(values, Scenario(projects=projects))
    conditional = {"first_aligned", "one_bad_apple", "one_good_apple"}
    missing = {
        (str(name), *ends[row])
        for name, each in outcomes.items()
        if name not in conditional and "given" not in str(name)
        for row in np.flatnonzero(np.isnan(each.values))
    }
    assert missing == set()


def test_takeover_by_a_year_is_arrival_by_then_and_takeover() -> None:
    point = prior_medians(prior_set("neutral"))
    names = ["takeover_by_2123", "arrival_by_2123", "takeover"]
    outcomes = evaluate(point, Scenario(), names)
    expected = outcomes["arrival_by_2123"] * outcomes["takeover"]
    np.testing.assert_allclose(outcomes["takeover_by_2123"], expected, rtol=ROUNDING)
