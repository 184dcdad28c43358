"""Make the answers of ``studies/carlsmith_2022`` from six premises and their credences.

Run ``python -m takeoff.data.make_carlsmith_2022``: it reads ``premises.csv`` beside the study (in
per cent, each premise given those before it) and writes ``answers.csv``. `PREMISES` says of each
premise where it goes, or why it goes nowhere.
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from math import prod
from pathlib import Path
from types import MappingProxyType

from takeoff.data.tables import read_table, write_table

__all__ = ["COLUMNS", "PREMISES", "STATED", "answers", "main", "product_of"]

COLUMNS = ("expert", "camp", "question", "kind", "value", "baseline", "side", "note")

PREMISES: Mapping[int, str] = MappingProxyType(
    {
        1: "answers arrival_by_2070",
        2: "nothing: the model has no incentives, and whoever can build such systems does",
        3: "with premise 4, a bound on any_misaligned",
        4: "with premise 3, a bound on any_misaligned",
        5: "answers takeover_if_misaligned",
        6: "nothing: the model does not judge how bad a takeover is",
    }
)
"""What becomes of each premise."""

_SOURCES = {
    "Carlsmith": "carlsmith_2021_percent",
    "superforecasters": "superforecasters_GoodJudgment_May2023_aggregate_percent",
}

STATED: Mapping[str, str] = MappingProxyType({"Carlsmith": "0.05", "superforecasters": "0.01"})
"""What each states for all six together: about their product, and five times theirs."""


def product_of(credences: Mapping[int, Decimal], *premises: int) -> Decimal:
    """Multiply the credences of some premises."""
    return prod((credences[each] for each in premises), start=Decimal(1))


def answers(premises: Iterable[Mapping[str, str]]) -> Iterator[tuple[str, ...]]:
    """Give the rows of ``answers.csv``."""
    rows = list(premises)
    for expert, column in _SOURCES.items():
        credences = {int(row["premise"]): Decimal(row[column]) / 100 for row in rows}
        joint = product_of(credences, 3, 4)
        product = 100 * product_of(credences, *PREMISES)
        stated = 100 * Decimal(STATED[expert])
        yield _row(expert, "arrival_by_2070", "probability", credences[1], "premise 1")
        yield _row(
            expert, "any_misaligned", "bound", joint, "premises 3 and 4 multiplied", side="above"
        )
        yield _row(expert, "takeover_if_misaligned", "probability", credences[5], "premise 5")
        note = (
            f"stated as {stated.normalize():f} per cent; the six premises multiply to {product:.3f}"
        )
        yield _row(expert, "takeover_by_2070", "probability", Decimal(STATED[expert]), note)


def _row(
    expert: str, question: str, kind: str, value: Decimal, note: str, side: str = ""
) -> tuple[str, ...]:
    return (expert, "", question, kind, f"{value.normalize():f}", "", side, note)


def main() -> None:
    """Write the answers beside the study."""
    folder = Path(__file__).parent / "studies" / "carlsmith_2022"
    rows = list(answers(read_table(folder / "premises.csv")))
    write_table(folder / "answers.csv", COLUMNS, rows)


if __name__ == "__main__":
    main()
