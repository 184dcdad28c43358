"""Worlds as the player of histories reads them, their scenario's policy applied.

What does not change from history to history is worked out here once a world: the shares of the
three kinds of later project, margins, resources, and the chances of each road. It is written
again on purpose, apart from the graph of the closed form.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from takeoff.models.errors import InputError
from takeoff.models.parameters import SHARES
from takeoff.models.scenario import Scenario
from takeoff.models.transforms import from_real, to_real

__all__ = ["Worlds", "tabulate"]

_MOST_FURTHER = 500  # exp(−700) is the least that a number holds
_PLAIN = (
    "doubt",
    "uplift",
    "spillover",
    "no_further",
    "inheritance",
    "detection",
    "detection_spread",
    "false_alarm",
    "persistence",
    "offense",
    "decisiveness",
    "human_defense",
    "homogeneity",
    "coordination",
    "slip",
    "response",
    "lethality",
    "security",
    "security_spread",
    "theft_harm",
    "conflict",
    "bargaining",
    "power_grab",
    "wait",
    "arrival_median",
    "arrival_spread",
)

_RECORD = np.dtype([(name, np.float64) for name in _PLAIN])


class Worlds(NamedTuple):
    """What is the same in all histories of a world.

    Attributes
    ----------
    plain
        A record of single numbers (world,): parameters with the policy applied, detection as
        log-odds, and what follows from them.
    margin, resources
        By project (world, project): probit, share.
    share, kinship
        By kind (world, kind): first, copied, replicated, independent.
    """

    plain: np.ndarray
    margin: np.ndarray
    resources: np.ndarray
    share: np.ndarray
    kinship: np.ndarray


def tabulate(parameters: Mapping[str, np.ndarray], scenario: Scenario) -> Worlds:
    """Work out what the histories of each world have in common.

    Parameters
    ----------
    parameters
        Every parameter by name, each (world,), on its own scale.
    scenario
        The scenario, its policy included.

    Raises
    ------
    InputError
        If a project would field too many further systems to play them out one by one.
    """
    values = _with_policy(parameters, scenario)
    share, kinship = _likeness(values, scenario)
    margin, time, resources = _projects(values, scenario)
    alone = scenario.projects == 1
    homogeneity = np.ones_like(values["margin"]) if alone else (share * kinship).sum(axis=1)
    strangers, kin = values["coordination_strangers"], values["coordination_kin"]
    coordination = strangers + (kin - strangers) * homogeneity
    detection = np.clip(values["detection"], 1e-12, 1 - 1e-12)
    numbers = {
        **values,
        "no_further": np.exp(-_further(values, scenario)),
        "detection": np.log(detection / (1 - detection)),
        "homogeneity": homogeneity,
        "coordination": coordination,
        "security": values["security"] + values["dilution"] * np.log(scenario.projects),
        "conflict": values["conflict"] * (1 - coordination),
        "bargaining": values["bargaining"] * (1 - coordination),
        "power_grab": values["power_grab"] * (resources**2).sum(axis=1),
        "wait": time.min(axis=1),
    }
    plain = np.empty(len(values["margin"]), _RECORD)
    for name in _PLAIN:
        plain[name] = numbers[name]
    return Worlds(plain, margin, resources, share, kinship)


def _with_policy(parameters: Mapping[str, np.ndarray], scenario: Scenario) -> dict[str, np.ndarray]:
    """Apply a scenario's shifts and fixed values; shares not fixed fill up to 1."""
    values = dict(parameters)
    for name, shift in scenario.shifts.items():
        values[name] = from_real(name, to_real(name, values[name]) + shift)
    for name, value in scenario.values.items():
        values[name] = np.full_like(values["margin"], value)
    touched = {*scenario.values, *scenario.shifts} & set(SHARES)
    if touched:
        fixed = sum(scenario.values.get(name, 0.0) for name in SHARES)
        free = [name for name in SHARES if name not in scenario.values]
        total = sum((values[name] for name in free), start=np.zeros(1))
        values |= {name: (1 - fixed) * values[name] / total for name in free}
    return values


def _further(values: Mapping[str, np.ndarray], scenario: Scenario) -> np.ndarray:
    """Give the mean number of further systems of a project."""
    further = np.asarray(scenario.draws * scenario.projects ** values["haste"])
    if (further > _MOST_FURTHER).any():
        raise InputError(
            f"a project fields {further.max():g} further systems on average; "
            f"at most {_MOST_FURTHER} can be played out"
        )
    return further


def _likeness(
    values: Mapping[str, np.ndarray], scenario: Scenario
) -> tuple[np.ndarray, np.ndarray]:
    """Give shares and kinships by kind: (world, kind)."""
    none = np.zeros_like(values["margin"])
    costs = values["cost_pull"] * scenario.training_cost + values["reuse_pull"] * scenario.reuse
    pulls = np.stack([costs, values["caution_pull"] * scenario.caution, none], axis=1)
    raw = np.stack([values[name] for name in SHARES], axis=1)
    pulled = raw * np.exp(pulls - pulls.max(axis=1, keepdims=True))
    share = np.column_stack([none, pulled / pulled.sum(axis=1, keepdims=True)])
    kinship = np.column_stack([none + 1, *(values[f"kinship_{name}"] for name in SHARES)])
    return share, kinship


def _projects(
    values: Mapping[str, np.ndarray], scenario: Scenario
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give each project's margin, time of arrival and share of resources: (world, project)."""
    number = scenario.projects
    project = np.arange(number)
    delay = np.where(project < number - scenario.holdouts, scenario.delay, 0.0)
    effort = np.zeros(number) if scenario.effort is None else np.array(scenario.effort)
    common = values["margin"] - values["race"] * np.log(number)
    margin = common[:, None] + effort + values["progress"][:, None] * delay
    time = values["lead"][:, None] * project + delay
    behind = time - time.min(axis=1, keepdims=True)
    growth = np.exp(-values["speed"][:, None] * behind)
    return margin, time, growth / growth.sum(axis=1, keepdims=True)
