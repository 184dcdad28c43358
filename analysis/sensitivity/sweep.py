"""Sweeps: many changes, each a row, reweighted where that may be trusted and refitted where not.

A sweep that is killed keeps its rows, and goes on from them. Rows say how they were come by:
``refit``, ``reweighted`` or ``failed``, and the three are never counted together.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import xarray as xr

from takeoff.analysis.sensitivity.base import Base
from takeoff.analysis.sensitivity.changes import Change
from takeoff.analysis.sensitivity.findings import Row, failed, table
from takeoff.analysis.sensitivity.refit import Job, Sampling, refit, start_of
from takeoff.analysis.sensitivity.reweigh import reweighted
from takeoff.analysis.sensitivity.store import Store
from takeoff.analysis.sensitivity.workers import on_cluster, on_this_machine
from takeoff.models.errors import InputError

__all__ = ["reweigh_all", "sweep"]


def reweigh_all(
    base: Base, changes: Iterable[Change], prior: xr.Dataset
) -> tuple[list[Row], list[Row]]:
    """Reweight for every change: rows whose k̂ can be trusted, and rows that need a refit.

    The latter are failures, with k̂ and the reason.
    """
    trusted, others = [], []
    for change in changes:
        try:
            row, weights = reweighted(base, change, prior)
        except InputError as error:
            trusted.append(failed(change, str(error), float("nan"), 0.0))
            continue
        if weights.trusted:
            trusted.append(row)
        else:
            others.append(failed(change, _needs_a_refit(weights.k), weights.k, row.seconds))
    return trusted, others


def sweep(
    base: Base,
    changes: Sequence[Change],
    prior: xr.Dataset,
    folder: Path,
    *,
    sampling: Sampling | None = None,
    reweigh: bool = True,
    workers: int | None = None,
    cluster: str | None = None,
    progress: bool = False,
) -> xr.Dataset:
    """Carry out changes, and lay out what the panel then reports.

    Parameters
    ----------
    base
        The fitted panel.
    changes
        What is changed, a row each.
    prior
        The base's log prior (`components.log_prior`).
    folder
        Where rows are kept; those already there are not carried out again.
    sampling
        How refits are sampled.
    reweigh
        Whether to reweight where k̂ allows it; else every row is a refit.
    workers
        Processes on this machine; as many as processors when None.
    cluster
        Address of a dask scheduler, whose workers refit in place of this machine's.
    progress
        Whether to show a progress bar with the time left.

    Returns
    -------
    xr.Dataset
        See `findings.table`; rows in the order of the changes.

    Raises
    ------
    InputError
        If the posterior was saved without what refits start from, or no cluster answers.
    """
    chosen = sampling or Sampling()
    store = Store(folder, str(base.tree.attrs["result_id"]), chosen)
    done = {change: row for change in changes if (row := store.read(change)) is not None}
    if not reweigh:
        done = {change: row for change, row in done.items() if row.how != "reweighted"}
    left = [change for change in dict.fromkeys(changes) if change not in done]
    worst = dict.fromkeys(left, float("nan"))
    if reweigh:
        trusted, others = reweigh_all(base, left, prior)
        for row in trusted:
            store.write(row)
            done[row.change] = row
        worst = {row.change: row.k for row in others}
    if worst:
        start = start_of(base)
        if start is None:
            raise InputError(
                "the posterior was saved without the sampler's coordinates, from which refits "
                "start; fit it again with takeoff fit"
            )
        jobs = [Job.of(base, change, start, chosen, k) for change, k in worst.items()]
        found = (
            on_cluster(refit, jobs, cluster) if cluster else on_this_machine(refit, jobs, workers)
        )
        with _advancing(len(jobs), progress) as advance:
            for row in found:
                store.write(row)
                done[row.change] = row
                advance()
    return table([done[change] for change in changes])


def _needs_a_refit(k: float) -> str:
    return f"needs a refit: Pareto k̂ is {k:.2f}"


@contextmanager
def _advancing(total: int, shown: bool) -> Iterator[Callable[[], None]]:
    """Show how many rows are done and the time left; gives what to call after each."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("refits"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), disable=not shown) as bar:
        task = bar.add_task("refits", total=total)
        yield lambda: bar.advance(task)
