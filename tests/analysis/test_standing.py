"""Where camps stand on the map, and how much of likeness is kinship."""

import numpy as np
import pytest
import xarray as xr

from takeoff.analysis.derived import signature_map
from takeoff.analysis.map_reading import Standing, kinship_share, standings
from takeoff.analysis.map_sentences import about_kinship_share, about_standing
from takeoff.analysis.summaries import Interval
from takeoff.analysis.voices import voices_of
from takeoff.analysis.worlds import worldviews_of
from takeoff.models.candidates import likeness
from takeoff.models.evaluate import evaluate
from takeoff.models.scenario import Scenario
from tests.analysis.panels import panel_tree
from tests.analysis.synthetic import synthetic_tree


@pytest.fixture(scope="module")
def tree() -> xr.DataTree:
    tree = panel_tree()
    posterior, outcomes = (tree[name].to_dataset() for name in ("posterior", "outcomes"))
    table = evaluate(worldviews_of(posterior), Scenario(), ["homogeneity"], "fit")
    experts = table.to_dataarray("outcome").expand_dims(scenario=["default"])
    outcomes["consensus"] = experts.median("expert")
    heard, said = voices_of(tree, posterior), outcomes.assign(by_expert=experts)
    tree["map"] = xr.DataTree(signature_map(posterior, heard, said, seed=1))
    return tree


def test_a_camp_stands_at_the_median_offense_of_its_experts(tree: xr.DataTree) -> None:
    worldview = tree["posterior"].to_dataset()["worldview"]
    offense = worldview.sel(varying="offense", expert=["Ann", "Bea"])
    (worried,) = (each for each in standings(tree) if each.who == "worried")
    assert worried.offense.median == pytest.approx(float(offense.median("expert").median()))


def test_one_more_project_is_counted_in_each_camps_own_worlds(tree: xr.DataTree) -> None:
    worlds = worldviews_of(tree["posterior"].to_dataset().sel(expert=["Cid"]))
    few, more = (
        evaluate(worlds, Scenario(projects=count), ["catastrophe"], "fit")["catastrophe"]
        for count in (3, 4)
    )
    (hopeful,) = (each for each in standings(tree) if each.who == "hopeful")
    assert hopeful.harm["catastrophe"][3] == pytest.approx(float((more > few).mean()))


def test_the_map_tells_one_more_for_catastrophe_too(tree: xr.DataTree) -> None:
    data = tree["map"].to_dataset()
    for risk in ("takeover", "catastrophe"):
        share = data[f"{risk}_one_more"]
        assert bool(share.sel(projects=8).isnull().all())
        assert bool(share.sel(projects=slice(1, 7)).notnull().all())


@pytest.mark.parametrize(
    ("shares", "turn"), [([0.2, 0.6, 0.4, 0.7], 4), ([0.9] * 4, 1), ([0.9, 0.1, 0.1, 0.1], None)]
)
def test_a_risk_turns_where_one_more_harms_from_there_on(
    shares: list[float], turn: int | None
) -> None:
    harm = {"takeover": dict(enumerate(shares, start=1))}
    assert Standing("all", Interval(-1, 0, 1), harm).turns_at("takeover") == turn


def test_kinships_share_is_what_strangers_would_lack() -> None:
    tree = synthetic_tree()
    alike, doubt = np.array([[0.5, 0.5]]), np.array([[0.5, 0.5]])
    dims = ("chain", "draw")
    tree["likeness"] = xr.DataTree(
        xr.Dataset(
            {
                "correlation": ((*dims, "project", "other_project"), likeness(alike, doubt, 5)),
                "doubt_part": (dims, doubt**2 / (1 + doubt**2)),
            }
        )
    )
    # (d² + H)/(1 + d²) with H = 0.5, d² = 0.25: of .75/1.25, .25/1.25 is left among strangers.
    assert kinship_share(tree).median == pytest.approx(2 / 3)
    assert "kinship makes 67% (67% to 67%)" in about_kinship_share(tree)[0]


def test_everybody_who_stands_somewhere_is_told_where() -> None:
    said = about_standing(synthetic_tree())
    assert [each.split(",")[0] for each in said[1:]] == [
        "For the Concerned camp",
        "For the Skeptical camp",
        "In the consensus",
    ]
