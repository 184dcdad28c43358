"""The cloud: imagined experts as the panel's model has them, and what they would answer."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from scipy.special import logit

from takeoff.analysis.app.asked import ITEMS
from takeoff.analysis.app.base import base_of
from takeoff.analysis.app.cloud import SHOWN, cloud_of_panel, kept_cloud
from takeoff.analysis.worlds import imagined, imagined_panel
from takeoff.models.evaluate import evaluate
from takeoff.models.priors import prior_set
from takeoff.models.worldviews import VARYING
from tests.analysis.app.panel import WEIGHTS, fitted_tree


def test_a_cloud_that_was_kept_is_read_again_as_it_was(tmp_path: Path) -> None:
    tree = fitted_tree(5)
    made = cloud_of_panel(tree, tmp_path)
    kept = kept_cloud(tree.attrs, tmp_path)
    assert kept is not None
    assert kept.data.equals(made.data)
    assert kept_cloud({**tree.attrs, "result_id": "another"}, tmp_path) is None
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:1000])
    assert kept_cloud(tree.attrs, tmp_path) is None


def test_imagined_experts_believe_what_their_worlds_imply() -> None:
    tree = fitted_tree(5)
    data = base_of(tree).cloud.data
    draws = tree["posterior"].to_dataset()
    members = data["camp"].values.tolist()
    worlds = imagined_panel(draws, tuple(WEIGHTS), members, prior_set("neutral"), 1)
    for asked in (each for each in ITEMS if each.name in ("takeover_with_8", "mixed_with_3")):
        question = asked.question
        exact = evaluate(worlds, question.scenario, [question.outcome], "fit")[question.outcome]
        belief = data["belief"].sel(question=question.name).values
        flat = exact.transpose("chain", "draw", "imagined").values.reshape(belief.shape)
        assert belief == pytest.approx(np.clip(logit(flat), -36, 36), abs=1e-6)
    assert members.count("worried") == members.count("hopeful")


def test_many_imagined_at_once_are_drawn_as_one_at_a_time_are() -> None:
    draws = fitted_tree(200)["posterior"].to_dataset()
    chosen = prior_set("neutral")
    one = imagined(draws, WEIGHTS, chosen, 5).worlds
    members = ["worried", "hopeful"] * 8
    many = imagined_panel(draws, tuple(WEIGHTS), members, chosen, 6)
    for name in VARYING:
        # Those of one draw are alike, so one of each draw is compared, of either camp in turn.
        turn = np.arange(many[name].sizes["draw"]) % 2
        each = np.stack([many[name].values[:, row, side] for row, side in enumerate(turn)])
        assert stats.ks_2samp(one[name].values.ravel(), each.ravel()).pvalue > 1e-4
    assert many["doubt"].dims == ("chain", "draw")


def test_the_panel_of_a_cloud_is_the_one_that_was_fitted() -> None:
    tree = fitted_tree(5)
    base = base_of(tree)
    by_expert = tree["outcomes"]["by_expert"].sel(scenario="default", outcome=list(SHOWN))
    found = base.cloud.data["panel"].transpose("outcome", "draw", "expert").values
    exact = by_expert.transpose("outcome", "chain", "draw", "expert").values
    assert found == pytest.approx(exact.reshape(found.shape))
    assert base.experts == 4
    assert base.weights == json.loads(tree.attrs["camp_weights"])
    assert base.studies == ()  # made up, so it cannot be refitted
