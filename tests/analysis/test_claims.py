"""The claims of DESIGN 2 over random worlds, and what the report says of them."""

import numpy as np
import pytest
import xarray as xr
from markupsafe import escape

from takeoff.analysis.claims import (
    CLAIMS,
    Claim,
    Finding,
    Worlds,
    claim_lines,
    claims,
    random_worlds,
)
from takeoff.analysis.claims.measures import measures
from takeoff.analysis.claims.security import stated_thefts
from takeoff.analysis.claims.worlds import EXACT, ask, over_offense, turning
from takeoff.analysis.report import render_report
from takeoff.models.playout import play_out
from takeoff.models.priors import draw_prior, prior_set
from takeoff.models.scenario import Scenario
from tests.analysis.synthetic import synthetic_tree

BY_CODE = {each.code: each for each in CLAIMS}
NUMBER = 300


def drawn(seed: int, number: int = NUMBER) -> Worlds:
    values = draw_prior(prior_set("neutral"), number, seed)
    return {name: xr.DataArray(each, dims="world") for name, each in values.items()}


@pytest.fixture(scope="module")
def worlds() -> Worlds:
    return drawn(20261122)


@pytest.fixture(scope="module")
def table() -> xr.Dataset:
    return claims(random_worlds(drawn(1), 1), random_worlds(drawn(2, 60), 1))


def effect(found: Finding, words: str) -> xr.DataArray:
    (values,) = (each.values for each in found.effects if each.words == words)
    return values


def test_every_row_of_the_design_is_a_claim() -> None:
    rows = [f"H{row}" for row in range(1, 11)] + [f"S{row}" for row in range(1, 12)]
    assert [each.code for each in CLAIMS] == rows
    assumed = {each.code for each in CLAIMS if each.label == "assumed"}
    assert assumed == {"H1", "H2", "H3", "S4", "S11"}


@pytest.mark.parametrize(
    "claim", [each for each in CLAIMS if each.label != "varies"], ids=lambda claim: claim.code
)
def test_assumed_and_derived_claims_hold_in_every_world(claim: Claim, worlds: Worlds) -> None:
    assert bool((claim.find(worlds).holds == 1).all())


@pytest.mark.parametrize("code", ["H8", "H9", "S5", "S8"])
def test_claims_with_rare_exceptions_hold_in_nine_worlds_of_ten(code: str, worlds: Worlds) -> None:
    assert float(BY_CODE[code].find(worlds).holds.mean()) > 0.9


@pytest.mark.parametrize("code", ["S1", "S2", "S3", "S10"])
def test_claims_that_hang_on_the_world_hold_in_some_and_fail_in_others(
    code: str, worlds: Worlds
) -> None:
    assert 0.2 < float(BY_CODE[code].find(worlds).holds.mean()) < 0.9


def test_a_lone_project_is_robbed_half_the_time_and_three_seven_times_in_ten(
    worlds: Worlds,
) -> None:
    lone, three = stated_thefts(worlds)
    np.testing.assert_allclose(lone, 0.50, atol=1e-12)
    np.testing.assert_allclose(three, 1 - 0.67**3, atol=1e-12)
    assert round(float(three[0]), 2) == 0.70


def test_equal_independent_draws_go_wrong_as_an_urn_does(worlds: Worlds) -> None:
    off = effect(BY_CODE["S1"].find(worlds), "error of 1 − (1 − q)^K for equal independent draws")
    assert float(off.max()) < EXACT


def test_more_projects_harm_only_where_offence_is_ahead_of_defence(worlds: Worlds) -> None:
    turns = effect(BY_CODE["S8"].find(worlds), "many turn from help to harm at")
    found = turns.notnull()
    calm = {"race": 0.0, "haste": 0.0}
    more = over_offense(worlds, 8, **calm)["takeover"] - over_offense(worlds, 1, **calm)["takeover"]
    before = more.where(more["offense"] < turns).max("offense")
    assert float(found.mean()) > 0.8
    assert float(before.where(found).max()) <= EXACT


def test_a_bad_draw_outweighs_a_good_one_from_the_offence_that_is_named(worlds: Worlds) -> None:
    found = BY_CODE["S2"].find(worlds)
    turns = effect(found, "it starts at")
    own = worlds["offense"]
    # The line between grid points is straight where the truth is curved: within half a step.
    clear = abs(own - turns) > 0.75
    holds = found.holds.where(clear & turns.notnull())
    said = xr.where(own > turns, 1.0, 0.0).where(holds.notnull())
    assert float((holds == said).where(holds.notnull()).mean()) > 0.95


def test_holdouts_eat_the_gain_of_waiting(worlds: Worlds) -> None:
    found = BY_CODE["S11"].find(worlds)
    all_wait = effect(found, "takeover when all wait two years")
    one_does_not = effect(found, "with one holdout")
    assert float((one_does_not >= all_wait).mean()) > 0.5
    assert found.curve is not None
    assert float(found.curve[-1]) > float(found.curve[0])


def test_standing_down_helps_a_lone_project_and_may_harm_among_rivals(worlds: Worlds) -> None:
    found = BY_CODE["S5"].find(worlds)
    assert float(effect(found, "by standing down, alone").max()) <= EXACT
    assert float(effect(found, "by standing down, five projects").max()) > EXACT


def test_measures_are_those_of_the_scenarios_and_the_study_that_ship() -> None:
    read = measures()
    assert [each.efficacy for each in read] == [0.75, 0.30, 0.20]
    assert [each.scenario.delay for each in read] == [2.0, 0.0, 0.0]
    assert [set(each.scenario.shifts) for each in read] == [
        {"detection", "persistence"},
        {"margin", "doubt"},
        {"race", "detection", "detection_spread"},
    ]


def test_histories_played_out_say_the_same_of_the_first_system(worlds: Worlds) -> None:
    world = {name: values[:1] for name, values in worlds.items()}
    told = play_out(world, Scenario(), 200_000, seed=3)
    aligned, second = (told["alignment"].isel(project=each) for each in (0, 1))
    both = aligned.notnull() & second.notnull()
    gap, error = 0.0, 0.0
    for sign, led in ((1, aligned > 0), (-1, aligned <= 0)):
        follows = (second > 0).where(both & led)
        gap += sign * float(follows.mean())
        error += float(follows.var() / follows.count())
    closed = ask(world)
    expected = float(
        closed["follower_aligned_given_first_aligned"][0]
        - closed["follower_aligned_given_first_misaligned"][0]
    )
    assert gap == pytest.approx(expected, abs=5 * error**0.5)


def test_the_turning_point_lies_where_the_line_crosses() -> None:
    grid = np.array([-2.0, 0.0, 2.0])
    lines = np.array([[-1.0, -0.5, 0.5], [1.0, 2.0, 3.0], [-3.0, -2.0, -1.0]])
    found = turning(xr.DataArray(lines, dims=("world", "offense"), coords={"offense": grid}))
    np.testing.assert_allclose(found, [1.0, np.nan, np.nan])


def test_the_table_says_which_parameters_set_exceptions_apart(table: xr.Dataset) -> None:
    row = table.sel(claim="S2", beliefs="prior")
    assert "offense" in row["exception_parameter"].values
    size = float(row["exception"].values[list(row["exception_parameter"].values).index("offense")])
    assert size < 0  # a bad draw is not worse where defence is ahead
    share = table["share"]
    assert bool(((share >= 0) & (share <= 1)).all())


def test_lines_say_no_more_than_the_table(table: xr.Dataset) -> None:
    lines = {each.claim.code: each for each in claim_lines(table)}
    assert set(lines) == set(BY_CODE)
    assert lines["H1"].label == "assumed"
    assert lines["S2"].label.startswith("holds in ")
    assert "Theft from a lone project, as stated: 50%." in lines["S6"].facts
    assert "From any of three: 70%." in lines["S6"].facts
    assert not lines["H10"].exceptions
    for code, line in lines.items():
        failing = table["share"].sel(claim=code) < 1
        assert len(line.exceptions) == int(failing.sum())
        assert (line.sketch is not None) == bool(line.claim.axes[0])


def test_the_table_survives_a_file(table: xr.Dataset, tmp_path: object) -> None:
    path = f"{tmp_path}/claims.nc"
    table.to_netcdf(path, engine="h5netcdf")
    with xr.open_dataset(path, engine="h5netcdf") as opened:
        assert claim_lines(opened.load()) == claim_lines(table)


def test_the_report_has_a_row_for_each_claim_and_says_what_was_computed(table: xr.Dataset) -> None:
    tree = synthetic_tree()
    assert 'id="claims"' not in render_report(tree)
    tree["claims"] = table
    html = render_report(tree)
    section = html[html.index('<section id="claims">') :]
    section = section[: section.index("</section>")]
    assert 'href="#claims"' in html
    for line in claim_lines(table):
        assert f"{line.claim.code}. " in section
        assert str(escape(line.facts[0])) in section
    assert section.count("<polyline") == 2 * sum(bool(each.axes[0]) for each in CLAIMS)
