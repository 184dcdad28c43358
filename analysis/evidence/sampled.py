"""An expert's own evidence by sampling, where too few imagined worldviews agree with the answers.

Of those who say one in a billion hardly any worldview of a prior does (`single`). Their panel of
one is then fitted, under the average of the prior sets, and its draws weigh the sets as those of a
panel do (`bridge`). Each takes about half a minute on two processors.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import xarray as xr
from arviz_stats.sampling_diagnostics import ess, rhat

from takeoff.analysis.evidence.bridge import bridged
from takeoff.analysis.evidence.single import probabilities_of
from takeoff.analysis.evidence.weights import reweighted
from takeoff.models.priors import AVERAGED, PRIOR_SETS
from takeoff.models.questions import Judgments

__all__ = ["of_one", "sampled", "with_sampled"]

MOST = 20
"""Experts to sample at most: in larger panels of such people it would take longer than the fit."""
_LARGEST_RHAT = 1.05
"""Of a set's weights, above which the chains have not met."""


def of_one(judgments: Judgments, expert: str) -> Judgments:
    """Keep the probabilities that one expert gave, of no camp."""
    kept = probabilities_of(judgments).answers
    own = np.flatnonzero(kept["expert_name"].values == expert)
    return replace(judgments, answers=kept.isel(answer=own).sel(expert=[expert]), camp_weights={})


def sampled(posterior: xr.Dataset) -> xr.Dataset:
    """Give an expert's evidence from the posterior of a panel of one under the average of sets.

    As `alone` does, but for ``log_evidence_error``, that of each set against the average;
    ``effective`` counts the draws, worth as many as independent ones.
    """
    found = bridged({AVERAGED.name: posterior})
    weighted = [reweighted(posterior, AVERAGED.name, name) for name in PRIOR_SETS]
    weights = xr.concat([each.weights for each in weighted], "prior_set")
    met = float(rhat(weights).max()) <= _LARGEST_RHAT
    shape = max(each.shape for each in weighted)
    return found.assign(
        log_evidence=found["log_evidence"] - found["log_evidence"][0],
        effective=float(ess(weights).min()),
        shape=shape if met else np.inf,
    )


def with_sampled(
    evidence: xr.Dataset,
    left: Mapping[str, Judgments],
    sample: Callable[[Judgments], xr.Dataset],
) -> xr.Dataset:
    """Put the sampled evidence of experts in the place of what imagined worldviews tell of them.

    Parameters
    ----------
    evidence
        Of a panel and its experts.
    left
        The experts to be sampled, and what each said (`of_one`).
    sample
        Gives the posterior of a panel under the average of the prior sets.
    """
    full = evidence.assign(sampled=("expert", np.isin(evidence["expert"].values, list(left))))
    for expert, judgments in left.items():
        found = sampled(sample(judgments))
        for name in found.data_vars:
            full[name].loc[{"expert": expert}] = found[name]
    return full
