"""A small panel, refitted: against reweighting, in processes, on a cluster, from the command."""

import csv
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from pymc.model.transform.conditioning import remove_value_transforms

from takeoff.analysis import derived
from takeoff.analysis.cli import main
from takeoff.analysis.fit import sample_panel, simulate_panel
from takeoff.analysis.posterior import HEADLINE, save
from takeoff.analysis.provenance import describe
from takeoff.analysis.questions_form import QUESTIONS as QUESTIONS_ASKED
from takeoff.analysis.sensitivity import report as report_module
from takeoff.analysis.sensitivity import sweep as sweep_module
from takeoff.analysis.sensitivity.base import Base, base_of
from takeoff.analysis.sensitivity.changes import (
    Change,
    changed_judgments,
    changed_prior,
    scales,
    shared_errors,
)
from takeoff.analysis.sensitivity.components import log_prior, of_sources, top_level
from takeoff.analysis.sensitivity.indices import prior_indices
from takeoff.analysis.sensitivity.page import three_sentences
from takeoff.analysis.sensitivity.powerscale import power_scaling
from takeoff.analysis.sensitivity.refit import Job, Sampling, Start, refit, start_of
from takeoff.analysis.sensitivity.report import sensitivity as analyse
from takeoff.analysis.sensitivity.reweigh import log_ratio
from takeoff.analysis.sensitivity.sweep import reweigh_all, sweep
from takeoff.analysis.sensitivity.tornado import tornado
from takeoff.data import join, load_study
from takeoff.data.shipped import study_folder
from takeoff.models.errors import InputError
from takeoff.models.evaluate import INTERPRETED
from takeoff.models.panel import Panel, panel_model
from takeoff.models.priors import prior_set
from takeoff.models.scales import Scales

pytestmark = pytest.mark.slow

PEOPLE = ("Pascal", "Quentin", "Ash", "Eve")
TALKED = ("Pascal", "Quentin")
QUESTIONS = ("extinction", "warning_shot", "extinction_if_warning_shot")
SAMPLING = Sampling(draws=30, tune=30)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Base]:
    """Four people and three questions of the FRI panel, two of whom talked, fitted briefly."""
    folder = tmp_path_factory.mktemp("studies")
    write_small(folder / "small")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        study, chosen = load_study("small"), prior_set("neutral")
        judgments = join([study])
        panel = panel_model(judgments, chosen)
        posterior, notes = sample_panel(panel, seed=1, draws=150, tune=150, chains=2)
        before = simulate_panel(panel, 100, 1)[0]
        groups = {
            "posterior": posterior,
            "sample_stats": notes,
            "prior": before,
            "prior_outcomes": derived.outcomes(before, judgments, chosen, 1),
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
        writer = csv.DictWriter(target, [*rows[0], "group"])
        writer.writeheader()
        kept = [
            {**row, "group": "talked" if row["expert"] in TALKED else ""}
            for row in rows
            if row["expert"] in PEOPLE and row["question"] in QUESTIONS
        ]
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
    again = refit(Job.of(base, change, start, Sampling(draws=100, tune=60), weighted.k))
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


def log_density(panel: Panel, draws: xr.Dataset) -> np.ndarray:
    """Give the log density that the model itself has of some draws, in the story's variables."""
    story = remove_value_transforms(panel.model)
    # Not added up by the interpreter, which cannot add as many terms at once.
    parts = story.compile_logp(jacobian=False, sum=False, mode=INTERPRETED)
    names = {str(each.name): str(story.values_to_rvs[each].name) for each in story.value_vars}
    rows = [draws.isel(draw=row) for row in range(draws.sizes["draw"])]
    return np.array(
        [
            sum(
                np.sum(each) for each in parts({value: row[names[value]].values for value in names})
            )
            for row in rows
        ]
    )


@pytest.mark.parametrize(
    "settings",
    [
        {"center.margin": 1.0, "prior": "homogeneous"},
        {"scale.wording": 2.0, "shared.group": 0.7},
        {"power.all.priors": 0.5, "power.all.answers": 0.5},
    ],
    ids=str,
)
def test_weights_are_the_ratio_of_what_two_models_have(
    base: Base, prior: Any, settings: Any
) -> None:
    change = Change.of(settings)
    some = base.draws.isel(chain=0, draw=slice(0, 30, 10))
    before = log_density(base.panel, some)
    if "power.all.priors" in settings:
        each_own = [name for name in prior if name not in top_level(base.panel)]
        own = prior[each_own].to_dataarray().sum("variable").isel(chain=0, draw=slice(0, 30, 10))
        exact = -0.5 * (before - own.values)
    else:
        other = changed_prior(base.chosen, change)
        panel = panel_model(
            base.judgments, other, scales=scales(change), shared=shared_errors(change)
        )
        exact = log_density(panel, some) - before
    found = log_ratio(base, change, prior).isel(chain=0, draw=slice(0, 30, 10)).values
    assert np.ptp(exact) > 0.1
    np.testing.assert_allclose(found, exact, rtol=1e-6, atol=1e-6)


def test_who_is_left_out_has_no_part_in_what_else_is_changed(base: Base, prior: Any) -> None:
    gone = {"without.expert": "Ash"}
    left = changed_judgments(base.judgments, Change.of(gone))
    some = base.draws.isel(chain=0, draw=slice(0, 30, 10)).sel(expert=left.answers["expert"])
    found, exact = [], []
    for factor in (1.0, 2.0):
        ratio = log_ratio(base, Change.of({**gone, "scale.wording": factor}), prior)
        found.append(ratio.isel(chain=0, draw=slice(0, 30, 10)).values)
        panel = panel_model(left, base.chosen, scales=Scales(wording=factor))
        exact.append(log_density(panel, some))
    np.testing.assert_allclose(found[1] - found[0], exact[1] - exact[0], rtol=1e-6, atol=1e-6)


def test_leaving_people_out_integrates_over_what_is_theirs_alone(base: Base, prior: Any) -> None:
    """Those are not the plain weights, and of two people they are the product."""
    one, other, both = (
        log_ratio(base, Change.of({"without.expert": who}), prior).values
        for who in ("Ash", "Eve", ("Ash", "Eve"))
    )
    np.testing.assert_allclose(both, one + other)
    said = of_sources(base.log_likelihood, base.judgments, "expert").sel(expert="Ash")
    assert np.std(one + said.values) > 0.1


def test_an_error_that_is_assumed_away_keeps_its_prior_out_of_the_weights(
    base: Base, prior: Any
) -> None:
    """All but none and none at all are the same."""
    rows = [
        log_ratio(base, Change.of({"shared.group": each}), prior).values for each in (1e-6, 0.0)
    ]
    assert np.ptp(rows[0]) > 0.1
    np.testing.assert_allclose(rows[0], rows[1], atol=1e-3)


def test_a_bias_that_the_base_had_none_of_needs_a_refit(base: Base, prior: Any) -> None:
    trusted, (other,) = reweigh_all(base, [Change.of({"shared.bias": 0.5})], prior)
    assert not trusted
    assert other.k == np.inf


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


@pytest.fixture(scope="module")
def saved(base: Base, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("saved") / "posterior.nc"
    save(base.tree, place)
    return place


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str], saved: Path) -> Callable[..., tuple[int, str, str]]:
    """Run the command on the panel; gives exit code, what it printed and what it said."""

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(["sensitivity", str(saved), *arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return run


def test_the_command_explains_a_panel_and_goes_on_where_it_was_stopped(
    said: Any, base: Base, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped at its second refit, it keeps the first and carries out what is left."""
    (tmp_path / "grid.toml").write_text(
        '[[change]]\nwithout.expert = "Ash"\n[[change]]\nshared.bias = 1\n'
    )
    grid = ["--grid", str(tmp_path / "grid.toml"), "--draws", "20", "--workers", "1"]
    own = [*grid, "--every", "--out", str(tmp_path / "out")]
    done: list[Job] = []
    found: list[xr.DataTree] = []

    def once(*arguments: Any) -> xr.DataTree:
        found.extend([] if found else [analyse(*arguments)])
        return found[0].copy()

    def stopped(job: Job) -> Any:
        if done:
            raise KeyboardInterrupt
        done.append(job)
        return refit(job)

    monkeypatch.setattr(report_module, "sensitivity", once)
    monkeypatch.setattr(report_module, "QUESTIONS", QUESTIONS_ASKED[:3])
    monkeypatch.setattr(report_module, "prior_indices", partial(prior_indices, exponent=4))
    with monkeypatch.context() as patch:
        patch.setattr(sweep_module, "refit", stopped)
        code, out, err = said(*own)
    assert (code, out) == (130, "")
    assert err.endswith("takeoff: interrupted\n")
    (kept,) = (tmp_path / "out" / "refits").iterdir()
    before = kept.read_bytes(), kept.stat().st_mtime_ns
    assert not (tmp_path / "out" / "sensitivity.html").exists()

    code, out, err = said(*own)
    assert code == 0, err
    assert (kept.read_bytes(), kept.stat().st_mtime_ns) == before
    assert len(list((tmp_path / "out" / "refits").iterdir())) == 2
    page = (tmp_path / "out" / "sensitivity.html").read_text()
    assert "2 rows fitted again, 0 reweighted" in page
    assert "bias that all experts share: sd 1 log-odds" in page
    for sentence in three_sentences(base, found[0]):
        assert " ".join(sentence.split()) in " ".join(out.split())
    with xr.open_datatree(tmp_path / "out" / "sensitivity.nc", engine="h5netcdf") as data:
        assert set(data["refits"].to_dataset()["how"].values) == {"refit"}


def test_a_cluster_that_does_not_answer_costs_one_line(said: Any, tmp_path: Path) -> None:
    code, out, err = said("--cluster", "tcp://127.0.0.1:9", "--out", str(tmp_path / "out"))
    assert (code, out) == (2, "")
    assert err.startswith("takeoff: no cluster answers at tcp://127.0.0.1:9 (")
    assert err.count("\n") == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[grid]\nscale.wordin = [1]\n", "unknown setting 'scale.wordin'; did you mean"),
        ("[grid]\nshared.bias = [-1]\n", "shared.bias is -1; a spread is 0 or more"),
    ],
)
def test_a_grid_that_asks_for_what_there_is_not_costs_one_line(
    said: Any, tmp_path: Path, text: str, message: str
) -> None:
    (tmp_path / "grid.toml").write_text(text)
    out = str(tmp_path / "out")
    code, printed, err = said("--grid", str(tmp_path / "grid.toml"), "--out", out)
    assert (code, printed) == (2, "")
    assert message in err
    assert err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def thin(tree: xr.DataTree) -> xr.DataTree:
    for name in ("posterior", "outcomes", "log_likelihood"):
        tree[name] = xr.DataTree(tree[name].to_dataset().isel(chain=[0], draw=[0]))
    return tree


def alone(tree: xr.DataTree) -> xr.DataTree:
    for name in ("posterior", "outcomes"):
        tree[name] = xr.DataTree(tree[name].to_dataset().isel(expert=[0]))
    return tree


def constant(tree: xr.DataTree) -> xr.DataTree:
    table = tree["outcomes"].to_dataset()
    tree["outcomes"] = xr.DataTree(table.assign(by_expert=0 * table["by_expert"] + 0.5))
    return tree


def unweighed(tree: xr.DataTree) -> xr.DataTree:
    del tree["log_likelihood"]
    return tree


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (thin, "the posterior has 1 draw; sensitivity takes 100"),
        (alone, "the posterior has one expert"),
        (constant, "catastrophe is the same in every draw"),
        (unweighed, "the posterior has no log likelihood"),
    ],
)
def test_a_posterior_that_cannot_be_explained_costs_one_line(
    base: Base, tmp_path: Path, capsys: pytest.CaptureFixture[str], spoil: Any, message: str
) -> None:
    save(spoil(base.tree.copy()), tmp_path / "posterior.nc")
    code = main(["sensitivity", str(tmp_path / "posterior.nc"), "--out", str(tmp_path / "out")])
    out, err = capsys.readouterr()
    assert (code, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_a_coordinate_that_the_base_lacks_starts_near_zero_and_not_at_it() -> None:
    """At zero a coordinate that no answer informs has no slope, and chains would not begin."""
    start = Start((("margin",),), np.array([[3.0], [4.0]]), np.array([2.0]))
    warm = start.of([("margin_deviation", "Ann"), ("margin",)])
    np.testing.assert_array_equal(warm.points[:, 1], [3.0, 4.0])
    np.testing.assert_array_equal(warm.scale, [1.0, 2.0])
    near = np.abs(warm.points[:, 0])
    assert np.all((near > 0) & (near < 0.5))
