"""Settings of all tests."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from takeoff.analysis.brisk import briskly

# The same examples on every run, so that a change is judged by what it changed. Without it,
# `--hypothesis-profile=default` goes on searching.
settings.register_profile("same", derandomize=True)
settings.load_profile("same")


@pytest.fixture(scope="session", autouse=True)
def _brisk() -> Iterator[None]:
    """Build graphs as `fit` does, in two thirds of the time."""
    with briskly():
        yield
