"""Whose view a number is: the panel's outcomes by expert, camp, consensus and population.

The panel's views are those of each *expert*; of each *camp* (the median over its experts, in
every draw); the *consensus* (the median over all experts, in every draw); and the *population*
(an imagined further expert, drawn by the declared weights of the camps).

A dataset cannot hold a variable of the same name as one of its dims, so what is stored by
expert, or by camp, is found by its dims and not by its name.
"""

from typing import Literal

import xarray as xr

__all__ = ["Group", "camp_names", "drawn_by", "experts_in_order", "views"]

Group = Literal["outcomes", "prior_outcomes"]


def drawn_by(
    tree: xr.DataTree, who: Literal["expert", "camp"], group: Group = "outcomes"
) -> xr.DataArray:
    """Give outcomes by expert or by camp: (chain, draw, scenario, who, outcome).

    Raises
    ------
    KeyError
        If the group holds no such outcomes.
    """
    data = tree[group].to_dataset()
    for variable in data.data_vars.values():
        if {who, "outcome", "scenario"} <= set(variable.dims):
            return variable
    raise KeyError(f"{group} holds no outcomes by {who}")


def views(
    tree: xr.DataTree,
    outcome: str,
    view: Literal["panel", "expert"] = "panel",
    group: Group = "outcomes",
    scenario: str = "default",
) -> dict[str, xr.DataArray]:
    """Give the draws (chain, draw) of an outcome by whose view it is, in the order shown.

    The panel's views are the camps, the consensus and the population.
    """
    where = {"outcome": outcome, "scenario": scenario}
    if view == "expert":
        each = drawn_by(tree, "expert", group).sel(where)
        return {name: each.sel(expert=name) for name in experts_in_order(tree)}
    data = tree[group].to_dataset()
    of_panel = {name: data[name].sel(where) for name in ("consensus", "population")}
    camps = camp_names(tree)
    if not camps:
        return of_panel
    by_camp = drawn_by(tree, "camp", group).sel(where)
    return {**{name: by_camp.sel(camp=name) for name in camps}, **of_panel}


def camp_names(tree: xr.DataTree) -> list[str]:
    """Name the camps, in the order in which the study declares them; none where it has none."""
    data = tree["outcomes"].to_dataset()
    return [str(name) for name in data["camp"].values] if "camp" in data.dims else []


def experts_in_order(tree: xr.DataTree) -> dict[str, str]:
    """Give each expert's camp ("" for none): by camp, the most worried about extinction first."""
    data = drawn_by(tree, "expert").sel(scenario="default", outcome="extinction_by_2100")
    worry = data.median(("chain", "draw")).fillna(0).values
    camps = camp_names(tree)
    names = [str(name) for name in data["expert"].values]
    own = [str(camp) for camp in data["camp_of_expert"].values]
    order = sorted(
        range(len(names)),
        key=lambda i: (camps.index(own[i]) if own[i] in camps else len(camps), -worry[i]),
    )
    return {names[i]: own[i] for i in order}
