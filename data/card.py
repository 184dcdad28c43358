"""The card of a dataset: what its users should know that its study does not say by itself.

Each study that ships has a ``card.toml`` beside its ``study.toml``. The rest of its card (source,
licence, who answered what, how each question maps) comes from the study and is not written twice.
"""

import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from takeoff.data.explain import explain
from takeoff.data.schema import Filled
from takeoff.data.shipped import study_folder
from takeoff.models.errors import InputError

__all__ = ["DatasetCard", "load_card"]


class DatasetCard(BaseModel):
    """``card.toml`` of a study.

    Attributes
    ----------
    purpose
        What the study is for, in this project.
    made
        How its files were made, from what.
    problems
        What is known to be wrong with it, or to mislead.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    purpose: Filled
    made: Filled
    problems: Annotated[list[Filled], Field(min_length=1)]


def load_card(study: str | Path) -> DatasetCard:
    """Load the card of a study.

    Raises
    ------
    InputError
        If it is missing or wrong.

    Examples
    --------
    >>> load_card("authors").purpose
    'The statements of the authors of the two arguments, beside those of panels.'
    """
    path = study_folder(study) / "card.toml"
    if not path.exists():
        raise InputError(f"{path}: there is no card; write purpose, made and problems into it")
    try:
        return DatasetCard.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: not TOML: {error}; mend the syntax (toml.io)") from None
    except ValidationError as error:
        first = error.errors()[0]
        words = explain(first, DatasetCard.model_fields)
        key = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{path}: {key}: {words.message}; {words.mend}") from None
