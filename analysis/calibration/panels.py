"""Where the truth lies among draws of the posterior, for hundreds of simulated panels.

A panel drawn from the prior has true worldviews, and gives answers in a real panel's design: the
same questions, experts, and answers missing. Its truth has a place in a walk through the posterior
of these answers (``walk``), so its rank is uniform, for every quantity, those of the data included
(Modrák et al. 2023, doi:10.1214/23-BA1404): the log likelihood of all answers shows at once a noise
that is misread.

Shown is that prior, likelihood and the sampler's coordinates are those of the story that is told of
panels; not, that a sampler which starts anywhere gets there (``recovery``).
"""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr
from arviz_stats.sampling_diagnostics import ess

from takeoff.analysis.calibration.programs import Programs, programs_of
from takeoff.analysis.calibration.ranks import Calibration
from takeoff.analysis.calibration.walk import level_of, tuned, walk_through
from takeoff.analysis.derived import SCENARIOS
from takeoff.analysis.fit import simulate_panel
from takeoff.analysis.posterior import HEADLINE
from takeoff.analysis.simulation import answered, of_probabilities
from takeoff.analysis.worlds import worldviews_of
from takeoff.models.evaluate import evaluate
from takeoff.models.panel import Panel, panel_model
from takeoff.models.parameters import PARAMETER_NAMES
from takeoff.models.priors import PriorSet
from takeoff.models.questions import Judgments
from takeoff.models.special import FloatArray

__all__ = [
    "COVERAGE",
    "LIKELIHOOD",
    "PanelRanks",
    "by_kind",
    "covered",
    "gathered",
    "quantities",
    "ranked_panels",
    "simulated_panels",
]

COVERAGE = 0.9
LIKELIHOOD = "log likelihood"
_OF_PANEL = (
    "contrast",
    "disagreement",
    "offset",
    "noise",
    "efficacy_level",
    "efficacy_contrast",
    "efficacy_disagreement",
)
_OF_EXPERTS = ("worldview", "care", "efficacy")


@dataclass(frozen=True)
class PanelRanks:
    """Where one panel's truth lies.

    Attributes
    ----------
    levels
        Rank by quantity, between 0 and 1.
    effective
        As how many independent draws those count among which it is ranked (quantity,).
    moved
        Share of transitions that went anywhere.
    """

    levels: dict[str, float]
    effective: FloatArray
    moved: float


def ranked_panels(
    design: Judgments,
    chosen: PriorSet,
    *,
    panels: int,
    seed: int,
    transitions: int = 60,
    tune: int = 100,
    read: Programs | None = None,
) -> Iterator[PanelRanks]:
    """Simulate panels of a design from the prior, and rank the truth of each.

    Answers that are not probabilities are left out of the design. A warning counts the panels with
    an answer that is not finite, and tells of those whose truth has no coordinates.

    Parameters
    ----------
    design
        Whose questions, experts and missing answers the panels have.
    chosen
        Prior set.
    panels
        How many.
    seed
        Of truths, answers and walks.
    transitions, tune
        Of each walk, and of the warm-up that finds its kernel.
    read
        How answers are read, in programs of the design; as they are meant, unless given.
    """
    design = of_probabilities(design)
    speaks = panel_model(design, chosen)
    programs = read or programs_of(speaks)
    for number, true, judgments in simulated_panels(speaks, design, panels, seed):
        truth = programs.coordinates_of(true, judgments)
        if truth is None:
            warnings.warn(f"the truth of panel {number} has no coordinates", stacklevel=2)
            continue
        density = programs.density(judgments)
        kernel = tuned(density, programs.size, tune, seed + number)
        random = np.random.default_rng([seed, number])
        points, place = walk_through(density, truth, kernel, transitions, random)
        yield _ranked(programs, judgments, points, place, random)


def simulated_panels(
    speaks: Panel, design: Judgments, panels: int, seed: int
) -> Iterator[tuple[int, xr.Dataset, Judgments]]:
    """Simulate panels of a design: the number of each, its truth, and what it answers.

    A warning counts the panels with an answer that is not finite, which are left out.
    """
    truths, spoken = simulate_panel(speaks, panels, seed)
    usable = np.isfinite(spoken).all(axis=1)
    if not usable.all():
        warnings.warn(f"{(~usable).sum()} simulated panels of {panels} answer NaN", stacklevel=2)
    for number in np.flatnonzero(usable).tolist():
        yield number, truths.isel(draw=[number]), answered(design, spoken[number])


def _ranked(
    programs: Programs,
    judgments: Judgments,
    points: FloatArray,
    place: int,
    random: np.random.Generator,
) -> PanelRanks:
    # What is worked out once ties with itself.
    distinct, which = np.unique(points, axis=0, return_inverse=True)
    draws = programs.draws(distinct, judgments)
    values = quantities(draws) | {LIKELIHOOD: programs.log_likelihood(draws, judgments)}
    whole = np.array([each[which] for each in values.values()])
    levels = {name: level_of(row, place, random) for name, row in zip(values, whole, strict=True)}
    walked = xr.Dataset({"value": (("chain", "quantity", "draw"), whole[None])})
    counted = np.asarray(ess(walked)["value"].values, float)
    counted[np.ptp(whole, axis=1) == 0] = 1.0
    moved = (np.diff(points, axis=0) != 0).any(axis=1).mean()
    return PanelRanks(levels, counted, float(moved))


def quantities(draws: xr.Dataset) -> dict[str, FloatArray]:
    """Give all that is reported of one chain, each (draw,), elements numbered."""
    names = (*HEADLINE, "extinction_by_2100")
    outcomes = evaluate(worldviews_of(draws), SCENARIOS["default"], names, precision="fit")
    reported = draws[
        [name for name in (*PARAMETER_NAMES, *_OF_PANEL, *_OF_EXPERTS) if name in draws]
    ]
    reported = reported.merge(outcomes.rename({name: f"outcome {name}" for name in names}))
    flat: dict[str, FloatArray] = {}
    for name, each in reported.data_vars.items():
        rows = each.isel(chain=0).transpose("draw", ...).values.reshape(draws.sizes["draw"], -1)
        flat |= {f"{name}/{column}": rows[:, column] for column in range(rows.shape[1])}
    return flat


def covered(levels: FloatArray) -> np.ndarray:
    """Tell of levels whether intervals of 90 per cent cover their truths."""
    outside = (1 - COVERAGE) / 2
    return np.asarray((outside <= levels) & (levels < 1 - outside))


def gathered(levels: Sequence[Mapping[str, float]], worth: Sequence[float]) -> Calibration:
    """Put the ranks of panels together, by quantity.

    Parameters
    ----------
    levels
        Of each panel.
    worth
        As how many independent draws those count among which a panel's truth is ranked.
    """
    ranks = {name: np.array([each[name] for each in levels]) for name in levels[0]}
    return Calibration(ranks, np.array(worth))


def by_kind(found: Calibration) -> dict[str, Calibration]:
    """Part ranks by what sort of quantity they are of."""
    kinds: dict[str, dict[str, FloatArray]] = {}
    for name, ranks in found.ranks.items():
        kinds.setdefault(_kind(name), {})[name] = ranks
    return {kind: Calibration(ranks, found.worth) for kind, ranks in kinds.items()}


def _kind(name: str) -> str:
    stem = name.split("/")[0]
    return "centre" if stem in PARAMETER_NAMES else stem
