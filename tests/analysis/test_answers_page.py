"""The report shows pools beside the model, scores of answers left out, and checks."""

import numpy as np
import pytest
import xarray as xr

from takeoff.analysis.leaving_out.names import MODEL, TESTS
from takeoff.analysis.leaving_out.sentences import about_left_out, about_reliability
from takeoff.analysis.predictive_checks import PEOPLE, STATISTICS
from takeoff.analysis.report import render_report
from tests.analysis.synthetic import synthetic_tree

POOLS = ["linear pool", "median", "mean log-odds", "extremised"]


def baselines(experts: int = 6) -> xr.Dataset:
    camps = ["Concerned", "Skeptical"]
    return xr.Dataset(
        {
            "pooled": (("question", "whose", "pool"), np.full((1, 3, 4), 0.1234)),
            "experts": (("question", "whose"), [[experts, 3, 3]]),
            "model": (("question", "view", "level"), np.full((1, 4, 3), [0.01, 0.0567, 0.2])),
            "outcome": ("question", ["extinction_by_2100"]),
            "projects": ("question", [5]),
        },
        coords={
            "question": ["extinction"],
            "whose": ["panel", *camps],
            "pool": POOLS,
            "view": [*camps, "consensus", "population"],
            "level": [0.05, 0.5, 0.95],
        },
    )


def scores(advantage: float, shape: float = 0.2) -> xr.Dataset:
    """Give a model whose log score beats a pool's by so much on each of eight people's answers."""
    random = np.random.default_rng(1)
    noise = random.normal(0, 0.1, 8)
    log_score = np.array([np.full(8, -3.0), -3.0 - advantage + noise - noise.mean()])
    dims = ("test", "forecaster", "answer")
    return xr.Dataset(
        {
            "log_score": (dims, np.stack([log_score] * 2)),
            "brier": (dims, np.full((2, 2, 8), 0.2)),
            "shape": (("test", "answer"), np.full((2, 8), [shape, *[0.1] * 7])),
        },
        coords={
            "test": list(TESTS),
            "forecaster": [MODEL, "median, rest of the camp"],
            "answer": np.arange(8),
            "expert_name": ("answer", list("abcdefgh")),
        },
    )


def checks() -> xr.Dataset:
    areas = np.full((2, 3, 4), 0.5)
    areas[0, 1, 2] = 0.999
    return xr.Dataset(
        {
            "observed": (("part", "statistic"), np.full((3, 4), 0.3)),
            "repeated": (
                ("people", "part", "statistic", "level"),
                np.full((2, 3, 4, 3), [0.1, 0.2, 0.4]),
            ),
            "tail_area": (("people", "part", "statistic"), areas),
            "answers": ("part", [6, 3, 3]),
        },
        coords={
            "people": list(PEOPLE),
            "part": ["all answers", "extinction", "<script>Ann"],
            "by": ("part", ["panel", "question", "expert"]),
            "statistic": list(STATISTICS),
            "level": [0.05, 0.5, 0.95],
        },
    )


@pytest.fixture(scope="module")
def html() -> str:
    tree = synthetic_tree()
    groups = {"baselines": baselines(), "left_out": scores(0.7, shape=0.9), "checks": checks()}
    for name, group in groups.items():
        tree[name] = xr.DataTree(group)
    return render_report(tree)


def test_pools_stand_beside_the_model(html: str) -> None:
    section = html.split('<section id="baselines">')[1].split("</section>")[0]
    assert section.count("12%") == 3 * 4 + 4  # in the table, and in the sentence
    assert section.count("5.7%") == 4 + 1
    assert "mean scores of 8 answers" in section


def test_checks_name_what_fails_and_names_cannot_write_into_the_page(html: str) -> None:
    section = html.split('<section id="checks">')[1].split("</section>")[0]
    assert "Mean: 1 of 3 checks fail (extinction)." in section
    assert "<b>1.00</b>" in section
    assert "<script>Ann" not in html
    assert "&lt;script&gt;Ann" in section


def test_without_these_groups_the_report_leaves_the_sections_out() -> None:
    html = render_report(synthetic_tree())
    assert 'id="baselines"' not in html
    assert 'id="checks"' not in html


@pytest.mark.parametrize(
    ("advantage", "words"),
    [
        (0.6931471805599453, "the model gives what was then answered 2.0 times"),
        (-0.6931471805599453, "on these answers the pool is better"),
        (0.0, "about equally well"),
    ],
)
def test_the_better_forecaster_is_named_only_where_it_is_clear(
    advantage: float, words: str
) -> None:
    for sentence in about_left_out(scores(advantage)):
        assert words in sentence


def test_forecasts_that_cannot_be_relied_on_are_counted_and_named() -> None:
    by_answer, by_expert = about_reliability(scores(0.7, shape=0.9))
    assert "1 forecast of 8 rest on" in by_answer
    assert "those of a." in by_expert
    assert all("every weight can be relied on" in each for each in about_reliability(scores(0.7)))


def test_a_question_of_one_expert_is_not_pooled() -> None:
    tree = synthetic_tree()
    tree["baselines"] = xr.DataTree(baselines(experts=1))
    assert "No outcome was asked directly of more than one expert" in render_report(tree)
