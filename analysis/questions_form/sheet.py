"""The form as a table that a spreadsheet opens."""

import csv
import io

from takeoff.analysis.questions_form.items import ITEMS

__all__ = ["COLUMNS", "form_sheet"]

COLUMNS = (
    *("expert", "camp", "round", "question", "kind", "level", "value", "lowest", "highest"),
    *("confidence", "phrase", "baseline", "note"),
)
"""Columns of the form: those of ``answers.csv`` that its kinds of answer need."""


def form_sheet(discussion_round: int) -> str:
    """Write the form, one row an answer, with its wording and an example under ``note``."""
    text = io.StringIO(newline="")
    rows = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
    rows.writeheader()
    for item in ITEMS:
        for row in item.rows:
            cells = {"round": str(discussion_round), "question": item.question.name}
            note = f"{item.question.text} Example: {item.example}"
            rows.writerow({**cells, "kind": item.kind, **dict(row.cells), "note": note})
    return text.getvalue()
