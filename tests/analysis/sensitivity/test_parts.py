"""Weights, changes, grids, rows on disk and takeaways: what needs no fitted panel."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

from takeoff.analysis.movement import Movement
from takeoff.analysis.posterior import HEADLINE
from takeoff.analysis.sensitivity.base import base_of
from takeoff.analysis.sensitivity.changes import (
    Change,
    changed_judgments,
    changed_prior,
    checked,
    possible,
)
from takeoff.analysis.sensitivity.findings import Row, failed, table
from takeoff.analysis.sensitivity.grid import load_grid, ordinary
from takeoff.analysis.sensitivity.refit import Sampling
from takeoff.analysis.sensitivity.store import Store
from takeoff.analysis.sensitivity.takeaways import (
    about_beliefs,
    about_people_and_questions,
    about_the_prior,
    leaders,
)
from takeoff.analysis.sensitivity.weights import weights_of
from takeoff.analysis.sensitivity.workers import require_cluster
from takeoff.analysis.summaries import LEVELS, AnswerRow
from takeoff.data import join, load_study
from takeoff.models.errors import InputError
from takeoff.models.priors import PRIOR_SETS, prior_set
from takeoff.models.questions import Judgments


@pytest.fixture(scope="module")
def judgments() -> Judgments:
    return join([load_study("fri_2023"), load_study("authors")])


@pytest.fixture(scope="module")
def known(judgments: Judgments) -> Any:
    return possible(judgments, ["margin", "noise"])


def normal_draws(count: int) -> xr.DataArray:
    drawn = np.random.default_rng(1).normal(size=(4, count // 4))
    return xr.DataArray(drawn, dims=("chain", "draw"))


def test_weights_carry_one_normal_to_another() -> None:
    """From N(0, 1) to N(1/2, 1): the weighted mean, within four standard errors."""
    draws = normal_draws(8000)
    weights = weights_of(0.5 * draws - 0.125)
    assert weights.trusted
    mean = float((weights.values * draws).sum())
    assert abs(mean - 0.5) < 4 / np.sqrt(weights.effective)


def test_weights_far_from_the_draws_are_not_trusted() -> None:
    assert not weights_of(6.0 * normal_draws(4000)).trusted
    assert not weights_of(normal_draws(4000) * np.nan).trusted


def test_no_change_weighs_all_draws_alike() -> None:
    weights = weights_of(0.0 * normal_draws(400))
    assert weights.trusted
    np.testing.assert_allclose(weights.effective, 400)


def test_leaving_out_takes_answers_and_people_away(judgments: Judgments) -> None:
    for kind, name in (("expert", "Scher"), ("study", "authors")):
        left = changed_judgments(judgments, Change.of({f"without.{kind}": name}))
        assert "Scher" not in left.answers["expert"].values
        gone = 1 if kind == "expert" else (judgments.answers["study"] == "authors").sum()
        assert left.answers.sizes["expert"] == judgments.answers.sizes["expert"] - gone
    one = changed_judgments(judgments, Change.of({"without.camp": "Skeptical"}))
    assert dict(one.camp_weights) == {"Concerned": 1.0}
    asked = changed_judgments(judgments, Change.of({"without.question": "extinction"}))
    assert "extinction" not in asked.answers["question"].values


def test_a_panel_needs_two_experts(judgments: Judgments) -> None:
    people = tuple(judgments.answers["expert"].values.tolist())
    with pytest.raises(InputError, match="leaves 1 experts; two are the least"):
        changed_judgments(judgments, Change.of({"without.expert": people[1:]}))


def test_priors_move_by_their_own_spreads() -> None:
    neutral = prior_set("neutral")
    moved = changed_prior(neutral, Change.of({"center.margin": 1.0, "spread.doubt": 2.0}))
    assert moved.priors["margin"].numbers == (1.0, 1.0)
    assert moved.priors["doubt"].numbers == (1.4,)
    beta = changed_prior(neutral, Change.of({"center.slip": 1.0})).priors["slip"]
    assert sum(beta.numbers) == pytest.approx(6.0)
    assert beta.quantile(0.5) > neutral.priors["slip"].quantile(0.5)
    other = changed_prior(neutral, Change.of({"prior": "homogeneous"}))
    assert other.shares == (6.0, 3.0, 1.0)


def test_priors_of_averaged_sets_move_in_each() -> None:
    change = {"center.margin": 1.0, "spread.kinship_independent": 2.0}
    moved = changed_prior(prior_set("neutral"), Change.of({"prior": "averaged", **change}))
    assert moved.priors["margin"].numbers == (1.0, 1.0)
    for before, after in zip(PRIOR_SETS.values(), moved.averaged, strict=True):
        assert after == changed_prior(before, Change.of(change))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"center.margn": 1.0}, "unknown setting 'center.margn'; did you mean"),
        ({"prior": "neutrl"}, "prior: unknown 'neutrl'; did you mean \"neutral\""),
        ({"without.expert": ("Scher", "Nobody")}, "without.expert: unknown 'Nobody'"),
        ({"scale.noise": "wide"}, "scale.noise is 'wide'; give a number"),
        ({"power.prior.margin": -1.0}, "a power is 0 or more"),
    ],
)
def test_unknown_settings_are_refused(known: Any, settings: Any, message: str) -> None:
    with pytest.raises(InputError) as caught:
        checked(settings, known)
    assert message in str(caught.value)


def test_a_grid_is_every_combination_and_rows_and_draws(tmp_path: Path, known: Any) -> None:
    path = tmp_path / "grid.toml"
    path.write_text(
        '[grid]\nprior = ["neutral", "homogeneous"]\nscale.wording = [0.5, 1, 2]\n'
        '[[change]]\nwithout.question = ["extinction", "warning_shot"]\n'
        "[sample]\nrows = 4\nseed = 2\nscale.noise = [0.5, 2]\ncenter.margin = [-1, 1]\n"
    )
    changes = load_grid(path, known)
    assert len(changes) == 6 + 1 + 4
    assert changes[6].left_out() == {"question": ("extinction", "warning_shot")}
    for change in changes[7:]:
        assert 0.5 <= change.numbers("scale.")["noise"] <= 2
        assert -1 <= change.numbers("center.")["margin"] <= 1
    assert load_grid(path, known) == changes


def test_each_means_one_after_the_other(tmp_path: Path, known: Any) -> None:
    path = tmp_path / "grid.toml"
    path.write_text('[grid]\nwithout.expert = "each"\n')
    named = [change.left_out()["expert"] for change in load_grid(path, known)]
    assert named == [(expert,) for expert in known["without.expert"]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[grid]\nscale.wordin = [1]\n", "unknown setting 'scale.wordin'"),
        ("[grids]\nprior = ['neutral']\n", "unknown part 'grids'"),
        ("", "declares no change"),
        ("[sample]\nscale.noise = [1, 2]\n", "[sample] needs rows"),
        ("[sample]\nrows = 2\nscale.noise = 1\n", "needs two numbers"),
        ("grid = 3\n", "settings stand in"),
        ("[grid\n", "not TOML"),
    ],
)
def test_bad_grids_are_refused_in_one_line(
    tmp_path: Path, known: Any, text: str, message: str
) -> None:
    path = tmp_path / "grid.toml"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        load_grid(path, known)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_every_panel_is_asked_the_same_things(known: Any) -> None:
    names = [change.name for change in ordinary(known)]
    assert "without.expert = Scher" in names
    assert "prior = heterogeneous" in names
    assert "scale.wording = 2" in names
    assert len(names) == len(set(names))


def row_of(change: Change, how: Any = "refit") -> Row:
    outcomes = {"consensus": {name: [0.1, 0.2, 0.3] for name in HEADLINE}}
    return Row(change, how, "", outcomes, dict.fromkeys(HEADLINE, 0.01), 0.9, 1.0, 80, 0, 5, 1.5)


def test_rows_survive_on_disk_and_belong_to_their_posterior(tmp_path: Path) -> None:
    change = Change.of({"without.expert": ("Ann", "Bea"), "scale.wording": 2.0})
    store = Store(tmp_path / "rows", "takeoff-1", Sampling())
    assert store.read(change) is None
    store.write(row_of(change))
    assert store.read(change) == row_of(change)
    assert Store(tmp_path / "rows", "takeoff-2", Sampling()).read(change) is None
    assert Store(tmp_path / "rows", "takeoff-1", Sampling(draws=7)).read(change) is None
    assert not [path for path in (tmp_path / "rows").iterdir() if path.name.startswith(".")]


def test_failures_are_rows_with_their_reason() -> None:
    one, other = Change.of({"scale.noise": 2.0}), Change.of({"scale.noise": 0.5})
    laid = table([row_of(one), failed(other, "all bad", 1.2, 3.0)])
    assert laid["how"].values.tolist() == ["refit", "failed"]
    assert laid["reason"].values.tolist() == ["", "all bad"]
    assert np.isnan(laid["value"].isel(row=1)).all()
    assert json.loads(str(laid["settings"].values[1])) == {"scale.noise": 0.5}


def test_only_a_clear_lead_is_a_lead() -> None:
    assert leaders({"a": (1.0, 0.1), "b": (0.5, 0.1)}).alone
    assert not leaders({"a": (1.0, 0.3), "b": (0.5, 0.3)}).alone
    assert not leaders({"a": (0.1, 0.2)}).sure


def tornado_of(known: Any, alone: Any, error: float) -> xr.Dataset:
    names = list(known)
    shape = (len(names), 2, 1)
    dims = ("parameter", "end", "outcome")
    return xr.Dataset(
        {
            "known": (dims, np.array([known[name] for name in names])[..., None]),
            "alone": (dims, np.array([alone[name] for name in names])[..., None]),
            "error": (dims, np.full(shape, error)),
            "k": (dims[:2], np.zeros(shape[:2])),
        },
        coords={"parameter": names, "end": [0.05, 0.95], "outcome": ["catastrophe"]},
    )


SWINGS = {"margin": (0.1, 0.4), "offense": (0.2, 0.25), "doubt": (0.2, 0.21)}
EVEN = {"margin": (0.1, 0.2), "offense": (0.2, 0.29), "doubt": (0.2, 0.28)}


def test_the_belief_that_leads_is_named_alone() -> None:
    said = about_beliefs(tornado_of(SWINGS, SWINGS, 0.01))
    assert "moves catastrophe most, were it known, is margin" in said
    assert "from 10% to 40%" in said
    assert "all else held" not in said


def test_beliefs_that_cannot_be_told_apart_are_named_together() -> None:
    said = about_beliefs(tornado_of(EVEN, EVEN, 0.01))
    assert "margin, offense and doubt, which cannot be told apart" in said


def test_a_belief_that_others_make_up_for_is_said_to_be_one() -> None:
    alone = {**SWINGS, "offense": (0.05, 0.9)}
    said = about_beliefs(tornado_of(SWINGS, alone, 0.01))
    assert "offense would move it from 5% to 90% with all else held" in said


def test_noise_names_no_belief() -> None:
    assert "No single belief" in about_beliefs(tornado_of(SWINGS, SWINGS, 0.5))


def power_of(sizes: Any, kinds: Any, error: float, k: float = 0.1) -> xr.Dataset:
    names = list(sizes)
    count = len(names)
    diagnosis = ["strong prior or weak data"] * count
    return xr.Dataset(
        {
            "sensitivity": (("component", "outcome"), np.array(list(sizes.values()))[:, None]),
            "error": (("component", "outcome"), np.full((count, 1), error)),
            "quantile": (
                ("component", "power", "level", "outcome"),
                np.full((count, 2, 3, 1), 0.3),
            ),
            "k": (("component", "power"), np.full((count, 2), k)),
            "diagnosis": (("component", "outcome"), np.array(diagnosis)[:, None]),
        },
        coords={
            "component": [f"{kind} {name}" for kind, name in zip(kinds, names, strict=True)],
            "kind": ("component", list(kinds)),
            "of": ("component", names),
            "outcome": ["catastrophe"],
            "power": [0.5, 2.0],
            "level": list(LEVELS),
        },
    )


def test_whose_answers_weigh_most_is_said_no_more_surely_than_it_is_known() -> None:
    people = {"Ann": 0.3, "Bea": 0.1, "Cid": 0.09, "Dov": 0.08}
    kinds = ["expert"] * 4
    sure = about_people_and_questions(power_of(people, kinds, 0.01))
    assert "weigh most on catastrophe are Ann's" in sure
    unsure = about_people_and_questions(power_of(people, kinds, 0.15))
    assert "Ann" not in unsure or "cannot be told apart" in unsure
    assert "No single expert" in unsure


def asking_of(values: Any, error: float) -> xr.Dataset:
    names = list(values)
    return xr.Dataset(
        {
            "of_estimate": (
                ("question", "people", "view"),
                np.array(list(values.values()))[:, None, None],
            ),
            "of_estimate_error": (
                ("question", "people", "view"),
                np.full((len(names), 1, 1), error),
            ),
        },
        coords={
            "question": names,
            "view": ["consensus"],
            "number": ("people", [20]),
            "kind": ("people", ["new"]),
            "camp": ("people", [""]),
        },
    )


def test_the_missing_question_is_named_when_it_is_clear() -> None:
    power = power_of({"Ann": 0.3, "Bea": 0.1}, ["expert"] * 2, 0.01)
    said = about_people_and_questions(power, asking_of({"power_grab": 0.2, "theft": 0.1}, 0.01))
    assert "of 20 new experts is power grab, expected to remove 20% of the variance" in said
    none = about_people_and_questions(power, asking_of({"power_grab": 0.02, "theft": 0.01}, 0.05))
    assert "is sure to teach anything" in none


@pytest.mark.parametrize(
    ("width", "step", "opening"),
    [
        (0.95, 0.05, "The estimate of catastrophe is still the prior speaking"),
        (0.5, 0.05, "The answers narrowed catastrophe without moving it much"),
        (0.9, 0.4, "The answers moved catastrophe"),
    ],
)
def test_how_far_the_prior_speaks(width: float, step: float, opening: str) -> None:
    row = AnswerRow("consensus", "catastrophe", *[0.2] * 6)
    power = power_of(
        {"margin": 0.2, "doubt": 0.01, "priors": 0.3}, ["prior", "prior", "all"], 0.01
    ).assign_coords(component=["prior margin", "prior doubt", "all priors"])
    said = about_the_prior(Movement(row, width, step), power)
    assert said.startswith(opening)
    assert "hangs most on the prior of margin, of which the answers hardly speak" in said
    assert "with all priors at half their weight the median is 30%" in said
    blind = power.assign(k=power["k"] + 2)
    assert "half their weight" not in about_the_prior(Movement(row, width, step), blind)


def fitted(draws: int = 60, people: int = 3) -> xr.DataTree:
    """The groups of a fitted panel that are looked at before its studies are."""
    random = np.random.default_rng(1)
    outcomes = xr.DataArray(
        random.uniform(size=(2, draws, 1, people, len(HEADLINE))),
        dims=("chain", "draw", "scenario", "expert", "outcome"),
        coords={"scenario": ["default"], "outcome": list(HEADLINE)},
    )
    likelihood = xr.DataArray(random.normal(size=(2, draws, 4)), dims=("chain", "draw", "answer"))
    tree = xr.DataTree.from_dict(
        {
            "outcomes": xr.Dataset({"by_expert": outcomes}),
            "log_likelihood": xr.Dataset({"log_odds": likelihood}),
        }
    )
    tree.attrs = {
        "studies": json.dumps([{"name": "authors"}]),
        "data_hash": "of other answers",
        "prior_set": "neutral",
    }
    return tree


def without_likelihood() -> xr.DataTree:
    tree = fitted()
    del tree["log_likelihood"]
    return tree


def constant() -> xr.DataTree:
    tree = fitted()
    table = tree["outcomes"].to_dataset()
    tree["outcomes"] = xr.DataTree(table.assign(by_expert=0 * table["by_expert"] + 0.5))
    return tree


@pytest.mark.parametrize(
    ("tree", "message"),
    [
        (fitted(draws=1).isel(chain=[0]), "the posterior has 1 draw; sensitivity takes 100"),
        (fitted(people=1), "the posterior has one expert"),
        (constant(), "catastrophe is the same in every draw"),
        (without_likelihood(), "the posterior has no log likelihood"),
        (fitted(), "the studies have changed since"),
    ],
)
def test_posteriors_that_cannot_be_explained_are_refused(tree: xr.DataTree, message: str) -> None:
    with pytest.raises(InputError) as caught:
        base_of(tree)
    assert message in str(caught.value)


def test_a_cluster_that_does_not_answer_is_refused() -> None:
    with pytest.raises(InputError, match=r"no cluster answers at tcp://127\.0\.0\.1:9"):
        require_cluster("tcp://127.0.0.1:9")
