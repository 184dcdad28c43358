"""Three measures that might change the board (S10), each with the odds that it matters.

A measure is a set of changes to a world. The odds are Scher's, that it would meaningfully change
catastrophic risk if it happened; he puts no number on its happening, and calls sharing unlikely.
"""

import xarray as xr

from takeoff.analysis.claims.claim import Effect, Finding, Worlds
from takeoff.analysis.claims.worlds import ask, held, raised

__all__ = ["STATED_EFFICACY", "find_measures"]

STATED_EFFICACY = {
    "compelling evidence": 0.75,
    "a shared alignment solution": 0.30,
    "shared good practice": 0.20,
}
"""P(the measure changes the risk meaningfully, if it happens)."""


def _changed(worlds: Worlds) -> dict[str, dict[str, xr.DataArray | float]]:
    """Say what each measure does to a world, if it does anything."""
    return {
        # A field that is convinced waits: the margin of two years, and no race meanwhile.
        "compelling evidence": {"margin": worlds["margin"] + 2 * worlds["progress"], "race": 0.0},
        # What the first project knows, all know.
        "a shared alignment solution": {"margin": worlds["margin"] + 1.0, "spillover": 1.0},
        "shared good practice": {"detection": raised(worlds, "detection", 1.0)},
    }


def find_measures(worlds: Worlds) -> Finding:
    """S10."""
    now = ask(worlds)["takeover"]
    works = {
        name: ask(worlds, **changes)["takeover"] - now for name, changes in _changed(worlds).items()
    }
    weighted = {name: STATED_EFFICACY[name] * each for name, each in works.items()}
    evidence, solution, practice = weighted.values()
    return Finding(
        held((evidence <= solution) & (solution <= practice)),
        tuple(
            effect
            for name in works
            for effect in (
                Effect(f"{name}, if it works", "points", works[name]),
                Effect("weighted", "points", weighted[name]),
            )
        ),
    )
