"""The studies that ship say what their sources say."""

import csv
from pathlib import Path

import numpy as np
import pytest

from takeoff.data.check import check_study
from takeoff.data.load import load_study
from takeoff.data.make_fri_2023 import EVENTS
from takeoff.data.panel import join
from takeoff.data.plans import load_plan
from takeoff.data.shipped import shipped_studies, study_folder
from takeoff.models.errors import InputError


@pytest.mark.parametrize("name", shipped_studies())
def test_study_that_ships_is_free_of_errors(name: str) -> None:
    assert {problem.severity for problem in check_study(name)} <= {"note"}
    assert load_study(name).name == name


@pytest.mark.parametrize("name", shipped_studies())
def test_every_question_says_why_it_maps_as_it_does(name: str) -> None:
    for question in load_study(name).questions.values():
        assert question.mapping.endswith(".")


def test_fri_has_every_person_and_their_camp() -> None:
    answers = load_study("fri_2023").answers
    people = answers.drop_duplicates("expert")["camp"].value_counts()
    assert people.to_dict() == {"Concerned": 11, "Skeptical": 11}
    assert set(answers[answers["question"] == "extinction"]["expert"]) == set(answers["expert"])


def test_fri_names_what_is_missing_and_what_is_incoherent() -> None:
    notes = [problem.message for problem in check_study("fri_2023")]
    assert notes == [
        "Wesley gave no answer to power_seeking",
        "Wesley gave no answer to extinction_if_power_seeking",
        "'Claire' is incoherent: with 0.01 for 'warning_shot' and 0.0001 given it, "
        "1e-08 is impossible",
        "'Claire' is incoherent: with 0.001 for 'evidence_of_misalignment' and 1e-05 given it, "
        "1e-09 is impossible",
        "Eve gave no answer to extinction_if_six_month_pause",
    ]


@pytest.mark.parametrize(
    ("question", "concerned", "skeptical"),
    [
        ("warning_shot", 0.17, 0.03),
        ("escalating_warning_shots", 0.09, 0.002),
        ("platform_escalating_warning_shots", 0.05, 0.0025),
        ("evidence_of_misalignment", 0.4, 0.01),
        ("power_seeking", 0.15, 0.05),
    ],
)
def test_fri_medians_are_those_published(question: str, concerned: float, skeptical: float) -> None:
    """The authors' medians of P(C): inverted-CDF, incoherent and missing answers left out."""
    incoherent = {("Claire", "warning_shot"), ("Claire", "evidence_of_misalignment")}
    answers = load_study("fri_2023").answers
    asked = answers[(answers["question"] == question) & answers["value"].notna()]
    kept = asked[[(expert, question) not in incoherent for expert in asked["expert"]]]
    medians = {
        camp: np.quantile(values, 0.5, method="inverted_cdf")
        for camp, values in kept.groupby("camp")["value"]
    }
    assert medians == {"Concerned": concerned, "Skeptical": skeptical}


def test_fri_warnings_move_both_camps() -> None:
    answers = load_study("fri_2023").answers
    shift = answers[answers["question"] == "extinction_if_warning_shot"].groupby("camp")
    assert shift["value"].median().to_dict() == {"Concerned": 0.36, "Skeptical": 0.0025}
    assert shift["baseline"].median().to_dict() == {"Concerned": 0.275, "Skeptical": 0.001}


def test_fri_policies_are_answered_as_published() -> None:
    """Every P(U | policy) of the published file, with the P(U) that stood beside it."""
    with (study_folder("fri_2023") / "forecasts.csv").open(encoding="utf-8") as file:
        published = list(csv.DictReader(file))
    answers = load_study("fri_2023").answers
    harmful = 0
    for event in ("Req testing", "6 month pause", "Intergovernmental AI safety", "Luke policies"):
        question = f"extinction_if_{EVENTS[event]}"
        own = answers[(answers["question"] == question) & answers["value"].notna()]
        stated = {
            (row["person"], float(row["PUc"]), float(row["PU"]))
            for row in published
            if row["ID"] == event and row["PUc"] != "NA"
        }
        assert set(zip(own["expert"], own["value"], own["baseline"], strict=True)) == stated
        harmful += int((own["value"] > own["baseline"]).sum())
    assert harmful == 5


@pytest.mark.parametrize(
    ("scenario", "event"),
    [
        ("mandatory_inspection", "Req testing"),
        ("pause_six_months", "6 month pause"),
        ("intergovernmental_safety", "Intergovernmental AI safety"),
        ("licences_tests_and_security", "Luke policies"),
    ],
)
def test_chances_of_policies_are_medians_of_what_was_published(scenario: str, event: str) -> None:
    with (study_folder("fri_2023") / "forecasts.csv").open(encoding="utf-8") as file:
        stated = [float(row["Pc"]) for row in csv.DictReader(file) if row["ID"] == event]
    (change,) = load_plan(scenario).changes
    assert change.chance is not None
    assert change.chance.value == pytest.approx(np.median(stated), abs=0.006)
    assert f"{len(stated)} people" in change.chance.source
    assert change.efficacy is not None
    assert change.efficacy.asked_as == EVENTS[event]


def test_fri_numbers_are_as_written() -> None:
    text = (study_folder("fri_2023") / "answers.csv").read_text()
    assert "James,Skeptical,extinction,probability,1e-08,\n" in text


def test_fri_carries_its_licence() -> None:
    notice = (study_folder("fri_2023") / "LICENSE.md").read_text()
    assert "MIT License" in notice
    assert "Copyright (c) 2024 Forecasting Research Institute" in notice


def test_authors_name_the_statement_behind_each_number() -> None:
    answers = load_study("authors").answers
    numbers = answers[answers["kind"] == "probability"]
    assert numbers["value"].tolist() == [0.75, 0.3, 0.2, 0.5, 0.7, 0.95]
    assert set(numbers["expert"]) == {"Scher"}
    assert (answers["note"].str.len() > 0).all()


def test_hubinger_is_quoted_in_the_words_that_are_read() -> None:
    """A phrase stands in its note, but where it is the complement of the one that does."""
    answers = load_study("authors").answers
    words = answers[answers["kind"] == "verbal"]
    assert set(words["expert"]) == {"Hubinger"}
    assert len(words) == 8
    for phrase, note in zip(words["phrase"], words["note"], strict=True):
        assert phrase in note.lower() or "complement" in note


def test_grades_of_the_safety_index_are_those_published() -> None:
    grades = load_study("fli_index_2025").answers.set_index("project")["value"]
    assert grades.to_dict() == {
        "Anthropic": 2.64,
        "OpenAI": 2.1,
        "Google DeepMind": 1.76,
        "xAI": 1.23,
        "Meta": 1.06,
        "Zhipu AI": 0.62,
        "DeepSeek": 0.37,
    }


def test_grades_alone_say_nothing_of_the_world() -> None:
    with pytest.raises(InputError, match="nobody says anything about the world; join"):
        join([load_study("fli_index_2025")])


def test_three_thefts_at_a_third_make_the_number_that_ships() -> None:
    answers = load_study("authors").answers.set_index("question")["value"]
    assert answers["theft_from_any_of_three_projects"] == pytest.approx(1 - 0.67**3, abs=0.005)


def test_studies_that_ship_join() -> None:
    studies = [load_study(name) for name in shipped_studies()]
    panel = join(studies)
    raters = ["FLI AI Safety Index"]
    assert panel.answers.sizes["expert"] == sum(
        each.answers["expert"][~each.answers["expert"].isin(raters)].nunique() for each in studies
    )
    numbers = panel.answers.dropna("answer", subset=["value"])
    assert (numbers["lower"] <= numbers["value"]).all()
    assert (numbers["value"] <= numbers["upper"]).all()
    assert (numbers["lower"] < numbers["upper"]).all()


def test_no_study_names_a_place_on_our_machines() -> None:
    for name in shipped_studies():
        for file in Path(study_folder(name)).iterdir():
            assert "/work" not in file.read_text()
