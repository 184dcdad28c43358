"""A small fitted panel for the app, drawn from the prior, and people who answer."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from starlette.testclient import TestClient

from takeoff.analysis.app.base import Base, base_of
from takeoff.analysis.app.desk import Desk
from takeoff.analysis.app.folder import Expert, open_folder
from takeoff.analysis.app.server import application
from takeoff.analysis.worlds import worldviews_of
from takeoff.models.evaluate import evaluate
from takeoff.models.questions import READINGS
from takeoff.models.scenario import Scenario
from tests.analysis.panels import DIMS, panel_tree

WEIGHTS = {"worried": 0.5, "hopeful": 0.5}


def fitted_tree(draws: int) -> xr.DataTree:
    """Make a panel with what the app reads of one: outcomes by expert, and noise."""
    tree = panel_tree(chains=2, draws=draws)
    posterior = tree["posterior"].to_dataset()
    random = np.random.default_rng(8)
    shape = (2, draws, len(READINGS))
    posterior["noise"] = ((*DIMS, "reading"), 0.4 * np.exp(0.2 * random.normal(size=shape)))
    posterior = posterior.assign_coords(reading=list(READINGS))
    by_expert = evaluate(worldviews_of(posterior), Scenario(), None, "fit").to_dataarray("outcome")
    outcomes = tree["outcomes"].to_dataset()
    outcomes["by_expert"] = by_expert.expand_dims(scenario=["default"])
    found = xr.DataTree.from_dict({"/posterior": posterior, "/outcomes": outcomes})
    found.attrs = tree.attrs | {"created": "2026-01-01"}
    return found


def small_base(draws: int = 60) -> Base:
    return base_of(fitted_tree(draws))


@dataclass
class Visitor:
    """An expert at a browser, as far as requests go."""

    client: TestClient
    expert: Expert
    tab: str = "tab"
    sent: int = 0
    seen: dict[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"/e/{self.expert.token}"

    def consent(self, camp: str = "") -> None:
        body = f"agreed=yes&camp={camp}"
        response = self.client.post(f"{self.address}/consent", content=body)
        assert response.status_code == 200, response.text

    def send(self, question: str, given: object, **more: object) -> tuple[int, dict[str, Any]]:
        self.sent += 1
        entry = {"entry": f"{self.tab}-{self.sent}", "tab": self.tab, "seen": ""}
        body = json.dumps(entry | {"question": question, "given": given} | more)
        response = self.client.post(f"{self.address}/answer", content=body)
        return response.status_code, response.json()

    def answer(self, question: str, given: object, **more: object) -> dict[str, Any]:
        code, state = self.send(question, given, **more)
        assert code == 200, state
        return state

    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = self.client.get(f"{self.address}/state").json()
        return found


@dataclass
class Served:
    """A panel being asked."""

    desk: Desk
    client: TestClient

    def visitor(self, number: int = 1, tab: str = "tab") -> Visitor:
        expert = self.desk.folder.panel.experts[number - 1]
        return Visitor(self.client, expert, tab)

    @property
    def organiser(self) -> str:
        return f"/o/{self.desk.folder.panel.organiser}"


def serve(path: Path, base: Base, names: Sequence[str] = ("Ann", "Bob")) -> Served:
    """Serve a folder in this process, without a network."""
    desk = Desk(open_folder(path, names), lambda: base, base.weights)
    desk.wait()
    client = TestClient(application(desk, ["testserver"]))
    return Served(desk, client)


def lines(path: Path) -> list[Mapping[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
