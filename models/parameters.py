"""What is inferred: the parameters of a world, each with its support, unit and meaning.

A parameter lives on a *constrained* scale, the one in which people speak, and on an
*unconstrained* one, the real line, on which experts differ and policies shift it: the
identity for real numbers, the logarithm for positive ones, the log-odds for probabilities,
and the log share, renormalised over the three shares, for shares.
"""

from dataclasses import dataclass
from typing import Literal

__all__ = ["PARAMETERS", "PARAMETER_NAMES", "SHARES", "Parameter", "Support", "parameter"]

Support = Literal["real", "positive", "unit", "share"]


@dataclass(frozen=True)
class Parameter:
    """One number of a world: its name, support, unit and meaning."""

    name: str
    support: Support
    unit: str
    meaning: str


SHARES = ("copied", "replicated", "independent")

PARAMETERS: tuple[Parameter, ...] = (
    Parameter(
        "margin",
        "real",
        "probit",
        "alignment margin of a project's first candidate system; were doubt 0, "
        "P(aligned) = Φ(margin)",
    ),
    Parameter(
        "doubt",
        "positive",
        "probit",
        "standard deviation of the shift in margin common to all projects: "
        "how hard alignment turns out to be",
    ),
    Parameter(
        "race", "positive", "probit", "margin lost per unit of log projects: racing cuts corners"
    ),
    Parameter(
        "haste",
        "positive",
        "exponent",
        "growth of further draws with rivals: mean further draws = draws · projects^haste",
    ),
    Parameter("progress", "positive", "probit per year", "margin gained per year of delay"),
    Parameter(
        "uplift",
        "positive",
        "probit",
        "margin gained by a new draw when the project's current system is aligned and helps",
    ),
    Parameter(
        "spillover",
        "unit",
        "share",
        "share of the uplift that every other project gets when the first project "
        "fielded an aligned system",
    ),
    Parameter(
        "inheritance",
        "unit",
        "probability",
        "P(a further system inherits its predecessor's alignment rather than being a new draw)",
    ),
    Parameter(
        "detection",
        "unit",
        "probability",
        "P(inspection holds back a misaligned candidate), median project",
    ),
    Parameter(
        "false_alarm", "unit", "probability", "P(inspection holds back an aligned candidate)"
    ),
    Parameter(
        "detection_spread",
        "positive",
        "logit",
        "standard deviation between projects of the log-odds of detection",
    ),
    Parameter(
        "persistence",
        "unit",
        "probability",
        "P(a project whose candidate is held tries another, rather than standing down)",
    ),
    Parameter(
        "copied",
        "share",
        "share",
        "share of later projects that run a copy or fine-tune of the first system",
    ),
    Parameter(
        "replicated", "share", "share", "share of later projects that repeat the first's recipe"
    ),
    Parameter("independent", "share", "share", "share of later projects that go their own way"),
    Parameter(
        "cost_pull",
        "positive",
        "log ratio per tenfold",
        "rise of log(copied / independent) per tenfold training cost",
    ),
    Parameter(
        "reuse_pull",
        "positive",
        "log ratio per tenfold",
        "rise of log(copied / independent) per tenfold reuse",
    ),
    Parameter(
        "caution_pull",
        "positive",
        "log ratio per sd",
        "rise of log(replicated / independent) per standard deviation of caution",
    ),
    Parameter(
        "kinship_copied",
        "unit",
        "correlation",
        "correlation of a copy's latent alignment with the first system's",
    ),
    Parameter(
        "kinship_replicated", "unit", "correlation", "the same correlation for a repeated recipe"
    ),
    Parameter(
        "kinship_independent",
        "unit",
        "correlation",
        "the same correlation for an independent approach",
    ),
    Parameter("speed", "positive", "per year", "takeoff speed: growth of log capability per year"),
    Parameter("lead", "positive", "years", "time between one project's arrival and the next"),
    Parameter(
        "offense", "real", "log ratio", "log advantage of offence over defence at equal resources"
    ),
    Parameter("decisiveness", "positive", "logit per log ratio", "steepness of the contest"),
    Parameter(
        "human_defense",
        "positive",
        "share of AI resources",
        "defensive resources that are not AI, against all AI resources = 1",
    ),
    Parameter(
        "coordination_kin",
        "unit",
        "probability",
        "P(misaligned systems act as one) were they identical",
    ),
    Parameter(
        "coordination_strangers",
        "unit",
        "probability",
        "P(misaligned systems act as one) were they unrelated",
    ),
    Parameter(
        "slip",
        "unit",
        "probability",
        "P(one uncoordinated misaligned project shows itself early, visibly and recoverably)",
    ),
    Parameter(
        "response",
        "unit",
        "probability",
        "P(a warning shot makes the world remove the threat in time)",
    ),
    Parameter("lethality", "unit", "probability", "P(extinction given takeover)"),
    Parameter(
        "security",
        "real",
        "probit",
        "margin against theft of a lone project's weights: P(theft) = Φ(−security)",
    ),
    Parameter(
        "security_spread",
        "positive",
        "probit",
        "standard deviation between projects of the margin against theft",
    ),
    Parameter(
        "dilution",
        "positive",
        "probit",
        "margin against theft gained per unit of log projects: thieves' effort is split",
    ),
    Parameter("theft_harm", "unit", "probability", "P(catastrophe given any theft)"),
    Parameter(
        "conflict",
        "unit",
        "probability",
        "P(catastrophic conflict) per pair of unrelated projects",
    ),
    Parameter(
        "bargaining",
        "unit",
        "probability",
        "P(bargaining failure that causes suffering) per pair of unrelated projects",
    ),
    Parameter(
        "power_grab",
        "unit",
        "probability",
        "P(a few people seize power) with one project; scales with concentration",
    ),
    Parameter(
        "arrival_median",
        "positive",
        "years after 2025",
        "median of the time by which advanced AI exists",
    ),
    Parameter(
        "arrival_spread",
        "positive",
        "log years",
        "standard deviation of the logarithm of that time",
    ),
)

PARAMETER_NAMES: tuple[str, ...] = tuple(each.name for each in PARAMETERS)

_BY_NAME = {each.name: each for each in PARAMETERS}


def parameter(name: str) -> Parameter:
    """Look up one parameter by name; KeyError when there is none."""
    return _BY_NAME[name]
