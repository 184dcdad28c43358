"""Posterior predictive checks in words and rows: which fail, and how many would by chance."""

from dataclasses import dataclass

import xarray as xr

from takeoff.analysis.predictive_checks import EXTREME, PEOPLE, STATISTICS
from takeoff.analysis.wording import counted, listed, plain_name, probability

__all__ = ["CheckRow", "about_checks", "check_rows"]

_MULTIPLES, _, _, _ = STATISTICS


@dataclass(frozen=True)
class CheckRow:
    """The tail areas of one part of the panel, by statistic, and whether each fails."""

    part: str
    by: str
    answers: int
    areas: list[tuple[str, bool]]


def check_rows(tree: xr.DataTree) -> list[CheckRow]:
    """Tabulate the tail areas of the same people's answers, part by part."""
    found = tree["checks"].to_dataset()
    areas = found["tail_area"].sel(people=PEOPLE[0]).transpose("part", "statistic")
    return [
        CheckRow(
            str(found["part"].values[row]),
            str(found["by"].values[row]),
            int(found["answers"].values[row]),
            [(f"{area:.2f}", _fails(area)) for area in values.tolist()],
        )
        for row, values in enumerate(areas.values)
    ]


def about_checks(tree: xr.DataTree) -> list[str]:
    """Say for each statistic which parts fail, and what that means."""
    found = tree["checks"].to_dataset()
    expected = probability(2 * EXTREME)
    said = [
        f"A check fails here when its tail area is below {EXTREME} or above {1 - EXTREME}; of "
        f"checks of a right model that were independent of the fit, {expected} would."
    ]
    said += [_about(found, statistic) for statistic in STATISTICS]
    return said


def _about(found: xr.Dataset, statistic: str) -> str:
    areas = found["tail_area"].sel(people=PEOPLE[0], statistic=statistic)
    failing = [
        plain_name(str(part))
        for part, area in zip(areas["part"].values, areas.values, strict=True)
        if _fails(float(area))
    ]
    count = f"{statistic}: {len(failing)} of {counted(areas.sizes['part'], 'check')} fail"
    text = f"{count[0].upper()}{count[1:]}{f' ({listed(failing)})' if failing else ''}."
    whole = areas.isel(part=0)
    if statistic == _MULTIPLES and _fails(float(whole)):
        share = float(found["observed"].sel(statistic=statistic).isel(part=0))
        more = float(whole) < EXTREME
        text += (
            f" {probability(share)} of all answers are multiples of 5%, "
            f"{'more' if more else 'fewer'} than if all rounded as simulated panels do, who say "
            "the roundest number that is near enough. The fit does not use that rule: it reads "
            "each answer as finely as it was given."
        )
    return text


def _fails(area: float) -> bool:
    return not EXTREME <= area <= 1 - EXTREME
