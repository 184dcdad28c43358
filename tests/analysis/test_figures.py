from collections.abc import Callable
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import numpy as np
import pytest
import xarray as xr

from takeoff.analysis import figures
from takeoff.analysis.figures.map import panels_of
from takeoff.analysis.figures.style import PAGE, PHONE, camp_colors, svg
from takeoff.analysis.map_reading import fewest_takeovers, one_more, turning_points
from takeoff.analysis.map_sentences import about_the_map
from tests.analysis.synthetic import synthetic_tree

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FIGURES: list[Callable[[xr.DataTree, float], "Figure"]] = [
    figures.convergence_figure,
    figures.experts_figure,
    figures.jacobian_figure,
    figures.likeness_figure,
    figures.map_figure,
    figures.outcomes_figure,
    figures.parameters_figure,
    figures.roads_figure,
    figures.turning_figure,
    figures.worldviews_figure,
]


@pytest.fixture(scope="module")
def tree() -> xr.DataTree:
    hostile = [("<b>$\\frac</b>", "Concerned"), ("名前" * 20, "Skeptical"), ("_hidden", "")]
    return synthetic_tree(hostile, camps=("Concerned", "Skeptical"))


@pytest.mark.parametrize("width", [PAGE, PHONE])
@pytest.mark.parametrize("draw", FIGURES, ids=lambda each: str(each.__name__))
def test_every_figure_is_drawn_at_its_width_and_asks_for_nothing(
    tree: xr.DataTree, draw: Callable[[xr.DataTree, float], "Figure"], width: float
) -> None:
    figure = draw(tree, width)
    assert figure.get_size_inches()[0] == width
    root = ElementTree.fromstring(svg(figure))
    links = [value for each in root.iter() for name, value in each.items() if name.endswith("href")]
    assert all(value.startswith(("#", "data:")) for value in links)


def test_a_camp_has_one_colour_everywhere() -> None:
    assert camp_colors(["a", "b"])["a"] == camp_colors(["a"])["a"]
    assert len(set(camp_colors(["a", "b", "c"]).values())) == 4


def test_the_map_shows_at_most_six_advantages_of_offence_from_end_to_end() -> None:
    shown = panels_of(np.linspace(-4, 4, 9))
    assert len(shown) == 6
    assert (shown[0], shown[-1]) == (-4, 4)
    assert panels_of(np.array([0.0])).tolist() == [0.0]


def test_the_number_of_projects_without_a_next_one_is_left_out(tree: xr.DataTree) -> None:
    assert one_more(tree)["projects"].values.tolist() == list(range(1, 8))


def test_the_turning_point_is_where_the_odds_are_even() -> None:
    tree = synthetic_tree()
    data = tree["map"].to_dataset()
    chance = 0.5 + 0.2 * (data["offense"] - 0.25)
    data["takeover_one_more"] = chance.broadcast_like(data["takeover_one_more"])
    tree["map"] = xr.DataTree(data)
    for turn in turning_points(tree, projects=4):
        assert turn.harm
        assert list(turn.offenses) == pytest.approx([0.25])
    data["takeover_one_more"] = xr.zeros_like(data["takeover_one_more"])
    tree["map"] = xr.DataTree(data)
    assert all(turn.offenses == () and not turn.harm for turn in turning_points(tree, projects=4))
    assert "adding one is likelier to help than to harm all along" in " ".join(about_the_map(tree))


def test_every_turn_is_listed_where_there_are_several() -> None:
    """Harm only where neither is far ahead."""
    tree = synthetic_tree()
    data = tree["map"].to_dataset()
    offense = data["offense"]
    chance = 0.5 + 0.1 * (1.25 - abs(offense))
    data["takeover_one_more"] = chance.broadcast_like(data["takeover_one_more"])
    tree["map"] = xr.DataTree(data)
    for turn in turning_points(tree, projects=4):
        assert list(turn.offenses) == pytest.approx([-1.25, 1.25])
        assert not turn.harm
    said = " ".join(about_the_map(tree))
    assert "likelier to harm than to help once the log advantage of offence passes −1.2 " in said
    assert "then to help than to harm once the log advantage of offence passes 1.2 " in said
    assert "beyond the last turn" in said


def test_the_best_number_of_projects_has_the_least_takeover() -> None:
    tree = synthetic_tree()
    data = tree["map"].to_dataset()
    here = {"kinship": float(data["kinship_now"])}
    takeover = data["takeover"].sel(here, method="nearest")
    for best in fewest_takeovers(tree):
        column = takeover.sel(offense=best.offense)
        assert best.takeover == float(column.min())
        assert float(column.sel(projects=best.takeover_projects)) == best.takeover
