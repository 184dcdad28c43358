"""Write the blank form: for a spreadsheet, for paper, and the study that holds the answers."""

from pathlib import Path

from takeoff.analysis.questions_form.page import form_page
from takeoff.analysis.questions_form.sheet import form_sheet
from takeoff.analysis.questions_form.study import study_toml
from takeoff.models.errors import InputError

__all__ = ["write_form"]


def write_form(path: Path, discussion_round: int = 1) -> tuple[Path, ...]:
    """Write a blank form, the same as a page to print, and a ``study.toml`` unless there is one.

    The form is a table with the columns of a study's ``answers.csv`` and a row an answer; its
    wording stands under ``note``. Filled in and named ``answers.csv``, it makes a study with the
    ``study.toml`` beside it. The page has the same name, and ends in ``.html``.

    Parameters
    ----------
    path
        The form, a name that ends in ``.csv``.
    discussion_round
        1 before experts discuss, 2 after; it stands in every row, and tells the rounds apart.

    Returns
    -------
    tuple of Path
        The files written.

    Raises
    ------
    InputError
        If the form or its page is there already, is not named ``.csv``, or cannot be written.
    """
    from takeoff.analysis.files import write_new

    if path.suffix.lower() != ".csv":
        raise InputError(f"{path} is no name for a form; end it in .csv")
    study = path.with_name("study.toml")
    contents = {
        path: form_sheet(discussion_round),
        path.with_suffix(".html"): form_page(discussion_round),
    }
    if not study.exists():
        contents[study] = study_toml()
    write_new(contents)
    return tuple(contents)
