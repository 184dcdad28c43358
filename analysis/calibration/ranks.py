"""Where the truth lies among draws, for hundreds of simulated people and without a sampler.

Many worlds are drawn from the prior of a panel of one. Some of the draws are people: each states
what that worldview leads to (``voice``, ``statements``). To all people every draw is a candidate
for what they hold, and theirs is one of them; given what was stated, candidate d is the one with
probability::

    w_d = L_d / Σ L        L_d: the likelihood of what was stated, by the model that is fitted

So the weight of all candidates whose quantity lies below the truth's, and a random share of those
who tie with it, the truth among them, is uniform, for every quantity, that of the data included
(Modrák et al. 2023, doi:10.1214/23-BA1404). This is exact for any number of draws: few of them
cost power, not truth, as nothing is approximated by the weights. Ranks of people are independent
but for being drawn without being put back, by which they scatter less, by the factor
√(1 − people/draws).

Not seen so is what people and candidates share: the prior, and the outcomes of a world.
"""

import re
from dataclasses import dataclass

import numpy as np
import pymc as pm
import xarray as xr
from scipy import stats

from takeoff.analysis.calibration.kinds import KINDS_OF_ANSWER, MEANINGS, KindOfAnswer
from takeoff.analysis.calibration.statements import judgments_of
from takeoff.analysis.calibration.voice import (
    NEW,
    Silent,
    Simulated,
    asked_outcomes,
    outcome_names,
)
from takeoff.analysis.derived import log_likelihood
from takeoff.analysis.fit import simulate_prior
from takeoff.models.panel import Panel, panel_model
from takeoff.models.priors import PriorSet
from takeoff.models.questions import SEED, Judgments
from takeoff.models.special import FloatArray

__all__ = ["Calibration", "People", "calibrated", "people_of_prior", "ranked"]

_OF_EVERY_KIND = ("margin", "offense", "worldview", "disagreement", "offset", "noise", "care")
_NEVER = 10**9
"""People so many are a crowd: nobody, as each has a worldview here."""
_PIECE = 2000
"""Draws whose likelihoods are held at a time."""
_OF_ANSWERS, _OF_TIES = 1, 2
"""Streams of random numbers: were they one, how ties are broken would know of what was said."""


@dataclass(frozen=True)
class People:
    """Draws of the prior, the first of which are people.

    Attributes
    ----------
    draws
        Of a panel of one who is asked everything (chain, draw, ...).
    count
        How many are people.
    outcomes
        What the questions ask for, of each draw (draw,).
    finely
        The same of people, with finer nodes (person,).
    chosen
        Prior set.
    """

    draws: xr.Dataset
    count: int
    outcomes: dict[str, FloatArray]
    finely: dict[str, FloatArray]
    chosen: PriorSet

    def say(self, kind: KindOfAnswer, seed: int) -> Judgments:
        """Let all answer in one kind, and give their answers as those of one panel."""
        biased = any(each.outcome == SEED for each in kind.questions)
        persons = self.draws.isel(draw=slice(self.count))
        random = np.random.default_rng([seed, _OF_ANSWERS, *kind.name.encode()])
        voice = Simulated(persons, self.finely, random, biased=biased)
        names = [f"{NEW}{row}" for row in range(self.count)]
        return judgments_of(kind.questions, kind.say(voice), names, MEANINGS)


@dataclass(frozen=True)
class Calibration:
    """Ranks of the truth.

    Attributes
    ----------
    ranks
        By quantity, each (person,) or (panel,), between 0 and 1.
    worth
        As how many independent draws those count that they are ranked among (person,).
    """

    ranks: dict[str, FloatArray]
    worth: FloatArray

    def least(self) -> tuple[str, float]:
        """Give the quantity that is least uniform, and its p after Bonferroni's correction.

        By Kolmogorov and Smirnov's test.
        """
        chances = {
            name: float(stats.kstest(each, "uniform").pvalue) for name, each in self.ranks.items()
        }
        name = min(chances, key=lambda each: chances[each])
        return name, min(1.0, len(chances) * chances[name])


def people_of_prior(chosen: PriorSet, *, people: int, draws: int, seed: int) -> People:
    """Draw from a prior set as many worlds as given, and take the first of them for people."""
    kinds = KINDS_OF_ANSWER.values()
    questions = list({each.name: each for kind in kinds for each in kind.questions}.values())
    # Forms share questions; a quantile that were asked twice would be no distance from itself.
    form = {
        tuple(str(each.get(name)) for name in ("question", "kind", "level", "project")): each
        for kind in kinds
        for each in kind.say(Silent())
    }
    everything = judgments_of(questions, list(form.values()), [NEW], MEANINGS)
    drawn = simulate_prior(panel_model(everything, chosen, many=_NEVER), draws, seed)
    names = outcome_names(questions)
    return People(
        drawn,
        people,
        asked_outcomes(drawn, names, "fit"),
        asked_outcomes(drawn.isel(draw=slice(people)), names, "report"),
        chosen,
    )


def calibrated(people: People, kind: KindOfAnswer, seed: int) -> Calibration:
    """Let people answer in one kind, and rank the truth of each among the draws.

    Parameters
    ----------
    people
        Of `people_of_prior`.
    kind
        What they are asked.
    seed
        Of what they say, and of how ties are broken.
    """
    return ranked(people, kind, people.say(kind, seed), people.draws, seed)


def ranked(
    people: People, kind: KindOfAnswer, read: Judgments, told: xr.Dataset, seed: int
) -> Calibration:
    """Rank the truth of each person; as in `calibrated`.

    Parameters
    ----------
    people, kind, seed
        Who answered, in which kind; and the seed of how ties are broken.
    read
        What the model is told that they said.
    told
        What it is told of the draws (chain, draw, ...).
    """
    panel = panel_model(read, people.chosen, many=_NEVER)
    pieces = [
        _by_person(told.isel(draw=slice(begin, begin + _PIECE)), panel)
        for begin in range(0, told.sizes["draw"], _PIECE)
    ]
    likelihood = np.concatenate(pieces)
    weights = np.exp(likelihood - likelihood.max(axis=0))
    weights /= weights.sum(axis=0)
    random = np.random.default_rng([seed, _OF_TIES])
    values = {f"P({name})": people.outcomes[name] for name in outcome_names(kind.questions)}
    for name in (*_OF_EVERY_KIND, *kind.told_of):
        values |= _elements(people.draws[name], panel.model)
    found = {name: _rank(each[:, None], weights, random) for name, each in values.items()}
    found["log likelihood"] = _rank(likelihood, weights, random)
    return Calibration(found, 1 / (weights**2).sum(axis=0))


def _by_person(draws: xr.Dataset, panel: Panel) -> FloatArray:
    """Compute the log likelihood of all that each person said, under each draw (draw, person)."""
    own = {each.name: _of_all(draws[each.name], panel.model) for each in panel.model.free_RVs}
    by_answer = log_likelihood(xr.Dataset(own), panel)["log_odds"].values[0]
    answers = panel.judgments.answers
    number = {name: row for row, name in enumerate(answers["expert"].values.tolist())}
    person = np.array([number[each] for each in answers["expert_name"].values.tolist()])
    total = np.zeros((len(number), len(by_answer)))
    np.add.at(total, person, by_answer.T)
    if np.isnan(total).any():
        raise FloatingPointError("the likelihood of a simulated answer is not a number")
    return total.T


def _of_all(one: xr.DataArray, model: pm.Model) -> xr.DataArray:
    """Give each person of a panel what a draw of a panel of one has."""
    for dim in one.dims:
        if dim not in ("chain", "draw"):
            labels = [str(each) for each in model.coords[str(dim)] or ()]
            own = [_impersonal(each) for each in labels]
            index = one.indexes[dim].astype(str).get_indexer(own)
            assert (index >= 0).all()
            one = one.isel({dim: index}).assign_coords({dim: labels})
    return one


def _impersonal(label: str) -> str:
    return re.sub(rf"{NEW}\d+", NEW, label)


def _elements(values: xr.DataArray, model: pm.Model) -> dict[str, FloatArray]:
    """Give each element that a panel has of a variable (draw,)."""
    one = values.isel(chain=0)
    for dim in one.dims[1:]:
        own = {_impersonal(str(each)) for each in model.coords[str(dim)] or ()}
        one = one.isel({dim: [str(each) in own for each in one.indexes[dim].tolist()]})
    if one.ndim == 1:
        return {str(values.name): one.values}
    flat = one.stack(element=one.dims[1:])
    return {
        f"{values.name} of {', '.join(map(str, labels))}": flat.values[:, row]
        for row, labels in enumerate(flat.indexes["element"])
    }


def _rank(values: FloatArray, weights: FloatArray, random: np.random.Generator) -> FloatArray:
    """Give the weight below the truth, and a random share of that which ties with it (person,).

    ``values`` are (draw, person), or (draw, 1) where they are the same to all.
    """
    people = np.arange(weights.shape[1])
    truth = values[people, people if values.shape[1] > 1 else 0]
    below = np.einsum("dp,dp->p", values < truth, weights)
    tied = np.einsum("dp,dp->p", values == truth, weights)
    return below + random.uniform(size=len(people)) * tied
