"""A cloud of worldviews: people who might have been asked, and what each of them would answer.

For each draw of a fitted panel several further experts are imagined (``worlds``), as the panel's
model has them: of a camp, around its centre, with a care of their own. Whoever answers in the app
is one of these; which, the answers tell (``likelihood``). After a refit (``refits``) the cloud
holds the expert's own worldview in each draw instead, with the answers that were heard.

All is worked out once, and kept in a file, so that an answer costs only sums over the cloud.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from takeoff.analysis.app.asked import ITEMS
from takeoff.models.questions import WORDING_SD

__all__ = ["HEARD", "SHOWN", "Cloud", "cloud_of_expert", "cloud_of_panel", "kept_cloud"]

SHOWN = ("catastrophe", "takeover", "warning_shot", "coexistence", "homogeneity")
"""Outcomes of which the panel's posterior is shown."""

HEARD = "A further expert"
"""What the expert who answers is called in a refitted panel."""

_DRAWS = 2000
_IMAGINED = 32
_OTHERS = 8
_CERTAIN = 36.0
"""Log-odds at which a probability is a number's distance from certainty."""


@dataclass(frozen=True)
class Cloud:
    """Worldviews by draw, with what they would answer and what they imply.

    Attributes
    ----------
    data
        Over ``draw`` and ``imagined``: ``belief`` (log-odds by ``question``), ``variance`` of an
        answer around it, ``own`` (by ``outcome``), ``own_takeover`` (by ``projects``); ``camp``
        by ``imagined``; ``wording``, the variance of a question's wording. Over ``draw``:
        ``panel`` (by ``outcome`` and ``expert``), ``others`` (by ``outcome`` and ``other``: the
        population), ``arrival_median`` and ``arrival_spread``.
    heard
        The answers, by question, that the draws hold already; none in a cloud of the panel.
    fit
        What a refitted cloud's sampling was like; empty for one of the panel.
    """

    data: xr.Dataset
    heard: Mapping[str, Any] = field(default_factory=dict)
    fit: Mapping[str, float] = field(default_factory=dict)

    @property
    def is_refitted(self) -> bool:
        """Whether its draws hold the expert's answers."""
        return bool(self.heard)


def kept_cloud(attributes: Mapping[Any, Any], folder: Path) -> Cloud | None:
    """Read the cloud of a posterior with these attributes, if it was kept."""
    path = _place(attributes, folder)
    if not path.exists():
        return None
    try:
        return Cloud(xr.load_dataset(path, engine="h5netcdf"))
    except (OSError, ValueError, KeyError):
        return None  # torn or of another version: it is worked out anew


def cloud_of_panel(tree: xr.DataTree, folder: Path | None = None, seed: int = 1) -> Cloud:
    """Imagine further experts for the draws of a fitted panel, and keep them in a folder.

    Parameters
    ----------
    tree
        A fitted panel.
    folder
        Where the cloud is kept for the next start; None keeps none.
    seed
        Of what is imagined.
    """
    from takeoff.analysis.views import drawn_by
    from takeoff.analysis.worlds import imagined_panel
    from takeoff.models.priors import prior_set

    by_expert = drawn_by(tree, "expert").sel(scenario="default")
    draws = _thinned(tree["posterior"].to_dataset(), by_expert)
    weights = json.loads(tree.attrs["camp_weights"])
    members = _members(weights)
    chosen = prior_set(str(tree.attrs["prior_set"]))
    worlds = imagined_panel(draws, tuple(weights), members, chosen, seed)
    data = _believed(worlds, draws, _cares(worlds["margin"], seed))
    data["camp"] = ("imagined", np.array(members, dtype=str))
    data["panel"] = by_expert.sel(outcome=list(SHOWN), draw=draws["draw"])
    data["others"] = (
        data["own"].isel(imagined=slice(None, None, _IMAGINED // _OTHERS)).rename(imagined="other")
    )
    cloud = Cloud(_flat(data))
    if folder is not None:
        _keep(cloud.data, _place(tree.attrs, folder))
    return cloud


def cloud_of_expert(
    posterior: xr.Dataset,
    weights: Mapping[str, float],
    prior: str,
    seed: int,
) -> xr.Dataset:
    """Take the worldview of the further expert from each draw of a panel fitted with them."""
    from takeoff.analysis.worlds import imagined_panel, worldviews_of
    from takeoff.models.evaluate import evaluate
    from takeoff.models.priors import prior_set
    from takeoff.models.scenario import Scenario

    views = worldviews_of(posterior)
    mine = {
        name: each.sel(expert=[HEARD], drop=True).rename(expert="imagined")
        if "expert" in each.dims
        else each
        for name, each in views.items()
    }
    care = posterior["care"].sel(expert=[HEARD], drop=True).rename(expert="imagined")
    data = _believed(mine, posterior, care)
    data["camp"] = ("imagined", np.array([""]))
    panel = evaluate(views, Scenario(), SHOWN, "fit").to_dataarray("outcome")
    data["panel"] = panel.drop_sel(expert=HEARD)
    members = _members(weights)[:: _IMAGINED // _OTHERS]
    others = imagined_panel(posterior, tuple(weights), members, prior_set(prior), seed)
    data["others"] = (
        evaluate(others, Scenario(), SHOWN, "fit").to_dataarray("outcome").rename(imagined="other")
    )
    return _flat(data)


def _thinned(posterior: xr.Dataset, by_expert: xr.DataArray) -> xr.Dataset:
    """Take the draws of which outcomes are known, and as many as are needed."""
    draws = posterior.sel(draw=by_expert["draw"])
    every = max(1, draws.sizes["chain"] * draws.sizes["draw"] // _DRAWS)
    return draws.isel(draw=slice(None, None, every))


def _members(weights: Mapping[str, float]) -> list[str]:
    """Give each imagined expert of a draw a camp, in proportion to the weights."""
    if not weights:
        return [""] * _IMAGINED
    ends = np.cumsum(list(weights.values())) * _IMAGINED
    # Any stretch of them holds camps in proportion, so that every eighth does too.
    place = (np.arange(_IMAGINED) * 13 % _IMAGINED) + 0.5
    names = list(weights)
    return [names[min(int(row), len(names) - 1)] for row in np.searchsorted(ends, place)]


def _cares(like: xr.DataArray, seed: int) -> xr.DataArray:
    from takeoff.models.panel import CARE_SPREAD

    random = np.random.default_rng([seed, 1])
    return like.copy(data=np.exp(CARE_SPREAD * random.normal(size=like.shape)))


def _believed(
    worlds: Mapping[str, xr.DataArray], draws: xr.Dataset, care: xr.DataArray
) -> xr.Dataset:
    """Work out what worldviews would answer, and what they imply."""
    from takeoff.models.evaluate import evaluate
    from takeoff.models.panel import LEAST_NOISE
    from takeoff.models.scenario import MOST_PROJECTS, Scenario

    asked = [
        each.question for each in ITEMS if each.question is not None and each.kind == "probability"
    ]
    counts = range(1, MOST_PROJECTS + 1)
    own_projects = Scenario().projects
    found = {}
    for count in counts:
        names = [each.outcome for each in asked if each.scenario.projects == count]
        names += ["takeover", *(SHOWN if count == own_projects else ())]
        found[count] = evaluate(worlds, Scenario(projects=count), list(dict.fromkeys(names)), "fit")
    beliefs = [_log_odds(found[each.scenario.projects][each.outcome]) for each in asked]
    names = [each.name for each in asked]
    noise = draws["noise"].sel(reading="level", drop=True)
    return xr.Dataset(
        {
            "belief": xr.concat(beliefs, xr.IndexVariable("question", names)),
            "wording": ("question", [WORDING_SD[each.fit] ** 2 for each in asked]),
            "variance": (noise * care) ** 2 + LEAST_NOISE**2,
            "own": found[own_projects][list(SHOWN)].to_dataarray("outcome"),
            "own_takeover": xr.concat(
                [found[count]["takeover"] for count in counts],
                xr.IndexVariable("projects", list(counts)),
            ),
            "arrival_median": worlds["arrival_median"],
            "arrival_spread": worlds["arrival_spread"],
        }
    )


def _log_odds(probability: xr.DataArray) -> xr.DataArray:
    """Give log-odds, finite; in a world where what is supposed cannot be, never."""
    with np.errstate(divide="ignore", invalid="ignore"):
        odds = np.log(probability.values) - np.log1p(-probability.values)
    finite = np.clip(np.where(np.isnan(odds), -_CERTAIN, odds), -_CERTAIN, _CERTAIN)
    return probability.copy(data=finite)


def _flat(data: xr.Dataset) -> xr.Dataset:
    """Put the draws of all chains in one row."""
    flat = data.stack(sample=("chain", "draw")).reset_index("sample", drop=True)
    flat = flat.rename(sample="draw").drop_vars(("scenario", "camp_of_expert"), errors="ignore")
    return flat.transpose("question", "outcome", "projects", "draw", ...)


def _place(attributes: Mapping[Any, Any], folder: Path) -> Path:
    """Name the file of a posterior's cloud, by all that it depends on."""
    says = [str(attributes[name]) for name in ("result_id", "takeoff_version", "created")]
    says += [str(_DRAWS), str(_IMAGINED), *SHOWN, *(str(each.question) for each in ITEMS)]
    return folder / f"worldviews-{sha256('|'.join(says).encode()).hexdigest()[:16]}.nc"


def _keep(data: xr.Dataset, path: Path) -> None:
    draft = path.with_name(f".{path.name}")
    try:
        data.to_netcdf(draft, engine="h5netcdf")
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
