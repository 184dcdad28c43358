"""Captions of the report's figures: how each is read, and the number to look for in it."""

import numpy as np
import xarray as xr

from takeoff.analysis.check_sentences import check_rows
from takeoff.analysis.comparison_reading import effects, names_of
from takeoff.analysis.comparison_sentences import points
from takeoff.analysis.diagnostics import Diagnostics
from takeoff.analysis.figures.experts import RIDGES
from takeoff.analysis.map_reading import kinship_now, standings
from takeoff.analysis.movement import KEPT_WIDTH, learned, movements
from takeoff.analysis.summaries import INTERVAL, ROADS, interval, rows_of
from takeoff.analysis.views import views
from takeoff.analysis.wording import (
    counted,
    in_words,
    listed,
    plain_name,
    ratio,
    times_ahead,
    whose,
    written,
)

__all__ = ["captions"]

_ENDS = f"{100 * INTERVAL:.0f}% interval"
_MOST_LEARNED = 3


def captions(tree: xr.DataTree, mixing: Diagnostics) -> dict[str, str]:
    """Caption every figure, by its name in `report_figures`."""
    worst = mixing.worst
    which = f" ({plain_name(worst.outcome)}, {worst.who})" if worst else ""
    found = {
        "map": "Takeover at the panel's centre (posterior medians) by number of projects (across) "
        "and kinship of all later projects with the first (up), for offence behind to ahead. "
        "Hatched: one more project is more likely to lower takeover than to raise it; the black "
        "line is where that turns. Dotted: the kinship that the panel expects, "
        f"{kinship_now(tree):.2f}. Experts are counted at the panel nearest to their own view of "
        "offence.",
        "turning": "The probability that one more project raises takeover, and that it raises "
        "catastrophe, over offence (across) and kinship (up), at the panel's centre. The black "
        "line is even odds: on its purple side one more project harms, on its green side it helps. "
        f"Crosses: where each camp and the consensus (black) stand, with {_ENDS}s "
        f"({_on_offense(tree)}). Each dot below is an expert's own view of offence (posterior "
        "median); those beyond the axis stand at its end.",
        "experts": "Each expert's posterior, one ridge a person, coloured by camp; the scale is "
        f"log-odds, so that one in a billion and even odds fit on one axis. {_far_apart(tree)} "
        "Black ticks: what the person said, where asked for this very outcome, on a line from the "
        "lowest to the highest number that rounds to it.",
        "worldviews": f"The beliefs that differ between experts in this model: median and {_ENDS}. "
        f"{_most_disputed(tree)} All other parameters are shared by the panel.",
        "parameters": "What is left of each parameter's prior spread after the answers; at 1 "
        f"nothing was learned. {_most_learned(tree)}",
        "outcomes": "The same for the interval of each outcome of the consensus, in log-odds. "
        f"{_most_narrowed(tree)}",
        "jacobian": "How far the expected answer to each question moves when a parameter moves by "
        f"one prior standard deviation; the parameters with the largest effects. {_largest(tree)}",
        "likeness": "Left: posterior median of the correlation between the latent alignment of "
        "every two projects. Right: between the first two, were there only one source of likeness, "
        f"and with both; median and {_ENDS}.",
        "roads": f"Posterior median and {_ENDS} of each road, on a log-odds scale, over the "
        f"prior's interval in grey. {_likeliest_roads(tree)}",
        "convergence": f"The reported number with the largest R-hat{which}, {mixing.rhat:.3f}. "
        "Left: its value along each chain. Right: how each chain's draws rank among all; flat is "
        "good.",
    }
    if "checks" in tree.children:
        rows = check_rows(tree)
        failed = sum(fails for row in rows for _, fails in row.areas)
        found["checks"] = (
            "Dots: the real answers to each question; orange where the check fails "
            f"({failed} of {counted(sum(len(row.areas) for row in rows), 'check')}). Blue: the "
            f"{_ENDS} of answers repeated by the same people; grey: by new people. Near zero is "
            "the share below half a per cent; mean and spread are in log-odds, of a conditional "
            "answer as a step from the person's own unconditional one. Where somebody said 0, all "
            "that is nearer to it than what 0 stands for counts alike."
        )
    if "policies" in tree.children:
        found["policies"] = (
            f"Change in catastrophe under each intervention: median and {_ENDS}, if it works "
            "(dark) and weighted by chance and efficacy (pale, below); left of zero is better. "
            f"{_from_to(tree['policies'].to_dataset())}"
        )
    return found


def _on_offense(tree: xr.DataTree) -> str:
    stand = next(each for each in standings(tree) if each.who == "consensus")
    return f"the consensus has {times_ahead(stand.offense.median)}"


def _far_apart(tree: xr.DataTree) -> str:
    name = RIDGES[0]
    middles = {who: interval(draws).median for who, draws in views(tree, name, "expert").items()}
    if len(middles) < 2:
        return ""
    low, high = min(middles, key=middles.__getitem__), max(middles, key=middles.__getitem__)
    return (
        f"Medians of {plain_name(name)} run from {in_words(middles[low], name)} ({low}) to "
        f"{in_words(middles[high], name)} ({high})."
    )


def _most_disputed(tree: xr.DataTree) -> str:
    """Name the belief in which medians differ most, against how sure each person is of it."""
    worldview = tree["posterior"].to_dataset()["worldview"]
    if worldview.sizes["expert"] < 2:
        return ""
    low, middle, high = (
        worldview.quantile(level, ("chain", "draw")) for level in (0.05, 0.5, 0.95)
    )
    apart = (middle.max("expert") - middle.min("expert")) / (high - low).mean("expert")
    most = str(apart["varying"].values[int(np.argmax(apart.values))])
    times = ratio(float(apart.max()))
    return (
        f"People are furthest apart in {plain_name(most)}: their medians span {times} times the "
        "mean width of an interval."
    )


def _most_learned(tree: xr.DataTree) -> str:
    found = learned(tree)
    most = [f"{plain_name(each.parameter)} ({ratio(each.kept)})" for each in found[:_MOST_LEARNED]]
    kept = sum(each.kept >= KEPT_WIDTH for each in found)
    return (
        f"Most was learned of {listed(most)}; {kept} of {counted(len(found), 'parameter')} kept "
        f"{ratio(KEPT_WIDTH)} or more."
    )


def _most_narrowed(tree: xr.DataTree) -> str:
    found = sorted(movements(tree), key=lambda each: each.width)
    if not found:
        return ""
    ends = [f"{plain_name(each.row.outcome)} ({ratio(each.width)})" for each in found]
    return f"From {ends[0]} to {ends[-1]}."


def _largest(tree: xr.DataTree) -> str:
    jacobian = tree["learned"].to_dataset()["jacobian"].transpose("question", "parameter")
    row, column = np.unravel_index(np.nanargmax(np.abs(jacobian.values)), jacobian.shape)
    question, parameter = (
        plain_name(str(jacobian[dim].values[at]))
        for dim, at in (("question", row), ("parameter", column))
    )
    largest = written(float(jacobian[row, column]), "+.1f")
    return f"The largest is {largest}: “{question}” by {parameter}."


def _likeliest_roads(tree: xr.DataTree) -> str:
    rows = {name: {each.who: each.median for each in rows_of(tree, name)} for name in ROADS}
    said = []
    for who in rows[ROADS[0]]:
        most = max(ROADS, key=lambda name: rows[name][who])
        said.append(f"{whose(who)} {plain_name(most)} ({in_words(rows[most][who], most)})")
    return f"The likeliest road: {'; '.join(each[0].lower() + each[1:] for each in said)}."


def _from_to(played: xr.Dataset) -> str:
    drawn = effects(played, "consensus", ["catastrophe"])
    change = {
        name: drawn[name, "catastrophe", "works"].difference.median for name in names_of(played)
    }
    low, high = min(change, key=change.__getitem__), max(change, key=change.__getitem__)
    return (
        f"In the consensus medians run from {points(change[low])} points ({plain_name(low)}) to "
        f"{points(change[high])} ({plain_name(high)}), if each works."
    )
