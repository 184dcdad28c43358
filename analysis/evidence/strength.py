"""How strongly evidence speaks, and how strongly any answers could.

Words follow Kass and Raftery (1995, doi:10.1080/01621459.1995.10476572) on the Bayes factor of the
likelier of two sets. A factor within two Monte Carlo errors of a bound is given the weaker word.
"""

import numpy as np
from scipy import special

from takeoff.models.priors import PriorSet

__all__ = ["Strength", "divergence", "strength"]

type Strength = str

_WORDS = ((3.0, "hardly"), (20.0, "somewhat"), (150.0, "strongly"), (np.inf, "very strongly"))


def strength(log_factor: float, error: float) -> Strength:
    """Say how strongly a Bayes factor speaks, giving it the weaker of the words it may have.

    >>> strength(np.log(2.9), 0.0), strength(np.log(3.1), 0.0), strength(np.log(3.1), 0.1)
    ('hardly', 'somewhat', 'hardly')
    """
    least = np.exp(max(0.0, abs(log_factor) - 2 * error))
    return next(word for bound, word in _WORDS if least < bound)


def divergence(one: PriorSet, other: PriorSet) -> float:
    """Give the Kullback–Leibler divergence of two prior sets, in nats.

    Were the first set right, answers would on average speak for it, against the other, with a log
    Bayes factor of at most this much: what they would were all parameters known exactly, since
    answers say of the sets only what they say of the parameters.

    Raises
    ------
    ValueError
        If the sets differ in a prior that is neither Beta nor that of the shares.
    """
    total = _dirichlet(np.array(one.shares), np.array(other.shares))
    for name, prior in one.priors.items():
        against = other.priors[name]
        if (prior.family, prior.numbers) == (against.family, against.numbers):
            continue
        if {prior.family, against.family} != {"Beta"}:
            raise ValueError(f"the divergence of {prior} and {against} is not known")
        total += _dirichlet(np.array(prior.numbers), np.array(against.numbers))
    return total


def _dirichlet(one: np.ndarray, other: np.ndarray) -> float:
    """Give the divergence of two Dirichlet distributions; of two numbers each is a Beta."""
    volume = special.gammaln(one.sum()) - special.gammaln(one).sum()
    volume -= special.gammaln(other.sum()) - special.gammaln(other).sum()
    mean_log = special.digamma(one) - special.digamma(one.sum())
    return float(volume + ((one - other) * mean_log).sum())
