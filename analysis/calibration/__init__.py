"""Calibration: whether answers say of worldviews just what they should.

=============  ================================================================
``voice``      what a simulated person thinks, told a second time from the story
``statements`` how that person then puts it
``kinds``      what is asked and said, a form for each kind of answer
``ranks``      where the truth lies among the draws, and whether it may
``panels``     the same of whole panels, whose truths lie among draws of a walk
``programs``   one program for all panels of a design
``walk``       a walk that has the truth at a place of it drawn by chance
=============  ================================================================
"""

from takeoff.analysis.calibration.kinds import KINDS_OF_ANSWER, KindOfAnswer
from takeoff.analysis.calibration.panels import by_kind, gathered, ranked_panels
from takeoff.analysis.calibration.ranks import Calibration, People, calibrated, people_of_prior

__all__ = [
    "KINDS_OF_ANSWER",
    "Calibration",
    "KindOfAnswer",
    "People",
    "by_kind",
    "calibrated",
    "gathered",
    "people_of_prior",
    "ranked_panels",
]
