"""Make ``studies/fri_2023/answers.csv`` from the file that its authors published.

Run ``python -m takeoff.data.make_fri_2023 FORECASTS.csv``, with the file of that name in
github.com/forecastingresearch/adversarial-collab. Its columns: ``person``, ``Camp``, ``ID``
(short name of the event), ``PU`` (P(extinction)), ``Pc`` (P(event)), ``PUc`` (P(extinction given
the event)); NA where missing. Numbers are kept as written.
"""

import argparse
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from takeoff.data.tables import read_table, write_table

__all__ = ["COLUMNS", "EVENTS", "answers", "main"]

COLUMNS = ("expert", "camp", "question", "kind", "value", "baseline")

EVENTS: Mapping[str, str] = MappingProxyType(
    {
        "Warning shot": "warning_shot",
        "Escalating warning shots": "escalating_warning_shots",
        "Platform: Escalating warning shots": "platform_escalating_warning_shots",
        "Evidence of misalignment": "evidence_of_misalignment",
        "Power-seeking": "power_seeking",
        "Alignment solution": "alignment_solution",
        "Req testing": "required_testing",
        "6 month pause": "six_month_pause",
        "Intergovernmental AI safety": "intergovernmental_safety",
        "Luke policies": "muehlhauser_policies",
    }
)
"""Question of each event that is used, by the event's short name."""

_INTERVENTIONS = (
    "Alignment solution",
    "Req testing",
    "6 month pause",
    "Intergovernmental AI safety",
    "Luke policies",
)
"""Events whose own probability is the chance of an intervention, not an outcome of a world."""

type Answer = tuple[str, ...]


def answers(forecasts: Iterable[Mapping[str, str]]) -> list[Answer]:
    """Give the rows of ``answers.csv``, by camp, expert, and the order of the forecasts.

    Each distinct P(extinction) of a person is an answer, whichever event it was stated beside.
    """
    rows = dict.fromkeys(answer for row in forecasts for answer in _answers(row))
    questions = ["extinction"]
    for name in EVENTS.values():
        questions += [name, f"extinction_if_{name}"]
    return sorted(rows, key=lambda row: (row[1], row[0], questions.index(row[2])))


def _answers(row: Mapping[str, str]) -> Iterator[Answer]:
    who = (row["person"], row["Camp"])
    unconditional = _cell(row["PU"])
    yield (*who, "extinction", "probability", unconditional, "")
    if row["ID"] in EVENTS:
        name = EVENTS[row["ID"]]
        if row["ID"] not in _INTERVENTIONS:
            yield (*who, name, "probability", _cell(row["Pc"]), "")
        yield (*who, f"extinction_if_{name}", "probability", _cell(row["PUc"]), unconditional)


def _cell(number: str) -> str:
    return "" if number == "NA" else number


def main() -> None:
    """Write the answers beside the study."""
    parser = argparse.ArgumentParser(description="Make fri_2023/answers.csv.")
    parser.add_argument("forecasts", type=Path, help="FORECASTS.csv, as published")
    parser.add_argument(
        "--out", type=Path, default=Path(__file__).parent / "studies" / "fri_2023" / "answers.csv"
    )
    arguments = parser.parse_args()
    rows = answers(read_table(arguments.forecasts))
    write_table(arguments.out, COLUMNS, rows)


if __name__ == "__main__":
    main()
