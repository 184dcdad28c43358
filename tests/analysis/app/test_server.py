"""What the app takes, keeps, shows and hides, by its requests."""

import json
import threading
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from takeoff.analysis.app.asked import ITEMS
from takeoff.analysis.app.base import Base
from takeoff.analysis.app.cloud import Cloud
from takeoff.analysis.app.export import is_modelled
from takeoff.analysis.app.server import application
from takeoff.analysis.cli import main
from tests.analysis.app.panel import Served, lines, serve

FIRST, SECOND, THIRD = (each.name for each in ITEMS[:3])


def test_nothing_is_taken_before_consent(served: Served) -> None:
    ann = served.visitor()
    assert "How your answers are kept" in served.client.get(ann.address).text
    code, said = ann.send(FIRST, "30")
    assert (code, said["problem"]) == (
        403,
        "You have not agreed yet, or have withdrawn: nothing was kept.",
    )
    refused = served.client.post(f"{ann.address}/consent", content="camp=")
    assert refused.status_code == 422
    assert "Tick the box" in refused.text
    assert list((served.desk.folder.path / "answers").iterdir()) == []
    ann.consent()
    assert "What your other answers imply" in served.client.get(ann.address).text


def test_an_answer_comes_back_read_and_with_what_it_implies(served: Served) -> None:
    ann = served.visitor()
    ann.consent("worried")
    first = ann.answer(FIRST, "30")
    assert first["given"][FIRST]["said"] == "30%, 3 in 10"
    assert first["implied"] == {}
    assert first["panel"]["method"] in ("reweighted", "rough")
    assert "k̂" in first["panel"]["said"]
    second = ann.answer(SECOND, "40")
    assert set(second["implied"]) == {FIRST, SECOND}
    assert "From your other answers one would expect" in second["implied"][FIRST]["said"]
    names = [each["name"] for each in second["panel"]["outcomes"]]
    assert names[0] == "catastrophe"
    rows = second["panel"]["outcomes"][0]["rows"]
    assert [each["who"] for each in rows] == ["you", "consensus", "population"]


BAD: dict[str, tuple[str, Any, str]] = {
    "text in a number box": (FIRST, "about a third", "“about a third” is not a number"),
    "above 100": (FIRST, "130", "130 is above 100"),
    "an answer of another form": (FIRST, {"p": 1}, "Nothing is written"),
    "years as one text": ("arrival_year", "2040", "The year for 10 per cent is missing"),
    "too few chips": ("projects", {"1": "3"}, "17 chips left"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_read_is_kept_as_given_and_said_and_leaves_the_last_in_force(
    case: str, served: Served
) -> None:
    question, given, words = BAD[case]
    ann = served.visitor()
    ann.consent()
    ann.answer(FIRST, "30")
    state = ann.answer(question, given)
    assert words in state["given"][question]["problem"]
    assert state["answered"] == 1
    entries = lines(served.desk.folder.path / "answers" / "1.jsonl")
    assert entries[-1]["given"] == given
    assert served.desk.said(ann.expert).answers == {FIRST: {"p": 0.3}}


@pytest.mark.parametrize(("given", "p"), [("0", 0.0), ("100", 1.0)])
def test_certainty_is_taken_as_rounding_and_said_to_be(
    given: str, p: float, served: Served
) -> None:
    ann = served.visitor()
    ann.consent()
    state = ann.answer(FIRST, given)
    assert served.desk.said(ann.expert).answers == {FIRST: {"p": p}}
    assert "Nobody is asked to be certain" in state["given"][FIRST]["note"]
    assert state["panel"]["outcomes"][0]["rows"][0]["after"]["said"] != "–"


def test_contradictory_answers_are_both_kept_and_both_are_named(served: Served) -> None:
    ann = served.visitor()
    ann.consent()
    ann.answer("takeover_with_5", "1")
    state = ann.answer("extinction_by_2100_with_5", "90")
    said = state["implied"]["extinction_by_2100_with_5"]
    assert said["verdict"] == "contradicts"
    assert "contradicts them" in said["said"]
    assert "“Takeover, 5 projects”" in said["said"]
    assert state["answered"] == 2


def test_an_emptied_box_takes_the_answer_back(served: Served) -> None:
    ann = served.visitor()
    ann.consent()
    ann.answer(FIRST, "30")
    assert ann.answer(FIRST, "")["answered"] == 0
    assert ann.answer("projects", {"1": "0", "2": "0"})["answered"] == 0
    assert len(lines(served.desk.folder.path / "answers" / "1.jsonl")) == 4


def test_two_tabs_both_keep_and_the_later_one_is_told(served: Served) -> None:
    one, other = served.visitor(tab="one"), served.visitor(tab="other")
    one.consent()
    at = one.answer(FIRST, "20")["given"][FIRST]["at"]
    assert other.answer(FIRST, "30", seen=at)["crossed"] == ""
    crossed = one.answer(FIRST, "40", seen=at)["crossed"]
    assert "In another tab you had answered 30%" in crossed
    assert [
        each["given"] for each in lines(served.desk.folder.path / "answers" / "1.jsonl")[1:]
    ] == ["20", "30", "40"]
    assert other.state()["given"][FIRST]["said"].startswith("40%")


def test_what_is_sent_twice_is_kept_once(served: Served) -> None:
    ann = served.visitor()
    ann.consent()
    ann.answer(FIRST, "20", entry="same")
    ann.answer(FIRST, "20", entry="same")
    assert len(lines(served.desk.folder.path / "answers" / "1.jsonl")) == 2


def test_two_experts_at_once_lose_nothing_and_do_not_mix(served: Served) -> None:
    people = [served.visitor(1), served.visitor(2)]
    for each in people:
        each.consent()
    failures: list[object] = []

    def answer_all(number: int) -> None:
        try:
            for row, asked in enumerate(ITEMS[:8]):
                people[number].answer(asked.name, str(10 * number + row + 1))
        except AssertionError as error:
            failures.append(error)

    threads = [threading.Thread(target=answer_all, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    for number, each in enumerate(people):
        found = served.desk.said(each.expert).answers
        assert [found[asked.name]["p"] for asked in ITEMS[:8]] == pytest.approx(
            [(10 * number + row + 1) / 100 for row in range(8)]
        )


def test_a_restart_in_mid_answer_loses_nothing(base: Base, tmp_path: Path) -> None:
    served = serve(tmp_path / "panel", base)
    ann = served.visitor()
    ann.consent("worried")
    ann.answer(FIRST, "20")
    ann.answer(SECOND, "about half")
    before = ann.state()
    served.desk.stop()
    again = serve(tmp_path / "panel", base)
    after = again.visitor().state()
    assert after["given"] == before["given"]
    assert after["panel"] == before["panel"]
    again.desk.stop()


def test_others_answers_are_hidden_until_the_round_is_closed(served: Served) -> None:
    ann, bob = served.visitor(1), served.visitor(2)
    ann.consent()
    bob.consent()
    ann.answer(FIRST, "12.34")
    bob.answer(FIRST, "77")
    for address in (bob.address, f"{bob.address}/state", f"{bob.address}/answers.json"):
        assert "12.3" not in served.client.get(address).text
    assert "12.3" not in served.client.get(served.organiser).text
    assert served.client.post(f"{served.organiser}/close").status_code == 200
    shown = bob.state()["others"][FIRST]
    assert [(each["who"], each["said"].split(",")[0]) for each in shown] == [
        ("Ann", "12%"),
        ("You", "77%"),
    ]
    code, said = bob.send(FIRST, "50")
    assert (code, said["problem"]) == (
        409,
        "The round was closed before this answer came, so it was not taken.",
    )
    served.client.post(f"{served.organiser}/open")
    ann.answer(FIRST, "45.67")
    assert "45.67" not in served.client.get(f"{bob.address}/state").text
    assert bob.state()["others"][FIRST] == shown


def test_a_lone_expert_is_never_shown_as_others(base: Base, tmp_path: Path) -> None:
    served = serve(tmp_path / "panel", base, names=[])
    me = served.visitor()
    me.consent()
    me.answer(FIRST, "20")
    assert me.state()["others"] == {}
    served.client.post(f"{served.organiser}/export")
    assert (served.desk.folder.path / "study" / "answers.csv").exists()
    served.desk.stop()


def test_only_the_link_lets_in(served: Served) -> None:
    ann = served.visitor()
    for address in ("/e/guess", f"{ann.address}x", ann.address[:-1], "/o/guess", "/e/"):
        for more in ("", "/state", "/answers.json", "/withdraw"):
            assert served.client.get(address + more).status_code in (404, 405)
    assert served.client.post(f"/o/{ann.expert.token}/close").status_code == 404
    assert served.client.post("/e/guess/answer", content="{}").status_code == 404
    assert served.desk.folder.panel.is_open


def test_pages_load_nothing_from_elsewhere_and_are_not_stored(served: Served) -> None:
    headers = served.client.get("/static/app.js").headers
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in headers["content-security-policy"]
    elsewhere = TestClient(application(served.desk, ["localhost"]), base_url="http://evil.example")
    assert elsewhere.get(served.visitor().address).status_code == 400


ILL_FORMED = {
    "not JSON": "{",
    "a list": "[]",
    "unknown question": '{"question": "nothing"}',
    "no question": "{}",
    "too long": '{"question": "' + 20_000 * "x" + '"}',
    "not text": '{"question": {"a": 1}}',
}


@pytest.mark.parametrize("case", ILL_FORMED)
def test_what_no_page_would_send_is_refused_in_words(case: str, served: Served) -> None:
    ann = served.visitor()
    ann.consent()
    response = served.client.post(f"{ann.address}/answer", content=ILL_FORMED[case])
    assert response.status_code == 422
    assert response.json()["problem"]
    assert len(lines(served.desk.folder.path / "answers" / "1.jsonl")) == 1


def test_withdrawing_removes_every_trace_of_the_answers(served: Served) -> None:
    ann, bob = served.visitor(1), served.visitor(2)
    for each, given in ((ann, "12.34"), (bob, "50")):
        each.consent()
        each.answer(FIRST, given)
    served.client.post(f"{served.organiser}/close")
    path = served.desk.folder.path
    assert "12.34" in (path / "study" / "answers.csv").read_text(encoding="utf-8")
    page = served.client.post(f"{ann.address}/withdraw")
    assert "You have withdrawn" in page.text
    for file in path.rglob("*"):
        if file.is_file() and file.suffix != ".nc":
            assert "12.34" not in file.read_text(encoding="utf-8")
    assert [each["who"] for each in bob.state()["others"][FIRST]] == ["You"]
    assert ann.send(FIRST, "1")[0] == 403


def test_what_is_exported_is_a_study_that_check_accepts(
    served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    ann, bob = served.visitor(1), served.visitor(2)
    ann.consent("worried")
    bob.consent("hopeful")
    for row, asked in enumerate(each for each in ITEMS if each.kind == "probability"):
        ann.answer(asked.name, str(3 * row + 1))
        bob.answer(asked.name, "1 in 1,000")
    years = {"10": "2030", "50": "2045", "90": "2100"}
    ann.answer("arrival_year", years)
    ann.answer("projects", {"2": "5", "3": "10", "8 or more": "5"})
    left_out = {each.title for each in ITEMS if not is_modelled(each)}
    served.client.post(f"{served.organiser}/close")
    served.client.post(f"{served.organiser}/open")
    ann.answer(FIRST, "50")
    served.client.post(f"{served.organiser}/close")
    study = served.desk.folder.path / "study"
    assert left_out == set(served.desk.left_out())
    page = served.client.get(served.organiser).text
    assert all(title in page for title in left_out)
    assert main(["check", str(study)]) == 0
    out = capsys.readouterr().out
    assert "2 experts" in out
    rows = [
        line.split(",") for line in (study / "answers.csv").read_text(encoding="utf-8").splitlines()
    ]
    first = [row for row in rows if row[2] == FIRST and row[0] == "Ann"]
    assert [(row[4], row[7]) for row in first] == [("0.01", "1"), ("0.5", "2")]


def test_a_method_is_named_and_a_refit_takes_over_where_weights_fail(served: Served) -> None:
    ann = served.visitor()
    ann.consent()
    state = ann.answer("takeover_with_5", "20")
    assert state["panel"]["method"] == "reweighted"
    assert state["refit"] == ""
    for row, asked in enumerate(each for each in ITEMS if each.kind == "probability"):
        state = ann.answer(asked.name, "0.0001" if row % 2 else "99.9999")
    assert state["panel"]["method"] == "rough"
    assert "above 0.7" in state["panel"]["said"]
    assert "cannot be refitted" in state["refit"]  # a made-up panel has no studies
    assert served.desk.base is not None
    heard = served.desk.said(ann.expert).answers
    fit = {"rhat": 1.02, "ess": 150.0, "divergences": 0.0}
    served.desk._arrived(1, Cloud(served.desk.base.cloud.data, heard=heard, fit=fit))
    state = ann.state()
    assert state["panel"]["method"] == "refitted"
    assert "R-hat 1.02, 0 divergences" in state["panel"]["said"]
    assert state["refit"] == ""
    state = ann.answer("arrival_year", {"10": "2030", "50": "2045", "90": "2100"})
    assert state["panel"]["method"] in ("refitted, then reweighted", "rough")
    served.desk._arrived(2, Cloud(served.desk.base.cloud.data, heard=heard, fit=fit))
    assert served.visitor(2).state()["panel"] is None  # who has not agreed has no refit


def test_answers_are_taken_while_the_panel_is_not_there_yet(tmp_path: Path) -> None:
    def broken() -> Base:
        from takeoff.models.errors import InputError

        raise InputError("posterior.nc: made by another version of the model; fit it again")

    from takeoff.analysis.app.desk import Desk
    from takeoff.analysis.app.folder import open_folder

    desk = Desk(open_folder(tmp_path / "panel"), broken, {})
    desk.wait()
    served = Served(desk, TestClient(application(desk, ["testserver"])))
    me = served.visitor()
    me.consent()
    state = me.answer(FIRST, "20")
    assert state["answered"] == 1
    assert "made by another version" in state["broken"]
    assert json.loads(served.client.get(f"{me.address}/answers.json").text)[-1]["given"] == "20"
    desk.stop()
