"""Difficulty and the first system: where the integral over histories puts its nodes.

With B ~ Normal(0, doubt²) for the history and Z ~ Normal(0, 1) for the first system, the first
candidate is aligned where B + Z > −margin. So T = B + Z is integrated first, outward from that
threshold on both sides, and B given T second: B | T is normal with mean T·doubt²/(1 + doubt²)
and standard deviation doubt/√(1 + doubt²). In these coordinates the one sharp edge of the story
lies between nodes, not among them, and a history in the tail of T drags B along with it, which
keeps a takeover of 1e-9 right with few nodes.

Each node is a *context*: a weight, a shift B and a deviation Z = T − B. The weights on each side
of the threshold add up to the probability of that side exactly.
"""

import math

from takeoff.models.layout import DOUBT, MARGIN
from takeoff.models.special import FloatArray, compiled

__all__ = ["place", "place_reverse"]


@compiled
def _length(threshold: float, reach: FloatArray) -> tuple[float, float]:
    """Give how far outward the nodes go from a threshold, and its derivative.

    To ``reach[0]`` standard deviations past the centre when the threshold lies before it, and
    to about ``reach[1]²`` decay lengths when the threshold lies in the tail beyond it.
    """
    before = reach[0] - threshold
    root = math.sqrt(before * before + 4 * reach[1] * reach[1])
    return 0.5 * (root + before), -0.5 * (before / root + 1)


@compiled
def place(
    theta: FloatArray,
    side: float,
    outward: FloatArray,
    difficulty: FloatArray,
    reach: FloatArray,
    weight: FloatArray,
    shift: FloatArray,
    deviation: FloatArray,
) -> None:
    """Fill the contexts of one side (+1 aligned, −1 misaligned) of the first threshold."""
    doubt = theta[DOUBT]
    scale = math.sqrt(1 + doubt * doubt)
    slope = doubt * doubt / (1 + doubt * doubt)
    spread = doubt / scale
    threshold = -side * theta[MARGIN] / scale
    length, _ = _length(threshold, reach)
    lowest = max(threshold, 0.0)
    total = 0.0
    for i in range(outward.shape[1]):
        t = threshold + length * outward[0, i]
        total += outward[1, i] * math.exp(0.5 * (lowest - t) * (lowest + t))
    mass = 0.5 * math.erfc(threshold * math.sqrt(0.5))
    inner = difficulty.shape[1]
    for i in range(outward.shape[1]):
        t = threshold + length * outward[0, i]
        share = outward[1, i] * math.exp(0.5 * (lowest - t) * (lowest + t)) / total
        latent = side * scale * t
        for j in range(inner):
            k = i * inner + j
            weight[k] = mass * share * difficulty[1, j]
            shift[k] = slope * latent + spread * difficulty[0, j]
            deviation[k] = latent - shift[k]


@compiled
def place_reverse(
    theta: FloatArray,
    side: float,
    outward: FloatArray,
    difficulty: FloatArray,
    reach: FloatArray,
    d_weight: FloatArray,
    d_shift: FloatArray,
    d_deviation: FloatArray,
    d_theta: FloatArray,
) -> None:
    """Carry derivatives by the contexts of one side back to doubt and margin."""
    doubt = theta[DOUBT]
    square = 1 + doubt * doubt
    scale = math.sqrt(square)
    slope = doubt * doubt / square
    threshold = -side * theta[MARGIN] / scale
    length, d_length = _length(threshold, reach)
    lowest = max(threshold, 0.0)
    mass = 0.5 * math.erfc(threshold * math.sqrt(0.5))
    total = 0.0
    mean_d_share = 0.0
    inner = difficulty.shape[1]
    for i in range(outward.shape[1]):
        t = threshold + length * outward[0, i]
        density = outward[1, i] * math.exp(0.5 * (lowest - t) * (lowest + t))
        total += density
        for j in range(inner):
            mean_d_share += density * d_weight[i * inner + j] * difficulty[1, j]
    mean_d_share /= total
    d_scale = 0.0
    d_slope = 0.0
    d_spread = 0.0
    d_threshold = -mean_d_share * math.exp(-0.5 * threshold * threshold) / math.sqrt(2 * math.pi)
    for i in range(outward.shape[1]):
        t = threshold + length * outward[0, i]
        share = outward[1, i] * math.exp(0.5 * (lowest - t) * (lowest + t)) / total
        latent = side * scale * t
        d_share = 0.0
        d_latent = 0.0
        for j in range(inner):
            k = i * inner + j
            d_share += d_weight[k] * difficulty[1, j]
            by_shift = d_shift[k] - d_deviation[k]
            d_latent += d_deviation[k] + by_shift * slope
            d_slope += by_shift * latent
            d_spread += by_shift * difficulty[0, j]
        d_scale += d_latent * side * t
        d_t = d_latent * side * scale - mass * share * (d_share - mean_d_share) * t
        d_threshold += d_t * (1 + d_length * outward[0, i])
    d_scale += d_threshold * side * theta[MARGIN] / square
    d_theta[MARGIN] -= d_threshold * side / scale
    d_theta[DOUBT] += (
        d_scale * doubt / scale
        + d_slope * 2 * doubt / (square * square)
        + d_spread / (square * scale)
    )
