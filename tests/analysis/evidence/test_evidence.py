"""Evidence on the prior sets against cases in which it is known."""

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr
from scipy import special, stats

from takeoff.analysis.evidence import (
    alone,
    bridged,
    divergence,
    evidence,
    reweighted,
    trusted_experts,
)
from takeoff.analysis.evidence.bridge import jackknifed
from takeoff.analysis.evidence.sampled import of_one, sampled, with_sampled
from takeoff.analysis.fit import sample_panel
from takeoff.data import join, load_study
from takeoff.models.panel import panel_model
from takeoff.models.parameters import SHARES
from takeoff.models.priors import PRIOR_SETS, log_prior_ratio, prior_set

KINDS = np.array([3, 1, 2])
"""Of six later projects whose origin is seen."""
ALIKE = {"kinship_replicated": (4, 2), "kinship_independent": (1, 3)}
"""How often systems of a kind were seen to act alike, and not to."""
SHAPE = (4, 1000)


def seen(name: str) -> xr.Dataset:
    """Draw from the posterior under a prior set once origins and likeness were seen."""
    random = np.random.default_rng(5)
    chosen = prior_set(name)
    if chosen.averaged:
        of_sets = xr.concat([seen(one.name) for one in chosen.averaged], "prior_set")
        chances = special.softmax([known(one.name) for one in chosen.averaged])
        holds = random.choice(len(chances), SHAPE, p=chances)
        return of_sets.isel(prior_set=xr.DataArray(holds, dims=("chain", "draw")))
    shares = random.dirichlet(np.array(chosen.shares) + KINDS, SHAPE)
    drawn: dict[str, np.ndarray] = {each: shares[..., row] for row, each in enumerate(SHARES)}
    for each, counts in ALIKE.items():
        a, b = np.array(chosen.priors[each].numbers) + counts
        drawn[each] = random.beta(a, b, SHAPE)
    drawn["margin"] = random.normal(size=SHAPE)
    return xr.Dataset({each: (("chain", "draw"), value) for each, value in drawn.items()})


def known(name: str) -> float:
    """Give the logarithm of the evidence, but for what all sets share."""
    chosen = prior_set(name)
    alpha = np.array(chosen.shares)
    level = _log_volume(alpha + KINDS) - _log_volume(alpha)
    for each, counts in ALIKE.items():
        numbers = np.array(chosen.priors[each].numbers)
        level += special.betaln(*(numbers + counts)) - special.betaln(*numbers)
    return float(level)


def _log_volume(alpha: np.ndarray) -> float:
    return float(special.gammaln(alpha).sum() - special.gammaln(alpha.sum()))


@pytest.mark.parametrize("fitted", [["neutral"], ["heterogeneous"], list(PRIOR_SETS), ["averaged"]])
def test_evidence_is_the_known_one_of_a_conjugate_case(fitted: list[str]) -> None:
    found = bridged({name: seen(name) for name in fitted})
    exact = np.array([known(name) for name in PRIOR_SETS])
    chances = special.softmax(exact)
    of_sets = dict(zip(PRIOR_SETS, exact, strict=True))
    exact = exact - of_sets.get(fitted[0], special.logsumexp(exact) - np.log(len(exact)))
    off = np.abs(found["log_evidence"].values - exact)
    assert (off <= 4 * found["log_evidence_error"].values).all()
    off = np.abs(found["probability"].values - chances)
    assert (off <= 4 * found["probability_error"].values).all()


def test_posteriors_under_every_set_give_evidence_more_exactly_than_one() -> None:
    one = bridged({"neutral": seen("neutral")})["log_evidence_error"].max()
    three = bridged({name: seen(name) for name in PRIOR_SETS})["log_evidence_error"].max()
    assert three < 0.5 * one


def test_a_posterior_under_the_average_reaches_every_set_where_one_of_them_does_not() -> None:
    draws = seen("averaged")
    chances = bridged({"averaged": draws})["probability"]
    for name in PRIOR_SETS:
        found = reweighted(draws, "averaged", name)
        assert found.usable
        # A draw counts at most for as many as there are sets, before the set's own evidence.
        largest = float(found.weights.max()) * found.weights.size
        assert largest <= 1 / float(chances.sel(prior_set=name)) * (1 + 1e-9)
    assert not reweighted(seen("heterogeneous"), "heterogeneous", "homogeneous").usable


@pytest.mark.parametrize("name", ["homogeneous", "heterogeneous"])
def test_weighted_draws_have_the_mean_of_the_other_posterior(name: str) -> None:
    draws = seen("neutral")
    found = reweighted(draws, "neutral", name)
    alpha = np.array(prior_set(name).shares) + KINDS
    exact = stats.dirichlet(alpha).mean()
    weights = found.weights.values
    for row, each in enumerate(SHARES):
        values = draws[each].values
        mean = (weights * values).sum()
        error = np.sqrt((weights**2 * (values - mean) ** 2).sum())
        assert abs(mean - exact[row]) < 4 * error
    assert found.usable
    assert weights.sum() == pytest.approx(1)
    assert 0 < found.efficiency < 0.5


def test_draws_of_a_set_weighted_as_its_own_are_left_as_they_are() -> None:
    found = reweighted(seen("neutral"), "neutral", "neutral")
    assert found.efficiency == pytest.approx(1)
    assert found.usable


def test_a_jackknife_over_pieces_counts_correlation() -> None:
    """Each of 400 normal draws stands ten times: the mean's error is 1/20, not 1/63."""
    errors = []
    for seed in range(20):
        draws = np.repeat(np.random.default_rng(seed).normal(size=400), 10)
        pieces = [np.array_split(draws, 40)]
        errors.append(float(jackknifed(lambda kept: np.asarray(kept[0].mean()), pieces)[1]))
    # A variance from 40 pieces has a relative error of √(2/39); that of 20 errors' mean is less.
    assert np.mean(errors) == pytest.approx(1 / 20, rel=4 * np.sqrt(0.5 / 39 / 20))


def test_divergence_is_the_mean_log_factor_of_known_parameters() -> None:
    one, other = prior_set("homogeneous"), prior_set("neutral")
    random = np.random.default_rng(1)
    shares = random.dirichlet(one.shares, 100_000)
    drawn: dict[str, np.ndarray] = {each: shares[:, row] for row, each in enumerate(SHARES)}
    for each in ALIKE:
        a, b = one.priors[each].numbers
        drawn[each] = random.beta(a, b, 100_000)
    ratio = np.asarray(log_prior_ratio(drawn, one, other))
    assert divergence(one, other) == pytest.approx(ratio.mean(), abs=4 * ratio.std() / 100_000**0.5)


def test_answers_about_efficacy_alone_leave_prior_sets_as_they_were() -> None:
    """An efficacy is of no world's making, so each set is as probable as before."""
    scher = join([load_study("authors")])
    asked = [each.startswith("efficacy") for each in scher.answers["question"].values]
    only = replace(scher, answers=scher.answers.isel(answer=np.flatnonzero(asked)))
    found = alone(only, seed=2, draws=3000)
    off = np.abs(found["probability"].values - 1 / 3)
    assert (off <= 4 * found["probability_error"].values).all()
    assert found["probability_error"].max() < 0.02


@pytest.mark.slow
def test_an_experts_evidence_is_one_by_two_roads() -> None:
    """Worldviews imagined under every prior, and sampled from the posterior of their average."""
    judgments = of_one(join([load_study("fri_2023")]), "Vincent")
    panel = panel_model(judgments, prior_set("averaged"))
    posterior, _ = sample_panel(panel, seed=3, draws=300, tune=200, chains=2)
    found = evidence(posterior, "averaged", panel.judgments, seed=4)
    own = sampled(posterior)
    error = np.hypot(found["probability_error"], own["probability_error"])
    assert (np.abs(found["probability"] - own["probability"]) <= 4 * error).all()
    assert error.max() < 0.05
    full = with_sampled(found, {"Vincent": judgments}, lambda _: posterior)
    np.testing.assert_array_equal(full["probability"].isel(expert=0), full["panel_probability"])
    assert bool(full["sampled"].all())
    assert trusted_experts(full) == ["Vincent"]
