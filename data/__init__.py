"""Studies: folders of experts' judgments, their schema, checks and loaders.

Importing this is cheap: what is slow to import is imported where it is used.
"""

from takeoff.data.check import check_study
from takeoff.data.load import Study, load_study
from takeoff.data.panel import join
from takeoff.data.plans import BASELINE, check_plan, load_plan, load_plans, shipped_scenarios
from takeoff.data.problem import Problem
from takeoff.data.rounding import Interval, rounding_interval
from takeoff.data.shipped import shipped_studies, study_folder

__all__ = [
    "BASELINE",
    "Interval",
    "Problem",
    "Study",
    "check_plan",
    "check_study",
    "join",
    "load_plan",
    "load_plans",
    "load_study",
    "rounding_interval",
    "shipped_scenarios",
    "shipped_studies",
    "study_folder",
]
