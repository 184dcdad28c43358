"""Refits in the background: the panel with one expert's answers, where reweighting fails.

Another process fits them (``refit_worker``), one refit at a time, so that answers are taken all
the while. What it finds is a cloud whose draws hold the answers; later ones reweight that.
"""

import json
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xarray as xr

from takeoff.analysis.app.cloud import Cloud
from takeoff.analysis.app.likelihood import Numbers

__all__ = ["Job", "Refits", "Status"]

_PATIENCE = 1800  # seconds; a refit takes one to a few minutes


@dataclass(frozen=True)
class Job:
    """What to fit: the panel's studies and prior, and the study of the further expert.

    Attributes
    ----------
    studies, prior, weights, seed
        As the panel was fitted.
    files
        The expert's answers, as the files of a study.
    heard
        The same answers, by question.
    posterior
        File of the fitted panel, at whose draws chains start; None starts them afresh.
    draws
        Draws of each of two chains, after as many to tune, or half as many from the panel's draws.
        Few, so that they come while the expert still answers; how well they settled is said beside
        them.
    """

    studies: tuple[str, ...]
    prior: str
    weights: Mapping[str, float]
    seed: int
    files: Mapping[str, str]
    heard: Mapping[str, Numbers]
    posterior: Path | None = None
    draws: int = 120


@dataclass(frozen=True)
class Status:
    """How an expert's refit stands."""

    running: bool = False
    waiting: bool = False
    phase: str = ""
    seconds: float = 0.0
    failed: str = ""


class Refits:
    """Fits one expert after another, and keeps the last cloud of each."""

    def __init__(self, done: Callable[[int, Cloud], None]) -> None:
        self._done = done
        self._wanted: dict[int, Job] = {}
        self._failed: dict[int, str] = {}
        self._running: int | None = None
        self._phase = ""
        self._began = 0.0
        self._process: subprocess.Popen[str] | None = None
        self._change = threading.Condition()
        self._stopped = False
        self._thread = threading.Thread(target=self._work, daemon=True)

    def want(self, expert: int, job: Job) -> None:
        """Ask for a refit; one that waits already is replaced, one that runs is let finish."""
        with self._change:
            self._wanted[expert] = job
            self._failed.pop(expert, None)
            if not self._thread.is_alive() and not self._stopped:
                self._thread.start()
            self._change.notify_all()

    def forget(self, expert: int) -> None:
        """Give up what was wanted for an expert, also while it runs."""
        with self._change:
            self._wanted.pop(expert, None)
            if self._running == expert and self._process is not None:
                self._process.kill()

    def status(self, expert: int) -> Status:
        """Tell how an expert's refit stands."""
        with self._change:
            running = self._running == expert
            return Status(
                running=running,
                waiting=expert in self._wanted,
                phase=self._phase if running else "",
                seconds=time.monotonic() - self._began if running else 0.0,
                failed=self._failed.get(expert, ""),
            )

    def stop(self) -> None:
        """End the process that fits."""
        with self._change:
            self._stopped = True
            self._wanted.clear()
            if self._process is not None:
                self._process.kill()
            self._change.notify_all()

    def _work(self) -> None:
        while True:
            with self._change:
                self._change.wait_for(lambda: self._wanted or self._stopped)
                if self._stopped:
                    return
                expert = next(iter(self._wanted))
                job = self._wanted.pop(expert)
                self._running, self._began, self._phase = expert, time.monotonic(), "starting"
            found = self._fit(job)
            with self._change:
                self._running = None
                if isinstance(found, str):
                    self._failed[expert] = found
            if isinstance(found, Cloud):
                self._done(expert, found)

    def _fit(self, job: Job) -> Cloud | str:
        """Fit in another process: the cloud, or why there is none."""
        with tempfile.TemporaryDirectory(prefix="takeoff-refit-") as name:
            folder = Path(name)
            (folder / "answers").mkdir()
            for file, text in job.files.items():
                (folder / "answers" / file).write_text(text, encoding="utf-8", newline="")
            settings = {
                "studies": job.studies,
                "prior": job.prior,
                "weights": dict(job.weights),
                "seed": job.seed,
                "draws": job.draws,
                "posterior": "" if job.posterior is None else str(job.posterior.resolve()),
            }
            (folder / "job.json").write_text(json.dumps(settings), encoding="utf-8")
            said, code = self._run(folder)
            if code != 0 or not (folder / "cloud.nc").exists():
                return _complaint(said)
            fit = json.loads((folder / "fit.json").read_text(encoding="utf-8"))
            data = xr.load_dataset(folder / "cloud.nc", engine="h5netcdf")
            return Cloud(data, heard=dict(job.heard), fit=fit)

    def _run(self, folder: Path) -> tuple[list[str], int]:
        """Run the worker, note its phases, and give what it complained of and its exit code."""
        command = [sys.executable, "-m", "takeoff.analysis.app.refit_worker", str(folder)]
        with (folder / "errors").open("w+", encoding="utf-8") as errors:
            with subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=errors, text=True, encoding="utf-8"
            ) as process:
                with self._change:
                    self._process = process
                limit = threading.Timer(_PATIENCE, process.kill)
                limit.start()
                assert process.stdout is not None
                for line in process.stdout:
                    with self._change:
                        self._phase = line.strip()
                code: Any = process.wait()
                limit.cancel()
            with self._change:
                self._process = None
            errors.seek(0)
            return errors.read().strip().splitlines(), int(code)


def _complaint(said: list[str]) -> str:
    """Find the line that names the error: a sampler's is followed by where it arose."""
    named = [line for line in said if re.match(r"[\w.]+(Error|Exception): ", line)]
    return (named or said or ["the process that fits was ended"])[-1]
