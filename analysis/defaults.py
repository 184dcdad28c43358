"""How long a panel is sampled unless told otherwise.

Draws of the default panel hang together: six thousand are worth eight hundred independent ones for
the slowest parameters. With a thousand draws a chain the largest R-hat of all comes near 1.01.
"""

__all__ = ["CHAINS", "DRAWS", "TUNE"]

CHAINS = 4
DRAWS = 1500
"""Posterior draws of each chain."""
TUNE = 500
"""Tuning steps of each chain."""
