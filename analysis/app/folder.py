"""The folder of a panel: who is asked by which link, which round it is, and each one's journal.

``panel.json`` holds names, links and rounds; it is written beside its place and renamed.
``answers/`` holds a journal for each expert. Both can be read by their owner alone.
"""

import fcntl
import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from takeoff.analysis.app.journal import Journal, sync_folder
from takeoff.models.errors import InputError

__all__ = ["Expert", "Folder", "Panel", "Round", "open_folder"]

_TOKEN_BYTES = 24
"""192 random bits: nobody guesses a link."""


@dataclass(frozen=True)
class Expert:
    """Somebody who is asked: a number that names files, a name for people, and a secret link."""

    number: int
    name: str
    token: str


@dataclass(frozen=True)
class Round:
    """A round: open until it is closed, when all see what all have answered."""

    number: int
    closed: str | None = None


@dataclass(frozen=True)
class Panel:
    """Who is asked, the organiser's secret link, and the rounds so far, the last one current."""

    experts: tuple[Expert, ...]
    organiser: str
    rounds: tuple[Round, ...]

    @property
    def round(self) -> Round:
        """The current round."""
        return self.rounds[-1]

    @property
    def is_open(self) -> bool:
        """Whether answers are taken, and others' answers hidden."""
        return self.round.closed is None

    def expert(self, token: str) -> Expert | None:
        """Find whose link it is, in a time that tells nothing about the links."""
        found = None
        for each in self.experts:
            if secrets.compare_digest(each.token.encode(), token.encode()):
                found = each
        return found

    def is_organiser(self, token: str) -> bool:
        """Tell whether it is the organiser's link."""
        return secrets.compare_digest(self.organiser.encode(), token.encode())

    @property
    def last_closed(self) -> int:
        """Number of the last round that was closed, 0 when none was."""
        return self.round.number - (1 if self.is_open else 0)


@dataclass
class Folder:
    """A folder that one process serves: the panel, and a journal for each expert."""

    path: Path
    panel: Panel
    journals: dict[int, Journal]
    _lock: int

    def close_round(self, now: str) -> None:
        """Close the round: from now on all see what all have answered."""
        if self.panel.is_open:
            last = replace(self.panel.round, closed=now)
            self._keep(replace(self.panel, rounds=(*self.panel.rounds[:-1], last)))

    def open_round(self) -> None:
        """Open another round, in which answers may be changed."""
        if not self.panel.is_open:
            following = Round(self.panel.round.number + 1)
            self._keep(replace(self.panel, rounds=(*self.panel.rounds, following)))

    def release(self) -> None:
        """Let another process serve the folder."""
        os.close(self._lock)

    def _keep(self, panel: Panel) -> None:
        _write(self.path, panel)
        self.panel = panel


def open_folder(path: Path, names: Sequence[str] = ()) -> Folder:
    """Open the folder of a panel, made if it is not there; names that it lacks join the panel.

    Raises
    ------
    InputError
        If it is no such folder, another process serves it, or a name is blank or given twice.
    """
    wanted = [name.strip() for name in names]
    if "" in wanted:
        raise InputError("an expert has no name; give each one, such as --experts Ann")
    for name in wanted:
        if wanted.count(name) > 1:
            raise InputError(f"the expert {name!r} is named twice; give each another name")
    if path.exists() and not path.is_dir():
        raise InputError(f"{path} is a file; give a folder")
    if path.is_dir() and any(path.iterdir()) and not (path / "panel.json").exists():
        raise InputError(f"{path} holds other things; give an empty folder, or a new one")
    path.mkdir(parents=True, exist_ok=True)
    lock = _locked(path)
    try:
        panel = _joined(_read(path), wanted)
        _write(path, panel)
        (path / "answers").mkdir(mode=0o700, exist_ok=True)
        journals = {
            each.number: Journal(path / "answers" / f"{each.number}.jsonl")
            for each in panel.experts
        }
    except BaseException:
        os.close(lock)
        raise
    return Folder(path, panel, journals, lock)


def _locked(path: Path) -> int:
    number = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(number)
        raise InputError(
            f"{path} is served by another takeoff app; stop it, or give another --folder"
        ) from None
    return number


def _read(path: Path) -> Panel:
    file = path / "panel.json"
    if not file.exists():
        return Panel((), _token(), (Round(1),))
    try:
        raw: Any = json.loads(file.read_text(encoding="utf-8"))
        return Panel(
            tuple(Expert(**each) for each in raw["experts"]),
            str(raw["organiser"]),
            tuple(Round(**each) for each in raw["rounds"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{file}: not the file of a panel ({error}); restore it") from None


def _joined(panel: Panel, names: Sequence[str]) -> Panel:
    known = {each.name for each in panel.experts}
    experts = list(panel.experts)
    new = [name for name in names if name not in known]
    if not experts and not new:
        new = ["Me"]
    for name in new:
        experts.append(Expert(len(experts) + 1, name, _token()))
    return replace(panel, experts=tuple(experts))


def _token() -> str:
    return secrets.token_urlsafe(_TOKEN_BYTES)


def _write(path: Path, panel: Panel) -> None:
    draft = path / f".panel.json.{os.getpid()}"
    number = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(number, "w", encoding="utf-8") as file:
        json.dump(asdict(panel), file, indent=1, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path / "panel.json")
    sync_folder(path)
