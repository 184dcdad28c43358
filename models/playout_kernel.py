"""The story of DESIGN 1.3 played out: many histories, every step of each drawn.

This is the second telling of the story. It shares nothing with the closed form but names, so that
each proves the other. Nothing is integrated here, not even where that is easy: every candidate,
inspection, retry, further system, slip, contest, theft and quarrel is a draw of its own.

Each function tells one paragraph, for all histories of a block, before the next is told. Row r is
a history of world r // each. The functions release the interpreter's lock, so that threads share
the work; each takes just the arrays it needs, since to count references to them once a history
took longer than the story itself.
"""

from math import exp, inf, isnan, log, nan
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from takeoff.models.layout import ABSENT, ALIGNED, MISALIGNED
from takeoff.models.playout_worlds import Worlds

__all__ = ["MOST_CANDIDATES", "Told", "play"]

MOST_CANDIDATES = 10_000
"""A project that has had so many candidates held stands down, so that every history ends."""

_LEAST_DEFENCE = 1e-300  # no defence at all has no logarithm
_REPLICATED = 2

_compiled = njit(cache=True, nogil=True, error_model="numpy")
_inlined = njit(cache=True, nogil=True, error_model="numpy", inline="always")

Table = np.ndarray[Any, Any]
Records = Any  # a table of worlds, whose fields are parameters: NumPy declares no such type
Random = np.random.Generator


class Told(NamedTuple):
    """What is recorded of histories: arrays (row,) and (row, project), to be filled."""

    difficulty: Table
    deviation: Table
    provenance: Table
    alignment: Table
    systems: Table
    state: Table
    act_as_one: Table
    slipped: Table
    warning_shot: Table
    averted: Table
    contest: Table
    takeover: Table
    extinction: Table
    stolen: Table
    misuse: Table
    conflict: Table
    bargaining: Table
    power_grab: Table
    arrival: Table


def play(worlds: Worlds, each: int, rows: slice, random: Random, told: Told) -> None:
    """Play the histories of some rows."""
    its = Told(*(values[rows] for values in told))
    world = np.arange(rows.start, rows.stop) // each
    plain, margin, resources = worlds.plain, worlds.margin, worlds.resources
    _origins(plain, world, worlds.share, random, its.difficulty, its.provenance)
    _first_projects(
        plain,
        world,
        margin,
        worlds.kinship,
        random,
        its.difficulty,
        its.deviation,
        its.alignment,
        its.systems,
        its.state,
    )
    _later_projects(
        plain,
        world,
        margin,
        worlds.kinship,
        random,
        its.difficulty,
        its.deviation,
        its.provenance,
        its.alignment,
        its.systems,
        its.state,
    )
    _warnings(
        plain, world, random, its.state, its.act_as_one, its.slipped, its.warning_shot, its.averted
    )
    _contests(
        plain,
        world,
        resources,
        random,
        its.state,
        its.act_as_one,
        its.averted,
        its.contest,
        its.takeover,
        its.extinction,
    )
    _thefts(plain, world, random, its.stolen, its.misuse)
    _other_roads(
        plain,
        world,
        its.stolen.shape[1],
        random,
        its.conflict,
        its.bargaining,
        its.power_grab,
        its.arrival,
    )


@_compiled
def _origins(
    plain: Records, world: Table, share: Table, random: Random, difficulty: Table, provenance: Table
) -> None:
    """Draw how hard alignment is, and whether later projects copy (1), repeat (2) or neither."""
    for row in range(world.shape[0]):
        w = world[row]
        difficulty[row] = plain[w].doubt * random.standard_normal()
        provenance[row, 0] = 0
        for project in range(1, provenance.shape[1]):
            lot = random.random()
            copied, repeated = share[w, 1], share[w, 1] + share[w, 2]
            provenance[row, project] = 1 if lot < copied else 2 if lot < repeated else 3


@_inlined
def _inspector(world: Any, random: Random) -> float:
    """Draw a project's chance to hold a misaligned candidate."""
    return 1 / (1 + exp(-world.detection - world.detection_spread * random.standard_normal()))


@_inlined
def _field(world: Any, center: float, own: float, detection: float, random: Random) -> float:
    """Try candidates until one passes: the alignment of what is fielded, NaN for standing down."""
    result = nan
    for _ in range(MOST_CANDIDATES):
        alignment = center + own * random.standard_normal()
        if random.random() >= (world.false_alarm if alignment > 0 else detection):
            result = alignment
            break
        if random.random() >= world.persistence:
            break
    return result


@_inlined
def _further(
    world: Any, center: float, own: float, detection: float, random: Random
) -> tuple[int, bool]:
    """Field further systems until one is misaligned: how many, and whether one was."""
    systems, turned = 0, False
    # Their number is Poisson: how many uniform numbers can be multiplied before the product
    # falls below exp(−mean).
    product = random.random()
    while product > world.no_further:
        product *= random.random()
        if random.random() < world.inheritance:
            systems += 1
            continue
        alignment = _field(world, center, own, detection, random)
        systems += not isnan(alignment)
        if alignment <= 0:
            turned = True
            break
    return systems, turned


@_compiled
def _first_projects(
    plain: Records,
    world: Table,
    margin: Table,
    kinship: Table,
    random: Random,
    difficulty: Table,
    deviation: Table,
    alignment: Table,
    systems: Table,
    state: Table,
) -> None:
    """Play the first project to its end."""
    for row in range(world.shape[0]):
        w = world[row]
        own = plain[w]
        detection = _inspector(own, random)
        center = margin[w, 0] + difficulty[row]
        fielded = _field(own, center, 1.0, detection, random)
        # Nobody builds on what was never fielded: the others get a deviation of their own.
        deviation[row] = random.standard_normal() if isnan(fielded) else fielded - center
        alignment[row, 0] = fielded
        systems[row, 0] = not isnan(fielded)
        state[row, 0] = ABSENT if isnan(fielded) else MISALIGNED
        if fielded > 0:
            kin = kinship[w, _REPLICATED]  # it repeats its own recipe
            later = center + own.uplift + kin * deviation[row]
            more, turned = _further(own, later, (1 - kin**2) ** 0.5, detection, random)
            systems[row, 0] += more
            state[row, 0] = MISALIGNED if turned else ALIGNED


@_compiled
def _later_projects(
    plain: Records,
    world: Table,
    margin: Table,
    kinship: Any,
    random: Random,
    difficulty: Table,
    deviation: Table,
    provenance: Table,
    alignment: Table,
    systems: Table,
    state: Table,
) -> None:
    """Play every later project to its end."""
    for row in range(world.shape[0]):
        w = world[row]
        own = plain[w]
        helped = own.spillover * own.uplift if alignment[row, 0] > 0 else 0.0
        for project in range(1, state.shape[1]):
            detection = _inspector(own, random)
            kin = kinship[w, provenance[row, project]]
            spread = (1 - kin**2) ** 0.5
            center = margin[w, project] + difficulty[row] + helped + kin * deviation[row]
            fielded = _field(own, center, spread, detection, random)
            alignment[row, project] = fielded
            systems[row, project] = not isnan(fielded)
            state[row, project] = ABSENT if isnan(fielded) else MISALIGNED
            if fielded > 0:
                more, turned = _further(own, center + own.uplift, spread, detection, random)
                systems[row, project] += more
                state[row, project] = MISALIGNED if turned else ALIGNED


@_compiled
def _warnings(
    plain: Records,
    world: Table,
    random: Random,
    state: Table,
    act_as_one: Table,
    slipped: Table,
    warning_shot: Table,
    averted: Table,
) -> None:
    """Let the misaligned act as one, or else perhaps slip and be stopped."""
    for row in range(world.shape[0]):
        own = plain[world[row]]
        together = random.random() < own.coordination
        warned = False
        for project in range(state.shape[1]):
            slips = False
            if state[row, project] == MISALIGNED and not together:
                slips = random.random() < own.slip
            slipped[row, project] = slips
            warned |= slips
        act_as_one[row] = together
        warning_shot[row] = warned
        averted[row] = warned and random.random() < own.response


@_compiled
def _contests(
    plain: Records,
    world: Table,
    resources: Table,
    random: Random,
    state: Table,
    act_as_one: Table,
    averted: Table,
    contest: Table,
    takeover: Table,
    extinction: Table,
) -> None:
    """Set the misaligned against the aligned and what humans have."""
    for row in range(world.shape[0]):
        w = world[row]
        own = plain[w]
        total, strongest, defence = 0.0, 0.0, own.human_defense
        for project in range(state.shape[1]):
            if state[row, project] == MISALIGNED:
                total += resources[w, project]
                strongest = max(strongest, resources[w, project])
            elif state[row, project] == ALIGNED:
                defence += resources[w, project]
        attack = total if act_as_one[row] else strongest
        odds = -inf
        if attack > 0:
            ahead = own.offense + log(attack) - log(max(defence, _LEAST_DEFENCE))
            odds = own.decisiveness * ahead
        taken = not averted[row] and random.random() < 1 / (1 + exp(-odds))
        contest[row] = odds
        takeover[row] = taken
        extinction[row] = taken and random.random() < own.lethality


@_compiled
def _thefts(plain: Records, world: Table, random: Random, stolen: Table, misuse: Table) -> None:
    """Let thieves try every project's weights, and perhaps misuse what they get."""
    for row in range(world.shape[0]):
        own = plain[world[row]]
        any_stolen = False
        for project in range(stolen.shape[1]):
            guard = own.security + own.security_spread * random.standard_normal()
            # P(theft) = Φ(−guard): an attempt, Normal(0, 1), that exceeds the guard.
            theft = random.standard_normal() > guard
            stolen[row, project] = theft
            any_stolen |= theft
        misuse[row] = any_stolen and random.random() < own.theft_harm


@_compiled
def _other_roads(
    plain: Records,
    world: Table,
    projects: int,
    random: Random,
    conflict: Table,
    bargaining: Table,
    power_grab: Table,
    arrival: Table,
) -> None:
    """Let every pair quarrel, a few people seize power, and advanced AI arrive."""
    for row in range(world.shape[0]):
        own = plain[world[row]]
        fights, failures = False, False
        for _ in range(projects * (projects - 1) // 2):
            fights |= random.random() < own.conflict
            failures |= random.random() < own.bargaining
        conflict[row] = fights
        bargaining[row] = failures
        power_grab[row] = random.random() < own.power_grab
        years = own.arrival_median * exp(own.arrival_spread * random.standard_normal())
        arrival[row] = own.wait + years
