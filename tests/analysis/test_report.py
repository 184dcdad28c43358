import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from takeoff.analysis.report import render_report, write_report
from takeoff.analysis.summaries import HEADLINES, ROADS, interval
from takeoff.analysis.wording import quantity, span
from takeoff.models.outcomes import OUTCOMES, outcome
from tests.analysis.synthetic import synthetic_tree

_CAMP = '"><img src=x onerror=alert(1)>'


class Page(HTMLParser):
    """What a browser would find in a page: its elements, text, and numbers by what they are of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.numbers: dict[tuple[str, str, str, str], str] = {}
        self.text = ""
        self._number: tuple[str, str, str, str] | None = None
        self._inside: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.elements.append((tag, given))
        if tag not in ("meta", "link", "img", "source", "input", "br"):
            self._inside.append(tag)
        if "data-statistic" in given:
            keys = ("data-group", "data-outcome", "data-who", "data-statistic")
            group, name, who, statistic = (str(given[key]) for key in keys)
            self._number = (group, name, who, statistic)

    def handle_endtag(self, tag: str) -> None:
        assert self._inside.pop() == tag, "elements must nest"

    def handle_data(self, data: str) -> None:
        if self._inside and self._inside[-1] in ("style", "script"):
            return
        self.text += data
        if self._number is not None:
            self.numbers[self._number] = data
            self._number = None


@pytest.fixture(scope="module")
def tree() -> xr.DataTree:
    return synthetic_tree()


@pytest.fixture(scope="module")
def html(tree: xr.DataTree) -> str:
    return render_report(tree)


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def draws_of(tree: xr.DataTree, group: str, name: str, who: str) -> np.ndarray:
    data = tree[group].to_dataset().sel(scenario="default", outcome=name)
    if who in ("consensus", "population"):
        return data[who].values
    if who in data["camp"].values:
        return data["by_camp"].sel(camp=who).values
    return data["by_expert"].sel(expert=who).values


def test_every_number_of_the_answer_is_the_trees(tree: xr.DataTree, page: Page) -> None:
    shown = {key: text for key, text in page.numbers.items() if key[0] in tree.children}
    experts = tree["outcomes"].sizes["expert"]
    assert len(shown) == len(HEADLINES) * (4 + experts) * 2 * 2
    for (group, name, who, statistic), text in shown.items():
        found = interval(draws_of(tree, group, name, who))
        unit = outcome(name).unit
        assert text == (
            span(found, unit) if statistic == "interval" else quantity(found.median, unit)
        )


def test_roads_and_endings_are_the_trees(tree: xr.DataTree, page: Page) -> None:
    for name in ROADS:
        for who in ("Concerned", "Skeptical", "consensus", "population"):
            median = float(np.median(draws_of(tree, "outcomes", name, who)))
            assert page.numbers["roads", name, who, "median"] == quantity(median, "probability")
    median = float(np.median(draws_of(tree, "outcomes", "all_aligned", "Concerned")))
    written = page.numbers["together", "all_aligned", "Concerned", "median"]
    assert written == quantity(median, "probability")


def test_the_page_asks_for_nothing_from_outside(html: str, page: Page) -> None:
    for tag, given in page.elements:
        assert tag not in ("iframe", "object", "embed", "base")
        for name in ("src", "href", "srcset", "poster", "action"):
            assert str(given.get(name) or "#").startswith(("#", "data:")), (tag, given)
    assert "@import" not in html
    assert not re.search(r"url\((?!data:)", html)


def test_links_within_the_page_lead_somewhere(page: Page) -> None:
    names = {given["id"] for _, given in page.elements if "id" in given}
    links = {str(given["href"])[1:] for tag, given in page.elements if tag == "a"}
    assert links <= names


def test_every_figure_has_words_and_every_outcome_a_definition(page: Page) -> None:
    images = [given for tag, given in page.elements if tag == "img"]
    assert len(images) == 11
    assert all(given["alt"] for given in images)
    for each in OUTCOMES:
        assert each.meaning in page.text


def test_headings_descend_one_level_at_a_time(page: Page) -> None:
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_the_page_says_what_it_takes_to_cite_it(tree: xr.DataTree, page: Page) -> None:
    for name in ("result_id", "data_hash", "created", "prior_set"):
        assert tree.attrs[name] in page.text


def test_a_converged_fit_has_no_banner(page: Page) -> None:
    assert "not converged" not in page.text


@pytest.fixture(scope="module")
def hostile_html() -> str:
    experts = [("<script>alert(1)</script>", _CAMP), ("O'Brien & Söhne", _CAMP)]
    problems = ["R-hat of takeover is 1.2 <script>alert(2)</script>"]
    return render_report(synthetic_tree(experts, camps=(_CAMP,), problems=problems))


def test_a_fit_that_has_not_converged_says_so_before_anything_else(hostile_html: str) -> None:
    text = Page(hostile_html).text
    warning = text.index("This fit has not converged: do not cite it.")
    assert warning < text.index("R-hat of takeover is 1.2") < text.index("Will AI projects")


def test_names_cannot_write_into_the_page(hostile_html: str) -> None:
    page = Page(hostile_html)
    assert hostile_html.count("<script") == 2  # the page's own, and its numbers
    assert not any("onerror" in given for _, given in page.elements)
    assert "<script>alert(1)</script>" in page.text
    assert "O'Brien & Söhne" in page.text


def test_one_expert_has_a_report_that_says_what_it_cannot_say() -> None:
    page = Page(render_report(synthetic_tree([("Only", "")], camps=())))
    assert "Only one expert answered" in page.text
    assert ("outcomes", "takeover", "Only", "median") in page.numbers


def test_absent_outcomes_are_dashes_and_not_zeros() -> None:
    tree = synthetic_tree(camps=("A",))
    for group in ("outcomes", "prior_outcomes"):
        data = tree[group].to_dataset().copy(deep=True)
        for variable in data.data_vars.values():
            variable.loc[{"outcome": "coexistence"}] = np.nan
        tree[group] = xr.DataTree(data)
    page = Page(render_report(tree))
    assert page.numbers["outcomes", "coexistence", "consensus", "median"] == "–"
    assert not re.search(r"\bnan\b", page.text, re.IGNORECASE)


def test_the_report_is_written_whole_and_the_same_again(
    tree: xr.DataTree, html: str, tmp_path: Path
) -> None:
    folder = tmp_path / "new" / "folder"
    path = write_report(tree, folder)
    assert path == folder / "report.html"
    assert [each.name for each in folder.iterdir()] == ["report.html"]
    assert path.stat().st_size < 5_000_000
    assert path.read_text(encoding="utf-8") == html
    assert html.startswith("<!doctype html>")
