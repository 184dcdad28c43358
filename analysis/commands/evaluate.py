"""`takeoff evaluate`: the outcomes of given worlds."""

import json
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["evaluate"]


def evaluate(
    points: Annotated[
        list[Path],
        typer.Argument(
            metavar="POINT.toml",
            help="Files with [scenario] and [parameters], both optional; a parameter that is "
            "not given takes its prior median.",
        ),
    ],
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one list, an object for each point.")
    ] = False,
) -> None:
    """Compute the outcomes of given worlds.

    Nothing is sampled. Without --json, a table for each world.
    """
    from takeoff.analysis.point import evaluate_points, read_point

    evaluated = evaluate_points([read_point(path) for path in points])
    if as_json:
        whole = [each.to_mapping() for each in evaluated]
        typer.echo(json.dumps(whole, indent=2, allow_nan=False))
        return
    from takeoff.analysis.terminal import print_point

    for each in evaluated:
        print_point(each)
