"""How long a panel is sampled unless told otherwise.

Draws of the default panel hang together: four thousand are worth eight hundred independent ones
for the slowest parameters, and of three seeds one had an R-hat above 1.01.
"""

__all__ = ["CHAINS", "DRAWS", "TUNE"]

CHAINS = 4
DRAWS = 1000
"""Posterior draws of each chain."""
TUNE = 300
"""Tuning steps of each chain."""
