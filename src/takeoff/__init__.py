"""takeoff: a Bayesian model of takeoff homogeneity, learned from experts' judgments.

``takeoff.models`` is the world, the priors and the panel; ``takeoff.data`` the studies;
``takeoff.analysis`` fitting, reports and the command line.
"""
