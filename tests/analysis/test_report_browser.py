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
