"""Crowds: who belongs to one, and that their likelihood is that of worldviews told apart."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pytensor.tensor.random.basic import HalfNormalRV
from scipy.special import logsumexp

from takeoff.analysis.derived import log_likelihood
from takeoff.analysis.fit import simulate_panel
from takeoff.data import join, load_study
from takeoff.models.answers.shared_errors import SharedErrors
from takeoff.models.coordinates import Coordinates
from takeoff.models.crowd import part
from takeoff.models.lattice import crowd_nodes
from takeoff.models.panel import Panel, offset_sd, panel_model
from takeoff.models.priors import prior_set
from takeoff.models.questions import READINGS, Judgments
from takeoff.models.worldviews import VARYING
from takeoff.models.writer import program_of

PEOPLE = 15
DEVIATIONS = tuple(f"{name}_deviation" for name in (*VARYING, "efficacy"))
MOVED = ("margin", "offense", "wording", "contrast", *DEVIATIONS)
LATENT = (*(f"{name}_deviation" for name in VARYING), "log_tail", "log_care")


@pytest.fixture(scope="module")
def survey() -> Judgments:
    return join([load_study("espai_2023")])


def first(survey: Judgments, people: int) -> Judgments:
    """Keep the first people of a survey."""
    answers = survey.answers
    kept = answers["expert"].values[:people]
    own = np.flatnonzero(np.isin(answers["expert_name"].values, kept))
    return replace(survey, answers=answers.isel(answer=own, expert=slice(0, people)))


@pytest.fixture(scope="module")
def few(survey: Judgments) -> Judgments:
    return first(survey, PEOPLE)


@pytest.fixture(scope="module")
def crowd(few: Judgments) -> Panel:
    return panel_model(few, prior_set("neutral"), many=PEOPLE)


@pytest.fixture(scope="module")
def joined() -> Panel:
    """A few experts of two camps beside a crowd of a third."""
    both = join([load_study("fri_2023"), load_study("espai_2023")])
    answers = both.answers
    by_camp = answers["expert"].groupby(answers["camp"])
    kept = np.concatenate([each.values[: PEOPLE if len(each) > 99 else 3] for _, each in by_camp])
    panel = panel_model(
        replace(
            both,
            answers=answers.isel(
                answer=np.isin(answers["expert_name"].values, kept),
                expert=np.isin(answers["expert"].values, kept),
            ),
        ),
        prior_set("neutral"),
        many=PEOPLE,
    )
    assert [len(each.people) for each in panel.crowds] == [PEOPLE - 5]
    return panel


@pytest.fixture(scope="module")
def parted(survey: Judgments) -> Panel:
    """Two crowds, of other surveys and camps, and asked other questions."""
    people = first(survey, 2 * PEOPLE)
    halves = {
        "study": np.repeat(["espai_2023", "other"], PEOPLE),
        "camp": np.repeat(["early", "late"], PEOPLE),
    }
    answers = people.answers.assign_coords({k: ("expert", v) for k, v in halves.items()})
    others = np.isin(answers["expert_name"].values, answers["expert"].values[PEOPLE:])
    kept = ~others | (answers["question"].values == "extremely_bad")
    two = replace(
        people,
        answers=answers.isel(answer=np.flatnonzero(kept)),
        camp_weights={"early": 0.5, "late": 0.5},
    )
    panel = panel_model(two, prior_set("neutral"), many=PEOPLE)
    assert [each.camp for each in panel.crowds] == ["early", "late"]
    assert [len(each.questions) for each in panel.crowds] == [4, 1]
    return panel


@pytest.fixture(scope="module", params=["crowd", "joined", "parted"])
def either(request: pytest.FixtureRequest) -> tuple[Panel, Coordinates]:
    panel: Panel = request.getfixturevalue(request.param)
    return panel, panel.coordinates()


def test_a_crowds_patterns_add_up_to_its_people(survey: Judgments) -> None:
    own, (crowd,) = part(survey)
    assert len(crowd.people) == len(crowd.pattern) == crowd.counts.sum()
    assert own.answers.sizes["expert"] + len(crowd.people) == survey.answers.sizes["expert"]
    assert len(crowd.patterns) < 700
    asked = survey.answers.isel(answer=survey.answers["expert_name"].values == crowd.people[0])
    pattern = crowd.patterns[crowd.pattern[0]]
    assert {name for name, _, _ in pattern} == set(asked["question"].values)
    for name, lower, upper in pattern:
        row = asked.isel(answer=asked["question"].values == name)
        inside = (lower < np.log(row["value"] / (1 - row["value"]))) & (upper < 1e3)
        assert inside.all() or row["value"] in (0, 1)


def test_those_who_say_more_keep_their_worldviews() -> None:
    judgments = join([load_study("fri_2023"), load_study("authors")])
    own, crowds = part(judgments, many=2)
    assert crowds == ()
    assert own.answers.equals(judgments.answers)


def test_a_small_survey_is_no_crowd(few: Judgments) -> None:
    own, crowds = part(few, many=PEOPLE + 1)
    assert crowds == ()
    assert own is few or own.answers.sizes == few.answers.sizes


def test_a_bias_and_a_surveys_offset_move_a_crowd_as_its_wordings_do(survey: Judgments) -> None:
    """By as much in every question, and a survey's offset its own crowd alone."""
    people = first(survey, 2 * PEOPLE)
    half = np.repeat(["espai_2023", "other"], PEOPLE)
    two = replace(people, answers=people.answers.assign_coords(study=("expert", half)))
    shared = SharedErrors(study=0.8, bias=0.5)
    panel = panel_model(two, prior_set("neutral"), many=PEOPLE, shared=shared)
    assert [each.study for each in panel.crowds] == ["espai_2023", "other"]
    truth, _ = simulate_panel(panel, 1, seed=4)
    truth = truth.assign({name: 0 * truth[name] for name in ("study_effect", "panel_bias")})
    # One wording is one offset, in units of its spread; offsets differ from it by nothing else.
    spread = np.array([offset_sd(two.questions[name]) for name in panel.questions])

    def logs(wording: float = 0.0, offset: float = 0.0, bias: float = 0.0) -> tuple[Any, Any]:
        moved = truth.assign(
            wording=truth["wording"] + wording / spread,
            study_effect=truth["study_effect"] + np.array([offset / shared.study, 0.0]),
            panel_bias=truth["panel_bias"] + bias,
        )
        patterns = log_likelihood(moved, panel)["crowd"].values[0, 0]
        return tuple(np.split(patterns, [len(panel.crowds[0].patterns)]))

    plain, worded = logs(), logs(wording=0.3)
    assert not np.allclose(plain[0], worded[0], rtol=1e-3)
    np.testing.assert_allclose(np.concatenate(logs(bias=0.3)), np.concatenate(worded), rtol=1e-9)
    own, others = logs(offset=0.3)
    np.testing.assert_allclose(own, worded[0], rtol=1e-9)
    np.testing.assert_allclose(others, plain[1], rtol=1e-9)


@pytest.mark.parametrize("noise", [0.3, 1.0])
@pytest.mark.parametrize("apart", [[1, 1, 1, 1], [2, 0.1, 0.5, 0.5], [0.1, 2, 0.5, 0.5]])
def test_patterns_are_as_likely_as_with_worldviews_told_apart(
    few: Judgments, crowd: Panel, noise: float, apart: list[float]
) -> None:
    """The full model's likelihood, averaged over worldviews and care that are drawn."""
    draws = 4000
    full = panel_model(few, prior_set("neutral"), many=PEOPLE + 1)
    truth, _ = simulate_panel(crowd, 1, seed=4)
    truth["noise"][..., 0] = noise
    truth["disagreement"][:] = apart
    random = np.random.default_rng(0)
    drawn = truth.isel(draw=np.zeros(draws, int)).drop_vars(["expert", *LATENT], errors="ignore")
    drawn = drawn.drop_dims("expert", errors="ignore").assign_coords(draw=np.arange(draws))
    for name in LATENT:
        drawn[name] = (("chain", "draw", "expert"), random.normal(size=(1, draws, PEOPLE)))
    answers = log_likelihood(drawn, full)["log_odds"].values[0]
    whole = crowd.crowds[0]
    of_pattern = log_likelihood(truth, crowd)["crowd"].values[0, 0] / whole.counts
    name_of = few.answers["expert_name"].values
    for person, number in zip(whole.people, whole.pattern, strict=True):
        logs = answers[:, name_of == person].sum(axis=1)
        expected = logsumexp(logs) - np.log(draws)
        error = np.std(np.exp(logs - expected)) / np.sqrt(draws)
        assert of_pattern[number] == pytest.approx(expected, abs=4.5 * error + 0.02)


@pytest.mark.parametrize("apart", [[2, 0.1, 0.7, 0.7], [0.1, 2, 0.7, 0.7], [1.5, 1, 1, 1]])
def test_finer_nodes_say_the_same(
    survey: Judgments, apart: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of each answer, whatever people disagree in, and in worlds that hardly fit.

    Nodes over worldviews and the grid of levels.
    """
    nodes = {"as it is": crowd_nodes(), "finer": crowd_nodes(density=32.0, table_step=0.25)}
    _, (crowd,) = part(survey)
    counts, found = crowd.counts, {}
    for name, laid in nodes.items():
        if name == "finer":
            monkeypatch.setattr("takeoff.models.lattice._LEVEL_STEP", 0.1)
            monkeypatch.setattr("takeoff.models.lattice._HALVINGS", 0)
        monkeypatch.setattr("takeoff.models.crowd_likelihood.crowd_nodes", lambda laid=laid: laid)
        panel = panel_model(survey, prior_set("neutral"))
        truth, _ = simulate_panel(panel, 3, seed=2)
        truth["noise"][..., 0] = 1.0
        truth["disagreement"][:] = apart
        found[name] = log_likelihood(truth, panel)["crowd"].values[0] / counts
    error = found["as it is"] - found["finer"]
    assert np.sqrt((error**2 @ counts) / counts.sum()).max() < 0.015


def test_gradient_is_the_densitys(either: tuple[Panel, Coordinates]) -> None:
    model = either[1].model
    start = model.initial_point(0)
    shapes = [np.shape(start[each.name]) for each in model.value_vars]
    whole: Any = model.logp()
    density = program_of([whole], model.value_vars, shapes).density()
    random = np.random.default_rng(1)
    flat = np.concatenate([np.ravel(start[each.name]) for each in model.value_vars])
    for _ in range(2):
        point = flat + random.normal(0, 0.4, flat.shape)
        value, gradient = density(point)
        assert np.isfinite(value)
        step = 1e-5
        for place in range(len(point)):
            side = step * (np.arange(len(point)) == place)
            slope = (density(point + side)[0] - density(point - side)[0]) / (2 * step)
            assert gradient[place] == pytest.approx(slope, rel=1e-4, abs=1e-3)


def test_volume_is_the_determinant_of_the_way_back(either: tuple[Panel, Coordinates]) -> None:
    panel, coordinates = either
    start = coordinates.model.initial_point(0)
    shapes = [np.shape(start[each.name]) for each in coordinates.model.value_vars]
    log_volume: Any = coordinates.model.logp(vars=coordinates.model.potentials[1])
    volume = program_of([log_volume], coordinates.model.value_vars, shapes).density()
    flat = np.concatenate([np.ravel(start[each.name]) for each in coordinates.model.value_vars])
    point = flat + np.random.default_rng(2).normal(0, 0.3, flat.shape)
    step = 1e-5
    points = point + step * np.concatenate([np.eye(len(flat)), -np.eye(len(flat))])
    sizes = np.cumsum([int(np.prod(shape)) for shape in shapes])[:-1]
    batch = {
        str(each.name): column.reshape(len(points), *shape)
        for each, column, shape in zip(
            coordinates.model.value_vars, np.split(points, sizes, axis=1), shapes, strict=True
        )
    }
    back = coordinates.back(points)
    columns = []
    for each in panel.model.free_RVs:
        name = str(panel.model.rvs_to_values[each].name)
        if name in MOVED:
            columns.append(back[name])
        elif isinstance(each.owner.op, HalfNormalRV) or each.name in ("noise", "arrival_median"):
            columns.append(np.log(back[str(each.name)]))
        else:
            columns.append(batch[name])
    ahead, behind = np.split(np.concatenate([c.reshape(len(points), -1) for c in columns], 1), 2)
    _, logarithm = np.linalg.slogdet((ahead - behind) / (2 * step))
    assert volume(point)[0] == pytest.approx(logarithm, abs=1e-4)


def test_a_joined_crowd_has_a_noise_of_its_own(crowd: Panel, joined: Panel) -> None:
    """Its survey's, which moves its patterns and its people's answers and no other expert's."""
    names = [{each.name for each in panel.model.free_RVs} for panel in (crowd, joined)]
    assert ["crowd_noise" in each for each in names] == [False, True]
    assert joined.model.coords["crowd_survey"] == ("espai_2023",)
    truth, _ = simulate_panel(joined, 1, seed=4)
    moved = {}
    for name, row in (("noise", READINGS.index("level")), ("crowd_noise", 0)):
        other = truth.copy(deep=True)
        other[name][..., row] *= 1.5
        moved[name] = log_likelihood(other, joined) - log_likelihood(truth, joined)
    answers = joined.judgments.answers
    study_of = dict(zip(answers["expert"].values, answers["study"].values, strict=True))
    theirs = np.array([study_of[name] == "espai_2023" for name in answers["expert_name"].values])
    level = [
        joined.judgments.questions[name].reading == "level" for name in answers["question"].values
    ]
    for name, whose in (("noise", ~theirs), ("crowd_noise", theirs)):
        steps = moved[name]["log_odds"].values[0, 0]
        np.testing.assert_array_equal(steps != 0, whose & level)
    assert not moved["noise"]["crowd"].any()
    assert moved["crowd_noise"]["crowd"].all()


def test_ten_times_the_people_cost_no_more_patterns(survey: Judgments) -> None:
    """The work grows with the patterns, of which people who round give ever fewer new ones."""
    _, (small,) = part(first(survey, 270))
    _, (large,) = part(survey)
    assert len(large.patterns) < 5 * len(small.patterns)
