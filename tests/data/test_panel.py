"""Studies join into one panel."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from takeoff.data.load import Study, load_study
from takeoff.data.panel import join
from takeoff.models.errors import InputError

WriteStudy = Callable[..., Path]


@pytest.fixture
def study(write_study: WriteStudy) -> Study:
    return load_study(write_study())


def renamed(study: Study, name: str, **experts: str) -> Study:
    """The same study under another name, with other people in it."""
    return replace(study, name=name, answers=study.answers.replace({"expert": experts}))


def test_experts_come_by_declared_camp_then_name(study: Study) -> None:
    answers = join([study, renamed(study, "other", Ann="Abe", Bob="Zoe")]).answers
    assert answers["expert"].values.tolist() == ["Bob", "Zoe", "Abe", "Ann"]
    assert answers["camp"].values.tolist() == ["hopeful", "hopeful", "worried", "worried"]
    assert answers["study"].values.tolist() == ["small", "other", "other", "small"]


def test_experts_without_a_camp_come_last(study: Study) -> None:
    campless = replace(
        renamed(study, "other", Ann="Abe", Bob="Al"),
        answers=renamed(study, "other", Ann="Abe", Bob="Al").answers.assign(camp=""),
        camp_weights={},
    )
    panel = join([campless, study])
    assert panel.answers["expert"].values.tolist() == ["Bob", "Ann", "Abe", "Al"]
    assert panel.answers["camp"].values.tolist() == ["hopeful", "worried", "", ""]
    assert panel.camp_weights == {"hopeful": 0.25, "worried": 0.75}


def test_answers_carry_their_rounding_interval_and_baseline(study: Study) -> None:
    answers = join([study]).answers
    assert dict(answers.sizes) == {"answer": 6, "expert": 2}
    third = answers.isel(answer=2)
    assert [third[name].item() for name in ("expert_name", "question", "kind")] == [
        "Ann",
        "risk_if_shot",
        "probability",
    ]
    assert [third[name].item() for name in ("value", "lower", "upper", "baseline")] == [
        0.4,
        0.375,
        0.425,
        0.3,
    ]
    assert np.isnan(answers["baseline"].values[[0, 1, 3, 4]]).all()


def test_missing_answers_are_left_out(write_study: WriteStudy, answers_csv: str) -> None:
    missing = answers_csv.replace(
        "Ann,worried,shot,probability,0.2,", "Ann,worried,shot,probability,,"
    )
    panel = join([load_study(write_study(answers=missing))])
    assert panel.answers.sizes["answer"] == 5
    assert "shot" in panel.questions


def test_repeated_probability_is_one_judgment_for_each_value(study: Study) -> None:
    repeated = study.answers.iloc[[0, 0, 1, 2, 3, 4, 4, 5]]
    panel = join([replace(study, answers=repeated)])
    risk = panel.answers["value"].where(panel.answers["question"] == "risk", drop=True)
    assert risk.values.tolist() == [0.3, 0.01, 0.02]


def test_question_asked_alike_keeps_its_name(study: Study) -> None:
    panel = join([study, renamed(study, "other", Ann="Abe", Bob="Zoe")])
    assert list(panel.questions) == ["risk", "shot", "risk_if_shot"]
    assert panel.studies == ("small", "other")


def test_question_asked_otherwise_is_labelled_by_its_study(study: Study) -> None:
    questions = dict(study.questions) | {"risk": replace(study.questions["risk"], fit="loose")}
    panel = join([study, replace(renamed(study, "other", Ann="Abe"), questions=questions)])
    assert list(panel.questions) == [
        "small: risk",
        "shot",
        "risk_if_shot",
        "other: risk",
    ]
    assert panel.questions["other: risk"].fit == "loose"
    assert set(panel.answers["question"].values) == set(panel.questions)


def test_people_of_one_name_in_two_studies_are_two_people(study: Study) -> None:
    panel = join([study, renamed(study, "other", Bob="Zoe")])
    assert panel.answers["expert"].values.tolist() == ["Bob", "Zoe", "other: Ann", "small: Ann"]
    assert set(panel.answers["expert_name"].values) == set(panel.answers["expert"].values)


def test_camp_weights_are_the_average_over_studies_with_camps(study: Study) -> None:
    other = replace(renamed(study, "other"), camp_weights={"worried": 0.25, "unsure": 0.75})
    panel = join([study, other, replace(renamed(study, "third"), camp_weights={})])
    assert panel.camp_weights == {"hopeful": 0.125, "worried": 0.5, "unsure": 0.375}


def test_no_study_and_the_same_twice_are_refused(study: Study) -> None:
    with pytest.raises(InputError, match="there is no study"):
        join([])
    with pytest.raises(InputError, match="the study 'small' is given twice"):
        join([study, study])
