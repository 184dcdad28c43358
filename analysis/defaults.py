"""How long a panel is sampled unless told otherwise.

Draws of the default panel hang together: three thousand are worth nine hundred independent ones
for the slowest parameters, and the largest R-hat of all is about 1.006.
"""

__all__ = ["CHAINS", "DRAWS", "TUNE"]

CHAINS = 4
DRAWS = 750
"""Posterior draws of each chain."""
TUNE = 300
"""Tuning steps of each chain."""
