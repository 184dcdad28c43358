"""A refit in the background: another process, whose cloud holds the answers."""

import time
from pathlib import Path

import pytest

from takeoff.analysis.app.answers import Given, Said
from takeoff.analysis.app.cloud import HEARD, Cloud
from takeoff.analysis.app.export import study_files
from takeoff.analysis.app.live import Live
from takeoff.analysis.app.refits import Job, Refits
from takeoff.data import join, load_study

QUESTION = "first_aligned_with_5"


def job(numbers: dict[str, dict[str, float]], studies: tuple[str, ...] = ("authors",)) -> Job:
    given = {
        name: Given(given="", at="", round=1, tab="", numbers=each, answered=1)
        for name, each in numbers.items()
    }
    files = study_files({HEARD: [(1, Said("now", "", given))]}, {}, "Asked in a test.")
    return Job(studies, "neutral", {}, 1, files, numbers, draws=60)


def outcome(job_: Job, seconds: float = 600) -> tuple[list[Cloud], str]:
    """Refit, and give the cloud or why there is none."""
    found: list[Cloud] = []
    refits = Refits(lambda _, cloud: found.append(cloud))
    refits.want(1, job_)
    end = time.monotonic() + seconds
    while time.monotonic() < end and not found and not refits.status(1).failed:
        time.sleep(0.2)
    failed = refits.status(1).failed
    refits.stop()
    return found, failed


@pytest.mark.slow
def test_a_refit_moves_the_own_worldview_to_the_answers_and_needs_no_weights() -> None:
    heard = {QUESTION: {"p": 0.97}, "takeover_with_5": {"p": 0.02}}
    asked = job(heard)
    (cloud,), failed = outcome(asked)
    assert failed == ""
    live = Live(cloud)
    view = live.view(heard, live)
    assert view.refitted
    assert view.exact
    assert view.is_reliable
    assert set(cloud.fit) == {"rhat", "ess", "divergences"}
    assert cloud.data.sizes["draw"] == 120
    belief = cloud.data["belief"].sel(question=QUESTION)
    # 0.97 is 3.5 in log-odds, 0.02 is −3.9; noise of an answer is about 0.3.
    assert float(belief.median()) == pytest.approx(3.5, abs=1.0)
    takeover = cloud.data["belief"].sel(question="takeover_with_5")
    assert float(takeover.median()) == pytest.approx(-3.9, abs=1.0)
    panel = join([load_study(each) for each in asked.studies]).answers["expert"]
    assert list(cloud.data["expert"].values) == list(panel.values)  # the further is not of them


def test_a_refit_that_cannot_be_says_why() -> None:
    found, failed = outcome(job({QUESTION: {"p": 0.5}}, ("no_such_study",)))
    assert found == []
    assert "no_such_study" in failed


def test_what_is_given_up_leaves_nothing_behind(tmp_path: Path) -> None:
    refits = Refits(lambda _, __: None)
    refits.want(1, job({QUESTION: {"p": 0.5}}))
    time.sleep(0.5)
    refits.forget(1)
    refits.stop()
    assert not refits.status(1).waiting
