"""How long the app takes: ``uv run python -m benchmarks.app [POSTERIOR]``.

The first start works a cloud of worldviews out, later ones read it; then what an answer costs, from
the request to the page's new state, with all questions answered one after another.
"""

import sys
import tempfile
import time
from pathlib import Path

from takeoff.analysis.app.asked import ITEMS
from takeoff.analysis.app.base import Base, read_base
from takeoff.analysis.app.desk import Desk
from takeoff.analysis.app.folder import open_folder


def main(posterior: Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "panel"
        kept = open_folder(folder)
        for start in ("first start", "later start"):
            began = time.perf_counter()
            base = read_base(posterior, folder)
            print(f"{start}: {time.perf_counter() - began:.1f} s")
        seconds = _answers(Desk(kept, lambda: _without_refits(base), base.weights))
    seconds.sort()
    print(
        f"an answer: median {seconds[len(seconds) // 2]:.2f} s, slowest of {len(seconds)} "
        f"{seconds[-1]:.2f} s"
    )


def _without_refits(base: Base) -> Base:
    """Leave out the studies: a refit would run beside what is timed."""
    return Base(**{**base.__dict__, "studies": ()})


def _answers(desk: Desk) -> list[float]:
    desk.wait()
    (expert,) = desk.folder.panel.experts
    desk.consent(expert, "")
    seconds = []
    for row, each in enumerate(item for item in ITEMS if item.kind == "probability"):
        began = time.perf_counter()
        desk.answer(expert, {"question": each.name, "given": str(20 + 2 * row), "entry": each.name})
        desk.state(expert)
        seconds.append(time.perf_counter() - began)
    desk.stop()
    return seconds


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "takeoff-report/posterior.nc"))
