"""Fit a panel: from the names of studies to a posterior with all that a report needs."""

import json
from collections.abc import Sequence
from itertools import count
from typing import Any

import numpy as np
import pymc as pm
import xarray as xr

from takeoff.analysis import derived
from takeoff.analysis.ahead import compile_ahead
from takeoff.analysis.baselines.asked import baselines
from takeoff.analysis.brisk import briskly
from takeoff.analysis.crowd_answers import crowd_answers
from takeoff.analysis.defaults import CHAINS, DRAWS, TUNE
from takeoff.analysis.everyone import Everyone
from takeoff.analysis.evidence import evidence, trusted_experts
from takeoff.analysis.evidence.sampled import MOST, of_one, with_sampled
from takeoff.analysis.leaving_out.forecasts import OfCrowd, OfExperts, Teller
from takeoff.analysis.leaving_out.scores import left_out_scores
from takeoff.analysis.policies import policies
from takeoff.analysis.posterior import convergence_problems
from takeoff.analysis.predictive import Forecast, Stated, strangers
from takeoff.analysis.predictive_checks import FEWEST, predictive_checks
from takeoff.analysis.provenance import describe
from takeoff.analysis.sampler import WarmStart, sample
from takeoff.analysis.side_by_side import side_by_side
from takeoff.analysis.voices import voices_in
from takeoff.data import join, load_study
from takeoff.models.evaluate import INTERPRETED
from takeoff.models.panel import Panel, panel_model
from takeoff.models.parameters import SHARES
from takeoff.models.priors import PriorSet, prior_set
from takeoff.models.questions import Judgments

__all__ = [
    "fit",
    "labelled",
    "sample_panel",
    "simulate_panel",
    "simulate_prior",
]

_PATIENCE, _TELLING = 4, 400
"""How many times as long chains may go on that do not agree, and draws from which that is told."""
_PRIOR_DRAWS = 300
_MOST_DRAWS = 4000
_MOST_FORETOLD = 100
"""Experts at most whose answers are left out one by one: time and memory grow with them."""
_DRAWS_OF_CROWDS = 100
"""Of each chain, from which a crowd's answers are foretold."""
_DRAWS_ALONE, _TUNE_ALONE = 400, 300
"""Of each of two chains, for an expert alone: a set's chance is then known within three points."""
_FEWEST_DRAWS = 100
"""Draws without which the tail of weights on them cannot be fitted."""


@briskly()
def fit(
    studies: Sequence[str],
    *,
    prior: str = "neutral",
    seed: int = 1,
    draws: int = DRAWS,
    tune: int = TUNE,
    chains: int = CHAINS,
    progress: bool = False,
) -> xr.DataTree:
    """Fit the panel of one study or several.

    Parameters
    ----------
    studies
        Names of shipped studies, or folders.
    prior
        Name of the prior set of the panel's centre.
    seed, draws, tune, chains
        Of the sampler; draws and tune are per chain.
    progress
        Whether to show a progress bar.

    Returns
    -------
    xr.DataTree
        Groups ``posterior``, ``sample_stats``, ``prior``, ``outcomes``, ``prior_outcomes``,
        ``map``, ``likeness``, ``latent``, ``claims``, ``learned``, ``observed``, ``observed_data``,
        ``log_likelihood``, ``baselines``, ``policies``, and with at most a hundred experts
        ``left_out``, ``checks`` and ``evidence``; the root's attributes say where all came from.

    Raises
    ------
    InputError
        If a study cannot be used.
    """
    loaded = [load_study(each) for each in studies]
    judgments = join(loaded)
    chosen = prior_set(prior)
    wait_for_outcomes = compile_ahead()
    panel = panel_model(judgments, chosen)
    posterior, stats = sample_panel(
        panel,
        seed=seed,
        draws=draws,
        tune=tune,
        chains=chains,
        progress=progress,
        patience=_PATIENCE if draws >= _TELLING else 1,
    )
    tree = xr.DataTree.from_dict(
        {
            "posterior": posterior,
            "sample_stats": stats,
            "observed": judgments.answers.reset_coords(drop=True).drop_vars(
                "expert", errors="ignore"
            ),
            "observed_data": _observed_data(panel),
        }
    )
    settings = {"draws": draws, "tune": tune, "chains": chains}
    tree.attrs = describe(loaded, judgments, chosen, seed, settings, panel.crowds)
    wait_for_outcomes()
    derived_groups = _derived(tree, panel, judgments, chosen, seed)
    tree = tree.assign({name: xr.DataTree(each) for name, each in derived_groups.items()})
    tree.attrs["problems"] = json.dumps(convergence_problems(tree))
    return tree


def sample_panel(
    panel: Panel,
    *,
    seed: int,
    draws: int,
    tune: int,
    chains: int,
    progress: bool = False,
    warm: WarmStart | None = None,
    patience: int = 1,
) -> tuple[xr.Dataset, xr.Dataset]:
    """Sample a panel's posterior: the story's variables, with its dims, and the sampler's notes.

    Among the notes is ``unconstrained_draw``, the draws in the sampler's coordinates: a refit of
    the panel with one thing changed starts from them, see `WarmStart`.
    """
    coordinates = panel.coordinates()
    points, notes = sample(
        coordinates.program(),
        seed=seed,
        draws=draws,
        tune=tune,
        chains=chains,
        progress=progress,
        warm=warm,
        sided=coordinates.sided,
        patience=patience,
    )
    if warm is None:
        notes["unconstrained_draw"] = (("chain", "draw", "coordinate"), points)
    values = {
        name: value.reshape(chains, draws, *value.shape[1:])
        for name, value in coordinates.back(points.reshape(-1, points.shape[-1])).items()
    }
    return labelled(values, panel.model, ("chain", "draw")), notes


def labelled(
    values: dict[str, np.ndarray], model: pm.Model, leading: tuple[str, str]
) -> xr.Dataset:
    """Label a model's variables with its dims, and the shares with their names."""
    for row, name in enumerate(SHARES):
        values[name] = values["shares"][..., row]
    named: dict[str, Any] = {
        name: ((*leading, *model.named_vars_to_dims.get(name, ())), value)
        for name, value in values.items()
    }
    used = {str(dim) for dims, _ in named.values() for dim in dims} - set(leading)
    coords = {dim: np.asarray(model.coords[dim]) for dim in used}
    shape = next(iter(values.values())).shape
    coords |= {dim: np.arange(shape[axis]) for axis, dim in enumerate(leading)}
    return xr.Dataset(named, coords=coords)


def simulate_panel(panel: Panel, draws: int, seed: int) -> tuple[xr.Dataset, np.ndarray]:
    """Draw whole panels from the prior, one chain, and what they would answer.

    Gives the story's variables and the answers on the scale of their question (draw, answer), not
    yet rounded or put into words; NaN for grades, seeds and what informs no parameter.
    """
    said = [name for name in ("log_odds", "phrase") if name in panel.terms]
    drawn = _drawn(panel, said, draws, seed)
    truths = _truths(drawn, panel)
    answers = np.full((draws, panel.answers), np.nan)
    for name in said:
        answers[:, panel.terms[name]] = drawn["prior_predictive"][name].values[0]
    return truths, answers


def simulate_prior(panel: Panel, draws: int, seed: int) -> xr.Dataset:
    """Draw the story's variables of whole panels from the prior, one chain."""
    return _truths(_drawn(panel, [], draws, seed), panel)


def _drawn(panel: Panel, said: Sequence[str], draws: int, seed: int) -> Any:
    return pm.sample_prior_predictive(
        draws,
        model=panel.model,
        var_names=[*(each.name for each in panel.model.unobserved_RVs), *said],
        random_seed=seed,
        compile_kwargs={"mode": INTERPRETED},
    )


def _truths(drawn: Any, panel: Panel) -> xr.Dataset:
    values = {str(name): each.values for name, each in drawn["prior"].data_vars.items()}
    return labelled(values, panel.model, ("chain", "draw"))


def _observed_data(panel: Panel) -> xr.Dataset:
    """Give the answers in log-odds; of crowds, how many gave each pattern, and who."""
    data = xr.Dataset({"log_odds": ("answer", panel.rows.value)})
    if not panel.crowds:
        return data
    begins = np.cumsum([0, *(len(crowd.patterns) for crowd in panel.crowds)])
    pattern = np.concatenate(
        [begin + crowd.pattern for begin, crowd in zip(begins, panel.crowds, strict=False)]
    )
    people = [person for crowd in panel.crowds for person in crowd.people]
    return data.assign(
        crowd=("pattern", np.bincount(pattern, minlength=begins[-1])),
        pattern_of_person=("person", pattern),
    ).assign_coords(person=people)


def _derived(
    tree: xr.DataTree, panel: Panel, judgments: Judgments, chosen: PriorSet, seed: int
) -> dict[str, xr.Dataset]:
    """Work out all that follows from the posterior, by group."""
    posterior = tree["posterior"].to_dataset()
    every = max(1, posterior.sizes["chain"] * posterior.sizes["draw"] // _MOST_DRAWS)
    thinned = posterior.isel(draw=slice(None, None, every))
    outcomes = derived.outcomes(thinned, panel.judgments, chosen, seed, panel.crowds)

    def foretold() -> dict[str, xr.Dataset]:
        likelihood = derived.log_likelihood(posterior, panel)
        scored = _foretold(posterior, panel, judgments, likelihood["log_odds"], seed)
        return {"log_likelihood": likelihood, **scored}

    def played() -> dict[str, xr.Dataset]:
        return {"policies": policies(tree.assign(outcomes=xr.DataTree(outcomes)))}

    def told() -> dict[str, xr.Dataset]:
        heard = voices_in(posterior, panel.judgments, panel.crowds, chosen)
        return {
            "map": derived.signature_map(posterior, heard, outcomes, seed),
            "likeness": derived.likeness_of(thinned),
            "latent": derived.latent(thinned, seed),
            "claims": derived.claims_of(posterior, chosen, seed),
        }

    def compared() -> dict[str, xr.Dataset]:
        prior = simulate_panel(panel, _PRIOR_DRAWS, seed)[0]
        return {
            "prior": prior,
            "prior_outcomes": derived.outcomes(prior, panel.judgments, chosen, seed, panel.crowds),
            "learned": derived.learned(posterior, prior, panel, judgments, chosen),
            "baselines": baselines(outcomes, judgments, derived.SCENARIOS),
        }

    def weighed() -> dict[str, xr.Dataset]:
        return _weighed(posterior, panel, chosen, seed)

    found = side_by_side([foretold, played, told, weighed, compared])
    more = {name: group for groups in found for name, group in groups.items()}
    return {"outcomes": outcomes, **more}


def _weighed(
    posterior: xr.Dataset, panel: Panel, chosen: PriorSet, seed: int
) -> dict[str, xr.Dataset]:
    """Weigh the prior sets by the answers, where experts can be gone through.

    Under the average of sets, which is there to do it well, experts whom imagined worldviews
    cannot tell of are sampled, if they are not many.
    """
    if not 0 < posterior.sizes["expert"] <= _MOST_FORETOLD:
        return {}
    found = evidence(posterior, chosen.name, panel.judgments, seed)
    left = sorted(set(found["expert"].values.tolist()) - set(trusted_experts(found)))
    if not chosen.averaged or len(left) > MOST:
        return {"evidence": found}

    seeds = count(seed + 1)  # with one seed the errors of people who know little would be alike

    def sample(judgments: Judgments) -> xr.Dataset:
        alone = panel_model(judgments, chosen)
        draws = min(posterior.sizes["draw"], _DRAWS_ALONE)
        return sample_panel(alone, seed=next(seeds), draws=draws, tune=_TUNE_ALONE, chains=2)[0]

    each = {name: of_one(panel.judgments, name) for name in left}
    return {"evidence": with_sampled(found, each, sample)}


def _foretold(
    posterior: xr.Dataset,
    panel: Panel,
    judgments: Judgments,
    likelihood: xr.DataArray,
    seed: int,
) -> dict[str, xr.Dataset]:
    """Score answers left out, and check answers repeated.

    Where experts can be gone through, and enough probabilities were stated.
    """
    if panel.crowds:
        every = -(-posterior.sizes["draw"] // _DRAWS_OF_CROWDS)
        posterior = posterior.isel(draw=slice(None, None, every))
        likelihood = likelihood.sel(draw=posterior["draw"])
    draws = posterior.sizes["chain"] * posterior.sizes["draw"]
    if posterior.sizes["expert"] > _MOST_FORETOLD or draws < _FEWEST_DRAWS:
        return {}
    stated, crowds = Stated.of(panel), crowd_answers(posterior, panel, judgments)
    everyone = Everyone.of(judgments, panel, stated, crowds)
    if len(everyone.value) < FEWEST:
        return {}
    told = Forecast.of(posterior, panel, stated)
    new = Forecast.of(strangers(posterior, panel, seed), panel, stated)
    experts = OfExperts(posterior, panel, stated, likelihood, told, new)
    tellers: list[Teller] = [experts, *(OfCrowd(each, everyone) for each in crowds)]
    random = np.random.default_rng(seed)
    again = [
        np.hstack([own.repeated(random), *(each.repeated(random, same=same) for each in crowds)])
        for own, same in ((told, True), (new, False))
    ]
    return {
        "left_out": left_out_scores(everyone, judgments.questions, tellers),
        "checks": predictive_checks(everyone, *again),
    }
