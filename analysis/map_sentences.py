"""What the number of projects does, in sentences made from the map and the scenarios by rules."""

import numpy as np
import xarray as xr

from takeoff.analysis.map_reading import (
    Standing,
    Turn,
    homogeneity_now,
    kinship_now,
    kinship_share,
    map_table,
    one_more,
    standings,
    starts_of,
    turning_points,
)
from takeoff.analysis.summaries import interval
from takeoff.analysis.views import camp_names, views
from takeoff.analysis.wording import (
    counted,
    ends,
    in_words,
    plain_name,
    probability,
    quantity,
    share_of_draws,
    times_ahead,
    whose,
)

__all__ = ["about_kinship_share", "about_projects", "about_standing", "about_the_map"]

_CLEAR = 0.95
_LIKELY = 0.8
_RATIO = "log ratio"


def about_projects(tree: xr.DataTree, name: str = "takeover") -> list[str]:
    """Say whether many projects are worse than one, for each camp and the consensus."""
    one, many = (views(tree, name, scenario=each) for each in ("one_project", "eight_projects"))
    said = []
    for who in [*camp_names(tree), "consensus"]:
        worse = float((many[who] > one[who]).mean())
        verdict = "worse" if worse > 0.5 else "better"
        share = max(worse, 1 - worse)
        surely = "" if share >= _CLEAR else "probably " if share >= _LIKELY else "perhaps "
        medians = [in_words(interval(each[who]).median, name) for each in (many, one)]
        said.append(
            f"{whose(who)}, eight projects are {surely}{verdict} than one for {plain_name(name)} "
            f"({share_of_draws(share)} of draws; medians {medians[0]} and {medians[1]})."
        )
    return said


def about_the_map(tree: xr.DataTree) -> list[str]:
    """Say what the map shows, from its own numbers."""
    takeover, turning = map_table(tree, "takeover"), one_more(tree)
    kinship, offense = takeover["kinship"].values, takeover["offense"].values
    few, many = int(takeover["projects"].min()), int(takeover["projects"].max())

    def going(alike: float, ahead: float) -> str:
        ends_at = [
            probability(float(takeover.sel(kinship=alike, offense=ahead, projects=count)))
            for count in (few, many)
        ]
        return f"from {ends_at[0]} with {few} to {ends_at[1]} with {many}"

    worse, sadder = (
        float((each > 0.5).mean()) for each in (turning, one_more(tree, "catastrophe"))
    )
    here = [
        min(turning_points(tree, start), key=lambda each: abs(each.kinship - kinship_now(tree)))
        for start in starts_of(turning["projects"].values)
    ]
    return [
        f"Least kinship ({kinship[0]:.3g}), {times_ahead(float(offense[-1]))}: takeover goes "
        f"{going(kinship[0], offense[-1])} projects; {times_ahead(float(offense[0]))}: "
        f"{going(kinship[0], offense[0])}.",
        f"Most kinship ({kinship[-1]:.3g}): {going(kinship[-1], offense[-1])} and "
        f"{going(kinship[-1], offense[0])}.",
        f"One more project is more likely to raise takeover than to lower it in "
        f"{100 * worse:.0f}% of the map's cells, and to raise catastrophe in {100 * sadder:.0f}%.",
        f"At a kinship of {here[0].kinship:.2g}, the map's nearest to the "
        f"{kinship_now(tree):.2g} that the panel expects: {'; '.join(map(_turning, here))}.",
        *_standing(tree, here[0]),
    ]


def about_standing(tree: xr.DataTree) -> list[str]:
    """Say where each camp and the consensus stand, and what one more project does in their view."""
    alike = ends(homogeneity_now(tree), "correlation")
    first = [f"The panel expects a kinship of {kinship_now(tree):.2f} ({alike})."]
    return first + [_stand(each) for each in standings(tree)]


def about_kinship_share(tree: xr.DataTree) -> list[str]:
    """Say how much of today's likeness is kinship, and how much doubt."""
    share = kinship_share(tree)
    return [
        f"Of that likeness, kinship makes {probability(share.median)} "
        f"({ends(share, 'probability')}): policy can change that much of it. The rest is doubt, "
        "which would be left among strangers, and which only learning changes."
    ]


def _stand(each: Standing) -> str:
    few, middle = starts_of(np.array(list(each.harm["takeover"])))
    offense = each.offense
    parts = []
    for risk, harm in each.harm.items():
        turn = each.turns_at(risk)
        side = (
            "at no number of projects is one more likelier to raise it for good"
            if turn is None
            else f"one more is likelier to raise it from {counted(turn, 'project')} on"
        )
        parts.append(
            f"{risk} rises with one more project in {share_of_draws(harm[few])} of draws when "
            f"there {'is' if few == 1 else 'are'} {few}, and in {share_of_draws(harm[middle])} "
            f"when there are {middle} ({side})"
        )
    return (
        f"{whose(each.who)}, the log advantage of offence is "
        f"{quantity(offense.median, _RATIO)} ({ends(offense, _RATIO)}); by its own beliefs "
        f"{'; '.join(parts)}."
    )


def _turning(turn: Turn) -> str:
    start = counted(turn.projects, "project")
    sides = ("help than to harm", "harm than to help")
    if not turn.offenses:
        side = sides[turn.harm]
        return f"with {start}, adding one is likelier to {side} all along the range of offence"
    number = len(turn.offenses)
    passed = [
        f"{'to ' if row else 'likelier to '}{sides[(turn.harm + number - 1 - row) % 2]} once the "
        f"log advantage of offence passes {quantity(each, _RATIO)} ({times_ahead(each)})"
        for row, each in enumerate(turn.offenses)
    ]
    return f"with {start}, adding one is {', then '.join(passed)}"


def _standing(tree: xr.DataTree, turn: Turn) -> list[str]:
    """Say how many experts stand beyond the last turn."""
    if not turn.offenses:
        return []
    last = turn.offenses[-1]
    stands = tree["map"].to_dataset()["offense_of_expert"].values
    beyond = int((stands > last).sum())
    return [
        f"{beyond} of {counted(len(stands), 'expert')} put offence beyond the "
        f"{'last ' if len(turn.offenses) > 1 else ''}turn for "
        f"{counted(turn.projects, 'project')} ({quantity(last, _RATIO)})."
    ]
