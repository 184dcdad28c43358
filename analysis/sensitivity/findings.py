"""What a panel reports after a change: numbers of somebody, with how they were come by."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import xarray as xr
from arviz_stats.sampling_diagnostics import ess, mcse, rhat

from takeoff.analysis.posterior import HEADLINE
from takeoff.analysis.sensitivity.changes import Change
from takeoff.analysis.sensitivity.weights import Weights
from takeoff.analysis.summaries import LEVELS
from takeoff.analysis.voices import middle, of_camp
from takeoff.analysis.weighted import weighted_quantiles

__all__ = ["LARGEST_RHAT", "How", "Row", "failed", "of_refit", "of_weights", "table"]

LARGEST_RHAT = 1.05
"""Of a refit that is called a number. A full fit is held to 1.01; a refit has a few hundred draws,
whose R-hat scatters by as much as this."""

How = Literal["refit", "reweighted", "failed"]
Summary = dict[str, dict[str, list[float]]]


@dataclass(frozen=True)
class Row:
    """What became of one change.

    Attributes
    ----------
    change
        Its settings.
    how
        Whether the panel was fitted again, the base's draws were reweighted, or neither worked.
    reason
        Why it failed; empty otherwise.
    outcomes
        Lower end, median and upper end of each outcome, by whose it is.
    error
        Monte Carlo standard error of the consensus' median, by outcome.
    k
        Pareto k̂ of the weights: of a refit, of those that would not do (NaN if none were tried).
    rhat, effective
        Of a refit, the largest R-hat and least effective sample size of the consensus; of weights
        NaN, and how many equally weighted draws they are worth.
    divergences, gradients, seconds
        What the row took; gradients of the log density are 0 for weights.
    """

    change: Change
    how: How
    reason: str
    outcomes: Summary
    error: dict[str, float]
    k: float
    rhat: float
    effective: float
    divergences: int
    gradients: int
    seconds: float

    def to_mapping(self) -> dict[str, object]:
        """Give the row as plain words and numbers."""
        return {**asdict(self), "change": dict(self.change.settings)}

    @classmethod
    def of_mapping(cls, mapping: dict[str, Any]) -> "Row":
        """Read a row back."""
        change = Change.of(mapping["change"])
        return cls(**{**mapping, "change": change})


def of_weights(change: Change, by_expert: xr.DataArray, weights: Weights, seconds: float) -> Row:
    """Summarize reweighted draws: outcomes (chain, draw, expert, outcome) of the voices left."""
    flat = weights.values.transpose("chain", "draw").values.ravel()
    found: Summary = {}
    error: dict[str, float] = {}
    for who, values in _views(by_expert).items():
        rows = values.reshape(-1, values.shape[-1])
        found[who] = _named(weighted_quantiles(rows, flat, LEVELS))
        if who == "consensus":
            mean = flat @ rows
            spread = np.sqrt(flat @ (rows - mean) ** 2)
            # A median's standard error is √(π/2) of a mean's where draws are about normal.
            each = np.sqrt(np.pi / 2) * spread * np.sqrt((flat**2).sum())
            error = dict(zip(HEADLINE, each.tolist(), strict=True))
    return Row(
        change, "reweighted", "", found, error, weights.k, np.nan, weights.effective, 0, 0, seconds
    )


def of_refit(
    change: Change,
    by_expert: xr.DataArray,
    notes: xr.Dataset,
    k: float,
    seconds: float,
) -> Row:
    """Summarize a refit: outcomes (chain, draw, expert, outcome) of all voices."""
    found: Summary = {}
    views = _views(by_expert)
    for who, values in views.items():
        found[who] = _named(np.quantile(values.reshape(-1, values.shape[-1]), LEVELS, axis=0))
    consensus = xr.Dataset(
        {
            name: (("chain", "draw"), views["consensus"][..., column])
            for column, name in enumerate(HEADLINE)
        }
    )
    error = mcse(consensus, method="median")
    return Row(
        change,
        "refit",
        "",
        found,
        {name: float(error[name]) for name in HEADLINE},
        k,
        max(float(each) for each in rhat(consensus).data_vars.values()),
        min(float(each) for each in ess(consensus).data_vars.values()),
        int(notes["diverging"].sum()),
        int(notes.attrs["gradients"]),
        seconds,
    )


def failed(change: Change, reason: str, k: float, seconds: float) -> Row:
    """Keep that a change could not be carried out, and why."""
    return Row(change, "failed", reason, {}, {}, k, np.nan, np.nan, 0, 0, seconds)


def table(rows: list[Row]) -> xr.Dataset:
    """Lay rows out: ``value`` (row, who, outcome, level), and how each was come by (row,)."""
    people = list(dict.fromkeys(who for row in rows for who in row.outcomes)) or ["consensus"]
    value = np.full((len(rows), len(people), len(HEADLINE), len(LEVELS)), np.nan)
    error = np.full((len(rows), len(HEADLINE)), np.nan)
    for number, row in enumerate(rows):
        for who, outcomes in row.outcomes.items():
            value[number, people.index(who)] = [outcomes[name] for name in HEADLINE]
        error[number] = [row.error.get(name, np.nan) for name in HEADLINE]
    import json

    plain = {
        name: ("row", [getattr(row, name) for row in rows])
        for name in ("k", "rhat", "effective", "divergences", "gradients", "seconds")
    }
    return xr.Dataset(
        {
            "value": (("row", "who", "outcome", "level"), value),
            "error": (("row", "outcome"), error),
            "how": ("row", np.array([row.how for row in rows], dtype=str)),
            "reason": ("row", np.array([row.reason for row in rows], dtype=str)),
            "settings": (
                "row",
                np.array([json.dumps(dict(row.change.settings)) for row in rows], dtype=str),
            ),
            **plain,
        },
        coords={
            "row": np.array([row.change.name for row in rows], dtype=str),
            "who": people,
            "outcome": list(HEADLINE),
            "level": list(LEVELS),
        },
    )


def _views(by_expert: xr.DataArray) -> dict[str, np.ndarray]:
    """Give medians over voices, of all and of each camp: (chain, draw, outcome) by name."""
    camps = [str(each) for each in dict.fromkeys(by_expert["camp_of_expert"].values) if each]
    views = {"consensus": by_expert, **{each: of_camp(by_expert, each) for each in camps}}
    return {
        name: middle(values).transpose("chain", "draw", "outcome").values
        for name, values in views.items()
    }


def _named(quantiles: np.ndarray) -> dict[str, list[float]]:
    return {name: quantiles[:, column].tolist() for column, name in enumerate(HEADLINE)}
