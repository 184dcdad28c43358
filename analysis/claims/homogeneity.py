"""The claims of homogeneity (Hubinger): why systems are alike, and what follows if they are."""

import xarray as xr

from takeoff.analysis.claims.claim import Claim, Effect, Finding, Worlds
from takeoff.analysis.claims.worlds import EXACT, ask, held, kin, raised, shares_of_kinds
from takeoff.models.evaluate import evaluate
from takeoff.models.scenario import Scenario

__all__ = ["HOMOGENEITY_CLAIMS"]

_NEARLY_ONE = 1 - 1e-9
_FORCED = 30.0  # probit: an effort that decides a project's alignment
_ALIKE = (0.0, 0.2, 0.4, 0.6, 0.8, 0.999)


def _copies(worlds: Worlds, cheaper: Scenario) -> Finding:
    """Compare shares and homogeneity with the reference world's."""
    copied = shares_of_kinds(worlds, cheaper) - shares_of_kinds(worlds, Scenario())
    alike = [
        evaluate(worlds, each, ["homogeneity"], "fit")["homogeneity"]
        for each in (cheaper, Scenario())
    ]
    more, likeness = copied.sel(kind="copied", drop=True), alike[0] - alike[1]
    return Finding(
        held((more >= 0) & (likeness >= 0)),
        (
            Effect("share of copies", "points", more),
            Effect("homogeneity", "correlation", likeness),
        ),
    )


def _reuse(worlds: Worlds) -> Finding:
    return _copies(worlds, Scenario(reuse=1.0))


def _training_cost(worlds: Worlds) -> Finding:
    return _copies(worlds, Scenario(training_cost=1.0))


def _caution(worlds: Worlds) -> Finding:
    def repeated(scenario: Scenario) -> xr.DataArray:
        share = shares_of_kinds(worlds, scenario)
        replicated = share.sel(kind="replicated", drop=True)
        return replicated / (1 - share.sel(kind="copied", drop=True))

    change = repeated(Scenario(caution=1.0)) - repeated(Scenario())
    return Finding(
        held(change >= 0), (Effect("share of own trainers who repeat", "points", change),)
    )


def _inheritance(worlds: Worlds) -> Finding:
    now = ask(worlds)["any_misaligned"]
    more = ask(worlds, inheritance=raised(worlds, "inheritance", 1.0))["any_misaligned"]
    always = ask(worlds, inheritance=1.0)["any_misaligned"]
    return Finding(
        held(more - now <= EXACT),
        (
            Effect("a misaligned project", "points", more - now),
            Effect("were it always inherited", "points", always - now),
        ),
    )


def _latecomer(worlds: Worlds) -> Finding:
    """Force all projects aligned but the last, and let leads grow."""
    scenario = Scenario(effort=(*(_FORCED,) * 4, -_FORCED))
    ahead = xr.DataArray([0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 40.0], dims="point")
    ahead = ahead.assign_coords(point=ahead.values)
    forced: dict[str, xr.DataArray | float] = {
        "inheritance": 1.0,
        "detection": 0.0,
        "false_alarm": 0.0,
    }
    takeover = evaluate(
        {**worlds, **forced, "speed": ahead, "lead": xr.ones_like(ahead)},
        scenario,
        ["takeover"],
        "fit",
    )["takeover"]
    own = evaluate({**worlds, **forced}, scenario, ["takeover"], "fit")["takeover"]
    falls = (takeover.diff("point") <= EXACT).all("point")
    at = {float(each): takeover.sel(point=each, drop=True) for each in ahead.values}
    vanishes = at[40.0] <= 0.01 * at[0.0] + EXACT
    return Finding(
        held(falls & vanishes),
        (
            Effect("takeover if all arrive at once", "probability", at[0.0]),
            Effect("with the world's own lead and speed", "probability", own),
            Effect("with speed · lead of 2", "probability", at[2.0]),
        ),
        takeover.isel(point=slice(0, -1)).median("world"),
    )


def _coexistence(worlds: Worlds) -> Finding:
    names = ("coexistence", "coalition_loss")
    now, alike = ask(worlds), ask(worlds, **kin(worlds, _NEARLY_ONE))
    only_first = ask(worlds, **kin(worlds, _NEARLY_ONE), inheritance=1.0)
    falls = [alike[name] - now[name] <= EXACT for name in names]
    # With identical systems and no later draws, aligned and misaligned cannot meet.
    nothing = only_first["coexistence"] <= EXACT
    return Finding(
        held(falls[0] & falls[1] & nothing),
        (
            Effect("coexistence", "points", alike["coexistence"] - now["coexistence"]),
            Effect("aligned losing", "points", alike["coalition_loss"] - now["coalition_loss"]),
            Effect("coexistence left, from later draws", "probability", alike["coexistence"]),
        ),
    )


def _alike(worlds: Worlds) -> dict[str, xr.DataArray | float]:
    """Raise every kinship by one unit of log-odds."""
    return {
        f"kinship_{kind}": raised(worlds, f"kinship_{kind}", 1.0)
        for kind in ("copied", "replicated", "independent")
    }


def _bargaining(worlds: Worlds) -> Finding:
    now, alike = ask(worlds), ask(worlds, **_alike(worlds))
    change = {name: alike[name] - now[name] for name in ("conflict", "bargaining")}
    return Finding(
        held((change["conflict"] <= 1e-12) & (change["bargaining"] <= 1e-12)),
        (
            Effect("conflict", "points", change["conflict"]),
            Effect("bargaining failure", "points", change["bargaining"]),
        ),
    )


def _warnings(worlds: Worlds) -> Finding:
    name = "warning_shot_given_misaligned"
    grid = xr.DataArray(list(_ALIKE), dims="point", coords={"point": list(_ALIKE)})
    line = ask(worlds, **kin(worlds, grid))[name]
    now, alike = ask(worlds)[name], ask(worlds, **_alike(worlds))[name]
    return Finding(
        held(alike - now <= EXACT),
        (
            Effect("a warning shot, given a misaligned project", "points", alike - now),
            Effect("now", "probability", now),
        ),
        line.median("world"),
    )


def _first_decides(worlds: Worlds) -> Finding:
    def gap(outcomes: xr.Dataset) -> xr.DataArray:
        aligned, misaligned = (
            outcomes[f"follower_aligned_given_first_{state}"] for state in ("aligned", "misaligned")
        )
        return aligned - misaligned

    now, alike = ask(worlds), ask(worlds, **_alike(worlds))
    wider = gap(alike) - gap(now)
    name = "takeover_given_first_aligned"
    safer = alike[name] - now[name]
    return Finding(
        held((wider >= -EXACT) & (safer <= EXACT)),
        (
            Effect("gap between followers of an aligned and a misaligned first", "points", wider),
            Effect("takeover given the first aligned", "points", safer),
        ),
    )


def _separate_axis(worlds: Worlds) -> Finding:
    """Move speed, lead and the number of projects, and see what moves."""
    factors = xr.DataArray([0.25, 4.0], dims="factor")
    settings = [
        ask(
            worlds,
            Scenario(projects=projects),
            speed=worlds["speed"] * factors,
            lead=worlds["lead"] * factors.rename(factor="other_factor"),
        )[["homogeneity", "takeover"]]
        for projects in (3, 8)
    ]
    everything = xr.concat(settings, "projects")
    over = ("projects", "factor", "other_factor")
    spread = everything.max(over) - everything.min(over)
    return Finding(
        held(spread["homogeneity"] <= 1e-9),
        (
            Effect("homogeneity moves by", "correlation", spread["homogeneity"]),
            Effect("takeover moves by", "points", spread["takeover"]),
        ),
    )


HOMOGENEITY_CLAIMS = (
    Claim(
        "H1",
        "Where training costs far more than running, systems are copies of one.",
        "Hubinger",
        "assumed",
        "tenfold reuse raises the share of copies, and homogeneity",
        _reuse,
    ),
    Claim(
        "H2",
        "A competing training run costs too much, so most buy or license.",
        "Hubinger",
        "assumed",
        "tenfold training cost raises the share of copies, and homogeneity",
        _training_cost,
    ),
    Claim(
        "H3",
        "Those who compete all the same repeat what worked, because they are cautious.",
        "Hubinger",
        "assumed",
        "one more standard deviation of caution raises the share who repeat the first's recipe "
        "among those who train their own",
        _caution,
    ),
    Claim(
        "H4",
        "As systems improve, alignment is handed on.",
        "Hubinger",
        "derived",
        "more inheritance (one unit of log-odds) makes a misaligned project less likely",
        _inheritance,
    ),
    Claim(
        "H5",
        "Late entrants who take risks are outclassed by then.",
        "Hubinger",
        "derived",
        "with only the last project misaligned, takeover falls to nothing as leads grow",
        _latecomer,
        ("speed · lead", "takeover"),
    ),
    Claim(
        "H6",
        "Aligned and misaligned systems do not exist side by side, so coalitions with aligned AI "
        "do not lose to misaligned AI.",
        "Hubinger",
        "derived",
        "with all systems copies, coexistence and defeats of an aligned system fall, and "
        "coexistence comes from later draws alone",
        _coexistence,
    ),
    Claim(
        "H7",
        "AIs that are alike coordinate, so conflict and failed bargains are unlikely.",
        "Hubinger",
        "derived",
        "more kinship (one unit of log-odds) lowers conflict and bargaining failure",
        _bargaining,
    ),
    Claim(
        "H8",
        "There is no warning shot: alike systems that deceive defect together.",
        "Hubinger",
        "varies",
        "more kinship (one unit of log-odds) makes a warning shot less likely given a misaligned "
        "project",
        _warnings,
        ("kinship of all", "warning shot given a misaligned project"),
    ),
    Claim(
        "H9",
        "The first system decides: the others share its alignment.",
        "Hubinger",
        "varies",
        "more kinship (one unit of log-odds) widens the gap between followers of an aligned and "
        "of a misaligned first system, and lowers takeover given an aligned one",
        _first_decides,
    ),
    Claim(
        "H10",
        "How alike systems are is a question of its own, apart from how fast and how many.",
        "Hubinger",
        "derived",
        "speed, lead and the number of projects (3 to 8) leave homogeneity as it is",
        _separate_axis,
    ),
)
"""Rows H1 to H10."""
