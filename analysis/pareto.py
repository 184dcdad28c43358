"""Importance weights smoothed in their tail, and the bound up to which they are relied on.

The largest weights are replaced by quantiles of a generalised Pareto distribution fitted to them
(PSIS; Vehtari, Simpson, Gelman, Yao and Gabry 2024, JMLR 25(72)). Its shape k̂ says how heavy the
tail is: above 0.7 a weighted mean no longer converges at a useful rate, and only a refit will do.
"""

import numpy as np

from takeoff.models.special import FloatArray

__all__ = ["LARGEST_SHAPE", "smoothed"]

LARGEST_SHAPE = 0.7
"""The largest k̂ at which reweighted draws are used."""


def smoothed(log_weights: FloatArray, efficiency: float = 1.0) -> tuple[FloatArray, float]:
    """Smooth the tail of weights, given their logarithms (draw,); give them and k̂.

    ``efficiency`` is that of the draws: independent ones for each of them.
    """
    # Here and not above: it takes seconds to import, and pages that show a bound do not need it.
    from arviz_stats.base import array_stats  # pyright: ignore[reportPrivateImportUsage]: no other

    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):  # of a hopeless tail
        # ArviZ takes log likelihoods that are left out: minus the log weights.
        smooth, shape = array_stats.psislw(
            -log_weights,
            r_eff=efficiency,  # pyright: ignore[reportArgumentType]: taken for whole, by its default
        )
    return np.asarray(smooth), float(shape)
