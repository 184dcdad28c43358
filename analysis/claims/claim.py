"""A claim, and what is found when it is computed over worlds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import xarray as xr

__all__ = ["Claim", "Effect", "Finding", "Label", "Unit", "Worlds"]

Worlds = Mapping[str, xr.DataArray]
"""Every parameter by name, each (world,)."""

Label = Literal["assumed", "derived", "varies"]
"""``assumed``: it follows from the sign of a prior; ``derived``: from the story, in every world;
``varies``: it holds in some worlds and fails in others."""

Unit = Literal["points", "probability", "share", "correlation", "offense", "number"]
"""How an effect is written; ``points`` and ``correlation`` are differences, with their sign; a
``share`` of worlds is a mean of ones and zeros, which has no spread."""


@dataclass(frozen=True)
class Effect:
    """One number of each world: what it is in words, how to write it, and its values (world,)."""

    words: str
    unit: Unit
    values: xr.DataArray


@dataclass(frozen=True)
class Finding:
    """What was found over worlds.

    Attributes
    ----------
    holds
        1 in worlds in which the claim holds, 0 in those in which it fails, NaN in those that it
        is not about: (world,).
    effects
        How large the thing is.
    curve
        A line that helps: values (point,) over the coordinate ``point``, medians over worlds.
    """

    holds: xr.DataArray
    effects: tuple[Effect, ...] = ()
    curve: xr.DataArray | None = None


@dataclass(frozen=True)
class Claim:
    """A claim of one of the two arguments.

    Attributes
    ----------
    code
        Its row in DESIGN 2.
    statement
        What is claimed, in plain words.
    source
        Whose argument it is.
    label
        Whether it is assumed, derived, or varies between worlds.
    test
        In which worlds it is said to hold.
    find
        Computes it over worlds; pure.
    axes
        What the curve's two axes are.
    """

    code: str
    statement: str
    source: Literal["Hubinger", "Scher"]
    label: Label
    test: str
    find: Callable[[Worlds], Finding]
    axes: tuple[str, str] = field(default=("", ""))
