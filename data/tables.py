"""Tables as the scripts that make shipped data read and write them: CSV with a row of names."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

__all__ = ["read_table", "write_table"]


def read_table(path: Path) -> list[dict[str, str]]:
    """Read each row by the names of its columns."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str | float]]) -> None:
    """Write rows below the names of their columns."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
