"""A fitted panel read back with the model it came from: what every change is compared with."""

import json
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import xarray as xr

from takeoff.analysis.leaving_out.reweighting import log_ratios_without_experts
from takeoff.analysis.posterior import HEADLINE
from takeoff.analysis.provenance import data_hash
from takeoff.analysis.sensitivity.components import of_sources
from takeoff.data import join, load_study
from takeoff.models.errors import InputError
from takeoff.models.panel import Panel, panel_model
from takeoff.models.priors import PriorSet, prior_set
from takeoff.models.questions import Judgments

__all__ = ["LEAST_DRAWS", "Base", "base_of"]

LEAST_DRAWS = 100
"""With fewer, the tail of importance weights cannot be judged: it takes a fifth of the draws."""


@dataclass(frozen=True)
class Base:
    """A fitted panel, its judgments and prior set, and its model.

    Attributes
    ----------
    tree
        The fitted panel.
    studies
        Names of its studies.
    judgments, chosen
        What was said, and the prior set.
    """

    tree: xr.DataTree
    studies: tuple[str, ...]
    judgments: Judgments
    chosen: PriorSet

    @cached_property
    def panel(self) -> Panel:
        """The panel's model."""
        return panel_model(self.judgments, self.chosen)

    @cached_property
    def draws(self) -> xr.Dataset:
        """The posterior's draws of which the outcomes are known, story's variables by dim."""
        posterior = self.tree["posterior"].to_dataset()
        return posterior.sel(draw=self.tree["outcomes"]["draw"].values)

    @cached_property
    def outcomes(self) -> xr.DataArray:
        """Reported outcomes by expert, default scenario: (chain, draw, expert, outcome)."""
        table = self.tree["outcomes"].to_dataset()["by_expert"]
        return table.sel(scenario="default", outcome=list(HEADLINE), drop=True)

    @cached_property
    def log_likelihood(self) -> xr.DataArray:
        """Log likelihood of each answer at these draws: (chain, draw, answer)."""
        table = self.tree["log_likelihood"].to_dataset()["log_odds"]
        return table.sel(draw=self.draws["draw"].values)

    @cached_property
    def without_experts(self) -> xr.DataArray:
        """Log ratio of the density without an expert to the one with them: (chain, draw, expert).

        What belongs to the expert alone is integrated over, see `leaving_out.reweighting`.
        """
        said = of_sources(self.log_likelihood, self.judgments, "expert")
        experts = self.draws["expert"].values
        said = said.transpose("chain", "draw", "expert").reindex(expert=experts, fill_value=0.0)
        flat = said.values.reshape(-1, len(experts))
        ratios = log_ratios_without_experts(flat, self.draws, self.panel)
        return said.copy(data=ratios.reshape(said.shape))


def base_of(tree: xr.DataTree) -> Base:
    """Read a fitted panel back.

    Raises
    ------
    InputError
        If there are too few draws or experts, a crowd, no log likelihood, outcomes that never
        vary, or the studies cannot be found again as they were.
    """
    if "log_likelihood" not in tree.children:
        raise InputError("the posterior has no log likelihood; fit it again with takeoff fit")
    if "crowd" in tree["log_likelihood"].to_dataset():
        raise InputError(
            "the panel has a crowd, whose people cannot be told apart; sensitivity takes studies "
            "of experts only"
        )
    table = tree["outcomes"].to_dataset()["by_expert"]
    draws = table.sizes["chain"] * table.sizes["draw"]
    if draws < LEAST_DRAWS:
        raise InputError(
            f"the posterior has {draws} draw{'s' if draws > 1 else ''}; sensitivity takes "
            f"{LEAST_DRAWS} at the least; fit it again with more"
        )
    if table.sizes["expert"] < 2:
        raise InputError("the posterior has one expert; whose beliefs matter takes two at least")
    headline = table.sel(scenario="default", outcome=list(HEADLINE))
    spread = np.ptp(headline.values.reshape(draws, -1), axis=0).reshape(headline.shape[2:])
    constant = [
        name for column, name in enumerate(HEADLINE) if not (np.nanmax(spread[..., column]) > 0)
    ]
    if constant:
        raise InputError(f"{constant[0]} is the same in every draw; there is nothing to explain")
    names = tuple(str(each["name"]) for each in json.loads(tree.attrs["studies"]))
    judgments = join([load_study(name) for name in names])
    if data_hash(judgments) != tree.attrs["data_hash"]:
        raise InputError("the studies have changed since the posterior was made; fit it again")
    return Base(tree, names, judgments, prior_set(str(tree.attrs["prior_set"])))
