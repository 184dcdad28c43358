"""What may be said of the evidence on the prior sets, by rules.

A set, or an expert, whose Monte Carlo numbers cannot be trusted is named and not weighed; of two
words that a number may be given, the weaker is said.
"""

import math

import numpy as np
import xarray as xr

from takeoff.analysis.evidence.strength import strength
from takeoff.analysis.pareto import LARGEST_SHAPE
from takeoff.analysis.wording import counted, listed
from takeoff.models.priors import AVERAGED

__all__ = [
    "FEWEST",
    "about_evidence",
    "about_experts",
    "about_limits",
    "chance",
    "trusted_experts",
]

_NO_MEAN = 1.0
"""Of k̂: from there on weights have no mean at all."""
_PRECISE = f"Run takeoff report --prior {AVERAGED.name} for precise numbers."
_MORE = f"Run takeoff report --prior {AVERAGED.name}, whose draws can be."
FEWEST = 100.0
"""Imagined worldviews that agree with an expert, fewer of which say nothing of the evidence."""


def about_evidence(evidence: xr.Dataset) -> list[str]:
    """Say how far the panel's answers tell the prior sets apart."""
    sets = [str(each) for each in evidence["prior_set"].values]
    # Under the average a set's chance is a mean of numbers from 0 to 1, and needs no bound of k̂.
    precise = evidence.attrs.get("drawn_under") == AVERAGED.name
    usable = [name for name in sets if precise or _shape(evidence, name) < _NO_MEAN]
    said = []
    if len(usable) > 1:
        rows = {name: evidence.sel(prior_set=name) for name in usable}
        chances = listed([f"{name} {chance(row, 'panel_')}" for name, row in rows.items()])
        said.append(
            "Were the prior sets equally probable before, the panel's answers would make them "
            f"this probable (and Monte Carlo error): {chances}."
        )
        said.append(_verdict(evidence.sel(prior_set=usable)))
    rough = [name for name in usable if _shape(evidence, name) > LARGEST_SHAPE]
    if rough and not precise:
        said.append(
            f"For {listed(rough)} this is rough, and its error may be larger than it says: a few "
            f"draws have most of the weight (k̂ above {LARGEST_SHAPE:g}). {_PRECISE}"
        )
    left = [name for name in sets if name not in usable]
    if left:
        said.append(f"The draws cannot be weighed as if they were of {listed(left)}. {_MORE}")
    return said


def about_experts(evidence: xr.Dataset) -> list[str]:
    """Say whose own answers tell the prior sets apart."""
    experts = [str(each) for each in evidence["expert"].values]
    trusted = trusted_experts(evidence)
    said = []
    by_word: dict[str, list[str]] = {}
    for name in trusted:
        word, best = _word(evidence.sel(expert=name), "")
        by_word.setdefault("hardly" if word == "hardly" else f"{word} for {best}", []).append(name)
    if trusted:
        alone = by_word.pop("hardly", [])
        said.append(
            f"Of {counted(len(trusted), 'expert')} taken alone, the answers of {len(alone)} hardly "
            "tell the sets apart."
        )
        said += [
            f"Those of {listed(names)} speak {word}, of the likeliest set against the least."
            for word, names in by_word.items()
        ]
    left = [name for name in experts if name not in trusted]
    if left:
        kind = "imagined or sampled" if "sampled" in evidence else "imagined"
        said.append(
            f"Too few {kind} worldviews agree with {listed(left)} to weigh the sets by their "
            "answers."
        )
    return said


def about_limits(evidence: xr.Dataset) -> list[str]:
    """Say how strongly answers could speak at most."""
    sets = evidence["prior_set"].values
    table = evidence["divergence"].sel(other_set=sets).values
    most = np.unravel_index(np.argmax(table), table.shape)
    off = np.where(np.eye(len(sets), dtype=bool), np.inf, table)
    least = np.unravel_index(np.argmin(off), off.shape)
    return [
        "A bound on what any answers could say: were it known exactly how later projects come "
        "about and how kin they are, the Bayes factor for the right set would on (geometric) "
        f"average be {_factor(table[most])} for {sets[most[0]]} against {sets[most[1]]}, and "
        f"{_factor(table[least])} for {sets[least[0]]} against {sets[least[1]]}. Answers that say "
        "less of these say less of the sets."
    ]


def trusted_experts(evidence: xr.Dataset) -> list[str]:
    """Name the experts whose own evidence can be trusted."""
    fine = (evidence["effective"] >= FEWEST) & (evidence["shape"] <= LARGEST_SHAPE)
    return [str(each) for each in evidence["expert"].values[fine.values]]


def chance(row: xr.Dataset, prefix: str) -> str:
    """Write a set's probability with its Monte Carlo standard error."""
    value, error = (float(row[f"{prefix}probability{each}"]) for each in ("", "_error"))
    return f"{100 * value:.0f}% (± {math.ceil(100 * error):.0f})"


def _verdict(evidence: xr.Dataset) -> str:
    word, best = _word(evidence, "panel_")
    level = evidence["panel_log_evidence"].values
    worst = str(evidence["prior_set"].values[int(np.argmin(level))])
    size = _factor(float(np.ptp(level)))
    if word == "hardly":
        return (
            f"These data hardly tell the sets apart: {best} makes the answers {size} times as "
            f"likely as {worst} does, and less than 3 is worth no more than a mention. Whoever "
            "believed in one of the arguments may go on doing so."
        )
    return (
        f"These data speak {word} for {best} against {worst}: it makes the answers {size} times "
        "as likely. What they say of the sets between is less."
    )


def _word(evidence: xr.Dataset, prefix: str) -> tuple[str, str]:
    """Give how strongly the likeliest set is preferred to the least likely, and its name."""
    level = evidence[f"{prefix}log_evidence"].values
    error = evidence[f"{prefix}log_evidence_error"].values
    best, worst = int(np.argmax(level)), int(np.argmin(level))
    # Errors of the two may depend on each other: together they are at most their sum.
    word = strength(float(level[best] - level[worst]), float(error[best] + error[worst]))
    return word, str(evidence["prior_set"].values[best])


def _shape(evidence: xr.Dataset, name: str) -> float:
    return float(evidence["panel_shape"].sel(prior_set=name))


def _factor(log_factor: float) -> str:
    """Write a Bayes factor with two digits, or as a power of ten.

    >>> _factor(np.log(2.345)), _factor(np.log(250.0)), _factor(17.2)
    ('2.3', '250', '10^7')
    """
    if log_factor < math.log(1000):
        return f"{float(f'{math.exp(log_factor):.2g}'):g}"
    return f"10^{log_factor / math.log(10):.0f}"
