"""The one error that people see: what was wrong with their input, where, and how to mend it."""

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = ["InputError", "nearest"]


class InputError(ValueError):
    """Input that cannot be used. Its message is shown to the user as one line."""


def nearest(name: str, known: Iterable[str]) -> str:
    """Offer the nearest known name, as the end of an error message.

    >>> nearest("margn", ["margin", "race"])
    '; did you mean "margin"?'
    >>> nearest("xyz", ["margin", "race"])
    ''
    """
    close = get_close_matches(name, list(known), n=1)
    return f'; did you mean "{close[0]}"?' if close else ""
