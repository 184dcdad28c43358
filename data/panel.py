"""Join studies into one panel, ready for the model."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from takeoff.data.load import Study
from takeoff.data.rounding import rounding_interval
from takeoff.models.errors import InputError

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from takeoff.models.questions import Judgments, Question

__all__ = ["join"]


def join(studies: Sequence[Study]) -> Judgments:
    """Join the judgments of one study or several.

    Missing answers are left out. A probability that an expert repeats (a question read as a
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
        If there is no study, or one is given twice.

    Examples
    --------
    >>> from takeoff.data.load import load_study
    >>> panel = join([load_study("fri_2023"), load_study("authors")])
    >>> dict(panel.answers.sizes)
    {'answer': 240, 'expert': 23}
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
    answers["expert"] = _label_experts(answers)
    answers["question"] = [
        questions[key] for key in zip(answers["study"], answers["question"], strict=True)
    ]
    return Judgments(
        questions=MappingProxyType(
            {
                questions[study.name, name]: question
                for study in studies
                for name, question in study.questions.items()
            }
        ),
        answers=_dataset(answers, list(weights)),
        camp_weights=MappingProxyType(weights),
        studies=tuple(names),
    )


def _judgments(study: Study) -> pd.DataFrame:
    answers = study.answers.dropna(subset=["value"])
    levels = [name for name, question in study.questions.items() if question.reading == "level"]
    repeated = answers.duplicated(["expert", "question", "value"])
    return answers[~(answers["question"].isin(levels) & repeated)].assign(study=study.name)


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


def _label_experts(answers: pd.DataFrame) -> list[str]:
    """Label the expert of each answer."""
    studies = answers.groupby("expert")["study"].nunique()
    shared = set(studies.index[studies > 1].tolist())
    return [
        f"{study}: {expert}" if expert in shared else expert
        for study, expert in zip(answers["study"], answers["expert"], strict=True)
    ]


def _camp_weights(studies: Sequence[Study]) -> dict[str, float]:
    declared: dict[str, float] = defaultdict(float)
    for study in studies:
        for camp, weight in study.camp_weights.items():
            declared[camp] += weight
    total = sum(declared.values())
    return {camp: weight / total for camp, weight in declared.items()}


def _dataset(answers: pd.DataFrame, camps: Sequence[str]) -> xr.Dataset:
    import numpy as np
    import xarray as xr

    experts = answers.drop_duplicates("expert")[["expert", "camp", "study"]]
    order = sorted(
        experts.itertuples(index=False, name=None),
        key=lambda row: ((*camps, "").index(row[1]), row[0]),
    )
    intervals = [rounding_interval(value) for value in answers["value"]]

    def text(values: Iterable[str]) -> np.ndarray:
        return np.array(list(values), dtype=str)

    return xr.Dataset(
        {
            "expert_name": ("answer", text(answers["expert"])),
            "question": ("answer", text(answers["question"])),
            "kind": ("answer", text(answers["kind"])),
            "value": ("answer", answers["value"].to_numpy(float)),
            "lower": ("answer", np.array([interval.lower for interval in intervals])),
            "upper": ("answer", np.array([interval.upper for interval in intervals])),
            "baseline": ("answer", answers["baseline"].to_numpy(float)),
        },
        coords={
            "expert": text([row[0] for row in order]),
            "camp": ("expert", text([row[1] for row in order])),
            "study": ("expert", text([row[2] for row in order])),
        },
    )
