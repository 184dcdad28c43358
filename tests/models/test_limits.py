"""The corners of the map, on random worlds: where the number of projects must not matter, or must.

In each, the mechanisms that a corner leaves out are switched off, and all else is as the prior
draws it.
"""

from collections.abc import Mapping

import numpy as np
import pytest
import xarray as xr
from scipy.stats import norm

from takeoff.models.evaluate import evaluate
from takeoff.models.priors import draw_prior, prior_set
from takeoff.models.scenario import MOST_PROJECTS, Scenario

WORLDS = 200
NO_RACING = {"race": 0.0, "haste": 0.0}
NO_INSPECTION = {"detection": 0.0, "false_alarm": 0.0}
FULL_COORDINATION = {"coordination_kin": 1.0, "coordination_strangers": 1.0}
FAR_BEHIND = {"offense": -6.0}


def kin(correlation: float) -> dict[str, float]:
    return {f"kinship_{kind}": correlation for kind in ("copied", "replicated", "independent")}


@pytest.fixture(scope="module")
def random_worlds() -> dict[str, xr.DataArray]:
    drawn = draw_prior(prior_set("neutral"), WORLDS, seed=11)
    return {name: xr.DataArray(each, dims="world") for name, each in drawn.items()}


def _by_projects(
    worlds: Mapping[str, xr.DataArray], fixed: Mapping[str, float], outcome: str, draws: float = 2.0
) -> np.ndarray:
    """Compute an outcome of worlds with some parameters fixed: (projects, world)."""
    changed = {**worlds, **{name: xr.DataArray(value) for name, value in fixed.items()}}
    scenarios = [Scenario(projects=count + 1, draws=draws) for count in range(MOST_PROJECTS)]
    return np.array([evaluate(changed, each, [outcome])[outcome].values for each in scenarios])


def test_takeover_is_flat_in_projects_when_systems_are_copies(
    random_worlds: dict[str, xr.DataArray],
) -> None:
    fixed = {**kin(1.0), **NO_RACING, **NO_INSPECTION, **FULL_COORDINATION}
    takeover = _by_projects(random_worlds, fixed, "takeover")
    # A detection of 0 counts as 1e-12 a candidate.
    np.testing.assert_allclose(takeover, takeover[[0]].repeat(MOST_PROJECTS, 0), atol=1e-11, rtol=0)


def test_it_is_racing_inspection_or_discord_that_makes_copies_many(
    random_worlds: dict[str, xr.DataArray],
) -> None:
    off = {"racing": NO_RACING, "inspection": NO_INSPECTION, "discord": FULL_COORDINATION}
    for left_on in off:
        fixed = kin(1.0)
        for name, values in off.items():
            fixed |= values if name != left_on else {}
        takeover = _by_projects(random_worlds, fixed, "takeover")
        assert np.median(np.abs(takeover[-1] - takeover[0]) / takeover[0]) > 0.01


def test_any_misaligned_among_independent_equal_draws(
    random_worlds: dict[str, xr.DataArray],
) -> None:
    fixed = {**kin(0.0), **NO_RACING, **NO_INSPECTION, "doubt": 0.0, "spillover": 0.0}
    found = _by_projects(random_worlds, fixed, "any_misaligned", draws=0.0)
    misaligned = norm.sf(random_worlds["margin"].values)
    count = np.arange(1, MOST_PROJECTS + 1)[:, None]
    np.testing.assert_allclose(found, -np.expm1(count * np.log1p(-misaligned)), rtol=1e-9)


def test_takeover_falls_in_projects_when_defence_is_far_ahead_and_nobody_races(
    random_worlds: dict[str, xr.DataArray],
) -> None:
    # In a contest less steep than proportional, halves of an attack do more than the whole.
    steep = {**random_worlds, "decisiveness": random_worlds["decisiveness"].clip(1.0)}
    takeover = _by_projects(steep, {**NO_RACING, **NO_INSPECTION, **FAR_BEHIND}, "takeover")
    assert np.all(np.diff(takeover, axis=0) < 0)


def test_in_a_flat_contest_takeover_may_rise_though_defence_is_far_ahead(
    random_worlds: dict[str, xr.DataArray],
) -> None:
    flat = {**random_worlds, "decisiveness": xr.DataArray(0.3)}
    takeover = _by_projects(flat, {**NO_RACING, **NO_INSPECTION, **FAR_BEHIND}, "takeover")
    assert np.any(takeover[-1] > takeover[0])
