"""Cards of the datasets and of the model, for those who would use them.

Run ``python -m takeoff.analysis.cards``: it writes ``docs/cards``, one page a study and one for the
model. What a study's files say is read from them; what they do not say is in its ``card.toml``.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from takeoff.analysis.model_card import model_card
from takeoff.data import Study, load_study, shipped_studies
from takeoff.data.card import load_card

__all__ = ["dataset_card", "main"]


def dataset_card(name: str) -> str:
    """Write the card of a study that ships, in Markdown."""
    study, card = load_study(name), load_card(name)
    lines = [
        f"# {study.title}",
        "",
        f"Study `{name}`, {study.date}. {card.purpose}",
        "",
        f"- Source: {study.source}",
        f"- Licence: {study.licence}",
        f"- Made: {card.made}",
        f"- Asked: {_asked(study)}",
        "",
        "## About",
        "",
        study.about.strip(),
        "",
        "## Answers",
        "",
        *_answers(study),
        "",
        "## How each question is read",
        "",
        *_mapping(study),
        "",
        "## Known problems",
        "",
        *(f"- {each}" for each in card.problems),
    ]
    return "\n".join(lines) + "\n"


def _asked(study: Study) -> str:
    people = study.answers.drop_duplicates("expert")
    count = f"{len(people)} {'source' if len(people) == 1 else 'people or sources'}"
    if not study.camp_weights:
        return f"{count}, in no camps"
    camps = people["camp"].value_counts()
    shares = ", ".join(
        f"{camps.get(camp, 0)} {camp} (weight {weight:g})"
        for camp, weight in study.camp_weights.items()
    )
    return f"{count}: {shares}"


def _answers(study: Study) -> Iterator[str]:
    yield "| question | kinds | answers | missing | median | exactly 0 or 1 |"
    yield "|---|---|---:|---:|---:|---:|"
    for name in study.questions:
        rows = study.answers[study.answers["question"] == name]
        told = rows[rows["value"].notna()]
        plain = told.loc[told["kind"] == "probability", "value"]
        kinds = ", ".join(dict.fromkeys(rows["kind"]))
        yield (
            f"| `{name}` | {kinds} | {len(rows)} | {len(rows) - len(told)} | "
            f"{_median(plain)} | {int(plain.isin([0, 1]).sum())} |"
        )


def _median(values: "pd.Series[float]") -> str:
    return f"{values.median():.3g}" if len(values) else ""


def _mapping(study: Study) -> Iterator[str]:
    for name, question in study.questions.items():
        given = f" given `{question.given}`" if question.given else ""
        supposed = f" if `{question.intervention}` happens" if question.intervention else ""
        yield (
            f"- `{name}`: {question.text} Read as `{question.outcome}`{given}{supposed} "
            f"({question.reading}, fit {question.fit}). {question.mapping}"
        )


def main() -> None:
    """Write every card."""
    parser = argparse.ArgumentParser(description="Write the cards of datasets and model.")
    parser.add_argument("--out", type=Path, default=Path("docs") / "cards")
    folder = parser.parse_args().out
    folder.mkdir(parents=True, exist_ok=True)
    pages = {name: dataset_card(name) for name in shipped_studies()}
    for name, text in {"model": model_card(), **pages}.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
