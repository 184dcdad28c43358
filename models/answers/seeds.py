"""Seed questions: stated probabilities of what is known, which tell of an expert's bias and noise.

Of a seed that came true, or did not, nobody knows how likely it was: the probability that a
well-informed forecaster would have given is inferred, and makes the known answer as likely as it
says::

    truth ~ Bernoulli(σ(informed))                 informed ~ Normal(0, INFORMED_SD)
    log-odds(answer) ~ Normal(informed + bias_i, (seed_noise · care_i)² + 0.1²)

Where a share is known instead (of 100 such events 20 came true) the informed answer is it. Bias is
an expert's own, in log-odds, Normal(0, BIAS_SD), and moves what the expert says of the world too;
nothing but seeds can tell it from a worldview, so experts without seeds have none (see
``shared_errors`` for what may be assumed of them). Care is the expert's, as in all answers.
"""

from dataclasses import dataclass

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pytensor.tensor.variable import TensorVariable

from takeoff.models.answers.rounded import LEAST_NOISE, observe
from takeoff.models.interval import log_odds
from takeoff.models.special import FloatArray

__all__ = ["BIAS_SD", "INFORMED_SD", "Seeds", "observe_seeds", "own_bias"]

BIAS_SD = 0.5
"""Prior sd of an expert's bias in log-odds: a factor of 1.6 in the odds."""
INFORMED_SD = 1.5
"""Seeds are chosen because they could have gone either way: from 5 to 95 per cent, mostly."""
_NOISE_CENTER, _NOISE_SPREAD = 0.7, 0.5


@dataclass(frozen=True)
class Seeds:
    """Answers to seeds, each (seed_answer,); the truth by seed; and who answered any."""

    answer: np.ndarray
    expert: np.ndarray
    question: np.ndarray
    value: FloatArray
    lower: FloatArray
    upper: FloatArray
    truth: FloatArray
    names: tuple[str, ...]
    answered: np.ndarray
    names_of_answered: tuple[str, ...]


def own_bias(seeds: Seeds, experts: int) -> TensorVariable:
    """Declare the bias of those who answered seeds, and give everybody's: (expert,)."""
    standard = pm.Normal("standard_bias", dims="seeded")
    bias = pm.Deterministic("bias", BIAS_SD * standard, dims="seeded")
    number = {each: row for row, each in enumerate(seeds.answered.tolist())}
    with_none = pt.concatenate([bias, pt.zeros(1)])
    return with_none[[number.get(each, len(number)) for each in range(experts)]]


def observe_seeds(
    seeds: Seeds, bias: TensorVariable, care: TensorVariable
) -> tuple[TensorVariable, TensorVariable]:
    """Declare seeds in the model at hand; give each answer's log likelihood, and each truth's."""
    settled = (seeds.truth == 0) | (seeds.truth == 1)
    standard = pm.Normal("standard_informed", dims="seed")
    informed = pt.where(
        settled, INFORMED_SD * standard, log_odds(np.where(settled, 0.5, seeds.truth))
    )
    sign = np.where(seeds.truth == 1, 1.0, -1.0)
    log_truth = -pt.softplus(-sign * informed) * settled
    pm.CustomDist(
        "truth",
        informed,
        logp=lambda _, informed: -pt.softplus(-sign * informed) * settled,
        random=lambda informed, *, rng, size: rng.binomial(
            1, 1 / (1 + np.exp(-informed)), size
        ).astype(float),
        observed=seeds.truth,
        dims="seed",
    )
    noise = pm.LogNormal("seed_noise", np.log(_NOISE_CENTER), _NOISE_SPREAD)
    center = informed[seeds.question] + bias[seeds.expert]
    scale = pt.sqrt((noise * care[seeds.expert]) ** 2 + LEAST_NOISE**2)
    ends = (seeds.lower, seeds.upper)
    said = observe("seed_answer", center, scale, ends, seeds.value, "seed_answered")
    return said, log_truth
