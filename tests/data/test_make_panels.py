"""The scripts that made the studies of panels and premises, against their sources."""

import csv
from decimal import Decimal

import numpy as np
import pytest

from takeoff.data import load_study, make_carlsmith_2022, make_fri_panels, study_folder
from takeoff.data.make_carlsmith_2022 import PREMISES, STATED, product_of


def rows(study: str, name: str) -> list[dict[str, str]]:
    with (study_folder(study) / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def written(study: str) -> list[tuple[str, ...]]:
    with (study_folder(study) / "answers.csv").open(encoding="utf-8", newline="") as file:
        return [tuple(row) for row in csv.reader(file)]


@pytest.mark.parametrize("study", make_fri_panels.STUDIES)
def test_a_panels_answers_are_those_that_the_script_makes(study: str) -> None:
    made = make_fri_panels.answers(rows(study, "panels.csv"))
    assert written(study) == [make_fri_panels.COLUMNS, *made]


@pytest.mark.parametrize("study", make_fri_panels.STUDIES)
def test_a_group_is_one_source_with_its_quartiles_in_order(study: str) -> None:
    answers = load_study(study).answers
    panels = rows(study, "panels.csv")
    used = [each for each in panels if (each["question"], each["horizon"]) in QUESTIONS]
    assert answers["expert"].nunique() == len({each["group"] for each in used})
    for _, stated in answers.groupby(["expert", "question"]):
        ordered = stated.sort_values("level")["value"].to_numpy(float)
        assert (np.diff(ordered) > 0).all()


QUESTIONS = make_fri_panels.QUESTIONS


def test_only_a_quartile_printed_as_zero_is_left_out() -> None:
    found = {study: len(written(study)) - 1 for study in make_fri_panels.STUDIES}
    assert found == {"xpt_2022": 2 * 3 * 3 - 1, "leap_2026": 4 * 3 * 3}


def test_medians_of_mass_death_by_2100_are_those_published() -> None:
    medians = {
        row["expert"]: row["value"]
        for study in make_fri_panels.STUDIES
        for row in load_study(study).answers.to_dict("records")
        if row["question"] == "mass_death_by_2100" and row["level"] == 0.5
    }
    assert medians == {
        "experts of XPT": 0.1,
        "superforecasters of XPT": 0.02125,
        "experts of LEAP": 0.05,
        "superforecasters of LEAP": 0.024,
        "public of LEAP": 0.06,
    }


def test_the_answers_to_premises_are_those_that_the_script_makes() -> None:
    made = make_carlsmith_2022.answers(rows("carlsmith_2022", "premises.csv"))
    assert written("carlsmith_2022") == [make_carlsmith_2022.COLUMNS, *made]


@pytest.mark.parametrize(
    ("column", "product", "stated"),
    [
        ("carlsmith_2021_percent", "5.14", "0.05"),
        ("superforecasters_GoodJudgment_May2023_aggregate_percent", "0.209", "0.01"),
    ],
)
def test_premises_multiply_to_what_their_sources_print(
    column: str, product: str, stated: str
) -> None:
    premises = rows("carlsmith_2022", "premises.csv")
    credences = {int(each["premise"]): Decimal(each[column]) / 100 for each in premises}
    assert f"{100 * product_of(credences, *PREMISES):.3g}" == product
    assert stated in STATED.values()


def test_every_premise_goes_to_a_question_or_is_said_to_go_nowhere() -> None:
    study = load_study("carlsmith_2022")
    assert sorted(PREMISES) == [1, 2, 3, 4, 5, 6]
    nowhere = [each for each in PREMISES.values() if each.startswith("nothing: ")]
    named = {word for each in PREMISES.values() for word in each.split() if "_" in word}
    assert len(nowhere) == 2
    assert named == set(study.questions) - {"takeover_by_2070"}
