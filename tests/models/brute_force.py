"""The story of DESIGN 1.3 played out history by history, to test the closed form against.

It shares no code with the closed form: every candidate, retry, further draw, slip, contest,
theft, quarrel and arrival is drawn, one at a time, for many histories at once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Estimate", "simulate"]

Floats = np.ndarray[Any, np.dtype[np.float64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]

_NOTHING, _MISALIGNED, _ALIGNED = -1, 0, 1


@dataclass(frozen=True)
class Estimate:
    """A mean over histories in which a condition holds, with its Monte Carlo error.

    Attributes
    ----------
    mean
        The estimate; NaN when the condition never held.
    error
        Its standard error; of a ratio, by the delta method.
    histories
        In how many histories the condition held.
    """

    mean: float
    error: float
    histories: int


def _mean(values: np.ndarray, given: Flags | None = None) -> Estimate:
    chosen = np.asarray(values if given is None else values[given], float)
    if len(chosen) == 0:
        return Estimate(float("nan"), float("inf"), 0)
    # Of a ratio Σ x·c / Σ c the delta method gives the standard error of x where c holds.
    return Estimate(float(chosen.mean()), float(chosen.std() / np.sqrt(len(chosen))), len(chosen))


class _Histories:
    """Many histories of one world, told in the order of DESIGN 1.3."""

    def __init__(
        self, world: Mapping[str, float], scenario: Mapping[str, Any], histories: int, seed: int
    ) -> None:
        self.world = world
        self.scenario = scenario
        self.number = histories
        self.random = np.random.default_rng(seed)
        self.projects = int(scenario["projects"])
        waits = np.arange(self.projects) < self.projects - scenario["holdouts"]
        self.delay = np.where(waits, scenario["delay"], 0.0)
        effort = scenario["effort"]
        self.effort = np.zeros(self.projects) if effort is None else np.array(effort, float)

    def tell(self) -> dict[str, Estimate]:
        self.difficulty = self.world["doubt"] * self.random.standard_normal(self.number)
        self._provenance()
        self._systems()
        self._contest()
        self._other_roads()
        return self._outcomes()

    def _happens(self, probability: Any, shape: tuple[int, ...] | None = None) -> Flags:
        return self.random.random(shape or self.number) < probability

    def _margin(self, project: int) -> Floats:
        world = self.world
        return np.asarray(
            world["margin"]
            + self.difficulty
            + self.effort[project]
            - world["race"] * np.log(self.projects)
            + world["progress"] * self.delay[project]
        )

    def _provenance(self) -> None:
        world, scenario = self.world, self.scenario
        pulls = np.exp(
            [
                world["cost_pull"] * scenario["training_cost"]
                + world["reuse_pull"] * scenario["reuse"],
                world["caution_pull"] * scenario["caution"],
                0.0,
            ]
        )
        shares = pulls * [world["copied"], world["replicated"], world["independent"]]
        kinship = np.array(
            [world[f"kinship_{kind}"] for kind in ("copied", "replicated", "independent")]
        )
        shape = (self.number, self.projects - 1)
        self.kinship = kinship[self.random.choice(3, size=shape, p=shares / shares.sum())]
        self.homogeneity = float(shares @ kinship / shares.sum()) if self.projects > 1 else 1.0

    def _detection(self) -> Floats:
        world = self.world
        odds = world["detection"] / (1 - world["detection"])
        skill = world["detection_spread"] * self.random.standard_normal(self.number)
        return 1 / (1 + np.exp(-skill) / odds)

    def _field(
        self,
        who: Flags,
        candidate: Callable[[np.ndarray], tuple[Floats, Floats]],
        detection: Floats,
    ) -> tuple[np.ndarray, Floats]:
        """Try candidates until one passes or the project gives up: what was fielded, and its Z.

        ``candidate`` gives latent alignment and deviation of the histories it is asked about.
        """
        fielded = np.full(self.number, _NOTHING)
        deviation = np.zeros(self.number)
        trying = np.flatnonzero(who)
        while len(trying):
            latent, its_deviation = candidate(trying)
            aligned = latent > 0
            chance = np.where(aligned, self.world["false_alarm"], detection[trying])
            held = self._happens(chance, (len(trying),))
            passed = trying[~held]
            fielded[passed] = np.where(aligned[~held], _ALIGNED, _MISALIGNED)
            deviation[passed] = its_deviation[~held]
            trying = trying[held]
            trying = trying[self._happens(self.world["persistence"], (len(trying),))]
        return fielded, deviation

    def _further(
        self, end: np.ndarray, latent: Callable[[np.ndarray], Floats], detection: Floats
    ) -> None:
        """Field further systems, one after another, until one turns the project."""
        mean = self.scenario["draws"] * self.projects ** self.world["haste"]
        number = np.where(end == _ALIGNED, self.random.poisson(mean, self.number), 0)
        for each in range(int(number.max(initial=0))):
            due = (number > each) & (end == _ALIGNED)
            new = due & ~self._happens(self.world["inheritance"])
            fielded, _ = self._field(
                new, lambda rows: (latent(rows), np.zeros(len(rows))), detection
            )
            end[fielded == _MISALIGNED] = _MISALIGNED

    def _systems(self) -> None:
        world = self.world
        self.first = np.full((self.number, self.projects), _NOTHING)
        self.end = self.first.copy()
        everyone = np.ones(self.number, bool)

        margin, detection = self._margin(0), self._detection()

        def candidate(rows: np.ndarray) -> tuple[Floats, Floats]:
            own = self.random.standard_normal(len(rows))
            return margin[rows] + own, own

        fielded, deviation = self._field(everyone, candidate, detection)
        absent = fielded == _NOTHING
        deviation[absent] = self.random.standard_normal(absent.sum())
        self.first[:, 0] = fielded
        end = fielded.copy()
        self._further(
            end,
            self._relative(margin + world["uplift"], world["kinship_replicated"], deviation),
            detection,
        )
        self.end[:, 0] = end

        spill = np.where(fielded == _ALIGNED, world["spillover"] * world["uplift"], 0.0)
        for project in range(1, self.projects):
            self._follower(project, self._margin(project) + spill, deviation)

    def _follower(self, project: int, margin: Floats, deviation: Floats) -> None:
        kinship, detection = self.kinship[:, project - 1], self._detection()
        latent = self._relative(margin, kinship, deviation)
        fielded, _ = self._field(
            np.ones(self.number, bool),
            lambda rows: (latent(rows), np.zeros(len(rows))),
            detection,
        )
        self.first[:, project] = fielded
        end = fielded.copy()
        later = self._relative(margin + self.world["uplift"], kinship, deviation)
        self._further(end, later, detection)
        self.end[:, project] = end

    def _relative(
        self, margin: Floats, kinship: Floats | float, deviation: Floats
    ) -> Callable[[np.ndarray], Floats]:
        """Give the latent alignment of candidates akin to the first project's system."""
        center = margin + kinship * deviation
        own = np.broadcast_to(np.sqrt(1 - np.square(kinship)), self.number)
        return lambda rows: np.asarray(
            center[rows] + own[rows] * self.random.standard_normal(len(rows))
        )

    def _contest(self) -> None:
        world = self.world
        self.arrivals = world["lead"] * np.arange(self.projects) + self.delay
        growth = np.exp(-world["speed"] * (self.arrivals - self.arrivals.min()))
        self.resources = growth / growth.sum()
        strangers, kin = world["coordination_strangers"], world["coordination_kin"]
        self.coordination = strangers + (kin - strangers) * self.homogeneity
        bad, good = self.end == _MISALIGNED, self.end == _ALIGNED

        self.together = self._happens(self.coordination)
        slips = bad & self._happens(world["slip"], bad.shape)
        self.warned = slips.any(axis=1) & ~self.together
        averted = self.warned & self._happens(world["response"])

        held = bad * self.resources
        attack = np.where(self.together, held.sum(axis=1), held.max(axis=1))
        defence = (good * self.resources).sum(axis=1) + world["human_defense"]
        strength = np.exp(world["offense"]) * attack / defence
        odds = strength ** world["decisiveness"]
        self.takeover = bad.any(axis=1) & ~averted & self._happens(odds / (1 + odds))

    def _other_roads(self) -> None:
        world, shape = self.world, (self.number, self.projects)
        weakness = -world["security"] - world["dilution"] * np.log(self.projects)
        skill = world["security_spread"] * self.random.standard_normal(shape)
        # A thief succeeds with probability Φ(weakness + skill): an attempt below that score.
        self.theft = (self.random.standard_normal(shape) < weakness + skill).any(axis=1)
        pairs = self.projects * (self.projects - 1) // 2
        unrelated = 1 - self.coordination
        self.roads = {
            "misuse": self.theft & self._happens(world["theft_harm"]),
            "power_grab": self._happens(world["power_grab"] * (self.resources**2).sum()),
        }
        for name in ("conflict", "bargaining"):
            quarrels = self._happens(world[name] * unrelated, (self.number, pairs))
            self.roads[name] = quarrels.any(axis=1)
        years = world["arrival_median"] * np.exp(
            world["arrival_spread"] * self.random.standard_normal(self.number)
        )
        self.arrived = self.arrivals.min() + years <= 2100 - 2025

    def _outcomes(self) -> dict[str, Estimate]:
        bad, good = self.end == _MISALIGNED, self.end == _ALIGNED
        some_bad, some_good = bad.any(axis=1), good.any(axis=1)
        lead_good, lead_bad = self.first[:, 0] == _ALIGNED, self.first[:, 0] == _MISALIGNED
        extinct = self.takeover & self._happens(self.world["lethality"])
        catastrophe = self.takeover | np.any(list(self.roads.values()), axis=0)
        kin = self.kinship.mean(axis=1) if self.projects > 1 else np.ones(self.number)
        takeover = self.takeover
        outcomes = {
            "homogeneity": _mean(kin),
            "coordination": _mean(self.together),
            "first_fielded": _mean(lead_good | lead_bad),
            "first_aligned": _mean(lead_good, lead_good | lead_bad),
            "any_misaligned": _mean(some_bad),
            "all_misaligned": _mean(bad.all(axis=1)),
            "all_aligned": _mean(good.all(axis=1)),
            "coexistence": _mean(some_bad & some_good),
            "misaligned_share": _mean(bad @ self.resources),
            "projects_fielded": _mean((self.first != _NOTHING).sum(axis=1)),
            "warning_shot": _mean(self.warned),
            "warning_shot_given_misaligned": _mean(self.warned, some_bad),
            "takeover": _mean(takeover),
            "takeover_given_first_aligned": _mean(takeover, lead_good),
            "takeover_given_first_misaligned": _mean(takeover, lead_bad),
            "takeover_given_warning": _mean(takeover, self.warned),
            "takeover_given_no_warning": _mean(takeover, ~self.warned),
            "takeover_given_all_misaligned": _mean(takeover, bad.all(axis=1)),
            "coalition_loss": _mean(takeover & some_good),
            "one_bad_apple": _mean(takeover, bad.sum(axis=1) == 1),
            "extinction": _mean(extinct),
            "theft_any": _mean(self.theft),
            **{name: _mean(happened) for name, happened in self.roads.items()},
            "catastrophe": _mean(catastrophe),
            "arrival_by_2100": _mean(self.arrived),
            "catastrophe_by_2100": _mean(catastrophe & self.arrived),
            "extinction_by_2100": _mean(extinct & self.arrived),
        }
        if self.projects > 1:
            follower = self.first[:, 1]
            both = follower != _NOTHING
            lone = (bad.sum(axis=1) == self.projects - 1) & some_good
            outcomes |= {
                "follower_aligned_given_first_aligned": _mean(
                    follower == _ALIGNED, lead_good & both
                ),
                "follower_aligned_given_first_misaligned": _mean(
                    follower == _ALIGNED, lead_bad & both
                ),
                "one_good_apple": _mean(takeover, lone),
            }
        return outcomes


def simulate(
    world: Mapping[str, float], scenario: Mapping[str, Any], histories: int, seed: int
) -> dict[str, Estimate]:
    """Estimate every outcome of a world from simulated histories.

    Parameters
    ----------
    world
        Every parameter by name.
    scenario
        Scenario inputs by name: projects, draws, delay, holdouts, training_cost, reuse,
        caution, effort.
    histories
        How many histories to draw.
    seed
        Seed of the random numbers.
    """
    return _Histories(world, scenario, histories, seed).tell()
