"""What the two arguments claim, each as a fact computed over worlds (DESIGN 2)."""

from takeoff.analysis.claims.claim import Claim, Finding, Worlds
from takeoff.analysis.claims.homogeneity import HOMOGENEITY_CLAIMS
from takeoff.analysis.claims.lines import ClaimLine, claim_lines
from takeoff.analysis.claims.table import CLAIMS, claims, random_worlds
from takeoff.analysis.claims.urn import URN_CLAIMS

__all__ = [
    "CLAIMS",
    "HOMOGENEITY_CLAIMS",
    "URN_CLAIMS",
    "Claim",
    "ClaimLine",
    "Finding",
    "Worlds",
    "claim_lines",
    "claims",
    "random_worlds",
]
