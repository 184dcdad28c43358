"""A panel with every kind of answer in it."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from takeoff.data import join, load_study
from takeoff.models.answers.places import UNSTATED
from takeoff.models.answers.said import Said
from takeoff.models.interval import log_odds
from takeoff.models.panel import panel_model
from takeoff.models.priors import prior_set
from takeoff.models.questions import Judgments
from takeoff.models.worldviews import OFFENSE
from takeoff.models.writer import program_of
from tests.every_kind import ANSWERS, HEADER, STUDY


def judgments(folder: Path, answers: str = ANSWERS) -> Judgments:
    folder.mkdir(exist_ok=True)
    (folder / "study.toml").write_text(STUDY)
    (folder / "answers.csv").write_text(answers)
    return join([load_study(folder)])


@pytest.fixture(scope="module")
def every(tmp_path_factory: pytest.TempPathFactory) -> Judgments:
    return judgments(tmp_path_factory.mktemp("every"))


@pytest.fixture(scope="module")
def panel(every: Judgments) -> Any:
    return panel_model(every, prior_set("neutral"))


def test_those_who_say_nothing_of_the_world_hold_no_worldview(every: Judgments) -> None:
    assert every.answers["expert"].values.tolist() == ["Ann", "Bob", "Cid"]
    assert "Index" in every.answers["expert_name"].values


def test_the_last_round_of_each_expert_counts(every: Judgments) -> None:
    mine = (every.answers["expert_name"] == "Ann") & (every.answers["question"] == "risk")
    assert every.answers["value"].values[mine.values].tolist() == [0.3]


def test_every_answer_but_those_about_projects_is_observed(every: Judgments, panel: Any) -> None:
    rows = set(np.concatenate(list(panel.terms.values())).tolist())
    silent = [row for row in range(every.answers.sizes["answer"]) if row not in rows]
    assert every.answers["question"].values[silent].tolist() == ["projects"]


def test_the_likelihood_of_an_answer_is_that_of_its_observations(panel: Any) -> None:
    model = panel.model
    names = list(panel.terms)
    graphs = [*model.logp([model[name] for name in names], sum=False)]
    (guided,) = model.replace_rvs_by_values([panel.guide.likelihood])
    start = model.initial_point()
    free = model.value_vars
    program = program_of([*graphs, guided], free, [np.shape(start[each.name]) for each in free])
    at = np.concatenate([np.ravel(start[each.name]) for each in free])[None]
    *observed, by_answer = (each[0] for each in program.values(at))
    total = np.zeros(panel.answers)
    for rows, value in zip(panel.terms.values(), observed, strict=True):
        np.add.at(total, rows, value)
    np.testing.assert_allclose(by_answer, total, rtol=1e-9)


@pytest.mark.slow
def test_the_density_of_every_kind_has_its_gradient(panel: Any) -> None:
    model = panel.coordinates().model
    start, free = model.initial_point(0), model.value_vars
    shapes = [np.shape(start[each.name]) for each in free]
    density = program_of([model.logp()], free, shapes).density()
    at = np.concatenate([np.ravel(start[each.name]) for each in free])
    at += np.random.default_rng(0).normal(0, 0.2, at.shape)
    _, gradient = density(at)
    step = 1e-5
    by_hand = [
        (density(at + step * one)[0] - density(at - step * one)[0]) / (2 * step)
        for one in np.eye(len(at))
    ]
    np.testing.assert_allclose(gradient, by_hand, atol=1e-6 * np.abs(gradient).max())


def test_experts_who_hardly_disagree_do_not_deviate_the_more_for_it(panel: Any) -> None:
    coordinates = panel.coordinates()
    start = coordinates.model.initial_point()
    sizes = [np.size(start[each.name]) for each in coordinates.inputs]
    names = [each.name for each in coordinates.inputs]
    place = sum(sizes[: names.index("disagreement_log__")]) + OFFENSE
    points = np.zeros((5, sum(sizes)))
    points[:, place] = [1.0, 0.0, -1.0, -2.0, -4.0]
    back = coordinates.back(points)
    assert (np.diff(back["disagreement"][:, OFFENSE]) < 0).all()
    furthest = np.abs(back["offense_deviation"]).max(axis=1)
    assert furthest[0] > furthest[-1]
    assert furthest.max() < 3


def test_a_range_about_a_probability_widens_its_answer(tmp_path: Path) -> None:
    rows = [
        "Ann,,risk,interval,0.05,,,0.01,0.2,0.9,,,,,,",
        "Bob,,risk,interval,,,,0.01,0.2,,,,,,,",
        "Cid,,risk,interval,,,,0.01,,,,,,,,",
        "Dan,,risk,interval,0.05,,,,,,,,,,,",
    ]
    places = Said.of(judgments(tmp_path, HEADER + "\n".join(rows) + "\n")).places
    low, best, high = log_odds(np.array([0.01, 0.05, 0.2]))
    ninety, unstated = 1.6448536269514722, 1.2815515655446004
    assert UNSTATED == 0.8
    expected = [(high - low) / 2 / ninety, (high - low) / 2 / unstated, 0, 0]
    np.testing.assert_allclose(places.own, expected)
    np.testing.assert_allclose(places.value, [best, (low + high) / 2, low, best])
    np.testing.assert_allclose(places.lower[2:], log_odds(np.array([0.01, 0.025])))
    assert places.upper[2] > 100


def test_quantiles_are_a_middle_and_gaps(tmp_path: Path) -> None:
    rows = [f"Panel,,risk,quantile,{value},,{level},,,,,,,,," for value, level in
            ((0.04, 0.25), (0.1, 0.5), (0.18, 0.75))]  # fmt: skip
    said = Said.of(judgments(tmp_path, HEADER + "\n".join(rows) + "\n"))
    assert said.places.answer.tolist() == [1]
    assert said.places.spread.tolist() == [-1]  # a median is where its group is
    assert said.gaps.answer.tolist() == [0, 2]
    np.testing.assert_allclose(said.gaps.widths, 0.6744897501960817)
    np.testing.assert_allclose(
        said.gaps.value, np.diff(log_odds(np.array([0.04, 0.1, 0.18]))), rtol=1e-12
    )
    assert (said.gaps.lower < said.gaps.value).all()
    assert (said.gaps.value < said.gaps.upper).all()


def test_a_year_of_arrival_tells_of_the_worlds_own_spread(tmp_path: Path) -> None:
    rows = ["Ann,,when,interval,2040,,,2030,2070,0.8,,,,,,"]
    said = Said.of(judgments(tmp_path, HEADER + "\n".join(rows) + "\n"))
    model = panel_model(judgments(tmp_path, HEADER + "\n".join(rows) + "\n"), prior_set("neutral"))
    np.testing.assert_allclose(said.places.value, np.log([15.0]))
    np.testing.assert_allclose(said.gaps.value, np.log([15 / 5, 45 / 15]))
    assert "spread" not in model.model.named_vars


def test_a_panel_of_probabilities_has_no_variable_of_other_kinds() -> None:
    panel = panel_model(join([load_study("fri_2023")]), prior_set("neutral"))
    assert list(panel.terms) == ["log_odds"]
    others = ("spread", "quantity_noise", "standard_effort", "standard_bias", "group_error")
    assert not set(others) & set(panel.model.named_vars)
