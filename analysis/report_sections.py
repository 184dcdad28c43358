"""The sections of the report, in a reader's order.

Each is a template of its own in ``templates/report``, named as the section. One that speaks of a
group of the posterior is left out where the posterior has none.
"""

from dataclasses import dataclass

import xarray as xr

__all__ = ["Section", "sections_of"]


@dataclass(frozen=True)
class Section:
    """A section: its name (also its address on the page), its short title and its full one."""

    name: str
    short: str
    title: str
    group: str | None = None


_SECTIONS = (
    Section("map", "The map", "The map: does one more project help or harm?"),
    Section("experts", "Who believes what", "Who believes what"),
    Section("learned", "What the answers moved", "What the answers moved, and what they did not"),
    Section("likeness", "Likeness", "Why projects are alike: kinship and doubt"),
    Section("claims", "The claims", "What the arguments claim, and what the model shows", "claims"),
    Section("roads", "Roads to catastrophe", "Roads to catastrophe"),
    Section("policies", "Policies", "Policies: what interventions would do", "policies"),
    Section("switch", "What would change it", "What another prior or population would say"),
    Section("evidence", "The evidence", "Homogeneous or heterogeneous: the evidence", "evidence"),
    Section("limits", "How far to trust it", "How far to trust it"),
    Section("baselines", "Beside pools", "Beside simple pools of the same answers", "baselines"),
    Section("checks", "Checks", "Would the model have given such answers?", "checks"),
    Section("convergence", "Convergence", "Convergence"),
    Section("data", "The data", "The data, and how it was read"),
    Section("citing", "Citing", "To cite, and to make it again"),
    Section("definitions", "Definitions", "Definitions"),
)


def sections_of(tree: xr.DataTree) -> list[Section]:
    """Give the sections that a posterior has something to say in."""
    return [each for each in _SECTIONS if each.group is None or each.group in tree.children]
