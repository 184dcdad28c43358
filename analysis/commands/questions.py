"""`takeoff questions`: what studies ask, and a blank form to send out."""

import os
from pathlib import Path
from typing import Annotated

import typer

from takeoff.models.errors import InputError

__all__ = ["questions"]


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
            "experts: a table, a page to print, and a study.toml beside them.",
        ),
    ] = None,
    discussion_round: Annotated[
        int,
        typer.Option(
            "--round", min=1, max=2, help="Of the form: 1 before experts discuss, 2 after."
        ),
    ] = 1,
) -> None:
    """List questions, or write a blank form."""
    if form is not None:
        if studies:
            raise InputError("a form asks the questions of takeoff itself; name no study with it")
        _write_form(form, discussion_round)
        return
    from takeoff.analysis.terminal import print_questions
    from takeoff.data import load_study, shipped_studies

    for study in [load_study(name) for name in studies or shipped_studies()]:
        print_questions(study)
    typer.echo("Not asked by any survey yet: takeoff questions --form FILE.csv")


def _write_form(path: Path, discussion_round: int) -> None:
    from takeoff.analysis.questions_form import ITEMS, write_form

    written = write_form(path, discussion_round)
    for each in written:
        typer.echo(f"written: {each}")
    study = path.with_name("study.toml")
    if study not in written:
        typer.echo(f"kept:    {study}, which was there; it must hold these questions")
    folder = path.parent
    typer.echo(
        f"{len(ITEMS)} questions. Fill in expert and answers, name the form "
        f"{folder / 'answers.csv'}, then: takeoff check {_as_argument(folder)}"
    )


def _as_argument(folder: Path) -> str:
    """Write a folder so that it is not taken for the name of a study that ships."""
    return str(folder) if os.sep in str(folder) else f".{os.sep}{folder}"
