"""A posterior is used only by the version, and with the studies, that it was made with."""

from collections.abc import Callable
from pathlib import Path

import pytest
import xarray as xr

from takeoff.analysis.cli import main
from takeoff.analysis.posterior import load_current, save
from takeoff.models.errors import InputError
from tests.analysis.panels import panel_tree


def _set(name: str, value: str) -> Callable[[xr.DataTree], None]:
    def change(tree: xr.DataTree) -> None:
        tree.attrs[name] = value

    return change


def _drop(name: str) -> Callable[[xr.DataTree], None]:
    def change(tree: xr.DataTree) -> None:
        tree["posterior"] = xr.DataTree(tree["posterior"].to_dataset().drop_vars(name))

    return change


def _rename(tree: xr.DataTree) -> None:
    posterior = tree["posterior"].to_dataset()
    varying = [*posterior["varying"].values[:-1], "lethality"]
    tree["posterior"] = xr.DataTree(posterior.assign_coords(varying=varying))


def _prune(tree: xr.DataTree) -> None:
    del tree["outcomes"]


def _anonymous(tree: xr.DataTree) -> None:
    del tree.attrs["result_id"]


OTHERS: dict[str, tuple[Callable[[xr.DataTree], None], str]] = {
    "another version": (_set("takeoff_version", "0.0.1"), "made by takeoff 0.0.1, and this is"),
    "without a parameter": (_drop("margin"), "made by another version of the model"),
    "without worldviews": (_drop("worldview"), "made by another version of the model"),
    "other people's parameters": (_rename, "made by another version of the model"),
    "of priors of its own": (_set("prior_set", "mine"), "made by another version of the model"),
    "without outcomes": (_prune, "made by another version of the model"),
    "a study that has changed": (
        _set("studies", '[{"name": "authors"}]'),
        "its studies have changed since it was made; fit it again",
    ),
    "not takeoff's": (_anonymous, "not a posterior of takeoff"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_another_posterior_is_refused_in_one_line(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change, message = OTHERS[name]
    tree = panel_tree(draws=2)
    change(tree)
    path = tmp_path / "posterior.nc"
    save(tree, path)
    with pytest.raises(InputError, match=message):
        load_current(path)
    assert main(["compare", str(path), "--out", str(tmp_path / "out")]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_compare_answers_from_a_posterior_on_disk(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "posterior.nc"
    save(panel_tree(draws=4), path)
    arguments = ["compare", str(path), "--scenario", "hardened_security", "--out"]
    assert main([*arguments, str(tmp_path / "out")]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    assert "How many projects?\nFor the worried camp, catastrophe is least" in captured.out
    assert "Does it depend on how alike they are?" in captured.out
    assert "\nHardened security\n" in captured.out
    assert (tmp_path / "out" / "compare.html").is_file()
    assert (tmp_path / "out" / "comparison.nc").is_file()
