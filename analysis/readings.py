"""How answers of each kind were read, and what was assumed, in sentences."""

from collections import defaultdict

import numpy as np
import xarray as xr

from takeoff.analysis.record import Record
from takeoff.analysis.wording import counted, listed, written
from takeoff.data.phrases import LIKE
from takeoff.models.answers.places import UNSTATED
from takeoff.models.answers.projects_stated import distribution_of_projects
from takeoff.models.questions import PROJECTS

__all__ = ["about_bias", "about_efforts", "about_kinds", "about_projects_stated"]


def about_kinds(tree: xr.DataTree) -> list[str]:
    """Say how answers that are not probabilities were read."""
    observed = tree["observed"].to_dataset()
    kinds = observed["kind"].values.tolist() if "kind" in observed else []
    said = []
    if "verbal" in kinds:
        words = sorted({each for each in observed["phrase"].values.tolist() if each})
        said.append(
            f"{counted(kinds.count('verbal'), 'answer')} in words ({listed(words)}): each phrase "
            "stands for what 5,174 readers take it to mean, as a distribution."
        )
        like = [each for each in words if each.lower() in LIKE]
        if like:
            pairs = listed([f"“{each}” as “{LIKE[each.lower()]}”" for each in like])
            said.append(
                f"No reader was asked about some; they are read, with more spread: {pairs}."
            )
    if "quantile" in kinds:
        said.append(
            f"{counted(kinds.count('quantile'), 'quantile')}: the middle tells of the worldview, "
            "the gaps of a spread of their own."
        )
    if "interval" in kinds:
        said.append(
            f"{counted(kinds.count('interval'), 'interval')}: the wider a range, the less its "
            f"answer binds; a range without a confidence is taken to hold "
            f"{100 * UNSTATED:.0f} per cent."
        )
    if "round" in observed and (observed["round"].values > 1).any():
        said.append("Where experts answered twice, their last round is used.")
    return said


def about_bias(tree: xr.DataTree) -> str:
    """Say what is known, or was assumed, of experts' bias."""
    posterior = tree["posterior"].to_dataset()
    if "bias" in posterior:
        seeded = counted(posterior.sizes["seeded"], "expert")
        return (
            f"Bias is learned of {seeded} from seed questions; all others, if there are any, are "
            "taken at their word."
        )
    return (
        "Nothing in these answers can tell an expert's bias from a belief, for no question has a "
        "known answer: experts are taken at their word."
    )


def about_efforts(tree: xr.DataTree) -> list[str]:
    """Say what grades tell of the safety effort of named projects."""
    posterior = tree["posterior"].to_dataset()
    if "effort" not in posterior:
        return []
    effort = posterior["effort"]
    low, middle, high = (
        effort.quantile(level, ("chain", "draw"), skipna=False) for level in (0.05, 0.5, 0.95)
    )
    each = [
        f"{name} {written(float(middle[row]), '+.2f')} "
        f"({written(float(low[row]), '+.2f')} to {written(float(high[row]), '+.2f')})"
        for row, name in enumerate(effort["named_project"].values.tolist())
    ]
    return [
        "Safety effort of named projects, in probits of margin against the mean of those graded: "
        f"{listed(each)}. Grades tell how projects differ; they move no answer above."
    ]


def about_projects_stated(tree: xr.DataTree, record: Record) -> list[str]:
    """Say how many projects the panel expects."""
    asked = {each.name for each in record.questions if each.outcome == PROJECTS}
    observed = tree["observed"].to_dataset()
    stated: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for row in np.flatnonzero(np.isin(observed["question"].values, list(asked))).tolist():
        one = {name: observed[name].values[row] for name in ("value", "level", "lowest", "highest")}
        who, confidence = (
            str(observed["expert_name"].values[row]),
            observed["confidence"].values[row],
        )
        half = (UNSTATED if np.isnan(confidence) else float(confidence)) / 2
        interval = observed["kind"].values[row] == "interval"
        pairs = (
            [(0.5 - half, one["lowest"]), (0.5, one["value"]), (0.5 + half, one["highest"])]
            if interval
            else [(one["level"], one["value"])]
        )
        stated[who] += [(float(level), float(n)) for level, n in pairs if not np.isnan(n)]
    if not stated:
        return []
    chances = distribution_of_projects(stated)
    shares = [f"{number}: {100 * each:.0f}%" for number, each in enumerate(chances, start=1)]
    shares[-1] = shares[-1].replace(":", " or more:")
    return [
        f"{counted(len(stated), 'expert')} said how many projects there will be "
        f"({', '.join(shares)}). A scenario sets that number, so it informs no parameter: "
        "compare the scenarios, or mix them by these shares."
    ]
