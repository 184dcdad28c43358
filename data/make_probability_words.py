"""Make ``phrases/probability_words.csv`` from the counts that its author published.

Run ``python -m takeoff.data.make_probability_words COUNTS.csv``, with the answers of CAPphrase
(doi.org/10.5281/zenodo.18750055) counted by phrase and value: columns ``term``,
``probability_percent``, ``count``. Each value is counted with the nearest on a grid of 5 per cent,
and of 1 per cent near 0 and 100: values between stand for hardly more than a taste in numbers.
"""

import argparse
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from takeoff.data.tables import read_table, write_table

__all__ = ["COLUMNS", "GRID", "main", "readers"]

COLUMNS = ("phrase", "percent", "readers")

GRID = (0, 1, 2, 3, 4, *range(5, 96, 5), 96, 97, 98, 99, 100)
"""Values that are kept, in per cent."""

type Row = tuple[str, int, int]


def readers(counts: Iterable[Mapping[str, str]]) -> list[Row]:
    """Give how many readers took each phrase for each value, by phrase and value."""
    counted: Counter[tuple[str, int]] = Counter()
    for row in counts:
        value = float(row["probability_percent"])
        nearest = min(GRID, key=lambda each: (abs(each - value), each))
        counted[row["term"], nearest] += int(row["count"])
    return [(phrase, value, count) for (phrase, value), count in sorted(counted.items())]


def main() -> None:
    """Write the table beside its licence."""
    parser = argparse.ArgumentParser(description="Make phrases/probability_words.csv.")
    parser.add_argument("counts", type=Path, help="answers counted by phrase and value")
    parser.add_argument(
        "--out", type=Path, default=Path(__file__).parent / "phrases" / "probability_words.csv"
    )
    arguments = parser.parse_args()
    rows = readers(read_table(arguments.counts))
    write_table(arguments.out, COLUMNS, rows)


if __name__ == "__main__":
    main()
