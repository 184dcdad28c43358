"""Graphs built briskly: everything is as before afterwards, whatever happened meanwhile."""

import gc

import pytest
from pytensor.configdefaults import config

from takeoff.analysis.brisk import briskly


def books() -> tuple[object, ...]:
    """Tell how books are kept."""
    return gc.get_threshold(), config.traceback__limit, gc.get_freeze_count()


@briskly()
def failing() -> None:
    """Fail while no books are kept."""
    assert gc.get_threshold()[0] > 10_000
    assert config.traceback__limit == 0
    raise ArithmeticError


def test_books_are_kept_again_afterwards() -> None:
    before = books()
    with pytest.raises(ArithmeticError):
        failing()
    assert books() == before
