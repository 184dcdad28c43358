"""The app in a real browser: by mouse, by keyboard alone, and when something breaks."""

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import APIResponse, Browser, Page, Route, expect, sync_playwright

from takeoff.analysis.app.asked import ITEMS
from takeoff.analysis.app.base import Base
from takeoff.analysis.app.desk import Desk
from takeoff.analysis.app.folder import open_folder
from takeoff.analysis.app.server import application
from takeoff.analysis.app.serving import listen
from tests.analysis.app.panel import lines

CHROMIUM = Path("/usr/bin/chromium")

pytestmark = pytest.mark.skipif(
    not CHROMIUM.exists(), reason="chromium is not installed (apt-get install chromium)"
)


@dataclass
class Running:
    """A server on loopback that can be stopped and started again on the same port."""

    path: Path
    base: Base
    port: int = 0

    def start(self) -> None:
        listening = listen("127.0.0.1", self.port)
        self.port = listening.getsockname()[1]
        self.desk = Desk(open_folder(self.path), lambda: self.base, self.base.weights)
        self.desk.wait()
        self.server = uvicorn.Server(
            uvicorn.Config(
                application(self.desk, ["127.0.0.1"]),
                log_level="critical",
                timeout_graceful_shutdown=1,
            )
        )
        sockets: list[socket.socket] = [listening]
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": sockets})
        self.thread.start()
        while not self.server.started:
            time.sleep(0.02)

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join()
        self.desk.stop()

    @property
    def link(self) -> str:
        return f"http://127.0.0.1:{self.port}/e/{self.desk.folder.panel.experts[0].token}"

    @property
    def given(self) -> list[object]:
        entries = lines(self.path / "answers" / "1.jsonl")
        return [each["given"] for each in entries if each["what"] == "answer"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"]
        )
        yield launched
        launched.close()


@pytest.fixture
def running(base: Base, tmp_path: Path) -> Iterator[Running]:
    found = Running(tmp_path / "panel", base)
    found.start()
    yield found
    found.stop()


@dataclass
class Watched:
    """A page, and all that it complained of or asked of others."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        def request(url: str) -> None:
            if not url.startswith(("http://127.0.0.1:", "data:", "blob:")):
                self.elsewhere.append(url)

        self.page.set_default_timeout(20_000)
        self.page.on("console", lambda each: self.complaints.append(each.text))
        self.page.on("pageerror", lambda each: self.complaints.append(str(each)))
        self.page.on("request", lambda each: request(each.url))


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    context = browser.new_context(viewport={"width": 1366, "height": 900})
    found = Watched(context.new_page())
    yield found
    context.close()
    assert found.elsewhere == []


def begin(watched: Watched, running: Running) -> Page:
    page = watched.page
    page.goto(running.link)
    page.get_by_label("I agree").check()
    page.get_by_role("button", name="Begin").click()
    expect(page.locator("#box")).to_be_visible()
    return page


def kept(page: Page, words: str) -> None:
    expect(page.locator("#kept")).to_contain_text(f": {words}", timeout=20_000)


def test_an_expert_answers_and_sees_what_follows(watched: Watched, running: Running) -> None:
    page = begin(watched, running)
    expect(page.locator("#implied")).to_be_hidden()
    page.get_by_label("Your answer, in per cent").fill("30")
    page.get_by_role("button", name="Next question").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(ITEMS[1].title)
    page.locator("#box").fill("about a third")
    page.locator("#box").press("Enter")
    expect(page.locator("#problem")).to_contain_text("“about a third” is not a number")
    page.locator("#box").fill("1 in 1,000")
    page.locator("#box").press("Enter")
    kept(page, "0.1%, 1 in 1,000")
    expect(page.locator("#problem")).to_be_hidden()
    expect(page.locator("#implied-said")).to_contain_text(
        "From your other answers one would expect"
    )
    expect(page.locator("#method-said")).to_contain_text("k̂")
    expect(page.locator("#panel .view.you").first).to_contain_text("You, from your answers")
    page.reload()
    expect(page.locator("#count")).to_have_text("2")
    page.locator("#list").get_by_role("button", name=ITEMS[0].title).click()
    expect(page.locator("#box")).to_have_value("30")
    assert running.given == ["30", "about a third", "1 in 1,000"]
    assert watched.complaints == []


def test_all_is_answered_by_keyboard_alone(watched: Watched, running: Running) -> None:
    page = watched.page
    page.goto(running.link)
    press = page.keyboard.press
    for _ in range(4):
        press("Tab")
        if page.get_by_label("I agree").evaluate("each => each === document.activeElement"):
            break
    press("Space")
    press("Tab")
    press("Enter")
    expect(page.locator("#box")).to_be_visible()
    press("Tab")
    expect(page.get_by_role("link", name="Skip to the question")).to_be_focused()
    press("Enter")
    press("Tab")
    expect(page.locator("#box")).to_be_focused()
    page.keyboard.type("20")
    press("Tab")
    expect(page.locator("#slider")).to_be_focused()
    kept(page, "20%, 2 in 10")
    before = page.locator("#slider").get_attribute("aria-valuetext")
    press("ArrowRight")
    press("ArrowRight")
    expect(page.locator("#slider")).not_to_have_attribute("aria-valuetext", str(before))
    for _ in range(4):
        press("Tab")
        if page.get_by_role("button", name="Next question").evaluate(
            "each => each === document.activeElement"
        ):
            break
    press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    expect(page.get_by_role("heading", level=1)).to_contain_text(ITEMS[1].title)
    expect(page.locator("#count")).to_have_text("1")
    expect(page.locator("#list button").first).to_contain_text("(answered)")
    assert running.given == ["20", "21"]
    assert watched.complaints == []


def test_years_and_chips_are_typed_and_dragged(watched: Watched, running: Running) -> None:
    page = begin(watched, running)
    page.locator("#list").get_by_role("button", name="When advanced AI").click()
    for level, year in (("10", "2030"), ("50", "2025"), ("90", "2090")):
        page.locator(f"#year-{level}").fill(year)
        page.locator(f"#year-{level}").press("Enter")
    expect(page.locator("#problem")).to_contain_text("2025 is not a year to come")
    page.locator("#slide-50").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#kept")).to_contain_text("90 per cent before 2090")
    page.locator("#list").get_by_role("button", name="How many projects").click()
    stack = page.locator(".stack").nth(2).bounding_box()
    assert stack is not None
    page.mouse.move(stack["x"] + 5, stack["y"] + stack["height"] - 5)
    page.mouse.down()
    page.mouse.move(stack["x"] + 5, stack["y"] + stack["height"] / 2)
    page.mouse.up()
    expect(page.locator(".left")).to_contain_text("10 of 20 chips left")
    page.locator("#chips-4").fill("10")
    page.locator("#chips-4").press("Tab")
    kept(page, "50 per cent on 3 and 50 per cent on 5")
    assert watched.complaints == []


def test_a_closed_tab_keeps_what_was_in_the_box(watched: Watched, running: Running) -> None:
    page = begin(watched, running)
    page.locator("#box").press_sequentially("42")
    page.goto("about:blank")
    for _ in range(100):
        if running.given:
            break
        time.sleep(0.05)
    assert running.given == ["42"]


def test_a_server_that_stops_in_mid_answer_gets_it_when_it_is_back(
    watched: Watched, running: Running
) -> None:
    page = begin(watched, running)
    page.locator("#box").fill("10")
    page.locator("#box").press("Enter")
    kept(page, "10%, 1 in 10")
    running.stop()
    page.locator("#box").fill("20")
    page.locator("#box").press("Enter")
    expect(page.locator("#connection")).to_contain_text("Not kept yet")
    page.get_by_role("button", name="Next question").click()
    page.locator("#box").fill("30")
    page.locator("#box").press("Enter")
    running.start()
    kept(page, "30%, 3 in 10")
    expect(page.locator("#connection")).to_be_hidden()
    assert running.given == ["10", "20", "30"]


def test_another_tab_is_told_what_was_changed(watched: Watched, running: Running) -> None:
    page = begin(watched, running)
    page.locator("#box").fill("10")
    page.locator("#box").press("Enter")
    kept(page, "10%, 1 in 10")
    other = watched.page.context.new_page()
    other.goto(running.link + f"#{ITEMS[0].name}")
    expect(other.locator("#box")).to_have_value("10")
    other.locator("#box").fill("60")
    other.locator("#box").press("Enter")
    kept(other, "60%, 6 in 10")
    expect(page.locator("#doubt")).to_contain_text("Changed in another tab", timeout=20_000)
    expect(page.locator("#box")).to_have_value("60")


def test_news_from_before_an_answer_takes_nothing_back(watched: Watched, running: Running) -> None:
    """The page's first look at the server is held up until an answer has been kept."""
    held: list[tuple[Route, APIResponse]] = []

    def hold(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append((route, route.fetch()))

    watched.page.route("**/state", hold)
    page = begin(watched, running)
    page.locator("#box").fill("10")
    page.locator("#box").press("Enter")
    kept(page, "10%, 1 in 10")
    ((route, response),) = held
    with page.expect_response("**/state"):
        route.fulfill(response=response)
    page.wait_for_timeout(300)
    expect(page.locator("#box")).to_have_value("10", timeout=1)
    expect(page.locator("#kept")).to_contain_text("10%, 1 in 10", timeout=1)


@pytest.mark.parametrize("width", [360, 1366])
def test_every_control_has_a_name_and_nothing_overflows(
    width: int, browser: Browser, running: Running
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800})
    watched = Watched(context.new_page())
    page = begin(watched, running)
    for row in (0, len(ITEMS) - 2, len(ITEMS) - 1):
        page.goto(running.link + f"#{ITEMS[row].name}")
        page.reload()
        expect(page.get_by_role("heading", level=1)).to_contain_text(ITEMS[row].title)
        nameless = page.evaluate(
            """() => [...document.querySelectorAll('input, button, progress')].filter(each =>
                !each.labels?.length && !each.getAttribute('aria-label') && !each.textContent.trim()
            ).map(each => each.outerHTML)"""
        )
        assert nameless == []
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0
    assert page.locator("h1").count() == 1
    assert watched.complaints == []
    context.close()
