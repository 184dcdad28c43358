"""Recovery: simulated panels fitted from scratch, and where the truth lies among the draws.

Calibration (``calibration.panels``) starts at the truth. What a sampler does that starts anywhere,
adapts, and changes coordinates by what experts said, shows here: were its draws independent ones of
the posterior, the truth's rank among them would be uniform, for every quantity (Talts et al. 2018,
arXiv:1804.06788). A fit takes minutes where a walk takes seconds.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import xarray as xr
from arviz_stats.sampling_diagnostics import rhat
from scipy import stats

from takeoff.analysis import derived
from takeoff.analysis.calibration.panels import (
    COVERAGE,
    LIKELIHOOD,
    quantities,
    simulated_panels,
)
from takeoff.analysis.calibration.walk import level_of
from takeoff.analysis.fit import sample_panel
from takeoff.analysis.simulation import of_probabilities
from takeoff.models.panel import panel_model
from takeoff.models.priors import PriorSet
from takeoff.models.questions import Judgments

__all__ = ["Recovery", "least_covered", "recoveries"]


@dataclass(frozen=True)
class Recovery:
    """How one simulated panel was recovered.

    Attributes
    ----------
    levels
        Rank of the truth by quantity, between 0 and 1.
    draws
        Among how many.
    divergences
        Transitions of the sampler that diverged.
    rhat
        The largest R-hat of a quantity.
    """

    levels: dict[str, float]
    draws: int
    divergences: int
    rhat: float


def recoveries(
    design: Judgments,
    chosen: PriorSet,
    *,
    panels: int,
    seed: int,
    draws: int,
    tune: int,
    chains: int,
    kept: int = 99,
) -> Iterator[Recovery]:
    """Simulate panels of a design from the prior, fit each and rank the truth.

    Answers that are not probabilities are left out of the design. Panels with an answer that is
    not finite cannot be fitted: a warning counts them.

    Parameters
    ----------
    design
        Whose questions, experts and missing answers the panels have.
    chosen
        Prior set, of the truth and of the fits.
    panels
        How many.
    seed, draws, tune, chains
        Of the sampler; draws and tune are per chain.
    kept
        Draws among which the truth is ranked, spread evenly over all.
    """
    design = of_probabilities(design)
    speaks = panel_model(design, chosen)
    for number, true, judgments in simulated_panels(speaks, design, panels, seed):
        panel = panel_model(judgments, chosen)
        posterior, notes = sample_panel(
            panel, seed=seed + number, draws=draws, tune=tune, chains=chains
        )
        every = chains * draws // kept
        flat = posterior.stack(every=("chain", "draw")).isel(every=slice(0, every * kept, every))
        flat = flat.drop_vars(("every", "chain", "draw")).rename(every="draw").expand_dims("chain")
        drawn = flat.assign_coords(draw=np.arange(kept), chain=[0])
        truth = true.assign_coords(draw=[-1])[list(drawn)]
        both = xr.concat([truth, drawn], "draw").transpose("chain", "draw", ...)
        likelihood = derived.log_likelihood(both, panel)["log_odds"].values[0].sum(axis=-1)
        random = np.random.default_rng([seed, number])
        levels = {
            name: level_of(each, 0, random)
            for name, each in (quantities(both) | {LIKELIHOOD: likelihood}).items()
        }
        yield Recovery(levels, kept, int(notes["diverging"].sum()), _largest_rhat(posterior))


def _largest_rhat(posterior: xr.Dataset) -> float:
    found = rhat(posterior.drop_vars("shares"))
    return max(float(np.nanmax(each.values)) for each in found.data_vars.values() if each.size)


def least_covered(panels: int, error: float) -> int:
    """Give the least count of panels that cover, but for an error as rare as given.

    One quantity is covered in Binomial(panels, 0.9) of independent panels, whatever depends on
    what within each. A mean over many quantities of a panel, shares between 0 and 1 whose
    expectation is 0.9, falls below count/panels at most e times as often (Bentkus 2004,
    doi:10.1214/009117904000000360).
    """
    return int(stats.binom.ppf(error, panels, COVERAGE))
