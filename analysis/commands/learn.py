"""`takeoff report` and `takeoff fit`: learn from studies."""

import json
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from takeoff.analysis.commands.say import say
from takeoff.analysis.defaults import CHAINS, DRAWS, TUNE

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["fit", "report"]

StudyNames = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="STUDY",
        help="Studies that ship, or folders of others; fri_2023 and authors when none is named.",
        show_default=False,
    ),
]
Prior = Annotated[
    str,
    typer.Option(metavar="SET", help="Prior set: neutral, homogeneous, heterogeneous or averaged."),
]
Seed = Annotated[int, typer.Option(metavar="N", min=0, help="Seed of all random draws.")]
Draws = Annotated[int, typer.Option(metavar="N", min=1, help="Posterior draws of each chain.")]
Tune = Annotated[int, typer.Option(metavar="N", min=1, help="Tuning steps of each chain.")]
Chains = Annotated[int, typer.Option(metavar="N", min=1, help="Chains.")]

_DEFAULT_STUDIES = ("fri_2023", "authors")


def report(
    studies: StudyNames = None,
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Folder for the report and the posterior.")
    ] = Path("takeoff-report"),
    prior: Prior = "neutral",
    seed: Seed = 1,
    draws: Draws = DRAWS,
    tune: Tune = TUNE,
    chains: Chains = CHAINS,
) -> None:
    """Learn from studies, and write a report."""
    from takeoff.analysis.files import require_writable_folder

    names = _usable(studies, prior)
    require_writable_folder(out)
    from takeoff.analysis.posterior import save
    from takeoff.analysis.report import write_report
    from takeoff.analysis.summaries import answer_table
    from takeoff.analysis.terminal import print_answer

    tree = _fitted(names, prior, seed, draws, tune, chains)
    out.mkdir(parents=True, exist_ok=True)
    save(tree, out / "posterior.nc")
    write_report(tree, out)

    print_answer(answer_table(tree))
    typer.echo(f"report:    {out / 'report.html'}")
    typer.echo(f"posterior: {out / 'posterior.nc'}")
    _require_convergence(tree)


def fit(
    studies: StudyNames = None,
    out: Annotated[Path, typer.Option(metavar="FILE", help="File for the posterior.")] = Path(
        "posterior.nc"
    ),
    prior: Prior = "neutral",
    seed: Seed = 1,
    draws: Draws = DRAWS,
    tune: Tune = TUNE,
    chains: Chains = CHAINS,
) -> None:
    """Learn from studies; save the posterior."""
    from takeoff.analysis.files import require_writable_file

    names = _usable(studies, prior)
    require_writable_file(out)
    from takeoff.analysis.posterior import save

    tree = _fitted(names, prior, seed, draws, tune, chains)
    save(tree, out)
    typer.echo(f"posterior: {out}")
    _require_convergence(tree)


def _usable(studies: Sequence[str] | None, prior: str) -> tuple[str, ...]:
    """Name the studies to learn from, all of them free of errors, before anything slow."""
    from takeoff.data import join, load_study
    from takeoff.models.priors import prior_set

    names = tuple(studies or _DEFAULT_STUDIES)
    join([load_study(name) for name in names])
    prior_set(prior)
    return names


def _fitted(
    studies: Sequence[str], prior: str, seed: int, draws: int, tune: int, chains: int
) -> "xr.DataTree":
    from takeoff.analysis.fit import fit as fit_panel

    # It would list all variables of the model when panels are drawn from the prior.
    logging.getLogger("pymc.sampling.forward").setLevel(logging.WARNING)
    return fit_panel(
        studies,
        prior=prior,
        seed=seed,
        draws=draws,
        tune=tune,
        chains=chains,
        progress=sys.stderr.isatty(),
    )


def _require_convergence(tree: "xr.DataTree") -> None:
    problems = json.loads(tree.attrs["problems"])
    for each in problems:
        say(each)
    if problems:
        raise typer.Exit(1)
