"""Voices: the worldviews that a panel's consensus, and each camp's view, are the median of.

An expert with a worldview of their own has one voice. For the people of a crowd, whose worldviews
are not told apart (`takeoff.models.crowd`), stand imagined members of their camp, the same in every
draw and spread evenly over it; together they count for all who were asked. The few of a crowd who
have worldviews of their own count among them.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr
from scipy.special import expit
from scipy.stats import norm, qmc

from takeoff.models.crowd import Crowd
from takeoff.models.priors import PriorSet, prior_set
from takeoff.models.questions import Judgments
from takeoff.models.special import FloatArray
from takeoff.models.transforms import from_real, to_real
from takeoff.models.worldviews import TAIL_SPREAD, VARYING, camp_contrasts, prior_spreads

__all__ = [
    "crowd_name",
    "middle",
    "of_camp",
    "people_behind",
    "people_by_camp",
    "told_apart",
    "voices",
    "voices_in",
    "voices_of",
]

_MEMBERS = 32
"""Imagined members of a camp that is a crowd."""


def crowd_name(camp: str) -> str:
    """Name a camp's crowd, in tables and settings.

    >>> crowd_name("Researchers"), crowd_name("")
    ('Researchers', 'people of no camp')
    """
    return camp or "people of no camp"


def people_by_camp(crowds: Sequence[Crowd]) -> dict[str, int]:
    """Count the people without worldviews of their own; crowds of several studies share a camp."""
    people: Counter[str] = Counter()
    for crowd in crowds:
        people[crowd.camp] += len(crowd.people)
    return dict(people)


def told_apart(tree: xr.DataTree) -> list[str]:
    """Name the experts of a fitted panel who are of no crowd's camp."""
    outcomes = tree["outcomes"].to_dataset()
    alone = ~np.isin(outcomes["camp_of_expert"].values, list(_crowds(tree)))
    return [str(name) for name in outcomes["expert"].values[alone]]


def voices_of(tree: xr.DataTree, draws: xr.Dataset) -> xr.Dataset:
    """Give draws of a fitted panel's posterior with everybody's voice, see `voices`."""
    return voices(
        draws,
        tree["outcomes"].to_dataset()["camp_of_expert"].sel(expert=draws["expert"]).values,
        _crowds(tree),
        json.loads(tree.attrs["camp_weights"]),
        prior_set(str(tree.attrs["prior_set"])),
    )


def _crowds(tree: xr.DataTree) -> dict[str, int]:
    return {
        str(camp): int(count) for camp, count in json.loads(tree.attrs.get("crowds", "{}")).items()
    }


def voices_in(
    draws: xr.Dataset, judgments: Judgments, crowds: Sequence[Crowd], chosen: PriorSet
) -> xr.Dataset:
    """Give draws with everybody's voice, see `voices`; judgments are those told apart (`part`)."""
    camp_of = judgments.answers["camp"].values
    return voices(draws, camp_of, people_by_camp(crowds), judgments.camp_weights, chosen)


def voices(
    draws: xr.Dataset,
    camp_of: Sequence[str] | np.ndarray,
    crowds: Mapping[str, int],
    camp_weights: Mapping[str, float],
    chosen: PriorSet,
) -> xr.Dataset:
    """Give draws with everybody's voice as an expert's.

    Parameters
    ----------
    draws
        The story's variables (chain, draw, ...).
    camp_of
        Each expert's camp (expert,), "" for none.
    crowds
        How many people without worldviews of their own each camp has (`people_by_camp`).
    camp_weights
        Weights of the camps in the population, in the panel's order.
    chosen
        Prior set of the panel's centre.

    Returns
    -------
    xr.Dataset
        The draws, with ``camp_of_expert`` by expert. With crowds, what only experts with
        worldviews of their own have is left out, and imagined members stand in ``worldview`` and
        ``efficacy``; ``weight`` (expert) is how many people each stands for.
    """
    camps = np.asarray(camp_of, dtype=str)
    if not crowds:
        return draws.assign_coords(camp_of_expert=("expert", camps))
    alone = ~np.isin(camps, list(crowds))
    parts = [draws[[*_own(draws)]].isel(expert=alone)]
    whose, weight = camps[alone].tolist(), [1.0] * int(alone.sum())
    for camp, people in crowds.items():
        parts.append(_members(draws, camp, camp_weights, chosen))
        whose += [camp] * _MEMBERS
        weight += [(people + int((camps == camp).sum())) / _MEMBERS] * _MEMBERS
    together = xr.concat(parts, "expert")
    return (
        draws.drop_dims("expert")
        .assign({name: each.drop_vars("expert") for name, each in together.data_vars.items()})
        .assign_coords(
            expert=together["expert"].values,
            camp_of_expert=("expert", whose),
            weight=("expert", weight),
        )
    )


def of_camp(values: xr.DataArray, camp: str) -> xr.DataArray:
    """Choose a camp's voices."""
    return values.isel(expert=np.flatnonzero(values["camp_of_expert"].values == camp))


def people_behind(heard: xr.DataArray | xr.Dataset) -> FloatArray:
    """Give how many people each voice stands for (expert,); one each without crowds."""
    if "weight" in heard.coords:
        return np.asarray(heard["weight"].values, float)
    return np.ones(heard.sizes["expert"])


def middle(values: xr.DataArray) -> xr.DataArray:
    """Give the median over experts by how many people they stand for, of those present.

    NaN where nobody is: all are absent then where voices stand for several.
    """
    numbers, weights = np.asarray(values.transpose(..., "expert").values), people_behind(values)
    found = values.isel(expert=0, drop=True)
    alike = weights.size == 0 or np.ptp(weights) == 0
    return found.copy(data=_median(numbers) if alike else _weighted_median(numbers, weights))


def _own(draws: xr.Dataset) -> list[str]:
    """Name what a voice has of its own."""
    return [name for name in ("worldview", "efficacy") if name in draws]


def _members(
    draws: xr.Dataset, camp: str, camp_weights: Mapping[str, float], chosen: PriorSet
) -> xr.Dataset:
    """Imagine the members of a camp: ``worldview`` and, where it was asked for, ``efficacy``."""
    uniform = qmc.Sobol(len(VARYING) + 1, seed=1).random(_MEMBERS)
    normal = norm.ppf(np.clip(uniform, 1e-6, 1 - 1e-6))
    tail = np.exp(TAIL_SPREAD * normal[:, -1])
    contrasts = camp_contrasts(tuple(camp_weights), [camp])[0]
    own: list[xr.DataArray] = []
    for column, name in enumerate(VARYING):
        spread = draws["disagreement"].sel(varying=name, drop=True)
        offset = spread * _by_expert(tail * normal[:, column]) + _apart(
            draws, "contrast", contrasts, varying=name
        )
        center = draws[name].copy(data=to_real(name, draws[name].values))
        real = center + prior_spreads(chosen)[column] * offset
        own.append(real.copy(data=from_real(name, real.values)))
    found = {"worldview": xr.concat(own, xr.IndexVariable("varying", list(VARYING)))}
    if "efficacy" in draws:
        even = norm.ppf(qmc.Sobol(1, seed=2).random(_MEMBERS)[:, 0])
        offset = draws["efficacy_disagreement"] * _by_expert(even) + _apart(
            draws, "efficacy_contrast", contrasts
        )
        level = draws["efficacy_level"] + offset
        found["efficacy"] = level.copy(data=expit(level.values))
    names = [f"{crowd_name(camp)}, imagined {number}" for number in range(1, _MEMBERS + 1)]
    return xr.Dataset(found).assign_coords(expert=names)


def _by_expert(values: FloatArray) -> xr.DataArray:
    return xr.DataArray(values, dims="expert")


def _apart(draws: xr.Dataset, name: str, contrasts: FloatArray, **of: str) -> xr.DataArray | float:
    """Give what sets a camp apart from the panel's centre (chain, draw)."""
    if not len(contrasts):
        return 0.0
    between = draws[name].sel(of, drop=True)
    return (between * xr.DataArray(contrasts, dims="camp_contrast")).sum("camp_contrast")


def _weighted_median(numbers: FloatArray, weights: FloatArray) -> FloatArray:
    """Give the median along the last axis, whose entries count by weights; all are present."""
    order = np.argsort(numbers, axis=-1)
    counted = np.cumsum(weights[order], axis=-1)
    half = 0.5 * counted[..., -1:] * (1 + 1e-12 * np.array([-1.0, 1.0]))
    ranks = np.stack([(counted < half[..., [side]]).sum(axis=-1) for side in (0, 1)], axis=-1)
    ranks = np.minimum(ranks, numbers.shape[-1] - 1)
    return np.asarray(
        np.take_along_axis(numbers, np.take_along_axis(order, ranks, -1), -1).mean(axis=-1)
    )


def _median(numbers: FloatArray) -> FloatArray:
    """Give the median along a short last axis of those that are present, NaN where none is.

    As xarray does, which takes five times as long.
    """
    ordered = np.sort(numbers, axis=-1)  # NaN comes last
    last = (~np.isnan(ordered)).sum(axis=-1, keepdims=True) - 1
    found = [
        np.take_along_axis(ordered, np.maximum(each, 0), -1)
        for each in (last // 2, (last + 1) // 2)
    ]
    return np.asarray((0.5 * (found[0] + found[1]))[..., 0])
