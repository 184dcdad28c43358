"""The integral over histories of blocks of worlds: the experts of many draws of a posterior.

Within a block worlds share all but margin and offense, as a panel does, and so the integral
(``shared``). Far worlds, in which it is all but sure how the first project ends, are integrated
apart: what they say of the opposite case, as outcomes conditioned on it do, is off the grid.
"""

from typing import Any

import numpy as np

from takeoff.models.integral import decide, integrate
from takeoff.models.layout import MARGIN, OFFENSE
from takeoff.models.rule import PARTS_OF_RULE
from takeoff.models.shared import PARTS_OF_SHARING, share
from takeoff.models.special import FloatArray, compiled

__all__ = ["integrate_in_blocks"]

_FAR = 5.0  # the grid ends at 6, and what a margin turns out to be strays from it

_PARTS = PARTS_OF_SHARING + PARTS_OF_RULE


@compiled
def integrate_in_blocks(worlds: FloatArray, block: int, *fixed: Any) -> FloatArray:
    """Integrate over the histories of each world: (world, number) to (world, result).

    Each ``block`` of worlds, one after the other, shares all but margin and offense. ``fixed`` are
    the parts of a ``Sharing`` and of its ``Rule``, and of the ``Rule`` of worlds apart.
    """
    together, rule, apart = fixed[:_PARTS], fixed[PARTS_OF_SHARING:_PARTS], fixed[_PARTS:]
    margins = slice(MARGIN, MARGIN + rule[0].shape[0])
    results = np.empty((worlds.shape[0], 0))
    for begin in range(0, worlds.shape[0], block):
        here = worlds[begin : begin + block]
        common = here[0].copy()
        common[margins] -= here[0, MARGIN]
        near = np.minimum(np.maximum(here[:, MARGIN], -_FAR), _FAR)
        ends = share(common, near, *together)
        found = decide(common, ends, here[:, OFFENSE].copy(), *rule)
        if begin == 0:
            results = np.empty((worlds.shape[0], found.shape[1]))
        results[begin : begin + block] = found
    for world in range(worlds.shape[0]):
        if abs(worlds[world, MARGIN]) > _FAR:
            results[world] = integrate(worlds[world : world + 1], *apart)[0]
    return results
