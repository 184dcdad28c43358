"""Time what a survey of many people costs, and how the cost grows with them.

Run with ``uv run python -m benchmarks.crowd``; with ``--fit`` ESPAI's people are fitted too, and as
a study of their own so many simulated people as ``--people`` says; with ``--both`` a dozen of
ESPAI's in both ways: told apart, and as a crowd.

For gradients simulated people answer ESPAI's questions: a level each, normal in log-odds with the
spread of ESPAI's answers, noise, and rounding to 5 or to 1 per cent, or 1 significant digit below.
What counts there is how many patterns of answers there are, not what they imply. For a whole fit
they are new people of one draw of ESPAI's posterior, whose answers are rounded likewise.
"""

import argparse
import csv
import resource
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import xarray as xr

from benchmarks.timing import seconds
from takeoff.analysis.crowd_answers import crowd_answers
from takeoff.analysis.fit import fit, sample_panel
from takeoff.data import join, load_study
from takeoff.data.rounding import rounding_interval
from takeoff.data.shipped import study_folder
from takeoff.models.panel import panel_model
from takeoff.models.parameters import PARAMETER_NAMES
from takeoff.models.priors import prior_set
from takeoff.models.questions import Judgments

SIZES = (200, 2_000, 20_000)
QUESTIONS = ("extinction_all", "extinction_100", "extinction_control")
BOTH = 20


def simulated(survey: Judgments, people: int, seed: int = 1) -> Judgments:
    """Give a survey of simulated people, two answers each."""
    random = np.random.default_rng(seed)
    level = random.normal(-3.0, 2.0, people)
    names = [f"simulated {each}" for each in range(people)]
    other = random.choice(QUESTIONS, people)
    asked = np.array([("extremely_bad", each) for each in other]).ravel()
    stated = np.repeat(level, 2) + random.normal(0, 0.8, 2 * people)
    return _surveyed(survey, np.repeat(names, 2), asked, stated, random)


def new_people(survey: Judgments, tree: xr.DataTree, people: int, seed: int = 1) -> Judgments:
    """Give a survey of new people, asked as those of a survey were, as its posterior has them."""
    random = np.random.default_rng(seed)
    panel = panel_model(survey, prior_set("neutral"))
    (said,) = crowd_answers(tree["posterior"].to_dataset().isel(chain=[0], draw=[0]), panel, survey)
    asked = survey.answers["question"].values[said.answer]
    times = -(-people // len(said.crowd.people))
    stated = [said.repeated(random, same=False)[0] for _ in range(times)]
    number = np.concatenate([said.person + len(said.crowd.people) * each for each in range(times)])
    kept = number < people
    names = np.array([f"simulated {each}" for each in number[kept]])
    return _surveyed(
        survey, names, np.tile(asked, times)[kept], np.concatenate(stated)[kept], random
    )


def _surveyed(
    survey: Judgments,
    who: np.ndarray,
    asked: np.ndarray,
    stated: np.ndarray,
    random: np.random.Generator,
) -> Judgments:
    """Give a survey of what was said in log-odds, rounded."""
    values = [_rounded(1 / (1 + np.exp(-each)), random) for each in stated]
    intervals = [rounding_interval(each) for each in values]
    names = list(dict.fromkeys(who.tolist()))
    size, people = len(who), len(names)
    like = survey.answers.isel(answer=np.zeros(size, int), expert=np.zeros(people, int))
    answers = like.assign(
        expert_name=("answer", who),
        question=("answer", asked),
        value=("answer", values),
        lower=("answer", [each.lower for each in intervals]),
        upper=("answer", [each.upper for each in intervals]),
    ).assign_coords(expert=names)
    return replace(survey, answers=answers)


def _rounded(probability: float, random: np.random.Generator) -> float:
    if probability < 0.005:
        return 0.0 if random.random() < 0.8 else float(f"{probability:.0e}")
    coarse = 0.05 if random.random() < 0.8 and probability > 0.025 else 0.01
    return round(round(probability / coarse) * coarse, 4)


def written(judgments: Judgments, folder: Path) -> Path:
    """Write simulated people as a study, with ESPAI's questions."""
    folder.mkdir()
    (folder / "study.toml").write_text((study_folder("espai_2023") / "study.toml").read_text())
    (camp,) = judgments.camp_weights
    columns = [judgments.answers[name].values for name in ("expert_name", "question", "value")]
    with (folder / "answers.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["expert", "camp", "question", "kind", "value", "baseline"])
        for who, asked, value in zip(*columns, strict=True):
            writer.writerow([who, camp, asked, "probability", f"{value:g}", ""])
    return folder


def fitted(studies: Sequence[str], people: int) -> xr.DataTree:
    """Fit studies, and print what it took and whether chains agree."""
    start, busy = time.perf_counter(), time.process_time()
    tree = fit(studies)
    print(f"fit of {people}: {time.perf_counter() - start:.0f} s", end="")
    print(f", processor {time.process_time() - busy:.0f} s", end="")
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    memory = max(resource.getrusage(each).ru_maxrss for each in whose) / 2**20
    print(f", memory {memory:.1f} GB in the largest process")
    print(tree.attrs["problems"], flush=True)
    return tree


def gradient(judgments: Judgments) -> tuple[int, float, float]:
    """Give the number of patterns, seconds to build the model, and seconds of a gradient."""
    start = time.perf_counter()
    panel = panel_model(judgments, prior_set("neutral"))
    coordinates = panel.coordinates()
    model, density = coordinates.model, coordinates.program().density()
    point = model.initial_point(0)
    built = time.perf_counter() - start
    flat = np.concatenate([np.ravel(point[each.name]) for each in model.value_vars])
    patterns = sum(len(each.patterns) for each in panel.crowds)
    return patterns, built, seconds(lambda: density(flat))


def compare(survey: Judgments) -> None:
    """Fit the first people of a survey in both ways, and print how far centres differ."""
    kept = survey.answers["expert"].values[:BOTH]
    own = np.flatnonzero(np.isin(survey.answers["expert_name"].values, kept))
    few = replace(survey, answers=survey.answers.isel(answer=own, expert=slice(0, BOTH)))
    fitted = []
    for many in (BOTH + 1, BOTH):
        panel = panel_model(few, prior_set("neutral"), many=many)
        posterior, _ = sample_panel(panel, seed=1, draws=500, tune=300, chains=2)
        fitted.append(posterior)
    names = [*(each for each in PARAMETER_NAMES), "disagreement", "noise", "offset"]
    print(f"{BOTH} people, told apart and as a crowd of {BOTH - 5}: differences of means")
    worst = []
    for name in names:
        means = [each[name].mean(("chain", "draw")) for each in fitted]
        errors = [_error(each[name]) for each in fitted]
        score = abs(means[0] - means[1]) / (errors[0] ** 2 + errors[1] ** 2) ** 0.5
        worst.append((float(score.max()), name))
    for score, name in sorted(worst, reverse=True)[:5]:
        print(f"  {name:24} {score:5.1f} Monte Carlo standard errors")


def _error(draws: xr.DataArray) -> xr.DataArray:
    from arviz_stats.sampling_diagnostics import mcse

    return mcse(draws.to_dataset(name="x"))["x"]


def main() -> None:
    """Print the timings."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--people", type=int, default=SIZES[-1])
    parser.add_argument("--both", action="store_true")
    chosen = parser.parse_args()
    survey = join([load_study("espai_2023")])
    people = survey.answers.sizes["expert"]
    print("people  patterns  model built   gradient")
    for name, judgments in [
        *((f"{size:6}", simulated(survey, size)) for size in SIZES),
        (f"{people:6}", survey),
    ]:
        patterns, built, each = gradient(judgments)
        print(f"{name}  {patterns:8}  {built:9.1f} s  {1e3 * each:6.2f} ms")
    if chosen.both:
        compare(survey)
    if chosen.fit:
        tree = fitted(["espai_2023"], people)
        with tempfile.TemporaryDirectory() as folder:
            new = new_people(survey, tree, chosen.people)
            fitted([str(written(new, Path(folder) / "simulated"))], chosen.people)


if __name__ == "__main__":
    main()
