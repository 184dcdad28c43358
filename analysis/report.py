"""The report: a fitted panel as one page that opens offline, for who has not read the code."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import xarray as xr

from takeoff.analysis.answers_page import answers_context
from takeoff.analysis.captions import captions
from takeoff.analysis.claims import claim_lines
from takeoff.analysis.diagnostics import diagnose
from takeoff.analysis.evidence.page import evidence_page
from takeoff.analysis.figures.likeness import PARTS, likeness_of
from takeoff.analysis.glossary import WORDS, meaning
from takeoff.analysis.map_sentences import (
    about_kinship_share,
    about_projects,
    about_standing,
    about_the_map,
)
from takeoff.analysis.movement import KEPT_WIDTH, SMALL_STEP, learned, movements
from takeoff.analysis.page import (
    best_numbers,
    cards,
    lines_of,
    scenario_names,
    scenario_rows,
    together,
)
from takeoff.analysis.policies_page import policies_page
from takeoff.analysis.readings import (
    about_bias,
    about_efforts,
    about_kinds,
    about_projects_stated,
)
from takeoff.analysis.record import read_record
from takeoff.analysis.report_figures import pictures
from takeoff.analysis.report_sections import sections_of
from takeoff.analysis.sentences import (
    about_catastrophe,
    about_convergence,
    about_likeness,
    about_panel,
    about_the_prior,
)
from takeoff.analysis.summaries import INTERVAL, ROADS, interval
from takeoff.analysis.switch import switch_of
from takeoff.analysis.views import camp_names, experts_in_order
from takeoff.analysis.wording import (
    counted,
    plain_name,
    probability,
    quantity,
    ratio,
    span,
    written,
)
from takeoff.models.outcomes import OUTCOMES
from takeoff.models.parameters import PARAMETERS, parameter
from takeoff.models.priors import prior_set
from takeoff.models.scenario import Scenario

if TYPE_CHECKING:
    import jinja2

__all__ = ["NAME", "environment", "render_report", "write_report"]

NAME = "report.html"

_TEMPLATES = Path(__file__).parent / "templates"


def write_report(tree: xr.DataTree, folder: Path) -> Path:
    """Write the report of a fitted panel.

    It is written beside its place and renamed, so that there is never half a report.

    Parameters
    ----------
    tree
        A fitted panel.
    folder
        Where to write; made if it is not there.

    Returns
    -------
    Path
        The page: ``report.html`` in the folder.
    """
    text = render_report(tree)
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / NAME
    draft = folder / f".{NAME}.{os.getpid()}"
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(place)
    finally:
        draft.unlink(missing_ok=True)
    return place


def render_report(tree: xr.DataTree) -> str:
    """Render the report of a fitted panel as HTML that asks for nothing from outside."""
    return environment().get_template(NAME).render(_context(tree))


def environment() -> "jinja2.Environment":
    """Give the templates of the report's pages, with the words they share."""
    import jinja2

    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "plain": plain_name,
        "meaning": meaning,
        "probability": probability,
        "ratio": ratio,
    }
    made.globals |= {"counted": counted, "written": written}
    return made


def _context(tree: xr.DataTree) -> dict[str, Any]:
    record, mixing = read_record(tree), diagnose(tree)
    parts = {part: interval(likeness_of(tree, part)) for part in PARTS}
    spread = learned(tree)
    switch = switch_of(tree, record.prior_set, record.camp_weights)
    return {
        "record": record,
        "sections": sections_of(tree),
        "switch": switch,
        "switch_data": [each.answers for each in switch.ways],
        "prior": prior_set(record.prior_set),
        "interval": f"{100 * INTERVAL:.0f}%",
        "projects": Scenario().projects,
        "experts": experts_in_order(tree),
        "people": len(experts_in_order(tree)) + sum(record.crowds.values()),
        "camps": camp_names(tree),
        "answer_count": tree["observed"].sizes.get("answer", 0),
        "pictures": pictures(tree, mixing),
        "captions": captions(tree, mixing),
        "words": WORDS,
        "parameters": PARAMETERS,
        "policies": policies_page(tree) if "policies" in tree.children else None,
        "panel": about_panel(tree),
        "lead": about_catastrophe(tree, record),
        "together": together(tree),
        "cards": cards(tree),
        "map": about_the_map(tree),
        "standing": about_standing(tree),
        "by_projects": about_projects(tree),
        "scenarios": scenario_names(tree),
        "scenario_rows": {each: scenario_rows(tree, each) for each in ("takeover", "catastrophe")},
        "best": best_numbers(tree),
        "on_prior": about_the_prior(tree, record),
        "kept_width": KEPT_WIDTH,
        "small_step": SMALL_STEP,
        "all_outcomes": _all_outcomes(tree),
        "learned": [(each, parameter(each.parameter)) for each in spread],
        "likeness": [
            *about_likeness(*(parts[part] for part in PARTS)),
            *about_kinship_share(tree),
        ],
        "likeness_parts": {
            part: (quantity(each.median, "correlation"), span(each, "correlation"))
            for part, each in parts.items()
        },
        **answers_context(tree),
        "claims": claim_lines(tree["claims"].to_dataset()) if "claims" in tree.children else [],
        "evidence": evidence_page(tree) if "evidence" in tree.children else None,
        "roads": {name: lines_of(tree, name) for name in ROADS},
        "mixing": mixing,
        "converged": about_convergence(mixing),
        "outcomes": {each.name: each for each in OUTCOMES},
        "readings": [
            *about_kinds(tree),
            *about_efforts(tree),
            *about_projects_stated(tree, record),
            about_bias(tree),
        ],
    }


def _all_outcomes(tree: xr.DataTree) -> list[dict[str, Any]]:
    """Pair what moved each outcome of the consensus with its row of numbers."""
    return [
        {"movement": each, "line": line}
        for each in movements(tree)
        for line in lines_of(tree, each.row.outcome)
        if line.row.who == "consensus"
    ]
