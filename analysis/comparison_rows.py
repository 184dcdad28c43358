"""What plans do, written for tables: a row an outcome, a cell for each view."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from takeoff.analysis.comparison import Case
from takeoff.analysis.comparison_reading import Effect
from takeoff.analysis.comparison_sentences import points, sure
from takeoff.analysis.wording import quantity, span, written
from takeoff.models.outcomes import outcome

__all__ = ["rows_of_plan"]

Effects = Mapping[tuple[str, str, Case], Effect]


def rows_of_plan(
    drawn: Mapping[str, Effects], scenario: str, outcomes: Sequence[str], case: Case
) -> list[dict[str, Any]]:
    """Make a row an outcome, with a cell for each view."""
    rows = []
    for name in outcomes:
        unit = outcome(name).unit
        cells = {}
        for who, table in drawn.items():
            found = table[scenario, name, case]
            exists = not np.isnan(found.level.median)
            cells[who] = {
                "level": quantity(found.level.median, unit),
                "span": span(found.level, unit),
                "change": _change(found.difference.median, unit),
                "from": _change(found.difference.lower, unit),
                "to": _change(found.difference.upper, unit),
                "better": sure(found),
                "exists": exists,
                "unchanged": found.unchanged,
            }
        rows.append({"name": name, "better": outcome(name).better, "cells": cells})
    return rows


def _change(value: float, unit: str) -> str:
    return points(value) if unit in ("probability", "share") else written(value, "+.2g")
