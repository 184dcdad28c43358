"""What the report's page shows of the evidence, as plain records."""

from dataclasses import dataclass

import xarray as xr

from takeoff.analysis.evidence.sentences import (
    about_evidence,
    about_experts,
    about_limits,
    chance,
    trusted_experts,
)
from takeoff.analysis.views import experts_in_order
from takeoff.models.priors import PRIOR_SETS, PriorSet

__all__ = ["EvidencePage", "ExpertRow", "evidence_page"]


@dataclass(frozen=True)
class ExpertRow:
    """An expert's own evidence: chances by prior set, and the worldviews that tell of it.

    Imagined ones that agree, or sampled ones.
    """

    name: str
    camp: str
    trusted: bool
    chances: list[str]
    effective: int
    sampled: bool


@dataclass(frozen=True)
class EvidencePage:
    """The section on the evidence.

    Attributes
    ----------
    sets
        The prior sets, and for each the panel's chance, the effective share of the draws when
        they are weighted as its own.
    """

    panel: list[str]
    experts: list[str]
    limits: list[str]
    sets: list[tuple[PriorSet, str, str]]
    rows: list[ExpertRow]


def evidence_page(tree: xr.DataTree) -> EvidencePage:
    """Make the section of a fitted panel that has a group ``evidence``."""
    table = tree["evidence"].to_dataset()
    names = [str(each) for each in table["prior_set"].values]
    trusted = trusted_experts(table)
    return EvidencePage(
        about_evidence(table),
        about_experts(table),
        about_limits(table),
        [
            (
                PRIOR_SETS[name],
                chance(table.sel(prior_set=name), "panel_"),
                _share(table["panel_efficiency"].sel(prior_set=name)),
            )
            for name in names
        ],
        [
            ExpertRow(
                who,
                camp,
                who in trusted,
                [chance(table.sel(expert=who, prior_set=name), "") for name in names],
                round(float(table["effective"].sel(expert=who))),
                "sampled" in table and bool(table["sampled"].sel(expert=who)),
            )
            for who, camp in experts_in_order(tree).items()
        ],
    )


def _share(efficiency: xr.DataArray) -> str:
    share = 100 * float(efficiency)
    return f"{share:.0f}%" if share >= 1 else f"{share:.1g}%"
