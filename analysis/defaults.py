"""How long a panel is sampled unless told otherwise.

Draws of the default panel hang together: 3,600 are worth a thousand independent ones for the
slowest parameters. With fewer the largest R-hat of a thousand outcomes comes near 1.01.
"""

__all__ = ["CHAINS", "DRAWS", "TUNE"]

CHAINS = 4
DRAWS = 900
"""Posterior draws of each chain."""
TUNE = 300
"""Tuning steps of each chain."""
