"""The package is what its three folders hold, and its examples are true."""

import doctest
import pkgutil
from importlib import import_module
from pathlib import Path

import pytest

import takeoff

ROOT = Path(__file__).parents[1]
MODULES = sorted(
    each.name
    for each in pkgutil.walk_packages(takeoff.__path__, "takeoff.")
    if "templates" not in each.name
)


@pytest.mark.parametrize("name", ["models", "data", "analysis"])
def test_the_links_of_the_package_lead_to_the_folders(name: str) -> None:
    link = ROOT / "src" / "takeoff" / name
    assert link.is_symlink()
    assert link.resolve() == ROOT / name


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_are_true(name: str) -> None:
    assert doctest.testmod(import_module(name)).failed == 0


@pytest.mark.parametrize("name", MODULES)
def test_every_module_says_what_it_is_for(name: str) -> None:
    assert (import_module(name).__doc__ or "").strip()


def test_the_examples_of_the_readme_are_true() -> None:
    result = doctest.testfile(str(ROOT / "README.md"), module_relative=False)
    assert result.attempted > 0
    assert result.failed == 0
