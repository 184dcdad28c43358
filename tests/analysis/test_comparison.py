"""Plans played out: mixtures mix as probability does, and what is read off is what was computed."""

import itertools
import json
import re
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from takeoff.analysis.comparison import CASES, compare, play_out
from takeoff.analysis.comparison_page import write_comparison
from takeoff.analysis.comparison_reading import (
    best_number,
    best_numbers,
    draws_of,
    effects,
    names_of,
    panel,
    thirds,
)
from takeoff.analysis.comparison_sentences import about_likeness, about_numbers, about_sources
from takeoff.analysis.comparison_terminal import print_comparison, print_details
from takeoff.analysis.worlds import worldviews_of
from takeoff.data import BASELINE, load_plan
from takeoff.models.evaluate import evaluate, evaluate_with_conditions, under_policy
from takeoff.models.interventions import Change, Plan
from takeoff.models.outcomes import OUTCOME_NAMES
from takeoff.models.priors import draw_prior, prior_set
from takeoff.models.scenario import Scenario
from tests.analysis.panels import panel_tree

HALF = Plan(
    "half",
    "One project or five",
    "A coin is tossed.",
    "mixture",
    (
        Change("one", "One", "", {"projects": 1}),
        Change("five", "Five", "", {"projects": 5}),
    ),
    (0.5, 0.5),
)
PLANS = [
    load_plan(BASELINE),
    load_plan("one_project"),
    load_plan("compelling_evidence"),
    load_plan("mandatory_inspection"),
    load_plan("hardened_security"),
    load_plan("inspection_and_security"),
    HALF,
]
UNCONDITIONAL = ["takeover", "catastrophe", "warning_shot", "misaligned_share", "projects_fielded"]
EXACT = 1e-12


@pytest.fixture(scope="module")
def tree() -> xr.DataTree:
    return panel_tree()


@pytest.fixture(scope="module")
def comparison(tree: xr.DataTree) -> xr.Dataset:
    return compare(tree, PLANS)


def _of(comparison: xr.Dataset, scenario: str, case: str, names: list[str]) -> xr.DataArray:
    where = {"scenario": scenario, "case": case, "outcome": names}
    return comparison["by_expert"].sel(where).drop_vars(["scenario", "case"])


def test_plans_played_out_alone_do_what_they_do_in_a_comparison(
    tree: xr.DataTree, comparison: xr.Dataset
) -> None:
    alone = play_out(tree, PLANS)
    for name in ("consensus", "population", "by_camp", "by_expert", "works_by_expert"):
        np.testing.assert_allclose(alone[name], comparison[name], rtol=EXACT)
    assert alone.attrs == comparison.attrs


def test_an_expert_has_the_outcomes_of_their_own_worldview(
    tree: xr.DataTree, comparison: xr.Dataset
) -> None:
    worlds = worldviews_of(tree["posterior"].to_dataset())
    for scenario, name in ((Scenario(), BASELINE), (Scenario(projects=1), "one_project")):
        table = evaluate(worlds, scenario, ["takeover"], "fit")["takeover"]
        found = _of(comparison, name, "works", ["takeover"]).isel(outcome=0)
        np.testing.assert_allclose(found, table.transpose(*found.dims), rtol=EXACT)


def test_a_policy_is_the_same_inside_the_graph_and_before_it() -> None:
    drawn = draw_prior(prior_set("neutral"), 20, 5)
    worlds = {name: xr.DataArray(each, dims="world") for name, each in drawn.items()}
    policy = Scenario(
        values={"copied": 0.2, "lethality": 0.5}, shifts={"independent": 1.0, "race": -1.0}
    )
    inside = evaluate(worlds, policy, precision="fit").to_dataarray("outcome")
    before = evaluate(under_policy(worlds, policy), Scenario(), precision="fit")
    np.testing.assert_allclose(before.to_dataarray("outcome"), inside, rtol=EXACT)


def test_a_conditional_outcome_times_its_condition_is_a_joint_probability() -> None:
    drawn = draw_prior(prior_set("neutral"), 20, 5)
    worlds = {name: xr.DataArray(each, dims="world") for name, each in drawn.items()}
    found = evaluate_with_conditions(worlds, Scenario(projects=3))
    joint = found["value"] * found["condition"]
    for given in (("_warning", "_no_warning"), ("_first_aligned", "_first_misaligned")):
        parts = joint.sel(outcome=[f"takeover_given{each}" for each in given]).sum("outcome")
        takeover = joint.sel(outcome="takeover")
        if given[0] == "_warning":
            np.testing.assert_allclose(parts, takeover, rtol=1e-9)
        else:  # without a first system there may be takeover still
            assert bool((parts <= takeover * (1 + 1e-9)).all())


@pytest.mark.parametrize("name", ["mandatory_inspection", "hardened_security"])
def test_weighted_is_the_mean_over_whether_it_works(comparison: xr.Dataset, name: str) -> None:
    plan = load_plan(name)
    likelihoods = (plan.changes[0].chance, plan.changes[0].efficacy)
    working = float(np.prod([each.value for each in likelihoods if each]))
    works = _of(comparison, name, "works", UNCONDITIONAL)
    baseline = _of(comparison, BASELINE, "works", UNCONDITIONAL)
    weighted = _of(comparison, name, "weighted", UNCONDITIONAL)
    np.testing.assert_allclose(weighted, working * works + (1 - working) * baseline, rtol=1e-9)


def test_a_combination_is_weighted_over_which_of_its_parts_work(comparison: xr.Dataset) -> None:
    first, second = (0.41 * 0.6, 0.4 * 0.7)
    ways = {
        "inspection_and_security": first * second,
        "mandatory_inspection": first * (1 - second),
        "hardened_security": (1 - first) * second,
        BASELINE: (1 - first) * (1 - second),
    }
    mean = sum(
        weight * _of(comparison, name, "works", UNCONDITIONAL) for name, weight in ways.items()
    )
    found = _of(comparison, "inspection_and_security", "weighted", UNCONDITIONAL)
    np.testing.assert_allclose(found, mean, rtol=1e-9)


def test_the_panels_efficacy_takes_the_place_of_the_declared_one(
    tree: xr.DataTree, comparison: xr.Dataset
) -> None:
    learned = tree["posterior"]["efficacy"].sel(intervention="compelling_evidence")
    working = 0.3 * learned  # the chance that the file declares
    found = comparison["works_by_expert"].sel(scenario="compelling_evidence")
    np.testing.assert_allclose(found, working.transpose(*found.dims), rtol=EXACT)
    works, weighted, baseline = (
        _of(comparison, name, case, UNCONDITIONAL)
        for name, case in (
            ("compelling_evidence", "works"),
            ("compelling_evidence", "weighted"),
            (BASELINE, "works"),
        )
    )
    mean = working * works + (1 - working) * baseline
    np.testing.assert_allclose(weighted, mean.transpose(*weighted.dims), rtol=1e-9)


def test_a_learned_share_of_the_risk_is_what_weighting_removes(tree: xr.DataTree) -> None:
    """Where the change can remove that much: it then works as often as explains the share."""
    asked = tree.copy(deep=True)
    question = json.loads(asked.attrs["questions"])[0] | {"outcome": "extinction_by_2100"}
    asked.attrs["questions"] = json.dumps([question])
    found = compare(asked, [load_plan(BASELINE), load_plan("compelling_evidence")])
    risk = found["by_expert"].sel(outcome="extinction_by_2100", drop=True)
    now = risk.sel(case="works", scenario=BASELINE, drop=True)
    works, weighted = (
        1 - risk.sel(case=case, scenario="compelling_evidence", drop=True) / now for case in CASES
    )
    said = asked["posterior"]["efficacy"].sel(intervention="compelling_evidence", drop=True)
    chance = 0.3
    expected = xr.where(works > 0, chance * np.minimum(said, works), chance * said * works)
    np.testing.assert_allclose(weighted, expected.transpose(*weighted.dims), atol=1e-9)
    assert bool(((works > 0) & (said < works)).any())
    assert bool((said > works).any())
    assert "which share of extinction" in " ".join(about_sources(found, "compelling_evidence"))


def test_a_mixture_conditions_as_one_world_does(tree: xr.DataTree, comparison: xr.Dataset) -> None:
    names = ["takeover", "warning_shot", "takeover_given_warning"]
    one, five = (_of(comparison, name, "works", names) for name in ("one_project", BASELINE))
    both = _of(comparison, "half", "works", names)
    np.testing.assert_allclose(both[..., :2], (one[..., :2] + five[..., :2]) / 2, rtol=1e-9)
    shots = [each.sel(outcome="warning_shot", drop=True) for each in (one, five)]
    taken = [each.sel(outcome="takeover_given_warning", drop=True) for each in (one, five)]
    ratio = sum(s * t for s, t in zip(shots, taken, strict=True)) / sum(shots)
    found = both.sel(outcome="takeover_given_warning", drop=True)
    np.testing.assert_allclose(found, ratio, rtol=1e-9)


def test_a_mixture_has_followers_only_where_there_are_some(comparison: xr.Dataset) -> None:
    name = "follower_aligned_given_first_aligned"
    half, five = (_of(comparison, each, "works", [name]) for each in ("half", BASELINE))
    np.testing.assert_allclose(half, five, rtol=1e-9)
    assert bool(_of(comparison, "one_project", "works", [name]).isnull().all())


def test_consensus_and_camps_are_medians_of_their_experts(comparison: xr.Dataset) -> None:
    experts = comparison["by_expert"]
    assert comparison["consensus"].equals(experts.median("expert"))
    worried = experts.sel(expert=["Ann", "Bea"]).median("expert")
    assert comparison["by_camp"].sel(camp="worried", drop=True).equals(worried)


def test_an_effect_is_paired_draw_by_draw(comparison: xr.Dataset) -> None:
    found = effects(comparison, "Ann", ["catastrophe"])["one_project", "catastrophe", "works"]
    drawn = draws_of(comparison, "Ann").sel(outcome="catastrophe", case="works")
    change = drawn.sel(scenario="one_project") - drawn.sel(scenario=BASELINE)
    assert found.difference.median == pytest.approx(float(change.median()), abs=EXACT)
    assert found.better == float((change < 0).mean())


def test_security_changes_thefts_and_nothing_of_alignment(comparison: xr.Dataset) -> None:
    found = effects(comparison, "consensus", OUTCOME_NAMES)
    assert found["hardened_security", "takeover", "works"].unchanged
    assert np.isnan(found["hardened_security", "takeover", "works"].better)
    assert found["hardened_security", "theft_any", "works"].better == 1.0


def test_no_way_is_better_where_readers_would_differ(comparison: xr.Dataset) -> None:
    found = effects(comparison, "consensus", ["warning_shot", "homogeneity"])
    assert all(np.isnan(each.better) for each in found.values())


def test_the_best_number_has_the_least_of_a_bad_outcome() -> None:
    table = xr.DataArray(
        [[0.3, 0.1, 0.1], [0.2, 0.2, 0.2], [0.1, 0.9, 0.9]],
        dims=("projects", "draw"),
        coords={"projects": [1, 2, 3]},
    )
    best = best_number(table, "consensus")
    assert best.shares == pytest.approx({1: 2 / 3, 2: 0.0, 3: 1 / 3})
    assert (best.likeliest, best.expected) == (1, 1)


def test_shares_of_the_best_number_add_up(comparison: xr.Dataset) -> None:
    for best in best_numbers(comparison):
        assert sum(best.shares.values()) == pytest.approx(1)


def test_thirds_part_the_draws_by_likeness(comparison: xr.Dataset) -> None:
    found = thirds(comparison)
    for lower, upper in itertools.pairwise(found):
        assert lower.homogeneity[1] <= upper.homogeneity[0]


def test_the_answer_names_every_view(comparison: xr.Dataset) -> None:
    numbers, likeness = about_numbers(comparison), about_likeness(comparison)
    assert len(numbers) == len(panel(comparison)) == 4
    assert len(likeness) == 1 + 2 * 4
    assert numbers[0].startswith("For the worried camp, catastrophe is least with ")


def test_sources_tell_what_was_learned_from_what_was_declared(comparison: xr.Dataset) -> None:
    learned = " ".join(about_sources(comparison, "compelling_evidence"))
    assert "efficacy learned from 1 answer about it; for all other experts" in learned
    assert "chance 0.3, declared" in learned
    declared = " ".join(about_sources(comparison, "hardened_security"))
    assert "learned" not in declared
    assert about_sources(comparison, "one_project") == []


def test_what_is_printed_fits_60_columns(
    comparison: xr.Dataset, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    print_comparison(comparison)
    print_details(comparison, ["compelling_evidence", "one_project"])
    out = capsys.readouterr().out
    assert max(len(line.rstrip()) for line in out.splitlines()) <= 64  # the tiniest numbers
    for each in (*names_of(comparison), *OUTCOME_NAMES, "Ann", "population"):
        assert each in out


def test_a_comparison_is_written_whole_and_asks_for_nothing(
    comparison: xr.Dataset, tmp_path: Path
) -> None:
    page, data = write_comparison(comparison, tmp_path / "new")
    text = page.read_text(encoding="utf-8")
    assert not re.search(r'(?:src|href)="(?!#|data:)', text)
    assert all(f'id="plan-{name}"' in text for name in names_of(comparison))
    with xr.open_dataset(data, engine="h5netcdf") as saved:
        np.testing.assert_allclose(saved["consensus"], comparison["consensus"], rtol=2.0**-11)
        experts = saved["by_expert"].rename(draw_of_expert="draw")
        kept = comparison["by_expert"].sel(draw=experts["draw"])
        assert kept.sizes["draw"] == np.ceil(comparison.sizes["draw"] / 4)
        np.testing.assert_allclose(experts, kept, rtol=2.0**-11)
    assert sorted(path.name for path in page.parent.iterdir()) == ["compare.html", "comparison.nc"]


def test_a_panel_without_camps_or_interventions_is_compared_too(tmp_path: Path) -> None:
    tree = panel_tree(draws=3)
    posterior = tree["posterior"].to_dataset()
    gone = [name for name in posterior.data_vars if str(name).startswith("efficacy")]
    tree["posterior"] = xr.DataTree(posterior.drop_vars([*gone, "contrast"]))
    experts = tree["outcomes"].to_dataset().drop_dims("camp").drop_vars("camp", errors="ignore")
    tree["outcomes"] = xr.DataTree(experts.assign_coords(camp_of_expert=("expert", [""] * 4)))
    tree.attrs["camp_weights"] = "{}"
    comparison = compare(tree, [load_plan(BASELINE), load_plan("compelling_evidence")])
    assert panel(comparison) == ["consensus", "population"]
    works = comparison["works_by_expert"].sel(scenario="compelling_evidence")
    np.testing.assert_allclose(works, 0.3 * 0.75, rtol=EXACT)
    assert "learned" not in " ".join(about_sources(comparison, "compelling_evidence"))
    write_comparison(comparison, tmp_path)
