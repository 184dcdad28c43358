"""What is said of evidence follows its rules."""

import numpy as np
import pytest
import xarray as xr

from takeoff.analysis.evidence import about_evidence, about_experts, about_limits, divergence
from takeoff.analysis.report import render_report
from takeoff.models.priors import PRIOR_SETS
from tests.analysis.synthetic import synthetic_tree

SETS = list(PRIOR_SETS)


def table(
    level: tuple[float, float, float],
    error: float = 0.01,
    shape: float = 0.3,
    effective: float = 1000.0,
) -> xr.Dataset:
    """Make evidence of a panel and of one expert, alike."""
    odds = np.exp(level)
    numbers = {
        "log_evidence": np.array(level),
        "log_evidence_error": np.full(3, error),
        "probability": odds / odds.sum(),
        "probability_error": np.full(3, error),
    }
    return xr.Dataset(
        {
            **{f"panel_{name}": ("prior_set", each) for name, each in numbers.items()},
            **{name: (("expert", "prior_set"), each[None]) for name, each in numbers.items()},
            "panel_shape": ("prior_set", [-np.inf, shape, shape]),
            "panel_efficiency": ("prior_set", [1.0, 0.4, 0.3]),
            "shape": ("expert", [shape]),
            "effective": ("expert", [effective]),
            "divergence": (
                ("prior_set", "other_set"),
                [[divergence(a, b) for b in PRIOR_SETS.values()] for a in PRIOR_SETS.values()],
            ),
        },
        coords={"prior_set": SETS, "other_set": SETS, "expert": ["Ann"]},
    )


@pytest.mark.parametrize(
    ("level", "error", "said"),
    [
        ((0.0, 0.5, -0.4), 0.01, "hardly tell the sets apart"),
        ((0.0, 0.5, -1.0), 0.01, "speak somewhat for homogeneous against heterogeneous"),
        ((0.0, 0.5, -1.0), 0.2, "hardly tell the sets apart"),
        ((0.0, -3.5, 0.0), 0.01, "speak strongly for neutral against homogeneous"),
        ((0.0, -9.0, 0.1), 0.01, "speak very strongly for heterogeneous against homogeneous"),
    ],
)
def test_strength_is_the_weakest_that_the_numbers_bear(
    level: tuple[float, float, float], error: float, said: str
) -> None:
    evidence = table(level, error)
    assert said in " ".join(about_evidence(evidence))
    word = said.split()[1] if said.startswith("speak") else said.split()[0]
    assert word in " ".join(about_experts(evidence))


def test_a_set_whose_weights_have_no_mean_is_not_weighed() -> None:
    assert about_evidence(table((0.0, 5.0, 5.0), shape=1.1)) == [
        "The draws cannot be weighed as if they were of homogeneous and heterogeneous. Run takeoff "
        "report --prior averaged, whose draws can be."
    ]


def test_evidence_of_few_draws_is_called_rough() -> None:
    rough = "For homogeneous and heterogeneous this is rough, and its error may be larger"
    assert rough in about_evidence(table((0.0, 0.5, 0.4), shape=0.8))[-1]
    assert rough not in " ".join(about_evidence(table((0.0, 0.5, 0.4), shape=0.6)))


def test_evidence_under_the_average_is_not_rough_whatever_the_tail() -> None:
    """A set that is all but refuted has few draws, and a chance that is known to be small."""
    drawn = table((0.0, 0.5, -4.0), shape=1.1).assign_attrs(drawn_under="averaged")
    said = " ".join(about_evidence(drawn))
    assert "heterogeneous 1% (± 1)" in said
    assert "rough" not in said
    assert "cannot be weighed" not in said


def test_an_expert_with_whom_few_worldviews_agree_is_not_weighed() -> None:
    assert about_experts(table((0.0, 5.0, 5.0), effective=20)) == [
        "Too few imagined worldviews agree with Ann to weigh the sets by their answers."
    ]


def test_chances_are_written_with_their_error_rounded_up() -> None:
    said = about_evidence(table((0.0, 0.0, 0.0), error=0.011))[0]
    assert said.endswith("neutral 33% (± 2), homogeneous 33% (± 2) and heterogeneous 33% (± 2).")


def test_bound_names_the_pairs_that_are_farthest_and_nearest() -> None:
    (said,) = about_limits(table((0.0, 0.0, 0.0)))
    assert "10^8 for heterogeneous against homogeneous" in said
    assert "18 for heterogeneous against neutral" in said


def test_the_report_shows_the_evidence_and_no_number_that_cannot_be_trusted() -> None:
    tree = synthetic_tree()
    experts = tree["outcomes"].to_dataset()["expert"].values
    one = table((0.0, 0.5, -0.4))
    everybody = one.isel(expert=[0] * len(experts)).assign_coords(expert=experts)
    effective = np.full(len(experts), 1000.0)
    effective[0] = 3.0
    tree["evidence"] = xr.DataTree(everybody.assign(effective=("expert", effective)))
    page = render_report(tree)
    section = page[page.index('<section id="evidence">') :]
    section = section[: section.index("</section>")]
    assert "hardly tell the sets apart" in section
    assert '<td class="number">40%</td>' in section
    assert section.count('<td class="number">–</td>') == 3
    assert f"Too few imagined worldviews agree with {experts[0]} " in section
