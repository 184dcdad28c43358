"""The switch: the answer under other prior sets and other weights of the camps.

The page holds the answers beforehand, as text, so that a reader changes an assumption and sees the
numbers move. Another prior set is *reweighted*: draws of the one fit count by the ratio of prior
densities (`takeoff.analysis.evidence.weights`), and a set that this cannot reach is not offered.
Other weights of the camps let the imagined people of each camp count for more or less, which is
exact but for the number of draws.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import xarray as xr

from takeoff.analysis.evidence.weights import reweighted
from takeoff.analysis.summaries import HEADLINES, LEVELS, Interval
from takeoff.analysis.views import views
from takeoff.analysis.weighted import weighted_quantiles
from takeoff.analysis.wording import probability, quantity, span
from takeoff.models.outcomes import outcome
from takeoff.models.priors import AVERAGED, PRIOR_SETS

__all__ = ["Switch", "Way", "switch_of"]

_STEPS = 10
"""Shares of the first camp from none to all."""


@dataclass(frozen=True)
class Way:
    """A prior set that a reader may choose, and how its numbers were come by.

    Attributes
    ----------
    name, how
        The set, and "fitted" or "reweighted" with what that is worth.
    usable
        Whether weights reach it.
    answers
        By outcome and whose view, medians and intervals as text: one, but for the population one
        for each share of the first camp.
    """

    name: str
    how: str
    usable: bool
    answers: dict[str, dict[str, list[tuple[str, str]]]]


@dataclass(frozen=True)
class Switch:
    """What a reader may change: prior sets, and the share of the first camp where there are two."""

    ways: list[Way]
    outcomes: list[str]
    camp: str | None
    shares: list[str]
    declared: int


def switch_of(tree: xr.DataTree, drawn_under: str, camp_weights: Mapping[str, float]) -> Switch:
    """Work the answers out.

    Parameters
    ----------
    tree
        A fitted panel.
    drawn_under
        Name of its prior set.
    camp_weights
        Of the camps in the population.
    """
    camps = [each for each, weight in camp_weights.items() if weight > 0]
    chosen = camps[0] if len(camps) == 2 and "camp_of_population" in tree["outcomes"] else None
    declared = round(_STEPS * camp_weights[chosen]) if chosen else 0
    return Switch(
        [_way(tree, drawn_under, each, chosen, camp_weights) for each in _sets(drawn_under)],
        list(HEADLINES),
        chosen,
        [probability(step / _STEPS) for step in range(_STEPS + 1)] if chosen else [],
        declared,
    )


def _sets(first: str) -> list[str]:
    return [first, *(each for each in PRIOR_SETS if each != first)]


def _way(
    tree: xr.DataTree, drawn_under: str, name: str, camp: str | None, declared: Mapping[str, float]
) -> Way:
    table = tree["outcomes"].to_dataset()
    found = reweighted(tree["posterior"].to_dataset(), drawn_under, name)
    weights = found.weights.sel(draw=table["draw"])
    weights = weights / weights.sum()
    how = "fitted"
    if name != drawn_under:
        how = f"reweighted, worth {probability(found.efficiency)} of the draws"
    if not found.usable:
        how = f"out of reach of reweighting (k̂ {found.shape:.2f}): takeoff report --prior {name}"
        if drawn_under != AVERAGED.name:
            how += f", or --prior {AVERAGED.name} for all sets in one report"
        return Way(name, how, False, {})
    people = _populations(table, weights, camp, declared)
    answers = {
        each: {
            who: [
                _answer(draws, own, each) for own in (people if who == "population" else [weights])
            ]
            for who, draws in views(tree, each).items()
        }
        for each in HEADLINES
    }
    return Way(name, how, True, answers)


def _populations(
    table: xr.Dataset, weights: xr.DataArray, camp: str | None, declared: Mapping[str, float]
) -> list[xr.DataArray]:
    """Give the weights of imagined people for each share of the first camp."""
    if camp is None:
        return [weights]
    inside, share = table["camp_of_population"] == camp, declared[camp]
    return [
        weights * xr.where(inside, step / share, (_STEPS - step) / (1 - share))
        for step in range(_STEPS + 1)
    ]


def _answer(draws: xr.DataArray, weights: xr.DataArray, name: str) -> tuple[str, str]:
    values, own = xr.broadcast(draws, weights)
    lower, median, upper = weighted_quantiles(values.values.ravel(), own.values.ravel(), LEVELS)
    unit = outcome(name).unit
    return quantity(median, unit), span(Interval(lower, median, upper), unit)
