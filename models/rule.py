"""All that the integral over histories needs beside the worlds: tallies and nodes."""

from typing import NamedTuple

from takeoff.models.joint import IntArray, Tallies
from takeoff.models.nodes import Nodes
from takeoff.models.special import FloatArray

__all__ = ["PARTS_OF_RULE", "Rule", "rule_of"]


class Rule(NamedTuple):
    """Tables of a scenario and nodes of a precision, as arrays that compiled code can read.

    ``Tallies`` and ``Nodes`` say what each is; of a ladder, first its points, then its rungs.
    """

    first_row: IntArray
    numbers: IntArray
    histories: IntArray
    cell: IntArray
    aligned: FloatArray
    misaligned: FloatArray
    absent: FloatArray
    between: FloatArray
    difficulty: FloatArray
    difficulty_rungs: FloatArray
    inspector: FloatArray
    inspector_rungs: FloatArray
    reach: FloatArray


PARTS_OF_RULE = len(Rule._fields)


def rule_of(tables: Tallies, nodes: Nodes) -> Rule:
    """Put a scenario's tables and a precision's nodes together."""
    return Rule(
        first_row=tables.first_row,
        numbers=tables.numbers,
        histories=tables.histories,
        cell=tables.cell,
        aligned=nodes.aligned,
        misaligned=nodes.misaligned,
        absent=nodes.absent,
        between=nodes.between,
        difficulty=nodes.difficulty.points,
        difficulty_rungs=nodes.difficulty.rungs,
        inspector=nodes.inspector.points,
        inspector_rungs=nodes.inspector.rungs,
        reach=nodes.reach,
    )
