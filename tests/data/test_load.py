"""Studies load whole, or say in one line why not."""

import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from takeoff.data.check import check_study
from takeoff.data.load import load_study
from takeoff.data.shipped import shipped_studies, study_folder
from takeoff.models.errors import InputError

WriteStudy = Callable[..., Path]

HEADER = "expert,camp,question,kind,value,baseline"


def test_study_is_loaded_whole(write_study: WriteStudy) -> None:
    study = load_study(write_study())
    assert (study.name, study.title, study.date) == ("small", "A small study", "2026-01")
    assert dict(study.camp_weights) == {"hopeful": 0.25, "worried": 0.75}
    assert list(study.questions) == ["risk", "shot", "risk_if_shot"]
    shift = study.questions["risk_if_shot"]
    assert (shift.given, shift.reading, shift.scenario.projects) == ("warning_shot", "shift", 3)
    assert study.answers["line"].tolist() == [2, 3, 4, 5, 6, 7]
    assert study.answers["value"].tolist() == [0.3, 0.2, 0.4, 0.01, 0.02, 0.03]
    np.testing.assert_equal(
        study.answers["baseline"].to_numpy(), [np.nan, np.nan, 0.3, np.nan, np.nan, 0.02]
    )


def test_notes_are_kept_with_their_answers(write_study: WriteStudy) -> None:
    answers = f'{HEADER},note\nAnn,,risk,probability,1e-08,,"page 3, note 2"\n'
    study = load_study(write_study(answers=answers))
    assert study.answers["note"].tolist() == ["page 3, note 2"]
    assert study.answers["value"].tolist() == [1e-8]


def test_dates_may_be_toml_dates(write_study: WriteStudy, study_toml: str) -> None:
    study = load_study(write_study(toml=study_toml.replace('"2026-01"', "2026-01-15")))
    assert study.date == "2026-01-15"


def test_relative_folder_keeps_its_name(
    write_study: WriteStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(write_study())
    assert load_study(".").name == "small"


def test_name_that_ships_comes_before_a_folder_of_that_name(
    write_study: WriteStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(write_study(name="authors").parent)
    assert load_study("authors").title != "A small study"
    assert load_study(Path("authors")).title == "A small study"
    assert load_study("./authors").title == "A small study"


def test_unknown_study_offers_the_nearest() -> None:
    with pytest.raises(InputError, match=r'unknown study \'author\'; did you mean "authors"\?'):
        load_study("author")
    with pytest.raises(
        InputError, match=f"shipped are {', '.join(shipped_studies())}; or give a folder"
    ):
        study_folder("/nowhere")


WORDS = ["Ann", "Bob", "worried", "hopeful", "risk", "shot", "risk_if_shot", "probability"]
ODD = ["", "0.5", "0", "1", "-0", "50", "1e-400", "1e400", "nan", "a\nb", '"', "\r", "\x00", "٣"]
cells = st.sampled_from([*WORDS, *ODD]) | st.text(max_size=5)
tables = st.lists(st.lists(cells, max_size=8).map(",".join), max_size=8).map("\n".join)


@settings(deadline=None)
@given(tables.map(f"{HEADER}\n".__add__) | tables | st.binary(max_size=60))
@example(f"{HEADER}\nAnn,worried,risk,probability,{'9' * 200_000},\n")
def test_no_answers_whatever_raise_anything_but_an_input_error(
    study_toml: str, content: str | bytes
) -> None:
    answers = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
    _loads_or_is_refused(study_toml.encode(), answers)


LINES = """\
[camps]
[questions]
[questions.risk]
[questions.'a b']
[[questions]]
'''
risk = 1
camps = 1
title = "x"
date = 2026-01-01
date = 10:00:00
text = "x"
outcome = "takeover"
mapping = "x"
scenario = { projects = 9 }
scenario = { values = { margin = 1e400 } }
fit = []
event = 3
given = {}
""".splitlines()
lines = st.sampled_from(LINES) | st.text(max_size=8)


@settings(deadline=None)
@given(st.lists(lines, max_size=12).map("\n".join))
def test_no_study_file_whatever_raises_anything_but_an_input_error(
    answers_csv: str, content: str
) -> None:
    _loads_or_is_refused(content.encode("utf-8", "surrogatepass"), answers_csv.encode())


def _loads_or_is_refused(toml: bytes, answers: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "study.toml").write_bytes(toml)
        (folder / "answers.csv").write_bytes(answers)
        errors = [each for each in check_study(folder) if each.severity == "error"]
        assert all(each.message and each.mend for each in errors)
        if errors:
            with pytest.raises(InputError) as raised:
                load_study(folder)
            assert len(str(raised.value).splitlines()) == 1
        else:
            assert len(load_study(folder).answers) > 0


def test_importing_the_package_is_cheap() -> None:
    code = (
        "import sys, takeoff.data; "
        "print({'pandas', 'pydantic', 'xarray'} & set(sys.modules) or 'cheap')"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "cheap"
