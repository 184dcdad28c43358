"""Make the answers of ``studies/espai_2023`` from what respondents typed.

Run ``python -m takeoff.data.make_espai_2023``: it reads ``responses.csv`` beside the study (the
questions about risk in ``data/combined-cleaned-personal-anon.csv`` of github.com/tadamcz/espai,
without what could identify anybody) and writes ``answers.csv`` and ``readings.csv``. The first
holds every answer that can be read; the second every entry that is not a plain percentage, with how
it was read or why it was refused, and every answer that may be on another scale.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType

from takeoff.data.tables import read_table, write_table

__all__ = [
    "CAMP",
    "COLUMNS",
    "QUESTIONS",
    "READING_COLUMNS",
    "Entry",
    "answers",
    "main",
    "read",
    "readings",
]

QUESTIONS: Mapping[str, str] = MappingProxyType(
    {
        "vb_1_5": "extremely_bad",
        "extinction_all_1": "extinction_all",
        "extinction_100_1": "extinction_100",
        "extinction_control_1": "extinction_control",
    }
)
"""Question of each column that is used."""

COLUMNS = (
    *("expert", "camp", "question", "kind", "value", "baseline"),
    *("lowest", "highest", "side", "note"),
)
READING_COLUMNS = ("respondent", "question", "entry", "read_as", "reason")

CAMP = "Researchers"
"""All are of one camp, so that beside other studies they need not stand midway between camps."""

_PLAIN = r"\d+(\.\d+)?(e-\d+)?"
_NUMBER = r"\d*[.,]?\d+"


@dataclass(frozen=True)
class Entry:
    """One entry as it was read: a kind of answer with its cells, or "refused".

    Attributes
    ----------
    kind
        Kind of answer, or "refused".
    cells
        Its cells by column, as probabilities.
    reason
        What was not plain about it; empty for a percentage from 0 to 100.
    """

    kind: str
    cells: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""


def read(text: str) -> Entry:
    """Read what somebody typed when asked for a percentage.

    >>> read("12.5")
    Entry(kind='probability', cells={'value': '0.125'}, reason='')
    >>> read(",9").cells, read("5%").cells, read("near 0").cells
    ({'value': '0.009'}, {'value': '0.05'}, {'value': '0'})
    >>> read("< 0.1").cells, read("5-10").cells
    ({'value': '0.001', 'side': 'below'}, {'lowest': '0.05', 'highest': '0.1'})
    >>> read("2000").reason
    'above 100, and what was meant cannot be told'
    """
    text = text.strip()
    if re.fullmatch(_PLAIN, text):
        if Decimal(text) > 100:
            return Entry("refused", reason="above 100, and what was meant cannot be told")
        return Entry("probability", {"value": _share(text)})
    if re.fullmatch(rf"{_NUMBER} ?%", text):
        return _stated(text.rstrip(" %"), "a percentage with its sign")
    if re.fullmatch(_NUMBER, text):
        return _stated(text, "a decimal comma, and no zero before it")
    if text in ("near 0", "0+"):
        return _stated("0", "rounds to zero")
    if bound := re.fullmatch(rf"(?:<|less than) ?({_NUMBER})", text, re.IGNORECASE):
        return Entry("bound", {"value": _share(bound[1]), "side": "below"}, "an upper bound")
    if ends := re.fullmatch(rf"({_NUMBER}) ?- ?({_NUMBER})", text):
        lowest, highest = (_share(each) for each in ends.groups())
        return Entry("interval", {"lowest": lowest, "highest": highest}, "a range")
    return Entry("refused", reason="not a number, and not words that are known")


def _stated(percent: str, reason: str) -> Entry:
    return Entry("probability", {"value": _share(percent)}, reason)


def _share(percent: str) -> str:
    """Write a percentage as a probability, exactly."""
    share = (Decimal(percent.replace(",", ".")) / 100).normalize()
    return f"{share:e}" if share and share.adjusted() < -5 else f"{share:f}"


def answers(responses: Iterable[Mapping[str, str]]) -> Iterator[tuple[str, ...]]:
    """Give the rows of ``answers.csv``, in the order of respondents and questions."""
    for row in responses:
        for question, text, entry in _entries(row):
            if entry.kind != "refused":
                note = (
                    f"typed {text!r}: {entry.reason}" if entry.reason else _other_scale(row, text)
                )
                cells = {
                    "expert": f"respondent {row['respondent']}",
                    "camp": CAMP,
                    "question": question,
                    "kind": entry.kind,
                    "note": note,
                    **entry.cells,
                }
                yield tuple(cells.get(name, "") for name in COLUMNS)


def readings(responses: Iterable[Mapping[str, str]]) -> Iterator[tuple[str, ...]]:
    """Give the rows of ``readings.csv``: whatever is not a plain percentage."""
    for row in responses:
        for question, text, entry in _entries(row):
            reason = entry.reason or _other_scale(row, text)
            if reason:
                cells = ", ".join(f"{name} {cell}" for name, cell in entry.cells.items())
                read_as = " ".join(filter(None, (entry.kind, cells)))
                yield (row["respondent"], question, text, read_as, reason)


def _entries(row: Mapping[str, str]) -> Iterator[tuple[str, str, Entry]]:
    for column, question in QUESTIONS.items():
        if row[column].strip():
            yield question, row[column], read(row[column])


def _other_scale(row: Mapping[str, str], text: str) -> str:
    """Flag a number below 1 with the digits of the person's percentage of the extremely bad."""
    bad = Decimal(row["vb_1_5"])
    if Decimal(text) < 1 <= bad and 100 * Decimal(text) == bad:
        return f"as typed; perhaps a probability, beside {float(bad):g} per cent extremely bad"
    return ""


def main() -> None:
    """Write both files beside the study."""
    folder = Path(__file__).parent / "studies" / "espai_2023"
    responses = read_table(folder / "responses.csv")
    write_table(folder / "answers.csv", COLUMNS, answers(responses))
    write_table(folder / "readings.csv", READING_COLUMNS, readings(responses))


if __name__ == "__main__":
    main()
