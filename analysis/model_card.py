"""The card of the model: what it is for, what not, how it was tested, and where it fails.

The card states no result. How to compute each stands beside it; given a fitted panel, what that fit
says of itself is added.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Annotated

import xarray as xr
from pydantic import BaseModel, ConfigDict, Field

from takeoff.data.schema import Filled
from takeoff.models.outcomes import OUTCOMES
from takeoff.models.parameters import PARAMETER_NAMES
from takeoff.models.priors import PRIOR_SETS
from takeoff.models.worldviews import VARYING

__all__ = ["CARD", "Evaluation", "ModelCard", "model_card"]


class Evaluation(BaseModel):
    """One way in which the model is tested, and how to run it."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    what: Filled
    how: Filled


class ModelCard(BaseModel):
    """What a user of the model should know before using it."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    purpose: Filled
    intended: Annotated[tuple[Filled, ...], Field(min_length=1)]
    not_for: Annotated[tuple[Filled, ...], Field(min_length=1)]
    limits: Annotated[tuple[Filled, ...], Field(min_length=1)]
    evaluations: Annotated[tuple[Evaluation, ...], Field(min_length=1)]


CARD = ModelCard(
    purpose=(
        "A Bayesian model of whether several AI projects end up aligned or misaligned together, "
        "what follows, and what experts' judgments say about it."
    ),
    intended=(
        "See what a set of beliefs implies for takeover, catastrophe and warnings, and which "
        "belief the answer hangs on.",
        "Learn from a panel's judgments, and show where its members differ and why.",
        "Compare numbers of projects and interventions under stated assumptions.",
    ),
    not_for=(
        "A forecast to act on without reading what rests on the prior.",
        "Judging a named project or person; ratings, where used, are loosely related to alignment.",
        "Numbers far outside what the panel was asked: conflict, bargaining, theft and seizure of "
        "power rest on the prior almost alone.",
    ),
    limits=(
        "No survey asked how alike projects will be: likeness rests on the prior.",
        "Nobody was asked for a number of projects: answers are read at five.",
        "Experts differ in four beliefs only; other differences show up as these.",
        "Bias that all experts share cannot be seen without questions whose answers are known.",
        "What the model leaves out, and which way it would move the answer: docs/left_out.md.",
    ),
    evaluations=(
        Evaluation(
            what="The closed form against an independent simulation of histories, on random worlds",
            how="uv run pytest tests/models/test_playout.py",
        ),
        Evaluation(
            what="Panels simulated from the prior are recovered: coverage and ranks",
            how="uv run python -m benchmarks.recovery",
        ),
        Evaluation(
            what="A fit predicts surveys that it never saw: coverage and log scores, by camp",
            how="uv run python -m benchmarks.prediction POSTERIOR espai_2023 xpt_2022 leap_2026",
        ),
        Evaluation(
            what="Convergence of a fit: said at the report's head, with exit code 1 when missed",
            how="uv run takeoff report",
        ),
    ),
)


def model_card(tree: xr.DataTree | None = None) -> str:
    """Write the model's card in Markdown; with a fitted panel, what that fit says of itself."""
    lines = [
        "# takeoff, the model",
        "",
        CARD.purpose,
        "",
        f"It has {len(PARAMETER_NAMES)} parameters, of which {len(VARYING)} differ between experts "
        f"({', '.join(VARYING)}), {len(PRIOR_SETS)} prior sets ({', '.join(PRIOR_SETS)}) and their "
        f"average, and {len(OUTCOMES)} outcomes.",
        *_section("Meant for", CARD.intended),
        *_section("Not meant for", CARD.not_for),
        *_section("Limits", CARD.limits),
        *_section("Evaluation", (f"{each.what}: `{each.how}`" for each in CARD.evaluations)),
    ]
    if tree is not None:
        lines += _section("This fit", _of_fit(tree))
    return "\n".join(lines) + "\n"


def _section(title: str, points: Iterable[str]) -> Iterator[str]:
    yield from ("", f"## {title}", "")
    yield from (f"- {each}" for each in points)


def _of_fit(tree: xr.DataTree) -> Iterator[str]:
    studies = ", ".join(each["name"] for each in json.loads(tree.attrs["studies"]))
    settings = json.loads(tree.attrs["settings"])
    yield f"{tree.attrs['result_id']}: studies {studies}, prior set {tree.attrs['prior_set']}"
    yield f"{settings['chains']} chains of {settings['draws']} draws"
    problems = json.loads(tree.attrs["problems"])
    yield f"Convergence: {'; '.join(problems) if problems else 'every bound passed'}"
