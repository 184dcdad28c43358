"""Shapley values: what each cause adds to a whole, averaged over the orders of adding them.

With v(S) the worth of a coalition S of n causes, cause p gets::

    φ_p = Σ over S without p  |S|! (n − |S| − 1)! / n!  ·  (v(S ∪ p) − v(S))

and the values add up to v(all) − v(none), whatever the causes do together (Shapley 1953; for
variances, Owen 2014, "Sobol' indices and Shapley value").
"""

from math import comb

import numpy as np

from takeoff.models.special import FloatArray

__all__ = ["coalitions", "shapley"]


def coalitions(causes: int) -> np.ndarray:
    """List the coalitions of some causes: (coalition, cause), true where the cause is in.

    The first is empty and the last is everybody.

    >>> coalitions(2).astype(int).tolist()
    [[0, 0], [1, 0], [0, 1], [1, 1]]
    """
    return (np.arange(2**causes)[:, None] >> np.arange(causes)) % 2 == 1


def shapley(worth: FloatArray) -> FloatArray:
    """Compute Shapley values from the worth of every coalition.

    Parameters
    ----------
    worth
        (..., coalition), in the order of `coalitions`.

    Returns
    -------
    array
        (..., cause); they add up to the worth of all less that of none.

    Examples
    --------
    Alone neither of the first two is worth anything, together they are worth 6; the third
    always adds 1.

    >>> shapley(np.array([0.0, 0, 0, 6, 1, 1, 1, 7])).round(12).tolist()
    [3.0, 3.0, 1.0]
    """
    causes = int(np.log2(worth.shape[-1]))
    return np.asarray(worth @ _weights(causes))


def _weights(causes: int) -> FloatArray:
    """Give the weight of each coalition's worth in each cause's value: (coalition, cause)."""
    inside = coalitions(causes)
    size = inside.sum(axis=1)
    # Of a coalition of s with p inside, p was the last to come with chance 1 / (n C(n−1, s−1)).
    joined = [1 / (causes * comb(causes - 1, each - 1)) if each else 0.0 for each in size]
    left = [1 / (causes * comb(causes - 1, each)) if each < causes else 0.0 for each in size]
    return np.where(inside, np.array(joined)[:, None], -np.array(left)[:, None])
