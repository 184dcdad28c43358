"""A posterior that is drawn from the prior: real worlds of made-up people, for what plays out."""

import json
from importlib.metadata import version

import numpy as np
import xarray as xr

from takeoff.models.priors import draw_prior, prior_set
from takeoff.models.worldviews import VARYING

EXPERTS = {"Ann": "worried", "Bea": "worried", "Cid": "hopeful", "Dov": ""}
INTERVENTIONS = ("compelling_evidence",)
DIMS = ("chain", "draw")


def panel_tree(chains: int = 2, draws: int = 12, seed: int = 3) -> xr.DataTree:
    """Draw worlds of four people in two camps, and what they think of one intervention."""
    random = np.random.default_rng(seed)
    shape = (chains, draws)
    drawn = draw_prior(prior_set("neutral"), chains * draws, seed)
    posterior = xr.Dataset({name: (DIMS, each.reshape(shape)) for name, each in drawn.items()})
    people = draw_prior(prior_set("neutral"), chains * draws * len(EXPERTS), seed + 1)
    own = [people[name].reshape(*shape, len(EXPERTS)) for name in VARYING]
    posterior["worldview"] = ((*DIMS, "expert", "varying"), np.stack(own, axis=-1))
    posterior["disagreement"] = ((*DIMS, "varying"), np.full((*shape, len(VARYING)), 0.5))
    posterior["contrast"] = (
        (*DIMS, "camp_contrast", "varying"),
        random.normal(size=(*shape, 1, len(VARYING))),
    )
    posterior["efficacy"] = (
        (*DIMS, "intervention", "expert"),
        random.uniform(size=(*shape, len(INTERVENTIONS), len(EXPERTS))),
    )
    posterior["efficacy_level"] = ((*DIMS, "intervention"), np.zeros((*shape, 1)))
    posterior["efficacy_disagreement"] = (DIMS, np.ones(shape))
    posterior["efficacy_contrast"] = ((*DIMS, "camp_contrast"), np.zeros((*shape, 1)))
    posterior = posterior.assign_coords(
        chain=np.arange(chains),
        draw=np.arange(draws),
        expert=list(EXPERTS),
        varying=list(VARYING),
        intervention=list(INTERVENTIONS),
    )
    outcomes = xr.Dataset(
        coords={
            "expert": list(EXPERTS),
            "camp_of_expert": ("expert", list(EXPERTS.values())),
            "camp": ["worried", "hopeful"],
        }
    )
    tree = xr.DataTree.from_dict({"/posterior": posterior, "/outcomes": outcomes})
    question = {
        "name": "efficacy",
        "text": "?",
        "outcome": "efficacy",
        "given": None,
        "intervention": "compelling_evidence",
        "reading": "level",
        "fit": "close",
        "mapping": "",
        "answers": 1,
    }
    tree.attrs = {
        "result_id": "takeoff-prior",
        "takeoff_version": version("takeoff"),
        "data_hash": "none",
        "seed": 1,
        "prior_set": "neutral",
        "camp_weights": json.dumps({"worried": 0.5, "hopeful": 0.5}),
        "studies": json.dumps([{"name": "made_up"}]),
        "questions": json.dumps([question]),
        "problems": "[]",
    }
    return tree
