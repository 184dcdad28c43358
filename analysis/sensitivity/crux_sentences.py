"""Cruxes in words, by rules: nothing is called the main cause unless its interval says so."""

import numpy as np
import xarray as xr

from takeoff.analysis.summaries import interval
from takeoff.analysis.wording import ends, listed, plain_name, probability

__all__ = [
    "BELIEFS",
    "LIMIT",
    "about_camps_apart",
    "about_cruxes",
    "about_pair",
    "about_pairs",
    "pairs_by_belief",
]

BELIEFS = {
    "margin": "how well alignment goes",
    "offense": "whether offence beats defence",
    "slip": "whether misaligned systems show themselves early",
    "response": "whether the world heeds a warning",
}
"""What a belief that differs between experts is about."""

LIMIT = (
    "Four beliefs differ between experts in the model. What else people disagree about, such as "
    "whether a takeover would kill everyone, or when advanced AI comes, counts as a difference "
    "about whether offence beats defence."
)
"""What a reader must know before a belief is called a crux (`takeoff.models.worldviews`)."""

_DIGITS = 12
"""Of a share: what is left of experts who agree is a rounding error, not a disagreement."""
_MOSTLY = 0.5


def about_cruxes(found: xr.Dataset, risk: str = "catastrophe") -> str:
    """Say which belief carries the disagreement, where one does.

    Parameters
    ----------
    found
        What `cruxes` gives.
    risk
        The outcome about which experts disagree.
    """
    share = (found["of_belief"] / found["variance"]).sel(risk=risk)
    size = share.median(("chain", "draw"))
    order = [str(each) for each in size["varying"].values[np.argsort(-size.values)]]
    first, next_one = order[0], order[1]
    lead = interval(share.sel(varying=first) - share.sel(varying=next_one))
    own = interval(share.sel(varying=first))
    text = f"{probability(own.median)} ({ends(own, 'probability')})"
    if lead.lower > 0 and own.lower > _MOSTLY:
        return (
            f"Experts disagree about {plain_name(risk)} mostly because they disagree about "
            f"{BELIEFS[first]}, which carries {text} of the variance between them."
        )
    if lead.lower > 0:
        return (
            f"More of experts' disagreement about {plain_name(risk)} comes from {BELIEFS[first]} "
            f"than from any other belief: {text} of the variance between them."
        )
    return (
        f"Which belief carries most of experts' disagreement about {plain_name(risk)} cannot be "
        f"told: {listed([BELIEFS[first], BELIEFS[next_one]])} are not clearly apart."
    )


def about_camps_apart(found: xr.Dataset, risk: str = "catastrophe") -> str:
    """Say how much of the disagreement lies between camps; nothing where there is one camp."""
    if len(set(found["camp_of_expert"].values.tolist())) < 2:
        return ""
    own = found.sel(risk=risk)
    share = own["between_camps"].sum("varying") / own["variance"]
    between = interval(share.round(_DIGITS))
    text = f"{probability(between.median)} ({ends(between, 'probability')})"
    if between.lower > _MOSTLY:
        where = "Most of it lies between camps"
    elif between.upper < _MOSTLY:
        where = "Most of it lies within camps"
    else:
        where = "It lies both between camps and within them"
    return f"{where}: {text} of the variance in log-odds is between camps' means."


def about_pair(found: xr.Dataset, expert: str, other: str, risk: str = "catastrophe") -> str:
    """Say on what two experts differ mostly; nothing where that cannot be told.

    It is said when the two do differ, one belief's contribution is larger than any other's, and
    it makes up more than half of the difference at the median; the first two with all of the 90
    per cent interval.

    Parameters
    ----------
    found
        What `pairs` gives.
    expert, other
        The two.
    risk
        The outcome about which they disagree.
    """
    belief = _mostly(found, expert, other, risk)
    if not belief:
        return ""
    return (
        f"{expert} and {other} differ on {plain_name(risk)} mostly because they differ on "
        f"{BELIEFS[belief]}."
    )


def about_pairs(found: xr.Dataset, risk: str = "catastrophe") -> list[str]:
    """Say it of all pairs of which it can be said, those furthest apart first."""
    said = [about_pair(found, one, other, risk) for one, other in _furthest_first(found, risk)]
    return [each for each in said if each]


def pairs_by_belief(found: xr.Dataset, risk: str = "catastrophe") -> dict[str, list[str]]:
    """List the pairs of which `about_pair` speaks by what they differ on, in its words.

    The belief of most pairs stands first, and of its pairs those furthest apart.
    """
    listed_by: dict[str, list[str]] = {}
    for one, other in _furthest_first(found, risk):
        belief = _mostly(found, one, other, risk)
        if belief:
            listed_by.setdefault(BELIEFS[belief], []).append(f"{one} and {other}")
    return dict(sorted(listed_by.items(), key=lambda each: -len(each[1])))


def _furthest_first(found: xr.Dataset, risk: str) -> list[tuple[str, str]]:
    names = [str(each) for each in found["expert"].values]
    apart = np.abs(found["difference"].sel(risk=risk).isel(level=1).values)
    order = [(a, b) for a in range(len(names)) for b in range(a + 1, len(names))]
    order.sort(key=lambda pair: -apart[pair])
    return [(names[a], names[b]) for a, b in order]


def _mostly(found: xr.Dataset, expert: str, other: str, risk: str) -> str:
    """Name the belief on which two differ mostly; nothing where that cannot be told."""
    own = found.sel(expert=expert, other=other, risk=risk)
    lower, middle, upper = own["difference"].values
    if not (lower > 0 or upper < 0) or not own["lead"].values[0] > 0:
        return ""
    first = str(own["largest"].values)
    part = float(own["of_belief"].sel(varying=first).values[1] / middle)
    return first if part > _MOSTLY else ""
