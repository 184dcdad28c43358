"""Every problem in a study is found, at its place, with its mend."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from takeoff.data.check import check_study
from takeoff.data.load import load_study
from takeoff.data.panel import join
from takeoff.data.problem import Problem
from takeoff.models.errors import InputError
from tests.data.cases import Case

WriteStudy = Callable[..., Path]


IN_ANSWERS = [
    Case("text for a number", "0.3,\n", "many,\n", 2, "value", "'many' is not a number", "0.05"),
    Case("decimal comma", "0.3,\n", '"0,3",\n', 2, "value", "'0,3' is not a number", "such as"),
    Case("percent", "0.3,\n", "30,\n", 2, "value", "'30' is above 1", "divide by 100: 0.3"),
    Case("percent sign", "0.3,\n", "30%,\n", 2, "value", "percentage", "divide by 100: 0.3"),
    Case("too large", "0.3,\n", "101,\n", 2, "value", "outside [0, 1]", "give a probability"),
    Case("negative", "0.3,\n", "-0.1,\n", 2, "value", "outside [0, 1]", "give a probability"),
    Case("infinite", "0.3,\n", "inf,\n", 2, "value", "'inf' is not a number", "leave the cell"),
    Case("overflow", "0.3,\n", "1e999,\n", 2, "value", "outside [0, 1]", "give a probability"),
    Case("not a number", "0.3,\n", "NaN,\n", 2, "value", "'NaN' is not", "leave the cell blank"),
    Case("digits of a script", "0.3,\n", "٠.٣,\n", 2, "value", "is not a number", "0.05"),
    Case("baseline in percent", "0.4,0.3", "0.4,30", 4, "baseline", "above 1", "100: 0.3"),
    Case("no baseline", "0.4,0.3", "0.4,", 4, "baseline", "from no baseline", "unconditional"),
    Case("certain baseline", "0.4,0.3", "0.4,1", 4, "baseline", "is 1, and", "was rounded"),
    Case("impossible baseline", "0.4,0.3", "0.4,0", 4, "baseline", "is 0, and", "was rounded"),
    Case("needless baseline", "0.3,\n", "0.3,0.3\n", 2, "baseline", "level", "leave the cell"),
    Case("unknown kind", "risk,probability,0.3", "risk,probablity,0.3", 2, "kind",
         "unknown kind 'probablity'", 'did you mean "probability"?'),
    Case("no kind", "risk,probability,0.3", "risk,,0.3", 2, "kind", "nothing", "probability"),
    Case("no expert", "Ann,worried,risk,", ",worried,risk,", 2, "expert", "nothing", "fill it in"),
    Case("unknown question", "risk,probability,0.3", "risc,probability,0.3", 2, "question",
         "unknown question 'risc'", 'did you mean "risk"?'),
    Case("unknown camp", "Ann,worried", "Ann,woried", 2, "camp", "'woried'", '"worried"?'),
    Case("two camps", "Ann,worried,shot", "Ann,hopeful,shot", 3, "camp",
         "'hopeful' here and in 'worried' on line 2", "one camp"),
    Case("a camp once only", "Ann,worried,shot", "Ann,,shot", 3, "camp", "'' here", "one camp"),
    Case("duplicated row", "0.01,\n", "0.02,\n", 6, None, "'Bob' answered 'risk' on line 5",
         "keep one"),
    Case("two answers to a relative question", "0.2,\n", "0.2,\nAnn,worried,shot,probability,.1,\n",
         4, None, "'Ann' answered 'shot' on line 3", "keep one"),
    Case("two shifts from one baseline", "0.4,0.3\n",
         "0.4,0.3\nAnn,worried,risk_if_shot,probability,0.5,0.30\n", 5, None, "on line 4",
         "keep one"),
    Case("missing column", "kind,value", "note,value", 1, "kind", "column is missing", "add it"),
    Case("column twice", "expert,camp", "expert,expert", 1, "expert", "two columns", "remove"),
    Case("cell too many", "0.3,\n", "0.3,,\n", 2, None, "7 cells under 6 columns", "quotation"),
    Case("cell too few", "0.3,\n", "0.3\n", 2, None, "5 cells under 6 columns", "each column"),
    Case("open quotation", "Bob,hopeful,risk,probability,0.01", '"Bob', 5, None, "not CSV",
         "quotation marks"),
    Case("missing value", "0.4,0.3", ",0.3", 4, "value", "Ann gave no answer to risk_if_shot",
         "left out", "note"),
    Case("incoherent", "0.2,\n", "0.9,\n", 4, "value", "0.3 is impossible", "as noise", "note"),
    Case("after a cell of two lines", "Ann,worried,risk,probability,0.3,\n",
         '"Ann\nLee",worried,risk,probability,0.3,\nAnn,worried,risk,probability,x,\n', 4,
         "value", "'x' is not a number", "0.05"),
]  # fmt: skip

IN_STUDY = [
    Case("no title", 'title = "A small study"\n', "", 1, "title", "title is missing", "add title"),
    Case("empty title", "A small study", " ", 1, "title", "nothing is written", "fill it in"),
    Case("misspelt key", "licence", "license", 3, "license", "unknown key", '"licence"?'),
    Case("not text", '"CC0-1.0"', "1.0", 3, "licence", "1.0 is not text", "quotation marks"),
    Case("no date", "2026-01", "soon", 4, "date", "'soon' is not a date", "2023-05"),
    Case("impossible month", "2026-01", "2026-13", 4, "date", "not a date", "2023-05"),
    Case("weights", "0.25", "0.5", 10, "camps", "add up to 1.25", "they must make 1"),
    Case("weight as text", "0.25", '"0.25"', 11, "camps.hopeful", "not a number", "without quot"),
    Case("a question without text", 'text = "Extinction by 2100?"\n', "", 14,
         "questions.risk.text", "text is missing", "add text"),
    Case("unknown outcome", '"warning_shot"\nreading', '"warning_shots"\nreading', 22,
         "questions.shot.outcome", "unknown outcome 'warning_shots'", '"warning_shot"?'),
    Case("unlike any outcome", '"warning_shot"\nreading', '"q"\nreading', 22,
         "questions.shot.outcome", "unknown outcome 'q'", "known are homogeneity"),
    Case("unknown event", 'given = "warning_shot"', 'given = "warning"', 30,
         "questions.risk_if_shot.given", "unknown event 'warning'", '"warning_shot"?'),
    Case("unknown reading", '"shift"', '"shifts"', 32, "questions.risk_if_shot.reading",
         "unknown reading 'shifts'", '"shift"?'),
    Case("unknown fit", '"close"', '"cloze"', 17, "questions.risk.fit", "'cloze'", '"close"?'),
    Case("unknown question key", 'mapping = "It', 'maping = "It', 25, "questions.shot.maping",
         "unknown key 'maping'", '"mapping"?'),
    Case("unknown scenario input", "projects = 3", "projcts = 3", 34,
         "questions.risk_if_shot.scenario", "'projcts'", '"projects"?'),
    Case("no project", "projects = 3", "projects = 0", 34, "questions.risk_if_shot.scenario",
         "projects is 0", "whole number from 1 to 8"),
    Case("unknown parameter", "projects = 3", "values = { margn = 0 }", 34,
         "questions.risk_if_shot.scenario", "'margn'", '"margin"?'),
    Case("values without names", "projects = 3", "values = 1", 34,
         "questions.risk_if_shot.scenario", "values is not a table", "parameter = number"),
    Case("huge number", "projects = 3", f"draws = 1{'0' * 400}", 34,
         "questions.risk_if_shot.scenario", "too large", "at most"),
    Case("scenario that is no table", "{ projects = 3 }", "3", 34,
         "questions.risk_if_shot.scenario", "3 is not a table", "write scenario"),
    Case("a shift from nothing", 'given = "warning_shot"\nevent = "shot"\n', "", 27,
         "questions.risk_if_shot", "a shift is read given one event or one intervention", ""),
    Case("efficacy of nothing", '"warning_shot"\nreading', '"efficacy"\nreading', 20,
         "questions.shot", "efficacy needs the name of its intervention", ""),
    Case("event of an unconditional question", 'reading = "relative"', 'event = "risk"', 20,
         "questions.shot", "event belongs to a conditional question", "leave it out"),
    Case("unknown event question", 'event = "shot"', 'event = "shto"', 31,
         "questions.risk_if_shot.event", "unknown question 'shto'", '"shot"?'),
    Case("not TOML", "[camps]", "[camps", 10, None, "not TOML: Expected ']'", "mend the syntax"),
    Case("a number of 5000 digits", '"CC0-1.0"', "9" * 5000, None, None, "not TOML", "syntax"),
    Case("too deep", '"CC0-1.0"', "[" * 5000, None, None, "not TOML", "mend the syntax"),
]  # fmt: skip


def problem_of(case: Case, problems: list[Problem]) -> Problem:
    """Find the problem that a case describes, and see that nothing else is an error."""
    like = [
        each
        for each in problems
        if (each.line, each.column, each.severity) == (case.line, case.column, case.severity)
    ]
    assert len(like) == 1, [str(each) for each in problems]
    assert case.message in like[0].message
    assert case.mend in like[0].mend
    return like[0]


@pytest.mark.parametrize("case", IN_ANSWERS, ids=lambda case: case.name)
def test_problem_in_answers_is_found(case: Case, write_study: WriteStudy, answers_csv: str) -> None:
    assert case.found in answers_csv
    folder = write_study(answers=answers_csv.replace(case.found, case.replaced, 1))
    problem = problem_of(case, check_study(folder))
    assert problem.file == str(folder / "answers.csv")


@pytest.mark.parametrize("case", IN_STUDY, ids=lambda case: case.name)
def test_problem_in_study_is_found(case: Case, write_study: WriteStudy, study_toml: str) -> None:
    assert case.found in study_toml
    folder = write_study(toml=study_toml.replace(case.found, case.replaced, 1))
    problem = problem_of(case, check_study(folder))
    assert problem.file == str(folder / "study.toml")


@pytest.mark.parametrize("case", [*IN_ANSWERS, *IN_STUDY], ids=lambda case: case.name)
def test_load_names_the_first_error_in_one_line(
    case: Case, write_study: WriteStudy, study_toml: str, answers_csv: str
) -> None:
    toml = study_toml.replace(case.found, case.replaced, 1) if case in IN_STUDY else study_toml
    answers = answers_csv.replace(case.found, case.replaced, 1) if case in IN_ANSWERS else None
    folder = write_study(toml, answers or answers_csv)
    if case.severity == "note":
        load_study(folder)
        return
    first = next(each for each in check_study(folder) if each.severity == "error")
    with pytest.raises(InputError) as raised:
        load_study(folder)
    assert str(raised.value).startswith(str(first))
    assert "\n" not in str(raised.value)


def test_right_study_has_no_problems(write_study: WriteStudy) -> None:
    assert check_study(write_study()) == []


@pytest.mark.parametrize(
    ("name", "answers", "message"),
    [
        ("empty file", "", "the file is empty"),
        ("header only", "expert,camp,question,kind,value,baseline\n", "there is no answer"),
        ("nothing but missing answers",
         "expert,camp,question,kind,value,baseline\nAnn,worried,risk,probability,,\n",
         "there is no answer"),
    ],
)  # fmt: skip
def test_empty_study_is_an_error(
    name: str, answers: str, message: str, write_study: WriteStudy
) -> None:
    folder = write_study(answers=answers, name=name)
    errors = [each for each in check_study(folder) if each.severity == "error"]
    assert [each.message for each in errors] == [message]


def test_missing_files_are_named(tmp_path: Path) -> None:
    problems = check_study(tmp_path)
    assert [Path(each.file).name for each in problems] == ["study.toml", "answers.csv"]
    assert {each.message for each in problems} == {"there is no such file"}


def test_unreadable_file_is_named(write_study: WriteStudy) -> None:
    folder = write_study()
    (folder / "answers.csv").unlink()
    (folder / "answers.csv").mkdir()
    assert [each.message for each in check_study(folder)] == ["cannot be read (Is a directory)"]


def test_missing_folder_offers_the_nearest_study() -> None:
    [problem] = check_study("fri_2032")
    assert problem.message == "unknown study 'fri_2032'"
    assert problem.mend == 'did you mean "fri_2023"?'


@pytest.mark.parametrize("file", ["study.toml", "answers.csv"])
def test_text_in_another_encoding_is_placed(file: str, write_study: WriteStudy) -> None:
    folder = write_study()
    content = (folder / file).read_bytes().replace(b"A", "É".encode("latin-1"), 1)
    (folder / file).write_bytes(content)
    [problem] = check_study(folder)
    assert problem.file.endswith(file)
    assert problem.line == content[: content.index(b"\xc9")].count(b"\n") + 1
    assert problem.message == "not UTF-8: byte 0xc9"


def test_byte_order_mark_line_endings_and_blank_lines_do_not_matter(
    write_study: WriteStudy, study_toml: str, answers_csv: str
) -> None:
    spread = answers_csv.replace("\n", "\n\n,,,,,\n  \n")
    folder = write_study(
        b"\xef\xbb\xbf" + study_toml.replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + spread.replace("\n", "\r\n").encode(),
    )
    (folder / "plain").mkdir()
    (folder / "plain" / "study.toml").write_text(study_toml)
    (folder / "plain" / "answers.csv").write_text(answers_csv)
    assert check_study(folder) == []
    spread_out = load_study(folder).answers.drop(columns="line")
    assert spread_out.equals(load_study(folder / "plain").answers.drop(columns="line"))


def test_line_numbers_are_right_with_windows_line_endings(
    write_study: WriteStudy, study_toml: str, answers_csv: str
) -> None:
    folder = write_study(
        study_toml.replace('"loose"', '"lose"').replace("\n", "\r\n"),
        answers_csv.replace("0.02", "two").replace("\n", "\r\n"),
    )
    problems = check_study(folder)
    assert [each.line for each in problems] == [24, 33, 6, 7]


def test_every_problem_is_listed_not_just_the_first(
    write_study: WriteStudy, study_toml: str, answers_csv: str
) -> None:
    folder = write_study(
        study_toml.replace('"close"', '"cloze"').replace("0.25", "0.5"),
        answers_csv.replace("Bob,hopeful", "Bob,hopefull").replace("0.3,\n", "30,\n"),
    )
    errors = [each for each in check_study(folder) if each.severity == "error"]
    assert [each.line for each in errors] == [10, 17, 2, 5, 6, 7]
    with pytest.raises(InputError, match=re.escape("(and 5 more: takeoff check")):
        load_study(folder)


def test_unknown_column_offers_the_nearest(write_study: WriteStudy, answers_csv: str) -> None:
    renamed = answers_csv.replace("baseline", "base_line")
    problems = check_study(write_study(answers=renamed))
    assert [(each.column, each.message) for each in problems] == [
        ("baseline", "this column is missing"),
        ("base_line", "unknown column 'base_line'"),
    ]
    assert problems[1].mend == 'did you mean "baseline"?'


def test_semicolons_are_recognised(write_study: WriteStudy, answers_csv: str) -> None:
    problems = check_study(write_study(answers=answers_csv.replace(",", ";")))
    assert "separate cells with commas" in {each.mend for each in problems}


def test_one_expert_is_a_note(write_study: WriteStudy, answers_csv: str) -> None:
    alone = "".join(line for line in answers_csv.splitlines(True) if not line.startswith("Bob"))
    problems = check_study(write_study(answers=alone))
    assert {each.severity for each in problems} == {"note"}
    assert "one expert, Ann" in {each.message for each in problems}
    assert "no expert is in the camp 'hopeful'" in {each.message for each in problems}


def test_shifts_from_two_baselines_are_two_judgments(
    write_study: WriteStudy, answers_csv: str
) -> None:
    folder = write_study(answers=f"{answers_csv}Bob,hopeful,risk_if_shot,probability,0.03,0.01\n")
    assert check_study(folder) == []
    assert join([load_study(folder)]).answers.sizes["answer"] == 7


def test_question_without_answers_is_a_note(write_study: WriteStudy, answers_csv: str) -> None:
    [problem] = check_study(
        write_study(answers=answers_csv.replace("shot,probability,0.2,", "risk,probability,0.2,"))
    )
    assert (problem.message, problem.severity) == ("nobody answered 'shot'", "note")


def test_probability_cannot_answer_how_many(write_study: WriteStudy, study_toml: str) -> None:
    toml = study_toml.replace('"warning_shot"\nreading', '"projects_fielded"\nreading')
    [problem] = check_study(write_study(toml=toml))
    assert (problem.line, problem.column) == (3, "kind")
