"""The likelihood of each kind of answer: it adds up to one, and finds what made the answers."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import pytest
from pytensor.compile.maker import function as graph_function
from pytensor.compile.mode import Mode
from scipy.stats import norm

from takeoff.data.make_probability_words import GRID
from takeoff.data.phrases import meaning, phrases
from takeoff.models.answers.gaps import GAP_NOISE, Gaps, observe_gaps
from takeoff.models.answers.phrases import Phrases, log_phrase, usual
from takeoff.models.answers.ratings import EFFORT_SD, LOADING, Ratings, observe_ratings
from takeoff.models.answers.seeds import BIAS_SD, Seeds, observe_seeds, own_bias
from takeoff.models.answers.shared_errors import SharedErrors, Sharing, shared_error
from takeoff.models.interval import FARTHEST, log_interval, log_odds
from takeoff.models.questions import Meaning, Question

INTERPRETED = Mode(linker="py", optimizer="fast_compile")

CENTERS = (-18.0, -2.0, 0.0, 0.7, 9.0)
SCALES = (0.1, 0.5, 3.0)


def number(graph: Any) -> np.ndarray:
    """Work out a graph without variables."""
    return np.asarray(graph.eval(mode=INTERPRETED))


def function_of(graph: Any, model: pm.Model) -> Callable[..., np.ndarray]:
    """Give a graph as a function of the model's values by name; the start where none is given."""
    (inside,) = model.replace_rvs_by_values([graph])
    start = model.initial_point()
    names = [each.name for each in model.value_vars]
    function = graph_function(model.value_vars, inside, mode=INTERPRETED, on_unused_input="ignore")
    return lambda **point: np.asarray(
        function(*(np.asarray(point.get(name, start[name])) for name in names))
    )


def value_of(graph: Any, model: pm.Model, **point: Any) -> np.ndarray:
    """Work out a graph of a model's variables at a point."""
    return function_of(graph, model)(**point)


@pytest.mark.parametrize("center", CENTERS)
@pytest.mark.parametrize("scale", SCALES)
def test_what_a_probability_may_be_rounded_to_adds_up_to_one(center: float, scale: float) -> None:
    edges = log_odds(np.array([0, 0.005, *np.arange(0.015, 1, 0.01), 1]))
    each = log_interval(*(pt.constant(x) for x in (edges[:-1], edges[1:], center, scale)))
    assert np.exp(number(each)).sum() == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("center", CENTERS)
def test_a_bound_and_its_opposite_add_up_to_one(center: float) -> None:
    at = log_odds(np.array([0.3]))
    below, above = (
        np.exp(number(log_interval(*(pt.constant(x) for x in (*ends, center, 0.5)))))
        for ends in ((-FARTHEST, at), (at, FARTHEST))
    )
    assert below + above == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("center", CENTERS)
@pytest.mark.parametrize("scale", SCALES)
def test_what_readers_may_take_a_phrase_for_adds_up_to_one(center: float, scale: float) -> None:
    """Of phrases that all readers take for one value each, an answer is one or the other."""
    known = {
        float(low): float(high)
        for each in phrases()
        for low, high in zip(meaning(each).lower, meaning(each).upper, strict=True)
    }
    assert len(known) == len(GRID)
    sharp = {
        str(low): Meaning(str(low), False, (low,), (high,), (1.0,)) for low, high in known.items()
    }
    said = Phrases.of(list(sharp), sharp)
    one = pt.constant(np.ones(len(sharp)))
    found = np.exp(number(log_phrase(center * one, scale * one, said)))
    assert found.sum() == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("phrase", phrases()[::4])
def test_a_phrase_is_as_likely_as_its_readers_make_it(phrase: str) -> None:
    center, scale = 0.3, 0.4
    meant = meaning(phrase)
    said = Phrases.of([phrase], {phrase: meant})
    found = number(log_phrase(pt.constant([center]), pt.constant([scale]), said))
    low, high = (log_odds(np.array(each)) for each in (meant.lower, meant.upper))
    each = norm.cdf(high, center, scale) - norm.cdf(low, center, scale)
    assert np.exp(found[0]) == pytest.approx(np.dot(meant.weight, each), rel=1e-9)


def test_a_phrase_finds_the_probability_that_its_readers_have_in_mind() -> None:
    """With a flat prior and a sharp answer the posterior is the readers' distribution."""
    grid = np.linspace(-8, 8, 801)
    for phrase in ("unlikely", "highly likely", "about even"):
        said = Phrases.of([phrase] * len(grid), {phrase: meaning(phrase)})
        sharp = pt.constant(np.full(len(grid), 0.05))
        found = np.exp(number(log_phrase(pt.constant(grid), sharp, said)))
        # Each value's weight is spread over its interval; ends are cut at 0.03 and 99.97 per cent.
        width = np.minimum(log_odds(np.array(meaning(phrase).upper)), 8) - np.maximum(
            log_odds(np.array(meaning(phrase).lower)), -8
        )
        middle = 0.5 * (
            np.minimum(log_odds(np.array(meaning(phrase).upper)), 8)
            + np.maximum(log_odds(np.array(meaning(phrase).lower)), -8)
        )
        share = np.array(meaning(phrase).weight) * width
        assert np.average(grid, weights=found) == pytest.approx(
            np.average(middle, weights=share), abs=0.02
        )
        assert abs(usual(meaning(phrase))) < 6


def gaps(value: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> Gaps:
    none = np.zeros(len(value), int)
    return Gaps(none, none, np.full(len(value), 0.6745), value, lower, upper)


def observed_gaps(stated: Gaps) -> tuple[pm.Model, Any]:
    with pm.Model(coords={"between": np.arange(len(stated.value))}) as model:
        spread = pm.Flat("spread")
        found = observe_gaps(spread[None], stated)
    return model, found


@pytest.mark.parametrize("spread", [0.05, 1.0, 8.0])
def test_gaps_add_up_to_one(spread: float) -> None:
    edges = np.concatenate([[0], np.geomspace(1e-3, 1e2, 40), [1e12]])
    model, found = observed_gaps(gaps(edges[:-1], edges[:-1], edges[1:]))
    each = value_of(found, model, spread=spread)
    assert np.exp(each).sum() == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("slack", [0.04, 0.2, 0.5])
def test_gap_of_rounded_quantiles_is_a_mean_over_places_of_the_nearer(slack: float) -> None:
    value, own = np.array([0.5, 0.8]), 0.3
    stated = gaps(value, value - 0.5 * (slack + own), value + 0.5 * (slack + own))
    model, found = observed_gaps(replace(stated, slack=np.full(2, slack)))
    usual = 0.7 * 0.6745
    place = slack * (np.arange(20_000) + 0.5)[:, None] / 20_000
    low = stated.lower + place
    ends = [np.log(np.maximum(each, 1e-12) / usual) / GAP_NOISE for each in (low, low + own)]
    expected = (norm.cdf(ends[1]) - norm.cdf(ends[0])).mean(axis=0)
    given = np.exp(value_of(found, model, spread=0.7))
    # As near as three places come to a mean over an interval as wide as three of the gap's errors.
    np.testing.assert_allclose(given, expected, rtol=0.01)


def test_gaps_find_the_spread_that_made_them() -> None:
    random, count, truth = np.random.default_rng(3), 400, 0.8
    stated = truth * 0.6745 * np.exp(GAP_NOISE * random.normal(size=count))
    model, found = observed_gaps(gaps(stated, 0.99 * stated, 1.01 * stated))
    grid = np.geomspace(0.6, 1.0, 41)
    likelihood = function_of(found, model)
    density = [likelihood(spread=each).sum() for each in grid]
    best = np.log(grid[int(np.argmax(density))])
    step = np.log(grid[1] / grid[0])
    assert abs(best - np.log(truth)) < 4 * GAP_NOISE / np.sqrt(count) + step


GRADED = Question("grade", "", "effort", fit="close", scale=(1.0, 5.0))


def observed_ratings(grades: np.ndarray) -> tuple[pm.Model, Any]:
    rows = np.arange(len(grades))
    names = tuple(f"project {row}" for row in rows)
    stated = Ratings(
        rows, np.zeros_like(rows), rows, grades, grades - 0.5, grades + 0.5, (GRADED,), names
    )
    coords = {"graded": rows, "named_project": list(names), "rating_question": ["grade"]}
    with pm.Model(coords=coords) as model:
        found = observe_ratings(stated)
    return model, found


def test_grades_of_a_scale_add_up_to_one() -> None:
    model, found = observed_ratings(np.arange(1.0, 6.0))
    same = np.full(5, -0.7)
    each = value_of(found, model, standard_effort=same, grade_level=np.array([0.4]))
    assert np.exp(each).sum() == pytest.approx(1, abs=1e-9)


def test_grades_find_the_efforts_as_far_as_they_load_on_them() -> None:
    """Given the scale, effort is a conjugate normal: loading² of it is learned."""
    loading, asked = LOADING["close"], Question("grade", "", "effort", scale=(0.0, 10.0))
    grades, rows = np.array([1.0, 3.0, 5.0]), np.arange(3)
    stated = Ratings(
        rows, 0 * rows, rows, grades, grades - 1e-3, grades + 1e-3, (asked,), ("a", "b", "c")
    )
    coords = {"graded": rows, "named_project": list("abc"), "rating_question": ["grade"]}
    with pm.Model(coords=coords) as model:
        found = observe_ratings(stated)
    grid = np.linspace(-5, 5, 1001)
    point = {"grade_level": np.zeros(1), "log_grade_width": np.zeros(1)}
    likelihood = function_of(found, model)
    density = np.array([likelihood(standard_effort=np.full(3, each), **point) for each in grid])
    posterior = np.exp(density) * norm.pdf(grid)[:, None]
    mean = (grid[:, None] * posterior).sum(axis=0) / posterior.sum(axis=0)
    np.testing.assert_allclose(mean, loading * (grades - 5) / 2.5, atol=1e-3)
    assert EFFORT_SD * mean[0] < EFFORT_SD * mean[2]


def seeds(value: np.ndarray, truth: np.ndarray, half: float) -> Seeds:
    rows = np.arange(len(value))
    return Seeds(rows, 0 * rows, rows, value, value - half, value + half, truth,
                 tuple(f"seed {row}" for row in rows), np.array([0]), ("Ann",))  # fmt: skip


def observed_seeds(stated: Seeds) -> tuple[pm.Model, tuple[Any, Any]]:
    rows = np.arange(len(stated.value))
    coords = {"seed": rows, "seed_answered": rows, "seeded": ["Ann"]}
    with pm.Model(coords=coords) as model:
        bias = own_bias(stated, 2)
        found = observe_seeds(stated, bias, pt.ones(2))
    return model, found


def test_seeds_find_an_experts_bias() -> None:
    """Where shares are known the bias is a conjugate normal."""
    known, bias, noise = np.array([0.2, 0.5, 0.6, 0.9]), 0.8, 0.7
    said = log_odds(known) + bias + np.array([0.3, -0.3, 0.1, -0.1])
    model, (found, truths) = observed_seeds(seeds(said, known, 1e-3))
    grid = np.linspace(-5, 7, 1201)
    point = {"seed_noise_log__": np.log(noise)}
    likelihood = function_of(found, model)
    density = np.array([likelihood(standard_bias=np.array([each]), **point).sum() for each in grid])
    posterior = np.exp(density - density.max()) * norm.pdf(grid)
    mean = BIAS_SD * np.average(grid, weights=posterior)
    precision = len(known) / (noise**2 + 0.1**2)
    expected = precision * (said - log_odds(known)).mean() / (precision + BIAS_SD**-2)
    assert mean == pytest.approx(expected, abs=1e-4)
    assert value_of(truths, model, **point).sum() == 0


def test_a_seeds_two_answers_add_up_to_one() -> None:
    said = np.zeros(1)
    for informed in (-9.0, 0.0, 2.0):
        total = 0.0
        for truth in (0.0, 1.0):
            model, (_, found) = observed_seeds(seeds(said, np.array([truth]), 0.1))
            total += np.exp(value_of(found, model, standard_informed=np.array([informed]))[0])
        assert total == pytest.approx(1, abs=1e-12)


RISK = Question("risk", "", "takeover")


@pytest.mark.parametrize("experts", [1, 2, 10, 100])
@pytest.mark.parametrize("apart", [0.1, 1.0, 2.0])
def test_a_group_is_worth_as_many_as_its_correlation_leaves(experts: int, apart: float) -> None:
    """n exchangeable answers with correlation ρ tell as much as n/(1 + (n − 1)ρ)."""
    sharing = Sharing(("lab",), (), np.zeros(experts, int), np.full(experts, -1))
    errors = SharedErrors(group=1.0)
    with pm.Model(coords={"source_group": ["lab"], "question": ["risk"]}) as model:
        error = shared_error(sharing, [RISK], errors)
    (together,) = value_of(error, model, group_error=np.ones((1, 1)))
    covariance = apart**2 * np.eye(experts) + np.outer(together, together)
    known = np.linalg.solve(covariance, np.ones(experts)).sum()
    one = 1 / (apart**2 + errors.group**2)
    rho = errors.group**2 * one
    assert known / one == pytest.approx(experts / (1 + (experts - 1) * rho), rel=1e-9)
    assert known / one < 1 / rho


def test_nobody_shares_an_error_without_groups_surveys_and_assumptions() -> None:
    alone = Sharing.of(["lab", "", ""], ["a", "a", "b"], [("a", "risk"), ("a", "risk"), ("b", "x")])
    assert alone.groups == () == alone.surveys
    with pm.Model():
        assert shared_error(alone, [RISK], SharedErrors()) is None


def test_surveys_have_offsets_where_two_are_joined() -> None:
    asked = [("a", "risk"), ("a", "risk"), ("b", "risk"), ("b", "risk"), ("c", "risk")]
    found = Sharing.of([""] * 5, ["a", "a", "b", "b", "c"], asked)
    assert found.surveys == ("a", "b")
    assert found.survey.tolist() == [0, 0, 1, 1, -1]
    with pm.Model(coords={"survey": ["a", "b"], "question": ["risk"]}) as model:
        error = shared_error(found, [RISK], SharedErrors(study=0.5))
    values = value_of(error, model, study_effect=np.array([1.0, -2.0]))
    np.testing.assert_allclose(values, [[0.5, 0.5, -1.0, -1.0, 0.0]])


def test_an_assumed_bias_moves_everybody_in_probabilities_only() -> None:
    none = Sharing((), (), np.array([-1, -1]), np.array([-1, -1]))
    asked = [RISK, Question("lead", "", "lead")]
    with pm.Model(coords={"question": ["risk", "lead"]}) as model:
        error = shared_error(none, asked, SharedErrors(bias=0.5))
    np.testing.assert_allclose(value_of(error, model, panel_bias=0.3), [[0.3, 0.3], [0.0, 0.0]])


@pytest.mark.parametrize(
    "make", [lambda: SharedErrors(bias=-1), lambda: SharedErrors(group=np.inf)]
)
def test_a_spread_that_is_none_is_refused(make: Callable[[], SharedErrors]) -> None:
    with pytest.raises(ValueError, match="give a spread in log-odds, 0 or more"):
        make()
