"""What a fitted panel says of its own making: the attributes at the root of its tree."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["Asked", "Record", "StudyNote", "read_record"]


@dataclass(frozen=True)
class StudyNote:
    """A study, as the report names it."""

    name: str
    title: str
    source: str
    licence: str
    date: str
    about: str


@dataclass(frozen=True)
class Asked:
    """A question, how it was read, and how many answered it."""

    name: str
    text: str
    outcome: str
    given: str | None
    intervention: str | None
    reading: str
    fit: str
    mapping: str
    answers: int


@dataclass(frozen=True)
class Record:
    """Where a result comes from: what it takes to cite it and to make it again.

    ``crowds`` counts the people without worldviews of their own, by camp.
    """

    result_id: str
    created: str
    takeoff_version: str
    versions: Mapping[str, str]
    data_hash: str
    seed: int
    settings: Mapping[str, Any]
    prior_set: str
    studies: tuple[StudyNote, ...]
    camp_weights: Mapping[str, float]
    crowds: Mapping[str, int]
    questions: tuple[Asked, ...]
    problems: tuple[str, ...]


def read_record(tree: "xr.DataTree") -> Record:
    """Read the attributes at the root of a fitted panel."""
    attributes = tree.attrs
    return Record(
        result_id=str(attributes["result_id"]),
        created=str(attributes["created"]),
        takeoff_version=str(attributes["takeoff_version"]),
        versions=json.loads(attributes["versions"]),
        data_hash=str(attributes["data_hash"]),
        seed=int(attributes["seed"]),
        settings=json.loads(attributes["settings"]),
        prior_set=str(attributes["prior_set"]),
        studies=tuple(
            StudyNote(**{key: str(each[key]) for key in StudyNote.__dataclass_fields__})
            for each in json.loads(attributes["studies"])
        ),
        camp_weights=json.loads(attributes["camp_weights"]),
        crowds=json.loads(attributes.get("crowds", "{}")),
        questions=tuple(
            Asked(**{key: each[key] for key in Asked.__dataclass_fields__})
            for each in json.loads(attributes["questions"])
        ),
        problems=tuple(json.loads(attributes["problems"])),
    )
