"""Followers whose margins differ from the first project's have sharp edges of their own."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from takeoff.models import nodes as made
from takeoff.models.integral import integrate
from takeoff.models.joint import tallies
from takeoff.models.layout import KINSHIP
from takeoff.models.nodes import Precision, nodes
from takeoff.models.rule import rule_of
from takeoff.models.special import FloatArray

COPIES = (0.97, 0.99, 0.999, 0.9999)
RIGHT: dict[Precision, float] = {"report": 2e-6, "fit": 1e-3}


def world(*margins: float, **numbers: Any) -> FloatArray:
    """Give the numbers of a world: two projects, or three with margins of their own."""
    projects = max(2, len(margins))
    doubt, uplift, spillover = 0.6, 0.4, 0.4
    start = [doubt, uplift, spillover, 1.5, -0.4, 0.7, 0.1, 0.6, 0.5, 0.3, 0.2, 0.99, 0.6, 0.3]
    rest = [0.3, 1.5, 0.1]
    return np.array([*start, *rest, *margins, *(-0.4 * np.arange(projects))])


@pytest.mark.parametrize("precision", RIGHT)
@pytest.mark.parametrize("kinship", COPIES)
@pytest.mark.parametrize(
    ("margins", "group"),
    [
        ((0.2, 0.2), (0,)),
        ((0.8, -0.2), (0,)),
        ((-0.2, 0.8), (0,)),
        ((0.5, 0.5, -0.9), (0, 1)),
        ((0.5, -0.6, -0.9), (0, 1)),
    ],
)
def test_copies_of_another_margin_are_integrated_as_well_as_the_first(
    margins: tuple[float, ...], group: tuple[int, ...], kinship: float, precision: Precision
) -> None:
    one = world(*margins)
    one[KINSHIP] = kinship
    tables = tallies(group)
    many = replace(
        nodes("report"),
        aligned=made._outward(160),
        misaligned=made._outward(160),
        absent=made._outward(160),
        between=made._between(160),
    )
    found = integrate(one[None], *rule_of(tables, nodes(precision)))
    exact = integrate(one[None], *rule_of(tables, many))
    np.testing.assert_allclose(found, exact, rtol=0, atol=RIGHT[precision])


def test_an_edge_that_leaves_the_side_moves_no_result() -> None:
    fixed = rule_of(tallies((0,)), nodes("report"))
    around = [world(0.3, 0.3 + by)[None] for by in (-1e-9, 0.0, 1e-9)]
    below, at, above = (integrate(each, *fixed) for each in around)
    np.testing.assert_allclose(below, at, rtol=0, atol=2e-6)
    np.testing.assert_allclose(above, at, rtol=0, atol=2e-6)


@pytest.mark.parametrize("precision", RIGHT)
@pytest.mark.parametrize(
    "margins", [(0.0, 1.0, -1.0), (6.0, 2.0, -2.0), (-6.0, 0.0, 1.0), (0.0, 30.0, -30.0)]
)
def test_the_whole_has_probability_one(margins: tuple[float, ...], precision: Precision) -> None:
    fixed = rule_of(tallies((0, 1)), nodes(precision))
    table = integrate(world(*margins)[None], *fixed)[0, :-4].reshape(-1, 4)
    assert table[:, 0].sum() == pytest.approx(1, abs=RIGHT[precision])
