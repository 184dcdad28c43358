"""The value of information as the authors of the FRI study computed it, from what people stated.

No model here: each person stated P(U), P(C) and P(U | C), and learning whether C happens is worth
what it is expected to move them, as a Kullback–Leibler divergence in base 10::

    VoI = P(C) · KL(P(U | C) ‖ P(U)) + P(not C) · KL(P(U | not C) ‖ P(U)),
    P(U | not C) = (P(U) − P(C) · P(U | C)) / P(not C)

It is at most the entropy of P(U): what it is worth to learn U itself. The authors give medians by
event and camp, which `medians_of_events` reproduces to rounding: the middle one of the answers, the
lower of two (the inverted CDF), among people whose answers are complete and leave P(U | not C)
above 0. That it be *above* 0, and not merely at least, is what their medians imply: four of their
numbers come out only if people whose P(U | not C) is 0 are left out as well.

Source: Forecasting Research Institute, Roots of Disagreement on AI Risk (2023), and its data in
github.com/forecastingresearch/adversarial-collab.
"""

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr
from scipy.special import rel_entr

from takeoff.data import study_folder
from takeoff.models.special import FloatArray

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "about_reproduction",
    "entropy",
    "medians_of_events",
    "published_medians",
    "stated",
    "value_of_information",
]

_STUDY = "fri_2023"
_ROUNDING = 1e-15
_RENAMED = {"Luke policies": "Muehlhauser policies"}  # as the published medians call it
_COLUMNS = {
    "person": "person",
    "Camp": "camp",
    "ID": "event",
    "PU": "unconditional",
    "Pc": "event_probability",
    "PUc": "conditional",
}
_VALUES = {"value_of_information": "medianVOI_{}", "share_of_most": "medianPercentMaxVOI_{}"}


def value_of_information(
    unconditional: FloatArray, event_probability: FloatArray, conditional: FloatArray
) -> FloatArray:
    """Give what learning whether an event happens is worth, in base-10 units of information.

    Parameters
    ----------
    unconditional, event_probability, conditional
        P(U), P(C) and P(U | C), with P(C) below 1; all of one shape.

    Examples
    --------
    >>> value_of_information(np.array([0.5, 0.5]), np.array([0.5, 0.5]), np.array([0.5, 1.0]))
    array([0.     , 0.30103])
    """
    without = (unconditional - event_probability * conditional) / (1 - event_probability)
    return np.asarray(
        event_probability * _divergence(conditional, unconditional)
        + (1 - event_probability) * _divergence(without, unconditional)
    )


def entropy(probability: FloatArray) -> FloatArray:
    """Give the most that any event can be worth: the entropy in base 10.

    >>> entropy(np.array([0.5]))
    array([0.30103])
    """
    other = 1 - probability
    return np.asarray(
        -(probability * np.log10(probability) + other * np.log1p(-probability) / np.log(10))
    )


def stated() -> "pd.DataFrame":
    """Give what people stated about all 37 events, a row each, NaN where they did not.

    Columns ``person``, ``camp``, ``event``, ``unconditional``, ``event_probability`` and
    ``conditional``.
    """
    import pandas as pd

    table = pd.read_csv(study_folder(_STUDY) / "forecasts.csv").rename(columns=_COLUMNS)
    return table.replace({"event": _RENAMED})


def medians_of_events() -> xr.Dataset:
    """Compute the medians of each event and camp from what people stated.

    Returns
    -------
    xr.Dataset
        ``value_of_information``, its share of the most there is to learn (``share_of_most``),
        ``event_probability``, and how many ``people`` they are of, all (event, camp).
    """
    table = stated().dropna()
    table = table[
        table["unconditional"] > table["event_probability"] * table["conditional"]
    ].reset_index(drop=True)
    columns = (
        table[name].to_numpy(float)
        for name in ("unconditional", "event_probability", "conditional")
    )
    table["value_of_information"] = value_of_information(*columns)
    table["share_of_most"] = table["value_of_information"] / entropy(
        table["unconditional"].to_numpy(float)
    )
    groups = table.groupby(["event", "camp"])
    names = ["value_of_information", "share_of_most", "event_probability"]
    medians = groups[names].agg(_middle)
    return medians.assign(people=groups.size()).to_xarray()


def published_medians() -> xr.Dataset:
    """Give the medians that the authors published, as `medians_of_events` names them."""
    import pandas as pd

    folder = study_folder(_STUDY)
    worth = pd.read_csv(folder / "published_voi_medians.csv", index_col="ID")
    own = pd.read_csv(folder / "published_pc_medians.csv", index_col="ID")
    camps = list(own.columns)
    tables = {
        name: worth[[column.format(camp) for camp in camps]].set_axis(camps, axis="columns")
        for name, column in _VALUES.items()
    } | {"event_probability": own}
    return xr.Dataset(
        {
            name: xr.DataArray(
                table.to_numpy(float),
                dims=("event", "camp"),
                coords={"event": table.index.to_numpy(object), "camp": camps},
            )
            for name, table in tables.items()
        }
    )


def about_reproduction() -> str:
    """Say how far the medians that the authors published come out again from their data."""
    computed, printed = xr.align(medians_of_events(), published_medians(), join="outer")
    step = computed["value_of_information"] - printed["value_of_information"]
    near = np.abs(step.values) <= _ROUNDING
    how_many = "All" if near.all() else f"{near.sum()} of the"
    return (
        f"{how_many} {near.size} medians of the value of information that the authors published, "
        f"of {step.sizes['event']} events in {step.sizes['camp']} camps, come out again from what "
        "people stated, to rounding."
    )


def _middle(values: "pd.Series[float]") -> float:
    return float(np.quantile(values, 0.5, method="inverted_cdf"))


def _divergence(one: FloatArray, other: FloatArray) -> FloatArray:
    """Give KL(one ‖ other) of two probabilities of one event, in base 10."""
    return np.asarray((rel_entr(one, other) + rel_entr(1 - one, 1 - other)) / np.log(10))
