"""Baselines: what the panel's numbers give without a model of the world."""

from takeoff.analysis.baselines.cooke import classical_weights
from takeoff.analysis.baselines.pools import (
    POOLS,
    extremised,
    extremising_factor,
    fitted_factor,
    linear_pool,
    mean_log_odds,
    median_pool,
)

__all__ = [
    "POOLS",
    "classical_weights",
    "extremised",
    "extremising_factor",
    "fitted_factor",
    "linear_pool",
    "mean_log_odds",
    "median_pool",
]
