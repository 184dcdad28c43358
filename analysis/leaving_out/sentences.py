"""What scores of answers left out allow to be said, by rules."""

import math

import xarray as xr

from takeoff.analysis.leaving_out.compared import Compared, compared, reliable
from takeoff.analysis.leaving_out.names import MODEL, TESTS
from takeoff.analysis.pareto import LARGEST_SHAPE
from takeoff.analysis.wording import counted, ratio, written

__all__ = ["about_left_out", "about_reliability"]

_NEARLY = 1.1
"""A ratio below this says little with two digits."""
_MOST_NAMES = 10

_GIVEN = {
    TESTS[0]: "Told an expert's other answers",
    TESTS[1]: "Told nothing of the expert but the camp",
}


def about_left_out(scores: xr.Dataset) -> list[str]:
    """Say in each test how the model does against the pool that does best."""
    if scores.sizes["answer"] == 0:
        return [
            "No question was answered by enough people for pools to be compared with the model."
        ]
    return [_about(test, compared(scores, test)) for test in TESTS]


def _about(test: str, rows: list[Compared]) -> str:
    best = max((each for each in rows if each.method != MODEL), key=lambda each: each.log_score)
    advantage = best.log_advantage
    assert advantage is not None
    factor = math.exp(abs(advantage.mean))
    times = ratio(factor) if factor > _NEARLY else f"{factor:.2f}"
    size = f"{written(advantage.mean, '+.2f')} ± {advantage.error:.2f} in the log"
    pool = f"the best pool ({best.method})"
    if not advantage.is_clear:
        return f"{_GIVEN[test]}, the model and {pool} foretell answers about equally well ({size})."
    if advantage.mean > 0:
        return (
            f"{_GIVEN[test]}, the model gives what was then answered {times} times the "
            f"probability that {pool} gives it, on average ({size})."
        )
    return (
        f"{_GIVEN[test]}, {pool} gives what was then answered {times} times the probability that "
        f"the model gives it, on average ({size}): on these answers the pool is better."
    )


def about_reliability(scores: xr.Dataset) -> list[str]:
    """Say for how many answers the weights cannot be relied on, and what is left without them."""
    said = []
    for test, what in zip(TESTS, ("answer", "expert"), strict=True):
        trusted = reliable(scores, test)
        whose = scores["expert_name"].values
        count = int((~trusted).sum())
        if count == 0:
            said.append(f"Left out one {what} at a time, every weight can be relied on.")
            continue
        named = ""
        if what == "expert":
            names = sorted(set(whose[~trusted.values].tolist()))
            if len(names) <= _MOST_NAMES:
                named = f", those of {', '.join(names)}"
        text = (
            f"Left out one {what} at a time, {counted(count, 'forecast')} of {len(whose)} rest on "
            f"weights with k̂ above {LARGEST_SHAPE}, which cannot be relied on{named}."
        )
        kept = scores.isel(answer=trusted.values)
        if kept.sizes["answer"]:
            rows = compared(kept, test)
            best = max(rows[1:], key=lambda each: each.log_score).log_advantage
            assert best is not None
            size = f"{written(best.mean, '+.2f')} ± {best.error:.2f}"
            text += f" Without them the model's advantage is {size}."
        said.append(text)
    return said
