"""How far a panel's declared spreads are stretched, to see what hangs on them.

The spreads themselves stand where they are used, each with its reason; 1 leaves them as declared.
"""

from dataclasses import dataclass, fields

from takeoff.models.errors import InputError

__all__ = ["SCALES", "Scales"]


@dataclass(frozen=True)
class Scales:
    """Factors, all positive, by which a panel's spreads are multiplied.

    Attributes
    ----------
    wording
        Of questions' offsets, but for those that are free.
    noise
        Of the median noise of answers.
    care
        Of the spread between experts in the logarithm of noise.
    contrast
        Of the prior of contrasts between camps.
    disagreement
        Of the prior of disagreement within camps.
    efficacy
        Of the prior of interventions' efficacy: its level and contrast.
    """

    wording: float = 1.0
    noise: float = 1.0
    care: float = 1.0
    contrast: float = 1.0
    disagreement: float = 1.0
    efficacy: float = 1.0

    def __post_init__(self) -> None:
        for each in fields(self):
            factor = getattr(self, each.name)
            if not 0 < factor < float("inf"):
                raise InputError(f"the scale of {each.name} is {factor}; give a positive number")


SCALES: tuple[str, ...] = tuple(each.name for each in fields(Scales))
"""Names of what may be stretched."""
