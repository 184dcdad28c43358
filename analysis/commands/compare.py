"""`takeoff compare`: scenarios and interventions side by side."""

import json
from pathlib import Path
from typing import Annotated

import typer

from takeoff.analysis.commands.say import say

__all__ = ["compare"]


def compare(
    posterior: Annotated[
        Path, typer.Argument(metavar="POSTERIOR", help="What takeoff report or fit has saved.")
    ] = Path("takeoff-report/posterior.nc"),
    scenario: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="A scenario that ships, or a file of your own; may be repeated. All that ship "
            "when none is named.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder for compare.html and comparison.nc.")
    ] = None,
) -> None:
    """Compare scenarios and interventions.

    Says how many projects are best and whether it depends on how alike
    they are, and what each scenario does against five projects.
    """
    from takeoff.analysis.files import require_writable_folder
    from takeoff.data import load_plans

    plans = load_plans(scenario or ())
    if out is not None:
        require_writable_folder(out)
    from takeoff.analysis.comparison import compare as play_out
    from takeoff.analysis.comparison_terminal import print_comparison, print_details
    from takeoff.analysis.posterior import load_current

    comparison = play_out(load_current(posterior), plans)
    if out is not None:
        from takeoff.analysis.comparison_page import write_comparison

        for written in write_comparison(comparison, out):
            typer.echo(f"written: {written}")
    print_comparison(comparison)
    if scenario:
        print_details(comparison, [plan.name for plan in plans[1:]])
    for each in json.loads(comparison.attrs["problems"]):
        say(f"the posterior has not converged: {each}")
