"""A fitted panel made of random numbers: no posterior, only its names, dims and attributes.

Nothing here comes from a person or from the model; the numbers only have the right ranges, and
move in plausible directions so that figures drawn from them can be looked at.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict

import numpy as np
import xarray as xr

from takeoff.analysis.comparison import CASES
from takeoff.analysis.policies import RISKS, interventions
from takeoff.data import BASELINE, load_plan
from takeoff.models.outcomes import OUTCOME_NAMES
from takeoff.models.parameters import PARAMETER_NAMES, parameter

SCENARIOS = ("default", "one_project", "three_projects", "eight_projects")
VARYING = ("margin", "offense", "slip", "response")
ABSENT_WITH_ONE = (
    "follower_aligned_given_first_aligned",
    "follower_aligned_given_first_misaligned",
    "one_good_apple",
)
CENTERS = {
    "homogeneity": 0.4,
    "coordination": 0.0,
    "first_aligned": 0.3,
    "all_misaligned": -2.0,
    "all_aligned": -0.5,
    "coexistence": -1.0,
    "takeover": -1.8,
    "catastrophe": -1.0,
    "catastrophe_by_2100": -1.4,
    "warning_shot": -1.6,
    "misuse": -4.0,
    "conflict": -4.5,
    "bargaining": -5.0,
    "power_grab": -3.0,
    "extinction": -4.0,
    "extinction_by_2100": -4.5,
}
LIKENESS = ("homogeneity", "coordination")


def synthetic_tree(
    experts: Sequence[tuple[str, str]] | None = None,
    camps: Sequence[str] = ("Concerned", "Skeptical"),
    chains: int = 2,
    draws: int = 100,
    problems: Sequence[str] = (),
    seed: int = 7,
) -> xr.DataTree:
    """Make a tree; ``experts`` are (name, camp), three a camp when not given."""
    random = np.random.default_rng(seed)
    people = list(
        experts
        if experts is not None
        else [(f"Made-up {camp} {number}", camp) for camp in camps for number in (1, 2, 3)]
    )
    posterior = _outcomes(random, people, camps, chains, draws, spread=0.5)
    prior = _outcomes(random, people, camps, 1, 2 * draws, spread=1.3)
    for group in (posterior, prior):  # likeness: no answer informs it, so no spread is lost
        for variable in group.data_vars:
            for name in LIKENESS:
                drawn = random.normal(CENTERS[name], 0.6, group.sizes["draw"])
                value = xr.DataArray(1 / (1 + np.exp(-drawn)), dims="draw")
                group[variable].loc[{"outcome": name}] = value
    shared = [name for name in PARAMETER_NAMES if name not in VARYING or name == "margin"]
    groups = {
        "/": xr.Dataset(attrs=_attributes(people, camps, problems, chains, draws)),
        "/posterior": _parameters(random, shared, chains, draws, people),
        "/prior": _parameters(random, shared, 1, 2 * draws),
        "/sample_stats": xr.Dataset(
            {
                "diverging": (("chain", "draw"), np.zeros((chains, draws), dtype=bool)),
                "n_steps": (("chain", "draw"), np.full((chains, draws), 15)),
            }
        ),
        "/outcomes": posterior,
        "/prior_outcomes": prior,
        "/map": _map(random, people, camps),
        "/likeness": _likeness(random, chains, draws),
        "/learned": _learned(random),
        "/observed": _observed(random, people),
        "/policies": _policies(random, people, camps, chains, draws),
    }
    return xr.DataTree.from_dict(groups)


def _outcomes(
    random: np.random.Generator,
    people: list[tuple[str, str]],
    camps: Sequence[str],
    chains: int,
    draws: int,
    spread: float,
) -> xr.Dataset:
    centers = np.array([CENTERS.get(name, 0.0) for name in OUTCOME_NAMES])
    worry = np.array([1.5 - 3.0 * (list(camps).index(c) if c in camps else 0.5) for _, c in people])
    worry = worry + random.normal(0, 1.0, len(people)) * (spread < 1)
    slope = np.array([float("align" not in name) * 0.8 for name in OUTCOME_NAMES])
    slope[[OUTCOME_NAMES.index("extinction_by_2100"), OUTCOME_NAMES.index("extinction")]] = 2.5
    many = np.array([0.0, -0.4, -0.1, 0.2])
    common = random.normal(0, spread, (chains, draws, 1, 1, len(OUTCOME_NAMES)))
    own = random.normal(0, spread, (chains, draws, 1, len(people), len(OUTCOME_NAMES)))
    logits = centers + common + own + np.multiply.outer(worry * (spread < 1), slope)
    logits = logits + many[:, None, None]
    expert = xr.DataArray(
        1 / (1 + np.exp(-logits)),
        dims=("chain", "draw", "scenario", "expert", "outcome"),
        coords={
            "chain": np.arange(chains),
            "draw": np.arange(draws),
            "scenario": list(SCENARIOS),
            "expert": [name for name, _ in people],
            "camp_of_expert": ("expert", [camp for _, camp in people]),
            "outcome": list(OUTCOME_NAMES),
        },
    )
    expert.loc[{"outcome": "projects_fielded"}] *= 5
    expert.loc[{"scenario": "one_project", "outcome": list(ABSENT_WITH_ONE)}] = np.nan
    chosen = random.integers(len(people), size=(chains, draws))
    camp = [
        expert.isel(expert=np.flatnonzero([c == name for _, c in people])).median("expert")
        for name in camps
    ]
    empty = expert.isel(expert=slice(0, 0)).rename(expert="camp").drop_vars("camp_of_expert")
    by_camp = xr.concat(camp, xr.IndexVariable("camp", list(camps))) if camp else empty
    picked = xr.DataArray(chosen, dims=("chain", "draw"))
    return xr.Dataset(
        {
            "by_expert": expert,
            "by_camp": by_camp.transpose("chain", "draw", "scenario", "camp", "outcome"),
            "consensus": expert.median("expert"),
            "population": expert.isel(expert=picked).drop_vars(["expert", "camp_of_expert"]),
        }
    )


def _parameters(
    random: np.random.Generator,
    names: list[str],
    chains: int,
    draws: int,
    people: list[tuple[str, str]] | None = None,
) -> xr.Dataset:
    def drawn(name: str) -> np.ndarray:
        x = random.normal(0, 1, (chains, draws))
        support = parameter(name).support
        positive = np.exp(x)
        return {"real": x, "positive": positive}.get(support, positive / (1 + positive))

    dims = ("chain", "draw")
    data = xr.Dataset({name: (dims, drawn(name)) for name in names})
    if people is not None:
        shape = (chains, draws, len(people), len(VARYING))
        data["worldview"] = ((*dims, "expert", "varying"), random.normal(0, 1, shape))
        data = data.assign_coords(expert=[name for name, _ in people], varying=list(VARYING))
    return data


def _map(
    random: np.random.Generator, people: list[tuple[str, str]], camps: Sequence[str]
) -> xr.Dataset:
    projects, kinship = np.arange(1, 9), np.linspace(0, 1, 6)
    offense = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
    k = xr.DataArray(projects, dims="projects", coords={"projects": projects})
    alike = xr.DataArray(kinship, dims="kinship", coords={"kinship": kinship})
    ahead = xr.DataArray(offense, dims="offense", coords={"offense": offense})
    logit = -1.5 + 0.7 * ahead + (1 - alike) * np.log(k) * (0.7 * ahead + 0.2)
    takeover = xr.DataArray(1 / (1 + np.exp(-logit)))
    slope = (1 - alike) * (0.7 * ahead + 0.2)
    odds = np.exp(4 * slope - 0.1 * k.isel(projects=slice(0, 7)))
    one_more = xr.DataArray(odds / (1 + odds))
    return xr.Dataset(
        {
            "takeover": takeover,
            "catastrophe": takeover + 0.3 / k * (1 - takeover),
            "takeover_one_more": one_more.reindex(projects=projects),
            "catastrophe_one_more": (one_more**2).reindex(projects=projects),
            "offense_of_view": (
                ("level", "view"),
                np.sort(random.normal(size=(3, len(camps) + 1)), 0),
            ),
            "homogeneity_now": ("level", [0.4, 0.58, 0.8]),
            "harm_of_view": (
                ("view", "risk", "from_projects"),
                np.sort(random.uniform(size=(len(camps) + 1, 2, 7)), -1),
            ),
            "offense_of_expert": ("expert", random.normal(0, 1, len(people))),
            "kinship_now": 0.58,
        },
        coords={
            "expert": [name for name, _ in people],
            "camp_of_expert": ("expert", [camp for _, camp in people]),
            "view": [*camps, "consensus"],
            "risk": ["takeover", "catastrophe"],
            "from_projects": np.arange(1, 8),
            "level": [0.05, 0.5, 0.95],
        },
    )


def _likeness(random: np.random.Generator, chains: int, draws: int) -> xr.Dataset:
    count = 5
    base = random.beta(6, 4, (chains, draws, 1, 1))
    correlation = np.where(np.eye(count, dtype=bool), 1.0, base * np.ones((count, count)))
    dims = ("chain", "draw")
    return xr.Dataset(
        {
            "correlation": ((*dims, "project", "other_project"), correlation),
            "kinship_part": (dims, random.beta(5, 4, (chains, draws))),
            "doubt_part": (dims, random.beta(2, 6, (chains, draws))),
        },
        coords={"project": np.arange(1, count + 1), "other_project": np.arange(1, count + 1)},
    )


def _learned(random: np.random.Generator) -> xr.Dataset:
    names = list(PARAMETER_NAMES)
    prior_sd = random.uniform(0.5, 2.0, len(names))
    kept = np.where(random.uniform(size=len(names)) < 0.2, 0.4, 0.97)
    questions = [question["name"] for question in _questions()]
    jacobian = random.normal(0, 0.4, (len(questions), len(names)))
    jacobian *= random.uniform(size=jacobian.shape) < 0.2
    return xr.Dataset(
        {
            "prior_sd": ("parameter", prior_sd),
            "posterior_sd": ("parameter", prior_sd * kept),
            "jacobian": (("question", "parameter"), jacobian),
        },
        coords={"parameter": names, "question": questions},
        attrs={"answers_rank": 2},
    )


def _observed(random: np.random.Generator, people: list[tuple[str, str]]) -> xr.Dataset:
    rows = [(name, question["name"]) for name, _ in people for question in _questions()]
    value = np.round(random.beta(1, 6, len(rows)), 2)
    value[0] = 0.0
    dim = "answer"
    return xr.Dataset(
        {
            "expert_name": (dim, [name for name, _ in rows]),
            "question": (dim, [question for _, question in rows]),
            "value": (dim, value),
            "lower": (dim, np.maximum(value - 0.005, 0)),
            "upper": (dim, np.minimum(value + 0.005, 1)),
            "baseline": (dim, np.full(len(rows), np.nan)),
        }
    )


def _policies(
    random: np.random.Generator,
    people: list[tuple[str, str]],
    camps: Sequence[str],
    chains: int,
    draws: int,
) -> xr.Dataset:
    plans = [load_plan(BASELINE), *interventions()]
    dims = ("case", "scenario", "chain", "draw", "outcome")
    shape = (len(CASES), len(plans), chains, draws, len(RISKS))

    def drawn(*more: int) -> np.ndarray:
        return random.beta(2, 6, (*shape, *more))

    works = random.uniform(size=(len(plans), chains, draws, len(people)))
    data = xr.Dataset(
        {
            "consensus": (dims, drawn()),
            "population": (dims, drawn()),
            "works_by_expert": (("scenario", "chain", "draw", "expert"), works),
        },
        coords={
            "case": list(CASES),
            "scenario": [each.name for each in plans],
            "outcome": list(RISKS),
            "expert": [name for name, _ in people],
        },
        attrs={
            "baseline": BASELINE,
            "plans": json.dumps([asdict(plan) for plan in plans]),
            "learned_efficacies": "",
            "shares_of_risk": "{}",
            "answered_by": "{}",
        },
    )
    if camps:
        data["by_camp"] = ((*dims, "camp"), drawn(len(camps)))
        data = data.assign_coords(camp=list(camps))
    return data


def _questions() -> list[dict[str, object]]:
    common: dict[str, object] = {
        "given": None,
        "intervention": None,
        "mapping": "Made up for a test.",
        "answers": 6,
    }
    return [
        common
        | {"name": "extinction", "text": "Extinction by 2100? (made up)"}
        | {"outcome": "extinction_by_2100", "reading": "level", "fit": "close"},
        common
        | {"name": "warning", "text": "A warning shot by 2030? (made up)"}
        | {"outcome": "warning_shot", "reading": "relative", "fit": "loose"},
        common
        | {"name": "extinction_if_warning", "text": "And given one? (made up)"}
        | {"outcome": "extinction_by_2100", "reading": "shift", "fit": "loose"}
        | {"given": "warning_shot"},
    ]


def _attributes(
    people: list[tuple[str, str]],
    camps: Sequence[str],
    problems: Sequence[str],
    chains: int,
    draws: int,
) -> dict[str, object]:
    study = {
        "name": "synthetic",
        "title": "A synthetic panel: random numbers, nobody's judgments",
        "source": "tests/analysis/synthetic.py",
        "licence": "Apache-2.0",
        "date": "2026-11",
        "about": f"Random numbers under {len(people)} made-up names.\n\nNothing to be cited.",
    }
    return {
        "result_id": "synthetic-0000",
        "created": "2026-11-22T00:00:00+00:00",
        "takeoff_version": "0.1.0",
        "versions": json.dumps({"python": "3.13", "pymc": "6.4"}),
        "data_hash": "0123456789abcdef",
        "seed": 1,
        "settings": json.dumps({"draws": draws, "tune": draws, "chains": chains}),
        "prior_set": "neutral",
        "studies": json.dumps([study]),
        "camp_weights": json.dumps({camp: 1 / len(camps) for camp in camps}),
        "questions": json.dumps(_questions()),
        "problems": json.dumps(list(problems)),
    }
