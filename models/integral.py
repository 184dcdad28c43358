"""The integral over the histories of many worlds at once, and its derivatives.

A world comes in as a vector (``layout``); its story is told (``story``), and the contest decides
who wins (``contest``). It goes out as a table over what the first project fielded (aligned,
misaligned, nothing) and how many projects end misaligned and aligned; each cell holds the
``FEATURES`` of the contest, weighted with the histories' probability. Every outcome that depends
on who is aligned is a sum over the table, or a ratio of sums. Four more numbers say what project
2 first fielded.
"""

from typing import Any

import numpy as np

from takeoff.models.contest import (
    FEATURES,
    Forces,
    contest,
    contest_reverse,
    forces,
    forces_reverse,
    no_forces,
)
from takeoff.models.joint import BRANCH, ENDS, IntArray, Tallies
from takeoff.models.layout import DECISIVENESS, MARGIN, OFFENSE
from takeoff.models.rule import Rule
from takeoff.models.special import FloatArray, compiled
from takeoff.models.story import FOLLOWER_COLUMNS, ROWS, ends_length, tell, tell_reverse
from takeoff.models.tape import tape_length

__all__ = [
    "decide",
    "decide_reverse",
    "integrate",
    "integrate_from_tape",
    "integrate_on_tape",
    "integrate_reverse",
    "table_width",
]


def table_width(tables: Tallies) -> int:
    """Give the length of a world's result: branch, cell and feature, then the follower."""
    return 3 * tables.cells.shape[0] * len(FEATURES) + FOLLOWER_COLUMNS


@compiled
def _fill_table(ends: FloatArray, features: FloatArray, cell: IntArray, result: FloatArray) -> None:
    """Sum masses times features into the cells of the result; the follower comes after."""
    cells = (result.shape[0] - FOLLOWER_COLUMNS) // (3 * features.shape[0])
    tallies = cell.shape[1]
    result[:] = 0.0
    for row in range(ROWS):
        end, branch = ENDS[row], BRANCH[row]
        for tally in range(tallies):
            at = (branch * cells + cell[end, tally]) * features.shape[0]
            mass = ends[row * tallies + tally]
            for feature in range(features.shape[0]):
                result[at + feature] += mass * features[feature, end, tally]
    result[result.shape[0] - FOLLOWER_COLUMNS :] = ends[ROWS * tallies :]


@compiled
def _fill_table_reverse(
    ends: FloatArray,
    features: FloatArray,
    cell: IntArray,
    d_result: FloatArray,
    d_ends: FloatArray,
    d_features: FloatArray,
) -> None:
    """Carry derivatives by the result back to ends and features."""
    cells = (d_result.shape[0] - FOLLOWER_COLUMNS) // (3 * features.shape[0])
    tallies = cell.shape[1]
    d_features[:] = 0.0
    for row in range(ROWS):
        end, branch = ENDS[row], BRANCH[row]
        for tally in range(tallies):
            at = (branch * cells + cell[end, tally]) * features.shape[0]
            mass = ends[row * tallies + tally]
            by_mass = 0.0
            for feature in range(features.shape[0]):
                by_mass += d_result[at + feature] * features[feature, end, tally]
                d_features[feature, end, tally] += d_result[at + feature] * mass
            d_ends[row * tallies + tally] = by_mass
    d_ends[ROWS * tallies :] = d_result[d_result.shape[0] - FOLLOWER_COLUMNS :]


@compiled
def _empty_features(rule: Rule) -> FloatArray:
    return np.empty((len(FEATURES), 3, rule.cell.shape[1]))


@compiled
def _one(
    theta: FloatArray, rule: Rule, tape: FloatArray, ends: FloatArray, result: FloatArray
) -> None:
    """Fill the result of one world, and its tape and ends."""
    tell(theta, rule, tape, ends)
    force = forces(theta, theta[_resources(rule) :])
    features = _empty_features(rule)
    contest(theta[DECISIVENESS], theta[OFFENSE], force, rule.histories, features)
    _fill_table(ends, features, rule.cell, result)


@compiled
def _one_reverse(
    theta: FloatArray,
    rule: Rule,
    tape: FloatArray,
    ends: FloatArray,
    d_result: FloatArray,
    d_theta: FloatArray,
) -> None:
    """Carry derivatives by one world's result back to its numbers."""
    resources = _resources(rule)
    force = forces(theta, theta[resources:])
    d_force = no_forces(force)
    d_ends = np.empty(ends.shape[0])
    d_theta[OFFENSE] += _decide_reverse(
        theta, theta[OFFENSE], rule, force, ends, d_result, d_ends, d_force, d_theta
    )
    forces_reverse(theta, theta[resources:], force, d_force, d_theta[resources:], d_theta)
    tell_reverse(theta, rule, tape, d_ends, d_theta)


@compiled
def _decide_reverse(
    theta: FloatArray,
    offense: float,
    rule: Rule,
    force: Forces,
    ends: FloatArray,
    d_result: FloatArray,
    d_ends: FloatArray,
    d_force: Forces,
    d_theta: FloatArray,
) -> float:
    """Fill derivatives by ends, add those by forces and decisiveness; give that by offense."""
    steep = theta[DECISIVENESS]
    features, d_features = _empty_features(rule), _empty_features(rule)
    contest(steep, offense, force, rule.histories, features)
    _fill_table_reverse(ends, features, rule.cell, d_result, d_ends, d_features)
    by_edge = contest_reverse(steep, offense, force, rule.histories, d_features, d_force)
    d_theta[DECISIVENESS] += by_edge * offense
    return by_edge * steep


@compiled
def _resources(rule: Rule) -> int:
    """Give where a world's log resources begin."""
    return MARGIN + rule.first_row.shape[0]


@compiled
def _width(numbers: int, rule: Rule) -> int:
    projects = numbers - _resources(rule)
    cells = (projects + 1) * (projects + 2) // 2
    return 3 * cells * len(FEATURES) + FOLLOWER_COLUMNS


@compiled
def decide(common: FloatArray, ends: FloatArray, offense: FloatArray, *fixed: Any) -> FloatArray:
    """Let the contest decide worlds that differ in ends (world, end) and offense (world,).

    ``common`` (number,) are their other numbers. Gives (world, result).
    """
    rule = Rule(*fixed)
    force = forces(common, common[_resources(rule) :])
    features = _empty_features(rule)
    results = np.empty((ends.shape[0], _width(common.shape[0], rule)))
    for world in range(ends.shape[0]):
        contest(common[DECISIVENESS], offense[world], force, rule.histories, features)
        _fill_table(ends[world], features, rule.cell, results[world])
    return results


@compiled
def decide_reverse(
    common: FloatArray, ends: FloatArray, offense: FloatArray, d_results: FloatArray, *fixed: Any
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Carry derivatives by results back to common numbers, ends and offense."""
    rule = Rule(*fixed)
    resources = _resources(rule)
    force = forces(common, common[resources:])
    d_force = no_forces(force)
    d_common, d_ends, d_offense = (
        np.zeros(common.shape),
        np.empty(ends.shape),
        np.empty(offense.shape),
    )
    for world in range(ends.shape[0]):
        d_offense[world] = _decide_reverse(
            common,
            offense[world],
            rule,
            force,
            ends[world],
            d_results[world],
            d_ends[world],
            d_force,
            d_common,
        )
    forces_reverse(common, common[resources:], force, d_force, d_common[resources:], d_common)
    return d_common, d_ends, d_offense


@compiled
def integrate(worlds: FloatArray, *fixed: Any) -> FloatArray:
    """Integrate over the histories of each world: (world, number) to (world, result).

    ``fixed`` are the parts of a ``Rule``.
    """
    rule = Rule(*fixed)
    results = np.empty((worlds.shape[0], _width(worlds.shape[1], rule)))
    tape, ends = np.empty(tape_length(rule)), np.empty(ends_length(rule))
    for world in range(worlds.shape[0]):
        _one(worlds[world], rule, tape, ends, results[world])
    return results


@compiled
def integrate_on_tape(worlds: FloatArray, *fixed: Any) -> tuple[FloatArray, FloatArray]:
    """Integrate, and keep ends and tape of each world for ``integrate_from_tape``."""
    rule = Rule(*fixed)
    results = np.empty((worlds.shape[0], _width(worlds.shape[1], rule)))
    length = ends_length(rule)
    kept = np.empty((worlds.shape[0], length + tape_length(rule)))
    for world in range(worlds.shape[0]):
        _one(worlds[world], rule, kept[world, length:], kept[world, :length], results[world])
    return results, kept.ravel()


@compiled
def integrate_from_tape(
    worlds: FloatArray, tape: FloatArray, d_results: FloatArray, *fixed: Any
) -> FloatArray:
    """Carry derivatives by results back to the worlds' numbers, given ends and tapes."""
    rule = Rule(*fixed)
    d_worlds = np.zeros(worlds.shape)
    length = ends_length(rule)
    kept = tape.reshape(worlds.shape[0], length + tape_length(rule))
    for world in range(worlds.shape[0]):
        _one_reverse(
            worlds[world],
            rule,
            kept[world, length:],
            kept[world, :length],
            d_results[world],
            d_worlds[world],
        )
    return d_worlds


@compiled
def integrate_reverse(worlds: FloatArray, d_results: FloatArray, *fixed: Any) -> FloatArray:
    """Carry derivatives by results back to the worlds' numbers: (world, number)."""
    rule = Rule(*fixed)
    d_worlds = np.zeros(worlds.shape)
    tape, ends = np.empty(tape_length(rule)), np.empty(ends_length(rule))
    result = np.empty(d_results.shape[1])
    for world in range(worlds.shape[0]):
        _one(worlds[world], rule, tape, ends, result)
        _one_reverse(worlds[world], rule, tape, ends, d_results[world], d_worlds[world])
    return d_worlds
