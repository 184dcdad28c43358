"""Difficulty and the first system: where the integral over histories puts its nodes.

With B ~ Normal(0, doubt²) for the history and Z ~ Normal(0, 1) for the first system, the first
candidate is aligned where B + Z > −margin. So T = B + Z is integrated first, outward from that
threshold on both sides, and B given T second: B | T is normal with mean T·doubt²/(1 + doubt²)
and standard deviation doubt/√(1 + doubt²). In these coordinates the one sharp edge of the story
lies between nodes, not among them, and a history in the tail of T drags B along with it, which
keeps a takeover of 1e-9 right with few nodes.

A copy is nearly as sharp: it turns aligned where T > −m for its own margin m, with the spillover
where the first system helps. Where that margin is the first project's the edges coincide; where
it is not, the side is broken into *pieces*, between neighbouring edges and outward from the last.

Each node is a *context*: a weight, a shift B and a deviation Z = T − B. The weights on each
piece add up to the probability of that piece exactly.
"""

import math

import numpy as np

from takeoff.models.layout import DOUBT, MARGIN, SPILLOVER, UPLIFT
from takeoff.models.special import FloatArray, compiled

__all__ = ["edges", "place", "place_reverse", "rung"]

_WITHIN = 1.2  # an edge so much farther than the outermost node has no mass worth a piece


@compiled
def rung(spread: float, points: FloatArray, rungs: FloatArray) -> FloatArray:
    """Give the nodes of a ladder that suffice for a spread (2, node)."""
    at = 0
    while spread > rungs[at, 0] and at + 1 < rungs.shape[0]:
        at += 1
    return points[:, int(rungs[at, 1]) : int(rungs[at, 2])].copy()


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
def _mass(low: float, high: float) -> float:
    """Give P(low < t < high) of a standard normal, right in either tail."""
    root = math.sqrt(0.5)
    if low >= 0:
        return 0.5 * (math.erfc(low * root) - math.erfc(high * root))
    if high <= 0:
        return 0.5 * (math.erfc(-high * root) - math.erfc(-low * root))
    return 1 - 0.5 * (math.erfc(-low * root) + math.erfc(high * root))


@compiled
def _density(t: float) -> float:
    return math.exp(-0.5 * t * t) / math.sqrt(2 * math.pi)


@compiled
def edges(
    theta: FloatArray,
    doubt: float,
    c: float,
    side: float,
    spills: float,
    reach: FloatArray,
    position: FloatArray,
    owner: FloatArray,
) -> int:
    """Fill the edges on one side (+1 aligned, −1 misaligned) of the first threshold; count them.

    They lie outward. Each has an owner: the first project (0), then those groups of followers whose
    edge lies on this side. ``c`` is added to all margins, and ``spills`` is 1 where the first
    project's system helps followers.
    """
    scale = math.sqrt(1 + doubt * doubt)
    shift = c + spills * theta[SPILLOVER] * theta[UPLIFT]
    position[0], owner[0] = -side * (theta[MARGIN] + c) / scale, 0.0
    farthest = position[0] + _WITHIN * _length(position[0], reach)[0]
    count = 1
    for group in range(1, position.shape[0]):
        here = -side * (theta[MARGIN + group] + shift) / scale
        if position[0] < here < farthest:
            at = count
            while position[at - 1] > here:
                position[at], owner[at] = position[at - 1], owner[at - 1]
                at -= 1
            position[at], owner[at] = here, group
            count += 1
    return count


@compiled
def place(
    doubt: float,
    side: float,
    position: FloatArray,
    between: FloatArray,
    outward: FloatArray,
    difficulty: FloatArray,
    reach: FloatArray,
    weight: FloatArray,
    shift: FloatArray,
    deviation: FloatArray,
) -> None:
    """Fill the contexts of one side, given its edges."""
    scale = math.sqrt(1 + doubt * doubt)
    slope = doubt * doubt / (1 + doubt * doubt)
    spread = doubt / scale
    inner = difficulty.shape[1]
    k = 0
    for piece in range(position.shape[0]):
        low, high = position[piece], np.inf
        line, length = outward, _length(low, reach)[0]
        if piece + 1 < position.shape[0]:
            high = position[piece + 1]
            line, length = between, high - low
        lowest = min(max(low, 0.0), high)
        total = 0.0
        for i in range(line.shape[1]):
            t = low + length * line[0, i]
            density = line[1, i] * math.exp(0.5 * (lowest - t) * (lowest + t))
            weight[k + i * inner] = density
            total += density
        mass = _mass(low, high) / total
        for i in range(line.shape[1]):
            here = mass * weight[k]
            latent = side * scale * (low + length * line[0, i])
            for j in range(inner):
                weight[k] = here * difficulty[1, j]
                shift[k] = slope * latent + spread * difficulty[0, j]
                deviation[k] = latent - shift[k]
                k += 1


@compiled
def place_reverse(
    theta: FloatArray,
    doubt: float,
    side: float,
    spills: float,
    position: FloatArray,
    owner: FloatArray,
    between: FloatArray,
    outward: FloatArray,
    difficulty: FloatArray,
    reach: FloatArray,
    weight: FloatArray,
    d_weight: FloatArray,
    d_shift: FloatArray,
    d_deviation: FloatArray,
    d_theta: FloatArray,
) -> None:
    """Carry derivatives by the contexts of one side back to doubt, margins and spillover."""
    square = 1 + doubt * doubt
    scale = math.sqrt(square)
    slope = doubt * doubt / square
    inner = difficulty.shape[1]
    pieces = position.shape[0]
    d_position = np.zeros(pieces)
    d_scale = 0.0
    d_slope = 0.0
    d_spread = 0.0
    begin = 0
    for piece in range(pieces):
        low, high = position[piece], np.inf
        line = outward
        length, d_length = _length(low, reach)
        if piece + 1 < pieces:
            high = position[piece + 1]
            line, length, d_length = between, high - low, -1.0
        mass = 0.0
        mean_d_share = 0.0
        end = begin + line.shape[1] * inner
        for k in range(begin, end):
            mass += weight[k]
            mean_d_share += weight[k] * d_weight[k]
        mean_d_share = mean_d_share / mass if mass > 0 else 0.0
        by_low = 0.0
        by_length = 0.0
        k = begin
        for i in range(line.shape[1]):
            t = low + length * line[0, i]
            latent = side * scale * t
            by_density = 0.0
            d_latent = 0.0
            for j in range(inner):
                by_density += weight[k] * (d_weight[k] - mean_d_share)
                by_shift = d_shift[k] - d_deviation[k]
                d_latent += d_deviation[k] + by_shift * slope
                d_slope += by_shift * latent
                d_spread += by_shift * difficulty[0, j]
                k += 1
            d_scale += d_latent * side * t
            d_t = d_latent * side * scale - by_density * t
            by_low += d_t
            by_length += d_t * line[0, i]
        begin = end
        d_position[piece] += by_low + by_length * d_length - mean_d_share * _density(low)
        if piece + 1 < pieces:
            d_position[piece + 1] += by_length + mean_d_share * _density(high)
    for piece in range(pieces):
        by_margin = -d_position[piece] * side / scale
        d_scale -= d_position[piece] * position[piece] / scale
        d_theta[MARGIN + int(owner[piece])] += by_margin
        if owner[piece] > 0:
            d_theta[SPILLOVER] += by_margin * spills * theta[UPLIFT]
            d_theta[UPLIFT] += by_margin * spills * theta[SPILLOVER]
    d_theta[DOUBT] += (
        d_scale * doubt / scale
        + d_slope * 2 * doubt / (square * square)
        + d_spread / (square * scale)
    )
