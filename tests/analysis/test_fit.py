"""A small panel, fitted from end to end, and a known panel, recovered."""

import json
from typing import Any

import numpy as np
import pytest
from scipy import stats

from takeoff.analysis.fit import fit
from takeoff.analysis.posterior import load, save
from takeoff.models.errors import InputError
from takeoff.models.parameters import PARAMETER_NAMES
from takeoff.models.worldviews import VARYING

DRAWS, CHAINS = 150, 2


@pytest.fixture(scope="module")
def tree() -> Any:
    return fit(["fri_2023", "authors"], draws=DRAWS, tune=200, chains=CHAINS, seed=3)


@pytest.mark.slow
def test_posterior_has_every_parameter_and_worldview(tree: Any) -> None:
    posterior = tree["posterior"].to_dataset()
    assert posterior.sizes["expert"] == 24
    assert set(PARAMETER_NAMES) <= set(posterior.data_vars)
    assert tuple(posterior["varying"].values) == VARYING
    shares = posterior["copied"] + posterior["replicated"] + posterior["independent"]
    np.testing.assert_allclose(shares, 1, atol=1e-12)
    assert all(np.isfinite(each).all() for each in posterior.data_vars.values())


@pytest.mark.slow
def test_outcomes_are_those_of_the_worldviews(tree: Any) -> None:
    """Every probability lies in [0, 1], and consensus and camps are medians of their experts."""
    outcomes = tree["outcomes"].to_dataset()
    chances = outcomes["by_expert"].drop_sel(outcome="projects_fielded")
    assert float(chances.min()) >= 0
    assert float(chances.max()) <= 1
    np.testing.assert_allclose(
        outcomes["consensus"], outcomes["by_expert"].median("expert"), equal_nan=True
    )
    for camp in outcomes["camp"].values:
        members = outcomes["by_expert"].isel(expert=outcomes["camp_of_expert"].values == camp)
        np.testing.assert_allclose(
            outcomes["by_camp"].sel(camp=camp), members.median("expert"), equal_nan=True
        )


@pytest.mark.slow
def test_each_expert_ends_near_what_they_said(tree: Any) -> None:
    """Posterior medians of extinction follow the stated ones over eight orders of magnitude."""
    answers = tree["observed"].to_dataset()
    asked = answers["question"].values == "extinction"
    median = (
        tree["outcomes"]["by_expert"]
        .sel(scenario="default", outcome="extinction_by_2100")
        .median(("chain", "draw"))
    )
    said = {
        name: np.median(
            np.log(answers["value"].values[asked & (answers["expert_name"].values == name)])
        )
        for name in median["expert"].values
        if name not in ("Scher", "Hubinger")
    }
    found = [float(np.log(median.sel(expert=name))) for name in said]
    assert stats.spearmanr(list(said.values()), found).statistic > 0.9


@pytest.mark.slow
def test_provenance_names_all_that_went_in(tree: Any) -> None:
    assert tree.attrs["result_id"].startswith("takeoff-")
    assert json.loads(tree.attrs["settings"])["draws"] == DRAWS
    assert {each["name"] for each in json.loads(tree.attrs["studies"])} == {"fri_2023", "authors"}
    assert isinstance(json.loads(tree.attrs["problems"]), list)


@pytest.mark.slow
def test_too_short_a_run_says_that_it_has_not_converged(tree: Any) -> None:
    assert json.loads(tree.attrs["problems"])


@pytest.mark.slow
def test_a_saved_posterior_is_read_back(tree: Any, tmp_path: Any) -> None:
    save(tree, tmp_path / "posterior.nc")
    again = load(tmp_path / "posterior.nc")
    assert again.attrs["result_id"] == tree.attrs["result_id"]
    np.testing.assert_array_equal(again["posterior"]["margin"], tree["posterior"]["margin"])
    assert [path.name for path in tmp_path.iterdir()] == ["posterior.nc"]


@pytest.mark.parametrize("content", [None, b"", b"not a posterior"])
def test_what_is_no_posterior_is_refused_in_one_line(tmp_path: Any, content: Any) -> None:
    path = tmp_path / "posterior.nc"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=r"posterior\.nc") as caught:
        load(path)
    assert "\n" not in str(caught.value)
