"""Whether the chains agree: R-hat and effective sample sizes of what the report shows, by ArviZ."""

from dataclasses import dataclass

import numpy as np
import xarray as xr

from takeoff.analysis.summaries import HEADLINES, ROADS, TOGETHER
from takeoff.analysis.views import camp_names, drawn_by

__all__ = ["Diagnostic", "Diagnostics", "diagnose"]

_OF_EXPERTS = (*HEADLINES, "extinction_by_2100")
_OF_PANEL = tuple(dict.fromkeys((*_OF_EXPERTS, *TOGETHER, *ROADS)))


@dataclass(frozen=True)
class Diagnostic:
    """How well one reported number mixed."""

    who: str
    outcome: str
    rhat: float
    bulk: float
    tail: float


@dataclass(frozen=True)
class Diagnostics:
    """How well the chains mixed: every reported outcome, the worst R-hat first.

    ``chains``, ``draws`` and ``divergences`` are counts; draws are those of one chain, which were
    kept of ``rounds`` times as many.
    """

    reported: tuple[Diagnostic, ...]
    chains: int
    draws: int
    divergences: int
    steps: float
    rounds: int

    @property
    def worst(self) -> Diagnostic | None:
        """The reported outcome with the largest R-hat; None when nothing varies."""
        return self.reported[0] if self.reported else None

    @property
    def rhat(self) -> float:
        """Largest R-hat."""
        return max((each.rhat for each in self.reported), default=np.nan)

    @property
    def bulk(self) -> float:
        """Smallest bulk effective sample size."""
        return min((each.bulk for each in self.reported), default=np.nan)

    @property
    def tail(self) -> float:
        """Smallest tail effective sample size."""
        return min((each.tail for each in self.reported), default=np.nan)


def diagnose(tree: xr.DataTree) -> Diagnostics:
    """Compute R-hat, bulk and tail effective sample size of every outcome that is reported.

    Those are all outcomes of the consensus; the headlines, how projects end together and the roads
    to catastrophe of the camps and the population; and the headlines of each expert, with
    extinction by 2100. Quantities that do not vary, or are absent, have none.
    """
    stats = tree["sample_stats"].to_dataset()
    data = tree["outcomes"].to_dataset().sel(scenario="default")
    by_expert = drawn_by(tree, "expert").sel(scenario="default", outcome=list(_OF_EXPERTS))
    series = _series(by_expert, "expert")
    series |= _series(data["consensus"], "consensus")
    series |= _series(data["population"].sel(outcome=list(_OF_PANEL)), "population")
    if camp_names(tree):
        by_camp = drawn_by(tree, "camp").sel(scenario="default", outcome=list(_OF_PANEL))
        series |= _series(by_camp, "camp")
    return Diagnostics(
        reported=_diagnosed(series),
        chains=data.sizes["chain"],
        draws=data.sizes["draw"],
        divergences=int(stats["diverging"].sum()),
        steps=float(stats["n_steps"].mean()) if "n_steps" in stats else np.nan,
        rounds=int(stats.attrs.get("rounds", 1)),
    )


def _series(draws: xr.DataArray, view: str) -> dict[tuple[str, str], np.ndarray]:
    """Split into series (chain, draw) by who and outcome."""
    whose = [str(each) for each in draws[view].values] if view in draws.dims else [view]
    names = [str(each) for each in draws["outcome"].values]
    last = (view, "outcome") if view in draws.dims else ("outcome",)
    values = draws.transpose("chain", "draw", *last).values
    values = values.reshape(*values.shape[:2], len(whose), len(names))
    return {
        (who, name): values[:, :, row, column]
        for row, who in enumerate(whose)
        for column, name in enumerate(names)
    }


def _diagnosed(series: dict[tuple[str, str], np.ndarray]) -> tuple[Diagnostic, ...]:
    from arviz_stats.sampling_diagnostics import ess, rhat

    usable = {
        key: values
        for key, values in series.items()
        if not np.isnan(values).any() and np.ptp(values) > 0
    }
    if not usable:
        return ()
    stacked = xr.Dataset(
        {"reported": (("chain", "draw", "row"), np.stack(list(usable.values()), axis=-1))}
    )
    mixed = rhat(stacked)["reported"].values
    bulk = ess(stacked, method="bulk")["reported"].values
    tail = ess(stacked, method="tail")["reported"].values
    found = [
        Diagnostic(who, name, float(mixed[row]), float(bulk[row]), float(tail[row]))
        for row, (who, name) in enumerate(usable)
    ]
    # One chain, or too few draws, has no R-hat: it sorts last and is shown as a dash.
    return tuple(sorted(found, key=lambda each: -np.nan_to_num(each.rhat, nan=-1.0)))
