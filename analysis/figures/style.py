"""What the figures share: colours that colour-blind readers can tell apart, sizes, axes."""

import math
import re
import warnings
from collections.abc import Callable, Sequence
from functools import wraps
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np

from takeoff.analysis.wording import probability

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "CONSENSUS",
    "INK",
    "PAGE",
    "PHONE",
    "POPULATION",
    "PRIOR",
    "brief",
    "camp_colors",
    "grid_of",
    "log_odds",
    "odds_axis",
    "styled",
    "svg",
    "whisker",
]

PAGE = 9.6
"""Width of a figure on a page, in inches."""

PHONE = 4.4
"""Width of a figure on a phone, in inches."""

INK = "#222222"
CONSENSUS = "#222222"
POPULATION = "#7a7a7a"
PRIOR = "#c4c4c4"
NO_CAMP = "#6b6b6b"

# Okabe and Ito's palette, which is safe for colour-blind readers, in an order of contrast.
_CAMPS = ("#d55e00", "#0072b2", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")

_SETTINGS: Any = {
    "font.size": 9.5,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#888888",
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": "#555555",
    "ytick.color": "#555555",
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "figure.constrained_layout.use": True,
    "svg.fonttype": "path",  # the reader's fonts are unknown: letters are drawn
    "svg.hashsalt": "takeoff",  # the same numbers make the same file
    "hatch.linewidth": 0.6,
    "text.parse_math": False,  # a name may hold a dollar sign
}

_LONGEST = 26
_PLACES = re.compile(rb' d="[^"]*"|translate\([^)]*\)')
_BETWEEN = re.compile(rb">\s+<")
_DECIMALS = re.compile(rb"(\.\d\d)\d+")  # a hundredth of a point is finer than any screen
_ODDS_TICKS = (1e-12, 1e-9, 1e-7, 1e-5, 1e-3, 0.01, 0.1, 0.5, 0.9, 0.99)


def styled[**P](draw: "Callable[P, Figure]") -> "Callable[P, Figure]":
    """Draw in the report's style, whatever the settings of the session."""

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> "Figure":
        import matplotlib as mpl

        with mpl.rc_context(_SETTINGS):
            return draw(*args, **kwargs)

    return drawn


def svg(figure: "Figure") -> bytes:
    """Render a figure as SVG that needs no font and no other file."""
    import matplotlib as mpl

    stream = BytesIO()
    with mpl.rc_context(_SETTINGS), warnings.catch_warnings():
        # A name in a script that the font lacks is drawn as boxes; the page's tables have it.
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    return _BETWEEN.sub(b"><", _PLACES.sub(_shortened, stream.getvalue()))


def camp_colors(camps: Sequence[str]) -> dict[str, str]:
    """Give each camp its colour, the same everywhere; "" is the colour of those without a camp."""
    return {"": NO_CAMP, **{name: _CAMPS[row % len(_CAMPS)] for row, name in enumerate(camps)}}


def brief(name: str, longest: int = _LONGEST) -> str:
    """Cut a name to what fits beside a row."""
    return name if len(name) <= longest else f"{name[: longest - 1]}…"


def grid_of(
    count: int, width: float, row_height: float, most: int = 3, narrow: int = 1
) -> "tuple[Figure, list[Axes]]":
    """Make a figure of panels: ``most`` a row on a page, ``narrow`` on a phone."""
    from matplotlib.figure import Figure

    columns = min(count, most if width >= PAGE else narrow)
    rows = math.ceil(count / columns)
    figure = Figure(figsize=(width, rows * row_height))
    axes = figure.subplots(rows, columns, squeeze=False)
    panels: list[Axes] = list(axes.ravel())
    for unused in panels[count:]:
        unused.set_axis_off()
    return figure, panels[:count]


def log_odds(values: Any) -> Any:
    """Carry probabilities to log-odds, those beyond 1e-15 of certainty to its edge."""
    inside = np.clip(np.asarray(values, float), 1e-15, 1 - 1e-15)
    return np.log(inside) - np.log1p(-inside)


def odds_axis(axes: "Axes", lowest: float, highest: float) -> None:
    """Lay probabilities out in log-odds along x, between two probabilities."""
    left, right = float(log_odds(lowest)), float(log_odds(highest))
    axes.set_xlim(left, right)
    ticks = [each for each in _ODDS_TICKS if left <= log_odds(each) <= right]
    axes.set_xticks(
        log_odds(ticks), [probability(each) for each in ticks], rotation=35, ha="right", fontsize=8
    )
    axes.set_xticks([], minor=True)


def whisker(
    axes: "Axes",
    y: float,
    interval: Any,
    color: str,
    prior: Any = None,
    scale: Callable[[Any], Any] = np.asarray,
) -> None:
    """Draw a median with its interval, over the prior's as a grey band."""
    if prior is not None and not math.isnan(prior.median):
        low, middle, high = scale([prior.lower, prior.median, prior.upper])
        axes.plot([low, high], [y, y], color=PRIOR, lw=7, solid_capstyle="butt", zorder=1)
        axes.plot([middle, middle], [y - 0.22, y + 0.22], color="white", lw=1.5, zorder=2)
    if math.isnan(interval.median):
        return
    low, middle, high = scale([interval.lower, interval.median, interval.upper])
    axes.plot([low, high], [y, y], color=color, lw=2, solid_capstyle="butt", zorder=3)
    axes.plot([middle], [y], "o", color=color, ms=5.5, zorder=4)


def _shortened(place: re.Match[bytes]) -> bytes:
    return _DECIMALS.sub(rb"\1", place[0])
