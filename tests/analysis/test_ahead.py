"""What outcomes take is compiled ahead where it is not compiled, and only there."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from takeoff.analysis import ahead
from takeoff.analysis.side_by_side import copies
from takeoff.models.blocks import integrate_in_blocks
from takeoff.models.special import is_compiled


def test_what_is_compiled_is_known_by_the_disk(tmp_path: Path) -> None:
    """In a folder of its own, before a kernel is compiled and, in a new process, after."""
    code = (
        "from takeoff.models.special import is_compiled, scaled_erfc as kernel\n"
        "print(is_compiled(kernel), end=' ')\nkernel(0.5)\n"
    )
    told = [
        subprocess.run(
            [sys.executable, "-c", code],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)},
        ).stdout.strip()
        for _ in range(2)
    ]
    assert told == ["False", "True"]


def test_nothing_is_begun_where_all_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    ahead._take_outcomes()
    assert is_compiled(integrate_in_blocks)
    monkeypatch.setattr(ahead, "multiprocessing", None)
    ahead.compile_ahead()()


def test_what_is_not_compiled_is_begun_and_waited_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if copies() == 1:
        pytest.skip("one processor, or processes cannot be copied")
    done = tmp_path / "done"
    monkeypatch.setattr(ahead, "is_compiled", lambda _: False)
    monkeypatch.setattr(ahead, "_take_outcomes", done.touch)
    ahead.compile_ahead()()
    assert done.exists()
