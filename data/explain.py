"""What a failed validation says to the author of a study."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from pydantic_core import ErrorDetails

from takeoff.data.problem import shown
from takeoff.models.errors import nearest

__all__ = ["Words", "explain", "offer", "split"]


class Words(NamedTuple):
    """What was found, and how to mend it."""

    message: str
    mend: str


def explain(error: ErrorDetails, known: Iterable[str] = ()) -> Words:
    """Say in plain words what a validation found, given the keys known in its place."""
    key = str(error["loc"][-1]) if error["loc"] else ""
    found, context = error["input"], error.get("ctx", {})
    match error["type"]:
        case "value_error":
            return split(str(context["error"]))
        case "missing":
            return Words(f"{key} is missing", f"add {key}")
        case "extra_forbidden":
            return Words(f"unknown key {shown(key)}", offer(key, known))
        case "literal_error":
            allowed = re.findall(r"'([^']*)'", context["expected"])
            if not found:
                return Words("nothing is written here", f"write {' or '.join(allowed)}")
            return Words(f"unknown {key} {shown(found)}", offer(str(found), allowed))
        case "string_type":
            return Words(f"{shown(found)} is not text", "put it in quotation marks")
        case "float_type":
            return Words(
                f"{shown(found)} is not a number", "write a number, without quotation marks"
            )
        case "dict_type" | "model_type":
            return Words(f"{shown(found)} is not a table", f"write [{key}] on a line of its own")
        case "list_type":
            return Words(f"{shown(found)} is not a list", f'write {key} = ["one", "another"]')
        case "too_short" if key == "mixture":
            return Words("the mixture is empty", "give each of its scenarios a weight")
        case "too_short":
            return Words("there is no question", "add at least one table [questions.<name>]")
        case _:
            return Words(f"{shown(found)} cannot be used", error["msg"])


def split(message: str) -> Words:
    """Split the message of an `InputError` where its advice begins.

    >>> split("K is 9; it must be at most 8")
    Words(message='K is 9', mend='it must be at most 8')
    """
    found, _, mend = message.partition("; ")
    return Words(found, mend or "change the study so")


def offer(name: str, known: Iterable[str]) -> str:
    """Offer the nearest known name, or every one of them.

    >>> offer("lose", ["close", "loose"])
    'did you mean "loose"?'
    >>> offer("xyz", ["close", "loose"])
    'known are close, loose'
    """
    known = list(known)
    return nearest(name, known).removeprefix("; ") or f"known are {', '.join(known)}"
