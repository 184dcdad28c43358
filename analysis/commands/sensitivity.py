"""`takeoff sensitivity`: what drives the answer."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from takeoff.analysis.commands.say import say

__all__ = ["sensitivity"]


def sensitivity(
    posterior: Annotated[
        Path, typer.Argument(metavar="POSTERIOR", help="What takeoff report or fit has saved.")
    ] = Path("takeoff-report/posterior.nc"),
    out: Annotated[
        Path,
        typer.Option(
            metavar="DIR", help="Folder for sensitivity.html, sensitivity.nc and refits/."
        ),
    ] = Path("takeoff-report"),
    refits: Annotated[
        bool,
        typer.Option(
            "--refits",
            help="Leave out each expert, question and camp, and change prior sets and scales; fit "
            "again where reweighting cannot be trusted.",
        ),
    ] = False,
    grid: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A TOML file of changes to carry out in place of those."),
    ] = None,
    every: Annotated[
        bool, typer.Option("--every", help="Fit again for every change; reweight nothing.")
    ] = False,
    workers: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="Processes that refit; all processors by default."),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="A dask scheduler whose workers refit instead."),
    ] = None,
    draws: Annotated[
        int, typer.Option(metavar="N", min=4, help="Draws of each of a refit's chains.")
    ] = 100,
) -> None:
    """Say what drives the answer.

    Which belief, whose, and how far it is the prior speaking. Refits are
    kept in refits/ row by row: a run that was stopped goes on from there.
    """
    from takeoff.analysis.files import require_writable_folder

    require_writable_folder(out)
    from takeoff.analysis.posterior import load_current
    from takeoff.analysis.sensitivity.base import base_of
    from takeoff.analysis.sensitivity.components import log_prior, top_level
    from takeoff.analysis.sensitivity.page import three_sentences, write_sensitivity
    from takeoff.analysis.sensitivity.report import sensitivity as analyse
    from takeoff.analysis.terminal import console_of, print_wrapped

    base = base_of(load_current(posterior))
    changes = []
    known: Mapping[str, tuple[str, ...] | None] = {}
    if refits or every or grid is not None or cluster is not None:
        from takeoff.analysis.sensitivity.changes import possible
        from takeoff.analysis.sensitivity.grid import load_grid, ordinary
        from takeoff.analysis.sensitivity.workers import require_cluster

        known = possible(base.judgments, top_level(base.panel), base.panel.crowds)
        changes = ordinary(known) if grid is None else load_grid(grid, known)
        if cluster is not None:
            require_cluster(cluster)
    prior = log_prior(base.draws, base.panel)
    found = analyse(base, prior, say)
    if changes:
        import xarray as xr

        from takeoff.analysis.sensitivity.powerscale import untrusted
        from takeoff.analysis.sensitivity.refit import Sampling
        from takeoff.analysis.sensitivity.sweep import sweep
        from takeoff.analysis.sensitivity.tornado import held

        if grid is None:
            changes += held(found["tornado"].to_dataset())
            powers = untrusted(found["power"].to_dataset())
            changes += [each for each in powers if all(name in known for name, _ in each.settings)]
        say(f"{len(changes)} changes")
        rows = sweep(
            base,
            changes,
            prior,
            out / "refits",
            sampling=Sampling(draws=draws),
            reweigh=not every,
            workers=workers,
            cluster=cluster,
            progress=sys.stderr.isatty(),
        )
        found["refits"] = xr.DataTree(rows)
    written = write_sensitivity(base, found, out)
    for sentence in three_sentences(base, found):
        print_wrapped(console_of(), sentence)
        typer.echo()
    for each in written:
        typer.echo(f"written: {each}")
    for each in json.loads(found.attrs["problems"]):
        say(f"the posterior has not converged: {each}")
