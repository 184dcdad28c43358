"""A small study that is right, to be broken one way at a time."""

from collections.abc import Callable
from pathlib import Path

import pytest

STUDY = """\
title = "A small study"
source = "Made for this test"
licence = "CC0-1.0"
date = "2026-01"
about = \"\"\"
Two camps. The next line only looks like a table.
[questions.shot]
\"\"\"

[camps]
hopeful = 0.25
worried = 0.75

[questions.risk]
text = "Extinction by 2100?"
outcome = "extinction_by_2100"
fit = "close"
mapping = "The same event."

[questions.shot]
text = "A warning shot by 2030?"
outcome = "warning_shot"
reading = "relative"
fit = "loose"
mapping = "It resolves sooner."

[questions.risk_if_shot]
text = "Extinction by 2100, given a warning shot by 2030?"
outcome = "extinction_by_2100"
given = "warning_shot"
event = "shot"
reading = "shift"
fit = "loose"
scenario = { projects = 3 }
mapping = "The step from risk."
"""

ANSWERS = """\
expert,camp,question,kind,value,baseline
Ann,worried,risk,probability,0.3,
Ann,worried,shot,probability,0.2,
Ann,worried,risk_if_shot,probability,0.4,0.3
Bob,hopeful,risk,probability,0.01,
Bob,hopeful,risk,probability,0.02,
Bob,hopeful,risk_if_shot,probability,0.03,0.02
"""


@pytest.fixture
def write_study(tmp_path: Path) -> Callable[..., Path]:
    """Write a study into a folder of its own."""

    def write(
        toml: str | bytes = STUDY, answers: str | bytes = ANSWERS, name: str = "small"
    ) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        for file, content in (("study.toml", toml), ("answers.csv", answers)):
            text = content.encode() if isinstance(content, str) else content
            (folder / file).write_bytes(text)
        return folder

    return write


@pytest.fixture(scope="session")
def study_toml() -> str:
    return STUDY


@pytest.fixture(scope="session")
def answers_csv() -> str:
    return ANSWERS
