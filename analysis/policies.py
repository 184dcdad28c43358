"""What interventions do to catastrophe and takeover, played out in draws of a fitted panel."""

import xarray as xr

from takeoff.analysis.comparison import DRAWS, play_out
from takeoff.data import BASELINE, load_plan, load_plans
from takeoff.models.interventions import Plan

__all__ = ["RISKS", "interventions", "policies"]

RISKS = ("catastrophe", "takeover")
"""What an intervention is to lower."""

_WORLDS = 10_000
"""People by draws: about half a second for each intervention."""


def interventions() -> list[Plan]:
    """Give the interventions that ship: single changes with a chance that they happen.

    >>> [each.name for each in interventions()][:3]
    ['compelling_evidence', 'hardened_security', 'intergovernmental_safety']
    """
    return [each for each in load_plans(()) if each.kind == "single" and each.changes[0].chance]


def policies(tree: xr.DataTree) -> xr.Dataset:
    """Play out every intervention that ships, each alone, as `comparison.play_out` does.

    Parameters
    ----------
    tree
        A fitted panel.

    Returns
    -------
    xr.Dataset
        ``consensus``, ``population`` and ``by_camp`` (case, scenario, chain, draw, camp, outcome)
        of `RISKS`, and ``works_by_expert``; after the baseline come those that lower catastrophe
        most in the consensus.
    """
    people = tree["outcomes"].sizes["expert"] + 1
    plans = [load_plan(BASELINE), *interventions()]
    played = play_out(tree, plans, min(DRAWS, max(1, _WORLDS // people)))
    played = played.drop_vars("by_expert").sel(outcome=list(RISKS))
    return played.sel(scenario=[BASELINE, *_in_order(played)])


def _in_order(played: xr.Dataset) -> list[str]:
    """Name the interventions, those that lower catastrophe most in the consensus first."""
    risk = played["consensus"].sel(case="works", outcome=RISKS[0])
    change = (risk - risk.sel(scenario=BASELINE)).median(("chain", "draw"))
    names = [str(each) for each in played["scenario"].values if each != BASELINE]
    return sorted(names, key=lambda name: float(change.sel(scenario=name)))
