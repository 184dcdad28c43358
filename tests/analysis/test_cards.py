"""Each dataset and the model have a card, of a checked schema."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from takeoff.analysis.cards import dataset_card, main
from takeoff.analysis.model_card import CARD, ModelCard, model_card
from takeoff.data import load_study, shipped_studies
from takeoff.data.card import load_card
from takeoff.models.errors import InputError
from tests.analysis.synthetic import synthetic_tree

RIGHT = 'purpose = "A"\nmade = "B"\nproblems = ["C"]\n'


def test_a_page_is_written_for_each_study_and_the_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["cards", "--out", str(tmp_path / "cards")])
    main()
    written = {each.stem for each in (tmp_path / "cards").glob("*.md")}
    assert written == {"model", *shipped_studies()}


@pytest.mark.parametrize("name", shipped_studies())
def test_a_card_says_licence_source_and_each_question(name: str) -> None:
    page, study = dataset_card(name), load_study(name)
    for said in (study.licence, study.source, *load_card(name).problems):
        assert said in page
    for question in study.questions.values():
        assert question.mapping in page


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (RIGHT.replace('made = "B"\n', ""), "made: made is missing; add made"),
        (RIGHT.replace('"A"', '""'), "purpose: nothing is written here; fill it in"),
        (RIGHT.replace('["C"]', '"C"'), "problems: 'C' is not a list"),
        (RIGHT + "size = 3\n", "size: unknown key 'size'; known are purpose, made, problems"),
        ("purpose = ", "not TOML"),
        (None, "there is no card; write purpose, made and problems into it"),
    ],
)
def test_a_wrong_card_is_refused_with_its_mend(
    text: str | None, message: str, tmp_path: Path
) -> None:
    if text is not None:
        (tmp_path / "card.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"card\.toml: ") as raised:
        load_card(tmp_path)
    assert message in str(raised.value)


def test_the_models_card_states_no_result_unless_it_is_given_a_fit() -> None:
    assert "This fit" not in model_card()
    said = model_card(synthetic_tree(problems=["2 divergent transitions"]))
    assert "Convergence: 2 divergent transitions" in said


def test_the_models_card_has_a_schema() -> None:
    for name in ModelCard.model_fields:
        with pytest.raises(ValidationError, match=name):
            ModelCard.model_validate(CARD.model_dump() | {name: ""})
