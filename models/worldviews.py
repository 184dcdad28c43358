"""Worldviews: each expert's coherent set of parameters, around the panel's centre.

On the unconstrained scale, and in units of the prior's own spread there, expert i differs from
the centre in parameter p by::

    contrast_p · camp_i  +  disagreement_p · tail_i · deviation_ip

``contrast`` is what separates camps (+½ and −½ with two), ``disagreement`` the spread within
them, and ``tail`` one multiplier an expert, log-normal, so that a person who says 1e-8 need not
stretch the scale for all. Deviations are standard normal. Only ``VARYING`` parameters
differ between experts: those that the questions can move. All others are shared.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pytensor.tensor.variable import TensorVariable

from takeoff.models.averaging import averaged_parameters
from takeoff.models.parameters import PARAMETER_NAMES, SHARES
from takeoff.models.priors import SHARE_OF_KIN, PriorSet
from takeoff.models.rise import Rough, rough_rise, soundness
from takeoff.models.scales import Scales
from takeoff.models.special import FloatArray
from takeoff.models.transforms import constrained, to_real, unconstrained

__all__ = [
    "DISAGREEMENT_SPREAD",
    "OFFENSE",
    "TAIL_SPREAD",
    "VARYING",
    "camp_contrasts",
    "centre",
    "prior_spreads",
    "worldviews",
]

VARYING: tuple[str, ...] = ("margin", "offense", "slip", "response")
"""Parameters that differ between experts.

As many as the directions in which single people's answers can move: the questions ask each for
extinction, a warning shot, a misaligned system, and what the first would be given the others, and
their Jacobian has rank four. Margin moves who is misaligned, offense what follows, slip the
warning, response what a warning does. Lethality and timelines move P(extinction) as offense does,
so differences in them show up as differences in offense; they are shared.
"""

MARGIN, OFFENSE = VARYING.index("margin"), VARYING.index("offense")

TAIL_SPREAD = 0.5
"""Standard deviation of the logarithm of an expert's tail multiplier."""

_CONTRAST_SPREAD = 1.5
DISAGREEMENT_SPREAD = 1.0
"""Scale of the half-normal disagreement within camps."""


def centre(chosen: PriorSet) -> dict[str, TensorVariable]:
    """Declare the panel's centre in the model at hand: every parameter once, by its prior."""
    families = {
        "Normal": pm.Normal,
        "HalfNormal": pm.HalfNormal,
        "LogNormal": pm.LogNormal,
        "Beta": pm.Beta,
    }
    values: dict[str, TensorVariable] = {
        # Numbers of Python's own would have densities worked out in single precision.
        name: families[prior.family](name, *np.array(prior.numbers))
        for name, prior in chosen.priors.items()
    }
    values |= averaged_parameters(chosen)
    values["coordination_strangers"] = pm.Deterministic(
        "coordination_strangers", values["coordination_kin"] * values.pop(SHARE_OF_KIN)
    )
    if "shares" not in values:
        values["shares"] = pm.Dirichlet("shares", np.array(chosen.shares), dims="kind")
    values.update({name: values["shares"][row] for row, name in enumerate(SHARES)})
    return {name: values[name] for name in PARAMETER_NAMES}


def prior_spreads(chosen: PriorSet) -> FloatArray:
    """Give each varying parameter's prior standard deviation, unconstrained: (varying,)."""
    levels = (np.arange(2000) + 0.5) / 2000
    return np.array(
        [float(np.std(to_real(name, chosen.priors[name].quantile(levels)))) for name in VARYING]
    )


def camp_contrasts(camps: Sequence[str], camp_of: Sequence[str]) -> FloatArray:
    """Give each expert's contrasts: (expert, contrast), one contrast fewer than camps.

    With two camps +½ and −½; with more, orthogonal contrasts of the same size. Experts without a
    camp stand at the centre.

    >>> camp_contrasts(["yes", "no"], ["yes", "no", ""]).tolist()
    [[0.5], [-0.5], [0.0]]
    """
    count = len(camps)
    if count < 2:
        return np.zeros((len(camp_of), 0))
    basis = np.zeros((count, count - 1))
    for column in range(count - 1):
        basis[: column + 1, column] = 1.0
        basis[column + 1, column] = -(column + 1.0)
        basis[:, column] /= np.sqrt(2 * (column + 1) * (column + 2))
    rows = {camp: basis[row] for row, camp in enumerate(camps)}
    return np.array([rows.get(camp, np.zeros(count - 1)) for camp in camp_of])


def worldviews(
    chosen: PriorSet, contrasts: FloatArray, scales: Scales
) -> tuple[dict[str, TensorVariable], Rough]:
    """Declare the worldviews in the model at hand.

    Gives every parameter by name, each (expert,), and how the level rises, roughly, with an
    expert's deviation in offense (``coordinates``).

    Parameters
    ----------
    chosen
        Prior set of the centre.
    contrasts
        Each expert's camp contrasts (expert, contrast).
    scales
        How far the declared spreads are stretched.
    """
    centres = centre(chosen)
    spreads = prior_spreads(chosen)
    experts = contrasts.shape[0]
    disagreement = pm.HalfNormal(
        "disagreement", scales.disagreement * DISAGREEMENT_SPREAD, dims="varying"
    )
    # One variable each: the sampler's coordinates change that of offense and leave the others.
    deviation = [pm.Normal(f"{name}_deviation", dims="expert") for name in VARYING]
    log_tail = pm.Normal("log_tail", dims="expert")
    tail = pt.exp(TAIL_SPREAD * log_tail)
    between: Any = np.zeros((experts, len(VARYING)))
    if contrasts.shape[1] > 0:
        spread = scales.contrast * _CONTRAST_SPREAD
        contrast = pm.Normal("contrast", 0, spread, dims=("camp_contrast", "varying"))
        between = pt.dot(pt.constant(contrasts), contrast)
    views: dict[str, Any] = {name: value[None] for name, value in centres.items()}
    real, reach = {}, {}
    for column, name in enumerate(VARYING):
        reach[name] = spreads[column] * disagreement[column] * tail
        middle = unconstrained(name, centres[name]) + spreads[column] * between[:, column]
        real[name] = middle + reach[name] * deviation[column]
        views[name] = constrained(name, real[name])
    rough = rough_rise(views, reach["offense"])
    pm.Deterministic(
        "worldview", pt.stack([views[name] for name in VARYING], axis=1), dims=("expert", "varying")
    )
    return views, Rough(rough, soundness(views), real, reach, views)
