"""Recovery: panels simulated from the prior, fitted, and where the truth lies among the draws.

A panel drawn from the prior has true worldviews, and answers of a real panel's design: the same
questions, experts, and answers missing. In its posterior the truth is one more draw, so its rank
among L independent draws is uniform on 0, ..., L, for every quantity (Talts et al. 2018,
arXiv:1804.06788), those of the data included (Modrák et al. 2023, doi:10.1214/23-BA1404): the log
likelihood of all answers shows at once a noise that is misread.
"""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import xarray as xr
from arviz_stats import rhat
from scipy import stats

from takeoff.analysis import derived
from takeoff.analysis.fit import sample_panel, simulate_panel
from takeoff.analysis.posterior import HEADLINE
from takeoff.analysis.simulation import answered, of_probabilities
from takeoff.analysis.worlds import worldviews_of
from takeoff.models.evaluate import evaluate
from takeoff.models.panel import panel_model
from takeoff.models.parameters import PARAMETER_NAMES
from takeoff.models.priors import PriorSet
from takeoff.models.questions import Judgments
from takeoff.models.special import FloatArray

__all__ = ["COVERAGE", "Recovery", "covered", "least_covered", "recoveries"]

COVERAGE = 0.9
_OF_PANEL = ("contrast", "disagreement", "offset", "noise", "efficacy_level", "efficacy_contrast")
_OF_EXPERTS = ("worldview", "care", "efficacy")


@dataclass(frozen=True)
class Recovery:
    """How one simulated panel was recovered.

    Attributes
    ----------
    ranks
        How many draws lie below the truth, by quantity; ``log_likelihood`` is that of all answers.
    draws
        Of how many.
    divergences
        Transitions of the sampler that diverged.
    rhat
        The largest R-hat of a quantity.
    """

    ranks: dict[str, int]
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
        Draws among which the truth is ranked, spread evenly over all. With 20·n − 1 of them,
        intervals of 90 per cent have just that chance to cover.
    """
    design = of_probabilities(design)
    truths, spoken = simulate_panel(panel_model(design, chosen), panels, seed)
    usable = np.isfinite(spoken).all(axis=1)
    if not usable.all():
        warnings.warn(f"{(~usable).sum()} simulated panels of {panels} answer NaN", stacklevel=2)
    for number in np.flatnonzero(usable).tolist():
        truth = truths.isel(draw=[number])
        judgments = answered(design, spoken[number])
        panel = panel_model(judgments, chosen)
        posterior, notes = sample_panel(
            panel, seed=seed + number, draws=draws, tune=tune, chains=chains
        )
        every = chains * draws // kept
        flat = posterior.stack(every=("chain", "draw")).isel(every=slice(0, every * kept, every))
        flat = flat.drop_vars(("every", "chain", "draw")).rename(every="draw").expand_dims("chain")
        thinned = flat.assign_coords(draw=np.arange(kept), chain=[0]).transpose(
            "chain", "draw", ...
        )
        true, drawn = _quantities(truth), _quantities(thinned)
        for each, where in ((true, truth), (drawn, thinned)):
            likelihood = derived.log_likelihood(where, panel)["log_odds"]
            each["log_likelihood"] = likelihood.values[0].sum(axis=-1)
        ranks = {name: int((drawn[name] < true[name][0]).sum()) for name in true}
        yield Recovery(ranks, kept, int(notes["diverging"].sum()), _largest_rhat(posterior))


def _quantities(draws: xr.Dataset) -> dict[str, FloatArray]:
    """Give all that is reported of one chain, each (draw,), elements numbered."""
    names = (*HEADLINE, "extinction_by_2100")
    outcomes = evaluate(worldviews_of(draws), derived.SCENARIOS["default"], names, precision="fit")
    reported = draws[
        [name for name in (*PARAMETER_NAMES, *_OF_PANEL, *_OF_EXPERTS) if name in draws]
    ]
    reported = reported.merge(outcomes.rename({name: f"outcome {name}" for name in names}))
    flat: dict[str, FloatArray] = {}
    for name, each in reported.data_vars.items():
        rows = each.isel(chain=0).transpose("draw", ...).values.reshape(draws.sizes["draw"], -1)
        flat |= {f"{name}/{column}": rows[:, column] for column in range(rows.shape[1])}
    return flat


def _largest_rhat(posterior: xr.Dataset) -> float:
    found = rhat(posterior.drop_vars("shares"))
    return max(float(np.nanmax(each.values)) for each in found.data_vars.values() if each.size)


def covered(recovery: Recovery) -> dict[str, bool]:
    """Tell of each quantity whether its interval of 90 per cent covers the truth."""
    outside = (1 - COVERAGE) / 2 * (recovery.draws + 1)
    return {
        name: outside <= rank < recovery.draws + 1 - outside
        for name, rank in recovery.ranks.items()
    }


def least_covered(panels: int, error: float) -> int:
    """Give the least count of panels that cover, but for an error as rare as given.

    One quantity is covered in Binomial(panels, 0.9) of independent panels, whatever depends on
    what within each. A mean over many quantities of a panel, shares between 0 and 1 whose
    expectation is 0.9, falls below count/panels at most e times as often (Bentkus 2004,
    doi:10.1214/009117904000000360).
    """
    return int(stats.binom.ppf(error, panels, COVERAGE))
