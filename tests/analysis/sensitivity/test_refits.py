"""Refits of a small panel: against reweighting, in processes and on a cluster, after a kill."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

from takeoff.analysis import derived
from takeoff.analysis.fit import sample_panel, simulate_panel
from takeoff.analysis.posterior import HEADLINE
from takeoff.analysis.provenance import describe
from takeoff.analysis.sensitivity.base import Base, base_of
from takeoff.analysis.sensitivity.changes import Change
from takeoff.analysis.sensitivity.components import log_prior, top_level
from takeoff.analysis.sensitivity.powerscale import power_scaling
from takeoff.analysis.sensitivity.refit import Job, Sampling, refit, start_of
from takeoff.analysis.sensitivity.sweep import reweigh_all, sweep
from takeoff.analysis.sensitivity.tornado import tornado
from takeoff.data import join, load_study
from takeoff.data.shipped import study_folder
from takeoff.models.errors import InputError
from takeoff.models.panel import panel_model
from takeoff.models.priors import prior_set

pytestmark = pytest.mark.slow

PEOPLE = ("Pascal", "Quentin", "Ash", "Eve")
QUESTIONS = ("extinction", "warning_shot", "extinction_if_warning_shot")
SAMPLING = Sampling(draws=30, tune=30)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Base]:
    """Four people and three questions of the FRI panel, fitted briefly."""
    folder = tmp_path_factory.mktemp("studies")
    write_small(folder / "small")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        study, chosen = load_study("small"), prior_set("neutral")
        judgments = join([study])
        panel = panel_model(judgments, chosen)
        posterior, notes = sample_panel(panel, seed=1, draws=150, tune=150, chains=2)
        groups = {
            "posterior": posterior,
            "sample_stats": notes,
            "prior": simulate_panel(panel, 100, 1)[0],
            "outcomes": derived.outcomes(posterior, judgments, chosen, 1),
            "log_likelihood": derived.log_likelihood(posterior, panel),
        }
        tree = xr.DataTree.from_dict(groups)
        tree.attrs = {**describe([study], judgments, chosen, 1, {}), "problems": "[]"}
        yield base_of(tree)


@pytest.fixture(scope="module")
def prior(base: Base) -> xr.Dataset:
    return log_prior(base.draws, base.panel)


def write_small(folder: Path) -> None:
    shipped = study_folder("fri_2023")
    folder.mkdir()
    (folder / "study.toml").write_text((shipped / "study.toml").read_text())
    with (shipped / "answers.csv").open() as source:
        rows = list(csv.DictReader(source))
    with (folder / "answers.csv").open("w", newline="") as target:
        writer = csv.DictWriter(target, rows[0])
        writer.writeheader()
        kept = [row for row in rows if row["expert"] in PEOPLE and row["question"] in QUESTIONS]
        writer.writerows(kept)


def median(row: Any, name: str) -> float:
    return float(row.outcomes["consensus"][name][1])


def test_a_refit_agrees_with_weights_where_these_are_trusted(base: Base, prior: Any) -> None:
    """Within five standard errors of both: short chains know their own error only roughly."""
    change = Change.of({"scale.noise": 1.3})
    (weighted,), others = reweigh_all(base, [change], prior)
    assert not others
    start = start_of(base)
    assert start is not None
    again = refit(Job.of(base, change, start, Sampling(draws=150, tune=60), weighted.k))
    assert again.how == "refit", again.reason
    assert weighted.how == "reweighted"
    for name in HEADLINE:
        error = np.hypot(again.error[name], weighted.error[name])
        assert abs(median(again, name) - median(weighted, name)) < 5 * error


def test_nothing_changed_is_the_base(base: Base, prior: Any) -> None:
    (row,), _ = reweigh_all(base, [Change.of({})], prior)
    consensus = base.outcomes.median("expert").values.reshape(-1, len(HEADLINE))
    np.testing.assert_allclose(
        list(row.outcomes["consensus"].values()),
        np.quantile(consensus, (0.05, 0.5, 0.95), axis=0).T,
    )


def test_a_sweep_goes_on_from_its_rows_and_keeps_failures(
    base: Base, prior: Any, tmp_path: Path
) -> None:
    one = Change.of({"without.expert": "Pascal"})
    hopeless = Change.of({"without.expert": ("Pascal", "Quentin", "Ash")})
    options: Any = {"sampling": SAMPLING, "workers": 1, "reweigh": False}
    first = sweep(base, [one], prior, tmp_path, **options)
    (kept,) = tmp_path.iterdir()
    before = kept.stat().st_mtime_ns
    both = sweep(base, [one, hopeless], prior, tmp_path, **options)
    assert kept.stat().st_mtime_ns == before
    assert both["how"].values.tolist() == ["refit", "failed"]
    assert "two are the least" in str(both["reason"].values[1])
    xr.testing.assert_equal(first["value"].isel(row=0), both["value"].isel(row=0))


def test_processes_and_a_cluster_give_the_same_rows(base: Base, prior: Any, tmp_path: Path) -> None:
    from distributed import LocalCluster

    changes = [Change.of({"scale.care": each}) for each in (0.5, 2.0)]
    options: Any = {"sampling": SAMPLING, "reweigh": False}
    here = sweep(base, changes, prior, tmp_path / "here", workers=2, **options)
    local: Any = LocalCluster
    with local(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None
    ) as cluster:
        address = cluster.scheduler_address
        there = sweep(base, changes, prior, tmp_path / "there", cluster=address, **options)
    assert set(here["how"].values) == set(there["how"].values) == {"refit"}
    step = (here["value"] - there["value"]).sel(who="consensus", level=0.5)
    error = np.hypot(here["error"].values, there["error"].values)
    assert (np.abs(step.values) <= 4 * error).all()


def test_a_posterior_without_coordinates_cannot_be_refitted(
    base: Base, prior: Any, tmp_path: Path
) -> None:
    tree = base.tree.copy()
    notes = tree["sample_stats"].to_dataset().drop_vars("unconstrained_draw")
    tree["sample_stats"] = xr.DataTree(notes)
    change = Change.of({"without.expert": "Ash"})
    with pytest.raises(InputError, match="without the sampler's coordinates"):
        sweep(base_of(tree), [change], prior, tmp_path, reweigh=False)


def test_every_component_is_scaled(base: Base, prior: Any) -> None:
    power = power_scaling(base, prior)
    of = {kind: power["of"].values[power["kind"].values == kind] for kind in ("prior", "expert")}
    assert set(of["expert"]) == set(PEOPLE)
    assert set(of["prior"]) == set(top_level(base.panel))
    assert (power["sensitivity"] >= 0).all()
    assert set(power["diagnosis"].values[power["kind"].values == "expert"].ravel()) == {""}


def test_the_tornado_moves_what_a_parameter_feeds_alone(base: Base) -> None:
    """Power grab feeds catastrophe alone; more offense, more takeover."""
    table = tornado(base, worlds=20)
    step = table["alone"].diff("end").isel(end=0)
    grab = step.sel(parameter="power_grab")
    assert float(grab.sel(outcome="catastrophe")) > 0
    np.testing.assert_allclose(grab.sel(outcome=["takeover", "warning_shot"]), 0, atol=1e-12)
    assert float(step.sel(parameter="offense", outcome="takeover")) > 0
    assert float(np.abs(step.sel(parameter="cost_pull")).max()) == pytest.approx(0, abs=1e-12)
