"""Time what a user waits for, against what the project promises of two processors.

Run with ``uv run python -m benchmarks.main_job``. Each command runs in a process of its own, as a
user's does: help, the evaluation of one world, the report on the default studies from compiled
kernels, and with ``--cold`` the same with none. Sampling is timed by itself, and the memory is the
most that a process of the report held.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer

from takeoff.analysis.defaults import CHAINS, DRAWS, TUNE
from takeoff.analysis.sampler import sample
from takeoff.data import join, load_study
from takeoff.models.panel import panel_model
from takeoff.models.priors import prior_set

STUDIES = ("fri_2023", "authors")
PROMISED = {"help": 0.5, "evaluate": 5.0, "report": 90.0, "cold report": 180.0, "sampling": 45.0}
"""Seconds."""
PROMISED_MEMORY = 2.0
"""Gigabytes."""


def command(*arguments: str, **environment: str) -> float:
    """Run a command of takeoff, and give the seconds it took."""
    takeoff = Path(sys.executable).with_name("takeoff")
    start = time.perf_counter()
    subprocess.run(
        [takeoff, *arguments], check=True, capture_output=True, env={**os.environ, **environment}
    )
    return time.perf_counter() - start


def sampling() -> float:
    """Sample the default panel, and give the seconds it took."""
    panel = panel_model(join([load_study(each) for each in STUDIES]), prior_set("neutral"))
    program = panel.coordinates().program()
    start = time.perf_counter()
    sample(program, seed=1, draws=DRAWS, tune=TUNE, chains=CHAINS)
    return time.perf_counter() - start


def main(
    cold: Annotated[bool, typer.Option(help="Also time the report with nothing compiled.")] = False,
) -> None:
    """Print the timings."""
    with tempfile.TemporaryDirectory() as folder:
        world, out = Path(folder, "world.toml"), str(Path(folder, "report"))
        world.write_text("[scenario]\nprojects = 5\n")
        command("--help")
        took = {
            "help": min(command("--help") for _ in range(5)),
            "evaluate": min(command("evaluate", str(world)) for _ in range(3)),
            "report": command("report", "--out", out),
        }
        if cold:
            took["cold report"] = command(
                "report", "--out", out, NUMBA_CACHE_DIR=str(Path(folder, "kernels"))
            )
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6
    took["sampling"] = sampling()
    print(f"{os.process_cpu_count()} processors")
    for name, time_taken in took.items():
        promised = PROMISED[name]
        print(f"  {name:12s} {time_taken:7.2f} s   {time_taken / promised:5.2f} of {promised:g} s")
    print(f"  {'memory':12s} {memory:7.2f} GB  {memory / PROMISED_MEMORY:5.2f} of 2 GB")


if __name__ == "__main__":
    typer.run(main)
