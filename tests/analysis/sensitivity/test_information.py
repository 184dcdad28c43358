"""What questions are worth agrees with brute force, and never more than there is to learn."""

import json

import numpy as np
import pytest
import xarray as xr
from scipy.special import logsumexp
from scipy.stats import norm

from takeoff.analysis.figures import PAGE, PHONE
from takeoff.analysis.figures.worth import asking_figure, knowing_figure
from takeoff.analysis.questions_form import QUESTIONS
from takeoff.analysis.sensitivity.answers import (
    People,
    expected_answers,
    noise_of,
    strangers,
)
from takeoff.analysis.sensitivity.asking import asking
from takeoff.analysis.sensitivity.choice import benefits_of, choices
from takeoff.analysis.sensitivity.information import information
from takeoff.analysis.sensitivity.knowing import GROUPS, estimates_of
from takeoff.analysis.sensitivity.respondents import Panel, Simulation
from takeoff.analysis.sensitivity.worth_sentences import (
    about_asking,
    about_choice,
    about_knowing,
    next_questions,
)
from takeoff.analysis.voices import voices_of
from takeoff.analysis.worlds import worldviews_of
from takeoff.data import load_plans
from takeoff.models.evaluate import evaluate
from takeoff.models.panel import CARE_SPREAD, LEAST_NOISE
from takeoff.models.parameters import PARAMETER_NAMES
from takeoff.models.priors import prior_set
from takeoff.models.questions import WORDING_SD, Question
from takeoff.models.scenario import Scenario
from takeoff.models.special import FloatArray
from takeoff.models.worldviews import TAIL_SPREAD
from tests.analysis.panels import DIMS, EXPERTS, panel_tree

BY_NAME = {each.name: each for each in QUESTIONS}
LOOSE = Question("vague", "?", "takeover", fit="illustration")
PLANS = ["one_project", "eight_projects", "unknown_number_of_projects"]


def small_panel(draws: int = 150) -> xr.DataTree:
    """Give worlds of the prior in which four people answered one question before."""
    tree = panel_tree(draws=draws)
    posterior = tree["posterior"].to_dataset()
    random = np.random.default_rng(9)
    shape = (2, draws)
    posterior["noise"] = ((*DIMS, "reading"), np.full((*shape, 3), 0.5))
    posterior["care"] = ((*DIMS, "expert"), np.ones((*shape, len(EXPERTS))))
    posterior["offset"] = ((*DIMS, "question"), 0.3 * random.normal(size=(*shape, 1)))
    posterior = posterior.assign_coords(
        reading=["level", "relative", "shift"], question=["takeover_before"]
    )
    tree["posterior"] = xr.DataTree(posterior)
    return tree


def panel_of(asked: dict[str, Question]) -> Panel:
    camps = {"worried": 0.5, "hopeful": 0.5}
    return Panel(np.array(list(EXPERTS.values())), camps, prior_set("neutral"), asked)


@pytest.fixture(scope="module")
def tree() -> xr.DataTree:
    return small_panel()


@pytest.fixture(scope="module")
def posterior(tree: xr.DataTree) -> xr.Dataset:
    return voices_of(tree, tree["posterior"].to_dataset())


@pytest.fixture(scope="module")
def estimates(posterior: xr.Dataset) -> xr.DataArray:
    return estimates_of(posterior, ["worried", "hopeful"])


@pytest.fixture(scope="module")
def benefits(posterior: xr.Dataset) -> xr.DataArray:
    return benefits_of(posterior, choices(load_plans(PLANS)), cost=0.001)


@pytest.fixture(scope="module")
def asked(posterior: xr.Dataset, estimates: xr.DataArray, benefits: xr.DataArray) -> xr.Dataset:
    questions = {name: BY_NAME[name] for name in ("takeover_with_5", "power_grab_with_5")}
    before = {"takeover_before": BY_NAME["takeover_with_5"]}
    every = questions | {"vague": LOOSE}
    return asking(posterior, panel_of(before), every, estimates, benefits, (1, 2, 1000))


def nested(likelihood: FloatArray, estimates: xr.DataArray, benefits: xr.DataArray) -> FloatArray:
    """Work out by weighting draws what answers are worth: (view shares..., choice).

    ``likelihood`` (data set, draw) is the log density of the answers that were simulated in one
    draw, as each draw sees them.
    """
    np.fill_diagonal(likelihood, -np.inf)  # no draw is evidence for the data made from it
    weight = np.exp(likelihood - logsumexp(likelihood, axis=1, keepdims=True))
    target = estimates.transpose("chain", "draw", "view").values.reshape(weight.shape[1], -1)
    option = benefits.transpose("chain", "draw", "plan").values.reshape(weight.shape[1], -1)
    share = (weight @ target).var(axis=0) / target.var(axis=0)
    gain = (weight @ option).max(axis=1).mean() - option.mean(axis=0).max()
    return np.append(share, gain)


def test_one_experts_answer_is_worth_what_nested_simulation_says(
    posterior: xr.Dataset, estimates: xr.DataArray, benefits: xr.DataArray, asked: xr.Dataset
) -> None:
    worlds = {
        name: each.rename(expert="person") if "expert" in each.dims else each
        for name, each in worldviews_of(posterior).items()
    }
    (expected,) = expected_answers([BY_NAME["takeover_with_5"]], People(worlds))
    sd = np.sqrt(0.5**2 + LEAST_NOISE**2 + WORDING_SD["exact"] ** 2)
    random = np.random.default_rng(1)
    for place, name in enumerate(EXPERTS):
        own = expected[:, place]
        answers = own + sd * random.normal(size=len(own))
        truth = nested(norm.logpdf(answers[:, None], own, sd), estimates, benefits)
        found = asked.sel(question="takeover_with_5", people=name)
        _agree(found, truth)


def test_two_strangers_answers_are_worth_what_nested_simulation_says(
    posterior: xr.Dataset, estimates: xr.DataArray, benefits: xr.DataArray, asked: xr.Dataset
) -> None:
    question = BY_NAME["takeover_with_5"]
    people = strangers(posterior, "worried", ("worried", "hopeful"), 32, prior_set("neutral"))
    (expected,) = expected_answers([question], people)
    middle = expected + posterior["offset"].values.reshape(-1, 1)
    random = np.random.default_rng(2)
    samples = np.arange(len(middle))
    likelihood = np.zeros((len(middle), len(middle)))
    nodes, weights = np.polynomial.hermite_e.hermegauss(5)
    care = np.exp(CARE_SPREAD * nodes)
    spread = np.sqrt((0.5 * care) ** 2 + LEAST_NOISE**2)
    for _ in range(2):
        own = middle[samples, random.integers(32, size=len(middle))]
        drawn = np.sqrt((0.5 * np.exp(CARE_SPREAD * random.normal(size=len(own)))) ** 2 + 0.01)
        answers = own + drawn * random.normal(size=len(own))
        density = np.zeros_like(likelihood)
        for sd, weight in zip(spread, weights / weights.sum(), strict=True):
            apart = (answers[:, None, None] - middle) / sd
            density += weight * np.mean(np.exp(-0.5 * apart**2) / sd, axis=-1)
        likelihood += np.log(density)
    truth = nested(likelihood, estimates, benefits)
    _agree(asked.sel(question="takeover_before", people="2 new worried experts"), truth)


def _agree(found: xr.Dataset, truth: FloatArray) -> None:
    """Require agreement within 4 standard errors, and as little as so few weights add by chance."""
    values = np.append(found["of_estimate"].values, found["of_choice"].values)
    errors = np.append(found["of_estimate_error"].values, found["of_choice_error"].values)
    chance = np.append(np.full(len(values) - 1, 0.02), 0.003)
    assert np.all(np.abs(values - truth) < 4 * errors + chance), (values, truth, errors)
    assert np.all(errors[:-1] < 0.07)
    assert errors[-1] < 0.004


def test_asking_a_thousand_does_not_buy_certainty(asked: xr.Dataset) -> None:
    own = asked.sel(people="1000 new experts")["of_estimate"].sel(view="consensus")
    assert float(own.max()) < 0.9
    vague, plain = (float(own.sel(question=name)) for name in ("vague", "takeover_with_5"))
    error = float(asked.sel(people="1000 new experts")["of_estimate_error"].max())
    assert vague < plain + 2 * error


def test_more_people_tell_more_and_who_was_asked_is_not_asked_again(asked: xr.Dataset) -> None:
    for name in ("takeover_with_5", "power_grab_with_5"):
        own = asked.sel(question=name, view="consensus")
        few, many = (own.sel(people=each) for each in ("1 new expert", "1000 new experts"))
        error = float(np.hypot(few["of_estimate_error"], many["of_estimate_error"]))
        assert float(many["of_estimate"]) > float(few["of_estimate"]) - 3 * error
    before = asked.sel(question="takeover_before")
    is_new = asked["kind"] == "new"
    assert bool(before["of_estimate"].where(~is_new).isnull().all())
    assert bool(before["of_estimate"].sel(people=is_new).notnull().all())


def test_people_differ_about_what_the_model_has_them_share(posterior: xr.Dataset) -> None:
    question = BY_NAME["power_grab_with_5"]
    simulated = Simulation(
        posterior, panel_of({}), {"power_grab": question}, np.random.default_rng(3)
    )
    (group, *_) = simulated.members(["power_grab"])
    within = group.asked["power_grab"].answers.std(axis=1, ddof=1)
    noise = noise_of(posterior, question, np.ones((300, 1)))
    assert np.mean(within**2) > 1.5 * np.mean(noise**2)


def test_expected_answers_are_the_outcomes_of_each_persons_world(posterior: xr.Dataset) -> None:
    worlds = {
        name: each.rename(expert="person") if "expert" in each.dims else each
        for name, each in worldviews_of(posterior).items()
    }
    names = ["mixed_with_3", "conflict_with_5", "takeover_with_8"]
    found = expected_answers([BY_NAME[name] for name in names], People(worlds))
    for row, name in enumerate(names):
        question = BY_NAME[name]
        table = evaluate(worlds, question.scenario, [question.outcome], "fit")[question.outcome]
        whole = table.broadcast_like(worlds["margin"]).transpose("chain", "draw", "person").values
        own = np.log(whole / (1 - whole)).reshape(found[row].shape)
        np.testing.assert_allclose(found[row], np.clip(own, -23, 23), rtol=1e-3, atol=1e-3)


def test_strangers_spread_as_the_panels_model_has_them(posterior: xr.Dataset) -> None:
    many = strangers(posterior, "worried", ("worried", "hopeful"), 512, prior_set("neutral"))
    offense = many.worlds["offense"]
    away = offense - posterior["offense"].drop_vars(list(posterior["offense"].coords))
    contrast = 0.5 * 1.2 * posterior["contrast"].sel(varying="offense").isel(camp_contrast=0)
    np.testing.assert_allclose(away.mean("person").values, contrast.values, atol=0.05)
    # sd = 1.2 · disagreement · sqrt(E tail²), with tail log-normal
    expected = 1.2 * 0.5 * np.exp(TAIL_SPREAD**2)
    np.testing.assert_allclose(away.std("person").values.mean(), expected, rtol=0.1)


def test_every_parameter_is_in_one_group() -> None:
    grouped = [name for parts in GROUPS.values() for name in parts]
    assert sorted(grouped) == sorted(PARAMETER_NAMES)


def test_benefits_are_what_a_plan_saves_less_its_cost(
    posterior: xr.Dataset, benefits: xr.DataArray
) -> None:
    worlds = worldviews_of(posterior)
    base, one = (
        evaluate(worlds, Scenario(projects=each), ["catastrophe"], "fit")["catastrophe"]
        for each in (5, 1)
    )
    saved = base.median("expert") - one.median("expert") - 0.001
    np.testing.assert_allclose(
        benefits.sel(plan="one_project").transpose("chain", "draw"),
        saved.transpose("chain", "draw"),
        atol=1e-9,
    )
    assert benefits["plan"].values.tolist() == ["five_projects", *PLANS[:2]]
    weighted = benefits_of(posterior, choices(load_plans(PLANS)), "weighted", costs={})
    assert float(np.abs(weighted.sel(plan="five_projects")).max()) == 0


def test_all_in_one_call_with_words_and_figures(tree: xr.DataTree) -> None:
    assert json.loads(tree.attrs["camp_weights"])
    found = information(
        tree,
        {"takeover_before": BY_NAME["takeover_with_5"], "unknown": LOOSE},
        {name: BY_NAME[name] for name in ("power_grab_with_5", "takeover_with_3")},
        load_plans(PLANS),
        numbers=(1, 20),
    )
    known, questions = (found[name].to_dataset() for name in ("knowing", "asking"))
    assert "unknown" not in questions["question"].values
    assert float(known["of_estimate"].max()) <= 1
    assert bool((known["of_choice"] <= known["everything"] + 4 * known["everything_error"]).all())
    ranked = next_questions(questions)
    assert [each.of_estimate for each in ranked] == sorted(
        (each.of_estimate for each in ranked), reverse=True
    )
    assert ranked[0].question.replace("_", " ") in about_asking(questions)
    assert ranked[0].people in about_asking(questions)
    assert about_knowing(known).endswith(".")
    assert about_choice(known).startswith("As things are known, and if plans work, the best choice")
    for width in (PAGE, PHONE):
        assert knowing_figure(known, width).get_size_inches()[0] == width
        assert asking_figure(questions, width).get_size_inches()[0] == width


def test_the_fewest_are_asked_of_those_who_tell_as_much(asked: xr.Dataset) -> None:
    own = asked.sel(view=["consensus"]).isel(question=[0]).copy(deep=True)
    own["of_estimate"][:] = 0.0
    own["of_estimate_error"][:] = 0.02
    for people, value in (
        ("1 new expert", 0.1),
        ("2 new experts", 0.39),
        ("1000 new experts", 0.4),
    ):
        own["of_estimate"].loc[{"people": people}] = value
    assert [each.people for each in next_questions(own)] == ["2 new experts"]
    own["of_estimate_error"][:] = 0.2  # then the best of many may be chance
    assert next_questions(own) == []


def _known(values: list[float], error: float) -> xr.Dataset:
    names = ["offense", "doubt", "slip"]
    return xr.Dataset(
        {
            "of_estimate": (("knowledge", "view"), np.array(values)[:, None]),
            "of_estimate_error": (("knowledge", "view"), np.full((3, 1), error)),
            "of_choice": ("knowledge", np.array(values) / 10),
            "of_choice_error": ("knowledge", np.full(3, error / 10)),
            "everything": 0.05,
            "everything_error": error / 10,
            "saved": ("plan", [0.0, 0.01]),
        },
        coords={
            "knowledge": names,
            "is_group": ("knowledge", [False] * 3),
            "view": ["consensus"],
            "plan": ["five_projects", "one_project"],
        },
    )


@pytest.mark.parametrize(
    ("values", "error", "said", "not_said"),
    [
        ([0.5, 0.1, 0.0], 0.02, "offense would narrow", "cannot be told"),
        ([0.5, 0.48, 0.0], 0.02, "Offense and doubt would", "slip"),
        ([0.03, 0.02, 0.0], 0.02, "No single parameter", "offense"),
    ],
    ids=["one ahead", "two alike", "nothing clear"],
)
def test_no_more_is_said_than_the_errors_allow(
    values: list[float], error: float, said: str, not_said: str
) -> None:
    text = about_knowing(_known(values, error))
    assert said in text
    assert not_said not in text


def test_a_choice_that_knowledge_cannot_change_is_called_so() -> None:
    known = _known([0.5, 0.1, 0.0], 0.02)
    assert "offense alone is worth 5 points" in about_choice(known)
    assert "nothing that could be learned" in about_choice(known.assign(everything=0.001))
