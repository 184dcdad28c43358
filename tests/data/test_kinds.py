"""Every kind of answer is read, and what is wrong with it is found at its place."""

from collections.abc import Callable
from pathlib import Path

import pytest

from takeoff.data.check import check_study
from tests.data.cases import Case
from tests.every_kind import ANSWERS, STUDY

WriteStudy = Callable[..., Path]


CASES = [
    Case("reversed interval", "0.01,0.2,0.9", "0.2,0.01,0.9", 8, "lowest",
         "the interval is reversed: 0.2 to 0.01", "exchange"),
    Case("interval without width", "0.01,0.2,0.9", "0.2,0.2,0.9", 8, "lowest",
         "has no width: 0.2 to 0.2", "value alone"),
    Case("best below its interval", "interval,0.05", "interval,0.005", 8, "value",
         "the best value, 0.005, is below the lowest, 0.01", "inside its interval"),
    Case("best above its interval", "interval,2040", "interval,2080", 10, "value",
         "the best value, 2080, is above the highest, 2070", "inside its interval"),
    Case("confidence in percent", "0.01,0.2,0.9", "0.01,0.2,90", 8, "confidence", "above 1",
         "divide by 100: 0.9"),
    Case("certain interval", "0.01,0.2,0.9", "0.01,0.2,1", 8, "confidence", "leaves no doubt",
         "between 0 and 1"),
    Case("quantiles out of order", "quantile,0.5,", "quantile,3,", 7, "value",
         "2 at 0.75, yet 3 at 0.5 on line 6", "exchange them"),
    Case("no level", "quantile,0.5,,0.5", "quantile,0.5,,", 6, "level", "level is missing",
         "add level"),
    Case("level in percent", "quantile,0.5,,0.5", "quantile,0.5,,50", 6, "level", "above 1",
         "divide by 100: 0.5"),
    Case("level twice", "quantile,2,,0.75", "quantile,2,,0.5", 7, None,
         "'Ann' answered 'lead' on line 6", "keep one"),
    Case("negative lead", "quantile,0.25,", "quantile,-1,", 5, "value", "'-1' is not above 0",
         "number of years"),
    Case("a year gone by", "2030,2070", "1999,2070", 10, "lowest",
         "'1999' is not a year to come", "after 2025"),
    Case("no side", ",,above", ",,", 9, "side", "side is missing", "add side"),
    Case("unknown side", ",,above", ",,abov", 9, "side", "unknown side 'abov'", '"above"?'),
    Case("a bound in percent", "bound,0.5", "bound,50", 9, "value", "above 1", "100: 0.5"),
    Case("a number beside a phrase", "verbal,,", "verbal,0.9,", 4, "value", "a verbal has no value",
         "leave the cell blank"),
    Case("off the scale", "rating,2.64", "rating,5", 14, "value", "5 is off the scale of 'grade'",
         "from 0 to 4.3"),
    Case("no project", "Anthropic", "", 14, "project", "project is missing", "add project"),
    Case("a probability of a quantity", "lead,quantile,0.25,,0.25", "lead,probability,0.25,,", 5,
         "kind", "a probability cannot answer 'lead', which asks for a quantity in years",
         "quantile or interval or bound"),
    Case("no seed", "seed,outcome", "risk,outcome", 11, "kind", "an outcome cannot answer 'risk'",
         "probability or quantile"),
    Case("a seed with no answer", "truth = 0\n", "", 40, "questions.seed",
         "a seed question has no answer", "truth = 1 if it came true"),
    Case("truth in percent", "truth = 0\n", "truth = 50\n", 40, "questions.seed", "truth is 50",
         "1 if it came true"),
    Case("truth of no seed", 'fit = "loose"', 'fit = "loose"\ntruth = 1', 33, "questions.grade",
         "truth belongs to a seed question", "leave it out"),
    Case("no scale", "scale = [0, 4.3]\n", "", 33, "questions.grade", "has a scale", "worst, best"),
    Case("reversed scale", "[0, 4.3]", "[4.3, 0]", 33, "questions.grade", "from 4.3 to 0",
         "worst grade first"),
    Case("scale of letters", "[0, 4.3]", '["F", "A"]', 36, "questions.grade.scale",
         "is not a scale", "as numbers"),
    Case("two groups", ",,above,,,lab", ",,above,,,", 9, "group",
         "'Bob' is in '' here and in 'lab' on line 8", "one group"),
    Case("unknown round", "lab,1,", "lab,3,", 2, "round", "'3' is not a round", "2 after it"),
    Case("mixed rounds", "Bob,,risk,interval,0.05,,,0.01,0.2,0.9,,,,lab,2",
         "Bob,,risk,interval,0.05,,,0.01,0.2,0.9,,,,lab,", None, None,
         "'risk' mixes rounds: Bob of 3 answered only before discussion", "last round", "note"),
    Case("mixed scales", "interval,0.05,,,0.01,0.2", "interval,5%,,,0.01,0.2", 8, "lowest",
         "'Bob' mixes scales: 0.01 here and 5% on line 8", "nothing is changed", "note"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_problem_with_a_kind_is_found(case: Case, write_study: WriteStudy) -> None:
    assert (case.found in STUDY) != (case.found in ANSWERS)
    folder = write_study(
        STUDY.replace(case.found, case.replaced, 1), ANSWERS.replace(case.found, case.replaced, 1)
    )
    problems = check_study(folder)
    like = [
        each
        for each in problems
        if (each.line, each.column, each.severity) == (case.line, case.column, case.severity)
    ]
    assert len(like) == 1, [str(each) for each in problems]
    assert case.message in like[0].message
    assert case.mend in like[0].mend


def test_columns_that_no_row_needs_may_be_left_out(write_study: WriteStudy) -> None:
    answers = "expert,camp,question,kind,value,baseline\nAnn,,risk,probability,0.2,\n"
    assert {each.severity for each in check_study(write_study(STUDY, answers))} == {"note"}
    lacking = answers.replace("probability", "bound")
    found = [(each.column, each.message) for each in check_study(write_study(STUDY, lacking, "x"))]
    assert ("side", "side is missing") in found
