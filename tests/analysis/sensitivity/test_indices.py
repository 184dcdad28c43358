"""Indices agree with functions whose indices are known."""

import numpy as np
import pytest
import xarray as xr
from scipy.stats import norm

from takeoff.analysis.figures import PAGE, PHONE
from takeoff.analysis.figures.indices import density_figure, sobol_figure
from takeoff.analysis.sensitivity.density import Classed, density_indices
from takeoff.analysis.sensitivity.indices import (
    OUTCOMES,
    _worlds,
    posterior_indices,
    prior_indices,
    typical_worldview,
)
from takeoff.analysis.sensitivity.sobol import sobol_indices
from takeoff.models.errors import InputError
from takeoff.models.evaluate import evaluate
from takeoff.models.parameters import PARAMETER_NAMES
from takeoff.models.priors import draw_prior, prior_set
from takeoff.models.scenario import Scenario
from takeoff.models.special import FloatArray
from tests.analysis.panels import panel_tree


def ishigami(x: FloatArray) -> FloatArray:
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def test_sobol_indices_of_ishigamis_function_are_its_exact_ones() -> None:
    found = sobol_indices(lambda u: ishigami(np.pi * (2 * u - 1)), [[0], [1], [2]], 13, seed=1)
    b, pi4 = 0.1, np.pi**4
    variance = 7**2 / 8 + b * pi4 / 5 + b**2 * pi4**2 / 18 + 0.5
    alone = np.array([0.5 * (1 + b * pi4 / 5) ** 2, 7**2 / 8, 0.0]) / variance
    together = b**2 * pi4**2 * (1 / 18 - 1 / 50) / variance
    exact = np.stack([alone, alone + together * np.array([1, 0, 1])])
    _hold(found[:, :, 0], exact)


def test_sobol_indices_of_groups_of_the_g_function_are_its_exact_ones() -> None:
    a = np.array([0.0, 1.0, 4.5, 9.0])

    def g(u: FloatArray) -> FloatArray:
        return np.asarray(np.prod((np.abs(4 * u - 2) + a) / (1 + a), axis=1))

    parts = 1 / (3 * (1 + a) ** 2)
    variance = np.prod(1 + parts) - 1
    together = (1 + parts[2]) * (1 + parts[3]) - 1
    alone = np.array([parts[0], parts[1], together])
    total = np.array(
        [
            parts[0] * np.prod(1 + parts[1:]),
            parts[1] * (1 + parts[0]) * (1 + together),
            together * (1 + parts[0]) * (1 + parts[1]),
        ]
    )
    found = sobol_indices(g, [[0], [1], [2, 3]], 13, seed=1)
    _hold(found[:, :, 0], np.stack([alone, total]) / variance)


def _hold(found: FloatArray, exact: FloatArray) -> None:
    """Require estimates within 4 standard errors of the truth, and those to be small."""
    error = (found[..., 2] - found[..., 0]) / (2 * norm.ppf(0.95))
    assert error.max() < 0.03
    assert np.all(np.abs(found[..., 1] - exact) < 4 * error + 1e-3)


def test_delta_of_a_normal_sum_is_its_exact_one() -> None:
    # y = ρ x + noise: within a class y is N(ρx, 1 − ρ²), against N(0, 1); shares by quadrature.
    shares = np.array([0.9, 0.6, 0.3])
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    y = np.linspace(-8, 8, 4001)
    exact = []
    random = np.random.default_rng(2)
    inputs = random.normal(size=(4000, len(shares)))
    for column, rho in enumerate(shares):
        apart = np.abs(norm.pdf(y, rho * nodes[:, None], np.sqrt(1 - rho**2)) - norm.pdf(y))
        exact.append(0.5 * np.trapezoid(apart, y) @ weights / weights.sum())
        output = rho * inputs[:, column] + np.sqrt(1 - rho**2) * random.normal(size=4000)
        found, floor = density_indices(inputs, output, seed=3)
        # Classes and kernels blur the largest; what else it strays is the bootstrap's error.
        lower, middle, upper = found[0, column]
        assert middle == pytest.approx(exact[-1], abs=2 * (upper - lower) + 0.06 * exact[-1])
        others = np.delete(found[0, :, 1], column)
        assert np.all(others < 1.6 * floor[0])
        assert middle > 2 * floor[0]
    assert exact == sorted(exact, reverse=True)


def test_density_indices_order_the_inputs_of_ishigamis_function() -> None:
    random = np.random.default_rng(4)
    inputs = random.uniform(-np.pi, np.pi, (3000, 4))
    found, floor = density_indices(inputs, ishigami(inputs), seed=5)
    delta, pawn = found[..., 1]
    assert delta[1] > delta[0] > delta[2] > floor[0]
    assert pawn[1] > pawn[0] > pawn[2] > floor[1]
    # By brute force, 8,000,000 samples in 100 classes: .263, .424, .208. The estimate errs low.
    truth = np.array([0.263, 0.424, 0.208])
    assert np.all((delta[:3] > 0.6 * truth) & (delta[:3] < truth))


def test_pawn_agrees_with_distributions_within_classes() -> None:
    random = np.random.default_rng(6)
    inputs = random.uniform(-np.pi, np.pi, (200_000, 3))
    output = ishigami(inputs)
    classed = Classed.of(inputs, output)
    grid = np.sort(output)
    for column in range(3):
        apart = []
        for each in range(classed.classes.max() + 1):
            own = np.sort(output[classed.classes[:, column] == each])
            within = np.searchsorted(own, grid, "right") / len(own)
            apart.append(np.abs(within - np.arange(1, len(grid) + 1) / len(grid)).max())
        # The distributions are compared at 64 levels, between which neither rises by more.
        assert classed.indices()[1, column] == pytest.approx(np.median(apart), abs=1 / 64)


def test_an_increasing_scale_of_the_output_changes_nothing() -> None:
    random = np.random.default_rng(7)
    inputs = random.normal(size=(500, 3))
    output = inputs @ [1.0, 0.5, 0.0] + random.normal(size=500)
    plain, other = (density_indices(inputs, each, seed=1)[0] for each in (output, np.exp(output)))
    np.testing.assert_array_equal(plain, other)


@pytest.fixture(scope="module")
def tree() -> xr.DataTree:
    """Give a panel of the prior whose consensus is that of its typical worldview."""
    tree = panel_tree(draws=300)
    worlds = typical_worldview(tree["posterior"].to_dataset())
    table = evaluate({str(name): worlds[name] for name in worlds}, Scenario(), OUTCOMES, "fit")
    consensus = table.to_dataarray("outcome").expand_dims(scenario=["default"])
    outcomes = tree["outcomes"].to_dataset().assign(consensus=consensus)
    tree["outcomes"] = xr.DataTree(outcomes)
    return tree


def test_what_cannot_matter_stays_at_the_floor_and_what_must_is_above(tree: xr.DataTree) -> None:
    found = posterior_indices(tree)
    assert found["delta"].sizes == {"parameter": len(PARAMETER_NAMES), "outcome": 4, "level": 3}
    delta = found["delta"].isel(level=1)
    for name in ("takeover", "catastrophe"):
        floor = float(found["delta_floor"].sel(outcome=name))
        assert float(delta.sel(outcome=name, parameter="offense")) > 2 * floor
        for idle in ("lethality", "arrival_median", "progress", "cost_pull"):
            assert float(delta.sel(outcome=name, parameter=idle)) < 1.6 * floor
    assert density_figure(found, PAGE).get_size_inches()[0] == PAGE


def test_the_priors_shares_add_up_to_no_more_than_the_whole() -> None:
    found = prior_indices(prior_set("neutral"), exponent=7)
    assert {"shares", "coordination_share"} <= set(found["parameter"].values)
    middle, width = found.isel(level=1), found.isel(level=2) - found.isel(level=0)
    error = width / (2 * norm.ppf(0.95))
    assert bool((middle["first"] <= middle["total"] + 4 * (error["first"] + error["total"])).all())
    for idle in ("lethality", "arrival_median", "progress", "cost_pull"):
        np.testing.assert_allclose(found["total"].sel(parameter=idle), 0, atol=1e-12)
    assert sobol_figure(found, PHONE).get_size_inches()[0] == PHONE


@pytest.mark.parametrize("name", ["heterogeneous", "averaged"])
def test_sobol_worlds_are_those_of_the_prior(name: str) -> None:
    chosen = prior_set(name)
    stated = len(prior_set("heterogeneous").priors)
    inputs = stated + 2 + bool(chosen.averaged)
    levels = np.random.default_rng(8).uniform(size=(20_000, inputs))
    own, drawn = dict(_worlds(chosen, levels)), draw_prior(chosen, 20_000, seed=9)
    for parameter in PARAMETER_NAMES:
        for power in (1, 2):
            one, other = own[parameter] ** power, drawn[parameter] ** power
            error = np.sqrt((one.var() + other.var()) / len(one))
            assert abs(one.mean() - other.mean()) < 4.5 * error, parameter


def test_which_of_averaged_sets_holds_is_one_of_the_priors_inputs() -> None:
    found = prior_indices(prior_set("averaged"), exponent=6)["first"]
    assert found["parameter"].values[-1] == "prior_set"


def _with(values: float, draws: int) -> xr.DataTree:
    tree = panel_tree(draws=draws)
    shape = (2, draws, 1, 4)
    consensus = xr.DataArray(
        np.full(shape, values),
        dims=("chain", "draw", "scenario", "outcome"),
        coords={
            "chain": [0, 1],
            "draw": np.arange(draws),
            "scenario": ["default"],
            "outcome": list(OUTCOMES),
        },
    )
    tree["outcomes"] = xr.DataTree(tree["outcomes"].to_dataset().assign(consensus=consensus))
    return tree


@pytest.mark.parametrize(
    ("draws", "message"),
    [(12, "24 draws have outcomes"), (60, "takeover is the same in every draw")],
    ids=["few draws", "constant outcome"],
)
def test_what_nothing_can_be_said_of_is_refused(draws: int, message: str) -> None:
    with pytest.raises(InputError, match=message):
        posterior_indices(_with(0.3, draws))
