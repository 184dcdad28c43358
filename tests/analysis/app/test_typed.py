"""What is typed is read as written, or refused in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takeoff.analysis.app.typed import read_chips, read_probability, read_quantiles, said
from takeoff.models.errors import InputError

READ = {
    "30": 0.3,
    " 30 % ": 0.3,
    "0.3": 0.003,
    ".5": 0.005,
    "2,5": 0.025,
    "0": 0.0,
    "100": 1.0,
    "1e-6": 1e-8,
    "1 in 1,000": 0.001,
    "3 of 10": 0.3,
    "1/3": 1 / 3,
    "1 in 1e8": 1e-8,
}


@pytest.mark.parametrize(("text", "value"), READ.items())
def test_a_probability_is_read_as_it_is_written(text: str, value: float) -> None:
    assert read_probability(text).numbers["p"] == pytest.approx(value, rel=1e-12)


REFUSED = {
    "": "Nothing is written",
    "about 30": "“about 30” is not a number",
    "thirty": "not a number",
    "-3": "below 0",
    "150": "above 100",
    "30-40": "not a number",
    "nan": "not a number",
    "inf": "not a number",
    "1e999": "not a number",
    "5 in 3": "no share of a whole",
    "1 in 0": "no share of a whole",
    "٣٠": "not a number",
}


@pytest.mark.parametrize(("text", "said_"), REFUSED.items())
def test_what_is_no_probability_is_refused_in_words(text: str, said_: str) -> None:
    with pytest.raises(InputError, match=said_):
        read_probability(text)


@given(st.floats(0, 100, allow_subnormal=False))
def test_a_number_of_per_cent_comes_back_with_all_its_digits(percent: float) -> None:
    value = read_probability(repr(percent)).numbers["p"]
    assert value == pytest.approx(percent / 100, rel=1e-13)
    assert said(value)


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        value = read_probability(text).numbers["p"]
    except InputError:
        return
    assert 0 <= value <= 1


NOTES = {
    "0": "read as anything below 0.5 per cent",
    "100": "read as anything above 99.5 per cent",
    "0.3": "If you mean 30 per cent, write 30",
    "0.3%": "",
    "1 in 1000": "",
    "30": "",
}


@pytest.mark.parametrize(("text", "note"), NOTES.items())
def test_what_may_be_meant_otherwise_is_said_and_not_mended(text: str, note: str) -> None:
    found = read_probability(text).note
    assert note in found
    assert bool(note) == bool(found)


LEVELS = ("10", "50", "90")
BAD_YEARS = {
    "missing": ({"10": "2030", "50": "", "90": "2060"}, "for 50 per cent is missing"),
    "words": ({"10": "soon", "50": "2040", "90": "2060"}, "“soon” is not a number"),
    "past": ({"10": "1999", "50": "2040", "90": "2060"}, "1999 is not a year to come"),
    "order": ({"10": "2050", "50": "2040", "90": "2060"}, "Out of order"),
    "equal": ({"10": "2040", "50": "2040", "90": "2060"}, "Out of order"),
}


@pytest.mark.parametrize("case", BAD_YEARS)
def test_years_that_cannot_be_are_refused_in_words(case: str) -> None:
    years, words = BAD_YEARS[case]
    with pytest.raises(InputError, match=words):
        read_quantiles(years, LEVELS)


BAD_CHIPS: dict[str, tuple[dict[str, object], str]] = {
    "too few": ({"a": 10, "b": 7}, "17 of 20 chips are laid: 3 chips left"),
    "too many": ({"a": 20, "b": "1"}, "1 chip too many"),
    "half a chip": ({"a": 19.5}, "no number of chips"),
    "negative": ({"a": "-1"}, "no number of chips"),
}


@pytest.mark.parametrize("case", BAD_CHIPS)
def test_chips_that_do_not_add_up_are_refused_in_words(case: str) -> None:
    counts, words = BAD_CHIPS[case]
    with pytest.raises(InputError, match=words):
        read_chips(counts, ("a", "b"))
