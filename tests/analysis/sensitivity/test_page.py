"""What the page of sensitivity says of changes and tables, by rules: never more than it knows."""

from typing import Any

import numpy as np
import pytest
import xarray as xr

from takeoff.analysis.posterior import HEADLINE
from takeoff.analysis.sensitivity.change_words import change_in_words, kind_of
from takeoff.analysis.sensitivity.changes import Change, possible
from takeoff.analysis.sensitivity.findings import Row, failed, table
from takeoff.analysis.sensitivity.grid import ordinary
from takeoff.analysis.sensitivity.page_refits import Now, about_refits, kinds_of, shown
from takeoff.analysis.sensitivity.page_tables import index_tables, tornado_rows
from takeoff.analysis.sensitivity.tornado import held
from takeoff.data import join, load_study

NOW = Now(0.2, 0.003)


def row(settings: Any, median: float, error: float = 0.003, rhat: float = 1.0) -> Row:
    change = Change.of(settings)
    outcomes = {"consensus": {name: [0.1, median, 0.6] for name in HEADLINE}}
    names: list[str] = list(HEADLINE)
    return Row(
        change, "refit", "", outcomes, dict.fromkeys(names, error), 0.9, rhat, 80.0, 0, 5, 1.5
    )


ANN = row({"without.expert": "Ann"}, 0.3)
NOISY = row({"without.expert": "Bea"}, 0.5, error=0.2)
APART = row({"scale.noise": 2.0}, 0.9, rhat=1.3)
BIAS = row({"shared.bias": 1.0}, 0.21)
BAD = failed(Change.of({"without.question": "extinction"}), "all bad", 1.2, 3.0)


def test_only_what_is_clear_of_its_error_is_said_to_move_the_answer() -> None:
    said = about_refits(table([ANN, NOISY, APART, BIAS, BAD]), NOW)
    assert said.startswith("Of 3 changes told reliably, 1 moves the consensus")
    assert "“without Ann” (30%)" in said
    assert "noise" not in said
    none = about_refits(table([NOISY, BIAS]), NOW)
    assert none.endswith("none is sure to move the consensus on catastrophe from 20%.")
    assert "No change could be told" in about_refits(table([APART, BAD]), NOW)


def test_the_furthest_of_each_kind_is_named_with_its_doubt() -> None:
    kinds = {each["kind"]: each for each in kinds_of(table([ANN, BIAS, APART, BAD]), NOW)}
    assert kinds["an expert left out"]["furthest"] == "without Ann: 30%"
    assert kinds["errors that answers share"]["furthest"].endswith(": 21%, perhaps by chance")
    assert kinds["a spread of the panel's model"]["furthest"] == "–"
    assert kinds["a question left out"]["counts"] == {"refit": 0, "reweighted": 0, "failed": 1}
    (noisy,) = kinds_of(table([NOISY]), NOW)
    assert noisy["furthest"] == "without Bea: 50%, perhaps by chance"
    assert kinds["a spread of the panel's model"]["rows"][0]["doubtful"]


def test_a_figure_shows_changes_in_words_and_leaves_out_what_failed() -> None:
    drawn = shown(table([ANN, BAD, BIAS, row({"fix.offense": 1.0}, 0.4)]), NOW)
    assert drawn["row"].values.tolist() == [
        "without Ann",
        "bias that all experts share: sd 1 log-odds",
    ]
    held_only = shown(table([row({"fix.offense": 1.0}, 0.4)]), NOW)
    assert held_only["row"].values.tolist() == ["offense known to be about 1"]


def test_every_change_that_a_panel_is_asked_has_words_and_a_kind() -> None:
    judgments = join([load_study("fri_2023"), load_study("authors")])
    for change in ordinary(possible(judgments, ["group_error"])):
        assert "." not in change_in_words(change).replace("0.5", "")
        assert "." not in kind_of(change)


def test_errors_that_no_answers_share_are_not_varied() -> None:
    judgments = join([load_study("authors")])
    for variables, groups in (([], 0), (["group_error", "study_effect"], 2)):
        names = [each.name for each in ordinary(possible(judgments, variables))]
        for kind in ("group", "study"):
            assert sum(name.startswith(f"shared.{kind} = ") for name in names) == groups
        assert {"shared.bias = 0.5", "shared.bias = 1"} <= set(names)


def tornado_of(k: float) -> xr.Dataset:
    dims = ("parameter", "end", "outcome")
    return xr.Dataset(
        {
            "value": (dims[:2], [[-1.0, 1.0], [0.1, 0.5]]),
            "known": (dims, np.full((2, 2, 1), 0.2)),
            "alone": (dims, np.full((2, 2, 1), 0.2)),
            "error": (dims, np.full((2, 2, 1), 0.01)),
            "effective": (dims[:2], np.full((2, 2), 90.0)),
            "k": (dims[:2], np.full((2, 2), k)),
        },
        coords={"parameter": ["offense", "copied"], "outcome": ["catastrophe"]},
    )


def test_a_refit_stands_in_the_tornado_beside_weights_that_cannot_be_trusted() -> None:
    changes = held(tornado_of(0.9))
    assert [each.name for each in changes] == ["fix.offense = -1", "fix.offense = 1"]
    rows = table([row(dict(changes[0].settings), 0.4)])
    offense, copied = sorted(tornado_rows(tornado_of(0.9), rows), key=lambda each: each["ends"])
    assert offense["refitted"] == ["40% ± 0.3% (refit)", ""]
    assert offense["known"] == ["? (k̂ 0.90)", "? (k̂ 0.90)"]
    assert copied["refitted"] == ["", ""]
    assert tornado_rows(tornado_of(0.1), None)[0]["known"] == ["20%", "20%"]


@pytest.mark.parametrize(("middle", "kept"), [(0.3, 1), (-0.001, 0)])
def test_indices_within_chance_are_counted_and_not_shown(middle: float, kept: int) -> None:
    names = ["takeover", "catastrophe", "warning_shot", "coexistence"]
    levels = np.array([middle - 0.01, middle, middle + 0.01])
    own = np.broadcast_to(levels, (1, 4, 3))
    dims = ("parameter", "outcome", "level")
    coords = {"parameter": ["offense"], "outcome": names, "level": [0.05, 0.5, 0.95]}
    posterior = xr.Dataset(
        {
            "delta": (dims, own),
            "pawn": (dims, own),
            "delta_floor": ("outcome", np.full(4, 0.05)),
            "pawn_floor": ("outcome", np.full(4, 0.05)),
        },
        coords=coords,
    )
    prior = xr.Dataset({"total": (dims, own), "first": (dims, own)}, coords=coords)
    prior = prior.expand_dims(scale=["log-odds"])
    tables = index_tables(posterior, prior)
    assert [each["outcome"] for each in tables] == names
    for each in tables:
        for part in ("posterior", "prior"):
            assert len(each[part]["rows"]) == kept
            assert each[part]["others"] == 1 - kept
            assert all(
                "-0.00" not in cell["text"] for own in each[part]["rows"] for cell in own["cells"]
            )
