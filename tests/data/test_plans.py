"""Scenario files: those that ship are right, and every problem in one is found at its place."""

from pathlib import Path
from typing import NamedTuple

import pytest

from takeoff.data import BASELINE, check_plan, load_plan, load_plans, shipped_scenarios
from takeoff.models.errors import InputError
from takeoff.models.scenario import Scenario

HEAD = 'title = "A"\nmeaning = "B"\n'
RIGHT = f"""{HEAD}
[scenario]
delay = 2.0
[scenario.shifts]
race = -0.5
[scenario.values]
lethality = 0.5

[chance]
value = 0.1
source = "a guess"

[efficacy]
value = 0.75
source = "another"
asked_as = "compelling_evidence"
"""


class Case(NamedTuple):
    """A file, and the one problem in it."""

    name: str
    text: str
    line: int | None
    column: str | None
    message: str
    mend: str


CASES = [
    Case("no title", RIGHT.replace('title = "A"\n', ""), 1, "title", "missing", "add title"),
    Case("empty meaning", RIGHT.replace('"B"', '" "'), 2, "meaning", "nothing", "fill it in"),
    Case("unknown input", RIGHT.replace("delay", "dely"), 5, "scenario.dely",
         "unknown scenario input 'dely'", 'did you mean "delay"?'),
    Case("unknown parameter", RIGHT.replace("race", "rase"), 7, "scenario.shifts.rase",
         "unknown parameter 'rase'", 'did you mean "race"?'),
    Case("value out of range", RIGHT.replace("lethality = 0.5", "lethality = 2"), 9,
         "scenario.values.lethality", "lethality is 2", "between 0 and 1"),
    Case("not a number", RIGHT.replace("= -0.5", '= "less"'), 7, "scenario.shifts.race",
         "race is 'less'", "finite number"),
    Case("too many projects", f"{HEAD}[scenario]\nprojects = 9", 4, "scenario.projects",
         "projects is 9", "from 1 to 8"),
    Case("more holdouts than projects", f"{HEAD}[scenario]\nprojects = 2\nholdouts = 3", 5,
         "scenario.holdouts", "holdouts is 3", "from 0 to 2"),
    Case("fixed and shifted", RIGHT.replace("lethality", "race"), 7, "scenario.shifts.race",
         "both fixed and shifted", "give one"),
    Case("efficacy above 1", RIGHT.replace("0.75", "1.5"), 16, "efficacy.value",
         "1.5 is outside [0, 1]", "give a probability"),
    Case("efficacy below 0", RIGHT.replace("0.75", "-0.1"), 16, "efficacy.value",
         "outside [0, 1]", "give a probability"),
    Case("efficacy not a number", RIGHT.replace("0.75", "nan"), 16, "efficacy.value",
         "outside [0, 1]", "give a probability"),
    Case("efficacy in words", RIGHT.replace("0.75", '"high"'), 16, "efficacy.value",
         "'high' is not a number", "between 0 and 1"),
    Case("chance above 1", RIGHT.replace("0.1", "10"), 12, "chance.value", "10 is outside", "give"),
    Case("chance without source", RIGHT.replace('source = "a guess"\n', ""), 11, "chance.source",
         "missing", "add source"),
    Case("chance alone", RIGHT[: RIGHT.index("[efficacy]")], None, None,
         "[efficacy] is missing", "give both"),
    Case("unknown key", RIGHT.replace("asked_as", "askd_as"), 18, "efficacy.askd_as",
         "unknown key 'askd_as'", 'did you mean "asked_as"?'),
    Case("nothing at all", HEAD, None, None, "neither [scenario] nor combines", "one of the three"),
    Case("two things", f'{HEAD}combines = ["one_project", "compelling_evidence"]\n[scenario]', None,
         None, "the file has [scenario] and combines", "one of the three"),
    Case("a likely combination",
         f'{HEAD}combines = ["one_project", "compelling_evidence"]\n[chance]\nvalue = 1\n'
         'source = "x"', None, None, "stand beside combines", "have their own"),
    Case("unknown scenario", f'{HEAD}combines = ["one_projct", "hardened_security"]', 3,
         "combines", "unknown scenario 'one_projct'", 'did you mean "one_project"?'),
    Case("a combination of one", f'{HEAD}combines = ["one_project"]', 3, "combines",
         "fewer than two", "list those"),
    Case("listed twice", f'{HEAD}combines = ["one_project", "one_project"]', 3, "combines",
         "listed twice", "once"),
    Case("a list in a list", f'{HEAD}combines = ["one_project", "inspection_and_security"]', 3,
         "combines", "lists scenarios itself", "what is in it"),
    Case("contradiction", f'{HEAD}combines = ["pause_one_year", "pause_two_years"]', 3, "combines",
         "delay is 1.0 in pause_one_year and is 2.0 in pause_two_years", "only one of the two"),
    Case("weights", f"{HEAD}[mixture]\none_project = 0.5\ntwo_projects = 0.6", 3, "mixture",
         "add up to 1.1", "make 1"),
    Case("unknown in a mixture", f"{HEAD}[mixture]\none_project = 0.5\ntw_projects = 0.5", 5,
         "mixture.tw_projects", "unknown scenario", 'did you mean "two_projects"?'),
    Case("empty mixture", f"{HEAD}[mixture]", 3, "mixture", "is empty", "a weight"),
    Case("not TOML", f"{HEAD}[scenario", 3, None, "not TOML", "mend the syntax"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.name))
def test_a_problem_is_found_at_its_place_with_its_mend(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(case.text, encoding="utf-8")
    (problem,) = check_plan(path)
    assert (problem.line, problem.column) == (case.line, case.column)
    assert case.message in problem.message
    assert case.mend in problem.mend
    with pytest.raises(InputError) as raised:
        load_plan(str(path))
    assert str(raised.value) == str(problem)


def test_every_fault_of_a_file_is_listed(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(RIGHT.replace("delay", "dely").replace("0.75", "7").replace("race", "rase"))
    assert [problem.line for problem in check_plan(path)] == [5, 7, 16]
    with pytest.raises(InputError, match="and 2 more: takeoff check"):
        load_plan(str(path))


@pytest.mark.parametrize("name", shipped_scenarios())
def test_what_ships_is_right_and_says_where_its_numbers_come_from(name: str) -> None:
    plan = load_plan(name)
    assert plan.name == name
    for change in plan.changes:
        for likelihood in (change.chance, change.efficacy):
            assert likelihood is None or likelihood.source.startswith(
                ("declared", "Scher", "FRI 2023")
            )


def test_the_baseline_is_the_default_scenario() -> None:
    (branch,) = load_plan(BASELINE).if_it_works()
    assert branch.scenario == Scenario()


def test_each_number_of_projects_ships() -> None:
    counts = {load_plan(name).if_it_works()[0].scenario.projects for name in shipped_scenarios()}
    assert counts == set(range(1, 9))


def test_a_copy_works_as_what_it_was_copied_from(tmp_path: Path) -> None:
    source = Path(__file__).parents[2] / "data" / "scenarios" / "compelling_evidence.toml"
    (tmp_path / "mine.toml").write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "both.toml").write_text(
        f'{HEAD}combines = ["mine.toml", "hardened_security"]', encoding="utf-8"
    )
    mine = load_plan(str(tmp_path / "mine.toml"))
    assert mine.if_it_works() == load_plan("compelling_evidence").if_it_works()
    both = load_plan(str(tmp_path / "both.toml"))
    assert [change.name for change in both.changes] == ["mine", "hardened_security"]


def test_numbers_of_projects_come_first_after_the_baseline() -> None:
    names = [plan.name for plan in load_plans([])]
    assert names[:4] == [BASELINE, "one_project", "two_projects", "three_projects"]
    assert sorted(names) == list(shipped_scenarios())


def test_a_scenario_named_twice_is_compared_once() -> None:
    plans = load_plans(["hardened_security", BASELINE, "hardened_security"])
    assert [plan.name for plan in plans] == [BASELINE, "hardened_security"]


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / f"{BASELINE}.toml").write_text(RIGHT, encoding="utf-8")
    with pytest.raises(InputError, match="two scenarios are called 'five_projects'; rename one"):
        load_plans([str(tmp_path / f"{BASELINE}.toml")])
