"""The command line: what it prints, where, and with which exit code."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from takeoff.analysis import point
from takeoff.analysis.cli import main
from takeoff.analysis.terminal import OUTCOME_GROUPS
from takeoff.models.outcomes import OUTCOME_NAMES
from takeoff.models.parameters import PARAMETER_NAMES
from takeoff.models.scenario import Scenario
from takeoff.models.world import outcomes_in

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run the command line in an empty folder, on a terminal of 60 columns without colour."""
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        out, err = capsys.readouterr()
        return code, out, err

    return call


def _write(name: str, text: str) -> None:
    Path(name).write_text(text, encoding="utf-8")


BAD = {
    "unknown command": (["evaluat"], "Did you mean 'evaluate'?"),
    "unknown option": (["evaluate", "--jsn", "good.toml"], "--jsn"),
    "no point": (["evaluate"], "Missing argument 'POINT.toml'; see takeoff evaluate --help"),
    "missing point": (["evaluate", "none.toml"], "none.toml: there is no such file"),
    "good point, then a bad one": (["evaluate", "good.toml", "bad.toml"], "bad.toml:2: margin is"),
    "the same as json": (["evaluate", "--json", "good.toml", "bad.toml"], "bad.toml:2: margin is"),
    "app without a posterior": (["app"], "make it with takeoff report"),
    "app on what is no posterior": (["app", "good.toml"], "not a posterior that can be read"),
    "app on a folder": (["app", "."], "is a folder; give the file of a posterior"),
    "app on a port too high": (["app", "--port", "70000"], "--port"),
    "no study": (["check"], "Missing argument 'STUDY'"),
    "unknown study": (["check", "fri_2022"], 'did you mean "fri_2023"?'),
    "questions of an unknown study": (["questions", "fri_2022"], 'did you mean "fri_2023"?'),
    "form of a study": (["questions", "authors", "--form", "f.csv"], "name no study with it"),
    "form not csv": (["questions", "--form", "form.xlsx"], "end it in .csv"),
    "fit of an unknown study": (["fit", "fri_2022"], 'did you mean "fri_2023"?'),
    "fit of a study twice": (["fit", "authors", "authors"], "is given twice"),
    "fit of an empty study": (["fit", "."], "there is no such file"),
    "unknown prior": (["fit", "--prior", "neutrl"], 'did you mean "neutral"?'),
    "no draws": (["fit", "--draws", "0"], "greater than or equal to 1"),
    "draws in words": (["report", "--draws", "many"], "--draws"),
    "form with too long a name": (["questions", "--form", "x" * 300 + ".csv"], "name too long"),
    "point with too long a name": (["evaluate", "x" * 300], "name too long"),
    "study with too long a name": (["check", "x" * 300], "name too long"),
    "posterior with too long a name": (["fit", "--out", "x" * 300], "name too long"),
    "report with too long a name": (["report", "--out", "x" * 300], "name too long"),
    "posterior into no folder": (["fit", "--out", "none/posterior.nc"], "there is no folder none"),
    "posterior over a folder": (["fit", "--out", "."], "is a folder; give the name of a file"),
    "report into a file": (["report", "--out", "good.toml"], "is a file, not a folder"),
    "comparison of nothing": (["compare", "none.nc"], "none.nc: there is no such file; make it"),
    "comparison of a folder": (["compare", "."], ". is a folder"),
    "comparison of a text": (["compare", "good.toml"], "good.toml: not a posterior that can be"),
    "unknown scenario": (
        ["compare", "--scenario", "one_projct"],
        "unknown scenario 'one_projct'; did you mean \"one_project\"?",
    ),
    "no scenario file": (["compare", "--scenario", "none.toml"], "none.toml: there is no such"),
    "a point for a scenario": (["compare", "--scenario", "good.toml"], "title is missing"),
    "comparison into a file": (["compare", "--out", "good.toml"], "is a file, not a folder"),
    "check of a bad scenario": (["check", "none.toml"], "none.toml: there is no such file"),
    "report below a file": (["report", "--out", "good.toml/x"], "is a file, not a folder"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_gets_one_line_and_code_2(name: str, run: Run) -> None:
    _write("good.toml", "[parameters]\nmargin = 1")
    _write("bad.toml", "[parameters]\nmargin = nan")
    arguments, message = BAD[name]
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("takeoff: ")
    assert err.count("\n") == 1
    assert message in err
    assert sorted(path.name for path in Path().iterdir()) == ["bad.toml", "good.toml"]


_SCENARIO = 'title = "A"\nmeaning = "B"\n'
BAD_SCENARIOS = {
    "unknown parameter": ("[scenario.shifts]\nrase = 1", "unknown parameter 'rase'; did you mean"),
    "efficacy above 1": (
        '[scenario]\ndelay = 1\n[chance]\nvalue = 1\nsource = "x"\n'
        '[efficacy]\nvalue = 1.5\nsource = "x"',
        "efficacy.value: 1.5 is outside [0, 1]; give a probability",
    ),
    "contradictory overrides": (
        'combines = ["pause_one_year", "pause_two_years"]',
        "delay is 1.0 in pause_one_year and is 2.0 in pause_two_years; combine only one",
    ),
    "fixed and shifted": (
        "[scenario.shifts]\nrace = 1\n[scenario.values]\nrace = 1",
        "race is both fixed and shifted; give one of the two",
    ),
}


@pytest.mark.parametrize("name", BAD_SCENARIOS)
def test_a_bad_scenario_gets_one_line_and_code_2(name: str, run: Run) -> None:
    text, message = BAD_SCENARIOS[name]
    _write("mine.toml", _SCENARIO + text)
    code, out, err = run("compare", "--scenario", "mine.toml", "--out", "out")
    assert (code, out) == (2, "")
    assert err.startswith("takeoff: mine.toml:")
    assert err.count("\n") == 1
    assert message in err
    assert not Path("out").exists()


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"]])
def test_alone_it_says_what_it_can_do(arguments: list[str], run: Run) -> None:
    code, out, err = run(*arguments)
    assert (code, err) == (0, "")
    for each in ("report", "fit", "evaluate", "compare", "check", "questions"):
        assert f"\n  {each} " in out
    assert out.count("    takeoff ") == 3
    assert max(map(len, out.splitlines())) <= 60


@pytest.mark.parametrize("command", ["report", "fit", "evaluate", "compare", "check", "questions"])
def test_help_fits_60_columns(command: str, run: Run) -> None:
    code, out, _ = run(command, "--help")
    assert code == 0
    assert max(map(len, out.splitlines())) <= 60


def test_help_imports_nothing_slow() -> None:
    script = (
        "import sys; from takeoff.analysis.cli import main; main(['--help']);"
        "slow = {'numpy', 'pandas', 'pydantic', 'pytensor', 'rich', 'scipy', 'xarray'};"
        "sys.exit(str(slow & set(sys.modules) or ''))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stderr.strip() == ""


def test_json_evaluated_again_is_the_same(run: Run) -> None:
    _write("rich.toml", RICH)
    _write("plain.toml", "")
    code, out, err = run("evaluate", "rich.toml", "plain.toml", "--json")
    assert (code, err) == (0, "")
    first = json.loads(out)
    assert [each["scenario"]["projects"] for each in first] == [3, 5]
    for index, each in enumerate(first):
        assert list(each) == ["scenario", "parameters", "outcomes"]
        assert list(each["parameters"]) == list(PARAMETER_NAMES)
        assert set(each["outcomes"]) <= set(OUTCOME_NAMES)
        _write(f"{index}.toml", _toml(each))
    code, out, _ = run("evaluate", "0.toml", "1.toml", "--json")
    assert code == 0
    assert json.loads(out) == first


RICH = """\
[scenario]
projects = 3
effort = [0.1, 0, -0.2]
[scenario.values]
security = 1
[scenario.shifts]
slip = -0.5
[parameters]
margin = 1
copied = 0.3
lethality = 1e-9
"""


def _toml(evaluated: Mapping[str, Mapping[str, Any]]) -> str:
    lines = []
    tables = {name: dict(evaluated[name]) for name in ("scenario", "parameters")}
    for policy in ("values", "shifts"):
        tables[f"scenario.{policy}"] = tables["scenario"].pop(policy, {})
    for name, table in tables.items():
        lines += [f"[{name}]", *(f"{key} = {each}" for key, each in table.items() if each != None)]  # noqa: E711
    return "\n".join(lines)


def test_a_table_shows_every_outcome_that_exists(run: Run) -> None:
    _write("point.toml", "[scenario]\nprojects = 1\n[parameters]\nlethality = 0\nmargin = 1.23456")
    code, out, _ = run("evaluate", "point.toml")
    assert code == 0
    shown = {line.split()[0]: line.split()[-1] for line in out.splitlines() if line[:2] == "  "}
    assert set(shown) == set(outcomes_in(Scenario(projects=1)))
    assert shown["extinction"] == "0"
    assert "margin 1.23," in out
    assert "\x1b" not in out
    assert max(len(line.rstrip()) for line in out.splitlines()) <= 60


def test_groups_hold_every_outcome_once() -> None:
    grouped = [name for names in OUTCOME_GROUPS.values() for name in names]
    assert sorted(grouped) == sorted(OUTCOME_NAMES)


def test_check_of_a_right_study_counts_what_is_in_it(run: Run) -> None:
    code, out, err = run("check", "authors")
    assert (code, err) == (0, "")
    assert "note: phrase: no reader was asked what 'relatively unlikely' means" in out
    assert "authors is right: 14 answers, 2 experts, 14 questions" in out


def test_check_lists_every_problem_with_its_place(run: Run) -> None:
    run("questions", "--form", "answers.csv")
    text = Path("answers.csv").read_text(encoding="utf-8").replace("\n,,", "\nAnn,,")
    lines = text.splitlines()
    lines[1] = lines[1].replace("probability,,,", "probability,,35,")
    lines[2] = lines[2].replace("second_", "secnd_")
    Path("answers.csv").write_text("\n".join(lines), encoding="utf-8")
    code, out, err = run("check", ".")
    assert code == 2
    assert "answers.csv:2: error: value: '35' is above 1, so perhaps a percentage; divide" in out
    assert "answers.csv:3: error: question: unknown question 'secnd_" in out
    assert err == "takeoff: . cannot be used yet; mend the 2 errors listed\n"


def test_questions_of_all_studies_fit_60_columns(run: Run) -> None:
    code, out, err = run("questions")
    assert (code, err) == (0, "")
    assert max(map(len, out.splitlines())) <= 62
    assert "\nfri_2023\n" in out
    assert "outcome: extinction_by_2100 given warning_shot\n" in out
    assert "outcome: efficacy if shared_practice happens\n" in out
    assert "answered by 22 experts\n" in out
    assert "reading: shift; fit: loose\n" in out


def test_questions_of_one_study(run: Run) -> None:
    _, out, _ = run("questions", "authors")
    assert out.startswith("authors\n")
    assert "fri_2023" not in out


def test_a_form_is_written_beside_its_study(run: Run) -> None:
    code, out, _ = run("questions", "--form", "form.csv")
    assert code == 0
    assert "written: form.csv\nwritten: form.html\nwritten: study.toml\n" in out
    code, out, _ = run("questions", "--form", "again.csv")
    assert code == 0
    assert "kept:    study.toml" in out


def test_an_interruption_is_said_in_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(point, "read_point", interrupt)
    assert run("evaluate", "x.toml") == (130, "", "takeoff: interrupted\n")


@pytest.mark.parametrize("command", [["questions"], ["--help"]])
def test_a_broken_pipe_is_no_news(command: list[str]) -> None:
    script = "import sys; from takeoff.analysis.cli import main; sys.exit(main(sys.argv[1:]))"
    with subprocess.Popen(
        [sys.executable, "-c", script, *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Stand-ins for what fits and reports, and what they were told."""
    told: dict[str, Any] = {"problems": []}

    def fit(studies: Sequence[str], **settings: object) -> SimpleNamespace:
        told["fit"] = (tuple(studies), settings)
        return SimpleNamespace(name="tree", attrs={"problems": json.dumps(told["problems"])})

    def save(tree: SimpleNamespace, path: Path) -> None:
        path.write_text(tree.name, encoding="utf-8")

    def write_report(tree: SimpleNamespace, folder: Path) -> None:
        (folder / "report.html").write_text(tree.name, encoding="utf-8")

    def answer_table(tree: SimpleNamespace) -> list[SimpleNamespace]:
        assert tree.name == "tree"
        numbers = {"median": 0.123, "lower": 1e-9, "upper": 0.4}
        before = {f"prior_{name}": 0.5 for name in numbers}
        return [SimpleNamespace(who="consensus", outcome="takeover", **numbers, **before)]

    functions: dict[str, dict[str, Callable[..., object]]] = {
        "fit": {"fit": fit},
        "posterior": {"save": save},
        "report": {"write_report": write_report},
        "summaries": {"answer_table": answer_table},
    }
    for name, inside in functions.items():
        module = ModuleType(f"takeoff.analysis.{name}")
        for key, function in inside.items():
            setattr(module, key, function)
        monkeypatch.setitem(sys.modules, module.__name__, module)
    return told


def test_fit_passes_its_settings_on_and_saves(run: Run, parts: dict[str, Any]) -> None:
    code, out, err = run("fit", "authors", "--seed", "7", "--draws", "5", "--out", "p.nc")
    assert (code, out, err) == (0, "posterior: p.nc\n", "")
    studies, settings = parts["fit"]
    assert studies == ("authors",)
    assert settings["seed"] == 7
    assert settings["draws"] == 5
    assert set(settings) == {"prior", "seed", "draws", "tune", "chains", "progress"}
    assert Path("p.nc").read_text(encoding="utf-8") == "tree"


def test_report_shows_the_answer_and_where_it_is(run: Run, parts: dict[str, Any]) -> None:
    code, out, err = run("report", "--out", "new/folder")
    assert (code, err) == (0, "")
    assert parts["fit"][0] == ("fri_2023", "authors")
    assert "takeover" in out.splitlines()[1]
    assert "  consensus  0.12 (1e-9 to 0.4)  0.5 (0.5 to 0.5)" in out
    assert f"report:    {Path('new/folder/report.html')}" in out
    assert Path("new/folder/posterior.nc").is_file()


def test_a_fit_that_has_not_converged_says_so_after_writing(
    run: Run, parts: dict[str, Any]
) -> None:
    parts["problems"] = ["3 divergences", "R-hat of takeover is 1.2"]
    code, _, err = run("report")
    assert code == 1
    assert err == "takeoff: 3 divergences\ntakeoff: R-hat of takeover is 1.2\n"
    assert Path("takeoff-report/report.html").is_file()


def test_the_shell_completes_the_name_of_a_command() -> None:
    words = {"_TAKEOFF_COMPLETE": "complete_bash", "COMP_WORDS": "takeoff re", "COMP_CWORD": "1"}
    script = "from takeoff.analysis.cli import main; main([])"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=os.environ | words
    )
    assert done.stdout.split() == ["report"]
