"""A fitted panel read back with the model it came from: what every change is compared with."""

import json
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import xarray as xr

from takeoff.analysis.crowd_answers import CrowdAnswers, crowd_answers
from takeoff.analysis.leaving_out.reweighting import log_ratios_without_experts
from takeoff.analysis.posterior import HEADLINE
from takeoff.analysis.provenance import data_hash
from takeoff.analysis.sensitivity.components import of_sources
from takeoff.analysis.voices import voices_of
from takeoff.analysis.worlds import worldviews_of
from takeoff.data import join, load_study
from takeoff.models.errors import InputError
from takeoff.models.evaluate import evaluate
from takeoff.models.panel import Panel, panel_model
from takeoff.models.priors import PriorSet, prior_set
from takeoff.models.questions import Judgments
from takeoff.models.scenario import Scenario

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
    def heard(self) -> xr.Dataset:
        """The same draws with everybody's voice (`takeoff.analysis.voices`)."""
        return voices_of(self.tree, self.draws)

    @cached_property
    def outcomes(self) -> xr.DataArray:
        """Reported outcomes by voice, default scenario: (chain, draw, expert, outcome)."""
        if self.panel.crowds:
            found = evaluate(worldviews_of(self.heard), Scenario(), HEADLINE, precision="fit")
            return found.to_dataarray("outcome").transpose("chain", "draw", "expert", "outcome")
        return self._reported("by_expert")

    @cached_property
    def consensus(self) -> xr.DataArray:
        """Reported outcomes of the consensus, default scenario: (chain, draw, outcome)."""
        return self._reported("consensus")

    def _reported(self, view: str) -> xr.DataArray:
        table = self.tree["outcomes"].to_dataset()[view]
        return table.sel(scenario="default", outcome=list(HEADLINE), drop=True)

    @cached_property
    def said(self) -> xr.Dataset:
        """Log likelihood at these draws: ``log_odds`` of answers, ``crowd`` of patterns, if any."""
        return self.tree["log_likelihood"].to_dataset().sel(draw=self.draws["draw"].values)

    @property
    def log_likelihood(self) -> xr.DataArray:
        """Log likelihood of each answer of those with worldviews: (chain, draw, answer)."""
        return self.said["log_odds"]

    @cached_property
    def crowd_answers(self) -> tuple[CrowdAnswers, ...]:
        """What each crowd answered, with these draws."""
        return crowd_answers(self.draws, self.panel, self.judgments)

    @cached_property
    def without_experts(self) -> xr.DataArray:
        """Log ratio of the density without an expert to the one with them: (chain, draw, expert).

        What belongs to the expert alone is integrated over, see `leaving_out.reweighting`.
        """
        said = of_sources(self.log_likelihood, self.panel.judgments, "expert")
        experts = self.draws["expert"].values
        said = said.transpose("chain", "draw", "expert").reindex(
            expert=experts,
            fill_value=0.0,  # pyright: ignore[reportArgumentType]: its default is a sentinel
        )
        flat = said.values.reshape(-1, len(experts))
        ratios = log_ratios_without_experts(flat, self.draws, self.panel)
        return said.copy(data=ratios.reshape(said.shape))


def base_of(tree: xr.DataTree) -> Base:
    """Read a fitted panel back.

    Raises
    ------
    InputError
        If there are too few draws or experts, no log likelihood, outcomes that never vary, or the
        studies cannot be found again as they were.
    """
    if "log_likelihood" not in tree.children:
        raise InputError("the posterior has no log likelihood; fit it again with takeoff fit")
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
