"""What events are worth in fitted worldviews is what their own probabilities make it."""

import numpy as np
import pytest
import xarray as xr

from takeoff.analysis.sensitivity.event_worth import EVENTS, about_events, worth_of_events
from takeoff.analysis.sensitivity.published import value_of_information
from takeoff.analysis.worlds import worldviews_of
from takeoff.data import load_study
from takeoff.models.errors import InputError
from takeoff.models.evaluate import evaluate
from takeoff.models.scenario import Scenario
from tests.analysis.panels import DIMS, panel_tree

CAMPS = ["Concerned", "Concerned", "Concerned", "Skeptical"]


def fri_panel() -> xr.DataTree:
    """Give made-up worldviews of three and one, as if fitted to the study without any offset."""
    tree = panel_tree()
    posterior, outcomes = (tree[name].to_dataset() for name in ("posterior", "outcomes"))
    questions = list(load_study("fri_2023").questions)
    shape = (*posterior["margin"].shape, len(questions))
    posterior["offset"] = ((*DIMS, "question"), np.zeros(shape))
    tree["posterior"] = xr.DataTree(posterior.assign_coords(question=questions))
    tree["outcomes"] = xr.DataTree(outcomes.assign_coords(camp_of_expert=("expert", CAMPS)))
    return tree


def test_a_warning_is_worth_what_the_outcomes_of_a_world_say() -> None:
    tree = fri_panel()
    worlds = worldviews_of(tree["posterior"].to_dataset().isel(expert=slice(3, 4)))
    names = ["extinction_by_2100", "warning_shot", "takeover_given_warning", "arrival_by_2100"]
    table = evaluate(worlds, Scenario(), names, "fit").isel(expert=0)
    given = table["takeover_given_warning"] * worlds["lethality"] * table["arrival_by_2100"]
    plain, likely, conditional = (
        each.transpose("chain", "draw").values
        for each in (table["extinction_by_2100"], table["warning_shot"], given)
    )
    own = value_of_information(plain, likely, conditional)
    expected = np.quantile(own[plain > likely * conditional], [0.05, 0.5, 0.95])
    found = worth_of_events(tree).sel(event="Warning shot", camp="Skeptical")
    # Worlds evaluated together share a grid of margins, which moves an outcome by 1e-4.
    np.testing.assert_allclose(found["implied"], expected, rtol=0.05, atol=1e-9)


def test_a_panel_of_another_study_is_refused() -> None:
    with pytest.raises(InputError, match="was not fitted to fri_2023"):
        worth_of_events(panel_tree())


def test_what_lies_outside_is_named() -> None:
    events = list(EVENTS.values())
    implied = np.broadcast_to([0.1, 0.2, 0.3], (len(events), 2, 3))
    published = np.full((len(events), 2), 0.2)
    published[0, 1], published[1, 1] = 0.01, 0.9
    found = xr.Dataset(
        {
            "implied": (("event", "camp", "level"), implied),
            "published": (("event", "camp"), published),
        },
        coords={"event": events, "camp": ["Concerned", "Skeptical"]},
    )
    text = about_events(found)
    assert "5 of 5 for the Concerned camp" in text
    assert "3 of 5 for the Skeptical camp" in text
    assert f"learning of {events[0]} was worth less" in text
    assert f"learning of {events[1]} was worth more" in text
