"""The script that made the FRI study, on a small sample of its raw file."""

import csv
import io
from pathlib import Path

import pytest

from takeoff.data import make_fri_2023

RAW = '''\
"person","Camp","ID","PU","Pc","PUc"
"Eve","Skeptical","Cyberattacks",0.03,0.15,0.03
"Eve","Skeptical","Politicization",0.05,0.6,0.05
"Eve","Skeptical","Warning shot",0.03,1e-04,0.2
"Wesley","Concerned","Power-seeking",0.25,NA,NA
"Wesley","Concerned","Alignment solution",0.25,0.01,0.002
'''  # fmt: skip

ANSWERS = """\
expert,camp,question,kind,value,baseline
Wesley,Concerned,extinction,probability,0.25,
Wesley,Concerned,power_seeking,probability,,
Wesley,Concerned,extinction_if_power_seeking,probability,,0.25
Wesley,Concerned,extinction_if_alignment_solution,probability,0.002,0.25
Eve,Skeptical,extinction,probability,0.03,
Eve,Skeptical,extinction,probability,0.05,
Eve,Skeptical,warning_shot,probability,1e-04,
Eve,Skeptical,extinction_if_warning_shot,probability,0.2,0.03
"""


def test_script_writes_each_judgment_once_as_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw, out = tmp_path / "FORECASTS.csv", tmp_path / "answers.csv"
    raw.write_text(RAW)
    monkeypatch.setattr("sys.argv", ["make_fri_2023", str(raw), "--out", str(out)])
    make_fri_2023.main()
    assert out.read_text() == ANSWERS


def test_every_row_of_an_event_in_use_is_kept() -> None:
    rows = make_fri_2023.answers(csv.DictReader(io.StringIO(RAW)))
    assert len(rows) == len(set(rows)) == ANSWERS.count("\n") - 1
