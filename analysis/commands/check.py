"""`takeoff check`: every problem of a study or a scenario, before any sampling."""

from pathlib import Path
from typing import Annotated

import typer

from takeoff.models.errors import InputError

__all__ = ["check"]


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
    answers = loaded.answered
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
