"""Rows of a sweep on disk: a file each, written beside its place and renamed.

A file's name is a digest of the posterior, the change and how it is sampled, so a sweep that was
killed goes on where it was, and one over other changes shares what both ask for.
"""

import json
import os
from hashlib import sha256
from pathlib import Path

from takeoff.analysis.sensitivity.changes import Change
from takeoff.analysis.sensitivity.findings import Row
from takeoff.analysis.sensitivity.refit import Sampling

__all__ = ["Store"]


class Store:
    """A folder of rows, of one posterior and one way to sample.

    Parameters
    ----------
    folder
        Where rows are kept; made with the first.
    result_id
        The posterior's.
    sampling
        How refits are sampled.
    """

    def __init__(self, folder: Path, result_id: str, sampling: Sampling) -> None:
        self.folder = folder
        self._key = f"{result_id} {sampling}"

    def read(self, change: Change) -> Row | None:
        """Give the row of a change, None if it has not been carried out."""
        place = self._place(change)
        if not place.exists():
            return None
        return Row.of_mapping(json.loads(place.read_text(encoding="utf-8")))

    def write(self, row: Row) -> None:
        """Keep a row."""
        self.folder.mkdir(parents=True, exist_ok=True)
        place = self._place(row.change)
        draft = place.with_name(f".{place.name}.{os.getpid()}")
        try:
            draft.write_text(json.dumps(row.to_mapping()), encoding="utf-8")
            draft.replace(place)
        finally:
            draft.unlink(missing_ok=True)

    def _place(self, change: Change) -> Path:
        name = sha256(f"{self._key} {change.digest}".encode()).hexdigest()[:16]
        return self.folder / f"{name}.json"
