"""What answers imply: against exact answers, where the worldviews are simple enough."""

import numpy as np
import pytensor.tensor as pt
import pytest
import xarray as xr
from pytensor.compile.maker import function as graph_function
from scipy import stats
from scipy.special import expit

from takeoff.analysis.app.asked import BINS, ITEMS
from takeoff.analysis.app.cloud import SHOWN, Cloud
from takeoff.analysis.app.likelihood import log_interval
from takeoff.analysis.app.live import Live
from takeoff.analysis.app.weights import smoothed
from takeoff.analysis.weighted import weighted_quantiles
from takeoff.models.evaluate import INTERPRETED
from takeoff.models.interval import log_interval as log_interval_of_panel
from takeoff.models.special import FloatArray

QUESTIONS = [each.name for each in ITEMS if each.kind == "probability"]
DRAWS, IMAGINED = 2000, 16
NOISE, WORDING = 0.3, 0.1


def cloud(beliefs: FloatArray, experts: FloatArray | None = None) -> Cloud:
    """Make a cloud of beliefs (question, draw, imagined) in log-odds, for the first questions."""
    count = beliefs.shape[0]
    random = np.random.default_rng(2)
    own = np.repeat(expit(beliefs[:1]), len(SHOWN), axis=0)
    panel = random.uniform(size=(DRAWS, 4)) if experts is None else experts
    data = xr.Dataset(
        {
            "belief": (("question", "draw", "imagined"), beliefs),
            "wording": ("question", np.full(count, WORDING**2)),
            "variance": (("draw", "imagined"), np.full((DRAWS, IMAGINED), NOISE**2)),
            "own": (("outcome", "draw", "imagined"), own),
            "own_takeover": (
                ("projects", "draw", "imagined"),
                np.repeat(expit(beliefs[:1]), len(BINS), axis=0),
            ),
            "arrival_median": ("draw", np.full(DRAWS, 30.0)),
            "arrival_spread": ("draw", np.full(DRAWS, 0.8)),
            "panel": (("outcome", "draw", "expert"), np.stack([panel] * len(SHOWN))),
            "others": (("outcome", "draw", "other"), own[:, :, :2]),
            "camp": ("imagined", np.array(["yes", "no"] * (IMAGINED // 2))),
        },
        coords={"question": QUESTIONS[:count], "outcome": list(SHOWN)},
    )
    return Cloud(data)


def normal(count: int, seed: int = 1) -> FloatArray:
    return np.random.default_rng(seed).normal(size=(count, DRAWS, IMAGINED))


def test_the_own_worldview_is_that_of_the_conjugate_posterior() -> None:
    # Belief ~ N(0, 1); an answer within a narrow interval around y, with variance s².
    live = Live(cloud(normal(1)))
    stated = 0.731  # rounded to a thousandth, so the interval is narrow
    y, variance = np.log(stated / (1 - stated)), NOISE**2 + WORDING**2
    view = live.view({QUESTIONS[0]: {"p": stated}}, live)
    you = next(each for each in view.shifts if each.who == "you").after
    exact = stats.norm(y / (1 + variance), np.sqrt(variance / (1 + variance)))
    for level, found in zip((0.05, 0.5, 0.95), (you.lower, you.median, you.upper), strict=True):
        x = exact.ppf(level)
        # The standard error of a quantile of as many independent draws as the weights are worth.
        error = np.sqrt(level * (1 - level) / view.worth) / exact.pdf(x)
        assert np.log(found / (1 - found)) == pytest.approx(x, abs=5 * error)
    assert view.is_reliable


def test_what_others_imply_is_what_is_correlated_with_them() -> None:
    # Two beliefs with correlation 0.9: given the second answer the first is N(0.9 m, ...).
    beliefs = normal(2)
    beliefs[1] = 0.9 * beliefs[0] + np.sqrt(1 - 0.9**2) * beliefs[1]
    live = Live(cloud(beliefs))
    stated = 0.881
    y, variance = np.log(stated / (1 - stated)), NOISE**2 + WORDING**2
    found = live.implied({QUESTIONS[0]: {"p": 0.85}, QUESTIONS[1]: {"p": stated}})[QUESTIONS[0]]
    middle = 0.9 * y / (1 + variance)
    spread = np.sqrt(1 - 0.81 / (1 + variance))
    error = np.sqrt(0.25 / found.worth) / stats.norm.pdf(0, scale=spread)
    assert np.log(found.range.median / (1 - found.range.median)) == pytest.approx(
        middle, abs=5 * error
    )
    y_first = np.log(0.85 / 0.15)
    position = stats.norm.cdf(y_first, middle, np.sqrt(spread**2 + variance))
    assert found.position == pytest.approx(position, abs=5 * np.sqrt(0.25 / found.worth))
    assert found.verdict == "fits"


def test_answers_that_contradict_each_other_are_told_from_those_that_do_not() -> None:
    beliefs = normal(4)
    beliefs[1] = beliefs[0]  # the same thing, asked twice
    live = Live(cloud(beliefs))
    numbers = dict(zip(QUESTIONS, ({"p": 0.1}, {"p": 0.9}, {"p": 0.5}, {"p": 0.3}), strict=False))
    found = live.implied(numbers)
    assert found[QUESTIONS[0]].verdict == found[QUESTIONS[1]].verdict == "contradicts"
    assert found[QUESTIONS[0]].against == QUESTIONS[1]
    assert found[QUESTIONS[1]].against == QUESTIONS[0]
    assert found[QUESTIONS[2]].verdict == found[QUESTIONS[3]].verdict == "fits"


@pytest.mark.parametrize("experts", [1, 2, 3, 22, 23])
def test_the_middle_of_the_panel_counts_the_expert_as_one_more(experts: int) -> None:
    panel = np.random.default_rng(3).uniform(size=(DRAWS, experts))
    made = cloud(normal(1), panel)
    live = Live(made)
    weights = live.weights({QUESTIONS[0]: {"p": 0.7}})
    joined = np.concatenate(
        [np.repeat(panel, IMAGINED, axis=0), made.data["own"][0].values.reshape(-1, 1)], axis=1
    )
    exact = weighted_quantiles(np.median(joined, axis=1), weights.values, [0.05, 0.5, 0.95])
    view = live.view({QUESTIONS[0]: {"p": 0.7}}, live)
    found = next(each for each in view.shifts if each.who == "consensus").after
    assert (found.lower, found.median, found.upper) == pytest.approx(exact, rel=1e-12)


def test_far_answers_are_not_reweighted_and_called_reliable() -> None:
    live = Live(cloud(normal(6)))
    far = {name: {"p": 1e-7} for name in QUESTIONS[:6]}
    assert not live.view(far, live).is_reliable
    near = {name: {"p": 0.6} for name in QUESTIONS[:2]}
    assert live.view(near, live).is_reliable


def test_a_refitted_cloud_is_weighted_only_by_what_it_has_not_heard() -> None:
    heard = {QUESTIONS[0]: {"p": 0.3}}
    made = cloud(normal(2))
    refitted = Live(Cloud(made.data, heard=heard, fit={"rhat": 1.0, "divergences": 0}))
    same = refitted.view(heard, refitted)
    assert same.exact
    assert same.worth == pytest.approx(DRAWS * IMAGINED)
    more = heard | {QUESTIONS[1]: {"p": 0.8}}
    fresh = Live(made)
    assert refitted.weights(more).values == pytest.approx(
        fresh.weights({QUESTIONS[1]: {"p": 0.8}}).values
    )


def test_who_names_a_camp_is_imagined_in_that_camp_alone() -> None:
    beliefs = normal(1)
    beliefs[0, :, 1::2] -= 3.0
    live = Live(cloud(beliefs))
    yes, no = live.weights({}, "yes"), live.weights({}, "no")
    assert yes.values.reshape(DRAWS, IMAGINED)[:, 1::2].sum() == 0
    assert no.values.reshape(DRAWS, IMAGINED)[:, 0::2].sum() == 0


def test_a_number_of_projects_says_nothing_of_the_worldview() -> None:
    live = Live(cloud(normal(1)))
    chips = dict.fromkeys(BINS, 0.0) | {"5": 20.0}
    plain = {QUESTIONS[0]: {"p": 0.4}}
    with_chips = plain | {"projects": chips}
    assert live.weights(plain).values == pytest.approx(live.weights(with_chips).values)
    view = live.view(with_chips, live)
    assert view.takeover_over_projects is not None
    you = next(each for each in view.shifts if each.who == "you").after
    assert view.takeover_over_projects.median == pytest.approx(you.median)


def test_intervals_have_the_probability_that_the_panels_model_gives_them() -> None:
    random = np.random.default_rng(5)
    lower = random.normal(scale=20, size=200)
    upper = lower + random.uniform(1e-3, 5, size=200)
    center, scale = random.normal(scale=5, size=200), random.uniform(0.1, 3, size=200)
    names = [pt.vector(name) for name in ("lower", "upper", "center", "scale")]
    panel = graph_function(names, log_interval_of_panel(*names), mode=INTERPRETED)
    theirs = panel(lower, upper, center, scale)
    ours = log_interval(lower, upper, center, scale)
    assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-9)


def test_a_heavier_tail_of_weights_has_a_greater_k() -> None:
    random = np.random.default_rng(7)
    shapes = [smoothed(random.exponential(size=20_000) * k).k for k in (0.2, 0.5, 0.9)]
    # Exponentials times k are logarithms of Pareto draws of that shape.
    assert shapes == pytest.approx([0.2, 0.5, 0.9], abs=0.12)
