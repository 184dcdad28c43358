"""What the report says of the answers themselves: beside pools, left out, and repeated."""

from typing import Any

import xarray as xr

from takeoff.analysis.baselines.page import about_baselines, pool_tables
from takeoff.analysis.check_sentences import about_checks, check_rows
from takeoff.analysis.leaving_out.compared import compared
from takeoff.analysis.leaving_out.names import TESTS
from takeoff.analysis.leaving_out.sentences import about_left_out, about_reliability
from takeoff.analysis.predictive_checks import STATISTICS

__all__ = ["answers_context"]


def answers_context(tree: xr.DataTree) -> dict[str, Any]:
    """Give what the sections on baselines and checks show; None of what a posterior lacks."""
    has = tree.children
    return {
        "baselines": _baselines(tree) if "baselines" in has else None,
        "left_out": _left_out(tree["left_out"].to_dataset()) if "left_out" in has else None,
        "checks": _checks(tree) if "checks" in has else None,
    }


def _baselines(tree: xr.DataTree) -> dict[str, Any]:
    return {"sentences": about_baselines(tree), "tables": pool_tables(tree)}


def _left_out(scores: xr.Dataset) -> dict[str, Any] | None:
    answers = scores.sizes["answer"]
    return {
        "sentences": about_left_out(scores),
        "answers": answers,
        "tests": {test: compared(scores, test) for test in TESTS} if answers else {},
        "reliability": about_reliability(scores) if answers else [],
    }


def _checks(tree: xr.DataTree) -> dict[str, Any]:
    return {
        "sentences": about_checks(tree),
        "rows": check_rows(tree),
        "statistics": STATISTICS,
    }
