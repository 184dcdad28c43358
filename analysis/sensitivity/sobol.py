"""Sobol indices: shares of an output's variance that independent inputs, or groups, account for.

With two independent samples A and B of the inputs, and A with the inputs of group i from B::

    first_i = mean(f(B) (f(A_i) − f(A))) / Var f        (Saltelli et al. 2010)
    total_i = mean((f(A) − f(A_i))²) / (2 Var f)        (Jansen 1999)

``first`` is the share that goes on average when the group alone becomes known, ``total`` the share
that stays when all but the group are known.
"""

from collections.abc import Callable, Sequence

import numpy as np
from scipy.stats import qmc

from takeoff.models.special import FloatArray

__all__ = ["sobol_indices"]

_RESAMPLES = 400
_LEVELS = (0.05, 0.95)


def sobol_indices(
    function: Callable[[FloatArray], FloatArray],
    groups: Sequence[Sequence[int]],
    exponent: int,
    seed: int,
) -> FloatArray:
    """Compute first and total indices, with bootstrap intervals.

    Parameters
    ----------
    function
        From independent uniform inputs (sample, input) to outputs (sample, output).
    groups
        Columns of the inputs of each group; together all columns, once each.
    exponent
        The function is evaluated 2^exponent times for each group and twice more.
    seed
        Scrambles the Sobol sequence, and resamples.

    Returns
    -------
    array
        (index, group, output, level): index 0 is first, 1 is total; lower end of a 90 per cent
        interval, estimate, upper end. Resampling takes the points of the sequence as if they were
        independent, so intervals are, if anything, too wide.
    """
    columns = sum(len(each) for each in groups)
    random = np.random.default_rng(seed)
    points = qmc.Sobol(2 * columns, rng=random).random_base2(exponent)
    one, other = points[:, :columns], points[:, columns:]
    mixed = [one, other]
    for group in groups:
        both = one.copy()
        both[:, list(group)] = other[:, list(group)]
        mixed.append(both)
    size = len(one)
    # Inputs of exactly 0 or 1 have no finite quantile.
    inside = np.clip(np.concatenate(mixed), 0.5 / size**2, 1 - 0.5 / size**2)
    values = function(inside).reshape(len(mixed), size, -1)
    values = values - values[:2].mean(axis=(0, 1))  # the estimators then have less variance
    weights = np.concatenate(
        [np.ones((1, size)), random.multinomial(size, np.full(size, 1 / size), _RESAMPLES)]
    )
    found = _estimates(values[0], values[1], values[2:], weights / size)
    lower, upper = np.quantile(found[:, 1:], _LEVELS, axis=1)
    return np.stack([lower, found[:, 0], upper], axis=-1)


def _estimates(
    one: FloatArray, other: FloatArray, mixed: FloatArray, weights: FloatArray
) -> FloatArray:
    """Compute both indices under each row of weights: (index, row, group, output)."""

    def mean(each: FloatArray) -> FloatArray:
        return np.asarray(np.tensordot(weights, each, (1, -2)))

    center = 0.5 * (mean(one) + mean(other))
    variance = 0.5 * (mean(one**2) + mean(other**2)) - center**2
    first = mean(other * (mixed - one)) / variance[:, None]
    total = 0.5 * mean((one - mixed) ** 2) / variance[:, None]
    return np.stack([first, total])
