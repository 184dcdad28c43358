"""What a panel would teach is what a conjugate model says it would."""

import numpy as np
import pytest

from takeoff.analysis.fit import simulate_panel
from takeoff.analysis.power import imagined_panel, power, variance_removed
from takeoff.analysis.questions_form import QUESTIONS
from takeoff.models.crowd import MANY
from takeoff.models.panel import panel_model
from takeoff.models.priors import prior_set

SAMPLES = 20_000


@pytest.mark.parametrize("experts", [1, 4, 25])
def test_the_share_removed_is_that_of_a_normal_mean(experts: int) -> None:
    """Of a standard normal mean, n answers of variance v leave v/(n + v)."""
    random = np.random.default_rng(experts)
    mean, variance = random.normal(size=SAMPLES), 1.25
    answers = mean[:, None] + np.sqrt(variance) * random.normal(size=(SAMPLES, experts))
    removed, error = variance_removed(mean[:, None], answers.mean(axis=1)[:, None], seed=1)
    assert removed[0] == pytest.approx(experts / (experts + variance), abs=4 * error[0])
    assert error[0] < 0.02


def test_answers_about_something_else_remove_nothing() -> None:
    random = np.random.default_rng(2)
    target, answers = random.normal(size=(SAMPLES, 1)), random.normal(size=(SAMPLES, 20))
    removed, error = variance_removed(target, answers, seed=1)
    # 41 coefficients fitted to nothing foretell that much worse than the mean.
    assert -41 / SAMPLES - 4 * error[0] < removed[0] < 4 * error[0]


def test_any_first_few_of_a_panel_are_in_proportion() -> None:
    weights = {"a": 0.6, "b": 0.3, "c": 0.1}
    panel = imagined_panel({each.name: each for each in QUESTIONS[:2]}, weights, 20)
    camp = panel.answers["camp"].values
    for number in range(1, 21):
        for name, weight in weights.items():
            assert abs((camp[:number] == name).sum() - weight * number) < 1
    assert panel.answers.sizes["answer"] == 40


def test_a_larger_panel_teaches_what_it_is_asked_about() -> None:
    """Asked from the prior whether systems act as one, people teach that and not when AI comes."""
    asked = {each.name: each for each in QUESTIONS if each.outcome == "coordination"}
    chosen, weights = prior_set("neutral"), {"a": 0.5, "b": 0.5}
    panel = panel_model(imagined_panel(asked, weights, 2), chosen)
    draws, _ = simulate_panel(panel, 600, seed=5)
    found = power(draws, asked, weights, chosen, experts=(2, 12), seed=3)
    learned = found.sel(parameter="coordination_strangers")
    assert float(learned["removed"].isel(experts=-1)) > 5 * float(learned["error"].isel(experts=-1))
    arrival = found.sel(parameter="arrival_median", experts=12)
    assert abs(float(arrival["removed"])) < 4 * float(arrival["error"])


def test_people_asked_for_the_risk_itself_are_told_apart_however_many() -> None:
    asked = {each.name: each for each in QUESTIONS if each.outcome == "takeover"}
    chosen, most = prior_set("neutral"), MANY + 5
    draws, _ = simulate_panel(panel_model(imagined_panel(asked, {}, 1), chosen), 120, seed=6)
    found = power(draws, asked, {}, chosen, experts=(1, most), seed=7)
    assert np.isfinite(found["removed"]).all()
