"""Points: what is read from files, what is refused, and what is computed."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from takeoff.analysis.point import Point, evaluate_points, read_point
from takeoff.models.errors import InputError
from takeoff.models.outcomes import OUTCOME_NAMES
from takeoff.models.parameters import PARAMETER_NAMES, SHARES, parameter
from takeoff.models.scenario import SCENARIO_INPUTS, Scenario

HUGE = "0x" + "f" * 5000  # Python reads it, and refuses to print it

FAULTS = {
    "bad syntax": ("[scenario]\n\nprojects 3", ":3: not TOML: Expected '=' after a key"),
    "end of file": ("[scenario]\na = '''", ":2: not TOML: Expected"),
    "number too long": (f"a = {'9' * 5000}", "not TOML: Exceeds the limit"),
    "nested too deeply": ("a = " + "[" * 100_000, "not TOML"),
    "key given twice": ("[parameters]\nslip = 0.1\nslip = 0.2", ":3: not TOML: Cannot overwrite"),
    "unknown table": ("\n[paramters]", ":2: unknown table 'paramters'; did you mean"),
    "unknown table, far": ("x = 1", ":1: unknown table 'x'; known are [scenario] and [parameters]"),
    "parameter alone": ("slip = 0.1", ":1: slip stands alone; put it under [parameters]"),
    "input alone": ("draws = 1", ":1: draws stands alone; put it under [scenario]"),
    "not a table": ("scenario = 3", ":1: scenario is not a table"),
    "table given as list": ("[[parameters]]", ":1: parameters is not a table"),
    "unknown parameter": (
        "[parameters]\n# here\nmargn = 0",
        ":3: unknown parameter 'margn'; did you mean \"margin\"?",
    ),
    "input among parameters": ("[parameters]\ndraws = 1", ":2: draws is a scenario input"),
    "text": ("[parameters]\nmargin = '1'", ":2: margin is '1'; it must be a finite number"),
    "bool": ("[parameters]\nmargin = true", ":2: margin is True; it must be a finite number"),
    "date": ("[parameters]\nmargin = 2026-01-01", ":2: margin is datetime.date"),
    "nan": ("[parameters]\nmargin = nan", ":2: margin is nan; it must be a finite number"),
    "inf": ("[parameters]\nmargin = -inf", ":2: margin is infinite; it must be a finite number"),
    "too large": ("[parameters]\nmargin = 1e13", ":2: margin is beyond 1e+12"),
    "too large to print": (f"[parameters]\nmargin = {HUGE}", ":2: margin is beyond 1e+12"),
    "list too large to print": (f"[parameters]\nmargin = [{HUGE}]", "is too long to show"),
    "above one": ("[parameters]\nslip = 1.1", ":2: slip is 1.1; it must be between 0 and 1"),
    "below zero": ("[parameters]\nslip = -1e-9", ":2: slip is -1e-09; it must be between"),
    "negative": ("[parameters]\nspeed = -1", ":2: speed is -1; it must not be negative"),
    "no arrival": ("[parameters]\narrival_median = 0", "arrival_median is 0; it must be above 0"),
    "sure arrival": (
        "[parameters]\narrival_spread = 0.0",
        "arrival_spread is 0.0; it must be above",
    ),
    "policy without spread": (
        "[scenario]\n[scenario.values]\narrival_spread = 0",
        ":3: arrival_spread is 0; it must be above 0",
    ),
    "two shares": (
        "[parameters]\ncopied = 0.7\nindependent = 0.7",
        ":3: the shares copied, independent add up to 1.4; they must not exceed 1",
    ),
    "three shares": (
        "[parameters]\ncopied = 0.2\nreplicated = 0.2\nindependent = 0.2",
        ":4: the shares copied, replicated, independent add up to 0.6; they must make 1",
    ),
    "share above one": ("[parameters]\ncopied = 2", ":2: copied is 2; it must be between 0 and 1"),
    "no project": ("[scenario]\nprojects = 0", ":2: projects is 0; it must be a whole number"),
    "nine projects": ("[scenario]\nprojects = 9", ":2: projects is 9; it must be a whole number"),
    "half a project": ("[scenario]\nprojects = 2.5", ":2: projects is 2.5"),
    "effort of wrong length": (
        "[scenario]\nprojects = 3\neffort = [1, 2]",
        ":3: effort has 2 numbers for 3 projects",
    ),
    "effort is a number": ("[scenario]\neffort = 1", ":2: effort must be a list of numbers"),
    "effort of text": ("[scenario]\nprojects = 1\neffort = ['a']", ":3: effort is 'a'"),
    "too many holdouts": ("[scenario]\nholdouts = 6", ":2: holdouts is 6"),
    "unknown input": (
        "[scenario]\nproject = 3",
        ":2: unknown scenario input 'project'; did you mean \"projects\"?",
    ),
    "unknown parameter in a policy": (
        "[scenario]\nshifts = { margn = 1 }",
        "unknown parameter 'margn'; did you mean \"margin\"?",
    ),
    "policy is a number": ("[scenario]\nvalues = 1", ":2: values must be a table"),
    "fixed and shifted": (
        "[scenario.values]\nslip = 0.1\n[scenario.shifts]\nslip = 1",
        ":4: slip is both fixed and shifted",
    ),
    "input too large to print": (f"[scenario]\ndraws = {HUGE}", "draws is too large"),
}


@pytest.fixture
def write(tmp_path: Path) -> Path:
    return tmp_path / "point.toml"


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_said_on_one_line_with_its_place(name: str, write: Path) -> None:
    text, message = FAULTS[name]
    write.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_point(write)
    assert str(error.value).startswith(str(write))
    assert message in str(error.value)
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 600


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, write: Path) -> None:
    with pytest.raises(InputError, match="there is no such file"):
        read_point(write)
    with pytest.raises(InputError, match="cannot be read"):
        read_point(tmp_path)
    write.write_bytes(b"[parameters]\n# \xff")
    with pytest.raises(InputError, match=r"point\.toml:2: not UTF-8: byte 0xff"):
        read_point(write)


def test_an_empty_file_is_the_default_world(write: Path) -> None:
    write.write_text("", encoding="utf-8")
    assert read_point(write) == Point(str(write), Scenario(), {})


def test_what_is_left_out_is_completed() -> None:
    points = [
        Point("none", Scenario(), {}),
        Point("one", Scenario(), {"copied": 0.4}),
        Point("two", Scenario(), {"copied": 0.4, "independent": 0.6}),
        Point("kin", Scenario(), {"coordination_kin": 0.0}),
    ]
    none, one, two, kin = (each.parameters for each in evaluate_points(points))
    assert list(none) == list(PARAMETER_NAMES)
    assert none["margin"] == 0
    assert [none[name] for name in SHARES] == pytest.approx([1 / 3] * 3)
    assert [one[name] for name in SHARES] == pytest.approx([0.4, 0.3, 0.3])
    assert [two[name] for name in SHARES] == pytest.approx([0.4, 0.0, 0.6])
    assert kin["coordination_strangers"] == 0


def test_shares_that_exceed_one_by_rounding_leave_nothing(write: Path) -> None:
    write.write_text("[parameters]\ncopied = 0.7\nreplicated = 0.3000000001", encoding="utf-8")
    assert read_point(write).parameters["independent"] == 0


def test_points_come_back_in_order_and_each_as_if_alone() -> None:
    scenarios = (Scenario(projects=2), Scenario(projects=3), Scenario(projects=2))
    points = [
        Point(str(slip), scenario, {"slip": slip})
        for slip, scenario in zip((0.1, 0.2, 0.3), scenarios, strict=True)
    ]
    together = evaluate_points(points)
    assert [each.point for each in together] == points
    assert together == [evaluate_points([point])[0] for point in points]


def test_outcomes_that_do_not_exist_are_absent() -> None:
    alone, silent = evaluate_points(
        [
            Point("alone", Scenario(projects=1), {}),
            Point("silent", Scenario(projects=2), {"slip": 0.0}),
        ]
    )
    assert "one_good_apple" not in alone.outcomes
    assert "takeover_given_all_misaligned" in alone.outcomes
    assert silent.outcomes["warning_shot"] == 0
    assert set(silent.outcomes) == set(OUTCOME_NAMES) - {"takeover_given_warning"}


def test_numbers_too_extreme_to_compute_with_are_refused() -> None:
    point = Point("p.toml", Scenario(projects=2), {"margin": 1e12, "race": 1e12})
    with pytest.raises(InputError, match=r"p\.toml: \w+ cannot be computed"):
        evaluate_points([point])


SCALARS = (
    st.integers()
    | st.floats()
    | st.booleans()
    | st.sampled_from([0, 1, 0.5, 1e-9, -1, 3, 9, 1e12])
    | st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="'"), max_size=5)
)
NAMES = st.sampled_from((*PARAMETER_NAMES, *SCENARIO_INPUTS, "x", '"two words"', "a.b"))


def _read(path: Path) -> Point | str:
    """Read a point, or give the line that says why it cannot be read."""
    try:
        return read_point(path)
    except InputError as error:
        return str(error)


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return f"'{value}'" if isinstance(value, str) else repr(value)


TABLES = st.sampled_from(
    ["[scenario]", "[parameters]", "[scenario.values]", "[scenario.shifts]", "[[x]]", "[a.b]", ""]
)
LINES = st.one_of(
    TABLES,
    st.builds(lambda name, value: f"{name} = {_toml(value)}", NAMES, SCALARS),
    st.builds(lambda name, value: f"{name} = {_toml(value)}", NAMES, st.lists(SCALARS, max_size=3)),
    st.text(max_size=10),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(lines=st.lists(LINES, max_size=8))
def test_any_file_is_read_or_refused(lines: list[str], write: Path) -> None:
    write.write_bytes("\n".join(lines).encode("utf-8", "surrogatepass"))
    point = _read(write)
    if isinstance(point, str):
        assert point.startswith(str(write))
    else:
        assert set(point.parameters) <= set(PARAMETER_NAMES)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    scenario=st.dictionaries(st.sampled_from(SCENARIO_INPUTS), SCALARS, max_size=2),
    parameters=st.dictionaries(st.sampled_from(PARAMETER_NAMES), SCALARS, max_size=4),
)
def test_a_file_with_known_names_is_read_or_refused(
    scenario: dict[str, object], parameters: dict[str, object], write: Path
) -> None:
    lines = ["[scenario]", *(f"{name} = {_toml(value)}" for name, value in scenario.items())]
    lines += ["[parameters]", *(f"{name} = {_toml(value)}" for name, value in parameters.items())]
    write.write_text("\n".join(lines), encoding="utf-8")
    point = _read(write)
    if isinstance(point, str):
        assert "not TOML" not in point
        return
    assert point.parameters.keys() >= parameters.keys()
    for name, value in point.parameters.items():
        if parameter(name).support in ("unit", "share"):
            assert 0 <= value <= 1
