import numpy as np
import pytest
import xarray as xr

from takeoff.analysis.movement import movement, movements
from takeoff.analysis.sentences import about_camps, about_movement
from takeoff.analysis.summaries import HEADLINES, AnswerRow, answer_table, interval, rows_of
from takeoff.analysis.views import experts_in_order, views
from tests.analysis.synthetic import synthetic_tree


@pytest.fixture(scope="module")
def tree() -> xr.DataTree:
    return synthetic_tree()


def test_the_answer_leads_with_camps(tree: xr.DataTree) -> None:
    rows = answer_table(tree)
    whose = ["Concerned", "Skeptical", "consensus", "population"]
    assert [row.who for row in rows] == whose * len(HEADLINES)
    assert [row.outcome for row in rows] == [name for name in HEADLINES for _ in whose]


def test_the_answer_is_the_quantiles_of_the_default_scenario(tree: xr.DataTree) -> None:
    for row in answer_table(tree):
        for group, found in (("outcomes", row.posterior), ("prior_outcomes", row.prior)):
            data = tree[group].to_dataset().sel(scenario="default", outcome=row.outcome)
            draws = (
                data["by_camp"].sel(camp=row.who) if row.who.istitle() else data[row.who]
            ).values.ravel()
            expected = np.quantile(draws, [0.05, 0.5, 0.95])
            np.testing.assert_allclose([found.lower, found.median, found.upper], expected)


def test_draws_in_which_an_outcome_is_absent_are_left_out() -> None:
    assert interval(np.array([np.nan, 1.0, 1.0])).median == 1.0
    assert np.isnan(interval(np.array([np.nan])).median)


def test_experts_come_by_camp_the_most_worried_first(tree: xr.DataTree) -> None:
    own = experts_in_order(tree)
    assert sorted(own.values()) == list(own.values())
    medians = [row.median for row in rows_of(tree, "extinction_by_2100", "expert")]
    assert medians[:3] == sorted(medians[:3], reverse=True)


def test_a_panel_without_camps_has_a_consensus_and_a_population() -> None:
    tree = synthetic_tree([("One", ""), ("Two", "")], camps=())
    assert {row.who for row in answer_table(tree)} == {"consensus", "population"}


def row_of(prior: tuple[float, float, float], posterior: tuple[float, float, float]) -> AnswerRow:
    low, middle, high = posterior
    before = dict(zip(("prior_lower", "prior_median", "prior_upper"), prior, strict=True))
    return AnswerRow("consensus", "takeover", middle, low, high, **before)


@pytest.mark.parametrize(
    ("posterior", "verdict", "said"),
    [
        ((0.02, 0.11, 0.6), "rests on the prior", "hardly moved this: prior 10%, posterior 11%"),
        ((0.2, 0.4, 0.7), "moved", "moved the consensus up: prior 10%, posterior 40%"),
        ((0.002, 0.01, 0.06), "moved", "moved the consensus down: prior 10%, posterior 1%"),
        ((0.07, 0.1, 0.2), "narrowed", "narrowed this and hardly moved its middle"),
        ((0.001, 0.1, 0.95), "widened", "less certain"),
        ((np.nan, np.nan, np.nan), "absent", "does not exist"),
    ],
)
def test_what_is_said_of_an_outcome_follows_from_its_intervals(
    posterior: tuple[float, float, float], verdict: str, said: str
) -> None:
    found = movement(row_of((0.02, 0.1, 0.6), posterior))
    assert found.verdict == verdict
    assert said in " ".join(about_movement(found))


def test_likeness_rests_on_the_prior_when_no_answer_moves_it(tree: xr.DataTree) -> None:
    verdicts = {each.row.outcome: each.verdict for each in movements(tree)}
    assert verdicts["homogeneity"] == "rests on the prior"
    assert verdicts["extinction_by_2100"] != "rests on the prior"


def test_camps_are_said_to_differ_only_when_nearly_all_draws_agree(tree: xr.DataTree) -> None:
    drawn = views(tree, "takeover")
    share = float((drawn["Concerned"] > drawn["Skeptical"]).mean())
    assert share > 0.95
    assert "Concerned is above Skeptical" in about_camps(tree, "takeover")[0]
    assert "cannot be told apart" in about_camps(tree, "homogeneity")[0]
