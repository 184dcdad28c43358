"""Priors: what is believed before any expert has spoken, each with its reason.

The ``neutral`` set was balanced on its consequences, between concerned and skeptical readers and
between the two arguments. In the default scenario (five projects) its outcomes at the 5th, 50th
and 95th percentile are, over 40,000 draws: catastrophe .09 / .28 / .73, takeover .0004 / .13 /
.67, warning shot .02 / .18 / .47, coexistence .05 / .32 / .61; extinction by 2100 is below .001 in
12 per cent of draws and above .25 in 9; five projects are worse than one in 46. A test recomputes
these; a changed prior is a new, named set.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
from scipy import special

from takeoff.models.errors import InputError, nearest
from takeoff.models.parameters import PARAMETER_NAMES, SHARES

__all__ = [
    "AVERAGED",
    "PRIOR_SETS",
    "SHARE_OF_KIN",
    "Prior",
    "PriorSet",
    "averaged",
    "draw_prior",
    "log_prior_ratio",
    "prior_medians",
    "prior_set",
]

Family = Literal["Normal", "HalfNormal", "LogNormal", "Beta"]

SHARE_OF_KIN = "coordination_share"
"""Coordination of strangers as a share of that of kin: what its prior is stated for."""

_LEVELS = (np.arange(2000) + 0.5) / 2000


@dataclass(frozen=True)
class Prior:
    """One parameter's prior: family, its numbers in PyMC's order, and the reason for them."""

    family: Family
    numbers: tuple[float, ...]
    reason: str

    def quantile(self, level: np.ndarray | float) -> np.ndarray:
        """Give the prior's quantiles at levels in (0, 1)."""
        if self.family == "Normal":
            return np.asarray(self.numbers[0] + self.numbers[1] * special.ndtri(level))
        if self.family == "HalfNormal":
            return np.asarray(self.numbers[0] * special.ndtri((1 + np.asarray(level)) / 2))
        if self.family == "LogNormal":
            return np.asarray(np.exp(self.numbers[0] + self.numbers[1] * special.ndtri(level)))
        a, b = self.numbers
        return np.asarray(special.betaincinv(a, b, level))

    def log_density(self, value: np.ndarray) -> np.ndarray:
        """Give the logarithm of the prior's density."""
        if self.family == "Beta":
            a, b = self.numbers
            inside = special.xlogy(a - 1, value) + special.xlog1py(b - 1, -value)
            return np.asarray(inside - special.betaln(a, b))
        center, spread = (0.0, *self.numbers)[-2:]
        number, volume = (np.log(value),) * 2 if self.family == "LogNormal" else (value, 0.0)
        normal = -0.5 * ((number - center) / spread) ** 2 - np.log(spread * np.sqrt(2 * np.pi))
        folded = np.log(2) if self.family == "HalfNormal" else 0.0
        return np.asarray(normal - volume + folded)

    def __str__(self) -> str:
        numbers = self.numbers
        if self.family == "LogNormal":
            return f"LogNormal(log {np.exp(numbers[0]):g}, {numbers[1]:g})"
        return f"{self.family}({', '.join(f'{each:g}' for each in numbers)})"


@dataclass(frozen=True)
class PriorSet:
    """A named set of priors: one a parameter, and a Dirichlet for the three shares.

    Of a set that averages others, equally probable, ``averaged`` are these; ``priors`` holds only
    what they have in common, and ``shares`` nothing.
    """

    name: str
    meaning: str
    priors: Mapping[str, Prior]
    shares: tuple[float, ...]
    shares_reason: str
    averaged: tuple["PriorSet", ...] = ()


def _log(center: float, spread: float, reason: str) -> Prior:
    return Prior("LogNormal", (float(np.log(center)), spread), reason)


def _half(scale: float, reason: str) -> Prior:
    return Prior("HalfNormal", (scale,), reason)


def _beta(a: float, b: float, reason: str) -> Prior:
    return Prior("Beta", (a, b), reason)


_NEUTRAL: dict[str, Prior] = {
    "margin": Prior(
        "Normal", (0.0, 1.0), "even odds that a first candidate is aligned, 2.5 to 97.5 within 2 sd"
    ),
    "doubt": _half(
        0.7, "nobody knows how hard alignment is: strangers' fates correlate by a third at one sd"
    ),
    "race": _half(0.3, "five projects instead of one cost at most about one probit"),
    "haste": _half(0.3, "five projects field at most about three times the draws of one each"),
    "progress": _half(0.15, "a year of waiting buys a small step, a decade a large one"),
    "uplift": _half(0.5, "aligned systems help to align the next ones; how much is untested"),
    "spillover": _beta(2, 3, "labs share some safety work and keep what is tied to capability"),
    "inheritance": _beta(2, 2, "fine-tuning keeps alignment, retraining may not: no lean"),
    "detection": _beta(2, 3, "inspections find some deception today, fewer than half at a guess"),
    "false_alarm": _beta(1, 9, "holding back a good system is costly and rare"),
    "detection_spread": _half(0.7, "the best inspector may have four times the odds of the worst"),
    "persistence": _beta(2, 1, "most projects would try again"),
    "cost_pull": _half(0.7, "tenfold costs may double the odds of buying instead of training"),
    "reuse_pull": _half(0.7, "the same, for cheap copies"),
    "caution_pull": _half(0.7, "the same, for repeating what worked"),
    "kinship_copied": _beta(60, 1, "a copy is all but the same system"),
    "kinship_replicated": _beta(5, 3, "the same recipe with another seed and team"),
    "kinship_independent": _beta(2, 5, "strangers still share data, methods and culture"),
    "speed": _log(1.0, 0.8, "capability grows e-fold a year, from four years to a season"),
    "lead": _log(0.4, 0.8, "five months between projects, from one month to two years"),
    "offense": Prior("Normal", (0.0, 1.2), "no lean; tenfold either way at two sd"),
    "decisiveness": _log(1.5, 0.5, "somewhat steeper than proportional odds"),
    "human_defense": _log(
        1.0, 1.5, "all that is not AI weighs as much as all AI, give or take a factor of twelve"
    ),
    "coordination_kin": _beta(6, 2, "copies of one mind find a common plan easily"),
    SHARE_OF_KIN: _beta(2, 5, "strangers do so at a quarter of that rate, never more often"),
    "slip": _beta(2, 4, "a lone system shows itself early a third of the time"),
    "response": _beta(2, 3, "the world answers some shots and sleeps through others"),
    "lethality": _beta(2, 2, "a takeover may or may not leave humans alive: no lean"),
    "security": Prior("Normal", (0.0, 0.7), "theft from a lone project is even odds"),
    "security_spread": _half(0.7, "projects differ as much as the median is uncertain"),
    "dilution": _half(0.5, "thieves split their effort among targets, not fully"),
    "theft_harm": _beta(1, 19, "a theft leads to catastrophe one time in twenty"),
    "conflict": _beta(1, 100, "one pair in a hundred fights catastrophically"),
    "bargaining": _beta(1, 200, "half as often, and the harm is of another kind"),
    "power_grab": _beta(1.5, 8, "a single project ends in a power grab one time in six"),
    "arrival_median": _log(30.0, 0.8, "2055, with two thirds between 2038 and 2092"),
    "arrival_spread": _log(0.8, 0.3, "a person's own uncertainty: a factor of two either way"),
}

_NEUTRAL_SET = PriorSet(
    "neutral",
    "neutral between the two arguments, and between concerned and skeptical readers",
    MappingProxyType(_NEUTRAL),
    (2.0, 2.0, 2.0),
    "copies, repeated recipes and own ways equally likely, each from a tenth to two thirds",
)


def _variant(
    name: str,
    meaning: str,
    shares: tuple[float, float, float],
    replicated: Prior,
    independent: Prior,
) -> PriorSet:
    changed = {**_NEUTRAL, "kinship_replicated": replicated, "kinship_independent": independent}
    return PriorSet(name, meaning, MappingProxyType(changed), shares, meaning)


PRIOR_SETS: Mapping[str, PriorSet] = MappingProxyType(
    {
        each.name: each
        for each in (
            _NEUTRAL_SET,
            _variant(
                "homogeneous",
                "later systems are mostly copies and close imitations of the first",
                (6.0, 3.0, 1.0),
                _beta(12, 3, "a repeated recipe is nearly a copy"),
                _beta(4, 4, "even strangers share most of what matters"),
            ),
            _variant(
                "heterogeneous",
                "later systems mostly go their own way",
                (1.0, 3.0, 6.0),
                _beta(4, 5, "the same recipe gives different minds"),
                _beta(1.5, 8, "strangers share little"),
            ),
        )
    }
)
"""The sets that are compared as hypotheses."""


def averaged(name: str, meaning: str, sets: Sequence[PriorSet]) -> PriorSet:
    """Average prior sets over which of them holds, all equally probable."""
    common = {
        each: prior
        for each, prior in sets[0].priors.items()
        if all(other.priors[each] == prior for other in sets)
    }
    return PriorSet(name, meaning, MappingProxyType(common), (), meaning, tuple(sets))


AVERAGED = averaged(
    "averaged",
    "any of neutral, homogeneous and heterogeneous may hold, each as probable as the others",
    list(PRIOR_SETS.values()),
)
"""Not one more hypothesis: the three, none of them chosen."""


def prior_set(name: str) -> PriorSet:
    """Look up a prior set by name: one of the hypotheses, or their average.

    Raises
    ------
    InputError
        If there is none; the nearest name is offered.
    """
    known = {**PRIOR_SETS, AVERAGED.name: AVERAGED}
    if name not in known:
        raise InputError(f"unknown prior set {name!r}{nearest(name, known)}")
    return known[name]


def _apart(chosen: PriorSet) -> list[str]:
    """Name the parameters in whose priors the sets differ that one averages; none of any other."""
    return [
        name for each in chosen.averaged[:1] for name in each.priors if name not in chosen.priors
    ]


def prior_medians(chosen: PriorSet, given: Mapping[str, float] | None = None) -> dict[str, float]:
    """Complete a point: every parameter not given takes its prior median.

    Shares that are missing divide what the given ones leave, equally: 1/3 each when none is given.
    Coordination of strangers takes its median given that of kin, so that it never exceeds it.
    """
    point = dict(given or {})
    for name, prior in chosen.priors.items():
        if name != SHARE_OF_KIN:
            point.setdefault(name, float(prior.quantile(0.5)))
    for name in _apart(chosen):
        together = [each.priors[name].quantile(_LEVELS) for each in chosen.averaged]
        point.setdefault(name, float(np.median(together)))
    share = float(chosen.priors[SHARE_OF_KIN].quantile(0.5))
    point.setdefault("coordination_strangers", point["coordination_kin"] * share)
    missing = [name for name in SHARES if name not in point]
    room = 1 - sum(point[name] for name in SHARES if name in point)
    for name in missing:
        point[name] = room / len(missing)
    return {name: point[name] for name in PARAMETER_NAMES}


def draw_prior(chosen: PriorSet, draws: int, seed: int) -> dict[str, np.ndarray]:
    """Draw worlds from a prior set: every parameter, each (draw,)."""
    random = np.random.default_rng(seed)
    if chosen.averaged:
        seeds = random.integers(2**31, size=len(chosen.averaged)).tolist()
        each = [
            draw_prior(one, draws, own) for one, own in zip(chosen.averaged, seeds, strict=True)
        ]
        holds = random.integers(len(each), size=draws)
        return {name: np.choose(holds, [own[name] for own in each]) for name in PARAMETER_NAMES}
    values = {
        name: prior.quantile(random.uniform(size=draws)) for name, prior in chosen.priors.items()
    }
    values["coordination_strangers"] = values["coordination_kin"] * values.pop(SHARE_OF_KIN)
    values.update(zip(SHARES, random.dirichlet(chosen.shares, size=draws).T, strict=True))
    return {name: values[name] for name in PARAMETER_NAMES}


def log_prior_ratio(
    values: Mapping[str, np.ndarray], one: PriorSet, other: PriorSet
) -> np.ndarray | float:
    """Give log(density under one prior set / density under another) of worlds, each (...,).

    Only parameters whose priors differ are looked up. That of coordination among strangers is
    stated for its share of that among kin.
    """
    if one.averaged:
        of_each = [log_prior_ratio(values, each, other) for each in one.averaged]
        total = special.logsumexp(np.stack(np.broadcast_arrays(*of_each)), axis=0)
        return np.asarray(total - np.log(len(of_each)))
    if other.averaged:
        return -log_prior_ratio(values, other, one)
    ratio: np.ndarray | float = 0.0
    for name, prior in one.priors.items():
        if (prior.family, prior.numbers) != (other.priors[name].family, other.priors[name].numbers):
            value = values[name]
            ratio = ratio + prior.log_density(value) - other.priors[name].log_density(value)
    if one.shares != other.shares:
        shares = np.stack([values[name] for name in SHARES])
        for sign, chosen in ((1, one), (-1, other)):
            alpha = np.array(chosen.shares)
            volume = special.gammaln(alpha).sum() - special.gammaln(alpha.sum())
            ratio = ratio + sign * (np.tensordot(alpha - 1, np.log(shares), 1) - volume)
    return ratio
