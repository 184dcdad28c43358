"""Make the answers of ``studies/xpt_2022`` and ``studies/leap_2026`` from published quartiles.

Run ``python -m takeoff.data.make_fri_panels``: for each study it reads ``panels.csv`` beside it
(that panel's rows in the data of AIRO, airo.forecastingresearch.org, in per cent) and writes
``answers.csv``. A group is one source, whose quartiles are three quantiles of what its members
say. Questions about catastrophes of any cause are left out: the world here has no other cause. So
is a quartile printed as 0: with four decimals it is below half a millionth, which no quantile says.
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType

from takeoff.data.tables import read_table, write_table

__all__ = ["COLUMNS", "QUESTIONS", "STUDIES", "answers", "main"]

STUDIES: Mapping[str, str] = MappingProxyType({"xpt_2022": "XPT", "leap_2026": "LEAP"})
"""Name of each study's panel in the data."""

QUESTIONS: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("catastrophe_ai", "2030"): "mass_death_by_2030",
        ("catastrophe_ai", "2050"): "mass_death_by_2050",
        ("catastrophe_ai", "2100"): "mass_death_by_2100",
        ("ai_event_50deaths_or_100bn", "2050"): "harm_event_by_2050",
    }
)
"""Question of each question and horizon that is used."""

COLUMNS = ("expert", "camp", "question", "kind", "value", "baseline", "level", "group", "note")

_GROUPS = {"expert": "experts", "superforecaster": "superforecasters", "public": "public"}
_LEVELS = {"0.25": "p25_percent", "0.5": "median_percent", "0.75": "p75_percent"}
_DISCUSSED = ("XPT",)
"""Panels whose groups discussed the questions with each other, in mixed teams."""


def answers(panels: Iterable[Mapping[str, str]]) -> Iterator[tuple[str, ...]]:
    """Give the rows of ``answers.csv``, in the order of the panel's questions and groups."""
    for row in panels:
        question = QUESTIONS.get((row["question"], row["horizon"]))
        for level, column in _LEVELS.items():
            if question is None or not Decimal(row[column]):
                continue
            cells = {
                "expert": f"{_GROUPS[row['group']]} of {row['project']}",
                "question": question,
                "kind": "quantile",
                "value": _share(row[column]),
                "level": level,
                "group": row["project"] if row["project"] in _DISCUSSED else "",
                "note": f"of {row['n']} people",
            }
            yield tuple(cells.get(name, "") for name in COLUMNS)


def _share(percent: str) -> str:
    """Write a percentage as a probability, exactly."""
    return f"{(Decimal(percent) / 100).normalize():f}"


def main() -> None:
    """Write the answers of both studies."""
    for name in STUDIES:
        folder = Path(__file__).parent / "studies" / name
        rows = list(answers(read_table(folder / "panels.csv")))
        write_table(folder / "answers.csv", COLUMNS, rows)


if __name__ == "__main__":
    main()
