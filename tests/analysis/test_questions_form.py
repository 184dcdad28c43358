"""The questionnaire: its questions can be asked, and a filled form is a study."""

import csv
from pathlib import Path

import pytest

from takeoff.analysis.questions_form import QUESTIONS, write_form
from takeoff.data import check_study, join, load_study
from takeoff.models.errors import InputError
from takeoff.models.world import outcomes_in


def _fill(form: Path, expert: str, value: str) -> list[dict[str, str]]:
    with form.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [row | {"expert": expert, "value": value} for row in rows]


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def test_every_question_asks_for_an_outcome_of_its_scenario() -> None:
    assert len({question.name for question in QUESTIONS}) == len(QUESTIONS)
    for question in QUESTIONS:
        assert question.outcome in outcomes_in(question.scenario)
        assert question.reading == "level"


def test_every_topic_that_no_survey_has_asked_is_asked() -> None:
    asked = {(question.outcome, question.scenario.projects) for question in QUESTIONS}
    assert {"coordination", "coexistence", "warning_shot_given_misaligned"} <= {
        outcome for outcome, _ in asked
    }
    assert {("takeover", projects) for projects in (1, 3, 5, 8)} <= asked


def test_wordings_are_plain_and_say_how_many_projects() -> None:
    for question in QUESTIONS:
        projects = question.scenario.projects
        assert ("a single project" if projects == 1 else f"{projects} projects") in question.text
        assert question.text.isascii()  # spreadsheets guess the encoding
        assert "_" not in question.text


def test_a_filled_form_is_a_study_without_a_problem(tmp_path: Path) -> None:
    form = tmp_path / "form.csv"
    assert write_form(form) == (form, tmp_path / "study.toml")
    _write(tmp_path / "answers.csv", [*_fill(form, "Ann", "0.3"), *_fill(form, "Bob", "0")])
    assert check_study(tmp_path) == []
    study = load_study(tmp_path)
    assert study.questions == {question.name: question for question in QUESTIONS}
    assert join([study]).answers.sizes == {"answer": 2 * len(QUESTIONS), "expert": 2}


def test_a_form_filled_in_part_is_a_study_with_notes(tmp_path: Path) -> None:
    form = tmp_path / "answers.csv"
    write_form(form)
    rows = _fill(form, "Ann", "0.3")
    _write(form, [*rows[:3], *(row | {"value": ""} for row in rows[3:])])
    problems = check_study(tmp_path)
    assert {problem.severity for problem in problems} == {"note"}
    assert len(load_study(tmp_path).answered) == 3


def test_a_form_that_nobody_filled_in_is_no_study(tmp_path: Path) -> None:
    write_form(tmp_path / "answers.csv")
    assert any(problem.severity == "error" for problem in check_study(tmp_path))


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    form, study = tmp_path / "form.csv", tmp_path / "study.toml"
    study.write_text("mine", encoding="utf-8")
    assert write_form(form) == (form,)
    assert study.read_text(encoding="utf-8") == "mine"
    form.write_text("filled in", encoding="utf-8")
    with pytest.raises(InputError, match="is there already"):
        write_form(form)
    assert form.read_text(encoding="utf-8") == "filled in"
    assert sorted(tmp_path.iterdir()) == [form, study]


@pytest.mark.parametrize(
    ("name", "message"),
    [("study.toml", "end it in .csv"), ("gone/form.csv", "there is no folder")],
)
def test_a_form_that_cannot_be_written_leaves_nothing(
    name: str, message: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=message):
        write_form(tmp_path / name)
    assert list(tmp_path.iterdir()) == []
