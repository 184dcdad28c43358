"""A journal: entries appended one line each, on disk before anybody is told that they are kept.

An entry is never changed. A process that is killed while it writes leaves at most one torn last
line, of an entry that nobody was told is kept: the next opening moves it aside.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from takeoff.models.errors import InputError

__all__ = ["Journal", "sync_folder"]


class Journal:
    """Entries in a file of JSON lines, readable by its owner alone.

    Parameters
    ----------
    path
        The file; made when the first entry is appended.

    Raises
    ------
    InputError
        If a line before the last cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._entries = self._read()

    @property
    def entries(self) -> tuple[dict[str, Any], ...]:
        """All entries, the oldest first."""
        return tuple(self._entries)

    def append(self, entry: Mapping[str, Any]) -> None:
        """Keep an entry: when this returns, it is on the disk."""
        line = json.dumps(dict(entry), ensure_ascii=False, allow_nan=False) + "\n"
        new = not self.path.exists()
        number = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        before = os.fstat(number).st_size
        try:
            _write_all(number, line.encode())
            os.fsync(number)
        except OSError:
            os.ftruncate(number, before)  # a full disk must not leave half a line
            raise
        finally:
            os.close(number)
        if new:
            sync_folder(self.path.parent)
        self._entries.append(json.loads(line))

    def remove(self) -> None:
        """Remove every entry, and the file with it."""
        for path in (self.path, self._torn):
            path.unlink(missing_ok=True)
        sync_folder(self.path.parent)
        self._entries = []

    @property
    def _torn(self) -> Path:
        return self.path.with_suffix(".torn")

    def _read(self) -> list[dict[str, Any]]:
        if not self.path.exists():
            return []
        whole, _, torn = self.path.read_bytes().rpartition(b"\n")
        if torn:
            self._set_aside(torn)
        entries = []
        for number, line in enumerate(whole.split(b"\n") if whole else (), start=1):
            try:
                entries.append(json.loads(line))
            except ValueError:
                raise InputError(
                    f"{self.path}:{number}: not an entry of a journal; mend the line, or remove it"
                ) from None
        return entries

    def _set_aside(self, torn: bytes) -> None:
        with self._torn.open("ab") as aside:
            aside.write(torn + b"\n")
            os.fsync(aside.fileno())
        with self.path.open("r+b") as file:
            file.truncate(self.path.stat().st_size - len(torn))
            os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Make sure that a folder's names are on the disk."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _write_all(number: int, data: bytes) -> None:
    while data:
        data = data[os.write(number, data) :]
