"""Shared by the tests of the app."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from takeoff.analysis.app.base import Base
from tests.analysis.app.panel import Served, serve, small_base


@pytest.fixture(scope="session")
def base() -> Base:
    return small_base()


@pytest.fixture
def served(base: Base, tmp_path: Path) -> Iterator[Served]:
    found = serve(tmp_path / "panel", base)
    yield found
    found.desk.stop()
