"""The questionnaire: its questions can be asked, and a filled form is a study."""

import csv
import re
from html import unescape
from pathlib import Path

import pytest

from takeoff.analysis.questions_form import ITEMS, QUESTIONS, write_form
from takeoff.data import check_study, join, load_study
from takeoff.models.errors import InputError
from takeoff.models.world import outcomes_in

BLANK = dict.fromkeys(("value", "lowest", "highest", "phrase"), "")
YEARS = {"0.1": "2031", "0.5": "2045", "0.9": "2100"}


def _fill(form: Path, expert: str, value: str) -> list[dict[str, str]]:
    with form.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [row | {"expert": expert} | _answer(row, value) for row in rows]


def _answer(row: dict[str, str], value: str) -> dict[str, str]:
    by_kind = {
        "probability": {"value": value},
        "interval": {"lowest": "1", "value": "2", "highest": "6"},
        "quantile": {"value": YEARS.get(row["level"], "")},
        "verbal": {"phrase": "unlikely"},
    }
    return by_kind[row["kind"]]


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
        assert "_" not in question.text


def test_every_item_has_plain_words_a_unit_an_example_and_a_place_to_answer() -> None:
    assert len({item.question.name for item in ITEMS}) == len(ITEMS)
    for item in ITEMS:
        assert item.question.text.isascii()  # spreadsheets guess the encoding
        assert item.question.text.startswith(("Suppose that", "Advanced AI is"))
        assert item.asked in item.question.text
        assert item.unit
        assert item.example.isascii()
        assert item.rows
        assert all(row.blanks for row in item.rows)


def test_a_filled_form_is_a_study_without_a_problem(tmp_path: Path) -> None:
    form = tmp_path / "form.csv"
    assert write_form(form) == (form, tmp_path / "form.html", tmp_path / "study.toml")
    _write(tmp_path / "answers.csv", [*_fill(form, "Ann", "0.3"), *_fill(form, "Bob", "0")])
    assert check_study(tmp_path) == []
    study = load_study(tmp_path)
    assert study.questions == {item.question.name: item.question for item in ITEMS}
    rows = sum(len(item.rows) for item in ITEMS)
    assert join([study]).answers.sizes == {"answer": 2 * rows, "expert": 2}


def test_a_second_round_takes_the_place_of_the_first(tmp_path: Path) -> None:
    before, after = tmp_path / "before.csv", tmp_path / "after.csv"
    write_form(before)
    write_form(after, 2)
    first, second = _fill(before, "Ann", "0.3"), _fill(after, "Ann", "0.6")
    _write(tmp_path / "answers.csv", [*first, *second[:5]])
    answers = join([load_study(tmp_path)]).answers
    assert answers.sizes["answer"] == len(first)
    changed = answers["round"].values == 2
    assert changed.sum() == 5
    assert (answers["value"].values[changed] == 0.6).all()
    assert "after discussion" in after.with_suffix(".html").read_text(encoding="utf-8")


def test_the_page_holds_every_question_and_asks_for_nothing_from_outside(tmp_path: Path) -> None:
    write_form(tmp_path / "form.csv")
    page = unescape((tmp_path / "form.html").read_text(encoding="utf-8"))
    for item in ITEMS:
        assert item.asked in page
        assert item.example in page
        assert item.question.name in page
    assert page.count('<span class="box">') == 3 + sum(
        len(row.blanks) for item in ITEMS for row in item.rows
    )
    assert not re.search(r"https?://|<script|@import|url\(", page)


def test_a_form_filled_in_part_is_a_study_with_notes(tmp_path: Path) -> None:
    form = tmp_path / "answers.csv"
    write_form(form)
    rows = _fill(form, "Ann", "0.3")
    _write(form, [*rows[:3], *(row | BLANK for row in rows[3:])])
    problems = check_study(tmp_path)
    assert {problem.severity for problem in problems} == {"note"}
    assert len(load_study(tmp_path).answered) == 3


def test_a_form_that_nobody_filled_in_is_no_study(tmp_path: Path) -> None:
    write_form(tmp_path / "answers.csv")
    assert any(problem.severity == "error" for problem in check_study(tmp_path))


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    form, study = tmp_path / "form.csv", tmp_path / "study.toml"
    study.write_text("mine", encoding="utf-8")
    assert write_form(form) == (form, tmp_path / "form.html")
    assert study.read_text(encoding="utf-8") == "mine"
    form.write_text("filled in", encoding="utf-8")
    with pytest.raises(InputError, match="is there already"):
        write_form(form)
    assert form.read_text(encoding="utf-8") == "filled in"
    assert sorted(tmp_path.iterdir()) == [form, tmp_path / "form.html", study]


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
