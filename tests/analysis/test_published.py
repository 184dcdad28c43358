"""The published value of information of FRI's events, computed again from what people stated."""

import numpy as np
import pytest
import xarray as xr

from takeoff.analysis.sensitivity.published import (
    entropy,
    medians_of_events,
    published_medians,
    stated,
    value_of_information,
)

ROUNDING = 1e-16
"""Of a sum of terms below 1/2, as both the authors and we round it."""


@pytest.mark.parametrize("name", ["value_of_information", "share_of_most", "event_probability"])
def test_published_medians_of_every_event_and_camp_are_reproduced(name: str) -> None:
    """To rounding, which a share has divided by an entropy: the least is that of P(U) = 1e-9."""
    least = float(entropy(stated()["unconditional"].to_numpy(float)).min())
    computed, printed = xr.align(medians_of_events(), published_medians(), join="exact")
    assert dict(computed.sizes) == {"event": 37, "camp": 2}
    tolerance = ROUNDING / least if name == "share_of_most" else ROUNDING
    np.testing.assert_allclose(computed[name].values, printed[name].values, rtol=0, atol=tolerance)


def test_keeping_those_who_leave_nothing_without_the_event_gives_other_medians() -> None:
    """Riley's P(U) is all within the policies, so Riley is left out, as the authors did."""
    table = stated().dropna()
    event = table[(table["event"] == "Muehlhauser policies") & (table["camp"] == "Concerned")]
    kept = np.quantile(event["event_probability"], 0.5, method="inverted_cdf")
    printed = published_medians()["event_probability"]
    assert kept == 0.5
    assert printed.sel(event="Muehlhauser policies", camp="Concerned") == 0.65


def test_all_that_people_stated_ships() -> None:
    table = stated()
    assert len(table) == 651
    assert table["person"].nunique() == 22
    assert table["event"].nunique() == 37
    assert int(table.isna().any(axis="columns").sum()) == 4


def test_an_event_that_settles_it_is_worth_the_entropy_and_one_that_moves_nobody_nothing() -> None:
    unconditional = np.array([1e-9, 0.01, 0.3, 0.99])
    np.testing.assert_allclose(
        value_of_information(unconditional, unconditional, np.ones(4)), entropy(unconditional)
    )
    none = value_of_information(unconditional, np.full(4, 0.2), unconditional)
    np.testing.assert_allclose(none, 0, atol=1e-16)
