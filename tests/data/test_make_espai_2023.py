"""The script that made the ESPAI study, and what it says of entries that are not plain."""

import csv
import time
from collections.abc import Mapping

import numpy as np
import pytest

from takeoff.data import load_study, make_espai_2023, study_folder
from takeoff.data.card import load_card
from takeoff.data.make_espai_2023 import Entry, read

FOLDER = study_folder("espai_2023")


def responses() -> list[dict[str, str]]:
    with (FOLDER / "responses.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def written(name: str) -> list[tuple[str, ...]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return [tuple(row) for row in csv.reader(file)]


def test_the_files_that_ship_are_those_that_the_script_makes() -> None:
    rows = responses()
    assert written("answers.csv") == [make_espai_2023.COLUMNS, *make_espai_2023.answers(rows)]
    assert written("readings.csv") == [
        make_espai_2023.READING_COLUMNS,
        *make_espai_2023.readings(rows),
    ]


@pytest.mark.parametrize(
    ("column", "count", "mean", "median"),
    [
        ("vb_1_5", 2704, 8.99, 5),
        ("extinction_all_1", 1318, 16.19, 5),
        ("extinction_100_1", 648, 14.46, 5),
        ("extinction_control_1", 661, 19.56, 10),
    ],
)
def test_plain_answers_have_the_count_mean_and_median_of_their_source(
    column: str, count: int, mean: float, median: float
) -> None:
    entries = [read(row[column]) for row in responses() if row[column]]
    plain = [100 * float(each.cells["value"]) for each in entries if not each.reason]
    assert len(plain) == count
    assert np.mean(plain) == pytest.approx(mean, abs=0.005)
    assert np.median(plain) == median


@pytest.mark.parametrize(
    ("text", "kind", "cells"),
    [
        ("5", "probability", {"value": "0.05"}),
        ("10.0", "probability", {"value": "0.1"}),
        ("1e-09", "probability", {"value": "1e-11"}),
        ("0.000000001", "probability", {"value": "1e-11"}),
        ("100", "probability", {"value": "1"}),
        (",9", "probability", {"value": "0.009"}),
        ("5%", "probability", {"value": "0.05"}),
        ("near 0", "probability", {"value": "0"}),
        ("0+", "probability", {"value": "0"}),
        ("< 0.1", "bound", {"value": "0.001", "side": "below"}),
        ("Less than 1", "bound", {"value": "0.01", "side": "below"}),
        ("5-10", "interval", {"lowest": "0.05", "highest": "0.1"}),
        ("200.0", "refused", {}),
        ("2000.0", "refused", {}),
        ("100.5", "refused", {}),
        ("-1", "refused", {}),
        ("a few", "refused", {}),
        ("10-5-1", "refused", {}),
    ],
)
def test_entry_is_read_or_refused_with_a_reason(
    text: str, kind: str, cells: Mapping[str, str]
) -> None:
    entry = read(text)
    assert (entry.kind, entry.cells) == (kind, cells)
    assert kind == "probability" or entry.reason


def test_every_entry_that_is_not_plain_is_listed_once() -> None:
    listed = [row for row in written("readings.csv")[1:] if not row[4].startswith("as typed")]
    typed = [
        text
        for row in responses()
        for column in make_espai_2023.QUESTIONS
        if (text := row[column]) and read(text).reason
    ]
    assert sorted(row[2] for row in listed) == sorted(typed)
    assert len(typed) == 10


def test_numbers_that_may_be_probabilities_stay_and_are_marked() -> None:
    answers = load_study("espai_2023").answers
    marked = answers[answers["note"].str.contains("perhaps a probability")]
    assert len(marked) == 18
    assert (marked["value"] < 0.01).all()
    bad = answers[answers["question"] == "extremely_bad"].set_index("expert")["value"]
    beside = bad.loc[marked["expert"]].to_numpy(float)
    np.testing.assert_allclose(beside, 100 * marked["value"].to_numpy(float))


def test_a_plain_percentage_has_no_reason() -> None:
    assert read("12.5") == Entry("probability", {"value": "0.125"})


def test_loading_five_thousand_answers_takes_less_than_two_seconds() -> None:
    load_study("authors")  # imports what loading needs
    start = time.process_time()
    study = load_study("espai_2023")
    assert time.process_time() - start < 2
    assert len(study.answers) > 5000


def test_the_card_counts_those_who_contradict_themselves() -> None:
    answers = load_study("espai_2023").answers
    bad = answers[answers["question"] == "extremely_bad"].set_index("expert")["value"]
    stated = answers[answers["kind"] == "probability"]
    others = stated[(stated["question"] != "extremely_bad") & (stated["value"] > 0)]
    count = int((bad.loc[others["expert"]] == 0).sum())
    assert any(f"{count} put 0 on" in each for each in load_card("espai_2023").problems)
