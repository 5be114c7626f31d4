"""Which gradient a loop gets, and that each is the slope of what it is given."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit.circuit.library import efficient_su2
from qiskit.quantum_info import SparsePauliOp

from qmagic.errors import InputError
from qmagic.loops.gradients import METHODS, Estimates, choose, choose_for
from tests.loops.gradients.test_shift import dense

#: The first test may have to wait for the kernels to be compiled.
pytestmark = pytest.mark.timeout(400)

ANSATZ, OBSERVABLE = efficient_su2(3, reps=1), SparsePauliOp(["ZZI", "IXX"], [1.0, 0.5])
POINT = np.random.default_rng(3).normal(size=12)


def bowl(points, index):
    """The function sum of (i + 1) x_i^2 / 2: its slope along x_i is (i + 1) x_i."""
    return Estimates((points**2 @ np.arange(1, points.shape[1] + 1)) / 2, np.zeros(len(points)))


@pytest.mark.parametrize(
    ("evaluate", "asked", "name", "says"),
    [
        (None, "auto", "adjoint", "values are exact"),
        (dense(OBSERVABLE), "auto", "parameter-shift", "values come from a backend"),
        (None, "parameter-shift", "parameter-shift", "asked for"),
        (None, "finite-difference", "finite-difference", "two values for each of 12 parameters"),
        (dense(OBSERVABLE), "spsa", "spsa", "two values for all 12 parameters"),
    ],
)
def test_the_choice_has_a_reason(evaluate, asked, name, says):
    """Exact values go by the adjoint method, a backend's by parameter shifts, unless something else is asked for."""
    gradient = choose(ANSATZ, OBSERVABLE, gradient=asked, evaluate=evaluate)
    assert gradient.name == name
    assert says in gradient.why


@pytest.mark.parametrize("method", METHODS)
def test_all_methods_see_the_same_function(method):
    """Value, values and, up to the method's own error, the slopes."""
    wanted = choose(ANSATZ, OBSERVABLE).value_and_gradient(POINT)
    gradient = choose(ANSATZ, OBSERVABLE, gradient=method)
    step = gradient.value_and_gradient(POINT)
    assert step.value == pytest.approx(wanted.value, abs=1e-12)
    assert gradient.value(POINT).value == pytest.approx(wanted.value, abs=1e-12)
    assert gradient.values([POINT, POINT]).values == pytest.approx([wanted.value] * 2, abs=1e-12)
    if method != "spsa":
        assert step.gradient == pytest.approx(wanted.gradient, abs=1e-9)
    assert (step.std, step.gradient_std.max()) == (0.0, 0.0)


def test_differences_of_a_function_are_its_slopes():
    """Central differences of a parabola are exact up to rounding, wide steps included."""
    for noisy in (False, True):
        gradient = choose_for(bowl, 5, noisy=noisy)
        x = np.linspace(-2, 30, 5)
        assert gradient.value_and_gradient(x).gradient == pytest.approx(x * np.arange(1, 6), rel=1e-8)
        assert gradient.evaluations == 11


def test_spsa_is_right_on_average(full):
    """The mean of many random slopes is the gradient (5 standard errors); each comes from its index alone."""
    gradient = choose_for(bowl, 4, gradient="spsa", seed=11)
    x = np.array([1.0, -1.0, 0.5, 2.0])
    repeats = full(2000, 100_000)
    found = np.array([gradient.value_and_gradient(x, index=i).gradient for i in range(repeats)])
    error = found.std(axis=0) / np.sqrt(repeats)
    assert (np.abs(found.mean(axis=0) - x * np.arange(1, 5)) < 5 * error).all()
    assert (gradient.value_and_gradient(x, index=7).gradient == found[7]).all()
    assert not (found[7] == found[8]).all()


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: choose(ANSATZ, OBSERVABLE, gradient="adjont"), "no gradient 'adjont'.*did you mean 'adjoint'"),
        (lambda: choose(ANSATZ, OBSERVABLE, gradient="adjoint", evaluate=dense(OBSERVABLE)), "needs the state itself"),
        (lambda: choose_for(bowl, 3, gradient="parameter-shift"), "needs an ansatz and an observable"),
    ],
)
def test_what_does_not_fit_is_refused(make, says):
    """With one line that says what would."""
    with pytest.raises(InputError, match=says):
        make()
