"""A study with every kind of answer, as somebody would write it in a spreadsheet."""

__all__ = ["ANSWERS", "HEADER", "STUDY"]

STUDY = """
title = "Every kind of answer"
source = "Made for this test"
licence = "CC0-1.0"
date = "2026-01"
about = "Three people, and one who grades projects."

[questions.risk]
text = "Extinction by 2100?"
outcome = "extinction_by_2100"
mapping = "The same event."

[questions.together]
text = "Is the second aligned, if the first is?"
outcome = "follower_aligned_given_first_aligned"
mapping = "The same event."

[questions.lead]
text = "How many years between two projects?"
outcome = "lead"
mapping = "The same quantity."

[questions.when]
text = "In which year does advanced AI arrive?"
outcome = "arrival_year"
mapping = "The same quantity."

[questions.projects]
text = "How many projects will there be?"
outcome = "projects"
mapping = "The same quantity."

[questions.grade]
text = "Overall grade for safety."
outcome = "effort"
scale = [0, 4.3]
fit = "loose"
mapping = "What is graded is not quite alignment."

[questions.seed]
text = "Was the treaty signed by 2025?"
outcome = "seed"
truth = 0
mapping = "Its answer is known."
"""

HEADER = (
    "expert,camp,question,kind,value,baseline,level,lowest,highest,confidence,side,phrase,"
    "project,group,round,note\n"
)
ANSWERS = f"""{HEADER}\
Ann,,risk,probability,0.2,,,,,,,,,lab,1,
Ann,,risk,probability,0.3,,,,,,,,,lab,2,
Ann,,together,verbal,,,,,,,,highly likely,,lab,2,
Ann,,lead,quantile,0.25,,0.25,,,,,,,lab,2,
Ann,,lead,quantile,0.5,,0.5,,,,,,,lab,2,
Ann,,lead,quantile,2,,0.75,,,,,,,lab,2,
Bob,,risk,interval,0.05,,,0.01,0.2,0.9,,,,lab,2,
Bob,,together,bound,0.5,,,,,,above,,,lab,2,
Bob,,when,interval,2040,,,2030,2070,0.8,,,,lab,2,
Bob,,seed,outcome,0.1,,,,,,,,,lab,2,
Cid,,projects,quantile,4,,0.5,,,,,,,,2,
Cid,,risk,quantile,0.1,,0.5,,,,,,,,2,
Index,,grade,rating,2.64,,,,,,,,Anthropic,,2,
"""
