"""How well a panel's posterior predicts a survey that it never saw.

Two things are predicted. Of a *group*, its quantiles, as published or as computed from its
members' answers: in each draw a group is imagined, all of whose members read the question in one
wording, and its quantile taken, so the spread of the prediction holds what is unknown of the world,
of the population and of the wording. Of single *answers*, the distribution over draws and people.

An answer, and a quantile of answers, stands for the interval that it was rounded from
(`takeoff.data.rounding`): rounding keeps order, so a rounded quantile is the quantile, rounded. Log
scores are of that interval, in nats. A group's is taken from its draws by a normal kernel of
Silverman's width; a group is imagined with ``people`` members, whatever its size.
"""

import json
from collections.abc import Iterator

import numpy as np
import pandas as pd
import xarray as xr
from scipy.special import expit, log_ndtr, logsumexp, ndtr

from takeoff.analysis.imagined_answers import imagined_answers
from takeoff.analysis.wording import written
from takeoff.data import Study, rounding_interval
from takeoff.models.interval import FARTHEST
from takeoff.models.priors import prior_set
from takeoff.models.questions import TARGETS
from takeoff.models.special import FloatArray

__all__ = ["CHANCES", "MASSES", "POPULATION", "predict", "summary"]

POPULATION = "population"
CHANCES = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Levels of the quantiles of a prediction."""
MASSES = (0.5, 0.9)
"""Masses of central intervals, of which coverage is computed."""
_LEVELS = (0.25, 0.5, 0.75)
_SAMPLE = 20
"""So many answers to a question are a group of their own."""


def predict(
    tree: xr.DataTree, study: Study, *, people: int = 100, draws: int = 200, seed: int = 1
) -> xr.Dataset:
    """Predict a study's answers before seeing them, and score the prediction against them.

    Parameters
    ----------
    tree
        A fitted panel; the study must not be among those that it was fitted to.
    study
        What to predict: its probabilities, and its groups' quantiles, of outcomes asked for as a
        level or relative to one. What else it holds is left out.
    people, draws
        How many people to imagine, in how many draws.
    seed
        Of all that is drawn.

    Returns
    -------
    xr.Dataset
        Over ``beliefs`` (prior, posterior) and ``who`` (the population, each camp): of each
        ``statement``, a group's quantile with coordinates ``source``, ``question_of`` and
        ``level``, its ``observed`` value, what was ``predicted`` (chance), its ``position`` among
        the draws, and ``log_score``; of each ``question`` with single answers, their ``count``,
        mean ``answer_log_score``, and the share ``covered`` by central intervals (mass). The
        attribute ``summary`` says in sentences how it did.
    """
    told = study.answers.dropna(subset=["value"])
    usable = [
        name
        for name, each in study.questions.items()
        if each.outcome not in TARGETS and each.intervention is None and each.reading != "shift"
    ]
    told = told[told["question"].isin(usable)]
    answers = told[told["kind"] == "probability"]
    statements = _statements(told, answers)
    asked = [study.questions[name] for name in usable if name in set(told["question"])]
    chosen = prior_set(str(tree.attrs["prior_set"]))
    weights = json.loads(tree.attrs["camp_weights"])
    groups = {POPULATION: weights} | {
        camp: {each: float(each == camp) for each in weights} for camp in weights
    }
    scored = [
        xr.concat(
            [
                _scores(
                    imagined_answers(drawn, asked, camps, chosen, people, seed), statements, answers
                )
                for camps in groups.values()
            ],
            xr.DataArray(list(groups), dims="who", name="who"),
        )
        for drawn in (_thinned(tree[name].to_dataset(), draws) for name in ("prior", "posterior"))
    ]
    result = xr.concat(scored, xr.DataArray(["prior", "posterior"], dims="beliefs", name="beliefs"))
    result = result.assign(
        observed=("statement", statements["value"].to_numpy(float)),
        count=("question", [int((answers["question"] == each.name).sum()) for each in asked]),
    ).assign_coords(
        source=("statement", statements["expert"].to_numpy(str)),
        question_of=("statement", statements["question"].to_numpy(str)),
        level=("statement", statements["level"].to_numpy(float)),
    )
    result.attrs["study"] = study.name
    result.attrs["summary"] = json.dumps(summary(result))
    return result


def _statements(told: pd.DataFrame, answers: pd.DataFrame) -> pd.DataFrame:
    """Give the quantiles of groups: published ones, and those of samples of single answers."""
    columns = ["expert", "question", "level", "value"]
    published = told[told["kind"] == "quantile"]
    rows = published[columns].to_dict("records") if len(published) else []
    for question, sample in answers.groupby("question", sort=False)["value"]:
        if len(sample) >= _SAMPLE:
            quantiles = np.quantile(sample, _LEVELS, method="inverted_cdf")
            rows += [
                {"expert": "all", "question": question, "level": level, "value": value}
                for level, value in zip(_LEVELS, quantiles, strict=True)
            ]
    return pd.DataFrame(rows, columns=columns)


def _thinned(draws: xr.Dataset, most: int) -> xr.Dataset:
    flat = draws.stack(sample=("chain", "draw")).reset_index("sample", drop=True)
    every = np.linspace(0, flat.sizes["sample"] - 1, min(most, flat.sizes["sample"])).astype(int)
    return flat.isel(sample=every).rename(sample="draw")


def _scores(people: xr.Dataset, statements: pd.DataFrame, answers: pd.DataFrame) -> xr.Dataset:
    levels = statements["level"].to_numpy(float)
    drawn = np.array(
        [
            np.quantile(people["log_odds"].sel(question=question).values, level, axis=-1)
            for question, level in zip(statements["question"], levels, strict=True)
        ]
    ).reshape(len(statements), people.sizes["draw"])
    lower, upper = _intervals(statements["value"].to_numpy(float))
    width = np.array([_kernel(each) for each in drawn])
    below = [(drawn < each[:, None]).mean(axis=1) for each in (lower, upper)]
    scores = [_log_mass(*each) for each in zip(lower, upper, drawn, width, strict=True)]
    single = [
        _answer_scores(
            people.sel(question=name), answers.loc[answers["question"] == name, "value"].to_numpy()
        )
        for name in people["question"].values
    ]
    return xr.Dataset(
        {
            "predicted": (
                ("statement", "chance"),
                expit(np.quantile(drawn, CHANCES, axis=1).T),
            ),
            "position": ("statement", 0.5 * (below[0] + below[1])),
            "log_score": ("statement", scores),
            "answer_log_score": ("question", [each[0] for each in single]),
            "covered": (("question", "mass"), [each[1:] for each in single]),
        },
        coords={
            "chance": list(CHANCES),
            "mass": list(MASSES),
            "question": people["question"].values,
        },
    )


def _answer_scores(people: xr.Dataset, values: FloatArray) -> list[float]:
    """Give the mean log score of single answers, and the share in central intervals."""
    if not len(values):
        return [np.nan] * (1 + len(MASSES))
    stated, counts = np.unique(values, return_counts=True)
    lower, upper = _intervals(stated)
    center, scale = people["center"].values.ravel(), people["scale"].values.ravel()
    scores = [_log_mass(*each, center, scale) for each in zip(lower, upper, strict=True)]
    below, above = (
        np.array([ndtr((end - center) / scale).mean() for end in each]) for each in (lower, upper)
    )
    columns = [np.array(scores), *(_covered(below, above, mass) for mass in MASSES)]
    return [float(np.average(each, weights=counts)) for each in columns]


def _covered(below: FloatArray, above: FloatArray, mass: float) -> FloatArray:
    """Give the part of each interval of probabilities that lies in the central mass."""
    low, high = (1 - mass) / 2, (1 + mass) / 2
    inside = np.clip(np.minimum(above, high) - np.maximum(below, low), 0, None)
    return np.asarray(inside / np.maximum(above - below, 1e-300))


def _intervals(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Give the log-odds between which stated values lie."""
    ends = np.array([rounding_interval(float(each)) for each in values]).reshape(-1, 2)
    with np.errstate(divide="ignore"):
        odds = np.log(ends) - np.log1p(-ends)
    lower, upper = np.clip(odds, -FARTHEST, FARTHEST).T
    return lower, upper


def _kernel(draws: FloatArray) -> float:
    """Give Silverman's width of a normal kernel."""
    quarters = np.quantile(draws, (0.25, 0.75))
    spread = min(float(draws.std()), float(quarters[1] - quarters[0]) / 1.34)
    return float(0.9 * spread * len(draws) ** -0.2)


def _log_mass(lower: float, upper: float, center: FloatArray, scale: FloatArray | float) -> float:
    """Give the log of the mean mass that normals have between two ends, right in the tails."""
    below, above = (lower - center) / scale, (upper - center) / scale
    right = below + above > 0
    near = log_ndtr(np.where(right, -below, above))
    far = log_ndtr(np.where(right, -above, below))
    return float(logsumexp(near + np.log1p(-np.exp(far - near))) - np.log(len(center)))


def summary(prediction: xr.Dataset) -> list[str]:
    """Say in plain sentences how a prediction did."""
    ours = prediction.sel(beliefs="posterior", who=POPULATION)
    return [*_of_groups(prediction, ours), *_of_answers(prediction, ours)]


def _of_groups(prediction: xr.Dataset, ours: xr.Dataset) -> Iterator[str]:
    count = prediction.sizes["statement"]
    if not count:
        return
    for row in range(count):
        one = ours.isel(statement=row)
        if float(one["level"]) == 0.5:
            low, middle, high = (
                _percent(one["predicted"].sel(chance=each)) for each in (0.05, 0.5, 0.95)
            )
            yield (
                f"{one['question_of'].item()}, median of {one['source'].item()}: predicted "
                f"{middle} per cent ({low} to {high}), observed {_percent(one['observed'])}."
            )
    inside = ((ours["position"] >= CHANCES[0]) & (ours["position"] <= CHANCES[-1])).sum().item()
    yield (
        f"{inside} of {count} quantiles of groups lie in their 90 per cent interval; about "
        f"{0.9 * count:.0f} should, were they independent, which they are not."
    )
    scores = prediction["log_score"].mean("statement")
    after = scores.sel(beliefs="posterior")
    gain = (after - scores.sel(beliefs="prior")).sel(who=POPULATION).item()
    best = after["who"].values[int(after.values.argmax())]
    yield (
        f"What was learned changes their mean log score by {written(gain, '+.2f')} against the "
        f"prior; {best} predicts them best."
    )


def _of_answers(prediction: xr.Dataset, ours: xr.Dataset) -> Iterator[str]:
    count = prediction["count"]
    if not count.sum():
        return
    asked = count > 0
    middle, wide = (
        ours["covered"].sel(mass=each).where(asked).weighted(count).mean().item() for each in MASSES
    )
    least = ours["covered"].sel(mass=MASSES[-1]).where(asked, 2).idxmin().item()
    fewest = ours["covered"].sel(mass=MASSES[-1], question=least).item()
    scores = prediction["answer_log_score"].sel(who=POPULATION).where(asked)
    mean = scores.weighted(count).mean("question")
    gain = (mean.sel(beliefs="posterior") - mean.sel(beliefs="prior")).item()
    yield (
        f"Of {count.sum().item()} single answers {100 * middle:.0f} per cent lie in the middle "
        f"half of their distribution and {100 * wide:.0f} per cent in the middle 90 per cent, "
        f"fewest of {least} ({100 * fewest:.0f}); what was learned changes their mean log score "
        f"by {written(gain, '+.2f')} against the prior."
    )


def _percent(probability: xr.DataArray) -> str:
    return f"{100 * probability.item():.2g}"
