"""Check a study: every problem in it, by file and line, before any sampling."""

from pathlib import Path

from takeoff.data.problem import Problem
from takeoff.data.shipped import study_folder
from takeoff.models.errors import InputError

__all__ = ["check_study"]


def check_study(study: str | Path) -> list[Problem]:
    """List every problem in a study, errors and notes, in the order of its files and lines.

    Parameters
    ----------
    study
        Name of a study that ships, or the folder of another.

    Examples
    --------
    >>> for problem in check_study("authors")[:1]:
    ...     print(problem.severity, problem.message)
    note no reader was asked what 'relatively unlikely' means
    """
    # Here and not above: the schema takes longer to import than `takeoff --help` may last.
    from takeoff.data.reading import read_study

    try:
        folder = study_folder(study)
    except InputError as error:
        return [Problem(str(study), None, None, *_words(error))]
    return read_study(folder).problems


def _words(error: InputError) -> tuple[str, str]:
    message, _, mend = str(error).partition("; ")
    return message, mend
