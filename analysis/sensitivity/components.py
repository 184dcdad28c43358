"""What a posterior's density is made of: a prior for each variable, a likelihood for each answer.

Only top-level priors are scaled: those of the panel's centre, of how much and along what experts
disagree, of wording and of noise. An expert's own deviations are standard normal given these, and
scaling them would scale the disagreement a second time.
"""

from math import prod
from typing import Literal

import numpy as np
import xarray as xr
from pymc.model.transform.conditioning import remove_value_transforms

from takeoff.models.panel import Panel
from takeoff.models.pieces import in_pieces
from takeoff.models.questions import Judgments
from takeoff.models.writer import program_of

__all__ = ["Source", "log_prior", "of_sources", "top_level"]

Source = Literal["expert", "question", "study"]

_PIECE = 500


def top_level(panel: Panel) -> list[str]:
    """Name the variables whose priors are stated, not learned: all but each expert's own."""
    dims = panel.model.named_vars_to_dims
    return [
        str(each.name)
        for each in panel.model.free_RVs
        if "expert" not in (dims.get(each.name) or ())
    ]


def log_prior(draws: xr.Dataset, panel: Panel) -> xr.Dataset:
    """Compute the log prior density of every variable at draws: (chain, draw), by name.

    The densities are those of the story's own variables, whatever they were sampled as.
    """
    story = remove_value_transforms(panel.model)
    given = [story.values_to_rvs[each].name for each in story.value_vars]
    values = [draws[name].transpose("chain", "draw", ...) for name in given]
    shape = values[0].shape[:2]
    graphs = story.logp(story.free_RVs, jacobian=False, sum=False)
    program = program_of(
        [each.sum() for each in graphs], story.value_vars, [each.shape[2:] for each in values]
    )
    vectors = np.concatenate([each.values.reshape(prod(shape), -1) for each in values], axis=1)
    found = in_pieces(lambda: program.values, [vectors], _PIECE)
    return xr.Dataset(
        {
            str(each.name): (("chain", "draw"), density.reshape(shape))
            for each, density in zip(story.free_RVs, found, strict=True)
        },
        coords={"chain": draws["chain"], "draw": draws["draw"]},
    )


def of_sources(log_likelihood: xr.DataArray, judgments: Judgments, source: Source) -> xr.DataArray:
    """Add up the log likelihood of the answers of each expert, question or study."""
    answers = judgments.answers
    names = answers["expert_name" if source != "question" else "question"].values
    if source == "study":
        study_of = dict(zip(answers["expert"].values, answers["study"].values, strict=True))
        names = np.array([study_of[name] for name in names])
    distinct = list(dict.fromkeys(names.tolist()))
    sums = [log_likelihood.isel(answer=names == name).sum("answer") for name in distinct]
    return xr.concat(sums, xr.DataArray(distinct, dims=source, name=source))
