"""Cooke's classical model: experts weighted by how they do on seed questions with known answers.

Experts give quantiles, at the same levels for all. Two scores make a weight (Cooke 1991, *Experts
in Uncertainty*, chapter 12):

- *Calibration*: the p-value of the hypothesis that the known answers fall between an expert's
  quantiles as often as the levels say. With shares s in the bins between quantiles, p by the
  levels and N questions, 2·N·Σ s·log(s/p) is about χ² with one degree of freedom fewer than bins.
- *Information*: how far an expert's distribution, uniform between quantiles, is from uniform over
  the question's intrinsic range: from the least to the greatest of all quantiles and the answer,
  and a tenth of that beyond on each side (the overshoot).

An expert's weight is calibration times information where calibration reaches a cut-off, else 0.
The cut-off is the one with which the *decision maker*, the experts' weighted mixture, scores best
itself. Quantities that range over powers of ten are given as logarithms, which makes the background
measure log-uniform.
"""

import numpy as np
import xarray as xr
from scipy.special import xlogy
from scipy.stats import chi2

from takeoff.models.errors import InputError
from takeoff.models.special import FloatArray

__all__ = ["calibration", "classical_weights", "decision_maker", "information", "intrinsic_range"]

_OVERSHOOT = 0.1


def classical_weights(
    quantiles: xr.DataArray, answer: xr.DataArray, overshoot: float = _OVERSHOOT
) -> xr.Dataset:
    """Weigh experts by seed questions.

    Parameters
    ----------
    quantiles
        (expert, question, level), increasing along ``level``, whose coordinate holds the levels.
    answer
        What turned out (question,).
    overshoot
        What the intrinsic range has beyond all quantiles and answers, on each side, as a share.

    Returns
    -------
    xr.Dataset
        ``calibration``, ``information`` and ``weight``, all (expert,); weights add up to 1. The
        attribute ``cutoff`` is the least calibration that counts.

    Raises
    ------
    InputError
        If a quantile is missing, they do not increase, or every expert's calibration is nil.
    """
    _require_quantiles(quantiles)
    span = intrinsic_range(quantiles, answer, overshoot)
    accuracy = calibration(quantiles, answer)
    informed = information(quantiles, span)
    best, weight, cutoff = -1.0, xr.zeros_like(accuracy), np.nan
    for least in np.unique(accuracy.values):
        raw = (accuracy * informed).where(accuracy >= least, 0.0)
        if not raw.sum() > 0:
            continue
        tried = raw / raw.sum()
        maker = decision_maker(quantiles, span, tried).expand_dims("expert")
        score = float((calibration(maker, answer) * information(maker, span)).item())
        if score > best:
            best, weight, cutoff = score, tried, float(least)
    if best < 0:
        raise InputError(
            "no expert's quantiles fit the seed questions at all; there are no weights"
        )
    found = {"calibration": accuracy, "information": informed, "weight": weight}
    return xr.Dataset(found, attrs={"cutoff": cutoff})


def calibration(quantiles: xr.DataArray, answer: xr.DataArray) -> xr.DataArray:
    """Give the p-value of each expert's quantiles, by the answers: (expert,)."""
    expected = _bins(quantiles)
    bin_of = (answer > quantiles).sum("level")  # an answer on a quantile lies below it
    counts = xr.concat(
        [(bin_of == each).sum("question") for each in range(len(expected))], dim="bin"
    )
    number = quantiles.sizes["question"]
    share = counts / number
    ratio = share / xr.DataArray(expected, dims="bin")
    divergence = xr.apply_ufunc(xlogy, share, ratio).sum("bin")
    p_value = xr.apply_ufunc(chi2.sf, 2 * number * divergence, len(expected) - 1)
    return p_value.transpose("expert")


def information(quantiles: xr.DataArray, span: xr.DataArray) -> xr.DataArray:
    """Give each expert's mean information over questions, against the background: (expert,)."""
    expected = xr.DataArray(_bins(quantiles), dims="bin")
    width = _knots(quantiles, span).diff("knot").rename(knot="bin")
    background = width / (span.sel(end="upper") - span.sel(end="lower"))
    return (expected * np.log(expected / background)).sum("bin").mean("question")


def intrinsic_range(
    quantiles: xr.DataArray, answer: xr.DataArray, overshoot: float = _OVERSHOOT
) -> xr.DataArray:
    """Give the range on which distributions live: (question, end), from lower to upper."""
    dims = [dim for dim in quantiles.dims if dim != "question"]
    lower = xr.ufuncs.minimum(quantiles.min(dims), answer)
    upper = xr.ufuncs.maximum(quantiles.max(dims), answer)
    beyond = overshoot * (upper - lower)
    ends = xr.IndexVariable("end", ["lower", "upper"])
    bounds: list[xr.DataArray] = [lower - beyond, upper + beyond]
    return xr.concat(bounds, ends).transpose("question", "end")


def decision_maker(
    quantiles: xr.DataArray, span: xr.DataArray, weight: xr.DataArray
) -> xr.DataArray:
    """Give the quantiles of the experts' weighted mixture: (question, level)."""
    levels = quantiles["level"].values
    heights = np.concatenate([[0.0], levels, [1.0]])
    knots = _knots(quantiles, span).transpose("question", "expert", "knot").values
    found: list[FloatArray] = []
    for rows in knots:
        # Between the knots of all experts the mixture is linear, so it inverts exactly.
        points = np.unique(rows)
        height = sum(
            part * np.interp(points, row, heights)
            for part, row in zip(weight.values, rows, strict=True)
        )
        found.append(np.interp(levels, height, points))
    return xr.DataArray(
        np.array(found),
        dims=("question", "level"),
        coords={"question": quantiles["question"], "level": levels}
        if "question" in quantiles.coords
        else {"level": levels},
    )


def _bins(quantiles: xr.DataArray) -> FloatArray:
    """Give the probability between quantiles, by the levels: (bin,)."""
    return np.diff(np.concatenate([[0.0], quantiles["level"].values, [1.0]]))


def _knots(quantiles: xr.DataArray, span: xr.DataArray) -> xr.DataArray:
    """Give the quantiles between the ends of the range: (..., knot)."""
    inner = quantiles.drop_vars("level").rename(level="knot")
    ends = [span.sel(end=each, drop=True).expand_dims("knot") for each in ("lower", "upper")]
    return xr.concat([ends[0], inner, ends[1]], "knot", coords="minimal", compat="override")


def _require_quantiles(quantiles: xr.DataArray) -> None:
    if bool(quantiles.isnull().any()):
        raise InputError("a seed question has a quantile missing; weights need every one")
    if not bool((quantiles.diff("level") > 0).all()):
        raise InputError("the quantiles of a seed question do not increase; order them by level")
