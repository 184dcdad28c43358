"""Sensitivity of a panel with a crowd: what its people said is taken apart as far as it can be."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import xarray as xr

from takeoff.analysis import derived
from takeoff.analysis.fit import sample_panel, simulate_panel
from takeoff.analysis.posterior import HEADLINE
from takeoff.analysis.provenance import describe
from takeoff.analysis.sensitivity import refit as refit_module
from takeoff.analysis.sensitivity.base import Base
from takeoff.analysis.sensitivity.changes import Change, possible
from takeoff.analysis.sensitivity.components import log_prior, top_level
from takeoff.analysis.sensitivity.crowds import by_crowd, without_questions
from takeoff.analysis.sensitivity.cruxes import cruxes, pairs
from takeoff.analysis.sensitivity.powerscale import power_scaling
from takeoff.analysis.sensitivity.refit import Job, Sampling, changed_panel, refit, start_of
from takeoff.analysis.sensitivity.reweigh import log_ratio, reweighted
from takeoff.analysis.sensitivity.takeaways import about_people_and_questions
from takeoff.analysis.sensitivity.tornado import tornado
from takeoff.analysis.voices import middle, told_apart
from takeoff.data import join, load_study
from takeoff.models.panel import panel_model
from takeoff.models.priors import prior_set
from takeoff.models.questions import Judgments

pytestmark = pytest.mark.slow

PEOPLE = 60
EXPERTS = ("Pascal", "Quentin", "Ash")
QUESTIONS = ("extinction", "warning_shot")
CROWD = "Researchers"


@pytest.fixture(scope="module")
def survey() -> Judgments:
    """A crowd beside three experts of two camps."""
    both = join([load_study("fri_2023"), load_study("espai_2023")])
    people, study = both.answers["expert"].values, both.answers["study"].values
    asked = np.isin(people, EXPERTS) | np.isin(people, people[study == "espai_2023"][:PEOPLE])
    answers = both.answers.isel(expert=np.flatnonzero(asked))
    theirs = np.isin(answers["expert_name"].values, answers["expert"].values)
    left = np.isin(answers["question"].values, QUESTIONS) | ~np.isin(
        answers["expert_name"].values, EXPERTS
    )
    return replace(both, answers=answers.isel(answer=np.flatnonzero(theirs & left)))


@pytest.fixture(scope="module")
def base(survey: Judgments) -> Base:
    chosen = prior_set("neutral")
    panel = panel_model(survey, chosen)
    posterior, notes = sample_panel(panel, seed=1, draws=100, tune=150, chains=2)
    groups = {
        "posterior": posterior,
        "sample_stats": notes,
        "prior": simulate_panel(panel, 100, 1)[0],
        "outcomes": derived.outcomes(posterior, panel.judgments, chosen, 1, panel.crowds),
        "log_likelihood": derived.log_likelihood(posterior, panel),
    }
    tree = xr.DataTree.from_dict(groups)
    tree.attrs = describe([], survey, chosen, 1, {}, panel.crowds)
    return Base(tree, ("fri_2023", "espai_2023"), survey, chosen)


@pytest.fixture(scope="module")
def prior(base: Base) -> xr.Dataset:
    return log_prior(base.draws, base.panel)


def job_of(base: Base, settings: dict[str, Any], sampling: Sampling) -> Job:
    start = start_of(base)
    assert start is not None
    return Job.of(base, Change.of(settings), start, sampling, np.nan)


def test_nobody_of_a_crowd_can_be_left_out_but_all_can_count_twice(base: Base) -> None:
    known = possible(base.judgments, top_level(base.panel), base.panel.crowds)
    assert set(known["without.expert"] or ()) == set(EXPERTS) == set(told_apart(base.tree))
    assert f"power.crowd.{CROWD}" in known
    assert "power.question.warning_shot" in known
    assert not {f"power.question.{name}" for name in base.panel.crowds[0].questions} & set(known)


def test_powers_mean_the_same_to_weights_and_to_refits(base: Base, prior: xr.Dataset) -> None:
    """At the sampler's own points; coordinates are the same, as powers do not change the story."""
    settings = {f"power.crowd.{CROWD}": 3.0, "power.all.answers": 0.5, "power.expert.Ash": 3.0}
    points = base.tree["sample_stats"].to_dataset()["unconstrained_draw"]
    some = points.isel(chain=0, draw=slice(0, 30, 10)).values
    changed = changed_panel(base.judgments, job_of(base, settings, Sampling()))
    before, after = (each.coordinates().program().values(some)[0] for each in (base.panel, changed))
    found = log_ratio(base, Change.of(settings), prior).isel(chain=0, draw=slice(0, 30, 10))
    assert np.ptp(after - before) > 0.1
    np.testing.assert_allclose(found, after - before, rtol=1e-6, atol=1e-5)


def test_what_is_left_of_a_question_are_the_others_answers(base: Base) -> None:
    """Added up person by person, from how likely each answer is alone."""
    (said,), (crowd,) = base.crowd_answers, base.panel.crowds
    whole = base.said["crowd"].values / crowd.counts
    number = {each: row for row, each in enumerate(said.intervals)}
    asked = {name: row for row, name in enumerate(crowd.questions)}
    left_out = "extremely_bad"
    total = np.zeros(whole.shape[:2])
    for pattern in crowd.pattern.tolist():
        left = [each for each in crowd.patterns[pattern] if each[0] != left_out]
        if len(left) == len(crowd.patterns[pattern]):
            total += whole[:, :, pattern]
        for name, low, high in left if len(left) < len(crowd.patterns[pattern]) else ():
            total += said.alone[:, number[asked[name], low, high]].reshape(total.shape)
    found = without_questions(base.said, base.crowd_answers, [left_out]).isel(crowd=0)
    np.testing.assert_allclose(found, total)
    everything = by_crowd(base.said, base.panel.crowds)
    np.testing.assert_allclose(without_questions(base.said, base.crowd_answers, []), everything)
    nothing = without_questions(base.said, base.crowd_answers, crowd.questions)
    np.testing.assert_allclose(nothing, 0)


def test_leaving_a_study_out_takes_its_crowd_away(base: Base, prior: xr.Dataset) -> None:
    one = log_ratio(base, Change.of({"without.study": "espai_2023"}), prior)
    shown = [name for name in base.draws["expert"].values if name not in EXPERTS]
    own = base.without_experts.sel(expert=shown).sum("expert")
    crowd = by_crowd(base.said, base.panel.crowds).sum("crowd")
    np.testing.assert_allclose(one, own - crowd)


def test_whoever_is_left_counts_for_all_of_theirs(base: Base, prior: xr.Dataset) -> None:
    row, _ = reweighted(base, Change.of({}), prior)
    np.testing.assert_allclose(
        list(row.outcomes["consensus"].values()),
        np.quantile(base.consensus, (0.05, 0.5, 0.95), axis=(0, 1)).T,
    )
    row, _ = reweighted(base, Change.of({"without.camp": CROWD}), prior)
    assert set(row.outcomes) == {"consensus", "Concerned", "Skeptical"}
    few = base.outcomes.sel(expert=list(EXPERTS)).drop_vars("weight")
    assert float(middle(few).median()) != pytest.approx(float(base.consensus.median()), rel=0.01)


def test_a_refit_agrees_with_weights_where_these_are_trusted(
    base: Base, prior: xr.Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within five standard errors of both: short chains know their own error only roughly."""
    monkeypatch.setattr(refit_module, "_judgments", lambda _: base.judgments)
    settings = {f"power.crowd.{CROWD}": 0.9}
    weighted, weights = reweighted(base, Change.of(settings), prior)
    assert weights.trusted
    again = refit(job_of(base, settings, Sampling(draws=60, tune=40)))
    assert again.how == "refit", again.reason
    for name in HEADLINE:
        error = np.hypot(again.error[name], weighted.error[name])
        step = again.outcomes["consensus"][name][1] - weighted.outcomes["consensus"][name][1]
        assert abs(step) < 5 * error


def test_components_are_experts_and_crowds(base: Base, prior: xr.Dataset) -> None:
    power = power_scaling(base, prior)
    of = {
        kind: set(power["of"].values[power["kind"].values == kind])
        for kind in ("expert", "crowd", "question", "study")
    }
    assert of["expert"] == set(EXPERTS)
    assert of["crowd"] == {CROWD}
    assert of["question"] == set(base.judgments.answers["question"].values)
    assert of["study"] == {"fri_2023", "espai_2023"}
    assert np.isfinite(power["sensitivity"]).all()
    said = about_people_and_questions(power)
    assert f"the crowd of {CROWD}" in said or "No single expert" in said


def test_a_crowd_alone_is_said_to_be_one(base: Base, prior: xr.Dataset) -> None:
    power = power_scaling(base, prior)
    alone = power.isel(component=power["kind"].values != "expert")
    assert f"The answers are those of the crowd of {CROWD}" in about_people_and_questions(alone)


def test_cruxes_count_a_crowd_for_all_of_its_people(base: Base) -> None:
    found = cruxes(base.tree, draws=20)
    parts = found["between_camps"] + found["within_camps"]
    np.testing.assert_allclose(parts, found["of_belief"])
    np.testing.assert_allclose(found["of_belief"].sum("varying"), found["variance"])
    # Three experts among sixty people hardly matter: nearly all disagreement is the crowd's own.
    crowd = base.tree.copy()
    outcomes = crowd["outcomes"].to_dataset().sel(expert=[*_shown(base)])
    crowd["posterior"] = xr.DataTree(base.tree["posterior"].to_dataset().sel(expert=_shown(base)))
    crowd["outcomes"] = xr.DataTree(outcomes)
    theirs = cruxes(crowd, draws=20)
    inside = found["within_camps"].sum("varying") / theirs["variance"]
    assert 0.9 < float(inside.median()) < 1.1
    assert pairs(base.tree, draws=10)["expert"].values.tolist() == told_apart(base.tree)


def _shown(base: Base) -> list[str]:
    return [str(name) for name in base.draws["expert"].values if name not in EXPERTS]


def test_the_tornado_moves_the_members_too(base: Base) -> None:
    step = tornado(base, worlds=10)["alone"].diff("end").isel(end=0)
    assert float(step.sel(parameter="offense", outcome="takeover")) > 0
    assert float(step.sel(parameter="margin", outcome="takeover")) < 0
