"""Cooke's classical weights from seed questions that ask for probabilities of events.

The classical model for uncertain events (Cooke 1991, *Experts in Uncertainty*, chapters 9 and 12):
each expert's probabilities are sorted into bins. With n events in a bin, stated probability p on
average, and a share s of them come true, 2·Σ n·KL(s ‖ p) is about χ² with as many degrees of
freedom as there are bins in use: its p-value is the calibration. Information is the mean of
KL(p ‖ ½): how far from even odds an expert dares to go. Weight and cut-off are as for quantiles.
"""

import numpy as np
import xarray as xr
from scipy.special import rel_entr
from scipy.stats import chi2

from takeoff.models.errors import InputError
from takeoff.models.special import FloatArray

__all__ = ["event_calibration", "event_information", "event_weights"]

_BINS = 10
_SURE = 0.005  # half of what rounds to a per cent: nobody is refuted by one event for ever


def event_weights(stated: xr.DataArray, truth: xr.DataArray) -> xr.Dataset:
    """Weigh experts by what they said of events whose outcome is known.

    Parameters
    ----------
    stated
        Probabilities (expert, event). Who left one out has no weight: scores would not compare.
    truth
        1 where the event came true and 0 where not, or the share that did (event,).

    Returns
    -------
    xr.Dataset
        ``calibration``, ``information`` and ``weight``, all (expert,), as `classical_weights`.

    Raises
    ------
    InputError
        If nobody has a weight: none answered all, or all who did stayed at even odds.
    """
    inside = stated.clip(_SURE, 1 - _SURE)
    known = truth.transpose("event").values
    complete = stated.notnull().all("event").values
    rows = inside.transpose("expert", "event").values
    accuracy = np.array(
        [
            event_calibration(row, known) if all_in else 0.0
            for row, all_in in zip(rows, complete, strict=True)
        ]
    )
    informed = np.array(
        [
            event_information(row) if all_in else 0.0
            for row, all_in in zip(rows, complete, strict=True)
        ]
    )
    best, weight, cutoff = 0.0, np.zeros(len(rows)), np.nan
    for least in np.unique(accuracy[complete]):
        raw = np.where(complete & (accuracy >= least), accuracy * informed, 0.0)
        if not raw.sum() > 0:
            continue
        maker = (raw[complete] / raw.sum()) @ rows[complete]
        score = event_calibration(maker, known) * event_information(maker)
        if score > best:
            best, weight, cutoff = score, raw / raw.sum(), float(least)
    if best == 0.0:
        raise InputError("no expert can be weighted by the seed questions; leave weights out")
    scores = {"calibration": accuracy, "information": informed, "weight": weight}
    return xr.Dataset(
        {name: ("expert", each) for name, each in scores.items()},
        coords={"expert": stated["expert"]},
        attrs={"cutoff": cutoff},
    )


def event_calibration(stated: FloatArray, truth: FloatArray) -> float:
    """Give the p-value of probabilities by what came true, both (event,)."""
    place = np.minimum((stated * _BINS).astype(int), _BINS - 1)
    used = np.unique(place)
    total = 0.0
    for each in used:
        here = place == each
        share, expected = truth[here].mean(), stated[here].mean()
        divergence = rel_entr(share, expected) + rel_entr(1 - share, 1 - expected)
        total += 2 * here.sum() * float(divergence)
    return float(chi2.sf(total, len(used)))


def event_information(stated: FloatArray) -> float:
    """Give how far probabilities (event,) are from even odds, on average."""
    return float((rel_entr(stated, 0.5) + rel_entr(1 - stated, 0.5)).mean())
