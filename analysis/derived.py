"""What follows from a posterior: outcomes, the map, likeness, and what the answers moved."""

from collections.abc import Sequence
from math import prod

import numpy as np
import pytensor
import pytensor.tensor as pt
import xarray as xr
from pymc.model.transform.conditioning import remove_value_transforms

from takeoff.analysis.claims import claims, random_worlds
from takeoff.analysis.histories import histories_of
from takeoff.analysis.standing import standing
from takeoff.analysis.voices import middle, of_camp, voices_in
from takeoff.analysis.worlds import imagined, shared_parameters, worldviews_of
from takeoff.models.candidates import likeness
from takeoff.models.crowd import Crowd
from takeoff.models.evaluate import INTERPRETED, evaluate
from takeoff.models.outcomes import OUTCOME_NAMES
from takeoff.models.panel import Panel, Worlds, expected_log_odds
from takeoff.models.parameters import PARAMETER_NAMES
from takeoff.models.pieces import in_pieces
from takeoff.models.priors import PriorSet, draw_prior, prior_medians
from takeoff.models.questions import Judgments
from takeoff.models.scenario import Scenario
from takeoff.models.transforms import from_real, to_real
from takeoff.models.world import outcomes_in
from takeoff.models.worldviews import VARYING
from takeoff.models.writer import program_of

__all__ = [
    "SCENARIOS",
    "claims_of",
    "latent",
    "learned",
    "likeness_of",
    "log_likelihood",
    "outcomes",
    "signature_map",
]

SCENARIOS = {
    "default": Scenario(),
    "one_project": Scenario(projects=1),
    "three_projects": Scenario(projects=3),
    "eight_projects": Scenario(projects=8),
}

_LIKELIHOOD_PIECE = 100
_MAP_DRAWS = 60
_CLAIM_WORLDS = 100
_MAP_KINSHIPS = (0.0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 0.999)
_MAP_OFFENSES = (-4.0, -3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 4.0)


def _outcomes_by_scenario(worlds: dict[str, xr.DataArray]) -> xr.DataArray:
    """Compute every outcome in every scenario: (..., scenario, outcome), NaN where absent."""
    tables: list[xr.DataArray] = []
    for scenario in SCENARIOS.values():
        names = outcomes_in(scenario)
        table = evaluate(worlds, scenario, names, precision="fit").to_dataarray("outcome")
        tables.append(table.reindex(outcome=list(OUTCOME_NAMES)))
    return xr.concat(tables, xr.DataArray(list(SCENARIOS), dims="scenario", name="scenario"))


def outcomes(
    draws: xr.Dataset,
    judgments: Judgments,
    chosen: PriorSet,
    seed: int,
    crowds: Sequence[Crowd] = (),
) -> xr.Dataset:
    """Compute outcomes by expert, camp, consensus and population.

    ``consensus`` and ``by_camp`` are medians over people of the outcome, draw by draw; each
    draw of ``population`` is one imagined expert, of a camp drawn by the declared weights
    (``camp_of_population``). The people of a crowd are told by imagined members (`voices`).
    ``judgments`` are those of the experts with worldviews of their own.
    """
    camp_of_expert = judgments.answers["camp"].values
    heard = voices_in(draws, judgments, crowds, chosen)
    every = _outcomes_by_scenario(worldviews_of(heard))
    expert = _outcomes_by_scenario(worldviews_of(draws)) if crowds else every
    person = imagined(draws, judgments.camp_weights, chosen, seed)
    camps = [each for each in judgments.camp_weights if each in camp_of_expert]
    result = {
        "by_expert": expert.drop_vars("camp_of_expert", errors="ignore"),
        "consensus": middle(every),
        "population": _outcomes_by_scenario(person.worlds),
    }
    if camps:
        result["by_camp"] = xr.concat(
            [middle(of_camp(every, each)) for each in camps],
            xr.DataArray(camps, dims="camp", name="camp"),
        )
    else:
        result["by_camp"] = expert.isel(expert=slice(0, 0)).rename(expert="camp")
    order = ("chain", "draw", "scenario", "expert", "camp", "outcome")
    dataset = xr.Dataset(
        {
            name: each.transpose(*(dim for dim in order if dim in each.dims))
            for name, each in result.items()
        }
    )
    return dataset.assign_coords(
        camp_of_expert=("expert", camp_of_expert),
        camp_of_population=(("chain", "draw"), person.camps),
    )


def signature_map(
    posterior: xr.Dataset, heard: xr.Dataset, outcomes: xr.Dataset, seed: int
) -> xr.Dataset:
    """Compute the map: takeover and catastrophe over projects, kinship and offense.

    At the panel's centre, with all three kinships set to one number; posterior medians over draws,
    the probability that one more project raises either, and where everybody stands (`standing`).
    ``heard`` are the draws with everybody's voice (`voices`).
    """
    flat = posterior.stack(sample=("chain", "draw")).reset_index("sample", drop=True)
    chosen = np.random.default_rng(seed).choice(
        flat.sizes["sample"], min(_MAP_DRAWS, flat.sizes["sample"]), replace=False
    )
    worlds = {name: flat[name].isel(sample=chosen) for name in PARAMETER_NAMES}
    kinship = xr.DataArray(
        list(_MAP_KINSHIPS), dims="kinship", coords={"kinship": list(_MAP_KINSHIPS)}
    )
    offense = xr.DataArray(
        list(_MAP_OFFENSES), dims="offense", coords={"offense": list(_MAP_OFFENSES)}
    )
    for name in ("kinship_copied", "kinship_replicated", "kinship_independent"):
        worlds[name] = kinship
    worlds["offense"] = offense
    projects = xr.DataArray(np.arange(1, 9), dims="projects", name="projects")
    table = xr.concat(
        [
            evaluate(worlds, Scenario(projects=int(count)), ["takeover", "catastrophe"], "fit")
            for count in projects
        ],
        projects.assign_coords(projects=projects),
    )
    step = table.diff("projects", label="lower").reindex(projects=projects.values)
    worldview = posterior["worldview"].sel(varying="offense", drop=True)
    return xr.Dataset(
        {
            "takeover": table["takeover"].median("sample"),
            "catastrophe": table["catastrophe"].median("sample"),
            **{
                f"{name}_one_more": (step[name] > 0).where(step[name].notnull()).mean("sample")
                for name in ("takeover", "catastrophe")
            },
            "offense_of_expert": worldview.median(("chain", "draw")),
            "kinship_now": outcomes["consensus"]
            .sel(scenario="default", outcome="homogeneity", drop=True)
            .median(),
            **standing(heard, outcomes, seed).data_vars,
        }
    )


def likeness_of(draws: xr.Dataset) -> xr.Dataset:
    """Compute the correlation of latent alignment between projects, and its two causes."""
    scenario = SCENARIOS["default"]
    kin = evaluate(shared_parameters(draws), scenario, ["homogeneity"], "fit")["homogeneity"]
    doubt = draws["doubt"]
    table = likeness(kin.values, doubt.values, scenario.projects)
    names = np.arange(1, scenario.projects + 1)
    return xr.Dataset(
        {
            "correlation": (("chain", "draw", "project", "other_project"), table),
            "kinship_part": kin,
            "doubt_part": doubt**2 / (1 + doubt**2),
        },
        coords={"project": names, "other_project": names},
    )


def latent(draws: xr.Dataset, seed: int) -> xr.Dataset:
    """Draw one history of each draw of the panel's centre, in the default scenario.

    Its latents by project, how each ended and all that followed, as `play_out` records them.
    """
    return histories_of(draws, SCENARIOS["default"], 1, seed).isel(history=0, drop=True)


def claims_of(posterior: xr.Dataset, chosen: PriorSet, seed: int) -> xr.Dataset:
    """Compute what the arguments claim, over worlds of the prior and of the panel's centre."""
    drawn = draw_prior(chosen, _CLAIM_WORLDS, seed)
    prior = {name: xr.DataArray(values, dims="world") for name, values in drawn.items()}
    return claims(random_worlds(prior, seed), random_worlds(posterior, seed))


def learned(
    posterior: xr.Dataset,
    prior: xr.Dataset,
    panel: Panel,
    judgments: Judgments,
    chosen: PriorSet,
) -> xr.Dataset:
    """Compare spread before and after the answers, and say what the questions can move.

    ``jacobian`` (question, parameter) is the change of the expected answer's log-odds for one
    prior standard deviation of the parameter, at the prior medians.
    """
    names = list(PARAMETER_NAMES)
    before = draw_prior(chosen, 4000, seed=0)
    prior_sd = np.array([np.std(to_real(name, before[name])) for name in names])
    posterior_sd = np.array([np.std(to_real(name, posterior[name].values)) for name in names])
    medians = prior_medians(chosen)
    center = np.array([float(to_real(name, np.array(medians[name]))) for name in names])
    step = 0.05
    points = np.tile(center, (2 * len(names), 1))
    rows = np.arange(len(names))
    points[2 * rows, rows] += step * prior_sd
    points[2 * rows + 1, rows] -= step * prior_sd
    worlds = {name: from_real(name, points[:, column]) for column, name in enumerate(names)}
    total = worlds["copied"] + worlds["replicated"] + worlds["independent"]
    for name in ("copied", "replicated", "independent"):
        worlds[name] = worlds[name] / total
    answers = _expected(worlds, panel, judgments)
    jacobian = (answers[:, 0::2] - answers[:, 1::2]) / (2 * step)
    own = jacobian[:, [names.index(name) for name in VARYING]]
    return xr.Dataset(
        {
            "prior_sd": ("parameter", prior_sd),
            "posterior_sd": ("parameter", posterior_sd),
            "jacobian": (("question", "parameter"), jacobian),
        },
        coords={"parameter": names, "question": list(panel.questions)},
        attrs={
            "answers_rank": int(np.linalg.matrix_rank(jacobian, tol=1e-3)),
            "answers_rank_varying": int(np.linalg.matrix_rank(own, tol=1e-3)),
        },
    )


def _expected(worlds: dict[str, np.ndarray], panel: Panel, judgments: Judgments) -> np.ndarray:
    """Compute the expected answers of worlds, at even odds of efficacy: (question, world)."""
    questions = [judgments.questions[each] for each in panel.questions]
    views = {name: pt.vector(name) for name in PARAMETER_NAMES}
    even = pt.zeros_like(views["margin"])
    levels = {each.intervention: even for each in questions if each.intervention is not None}
    graph = pt.stack(expected_log_odds(questions, Worlds(views, "fit"), levels))
    function = pytensor.function(
        list(views.values()), graph, mode=INTERPRETED, on_unused_input="ignore"
    )
    return np.asarray(function(*(np.ascontiguousarray(worlds[name], float) for name in views)))


def log_likelihood(posterior: xr.Dataset, panel: Panel) -> xr.Dataset:
    """Compute the log likelihood of each answer: (chain, draw, answer).

    It is 0 of what informs no parameter: what is said of the number of projects. Of a crowd, that
    of each pattern of answers: (chain, draw, pattern), all people who gave it together.

    The density is the one that was sampled, as a function of the story's own variables.
    """
    story = remove_value_transforms(panel.model)
    names = [story.values_to_rvs[each].name for each in story.value_vars]
    draws = [posterior[name].transpose("chain", "draw", ...) for name in names]
    shape = draws[0].shape[:2]
    observed = [*panel.terms, *(["crowd"] if panel.crowds else [])]
    graph = story.logp([story[name] for name in observed], jacobian=False, sum=False)
    program = program_of(graph, story.value_vars, [each.shape[2:] for each in draws])
    vectors = np.concatenate([each.values.reshape(prod(shape), -1) for each in draws], axis=1)
    values = in_pieces(lambda: program.values, [vectors], _LIKELIHOOD_PIECE)
    by_answer = np.zeros((panel.answers, len(vectors)))
    for rows, value in zip(panel.terms.values(), values, strict=False):  # crowds come last
        np.add.at(by_answer, rows, value.T)
    of_crowds = {"crowd": (("chain", "draw", "pattern"), values[-1].reshape(*shape, -1))}
    return xr.Dataset(
        {"log_odds": (("chain", "draw", "answer"), by_answer.T.reshape(*shape, -1))}
        | (of_crowds if panel.crowds else {}),
        coords={"chain": posterior["chain"], "draw": posterior["draw"]},
    )
