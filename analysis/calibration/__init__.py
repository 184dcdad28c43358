"""Calibration: whether each kind of answer says of a worldview just what it should.

=============  ================================================================
``voice``      what a simulated person thinks, told a second time from the story
``statements`` how that person then puts it
``kinds``      what is asked and said, a form for each kind of answer
``ranks``      where the truth lies among the draws, and whether it may
=============  ================================================================
"""

from takeoff.analysis.calibration.kinds import KINDS_OF_ANSWER, KindOfAnswer
from takeoff.analysis.calibration.ranks import Calibration, People, calibrated, people_of_prior

__all__ = [
    "KINDS_OF_ANSWER",
    "Calibration",
    "KindOfAnswer",
    "People",
    "calibrated",
    "people_of_prior",
]
