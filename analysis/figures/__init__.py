"""The report's figures: each a function from a fitted panel to a matplotlib figure.

Every function takes the width of the figure in inches, and stacks its panels when there is no
room to set them side by side; matplotlib is imported when one is called.
"""

from takeoff.analysis.figures.checks import checks_figure
from takeoff.analysis.figures.convergence import convergence_figure
from takeoff.analysis.figures.experts import experts_figure, worldviews_figure
from takeoff.analysis.figures.learned import jacobian_figure, outcomes_figure, parameters_figure
from takeoff.analysis.figures.likeness import likeness_figure
from takeoff.analysis.figures.map import map_figure
from takeoff.analysis.figures.roads import roads_figure
from takeoff.analysis.figures.style import PAGE, PHONE
from takeoff.analysis.figures.turning import turning_figure

__all__ = [
    "PAGE",
    "PHONE",
    "checks_figure",
    "convergence_figure",
    "experts_figure",
    "jacobian_figure",
    "likeness_figure",
    "map_figure",
    "outcomes_figure",
    "parameters_figure",
    "roads_figure",
    "turning_figure",
    "worldviews_figure",
]
