"""Join studies into one panel, ready for the model."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from takeoff.data.load import Study
from takeoff.data.phrases import meaning
from takeoff.data.rounding import stated_interval
from takeoff.models.errors import InputError
from takeoff.models.questions import EFFORT, PROJECTS, SEED

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from takeoff.models.questions import Judgments, Question

__all__ = ["join"]


def join(studies: Sequence[Study]) -> Judgments:
    """Join the judgments of one study or several.

    Missing answers are left out, and so are those that an expert gave again in a later round. A
    probability that an expert repeats (a question read as a
    level) is one judgment for each distinct value. A question keeps its name when every study
    that asks it asks the same, otherwise each is labelled ``study: name``; experts of the same
    name in two studies are different people, so they are labelled likewise.

    Camps of the same name are one camp. Each study declares the weights of its own; those of
    the panel are the average over the studies that have camps, made to add up to 1.

    Experts come by camp, in the order in which camps are declared, then by name; those without
    a camp come last. Answers keep the order of the studies and their files.

    Raises
    ------
    InputError
        If there is no study, one is given twice, or nobody says anything about the world.

    Examples
    --------
    >>> from takeoff.data.load import load_study
    >>> panel = join([load_study("fri_2023"), load_study("authors")])
    >>> dict(panel.answers.sizes)
    {'answer': 317, 'expert': 24}
    """
    import pandas as pd

    from takeoff.models.questions import Judgments

    names = [study.name for study in studies]
    if not names:
        raise InputError("there is no study; name at least one")
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"the study {name!r} is given twice; give it once")
    questions = _label_questions(studies)
    weights = _camp_weights(studies)
    answers = pd.concat([_judgments(study) for study in studies], ignore_index=True)
    answers["expert"] = _label(answers, "expert")
    answers["group"] = _label(answers, "group")
    answers["question"] = [
        questions[key] for key in zip(answers["study"], answers["question"], strict=True)
    ]
    return Judgments(
        questions=MappingProxyType(_asked(studies, questions)),
        answers=_dataset(answers, list(weights), _asked(studies, questions)),
        camp_weights=MappingProxyType(weights),
        studies=tuple(names),
        meanings={each: meaning(each) for each in sorted(set(answers["phrase"])) if each},
    )


def _judgments(study: Study) -> pd.DataFrame:
    answers = study.answered
    last = answers.groupby(["expert", "question"])["round"].transform("max")
    answers = answers[answers["round"] == last]
    levels = [name for name, question in study.questions.items() if question.reading == "level"]
    repeated = answers.duplicated(["expert", "question", "value"])
    repeated &= answers["question"].isin(levels) & (answers["kind"] == "probability")
    return answers[~repeated].assign(study=study.name)


def _asked(studies: Sequence[Study], labels: Mapping[tuple[str, str], str]) -> dict[str, Question]:
    """Give each question by its label."""
    return {
        labels[study.name, name]: question
        for study in studies
        for name, question in study.questions.items()
    }


def _label_questions(studies: Sequence[Study]) -> dict[tuple[str, str], str]:
    """Label each question, by study and name."""
    asked: Mapping[str, list[Question]] = defaultdict(list)
    for study in studies:
        for name, question in study.questions.items():
            asked[name].append(question)
    return {
        (study.name, name): name
        if all(each == asked[name][0] for each in asked[name])
        else f"{study.name}: {name}"
        for study in studies
        for name in study.questions
    }


def _label(answers: pd.DataFrame, column: str) -> list[str]:
    """Label the expert, or the group, of each answer; those of two studies are not the same."""
    studies = answers.groupby(column)["study"].nunique()
    shared = set(studies.index[studies > 1].tolist()) - {""}
    return [
        f"{study}: {name}" if name in shared else name
        for study, name in zip(answers["study"], answers[column], strict=True)
    ]


def _camp_weights(studies: Sequence[Study]) -> dict[str, float]:
    declared: dict[str, float] = defaultdict(float)
    for study in studies:
        for camp, weight in study.camp_weights.items():
            declared[camp] += weight
    total = sum(declared.values())
    return {camp: weight / total for camp, weight in declared.items()}


_APART = (PROJECTS, EFFORT, SEED)
"""What is asked of things other than an expert's worldview."""


def _dataset(
    answers: pd.DataFrame, camps: Sequence[str], questions: Mapping[str, Question]
) -> xr.Dataset:
    import numpy as np
    import xarray as xr

    target = answers["question"].map(lambda name: questions[str(name)].outcome)
    of_the_world = answers[~target.isin(_APART)]
    if of_the_world.empty:
        raise InputError("nobody says anything about the world; join a study in which people do")
    experts = of_the_world.drop_duplicates("expert")[["expert", "camp", "study", "group"]]
    order = sorted(
        experts.itertuples(index=False, name=None),
        key=lambda row: ((*camps, "").index(row[1]), row[0]),
    )
    intervals = [
        stated_interval(question, value, side)
        for question, value, side in zip(
            answers["question"].map(questions.get), answers["value"], answers["side"], strict=True
        )
    ]

    def text(values: Iterable[str]) -> np.ndarray:
        return np.array(list(values), dtype=str)

    words = ("question", "kind", "side", "phrase", "project")
    numbers = ("value", "baseline", "level", "lowest", "highest", "confidence")
    return xr.Dataset(
        {
            "expert_name": ("answer", text(answers["expert"])),
            **{name: ("answer", text(answers[name])) for name in words},
            **{name: ("answer", answers[name].to_numpy(float)) for name in numbers},
            "lower": ("answer", np.array([interval.lower for interval in intervals])),
            "upper": ("answer", np.array([interval.upper for interval in intervals])),
            "round": ("answer", answers["round"].to_numpy(int)),
        },
        coords={
            "expert": text([row[0] for row in order]),
            **{
                name: ("expert", text([row[column] for row in order]))
                for column, name in enumerate(("camp", "study", "group"), start=1)
            },
        },
    )
