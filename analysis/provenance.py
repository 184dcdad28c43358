"""Where a result came from: data, versions, settings, and a short id that a paper can cite."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from typing import Any

from takeoff.analysis.voices import people_by_camp
from takeoff.data import Study
from takeoff.models.crowd import Crowd
from takeoff.models.priors import PriorSet
from takeoff.models.questions import Judgments

__all__ = ["data_hash", "describe"]

_LIBRARIES = ("takeoff", "pymc", "pytensor", "numba", "numpy", "xarray", "arviz")


def describe(
    studies: Sequence[Study],
    judgments: Judgments,
    chosen: PriorSet,
    seed: int,
    settings: Mapping[str, Any],
    crowds: Sequence[Crowd] = (),
) -> dict[str, Any]:
    """Give the attributes of a result; structured ones as JSON.

    The result id is a digest of data, mapping, prior set, seed, settings and versions: the same
    inputs have the same id.
    """
    versions = {name: version(name) for name in _LIBRARIES}
    inputs = {
        "data": data_hash(judgments),
        "priors": [
            {"shares": one.shares, **{name: str(each) for name, each in one.priors.items()}}
            for one in (chosen, *chosen.averaged)
        ],
        "seed": seed,
        "settings": dict(settings),
        "versions": versions,
    }
    asked = judgments.answers["question"].values.tolist()
    return {
        "result_id": f"takeoff-{_digest(inputs)[:10]}",
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "takeoff_version": versions["takeoff"],
        "versions": json.dumps(versions),
        "data_hash": data_hash(judgments),
        "seed": seed,
        "settings": json.dumps(dict(settings)),
        "prior_set": chosen.name,
        "camp_weights": json.dumps(dict(judgments.camp_weights)),
        "crowds": json.dumps(people_by_camp(crowds)),
        "studies": json.dumps(
            [
                {
                    "name": each.name,
                    "title": each.title,
                    "source": each.source,
                    "licence": each.licence,
                    "date": each.date,
                    "about": each.about,
                }
                for each in studies
            ]
        ),
        "questions": json.dumps(
            [
                {
                    "name": name,
                    "text": each.text,
                    "outcome": each.outcome,
                    "given": each.given,
                    "intervention": each.intervention,
                    "reading": each.reading,
                    "fit": each.fit,
                    "mapping": each.mapping,
                    "answers": asked.count(name),
                }
                for name, each in judgments.questions.items()
            ]
        ),
    }


def data_hash(judgments: Judgments) -> str:
    """Digest what a panel said, and how it is read."""
    return _digest(
        {
            "answers": _table(judgments, "answer"),
            "experts": _table(judgments, "expert"),
            "questions": {name: str(each) for name, each in judgments.questions.items()},
            "camps": dict(judgments.camp_weights),
        }
    )


def _table(judgments: Judgments, dim: str) -> str:
    """Write what a panel said by answer, or who they are by expert."""
    answers = judgments.answers.reset_coords()
    names = [name for name in answers.data_vars if answers[name].dims == (dim,)]
    return str(answers[names].to_dataframe().to_csv())


def _digest(value: Any) -> str:
    return sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
