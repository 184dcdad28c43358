"""The folder of a panel: links, rounds, and one process at a time."""

import stat
from pathlib import Path

import pytest

from takeoff.analysis.app.folder import open_folder
from takeoff.models.errors import InputError


def test_links_and_rounds_are_the_same_after_a_restart(tmp_path: Path) -> None:
    first = open_folder(tmp_path / "p", ["Ann", "Bob"])
    first.close_round("2026-01-01")
    first.open_round()
    first.release()
    again = open_folder(tmp_path / "p")
    assert again.panel == first.panel
    assert again.panel.round.number == 2
    again.release()


def test_no_two_links_are_alike_and_none_is_short(tmp_path: Path) -> None:
    folder = open_folder(tmp_path / "p", [f"expert {number}" for number in range(50)])
    tokens = [folder.panel.organiser, *(each.token for each in folder.panel.experts)]
    assert len(set(tokens)) == 51
    assert min(len(each) for each in tokens) >= 32  # 24 random bytes
    assert folder.panel.expert(tokens[1]) == folder.panel.experts[0]
    assert folder.panel.expert(tokens[1][:-1]) is None
    assert folder.panel.expert("") is None
    assert folder.panel.expert(folder.panel.organiser) is None
    folder.release()


def test_only_its_owner_can_read_who_has_which_link(tmp_path: Path) -> None:
    folder = open_folder(tmp_path / "p")
    assert stat.S_IMODE((folder.path / "panel.json").stat().st_mode) == 0o600
    assert stat.S_IMODE((folder.path / "answers").stat().st_mode) == 0o700
    folder.release()


def test_new_names_join_and_old_ones_stay(tmp_path: Path) -> None:
    first = open_folder(tmp_path / "p", ["Ann"])
    first.release()
    again = open_folder(tmp_path / "p", ["Bob", "Ann"])
    assert [each.name for each in again.panel.experts] == ["Ann", "Bob"]
    assert again.panel.experts[0] == first.panel.experts[0]
    again.release()


def test_a_second_process_is_told_that_the_folder_is_served(tmp_path: Path) -> None:
    folder = open_folder(tmp_path / "p")
    with pytest.raises(InputError, match="served by another takeoff app; stop it"):
        open_folder(tmp_path / "p")
    folder.release()
    open_folder(tmp_path / "p").release()


def _file(path: Path) -> None:
    path.write_text("", encoding="utf-8")


def _other_things(path: Path) -> None:
    path.mkdir()
    (path / "thesis.docx").write_text("", encoding="utf-8")


def _broken_panel(path: Path) -> None:
    path.mkdir()
    (path / "panel.json").write_text('{"experts": 3}', encoding="utf-8")


@pytest.mark.parametrize(
    ("make", "names", "words"),
    [
        (_file, [], "is a file; give a folder"),
        (_other_things, [], "holds other things"),
        (_broken_panel, [], "not the file of a panel"),
        (None, ["Ann", " "], "an expert has no name"),
        (None, ["Ann", "Ann "], "named twice"),
    ],
)
def test_a_folder_that_cannot_be_used_is_refused(
    make: object, names: list[str], words: str, tmp_path: Path
) -> None:
    path = tmp_path / "p"
    if callable(make):
        make(path)
    with pytest.raises(InputError, match=words):
        open_folder(path, names)
