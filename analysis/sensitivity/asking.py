"""Which question to ask next, and whom: the value of answers that nobody has given yet.

In every draw of the posterior answers are simulated (`takeoff.analysis.sensitivity.answers`) and
summarized: each answer where there are up to three, and otherwise their median, their spread and
the mean of each camp. What the summary is worth is a regression on it (EVSI by Strong, Oakley,
Brennan and Breeze 2015). A summary keeps less than the answers themselves, so values err low.

Those who may be asked: the panel's experts, all, by camp or one by one, what they have not been
asked before (asked again, they would only repeat themselves); and new experts, of the population or
of a camp, what the panel was asked and what nobody was. A panel with a crowd is not asked again:
its people are thousands, and what they would say is what a hundred new ones would.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr
from threadpoolctl import threadpool_limits

from takeoff.analysis.sensitivity.respondents import Panel, Simulation
from takeoff.analysis.sensitivity.value import Worth, worth_of_both
from takeoff.models.questions import Question
from takeoff.models.special import FloatArray

__all__ = ["NUMBERS", "asking"]

NUMBERS = (1, 5, 20, 100)
"""How many new experts may be asked."""


def asking(
    posterior: xr.Dataset,
    panel: Panel,
    questions: Mapping[str, Question],
    estimates: xr.DataArray,
    benefits: xr.DataArray,
    numbers: Sequence[int] = NUMBERS,
    seed: int = 0,
) -> xr.Dataset:
    """Compute what each question is worth, by whom it is put to and how many they are.

    Parameters
    ----------
    posterior
        Draws of a fitted panel with everybody's voice (`voices`).
    panel
        Whom it consists of.
    questions
        Questions that nobody was asked, by name; those that the panel answered stand in ``panel``.
    estimates, benefits
        As `takeoff.analysis.sensitivity.knowing.knowing` takes them, of the same draws.
    numbers
        How many new experts may be asked.
    seed
        Of the simulated answers.

    Returns
    -------
    xr.Dataset
        ``of_estimate`` (question, people, view), the share of the variance of the log-odds of
        catastrophe that answers are expected to remove, and ``of_choice`` (question, people), EVSI
        in points of the probability of catastrophe; both with ``..._error``, standard errors; NaN
        where a question is not for those people. Over ``people``: ``number``, how many; ``kind``,
        ``panel``, ``camp``, ``expert`` or ``new``; ``camp``, theirs, "" if of several or none. Over
        ``question``: ``asked_before``, by the panel, and ``text``.
    """
    targets, options = (
        each.transpose("chain", "draw", dim).values.reshape(-1, each.sizes[dim])
        for each, dim in ((estimates, "view"), (benefits, "plan"))
    )
    every = {**panel.asked, **questions}
    simulated = Simulation(posterior, panel, every, np.random.default_rng(seed))
    members = [] if "weight" in posterior.coords else simulated.members(list(questions))
    groups = [*members, *simulated.newcomers(numbers)]
    shape = (len(every), len(groups))
    estimate = np.full((2, *shape, targets.shape[1]), np.nan)
    choice = np.full((2, *shape), np.nan)
    with threadpool_limits(1, "blas"):  # matrices this small lose more than half to a second one
        for column, group in enumerate(groups):
            for row, name in enumerate(every):
                if name in group.asked:
                    features = group.asked[name].summary()
                    estimated, chosen = worth_of_both(features, targets, options, seed)
                    estimate[:, row, column] = _pair(estimated)
                    choice[:, row, column] = _pair(chosen)
    dims = ("question", "people")
    return xr.Dataset(
        {
            "of_estimate": ((*dims, "view"), estimate[0]),
            "of_estimate_error": ((*dims, "view"), estimate[1]),
            "of_choice": (dims, choice[0]),
            "of_choice_error": (dims, choice[1]),
        },
        coords={
            "question": list(every),
            "people": [each.name for each in groups],
            "view": estimates["view"].values,
            "asked_before": ("question", [name in panel.asked for name in every]),
            "text": ("question", [each.text for each in every.values()]),
            "kind": ("people", [each.kind for each in groups]),
            "camp": ("people", [each.camp for each in groups]),
            "number": ("people", [each.number for each in groups]),
        },
    )


def _pair(worth: Worth) -> FloatArray:
    return np.stack([worth.value, worth.error])
