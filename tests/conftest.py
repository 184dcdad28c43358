"""Settings of all tests."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import settings

from takeoff.analysis.ahead import compile_ahead
from takeoff.analysis.brisk import briskly
from takeoff.data import join, load_study
from takeoff.models.panel import panel_model
from takeoff.models.priors import prior_set
from takeoff.models.shared import share_from_tape
from takeoff.models.special import is_compiled

# The same examples on every run, so that a change is judged by what it changed. Without it,
# `--hypothesis-profile=default` goes on searching.
settings.register_profile("same", derandomize=True)
settings.load_profile("same")


def pytest_configure(config: pytest.Config) -> None:
    """Compile what most tests take once, before several processes would do so side by side."""
    several = getattr(config.option, "numprocesses", None)
    if not several or is_compiled(share_from_tape):
        return
    wait = compile_ahead()
    panel = panel_model(join([load_study("fri_2023")]), prior_set("neutral"))
    program = panel.coordinates().program()
    program.density()(np.zeros(program.variables))
    wait()


@pytest.fixture(scope="session", autouse=True)
def _brisk() -> Iterator[None]:
    """Build graphs as `fit` does, in two thirds of the time."""
    with briskly():
        yield
