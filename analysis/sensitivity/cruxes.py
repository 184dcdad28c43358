"""Cruxes: how far experts' disagreement comes from each belief that differs between them.

Let y_i(S) be the log-odds of an outcome in expert i's worldview, of which only the beliefs in S
are i's own and the others are the panel's mean (on the unconstrained scale). A coalition is worth
the variance over experts of y_i(S); its Shapley values add up to the whole variance between
experts. The law of total variance splits every coalition's worth into what lies between camps and
what lies within them, and so the values, too. For a pair, y(S) takes the beliefs in S from the one
and the others from the other; the values add up to the difference in their log-odds.

Worldviews are evaluated in closed form, draw by draw of the posterior, so what is not known about
what an expert believes is in every interval.
"""

import numpy as np
import xarray as xr

from takeoff.analysis.sensitivity.draws import log_odds, thinned
from takeoff.analysis.sensitivity.shapley import coalitions, shapley
from takeoff.analysis.summaries import LEVELS
from takeoff.analysis.voices import people_behind, told_apart, voices_of
from takeoff.analysis.worlds import shared_parameters
from takeoff.models.errors import InputError
from takeoff.models.evaluate import evaluate
from takeoff.models.scenario import Scenario
from takeoff.models.special import FloatArray
from takeoff.models.transforms import from_real, to_real
from takeoff.models.worldviews import VARYING

__all__ = ["DRAWS", "PAIR_DRAWS", "RISKS", "cruxes", "pairs"]

RISKS = ("catastrophe", "takeover")

DRAWS = 400
"""Draws of the posterior in which the panel's variance is split."""

PAIR_DRAWS = 100
"""Draws in which pairs are compared: there are hundreds of pairs."""

_PIECE = 100_000  # worlds evaluated at once, for the memory that forty parameters of each take


def cruxes(tree: xr.DataTree, draws: int = DRAWS) -> xr.Dataset:
    """Split the variance between experts in catastrophe and takeover among their beliefs.

    Parameters
    ----------
    tree
        A fitted panel.
    draws
        How many draws of the posterior to use at most.

    Returns
    -------
    xr.Dataset
        ``variance`` (risk, chain, draw), of the log-odds between experts; ``of_belief`` (varying,
        risk, chain, draw), which adds up to it; ``between_camps`` and ``within_camps``, of the
        same dims, which add up to ``of_belief`` (those without a camp count as one camp);
        ``of_expert`` (expert, varying, risk, chain, draw), what each own belief adds to an
        expert's log-odds over those of the panel's mean worldview. A belief whose share is
        negative brings people together.

    Raises
    ------
    InputError
        If there is one expert only, or all have one worldview.
    """
    posterior = voices_of(tree, thinned(tree, draws))
    real = _worldviews(posterior)
    if real.shape[0] < 2:
        raise InputError("the panel has one expert; disagreement takes two")
    weight = people_behind(posterior)
    inside = coalitions(len(VARYING))[:, :, None, None]
    mean = np.average(real, axis=0, weights=weight)
    mixed = np.where(inside, real[:, None], mean)  # (expert, coalition, varying, chain, draw)
    odds = _log_odds_of(posterior, mixed)
    if not np.all(odds[:, :, -1].std(axis=1) > 0):
        raise InputError("all experts have one worldview; there is no disagreement to split")
    camp = posterior["camp_of_expert"].values
    deviation = odds - np.average(odds, axis=1, weights=weight)[:, None]
    group = np.empty_like(deviation)
    for each in dict.fromkeys(camp.tolist()):
        own = camp == each
        group[:, own] = np.average(deviation[:, own], axis=1, weights=weight[own])[:, None]
    found = {
        "of_belief": np.average(deviation**2, axis=1, weights=weight),
        "between_camps": np.average(group**2, axis=1, weights=weight),
        "within_camps": np.average((deviation - group) ** 2, axis=1, weights=weight),
    }
    dims = ("risk", "chain", "draw", "varying")
    split = {name: (dims, shapley(np.moveaxis(each, 1, -1))) for name, each in found.items()}
    of_expert = shapley(np.moveaxis(odds, 2, -1))
    return xr.Dataset(
        {
            "variance": (dims[:-1], found["of_belief"][:, -1]),
            **split,
            "of_expert": (("risk", "expert", *dims[1:]), of_expert),
        },
        coords=_coordinates(posterior) | {"camp_of_expert": ("expert", camp)},
    ).transpose("expert", "varying", "risk", "chain", "draw")


def pairs(tree: xr.DataTree, draws: int = PAIR_DRAWS) -> xr.Dataset:
    """Split the difference between every two experts among their beliefs; of a crowd nobody's.

    Parameters
    ----------
    tree
        A fitted panel.
    draws
        How many draws of the posterior to use at most.

    Returns
    -------
    xr.Dataset
        ``difference`` (expert, other, risk, level) in log-odds, expert less other; ``of_belief``
        (expert, other, varying, risk, level), what of it comes from each belief (draw by draw they
        add up to the difference; quantiles do not); ``largest`` (expert, other, risk), the belief
        whose contribution has the largest size; ``lead`` (expert, other, risk, level), by how much
        its size exceeds the next one's, draw by draw. NaN, and "", between an expert and
        themselves. Levels are quantiles at the ends and the middle of a 90 per cent interval.

    Raises
    ------
    InputError
        If there is one expert only, a crowd's apart.
    """
    posterior = thinned(tree, draws).sel(expert=told_apart(tree))
    real = _worldviews(posterior)
    experts = real.shape[0]
    if experts < 2:
        raise InputError("the panel has one expert; disagreement takes two")
    one, other = np.triu_indices(experts, 1)
    inside = coalitions(len(VARYING))[:, :, None, None]
    parts = []
    step = max(1, _PIECE // (len(inside) * posterior.sizes["chain"] * posterior.sizes["draw"]))
    for begin in range(0, len(one), step):
        here = slice(begin, begin + step)
        mixed = np.where(inside, real[one[here], None], real[other[here], None])
        parts.append(shapley(np.moveaxis(_log_odds_of(posterior, mixed), 2, -1)))
    split = np.concatenate(parts, axis=1)  # (risk, pair, chain, draw, varying)
    flat = split.reshape(*split.shape[:2], -1, split.shape[-1])
    return _of_pairs(flat, one, other, posterior)


def _of_pairs(
    split: FloatArray, one: np.ndarray, other: np.ndarray, posterior: xr.Dataset
) -> xr.Dataset:
    """Summarize contributions (risk, pair, sample, varying) of both orders of each pair."""
    experts = posterior.sizes["expert"]
    shape = (len(RISKS), experts, experts, len(LEVELS))
    difference = np.full(shape, np.nan)
    lead = np.full(shape, np.nan)
    of_belief = np.full((*shape[:3], len(VARYING), len(LEVELS)), np.nan)
    size = np.abs(split)
    first = np.median(size, axis=2).argmax(axis=-1)  # (risk, pair)
    largest = np.full(shape[:3], "", dtype=object)
    chosen = np.arange(len(VARYING)) == first[..., None, None]
    ahead = np.where(chosen, size, 0.0).sum(-1) - np.where(chosen, 0.0, size).max(-1)
    for row, column, sign in ((one, other, 1.0), (other, one, -1.0)):
        difference[:, row, column] = _levels(sign * split.sum(axis=-1), 2)
        of_belief[:, row, column] = _levels(sign * split, 2)
        lead[:, row, column] = _levels(ahead, 2)
        largest[:, row, column] = np.array(VARYING, dtype=object)[first]
    names = posterior["expert"].values
    return xr.Dataset(
        {
            "difference": (("risk", "expert", "other", "level"), difference),
            "of_belief": (("risk", "expert", "other", "varying", "level"), of_belief),
            "lead": (("risk", "expert", "other", "level"), lead),
            "largest": (("risk", "expert", "other"), largest.astype(str)),
        },
        coords={
            "risk": list(RISKS),
            "expert": names,
            "other": names,
            "varying": list(VARYING),
            "level": list(LEVELS),
        },
    ).transpose("expert", "other", "varying", "risk", "level")


def _levels(draws: FloatArray, axis: int) -> FloatArray:
    return np.moveaxis(np.quantile(draws, LEVELS, axis=axis), 0, -1)


def _worldviews(posterior: xr.Dataset) -> FloatArray:
    """Give worldviews on the real line: (expert, varying, chain, draw)."""
    own = posterior["worldview"].transpose("expert", "varying", "chain", "draw")
    columns = [to_real(name, own.sel(varying=name).values) for name in VARYING]
    return np.stack(columns, axis=1)


def _log_odds_of(posterior: xr.Dataset, real: FloatArray) -> FloatArray:
    """Give log-odds of both risks (risk, person, coalition, chain, draw) of mixed worldviews.

    ``real`` are (person, coalition, varying, chain, draw), on the real line.
    """
    dims = ("person", "coalition", "chain", "draw")
    shared = shared_parameters(posterior)
    worlds = {name: each.drop_vars(each.coords) for name, each in shared.items()}
    for column, name in enumerate(VARYING):
        worlds[name] = xr.DataArray(from_real(name, real[:, :, column]), dims=dims)
    found = evaluate(worlds, Scenario(), RISKS, "fit")
    return np.stack([log_odds(found[name].transpose(*dims).values) for name in RISKS])


def _coordinates(posterior: xr.Dataset) -> dict[str, object]:
    return {
        "risk": list(RISKS),
        "varying": list(VARYING),
        **{name: posterior[name].values for name in ("expert", "chain", "draw")},
    }
