"""Interventions of the report: what they do is what a comparison says they do."""

from collections.abc import Mapping

import numpy as np
import pytest
import xarray as xr

from takeoff.analysis.comparison import Case
from takeoff.analysis.comparison_reading import Effect, effects, names_of, panel
from takeoff.analysis.policies import RISKS, interventions, policies
from takeoff.analysis.policies_page import about_policies
from tests.analysis.panels import panel_tree
from tests.analysis.synthetic import synthetic_tree


@pytest.fixture(scope="module")
def tree() -> xr.DataTree:
    return panel_tree(draws=4)


@pytest.fixture(scope="module")
def played(tree: xr.DataTree) -> xr.Dataset:
    return policies(tree)


def test_every_intervention_is_there_the_strongest_first(played: xr.Dataset) -> None:
    names = names_of(played)
    assert set(names) == {each.name for each in interventions()}
    drawn = effects(played, "consensus", RISKS)
    # Differences of medians order them; the median of differences is the same draw by draw.
    medians = [drawn[name, "catastrophe", "works"].difference.median for name in names]
    assert medians == sorted(medians)


def test_what_is_said_to_help_most_is_the_lowest(played: xr.Dataset) -> None:
    for who, said in zip(panel(played), about_policies(played), strict=False):
        drawn = effects(played, who, RISKS)
        best = min(names_of(played), key=lambda name: _median(drawn, name))
        assert f"{best.replace('_', ' ')} lowers catastrophe most" in said


def _median(drawn: Mapping[tuple[str, str, Case], Effect], name: str) -> float:
    return drawn[name, "catastrophe", "works"].difference.median


def test_whose_efficacies_are_learned_is_said() -> None:
    made = synthetic_tree()["policies"].to_dataset()
    assert about_policies(made)[-1].endswith("nobody was asked.")
    made.attrs["learned_efficacies"] = "alignment_solution"
    said = about_policies(made)[-1]
    assert said.startswith("Efficacies of shared alignment solution are learned")
    assert np.isfinite(made["consensus"]).all()
