"""The report in a real browser: nothing fails, nothing is asked for, and its switches work."""

from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from takeoff.analysis.report import write_report
from tests.analysis.synthetic import synthetic_tree

CHROMIUM = Path("/usr/bin/chromium")
CAMPS = ("Concerned", "Skeptical")

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="chromium is not installed")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    experts = [(f"{camp} {number}", camp) for camp in CAMPS for number in range(3)]
    tree = synthetic_tree(experts, camps=CAMPS)
    table = tree["outcomes"].to_dataset()
    # The first camp's imagined people are those with the higher catastrophe.
    risk = table["population"].sel(scenario="default", outcome="catastrophe", drop=True)
    camps = np.where(risk > risk.median(), *CAMPS)
    tree["outcomes"] = xr.DataTree(
        table.assign_coords(camp_of_population=(("chain", "draw"), camps))
    )
    return write_report(tree, tmp_path_factory.mktemp("report"))


def test_a_reader_changes_the_population_and_sorts_a_table(report: Path) -> None:
    from playwright.sync_api import sync_playwright

    failed: list[str] = []
    asked: list[str] = []
    with sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.on("console", lambda said: failed.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: failed.append(str(error)))
        page.on("request", lambda each: asked.append(each.url))
        page.goto(report.as_uri())
        cell = page.locator("#switch-table [data-outcome=catastrophe] [data-who=population] b")
        slider = page.locator("#switch-form input[type=range]")
        shown = []
        for step in ("0", "10"):
            slider.fill(step)
            shown.append(float(cell.inner_text().rstrip("%")))
        heading = page.locator("#switch-table th").nth(1)
        heading.locator("button").press("Enter")
        order = heading.get_attribute("aria-sort")
        browser.close()
    assert shown[0] < shown[1]
    assert order == "ascending"
    assert failed == []
    assert [each for each in asked if not each.startswith(("file:", "data:"))] == []


_OUTSIDE = """() => {
  const linked = (each) => ["tr", "table", "article"].some((around) =>
    each.closest(around)?.querySelector(`a[href="#def-${each.dataset.outcome}"]`));
  return [...document.querySelectorAll("[data-statistic], #switch-table td[data-who]")]
    .filter((each) => !linked(each.dataset.outcome ? each : each.closest("tr")))
    .map((each) => each.outerHTML);
}"""

_PALE = """() => {
  const numbers = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = (color) => {
    const [red, green, blue] = numbers(color).slice(0, 3).map((value) => {
      const share = value / 255;
      return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = (each) => {
    for (let at = each; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if (numbers(color)[3] !== 0) return color;
    }
    return "rgb(255, 255, 255)";
  };
  const contrast = (each) => {
    const [one, other] = [light(getComputedStyle(each).color), light(behind(each))];
    return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
  };
  const says = (each) => [...each.childNodes].some((part) =>
    part.nodeType === Node.TEXT_NODE && part.textContent.trim());
  return [...document.querySelectorAll("body *")]
    .filter((each) => says(each) && !["SCRIPT", "STYLE"].includes(each.tagName))
    .filter((each) => contrast(each) < 4.5)
    .map((each) => `${contrast(each).toFixed(1)} ${each.outerHTML.slice(0, 120)}`);
}"""


def test_it_fits_a_phone_and_can_be_read_in_light_and_dark(report: Path) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 375, "height": 700})
        page.goto(report.as_uri())
        page.evaluate(
            "document.querySelectorAll('details').forEach((each) => { each.open = true; })"
        )
        wide = page.evaluate("document.documentElement.scrollWidth")
        unlinked = page.evaluate(_OUTSIDE)
        pale = []
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            pale += page.evaluate(_PALE)
        browser.close()
    assert wide <= 375
    assert unlinked == []
    assert pale == []  # less contrast than 4.5, the least for text by WCAG 2.2 AA
