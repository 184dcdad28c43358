"""The average of prior sets, as the panel's model declares it, against the sets themselves."""

from dataclasses import replace
from typing import Any

import numpy as np
import pymc as pm
from scipy import stats

from takeoff.data import join, load_study
from takeoff.models.evaluate import INTERPRETED
from takeoff.models.panel import panel_model
from takeoff.models.parameters import SHARES
from takeoff.models.priors import PRIOR_SETS, draw_prior, prior_set
from takeoff.models.worldviews import centre
from takeoff.models.writer import program_of

VECTORS = 20


def log_densities(name: str) -> np.ndarray:
    """Give the density that the sampler sees of a panel under a prior set, at random vectors."""
    authors = join([load_study("authors")])
    few = replace(authors, answers=authors.answers.isel(answer=[0, 1]))
    panel = panel_model(few, prior_set(name))
    model: Any = panel.coordinates().model
    shapes = {each: np.shape(value) for each, value in model.initial_point().items()}
    random = np.random.default_rng(7)
    vectors = {
        each: random.normal(0, 0.5, (VECTORS, int(np.prod(shapes[each]))))
        for each in sorted(shapes)
    }
    given = np.concatenate([vectors[each.name] for each in model.value_vars], axis=1)
    program = program_of([model.logp()], model.value_vars, list(shapes.values()))
    return program.values(given)[0]


def test_the_density_that_is_sampled_is_the_mean_of_those_under_each_set() -> None:
    of_sets = np.array([log_densities(name) for name in PRIOR_SETS])
    mean = np.logaddexp.reduce(of_sets) - np.log(len(of_sets))
    np.testing.assert_allclose(log_densities("averaged"), mean, rtol=1e-10)
    assert np.ptp(of_sets, axis=0).min() > 0.01


def test_panels_drawn_before_any_answer_are_of_one_set_or_another() -> None:
    """Parameters go together as in the sets: who draws copies draws high kinships."""
    draws = 3000
    with pm.Model(coords={"kind": SHARES}) as model:
        centre(prior_set("averaged"))
    names = ["kinship_replicated", "kinship_independent", "shares"]
    drawn = pm.sample_prior_predictive(
        draws,
        model=model,
        var_names=names,
        random_seed=8,
        compile_kwargs={"mode": INTERPRETED},
    )["prior"].to_dataset()
    exact = draw_prior(prior_set("averaged"), draws, seed=9)
    own = {name: drawn[name].values[0] for name in names[:2]}
    own |= dict(zip(SHARES, drawn["shares"].values[0].T, strict=True))
    for one in own:
        for other in own:
            # Of products, which tell how two go together; of a square, how one is spread.
            test = stats.ks_2samp(own[one] * own[other], exact[one] * exact[other])
            assert test.pvalue > 1e-6, (one, other)
