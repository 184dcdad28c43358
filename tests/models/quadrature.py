"""Takeover with one or two projects by adaptive quadrature, for the tails.

Shares no code with the closed form: scipy's adaptive cubature over difficulty B, the first
system's deviation Z, and, with one project, the inspector's skill. The plane is cut where the
first candidate turns aligned.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from scipy.integrate import cubature
from scipy.special import expit, log_expit, logit, ndtr
from scipy.stats import norm

__all__ = ["takeover_of_one", "takeover_of_two"]

Floats = np.ndarray[Any, np.dtype[np.float64]]
World = Mapping[str, float]

_RIGHT = 1e-5  # relative, of each integral
_FAR = 14.0  # standard deviations beyond which a normal density is nothing, even beside 1e-12


def _integral(integrand: Callable[[Floats], Floats], ends: list[tuple[float, float]]) -> float:
    low, high = np.array(ends).T
    found = cubature(integrand, low, high, rule="gk21" if len(ends) < 3 else "gk15", rtol=_RIGHT)
    if found.status != "converged":
        raise AssertionError(f"the adaptive quadrature did not converge: {found}")
    return float(found.estimate)


def _fielded(
    world: World, good: Any, bad: Any, detection: Any
) -> tuple[Floats, Floats, Floats, Floats]:
    """Give P(fields aligned), P(fields misaligned), P(stands down) and the mean tries."""
    passed_good, passed_bad = 1 - world["false_alarm"], 1 - detection
    held = good * world["false_alarm"] + bad * detection
    tries = 1 / (1 - world["persistence"] * held)
    return (
        good * passed_good * tries,
        bad * passed_bad * tries,
        (1 - world["persistence"]) * held * tries,
        np.asarray(tries),
    )


def _turns(world: World, mean: float, center: Any, own: float, detection: Any) -> Floats:
    """P(a further draw turns an aligned project): center / own is the score of a new draw."""
    latent = (center + world["uplift"]) / own
    _, bad, _, _ = _fielded(world, ndtr(latent), ndtr(-latent), detection)
    return np.asarray(-np.expm1(-mean * (1 - world["inheritance"]) * bad))


def _win(world: World, attack: float, defence: float) -> float:
    strength = world["offense"] + np.log(attack) - np.log(defence + world["human_defense"])
    return float(np.exp(log_expit(world["decisiveness"] * strength)))


def _loss(world: World, kin: float, bad: tuple[float, ...], good: tuple[float, ...]) -> float:
    """P(takeover) when projects of these resources end misaligned and aligned."""
    strangers = world["coordination_strangers"]
    together = strangers + (world["coordination_kin"] - strangers) * kin
    warned = 1 - (1 - world["slip"]) ** len(bad)
    alone = _win(world, max(bad), sum(good)) * (1 - world["response"] * warned)
    return together * _win(world, sum(bad), sum(good)) + (1 - together) * alone


def takeover_of_one(world: World, draws: float) -> float:
    """P(takeover) with one project and inspectors that differ."""
    kinship, doubt = world["kinship_replicated"], world["doubt"]
    own = np.sqrt(1 - kinship**2)

    def states(points: Floats, side: float) -> tuple[Floats, Floats, Floats, Floats, Floats]:
        score, out, skill = points.T
        margin = world["margin"] + doubt * score
        deviation = -margin + side * out
        weight = norm.pdf(score) * norm.pdf(skill) * norm.pdf(deviation)
        detection = expit(logit(world["detection"]) + world["detection_spread"] * skill)
        tries = _fielded(world, ndtr(margin), ndtr(-margin), detection)[3]
        return weight, tries, margin, deviation, detection

    def bad(points: Floats) -> Floats:
        weight, tries, _, _, detection = states(points, -1.0)
        return np.asarray(weight * tries * (1 - detection))

    def turned(points: Floats) -> Floats:
        weight, tries, margin, deviation, detection = states(points, 1.0)
        turn = _turns(world, draws, margin + kinship * deviation, own, detection)
        return np.asarray(weight * tries * (1 - world["false_alarm"]) * turn)

    ends = [(-_FAR, _FAR), (0.0, 2 * _FAR), (-8.0, 8.0)]
    return (_integral(bad, ends) + _integral(turned, ends)) * _loss(world, 1.0, (1.0,), ())


def takeover_of_two(world: World, draws: float) -> float:
    """P(takeover) with two projects and inspectors alike."""
    doubt, detection = world["doubt"], world["detection"]
    kinds = [(world[each], world[f"kinship_{each}"]) for each in ("copied", "replicated")]
    kinds.append((world["independent"], world["kinship_independent"]))
    kin = sum(share * kinship for share, kinship in kinds)
    mean = draws * 2 ** world["haste"]
    again = world["kinship_replicated"]
    growth = np.exp(-world["speed"] * world["lead"] * np.arange(2))
    one, two = (float(each) for each in growth / growth.sum())

    def place(points: Floats, side: float) -> tuple[Floats, Floats, Floats]:
        score, out = points.T
        margin = world["margin"] - world["race"] * np.log(2) + doubt * score
        deviation = -margin + side * out
        return norm.pdf(score) * norm.pdf(deviation), margin, deviation

    def second(center: Floats, deviation: Floats) -> tuple[Floats, Floats, Floats]:
        """P(project 2 ends aligned, misaligned, absent)."""
        ends = np.zeros((3, len(center)))
        for share, kinship in kinds:
            own = np.sqrt(1 - kinship**2)
            latent = center + kinship * deviation
            good, bad, none, _ = _fielded(world, ndtr(latent / own), ndtr(-latent / own), detection)
            turned = good * _turns(world, mean, latent, own, detection)
            ends += share * np.array([good - turned, bad + turned, none])
        return ends[0], ends[1], ends[2]

    def first_aligned(points: Floats) -> Floats:
        weight, margin, deviation = place(points, 1.0)
        tries = _fielded(world, ndtr(margin), ndtr(-margin), detection)[3]
        turn = _turns(world, mean, margin + again * deviation, np.sqrt(1 - again**2), detection)
        good, bad, none = second(margin + world["spillover"] * world["uplift"], deviation)
        stays = (1 - turn) * bad * _loss(world, kin, (two,), (one,))
        turns = turn * (
            good * _loss(world, kin, (one,), (two,))
            + bad * _loss(world, kin, (one, two), ())
            + none * _loss(world, kin, (one,), ())
        )
        return np.asarray(weight * tries * (1 - world["false_alarm"]) * (stays + turns))

    def first_misaligned(points: Floats) -> Floats:
        weight, margin, deviation = place(points, -1.0)
        tries = _fielded(world, ndtr(margin), ndtr(-margin), detection)[3]
        good, bad, none = second(margin, deviation)
        lost = (
            good * _loss(world, kin, (one,), (two,))
            + bad * _loss(world, kin, (one, two), ())
            + none * _loss(world, kin, (one,), ())
        )
        return np.asarray(weight * tries * (1 - detection) * lost)

    def first_absent(points: Floats, side: float) -> Floats:
        weight, margin, deviation = place(points, side)
        none = _fielded(world, ndtr(margin), ndtr(-margin), detection)[2]
        bad = second(margin, deviation)[1]
        return np.asarray(weight * none * bad * _loss(world, kin, (two,), ()))

    ends = [(-_FAR, _FAR), (0.0, 2 * _FAR)]
    parts = (
        first_aligned,
        first_misaligned,
        lambda points: first_absent(points, 1.0),
        lambda points: first_absent(points, -1.0),
    )
    return sum(_integral(part, ends) for part in parts)
