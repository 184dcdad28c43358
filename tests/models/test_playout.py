"""The closed form against histories played out one by one, on random worlds."""

from typing import Any

import numpy as np
import pytest
import xarray as xr
from scipy import stats

from takeoff.models.errors import InputError
from takeoff.models.estimates import estimates
from takeoff.models.evaluate import evaluate
from takeoff.models.playout import play_out
from takeoff.models.priors import draw_prior, prior_set
from takeoff.models.scenario import Scenario

HISTORIES = 100_000
WORLDS = 10  # of each scenario
MEANS = ("homogeneity", "misaligned_share", "projects_fielded")
"""Outcomes that are no probabilities."""
LEVEL = 2 * stats.norm.sf(5)
"""What 5 standard errors leave outside: of 6,500 comparisons, 0.004 would fail by chance."""

SCENARIOS: tuple[dict[str, Any], ...] = (
    {"projects": 1},
    {"projects": 1, "draws": 6.0, "delay": 2.0},
    {"projects": 2},
    {"projects": 2, "draws": 5.0, "effort": (0.3, -0.3)},
    {"projects": 3, "delay": 3.0, "holdouts": 1},
    {"projects": 3, "effort": (0.5, -0.3, 0.2)},
    {"projects": 3, "draws": 0.0, "shifts": {"detection": -1.0, "persistence": 1.0}},
    {"projects": 4},
    {"projects": 4, "values": {"detection": 0.9, "persistence": 0.95, "uplift": 0.0}},
    {"projects": 4, "values": {"independent": 1.0}, "shifts": {"kinship_independent": -0.5}},
    {"projects": 5},
    {"projects": 5, "training_cost": 1.0, "reuse": -0.5, "caution": 1.0},
    {"projects": 5, "delay": 2.0, "holdouts": 5},
    {"projects": 5, "effort": (0.4, 0.0, 0.0, -0.4, -0.4), "delay": 1.0, "holdouts": 2},
    {"projects": 5, "shifts": {"copied": 1.5, "security": 1.0, "lead": 0.7}},
    {"projects": 6},
    {"projects": 6, "delay": 1.0, "values": {"copied": 0.0, "offense": 2.0}},
    {"projects": 7, "caution": -1.0, "draws": 1.0},
    {"projects": 8},
    {"projects": 8, "delay": 3.0, "holdouts": 3, "shifts": {"progress": 1.0, "margin": 0.5}},
)

DRAWN = draw_prior(prior_set("neutral"), WORLDS * len(SCENARIOS), seed=20261122)


def worlds_of(row: int) -> dict[str, np.ndarray]:
    return {name: values[row * WORLDS : (row + 1) * WORLDS] for name, values in DRAWN.items()}


def binomial_tails(events: np.ndarray, trials: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Give the chance of a count as far out as this one, on its side, twice over.

    It is exact where 5 standard errors are not: for rare events and conditions that seldom held.
    """
    below = stats.binom.cdf(events, trials, chance)
    above = stats.binom.sf(events - 1, trials, chance)
    return np.asarray(2 * np.minimum(below, above))


def disagreements(worlds: dict[str, Any], scenario: Scenario, seed: int) -> dict[str, Any]:
    """Name each outcome and world in which the two tellings differ, with both numbers."""
    told = play_out(worlds, scenario, HISTORIES, seed)
    counted = estimates(told)
    closed = evaluate(worlds, scenario).rename({"dim_0": "draw"}).to_dataarray("outcome")
    assert set(closed["outcome"].values) == set(counted["outcome"].values)
    closed = closed.sel(outcome=counted["outcome"])
    number = counted["histories"]
    found = counted["mean"].fillna(0.0)
    chance = closed.fillna(0.5)  # absent where the condition has probability 0: none is counted
    assert bool((number.where(closed.isnull(), 0) == 0).all())
    tails = binomial_tails((found * number).round().values, number.values, chance.values)
    agree = xr.DataArray(tails >= LEVEL, coords=found.coords, dims=found.dims)
    # Room for five histories, of an event too rare to show in the standard error.
    room = 5 * counted["error"] + 5 * scenario.projects / HISTORIES
    agree = xr.where(counted["outcome"].isin(MEANS), abs(found - closed) <= room, agree).transpose(
        "outcome", "draw"
    )
    return {
        f"{name} in world {draw}": (
            float(closed.sel(outcome=name)[draw]),
            float(counted["mean"].sel(outcome=name)[draw]),
            int(number.sel(outcome=name)[draw]),
        )
        for name in counted["outcome"].values
        for draw in range(found.sizes["draw"])
        if not bool(agree.sel(outcome=name)[draw])
    }


@pytest.mark.parametrize("row", range(len(SCENARIOS)), ids=lambda row: str(SCENARIOS[row]))
def test_every_outcome_agrees_with_histories_played_out(row: int) -> None:
    assert disagreements(worlds_of(row), Scenario(**SCENARIOS[row]), seed=row) == {}


def test_copies_agree_when_projects_differ_in_effort() -> None:
    # A copy stands or falls with the first system but for its own effort, so that its threshold
    # is a step in the first system's alignment, and not where the first project's is.
    drawn = draw_prior(prior_set("neutral"), 300, 5)
    nearest = int(np.argmax(drawn["kinship_copied"]))
    world = {name: values[nearest : nearest + 1] for name, values in drawn.items()}
    assert world["kinship_copied"] > 0.999
    assert disagreements(world, Scenario(projects=2, effort=(1.0, 0.0)), seed=3) == {}


def test_the_seed_alone_decides_histories_and_not_the_number_of_threads() -> None:
    worlds, scenario = worlds_of(10), Scenario()
    alone, shared = (play_out(worlds, scenario, 5000, seed=4, threads=each) for each in (1, 3))
    xr.testing.assert_identical(alone, shared)
    other = play_out(worlds, scenario, 5000, seed=5)
    assert not bool((alone["alignment"] == other["alignment"]).any())


def test_histories_tell_one_story() -> None:
    told = play_out(worlds_of(15), Scenario(projects=6), 4000, seed=6)
    bad, absent = told["state"] == 1, told["state"] == 2
    assert bool((absent == told["alignment"].isnull()).all())
    assert bool((absent == (told["systems"] == 0)).all())
    # Who first fielded a misaligned system never recovers, nor fields another.
    first_bad = told["alignment"] <= 0
    assert bool((first_bad <= (bad & (told["systems"] == 1))).all())
    assert bool((told["slipped"] <= (bad & ~told["act_as_one"])).all())
    assert bool((told["warning_shot"] == told["slipped"].any("project")).all())
    assert bool((told["averted"] <= told["warning_shot"]).all())
    assert bool((told["takeover"] <= (bad.any("project") & ~told["averted"])).all())
    assert bool((told["extinction"] <= told["takeover"]).all())
    assert bool((told["misuse"] <= told["stolen"].any("project")).all())
    assert bool(((told["provenance"] == 0) == (told["project"] == 1)).all())


def test_a_history_in_which_every_candidate_is_held_ends() -> None:
    stuck = {"detection": 1.0, "persistence": 1.0, "margin": -40.0, "false_alarm": 0.0}
    told = play_out(worlds_of(0), Scenario(projects=2, values=stuck), 10, seed=1)
    assert bool((told["state"] == 2).all())


def test_more_further_systems_than_can_be_played_out_are_refused() -> None:
    with pytest.raises(InputError, match="can be played out"):
        play_out(worlds_of(0), Scenario(draws=1e6), 1, seed=1)
