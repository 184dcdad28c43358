"""The sampler draws from the density it is given, on targets whose moments are known."""

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pymc as pm
import pytest
import xarray as xr
from numpy.typing import NDArray

from takeoff.analysis.agreement import agree
from takeoff.analysis.sampler import WarmStart, _kept, _noted, sample, stepping

SIZE = 40
SPREADS = np.geomspace(0.01, 30, SIZE)
MIDDLE = np.linspace(-1, 1, SIZE) * SPREADS


@dataclass(frozen=True)
class Normal:
    """Independent normals of spreads far apart, as the sampler takes a program."""

    variables: int = SIZE

    def density(self) -> Callable[[NDArray[Any]], tuple[float, NDArray[Any]]]:
        """Begin the density."""

        def evaluate(point: NDArray[Any]) -> tuple[float, NDArray[Any]]:
            away = (point - MIDDLE) / SPREADS
            return -0.5 * float(away @ away), -away / SPREADS

        return evaluate


@dataclass(frozen=True)
class Walled:
    """A standard normal of which nothing can be told above 1."""

    variables: int = 2

    def density(self) -> Callable[[NDArray[Any]], tuple[float, NDArray[Any]]]:
        """Begin the density."""

        def evaluate(point: NDArray[Any]) -> tuple[float, NDArray[Any]]:
            known = point.max() < 1
            return (-0.5 * float(point @ point) if known else np.nan), -point

        return evaluate


@pytest.fixture(scope="module")
def drawn() -> tuple[NDArray[Any], Any]:
    target: Any = Normal()
    return sample(target, seed=1, draws=3000, tune=300, chains=4)


def test_moments_are_the_targets(drawn: tuple[NDArray[Any], Any]) -> None:
    """Of 40 variables at once, so an error of a hundredth in the variance shows."""
    points, _ = drawn
    away = ((points - MIDDLE) / SPREADS).reshape(-1, SIZE)
    # Draws are worth at least half as many independent ones; five standard errors of the mean.
    worth = len(away) / 2
    assert abs((away**2).mean() - 1) < 5 * np.sqrt(2 / (worth * SIZE))
    assert np.abs(away.mean(axis=0)).max() < 5 / np.sqrt(worth)
    assert abs(np.mean(away**4) - 3) < 5 * np.sqrt(96 / (worth * SIZE))


def test_nothing_diverges_and_gradients_are_counted(drawn: tuple[NDArray[Any], Any]) -> None:
    points, notes = drawn
    assert points.shape == (4, 3000, SIZE)
    assert int(notes["diverging"].sum()) == 0
    assert notes.attrs["gradients"] > int(notes["n_steps"].sum()) > 4 * 3000
    assert 0.85 < float(notes["acceptance_rate"].mean()) < 0.99


def test_lengths_of_trajectories_differ(drawn: tuple[NDArray[Any], Any]) -> None:
    _, notes = drawn
    steps = notes["n_steps"].values
    assert steps.max() > 2 * steps.min()


def test_same_seed_same_draws_and_another_seed_others() -> None:
    target: Any = Normal()
    first, again, other = (
        sample(target, seed=seed, draws=20, tune=30, chains=2)[0] for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert (first != other).all()
    assert (first[0] != first[1]).any()


def test_chains_that_do_not_agree_go_on_and_as_many_draws_are_kept_evenly() -> None:
    target: Any = Normal()
    once, _ = sample(target, seed=1, draws=30, tune=60, chains=2)
    points, notes = sample(target, seed=1, draws=30, tune=60, chains=2, patience=3)
    assert notes.attrs["rounds"] == 3
    assert points.shape == once.shape
    assert notes.sizes == {"chain": 2, "draw": 30}
    np.testing.assert_array_equal(points[:, :10], once[:, 2::3])
    assert (points[:, 10:] != 0).all()


def test_chains_that_agree_do_not_go_on() -> None:
    target: Any = Normal()
    points, notes = sample(target, seed=1, draws=1000, tune=300, chains=4, patience=3)
    assert agree(points)
    assert notes.attrs["rounds"] == 1
    apart = points + np.arange(4)[:, None, None] * SPREADS
    assert not agree(apart)
    assert not agree(points[:, :50])
    assert agree(points[:1])


@pytest.mark.parametrize("tune", [0, 1, 9, 10])
def test_little_tuning_or_none_samples_all_the_same(tune: int) -> None:
    target: Any = Normal()
    points, notes = sample(target, seed=1, draws=5, tune=tune, chains=1)
    assert points.shape == (1, 5, SIZE)
    assert np.isfinite(points).all()
    assert notes.attrs["gradients"] > 0


def test_a_warm_start_begins_there_and_needs_little_tuning() -> None:
    target: Any = Normal()
    warm = WarmStart(MIDDLE + SPREADS * np.random.default_rng(1).normal(size=(9, SIZE)), SPREADS)
    points, notes = sample(target, seed=1, draws=300, tune=40, chains=2, warm=warm)
    away = (points - MIDDLE) / SPREADS
    assert abs((away**2).mean() - 1) < 0.1
    assert float(notes["acceptance_rate"].mean()) > 0.6


def test_a_refused_trajectory_turns_its_momentum_round_or_spreads_would_be_wrong() -> None:
    target: Any = Normal()
    model, step = stepping(target.density, SIZE, scale=SPREADS, length=1.0)
    step.setup_chain(np.random.default_rng(1), 0, 80_000)
    here: Any = {"point": MIDDLE}
    points, accepted = [], []
    with model:
        for _ in range(80_000):
            here, (notes,) = step.step(here)
            points.append(here["point"])
            accepted.append(notes["accepted"])
    assert 0.2 < np.mean(accepted) < 0.8
    energy = (((np.array(points) - MIDDLE) / SPREADS) ** 2).mean(axis=1)
    blocks = energy.reshape(100, -1).mean(axis=1)
    assert abs(blocks.mean() - 1) < 4 * blocks.std() / 10


def test_a_chain_keeps_no_momentum_of_the_one_before_it() -> None:
    target: Any = Normal()
    model, step = stepping(target.density, SIZE, scale=SPREADS, length=0.3)
    ends = []
    with model:
        for _ in range(2):
            step.setup_chain(np.random.default_rng(1), 0, 1)
            ends.append(step.step({"point": MIDDLE})[0]["point"])
    np.testing.assert_array_equal(*ends)


def test_all_chains_draw_in_steps_of_one_length(drawn: tuple[NDArray[Any], Any]) -> None:
    _, notes = drawn
    (length,) = np.unique(notes["step_size"])
    assert length > 0.1


def test_a_point_that_was_just_evaluated_is_not_evaluated_again() -> None:
    asked = []

    def begin() -> Callable[[NDArray[Any]], tuple[float, NDArray[Any]]]:
        density = Normal().density()

        def evaluate(point: NDArray[Any]) -> tuple[float, NDArray[Any]]:
            asked.append(point.copy())
            return density(point)

        return evaluate

    model, _ = stepping(begin, SIZE)
    op = model.potentials[0].owner.op
    storage: list[list[Any]] = [[None], [None]]
    moving = MIDDLE.copy()
    for away in (0.0, 0.0, 1.0):
        moving[:] = MIDDLE + away * SPREADS  # what is handed over may change in place
        op.perform(None, [moving], storage)
        assert storage[0][0] == pytest.approx(-away * SIZE / 2)
        storage[1][0][:] = np.nan  # and what is handed back may be written to
    assert len(asked) == 2


def test_where_nothing_can_be_told_trajectories_diverge_and_chains_stay_out() -> None:
    target: Any = Walled()
    points, notes = sample(target, seed=1, draws=200, tune=100, chains=2)
    assert points.max() < 1
    assert int(notes["diverging"].sum()) > 0


def test_an_interrupted_run_does_not_pass_for_a_whole_one(monkeypatch: pytest.MonkeyPatch) -> None:
    target: Any = Normal()
    whole = pm.sample
    monkeypatch.setattr(pm, "sample", lambda draws, **more: whole(draws - 1, **more))
    with pytest.raises(KeyboardInterrupt):
        sample(target, seed=1, draws=10, tune=10, chains=1)


def test_a_density_that_was_used_goes_to_another_process() -> None:
    target = Normal()
    model, _ = stepping(target.density, SIZE)
    op = model.potentials[0].owner.op
    storage: list[list[Any]] = [[None], [None]]
    op.perform(None, [MIDDLE], storage)
    copy = pickle.loads(pickle.dumps(op))
    copy.perform(None, [MIDDLE + SPREADS], storage)
    assert storage[0][0] == pytest.approx(-SIZE / 2)


@pytest.mark.parametrize(("trajectories", "draws"), [(8, 4), (8, 6), (4, 3), (5, 5)])
def test_draws_are_kept_evenly_and_their_notes_tell_of_all_trajectories(
    trajectories: int, draws: int
) -> None:
    kept = _kept(trajectories, draws)
    assert kept[-1] == trajectories - 1
    between = np.diff(kept, prepend=-1)
    assert between.min() >= trajectories // draws
    assert between.max() <= -(-trajectories // draws)
    steps = np.arange(2.0 * trajectories).reshape(2, -1)
    drawn = xr.Dataset(
        {
            "n_steps": (("chain", "draw"), steps),
            "step_size": (("chain", "draw"), np.full_like(steps, 0.2)),
            "diverging": (("chain", "draw"), steps == 1.0),
        }
    )
    notes = _noted(drawn, draws)
    assert notes.sizes == {"chain": 2, "draw": draws}
    np.testing.assert_array_equal(notes["n_steps"].sum("draw"), steps.sum(axis=1))
    np.testing.assert_allclose(notes["step_size"], 0.2)
    assert np.argwhere(notes["diverging"].values).tolist() == [[0, np.searchsorted(kept, 1)]]
