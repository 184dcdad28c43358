"""The command line: `takeoff`, with a command for each job.

Modules that take long to import are imported inside the commands, so that help comes at once.
"""

import json
import logging
import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from takeoff.models.errors import InputError

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["app", "main"]

_BAD_INPUT = 2
_INTERRUPTED = 130

app = typer.Typer(
    # Plain help: the rich one takes half a second to import where bytecode is not cached.
    rich_markup_mode=None,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and give its exit code.

    Parameters
    ----------
    arguments
        What follows the program's name; that of this process when None.

    Returns
    -------
    int
        0; 1 when a fit has not converged; 2 on bad input; 130 when interrupted.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # no letter that a terminal lacks is fatal
    try:
        code = app(arguments, prog_name="takeoff", standalone_mode=False) or 0
        sys.stdout.flush()
    except InputError as error:
        return _refuse(str(error))
    except typer.TyperException as error:
        context = getattr(error, "ctx", None)
        command = "takeoff" if context is None else context.command_path
        return _refuse(f"{error.format_message().rstrip('.')}; see {command} --help")
    except BrokenPipeError:
        return _leave_pipe()
    except OSError as error:
        return _refuse(f"{error.filename or 'a file'}: {error.strerror or error}")
    except KeyboardInterrupt:
        code = _INTERRUPTED
    if code == _INTERRUPTED:
        _say("interrupted")
    return int(code)


@app.callback(invoke_without_command=True)
def overview(context: typer.Context) -> None:
    """Tell whether AI projects will be aligned or misaligned together.

    Takeoff learns from experts' judgments how alike the systems of several
    projects will be, how likely a catastrophe is, and whether a warning
    comes first.

    \b
    Examples:
      takeoff report               what experts' beliefs imply
      takeoff compare              how many projects are best
      takeoff check my_study       what to mend in a study
    """  # noqa: D301 - "\b" tells typer to keep the lines below as they are
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


StudyNames = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="STUDY",
        help="Studies that ship, or folders of others; fri_2023 and authors when none is named.",
        show_default=False,
    ),
]
Prior = Annotated[str, typer.Option(help="Prior set: neutral, homogeneous or heterogeneous.")]
Seed = Annotated[int, typer.Option(min=0, help="Seed of all random draws.")]
Draws = Annotated[int, typer.Option(min=1, help="Posterior draws of each chain.")]
Tune = Annotated[int, typer.Option(min=1, help="Tuning steps of each chain.")]
Chains = Annotated[int, typer.Option(min=1, help="Chains.")]

_DEFAULT_STUDIES = ("fri_2023", "authors")


@app.command()
def report(
    studies: StudyNames = None,
    out: Annotated[Path, typer.Option(help="Folder for the report and the posterior.")] = Path(
        "takeoff-report"
    ),
    prior: Prior = "neutral",
    seed: Seed = 1,
    draws: Draws = 1000,
    tune: Tune = 400,
    chains: Chains = 4,
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


@app.command()
def fit(
    studies: StudyNames = None,
    out: Annotated[Path, typer.Option(help="File for the posterior.")] = Path("posterior.nc"),
    prior: Prior = "neutral",
    seed: Seed = 1,
    draws: Draws = 1000,
    tune: Tune = 400,
    chains: Chains = 4,
) -> None:
    """Learn from studies, and save the posterior."""
    from takeoff.analysis.files import require_writable_file

    names = _usable(studies, prior)
    require_writable_file(out)
    from takeoff.analysis.posterior import save

    tree = _fitted(names, prior, seed, draws, tune, chains)
    save(tree, out)
    typer.echo(f"posterior: {out}")
    _require_convergence(tree)


@app.command()
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


@app.command()
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
        Path | None, typer.Option(help="Folder for compare.html and comparison.nc.")
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
        _say(f"the posterior has not converged: {each}")


@app.command()
def check(
    study: Annotated[
        str,
        typer.Argument(
            metavar="STUDY",
            help="A study that ships, the folder of another, or the file of a scenario.",
        ),
    ],
) -> None:
    """List all problems in a study by line."""
    if study.endswith(".toml"):
        _check_scenario(Path(study))
        return
    from takeoff.analysis.terminal import print_problems
    from takeoff.data import check_study, load_study, study_folder

    study_folder(study)  # one line when there is none
    problems = check_study(study)
    print_problems(problems)
    errors = sum(each.severity == "error" for each in problems)
    if errors:
        s = "" if errors == 1 else "s"
        raise InputError(f"{study} cannot be used yet; mend the {errors} error{s} listed")
    loaded = load_study(study)
    answers = loaded.answers.dropna(subset=["value"])
    counts = {
        "answer": len(answers),
        "expert": answers["expert"].nunique(),
        "question": len(loaded.questions),
    }
    said = ", ".join(f"{n} {what}{'' if n == 1 else 's'}" for what, n in counts.items())
    notes = "; the notes above do not keep it from being used" if problems else ""
    typer.echo(f"{study} is right: {said}{notes}")


def _check_scenario(path: Path) -> None:
    from takeoff.analysis.terminal import print_problems
    from takeoff.data import check_plan

    if not path.exists():
        raise InputError(f"{path}: there is no such file")
    problems = check_plan(path)
    print_problems(problems)
    if problems:
        s = "" if len(problems) == 1 else "s"
        raise InputError(f"{path} cannot be used yet; mend the {len(problems)} error{s} listed")
    typer.echo(f"{path} is right")


@app.command()
def questions(
    studies: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="STUDY",
            help="Studies to list; all that ship when none is named.",
            show_default=False,
        ),
    ] = None,
    form: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.csv",
            help="Write a blank form of the questions that no survey has asked, to send to "
            "experts, and a study.toml beside it.",
        ),
    ] = None,
) -> None:
    """List questions, or write a blank form."""
    if form is not None:
        if studies:
            raise InputError("a form asks the questions of takeoff itself; name no study with it")
        _write_form(form)
        return
    from takeoff.analysis.terminal import print_questions
    from takeoff.data import load_study, shipped_studies

    for study in [load_study(name) for name in studies or shipped_studies()]:
        print_questions(study)
    typer.echo("Not asked by any survey yet: takeoff questions --form FILE.csv")


def _write_form(path: Path) -> None:
    from takeoff.analysis.questions_form import QUESTIONS, write_form

    written = write_form(path)
    for each in written:
        typer.echo(f"written: {each}")
    study = path.with_name("study.toml")
    if study not in written:
        typer.echo(f"kept:    {study}, which was there; it must hold these questions")
    folder = path.parent
    typer.echo(
        f"{len(QUESTIONS)} questions. Fill in expert and value, name the form "
        f"{folder / 'answers.csv'}, then: takeoff check {_as_argument(folder)}"
    )


def _as_argument(folder: Path) -> str:
    """Write a folder so that it is not taken for the name of a study that ships."""
    return str(folder) if os.sep in str(folder) else f".{os.sep}{folder}"


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
        _say(each)
    if problems:
        raise typer.Exit(1)


def _refuse(message: str) -> int:
    _say(message)
    return _BAD_INPUT


def _say(message: str) -> None:
    """Say something on one line of stderr."""
    line = "".join(each if each.isprintable() else " " for each in message)
    typer.echo(f"takeoff: {line}", err=True)


def _leave_pipe() -> int:
    """End quietly when nobody reads on; else Python would complain at its own end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1
