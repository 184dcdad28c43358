"""The world: from parameters and a scenario to every outcome, as one graph.

``world`` tells the story in the order of its mechanisms; ``World.outcome`` reads an answer off.
The same graph serves the likelihood, the summaries of a posterior and ``takeoff evaluate``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pytensor.tensor as pt
from pytensor.tensor.variable import TensorVariable

from takeoff.models.arrival import arrival_by
from takeoff.models.contest import FEATURES
from takeoff.models.coordination import coordination
from takeoff.models.errors import InputError
from takeoff.models.histories import (
    Histories,
    histories,
    histories_in_blocks,
    shared_histories,
)
from takeoff.models.joint import IntArray
from takeoff.models.layout import ALIGNED, MISALIGNED
from takeoff.models.nodes import Precision
from takeoff.models.outcomes import OUTCOME_NAMES, outcome, year_of
from takeoff.models.provenance import homogeneity, kinships, shares
from takeoff.models.resources import log_resources
from takeoff.models.roads import ROADS, road, theft_any
from takeoff.models.scenario import Scenario
from takeoff.models.special import FloatArray
from takeoff.models.transforms import settled

__all__ = ["OWN", "World", "common_numbers", "outcomes_in", "reads_cells", "world"]

OWN = frozenset({"margin", "offense", "slip", "response"})
"""Parameters in which worlds may differ and yet share the integral over histories: it is read off
a grid of margins, offense enters after it, and the other two are no part of it."""

_MOST_CERTAIN = 1 - 1e-12  # at exactly 1 a project tries for ever, and a slip has no logarithm
_LEAST_CERTAIN = 1e-12  # detection of exactly 0 has no log-odds
_LEAST_RESOURCES = 1e-300  # no human defence at all has no logarithm


def outcomes_in(scenario: Scenario) -> tuple[str, ...]:
    """Name the outcomes that exist in a scenario: with one project there is no follower."""
    alone = scenario.projects == 1
    return tuple(
        name
        for name in OUTCOME_NAMES
        if not (alone and (name.startswith("follower_") or name == "one_good_apple"))
    )


def world(
    parameters: Mapping[str, TensorVariable],
    scenario: Scenario,
    precision: Precision,
    block: TensorVariable | None = None,
) -> "World":
    """Build the graph of worlds in a scenario.

    Parameters
    ----------
    parameters
        Every parameter by name, each (world,) or of length 1, on its own scale. Where all but
        margin and offense are known to have length 1, as in a panel, and precision is "fit", the
        integral over histories is shared between the worlds (``shared``).
    scenario
        What an analyst sets, its policy included.
    precision
        How finely to integrate over histories.
    block
        For worlds that are evaluated only, at precision "fit": each ``block`` of them, one after
        the other, differs in `OWN` parameters alone. Then they share the integral, too.
    """
    policy = settled(parameters, scenario)
    extra, group = _extra_margins(policy, scenario)
    shared, forces = _shared(policy, scenario), _forces(policy)
    resources = _columns(log_resources(policy, scenario))
    margin, offense = policy["margin"], policy["offense"]
    rest = [*shared, *forces, *extra, *resources]
    if precision == "fit" and all(each.type.shape == (1,) for each in rest):
        common, _ = common_numbers(policy, scenario)
        margins, offenses = pt.broadcast_arrays(margin, offense)
        together = shared_histories(common, margins, offenses, group)
    else:
        numbers = [*shared, offense, *forces, *(margin + each for each in extra), *resources]
        worlds = pt.stack(_of_one_length(numbers), axis=1)
        together = (
            histories(worlds, group, precision)
            if block is None
            else histories_in_blocks(worlds, block, group)
        )
    return World(scenario, policy, coordination(policy, scenario), together)


def common_numbers(
    policy: Mapping[str, TensorVariable], scenario: Scenario
) -> tuple[TensorVariable, tuple[int, ...]]:
    """Give the numbers (``layout``) of worlds that share all but margin and offense, and groups.

    ``policy`` holds the parameters with the scenario's policy applied; all but `OWN` of length 1.
    """
    extra, group = _extra_margins(policy, scenario)
    rest = [*_forces(policy), *extra, *_columns(log_resources(policy, scenario))]
    return pt.concatenate([*_shared(policy, scenario), pt.zeros(1), *rest]), group


def _shared(policy: Mapping[str, TensorVariable], scenario: Scenario) -> list[TensorVariable]:
    """Give what comes before offense in ``layout``."""
    renewal = (
        scenario.draws
        * pt.exp(policy["haste"] * np.log(scenario.projects))
        * (1 - policy["inheritance"])
    )
    detection = pt.clip(policy["detection"], _LEAST_CERTAIN, _MOST_CERTAIN)
    return [
        policy["doubt"],
        policy["uplift"],
        policy["spillover"],
        renewal,
        pt.log(detection) - pt.log1p(-detection),
        policy["detection_spread"],
        policy["false_alarm"],
        pt.minimum(policy["persistence"], _MOST_CERTAIN),
        *_columns(shares(policy, scenario)),
        *_columns(kinships(policy)),
    ]


def _forces(policy: Mapping[str, TensorVariable]) -> list[TensorVariable]:
    return [
        policy["decisiveness"],
        pt.log(pt.maximum(policy["human_defense"], _LEAST_RESOURCES)),
    ]


def _of_rows(values: TensorVariable, rows: IntArray) -> TensorVariable:
    """Give the values of some worlds (row,); what all worlds share stays as it is."""
    return values if values.type.shape == (1,) else values[rows]


def _of_one_length(numbers: list[TensorVariable]) -> list[TensorVariable]:
    """Repeat numbers that all worlds share, where there are any: each (world,).

    Vectors of unknown length are those of whole worlds, which agree; to repeat each along with all
    the others would take longer, uncompiled, than the integral.
    """
    if all(each.type.shape == (None,) for each in numbers):
        return numbers
    return list(pt.broadcast_arrays(*numbers))


def _columns(table: TensorVariable) -> list[TensorVariable]:
    """Give each column of a table (world, column) with a known number of columns."""
    return [table[:, column] for column in range(int(table.type.shape[1] or 0))]


def _extra_margins(
    policy: Mapping[str, TensorVariable], scenario: Scenario
) -> tuple[list[TensorVariable], tuple[int, ...]]:
    """Give what is added to the margin of project 1 and of each group of followers, and groups.

    Project k has margin + effort − race·log K + progress·delay; followers whose effort and delay
    agree are alike, and form a group.
    """
    common = -policy["race"] * np.log(scenario.projects)
    settings = list(zip(scenario.efforts, scenario.delays, strict=True))
    distinct = list(dict.fromkeys(settings[1:]))
    extra = [
        common + effort + policy["progress"] * delay for effort, delay in [settings[0], *distinct]
    ]
    return extra, tuple(distinct.index(each) for each in settings[1:])


@dataclass(frozen=True)
class _Groups:
    """Histories in groups with as many misaligned each: how many (group,), and sums over each.

    The sums are those of the ``FEATURES`` of the contest, in their order (world, group).
    """

    misaligned: np.ndarray
    histories: TensorVariable
    misaligned_share: TensorVariable
    takeover_together: TensorVariable
    takeover_alone: TensorVariable


_BY_COUNT = {
    "anything": slice(None),
    "warning_shot": slice(None),
    "no_warning_shot": slice(None),
    "any_misaligned": slice(1, None),
    "all_misaligned": slice(-1, None),
    "one_misaligned": slice(1, 2),
}
"""Events of which the number of misaligned projects is all that must be known, and which numbers
(of a warning shot and its absence, all: they happen with a probability that depends on it)."""

_OF_CELLS = frozenset(
    {
        "coexistence",
        "all_aligned",
        "coalition_loss",
        "projects_fielded",
        "takeover_given_first_aligned",
        "takeover_given_first_misaligned",
        "one_good_apple",
    }
)


def reads_cells(name: str, event: str | None = None) -> bool:
    """Tell whether an outcome (given an event) needs all cells of the table of histories.

    They cost as much as everything else; the other outcomes can do without.
    """
    return name in _OF_CELLS or not (event is None or event in _BY_COUNT)


@dataclass(frozen=True)
class World:
    """Worlds of one scenario: the joint over histories, and the outcomes read off it.

    Attributes
    ----------
    scenario
        The scenario.
    parameters
        Parameters by name with the scenario's policy applied, each (world,).
    coordination
        χ, the probability that misaligned projects act as one (world,).
    histories
        The joint of all projects' ends.
    """

    scenario: Scenario
    parameters: Mapping[str, TensorVariable]
    coordination: TensorVariable
    histories: Histories

    def only(self, rows: IntArray) -> "World":
        """Give some of the worlds, by their rows."""
        return replace(
            self,
            parameters={name: _of_rows(each, rows) for name, each in self.parameters.items()},
            coordination=_of_rows(self.coordination, rows),
            histories=self.histories.only(rows),
        )

    def outcome(self, name: str) -> TensorVariable:
        """Give an outcome by name, dated ones of any year included: (world,).

        Raises
        ------
        InputError
            If there is no such outcome, or not in this scenario.
        """
        outcome(name)
        year = year_of(name)
        if year is not None:
            arrived = arrival_by(year, self.parameters, self.scenario)
            plain = name.split("_by_")[0]
            return arrived if plain == "arrival" else arrived * self.outcome(plain)
        if name not in outcomes_in(self.scenario):
            raise InputError(f"{name} needs more than one project")
        if name == "extinction":
            return self.parameters["lethality"] * self.outcome("takeover")
        if name == "catastrophe":
            return self._any_road(self.outcome("takeover"))
        if name == "theft_any":
            return theft_any(self.parameters, self.scenario)
        if name in ROADS:
            return road(name, self.parameters, self.scenario)
        if name == "homogeneity":
            return homogeneity(self.parameters, self.scenario)
        if name == "coordination":
            return self.coordination
        return self._outcome_of_histories(name)

    def condition(self, name: str) -> TensorVariable:
        """Give the probability of what an outcome is conditioned on, 1 where on nothing: (world,).

        A mixture of worlds has the mean of an outcome weighted by it.
        """
        if name == "first_aligned":
            return self.outcome("first_fielded")
        if name == "warning_shot_given_misaligned":
            return self.probability("any_misaligned")
        if name in _TAKEOVER_GIVEN:
            return self.probability(_TAKEOVER_GIVEN[name])
        if name in _FOLLOWER_CONDITIONS:
            return self.histories.follower[:, _FOLLOWER_CONDITIONS[name]]
        return pt.ones_like(self.coordination)

    def outcome_given(self, name: str, event: str) -> TensorVariable:
        """Give a takeover, extinction or catastrophe (dated or not) given an event: (world,).

        The other roads to catastrophe and arrival are independent of the event.
        """
        year = year_of(name)
        plain = name if year is None else name.split("_by_")[0]
        takeover = self.takeover_and(event) / self.probability(event)
        if plain == "takeover":
            result = takeover
        elif plain == "extinction":
            result = self.parameters["lethality"] * takeover
        elif plain == "catastrophe":
            result = self._any_road(takeover)
        else:
            raise InputError(
                f"{name} cannot be conditioned on an event; "
                "takeover, extinction and catastrophe can"
            )
        return result if year is None else result * arrival_by(year, self.parameters, self.scenario)

    def most_takeover(self) -> TensorVariable:
        """Give the probability of takeover were offense without bound: (world,)."""
        averted = self.parameters["response"] * self.probability("warning_shot")
        return self.probability("any_misaligned") - averted

    def probability(self, event: str) -> TensorVariable:
        """Give the probability of an event: (world,)."""
        groups = self._groups(event)
        if event == "warning_shot":
            return (groups.histories * self._warned(groups)).sum(axis=1)
        if event == "no_warning_shot":
            return (groups.histories * (1 - self._warned(groups))).sum(axis=1)
        return groups.histories.sum(axis=1)

    def takeover_and(self, event: str) -> TensorVariable:
        """Give the probability of an event followed by takeover: (world,)."""
        groups = self._groups(event)
        together, alone = groups.takeover_together, groups.takeover_alone
        response, apart = self.parameters["response"][:, None], 1 - self.coordination[:, None]
        log_no_slip = self._log_no_slip(groups)
        if event == "warning_shot":
            taken = alone * self._warned(groups) * (1 - response)
        elif event == "no_warning_shot":
            taken = together * (1 - apart) + apart * alone * pt.exp(log_no_slip)
        else:
            averted = -response * pt.expm1(log_no_slip)
            taken = together * (1 - apart) + alone * apart * (1 - averted)
        return taken.sum(axis=1)

    def _outcome_of_histories(self, name: str) -> TensorVariable:
        if name in _EVENT_OUTCOMES or name == "warning_shot":
            return self.probability(name)
        if name == "takeover":
            return self.takeover_and("anything")
        if name == "coalition_loss":
            return self.takeover_and("any_aligned")
        if name in _TAKEOVER_GIVEN:
            event = _TAKEOVER_GIVEN[name]
            return self.takeover_and(event) / self.probability(event)
        first, follower = self.histories.first, self.histories.follower
        if name == "first_fielded":
            return first[:, ALIGNED] + first[:, MISALIGNED]
        if name == "first_aligned":
            return first[:, ALIGNED] / self.outcome("first_fielded")
        if name == "follower_aligned_given_first_aligned":
            return follower[:, 0] / follower[:, 1]
        if name == "follower_aligned_given_first_misaligned":
            return follower[:, 2] / follower[:, 3]
        if name == "misaligned_share":
            return self._groups("anything").misaligned_share.sum(axis=1)
        if name == "projects_fielded":
            return self._groups("fielded").histories.sum(axis=1)
        if name == "warning_shot_given_misaligned":
            return self.probability("warning_shot") / self.probability("any_misaligned")
        raise NotImplementedError(name)

    def _any_road(self, takeover: TensorVariable) -> TensorVariable:
        """Join takeover with the other roads: 1 − Π(1 − p), right also where all are tiny."""
        spared = pt.log1p(-takeover)
        for each in ROADS:
            spared += pt.log1p(-road(each, self.parameters, self.scenario))
        return -pt.expm1(spared)

    def _log_no_slip(self, groups: "_Groups") -> TensorVariable:
        """Give the logarithm of P(none of the misaligned slips, acting apart): (world, group)."""
        slip = pt.minimum(self.parameters["slip"], _MOST_CERTAIN)
        return pt.log1p(-slip)[:, None] * groups.misaligned

    def _warned(self, groups: "_Groups") -> TensorVariable:
        """P(warning shot): (world, group)."""
        return (self.coordination - 1)[:, None] * pt.expm1(self._log_no_slip(groups))

    def _groups(self, event: str) -> "_Groups":
        """Give the histories of an event in groups with as many misaligned each.

        What happens after the contest depends on nothing else.
        """
        if event in _BY_COUNT:
            span = _BY_COUNT[event]
            numbers = np.arange(self.scenario.projects + 1)[span]
            counts = self.histories.counts[:, span]
            return _Groups(numbers, *(counts[..., each] for each in range(len(FEATURES))))
        table, own = self.histories.table, self._cells(event)
        return _Groups(
            self.histories.misaligned,
            *((table[..., each] * own).sum(axis=1) for each in range(len(FEATURES))),
        )

    def _cells(self, event: str) -> FloatArray:
        """Give the cells of an event as a table of ones and zeros: (1, branch, cell)."""
        bad, good = self.histories.misaligned, self.histories.aligned
        everyone = np.ones((3, len(bad)))
        branch = np.arange(3)[:, None]
        projects = self.scenario.projects
        tables = {
            "fielded": everyone * (bad + good),
            "first_aligned": everyone * (branch == ALIGNED),
            "first_misaligned": everyone * (branch == MISALIGNED),
            "any_aligned": everyone * (good > 0),
            "all_aligned": everyone * (good == projects),
            "coexistence": everyone * (bad > 0) * (good > 0),
            "one_aligned": everyone * (bad == projects - 1) * (good == 1),
        }
        return np.asarray(tables[event])[None]


_FOLLOWER_CONDITIONS = {
    "follower_aligned_given_first_aligned": 1,
    "follower_aligned_given_first_misaligned": 3,
}

_EVENT_OUTCOMES = ("any_misaligned", "all_misaligned", "all_aligned", "coexistence")

_TAKEOVER_GIVEN = {
    "takeover_given_first_aligned": "first_aligned",
    "takeover_given_first_misaligned": "first_misaligned",
    "takeover_given_warning": "warning_shot",
    "takeover_given_no_warning": "no_warning_shot",
    "takeover_given_all_misaligned": "all_misaligned",
    "one_bad_apple": "one_misaligned",
    "one_good_apple": "one_aligned",
}
