"""What the app says of an expert's answers and of the panel, in plain words, with its numbers.

Each method is named where its numbers are: *reweighted* or *refitted*.
"""

import math
from collections.abc import Mapping
from typing import Any

from takeoff.analysis.app.asked import Item, item
from takeoff.analysis.app.live import Implied, Shift, View
from takeoff.analysis.app.refits import Status
from takeoff.analysis.app.typed import said
from takeoff.analysis.pareto import LARGEST_SHAPE
from takeoff.analysis.summaries import Interval
from takeoff.analysis.wording import counted, ends, plain_name, probability, quantity, written
from takeoff.models.outcomes import outcome

__all__ = ["about_implied", "about_method", "about_refit", "about_shift", "bar"]

_FEW = 50
"""Equal worldviews below which a range is called rough."""
_SETTLED = 1.05


def about_implied(found: Item, implied: Implied, numbers: Mapping[str, float]) -> dict[str, Any]:
    """Say what the other answers imply, whether this one fits, and against which it stands."""
    if found.kind == "quantiles":
        return {
            "verdict": "none",
            "said": "For comparison, the panel's worldviews that fit your other answers put even "
            f"chances at {implied.range.median:.0f} "
            f"({implied.range.lower:.0f} to {implied.range.upper:.0f}).",
        }
    stated = said(numbers["p"]).split(",")[0]
    range_ = ends(implied.range, "probability")
    expected = (
        f"From your other answers one would expect {range_}, most likely "
        f"{probability(implied.range.median)}."
    )
    more = implied.position > 0.5
    rare = min(implied.position, 1 - implied.position)
    share = f"about {probability(rare)}" if rare >= 0.001 else "fewer than 1 in 1,000"
    than = f"{share} of the worldviews that give your other answers would say {stated} or "
    than += "more" if more else "less"
    other = item(implied.against) if implied.against else None
    against = f" It stands most against your answer to “{other.title}”." if other else ""
    verdicts = {
        "fits": f"Your {stated} fits.",
        "apart": f"Your {stated} stands a little apart: {than}.{against}",
        "contradicts": f"Your {stated} contradicts them: {than}.{against} Keep both if you mean "
        "both; if not, change one.",
    }
    rough = ""
    if implied.worth < _FEW:
        rough = (
            f" (Few imagined worldviews give all your other answers, worth {implied.worth:.0f}: "
            "the range is rough.)"
        )
    return {
        "verdict": implied.verdict,
        "said": f"{expected} {verdicts[implied.verdict]}{rough}",
        "against": implied.against,
        "bar": bar(implied.range),
        "stated": numbers["p"],
    }


def about_shift(shift: Shift, experts: int) -> dict[str, Any]:
    """Say an outcome in somebody's view, without and with the answers."""
    unit = outcome(shift.outcome).unit
    names = {
        "you": "You, from your answers",
        "consensus": f"The panel's middle ({counted(experts, 'expert')}, and you)",
        "population": "One further expert",
    }
    return {
        "who": shift.who,
        "name": names[shift.who],
        "before": _numbers(shift.before, unit) if shift.before else None,
        "after": _numbers(shift.after, unit),
    }


def about_method(view: View, answered: int, heard: int, fit: Mapping[str, float]) -> dict[str, str]:
    """Say how the panel with the answers was worked out, and how far that can be trusted."""
    shape = "k̂ beyond measure"
    if math.isfinite(view.k):
        shape = f"k̂ {written(view.k, '.2f')}"
    worth = f"worth {view.worth:,.0f} equal ones"
    if view.refitted:
        rhat, divergences = fit["rhat"], int(fit["divergences"])
        settled = rhat <= _SETTLED and divergences == 0
        with_ = f"Refitted: the panel was fitted anew with {counted(heard, 'answer')} of yours"
        quality = f"R-hat {rhat:.2f}, {counted(divergences, 'divergence')}"
        doubt = "" if settled else " A short fit that has not settled: take it as rough."
        if view.exact:
            return {"method": "refitted", "said": f"{with_} ({quality}).{doubt}"}
        if view.is_reliable:
            since = "and reweighted for what you changed since"
            return {
                "method": "refitted, then reweighted",
                "said": f"{with_} ({quality}), {since} ({shape}, {worth}).{doubt}",
            }
    elif view.is_reliable:
        return {
            "method": "reweighted",
            "said": f"Reweighted: imagined worldviews count by how well they fit your "
            f"{counted(answered, 'answer')} (PSIS, {shape}, {worth}). Up to {LARGEST_SHAPE} such "
            "weights are reliable.",
        }
    return {
        "method": "rough",
        "said": "Rough: few of the worldviews that the panel makes likely give all your answers "
        f"({shape}, above {LARGEST_SHAPE}), so reweighting them is unreliable.",
    }


def about_refit(status: Status, possible: bool) -> str:
    """Say how the refit stands."""
    if status.running:
        return (
            f"A refit with your answers is under way: {status.phase}, {status.seconds:.0f} "
            "seconds so far. Go on answering."
        )
    if status.waiting:
        return "A refit with your answers waits for its turn. Go on answering."
    if status.failed:
        return f"The refit failed ({status.failed}). Your answers are kept."
    if not possible:
        return (
            "The studies of this posterior are not what they were, or not here, so it cannot be "
            "refitted."
        )
    return ""


def bar(each: Interval) -> dict[str, float]:
    """Give an interval as numbers; none where it is empty."""
    return {"lower": each.lower, "median": each.median, "upper": each.upper}


def _numbers(each: Interval, unit: str) -> dict[str, Any]:
    if math.isnan(each.median):
        return {"said": "–", "bar": None}
    return {"said": f"{quantity(each.median, unit)}", "span": ends(each, unit), "bar": bar(each)}


def title_of(name: str) -> str:
    """Give an outcome's name for a heading."""
    plain = plain_name(name)
    return plain[:1].upper() + plain[1:]
