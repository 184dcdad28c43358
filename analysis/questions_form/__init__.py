"""The questionnaire: what no survey has asked, and a blank form that asks it.

Nobody has asked experts whether projects stand or fall together, what the number of projects
changes, whether one bad system is enough, whether misaligned systems would act as one, whether
a warning would come, or how likely the other roads to catastrophe are. These questions do, in plain
words, each about one outcome.
"""

from takeoff.analysis.questions_form.items import ITEMS, QUESTIONS
from takeoff.analysis.questions_form.write import write_form

__all__ = ["ITEMS", "QUESTIONS", "write_form"]
