"""The claims of the urn (Scher): more independent projects, more draws, more risk."""

import xarray as xr

from takeoff.analysis.claims.claim import Claim, Effect, Finding, Worlds
from takeoff.analysis.claims.measures import find_measures
from takeoff.analysis.claims.security import find_judges, find_theft
from takeoff.analysis.claims.worlds import (
    EXACT,
    OFFENSES,
    ask,
    by_projects,
    held,
    kin,
    over_offense,
    raised,
    turning,
)
from takeoff.models.evaluate import evaluate
from takeoff.models.scenario import Scenario

__all__ = ["URN_CLAIMS"]

_FORCED = 30.0  # probit: an effort that decides a project's alignment
_FAR_AHEAD = 3.0  # log ratio: offence or defence ahead twentyfold
_EQUAL_DRAWS = {
    **{f"kinship_{kind}": 0.0 for kind in ("copied", "replicated", "independent")},
    "doubt": 0.0,
    "race": 0.0,
    "detection": 0.0,
    "false_alarm": 0.0,
    "inheritance": 1.0,
    "uplift": 0.0,
}
_YEARS = 2.0


def _more_draws(worlds: Worlds) -> Finding:
    strangers = {**kin(worlds, 0.0), "offense": _FAR_AHEAD}
    takeover = by_projects(worlds, **strangers)["takeover"]
    rise = takeover.sel(projects=8, drop=True) - takeover.sel(projects=1, drop=True)
    one = ask(worlds, Scenario(projects=1), **_EQUAL_DRAWS)["any_misaligned"]
    apart = [
        abs(
            ask(worlds, Scenario(projects=count), **_EQUAL_DRAWS)["any_misaligned"]
            - (1 - (1 - one) ** count)
        )
        for count in (3, 5, 8)
    ]
    off = xr.concat(apart, "projects").max("projects")
    return Finding(
        held((rise >= 0) & (off < EXACT)),
        (
            Effect("takeover with eight instead of one", "points", rise),
            Effect("error of 1 − (1 − q)^K for equal independent draws", "points", off),
        ),
        takeover.median("world").rename(projects="point"),
    )


def _bad_draw(worlds: Worlds) -> Finding:
    def worse(outcomes: xr.Dataset) -> xr.DataArray:
        good = outcomes["takeover_given_all_misaligned"] - outcomes["one_good_apple"]
        return outcomes["one_bad_apple"] - good

    now = ask(worlds)
    grid = xr.DataArray(list(OFFENSES), dims="offense", coords={"offense": list(OFFENSES)})
    line = worse(ask(worlds, offense=grid))
    return Finding(
        held(worse(now) > 0),
        (
            Effect("harm of one bad draw", "probability", now["one_bad_apple"]),
            Effect("harm less the good of a good draw", "points", worse(now)),
            Effect("it starts at", "offense", turning(line)),
        ),
        line.median("world").rename(offense="point"),
    )


def _three_months(worlds: Worlds) -> Finding:
    scenario = Scenario(projects=2, effort=(_FORCED, -_FORCED))
    lead = xr.DataArray([0.0, 0.25], dims="lead", coords={"lead": [0.0, 0.25]})
    forced = {"inheritance": 1.0, "detection": 0.0, "false_alarm": 0.0, "lead": lead}
    table = evaluate({**worlds, **forced}, scenario, ["takeover"], "fit")["takeover"]
    now, later = (table.sel(lead=each, drop=True) for each in (0.0, 0.25))
    ahead = worlds["offense"] > 0
    return Finding(
        held(later >= 0.75 * now, ahead),
        (
            Effect("takeover then, offence ahead", "probability", later.where(ahead)),
            Effect("defence ahead", "probability", later.where(~ahead)),
            Effect(
                "what the three months change, offence ahead", "points", (later - now).where(ahead)
            ),
        ),
    )


def _racing(worlds: Worlds) -> Finding:
    now = ask(worlds)["takeover"]
    corners = now - ask(worlds, race=0.0)["takeover"]
    draws = now - ask(worlds, haste=0.0)["takeover"]
    return Finding(
        held((corners >= -EXACT) & (draws >= -EXACT)),
        (
            Effect("takeover through cut corners", "points", corners),
            Effect("through more draws", "points", draws),
        ),
    )


def _control(worlds: Worlds) -> Finding:
    steps = {"detection": 1.0, "persistence": -1.0}
    changes = {
        **{name: raised(worlds, name, step) for name, step in steps.items()},
        "uplift": worlds["uplift"] + 0.5,
    }

    def effect(name: str, projects: int) -> xr.DataArray:
        scenario = Scenario(projects=projects)
        changed = ask(worlds, scenario, **{name: changes[name]})["takeover"]
        return changed - ask(worlds, scenario)["takeover"]

    alone = [effect(name, 1) for name in changes]
    grid = {"persistence": changes["persistence"]}
    crowd = over_offense(worlds, 5, **grid)["takeover"] - over_offense(worlds, 5)["takeover"]
    shared = ask(worlds, spillover=raised(worlds, "spillover", 1.0)) - ask(worlds)
    crowded = effect("persistence", 5)
    lowers = [each <= EXACT for each in alone]
    return Finding(
        held(lowers[0] & lowers[1] & lowers[2] & (shared["takeover"] <= EXACT)),
        (
            Effect("takeover by better detection, alone", "points", alone[0]),
            Effect("by standing down, alone", "points", alone[1]),
            Effect("by standing down, five projects", "points", crowded),
            Effect("share of worlds in which that raises it", "share", held(crowded > EXACT)),
            Effect("where its sign turns, it lowers takeover beyond", "offense", turning(-crowd)),
            Effect("by a shared gain in alignment", "points", shared["takeover"]),
        ),
        crowd.median("world").rename(offense="point"),
    )


def _good_apple(worlds: Worlds) -> Finding:
    calm = {"race": 0.0, "haste": 0.0}
    many, one = (over_offense(worlds, count, **calm)["takeover"] for count in (8, 1))
    change = (many - one).sel(offense=-_FAR_AHEAD, drop=True)
    return Finding(
        held(change <= EXACT),
        (
            Effect("takeover with eight instead of one", "points", change),
            Effect("many turn from help to harm at", "offense", turning(many - one)),
        ),
        (many - one).median("world").rename(offense="point"),
    )


def _best_number(worlds: Worlds) -> Finding:
    def best(catastrophe: xr.DataArray) -> xr.DataArray:
        return catastrophe.idxmin("projects")

    now = by_projects(worlds)["catastrophe"]
    without = best(by_projects(worlds, power_grab=0.0)["catastrophe"])
    more = best(by_projects(worlds, power_grab=raised(worlds, "power_grab", 1.0))["catastrophe"])
    own = best(now)
    return Finding(
        held((own >= without) & (more >= own)),
        (
            Effect("best number of projects", "number", own),
            Effect("were there no power grabs", "number", without),
            Effect("were they likelier (one unit of log-odds)", "number", more),
            Effect("share of worlds in which one is best", "share", held(own == 1)),
        ),
        now.median("world").rename(projects="point"),
    )


def _evidence(worlds: Worlds) -> Finding:
    now = by_projects(worlds)["takeover"].sel(projects=Scenario().projects, drop=True)
    held_out = (0, 1, 3, 5)  # each is a graph of its own, which takes longer than all its worlds
    waits = xr.concat(
        [
            evaluate(worlds, Scenario(delay=_YEARS, holdouts=each), ["takeover"], "fit")["takeover"]
            for each in held_out
        ],
        xr.DataArray(list(held_out), dims="point", name="point"),
    ).assign_coords(point=list(held_out))
    change = waits - now
    gone = change >= 0
    undone = gone.idxmax("point").where(gone.any("point"))
    all_wait = change.isel(point=0, drop=True)
    return Finding(
        held(all_wait <= EXACT),
        (
            Effect("takeover when all wait two years", "points", all_wait),
            Effect("with one holdout", "points", change.isel(point=1, drop=True)),
            Effect("fewest holdouts that undo it, of 1, 3 and 5", "number", undone),
        ),
        change.median("world"),
    )


URN_CLAIMS = (
    Claim(
        "S1",
        "More projects are more draws, and more draws are more risk.",
        "Scher",
        "varies",
        "among strangers, offence ahead twentyfold, eight projects have more takeover than one; "
        "equal independent draws go wrong with 1 − (1 − q)^K",
        _more_draws,
        ("projects", "takeover, strangers, offence ahead"),
    ),
    Claim(
        "S2",
        "A bad draw does more harm than a good draw does good.",
        "Scher",
        "varies",
        "takeover with one misaligned project exceeds what one aligned project among misaligned "
        "ones takes off it",
        _bad_draw,
        ("offence (log)", "harm less good"),
    ),
    Claim(
        "S3",
        "An aligned system three months ahead of a misaligned one does not save you.",
        "Scher",
        "varies",
        "where offence is ahead, at least three quarters of the takeover with no lead remain",
        _three_months,
    ),
    Claim(
        "S4",
        "Racing cuts corners, and it adds draws.",
        "Scher",
        "assumed",
        "each of the two, separately, raises takeover",
        _racing,
    ),
    Claim(
        "S5",
        "Draw in a controlled way: inspect, stop until confident, and let aligned systems improve "
        "the urn.",
        "Scher",
        "varies",
        "in a lone project better detection, less persistence and more uplift each lower "
        "takeover, and with five so does sharing the gain",
        _control,
        ("offence (log)", "change of takeover when five stand down sooner"),
    ),
    Claim(
        "S6",
        "Three targets are easier to steal from than one, and unequal security is bad.",
        "Scher",
        "derived",
        "theft from three weaker-targeted projects exceeds that from one; more spread raises "
        "theft exactly where security is positive",
        find_theft,
    ),
    Claim(
        "S7",
        "The unilateralist's curse is another thing: many judges of the same ball.",
        "Scher",
        "derived",
        "judges of identical systems, without retries, field a misaligned one more often the more "
        "they are, and their spread acts through the mean chance of detection alone",
        find_judges,
    ),
    Claim(
        "S8",
        "One good apple may save the bunch, though hardly without centralisation.",
        "Scher",
        "varies",
        "without racing and with defence ahead twentyfold, eight projects have less takeover than "
        "one",
        _good_apple,
        ("offence (log)", "takeover with eight less one"),
    ),
    Claim(
        "S9",
        "Centralise; but then power concentrates.",
        "Scher",
        "derived",
        "the number of projects with the least catastrophe does not fall as power grabs grow "
        "likelier",
        _best_number,
        ("projects", "catastrophe"),
    ),
    Claim(
        "S10",
        "Three measures might change the board: evidence, a shared alignment solution, shared "
        "good practice, in falling order; sharing is unlikely to happen.",
        "Scher",
        "varies",
        "weighted by the stated odds that each matters, what the measures take off takeover "
        "falls in that order",
        find_measures,
    ),
    Claim(
        "S11",
        "Evidence buys a year to three, until others catch up.",
        "Scher",
        "assumed",
        "a wait of two years by all lowers takeover",
        _evidence,
        ("holdouts", "change of takeover by waiting"),
    ),
)
"""Rows S1 to S11."""
