"""How long a panel is sampled unless told otherwise.

Draws of the default panel are worth half as many independent ones or more. With a thousand of these
R-hat of some of its seven hundred numbers would exceed 1.01 by chance alone.
"""

__all__ = ["CHAINS", "DRAWS", "TUNE"]

CHAINS = 4
DRAWS = 500
"""Posterior draws of each chain."""
TUNE = 300
"""Tuning steps of each chain."""
