"""Programs against PyTensor's own interpreter, and their gradients against differences."""

from typing import Any

import numpy as np
import pytensor.tensor
import pytest
from pytensor.compile.maker import function
from pytensor.compile.mode import Mode
from scipy import special

from takeoff.data import join, load_study
from takeoff.models.histories import Step, shared_ends
from takeoff.models.interval import log_interval
from takeoff.models.layout import MARGIN
from takeoff.models.machine import OPERATIONS
from takeoff.models.panel import panel_model
from takeoff.models.priors import prior_set
from takeoff.models.program import Call, Program
from takeoff.models.shared import read_on_tape, tell_on_tape
from takeoff.models.special import scaled_erfc
from takeoff.models.writer import program_of

pt: Any = pytensor.tensor
INTERPRETED = Mode(linker="py", optimizer="fast_compile")


def elementary(x: Any) -> Any:
    """Use every kind of instruction, and arrangement of addresses, once."""
    table = pt.outer(x, pt.exp(-(x**2))) * np.array([[0.0], [1.0], [2.0], [0.5]])
    rows = pt.concatenate([table, pt.sigmoid(table[:1])], axis=0)[np.array([4, 1, 1, 0])]
    parts = [
        pt.log1p(rows**2).sum(),
        pt.logsumexp(rows, axis=1).sum(),
        pt.special.log_softmax(x, axis=-1)[1],
        pt.special.softmax(x, axis=-1)[2],
        pt.where(x > 0.2, pt.sqrt(x**2 + 1), pt.softplus(x)).sum(),
        pt.log1mexp(-(x**2) - 0.1).sum(),
        pt.erfc(x).sum() + pt.erfcx(x).sum() + pt.expm1(x).sum(),
        pt.inc_subtensor(rows[:, 1], x)[2, 1] / pt.max(x + np.array([0, 3, 6, 9])),
        pt.clip(x, -0.5, 0.5).sum() + pt.minimum(x, 0.3).sum() + ((x**2 + 1) ** x[0]).sum(),
        log_interval(pt.constant([-0.5]), pt.constant([0.7]), x, pt.exp(x[:1])).sum(),
        pt.dot(np.arange(12.0).reshape(3, 4), x).sum(),
    ]
    return pt.add(*(part.sum() for part in parts))


def differences(density: Any, at: np.ndarray) -> np.ndarray:
    """Differentiate by five points."""
    steps = 1e-3 * np.eye(len(at))
    moved = [[density(at + times * step)[0] for times in (2, 1, -1, -2)] for step in steps]
    return np.array(moved) @ [-1, 8, -8, 1] / (12 * 1e-3)


def test_every_instruction_gives_what_the_graph_does_and_carries_derivatives_back() -> None:
    x = pt.tensor("x", shape=(4,), dtype="float64")
    plain: Any = function([x], elementary(x), mode=INTERPRETED)
    density = program_of([elementary(x)], [x], [(4,)]).density()
    for at in np.random.default_rng(5).uniform(-1, 1, (20, 4)):
        value, gradient = density(at)
        assert value == pytest.approx(float(plain(at)), rel=1e-11)
        np.testing.assert_allclose(gradient, differences(density, at), rtol=1e-6, atol=1e-6)


@pytest.fixture(scope="module")
def of_a_panel() -> Program:
    panel = panel_model(join([load_study("fri_2023"), load_study("authors")]), prior_set("neutral"))
    model: Any = panel.coordinates().model
    shapes = [np.shape(value) for value in model.initial_point().values()]
    return program_of([model.logp()], model.value_vars, shapes)


def test_the_gradient_of_a_panels_density_is_that_of_differences(of_a_panel: Program) -> None:
    density = of_a_panel.density()
    for at in np.random.default_rng(6).normal(0, 0.3, (2, of_a_panel.variables)):
        value, gradient = density(at)
        slopes = differences(density, at)
        # Rounding of the density over the step.
        np.testing.assert_allclose(gradient, slopes, rtol=1e-4, atol=1e-8 * abs(value) / 1e-3)


def test_the_integral_is_never_asked_for_what_is_not_a_number(
    of_a_panel: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would write beyond its grid. Far astray the density is NaN, and so are values."""
    asked = []
    run = Step.run

    def noted(self: Step, arguments: Any, fixed: Any) -> Any:
        asked.append(all(np.isfinite(each).all() for each in arguments))
        return run(self, arguments, fixed)

    monkeypatch.setattr(Step, "run", noted)
    density, random = of_a_panel.density(), np.random.default_rng(7)
    with np.errstate(all="ignore"):
        for size in (1e2, 1e5, 1e14, 1e200):
            astray = size * random.normal(size=of_a_panel.variables)
            assert np.isnan(density(astray)[0])
            assert np.isnan(of_a_panel.values(astray[None])[0]).all()
    assert all(asked)


def results_of(program: Program, name: str) -> int:
    """Count how many results of an operation a program works out."""
    return int(program.table[program.table[:, 0] == OPERATIONS[name], 2].sum())


def test_nothing_is_worked_out_twice_or_for_nobody() -> None:
    x = pt.vector("x", shape=(4,))
    wanted = [pt.exp(x[:3])[1:], pt.exp(x[np.array([2, 2, 1])]) * x[1], x[1] * pt.exp(x[2:3])]
    program = program_of(wanted, [x], [(4,)])
    assert results_of(program, "exp") == 2
    assert results_of(program, "mul") == 2
    plain: Any = function([x], wanted, mode=INTERPRETED)
    at = np.array([0.3, -0.7, 1.1, 2.0])
    for value, expected in zip(program.values(at[None]), plain(at), strict=True):
        np.testing.assert_array_equal(value[0], expected)


def test_the_integral_is_called_once_for_the_same_numbers_however_the_graph_gets_them() -> None:
    width = MARGIN + 4  # of the first project and a follower
    x = pt.vector("x", shape=(width + 2,))
    changed = pt.set_subtensor(x[-1], x[-1] + 1.0)
    ends = [shared_ends(each[:width], each[width:-1], (0,)).sum() for each in (x, changed)]
    program = program_of(ends, [x], [(width + 2,)])
    assert sum(isinstance(part, Call) for part in program.parts) == 1


def test_worlds_on_a_grid_are_told_once_for_panels_that_share_them() -> None:
    """Two panels with other margins, the second's given by the first: told together and apart."""
    width = MARGIN + 4
    x = pt.vector("x", shape=(width + 3,))
    common, margin = x[:width], x[width:]
    one = shared_ends(common, margin, (0,))
    other = shared_ends(common, margin * one[0, 0], (0,))
    weight = np.random.default_rng(3).normal(size=(3, int(one.type.shape[1] or 0)))
    both = program_of([(weight * (one + 2 * other)).sum()], [x], [(width + 3,)])
    told = [part.step.on_tape for part in both.parts if isinstance(part, Call)]
    assert told == [tell_on_tape, read_on_tape, read_on_tape]

    at = np.random.default_rng(1).uniform(0.1, 0.6, width + 3)
    found, gradient = both.density()(at)
    plain: Any = function([x], [(weight * (one + 2 * other)).sum()], mode=INTERPRETED)
    assert found == pytest.approx(float(plain(at)[0]), rel=1e-12)
    for place in range(len(at)):
        side = 1e-5 * (np.arange(len(at)) == place)
        slope = (plain(at + side)[0] - plain(at - side)[0]) / 2e-5
        assert gradient[place] == pytest.approx(float(slope), rel=1e-5, abs=1e-8)


def test_sums_keep_the_terms_of_those_that_are_wanted() -> None:
    x = pt.vector("x", shape=(12,))
    sums = pt.exp(x.reshape((2, 6))).sum(axis=1)
    program = program_of([sums[1]], [x], [(12,)])
    assert results_of(program, "exp") == 6
    at = np.linspace(-1, 1, 12)
    assert program.values(at[None])[0][0] == pytest.approx(np.exp(at[6:]).sum(), rel=1e-14)


def test_intervals_keep_their_digits_however_narrow_or_far_out() -> None:
    low = np.repeat([-1000.0, -60, -38, -36, -8, -1, -0.3, 0, 0.3, 2, 8, 36, 38, 60], 5)
    high = low + np.tile([1e-3, 0.1, 1, 5, 2000], 14)
    ends = pt.matrix("ends", shape=(2, len(low)))
    between = log_interval(ends[0], ends[1], pt.constant(0.0), pt.constant(1.0))
    program = program_of([between], [ends], [(2, len(low))])
    found = program.values(np.concatenate([low, high])[None])[0][0]
    right = low + high > 0
    near, far = special.log_ndtr(np.where(right, [-low, -high], [high, low]))
    exact = near + np.log(-np.expm1(far - near))
    np.testing.assert_allclose(found, exact, rtol=1e-9, atol=1e-9)


def test_an_operation_that_the_machine_lacks_is_named() -> None:
    x = pt.vector("x", shape=(2,))
    with pytest.raises(NotImplementedError, match="tan"):
        program_of([pt.tan(x).sum()], [x], [(2,)])


def test_the_scaled_complement_of_the_error_function_is_right_in_both_tails() -> None:
    points = np.linspace(-5, 40, 901)
    np.testing.assert_allclose([scaled_erfc(x) for x in points], special.erfcx(points), rtol=1e-11)
