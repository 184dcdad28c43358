"""Every question stands under a heading, with its words defined apart from it."""

import pytest

from takeoff.analysis.app.asked import ITEMS, Item, item
from takeoff.analysis.questions_form import QUESTIONS


@pytest.mark.parametrize("asked", ITEMS, ids=lambda each: each.name)
def test_a_question_ends_in_a_question_mark_and_has_a_heading_and_a_title(asked: Item) -> None:
    assert asked.asked.endswith("?")
    assert asked.topic != "More questions"
    assert "_" not in asked.title
    assert asked.setting
    assert "Answer with a probability" not in asked.asked


def test_all_of_the_questionnaire_is_asked_once_and_nothing_of_it_is_lost() -> None:
    assert len({each.name for each in ITEMS}) == len(ITEMS)
    assert len({each.title for each in ITEMS}) == len(ITEMS)
    for question in QUESTIONS:
        found = item(question.name)
        assert found is not None
        assert found.question == question
        told = {*found.setting.split(), *" ".join(found.terms).split(), *found.asked.split()}
        rest = {
            each.strip("()") for each in question.text.split("Answer with a probability")[0].split()
        }
        assert rest <= {each.strip("()") for each in told | set(found.note.split())}
