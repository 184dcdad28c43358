"""Prior sets as hypotheses: how probable the answers make each, and what another would change."""

from takeoff.analysis.evidence.bridge import bridged
from takeoff.analysis.evidence.sentences import (
    about_evidence,
    about_experts,
    about_limits,
    trusted_experts,
)
from takeoff.analysis.evidence.single import alone
from takeoff.analysis.evidence.strength import divergence
from takeoff.analysis.evidence.table import evidence
from takeoff.analysis.evidence.weights import Reweighting, reweighted

__all__ = [
    "Reweighting",
    "about_evidence",
    "about_experts",
    "about_limits",
    "alone",
    "bridged",
    "divergence",
    "evidence",
    "reweighted",
    "trusted_experts",
]
