"""Write files whole or not at all, and tell beforehand whether they can be written."""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from takeoff.models.errors import InputError

__all__ = ["require_writable_file", "require_writable_folder", "write_new"]


def write_new(contents: Mapping[Path, str]) -> None:
    """Write files that are not there yet: all of them, or none.

    Each is written beside its place under another name, then renamed.

    Raises
    ------
    InputError
        If a file is there already, or cannot be written.
    """
    for path in contents:
        if path.exists():
            raise InputError(f"{path} is there already; give another name, or move it away")
        require_writable_file(path)
    drafts = {path: path.with_name(f".{path.name}.{os.getpid()}") for path in contents}
    try:
        for path, draft in drafts.items():
            draft.write_text(contents[path], encoding="utf-8", newline="")
        for path, draft in drafts.items():
            draft.replace(path)
    except OSError as error:
        for path in drafts:
            path.unlink(missing_ok=True)
        names = " and ".join(str(path) for path in contents)
        raise InputError(f"cannot write {names} ({_reason(error)})") from error
    finally:
        for draft in drafts.values():
            draft.unlink(missing_ok=True)


def require_writable_file(path: Path) -> None:
    """Prove that a file can be written, its folder being there; nothing is left behind.

    Raises
    ------
    InputError
        If it cannot.
    """
    if path.is_dir():
        raise InputError(f"{path} is a folder; give the name of a file")
    if not path.parent.is_dir():
        raise InputError(f"there is no folder {path.parent}; make it, or write elsewhere")
    _try_folder(path.parent, path.parent)


def require_writable_folder(folder: Path) -> None:
    """Prove that files can be written in a folder, be it there or yet to be made.

    Nothing is left behind, and no folder is made.

    Raises
    ------
    InputError
        If they cannot.
    """
    there = folder.absolute()
    while not there.exists() and there != there.parent:
        there = there.parent
    if not there.is_dir():
        raise InputError(f"cannot write into {folder}; {there} is a file, not a folder")
    _try_folder(folder, there)


def _try_folder(folder: Path, there: Path) -> None:
    """Write a file without a name; asking for permissions would not tell of a read-only disk."""
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        message = f"cannot write into {folder} ({_reason(error)}); give another folder"
        raise InputError(message) from error


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__
