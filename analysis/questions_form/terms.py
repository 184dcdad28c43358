"""The words of the form that need a definition, each with its own."""

__all__ = [
    "ALIGNED",
    "BARGAINING",
    "CATASTROPHE",
    "EXTINCTION",
    "GLOSSARY",
    "MISALIGNED",
    "POWER_GRAB",
    "TAKEOVER",
    "TOGETHER",
    "WARNING",
]

ALIGNED = (
    "A system is aligned when it does what its makers mean it to do, also when nobody could stop "
    "it; otherwise it is misaligned."
)
_PROJECT = "A project is misaligned when any system that it has put to use is misaligned."
TAKEOVER = (
    "Takeover means that misaligned systems gain lasting control over people and over what the "
    "world lives on."
)
EXTINCTION = "Extinction means that no human is left alive."
TOGETHER = "Misaligned systems act as one when they follow one plan, as close allies do."
WARNING = (
    "A warning shot is a misaligned system that shows itself early: all can see what it is, and "
    "the harm can still be made good."
)
CATASTROPHE = "A catastrophe kills or disempowers most people, for good."
POWER_GRAB = (
    "A power grab means that a few people use advanced AI to seize lasting power over all others."
)
BARGAINING = (
    "Bargaining fails when threats between systems are carried out, at the cost of great suffering."
)
MISALIGNED = f"{ALIGNED} {_PROJECT}"

GLOSSARY = (
    *(ALIGNED, _PROJECT, TAKEOVER, EXTINCTION, TOGETHER, WARNING),
    *(CATASTROPHE, POWER_GRAB, BARGAINING),
)
"""Every definition, in the order in which the form needs them."""
