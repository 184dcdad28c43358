"""What an expert's answers imply, and what they do to the panel, within a fraction of a second.

Every worldview of a cloud is weighted by how well it fits the answers. The weighted worldviews
tell what the expert's other answers imply for one, where two contradict each other, and what the
panel's posterior is with this expert among its experts.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
import xarray as xr

from takeoff.analysis.app.asked import BINS, item
from takeoff.analysis.app.cloud import SHOWN, Cloud
from takeoff.analysis.app.likelihood import Numbers, below, log_likelihood, own_year
from takeoff.analysis.app.weights import Weights, smoothed
from takeoff.analysis.pareto import LARGEST_SHAPE
from takeoff.analysis.summaries import LEVELS, Interval, interval
from takeoff.analysis.weighted import weighted_quantiles

__all__ = ["Answers", "Implied", "Live", "Shift", "Verdict", "View"]

Answers = Mapping[str, Numbers]
Verdict = Literal["fits", "apart", "contradicts"]

_REMEMBERED = 300
"""Answers of which it is remembered what they say of every worldview: half a megabyte each."""

_OUT_OF_REACH = 40.0
"""Logarithm of how much less likely than the likeliest a worldview is that is left out."""

_APART, _CONTRADICTS = 0.05, 0.01
"""Chances, on the nearer side, below which an answer stands apart, and contradicts the others."""


@dataclass(frozen=True)
class Implied:
    """What the other answers imply for one, and how it stands to that.

    Attributes
    ----------
    range
        Of the expert's own belief, as the others have it: a probability, or a year.
    position
        The chance that somebody of these other answers answers less.
    verdict
        What is made of that.
    against
        The question whose answer it stands against most, None when there is no such.
    worth
        Of how many equal worldviews the range is made.
    """

    range: Interval
    position: float
    verdict: Verdict
    against: str | None
    worth: float


@dataclass(frozen=True)
class Shift:
    """An outcome in somebody's view, without the expert's answers and with them."""

    outcome: str
    who: Literal["you", "consensus", "population"]
    before: Interval | None
    after: Interval


@dataclass(frozen=True)
class View:
    """The panel with and without an expert, and how that was worked out.

    Attributes
    ----------
    shifts
        By outcome and whose view.
    k, worth
        Shape of the weights' tail, and how many equal worldviews they are worth.
    refitted
        Whether the draws are of a panel fitted with this expert.
    exact
        Whether they hold these very answers, so that nothing is reweighted.
    takeover_over_projects
        The expert's own takeover averaged over the numbers of projects that they expect.
    """

    shifts: tuple[Shift, ...]
    k: float
    worth: float
    refitted: bool
    exact: bool
    takeover_over_projects: Interval | None

    @property
    def is_reliable(self) -> bool:
        """Whether the weights may be trusted."""
        return self.k <= LARGEST_SHAPE


class Live:
    """A cloud, ready to be weighted again and again."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        data = cloud.data
        self._pairs = data.sizes["draw"] * data.sizes["imagined"]
        self._draw = np.repeat(np.arange(data.sizes["draw"]), data.sizes["imagined"])
        self._camp = np.tile(data["camp"].values.astype(str), data.sizes["draw"])
        self._belief = {
            str(name): data["belief"].sel(question=name).values.ravel()
            for name in data["question"].values
        }
        self._own = {
            name: data["own"].sel(outcome=name).values.ravel() for name in data["outcome"].values
        }
        self._between = {
            name: _around_middle(data["panel"].sel(outcome=name).values) for name in SHOWN
        }
        self._known: dict[tuple[str, str, str], np.ndarray] = {}
        smoothed(np.arange(100.0))  # imports what it takes before anybody waits for it

    def weights(self, answers: Answers, camp: str = "") -> Weights:
        """Weigh every worldview by the answers, less what the draws hold already."""
        return smoothed(self._log_ratios(answers, camp))

    def implied(self, answers: Answers, camp: str = "") -> dict[str, Implied]:
        """Tell for each answer what the others imply, where there are others."""
        names = [name for name in answers if _is_of_worldview(name)]
        if len(names) < 2:
            return {}
        fits = np.stack([self._fit(name, answers[name]) for name in names])
        ratios = self._log_ratios(answers, camp)
        # What no set of all answers but two makes likely has no part in any range.
        least = np.partition(fits, 1, axis=0)[:2].sum(axis=0)
        kept = ratios - least > ratios.max() - _OUT_OF_REACH
        part = _Part(names, answers, fits[:, kept], ratios[kept], np.flatnonzero(kept))
        return {name: self._implied(part, name) for name in names}

    def _implied(self, part: "_Part", question: str) -> Implied:
        weights = part.weights_without(question)
        worth = float(1 / np.sum(weights**2))
        if question not in self._belief:
            years = own_year(self.cloud.data, 0.5)[self._draw[part.pairs]]
            return Implied(_interval(years, weights), 0.5, "fits", None, worth)
        less = self._remembered("below", below, question, part.answers[question])[part.pairs]
        position = _mean(less, weights)
        odds = weighted_quantiles(self._belief[question][part.pairs], weights, LEVELS)
        verdict = _verdict(position)
        against = None if verdict == "fits" else part.most_against(question, less, position)
        range_ = Interval(*(float(1 / (1 + np.exp(-each))) for each in odds))
        return Implied(range_, position, verdict, against, worth)

    def view(self, answers: Answers, before: "Live", camp: str = "") -> View:
        """Show the panel with the expert, beside what it was before in another cloud."""
        weights = self.weights(answers, camp)
        by_draw = np.bincount(self._draw, weights.values)
        shifts = []
        for name in SHOWN:
            own = self._own[name]
            low, high, halved = self._between[name]
            # With one expert more the middle moves between its neighbours.
            joined = np.clip(own, low[self._draw], high[self._draw])
            if halved is not None:
                joined = 0.5 * (joined + halved[self._draw])
            others = self.cloud.data["others"].sel(outcome=name).values
            spread = np.repeat(by_draw / others.shape[1], others.shape[1])
            consensus, population = before.without(name)
            after = (
                _interval(own, weights.values),
                _interval(joined, weights.values),
                _interval(others.ravel(), spread),
            )
            shifts += [
                Shift(name, "you", None, after[0]),
                Shift(name, "consensus", consensus, after[1]),
                Shift(name, "population", population, after[2]),
            ]
        return View(
            shifts=tuple(shifts),
            k=weights.k,
            worth=weights.worth,
            refitted=self.cloud.is_refitted,
            exact=self.cloud.is_refitted and dict(self.cloud.heard) == dict(answers),
            takeover_over_projects=self._over_projects(weights, answers),
        )

    @cache  # noqa: B019 - a cloud lives as long as its process
    def without(self, name: str) -> tuple[Interval, Interval]:
        """Give an outcome's consensus and population as the cloud's panel has them."""
        middle = np.median(self.cloud.data["panel"].sel(outcome=name).values, axis=1)
        return interval(middle), interval(self.cloud.data["others"].sel(outcome=name).values)

    def _log_ratios(self, answers: Answers, camp: str) -> np.ndarray:
        total = self._sum(answers.items()) - self._sum(self.cloud.heard.items())
        if camp and not self.cloud.is_refitted:
            total = np.where(self._camp == camp, total, -np.inf)
        return total

    def _sum(self, answers: Iterable[tuple[str, Numbers]]) -> np.ndarray:
        total = np.zeros(self._pairs)
        for question, numbers in answers:
            total = total + self._fit(question, numbers)
        return total

    def _fit(self, question: str, numbers: Numbers) -> np.ndarray:
        return self._remembered("fit", log_likelihood, question, numbers)

    def _remembered(
        self,
        what: str,
        work_out: Callable[[xr.Dataset, str, Numbers], np.ndarray],
        question: str,
        numbers: Numbers,
    ) -> np.ndarray:
        """Work out what an answer says of every worldview, once."""
        key = (what, question, repr(sorted(numbers.items())))
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            found = self._known[key] = work_out(self.cloud.data, question, numbers)
        return found

    def _over_projects(self, weights: Weights, answers: Answers) -> Interval | None:
        """Average the own takeover over the numbers of projects that are expected."""
        chips = answers.get("projects")
        if chips is None:
            return None
        shares = np.array([chips[name] for name in BINS])
        table = self.cloud.data["own_takeover"].values.reshape(len(BINS), -1)
        mean = (shares[:, None] * table).sum(axis=0) / shares.sum()
        return _interval(mean, weights.values)


@dataclass(frozen=True)
class _Part:
    """The worldviews that have a part in what answers imply for one another.

    Attributes
    ----------
    names, answers
        Questions that were answered, and all answers.
    fits
        Log likelihoods of the answers (question, pair); ratios: of all of them together (pair,).
    pairs
        Which worldviews of the cloud these are.
    """

    names: list[str]
    answers: Answers
    fits: np.ndarray
    ratios: np.ndarray
    pairs: np.ndarray

    def weights_without(self, *left_out: str) -> np.ndarray:
        """Weigh by the other answers, without smoothing: ranges hardly feel the tail."""
        rows = [self.names.index(name) for name in left_out]
        ratios = self.ratios - self.fits[rows].sum(axis=0)
        values = np.exp(ratios - ratios.max())
        return np.asarray(values / values.sum())

    def most_against(self, question: str, less: np.ndarray, position: float) -> str | None:
        """Find the answer without which this one would fit best, if it would fit better."""
        others = [name for name in self.names if name != question]
        if len(others) == 1:
            return others[0]
        found, least = None, 2 * _nearer(position)
        for other in others:
            near = _nearer(_mean(less, self.weights_without(question, other)))
            if near > least:
                found, least = other, near
        return found


def _is_of_worldview(question: str) -> bool:
    """Tell whether an answer says something of a worldview; a number of projects does not."""
    found = item(question)
    return found is not None and found.kind != "chips"


def _interval(values: np.ndarray, weights: np.ndarray) -> Interval:
    return Interval(*weighted_quantiles(values, weights, LEVELS).tolist())


def _mean(values: np.ndarray, weights: np.ndarray) -> float:
    """Give a weighted mean; a product of vectors by BLAS waits for threads on a busy computer."""
    return float(np.sum(values * weights))


def _nearer(position: float) -> float:
    return min(position, 1 - position)


def _verdict(position: float) -> Verdict:
    if _nearer(position) < _CONTRADICTS:
        return "contradicts"
    return "apart" if _nearer(position) < _APART else "fits"


def _around_middle(panel: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Give the ends (draw,) between which one more expert's value moves the median.

    Of an odd number of experts the median becomes the mean of the old one, given third, and of
    that value; of an even number it becomes the value itself, kept between the ends.
    """
    count = panel.shape[1]
    ordered = np.sort(panel, axis=1)
    middle = count // 2
    if count % 2 == 0:
        return ordered[:, middle - 1], ordered[:, middle], None
    if count == 1:
        never = np.full(panel.shape[0], np.inf)
        return -never, never, ordered[:, 0]
    return ordered[:, middle - 1], ordered[:, middle + 1], ordered[:, middle]
