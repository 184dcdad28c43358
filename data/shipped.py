"""Find a study: those that ship by name, others by their folder."""

from pathlib import Path

from takeoff.models.errors import InputError, nearest

__all__ = ["shipped_studies", "study_folder"]

_STUDIES = Path(__file__).parent / "studies"


def shipped_studies() -> tuple[str, ...]:
    """Names of the studies that ship, in alphabetical order.

    >>> "fri_2023" in shipped_studies()
    True
    """
    return tuple(sorted(path.parent.name for path in _STUDIES.glob("*/study.toml")))


def study_folder(study: str | Path) -> Path:
    """Find the folder of a study, given the name of one that ships or a path.

    A name that ships comes first; write ``./name`` for a folder of that name.

    Raises
    ------
    InputError
        If there is neither; the nearest study that ships is offered.
    """
    names = shipped_studies()
    if isinstance(study, str) and study in names:
        return _STUDIES / study
    folder = Path(study)
    if not folder.is_dir():
        hint = nearest(str(study), names) or f"; shipped are {', '.join(names)}; or give a folder"
        raise InputError(f"unknown study {str(study)!r}{hint}")
    return folder
