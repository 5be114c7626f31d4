"""Optimizers find known minima, SciPy's do what SciPy does, ours what their papers say."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.optimize

from qmagic.errors import InputError, NotFoundError
from qmagic.loops.objective import Answer
from qmagic.loops.optimizers import check, make
from qmagic.orders import OPTIMIZERS, optimizer_of
from qmagic.tapes import BOTH
from tests.loops.playing import bowl, slopes


class Counted:
    """A run over a function, which keeps what was asked and where the optimizer stood."""

    def __init__(self, function, gradient=None, most=100_000):
        self.function, self.gradient, self.most = function, gradient, most
        self.asked, self.stood = [], []

    def evaluate(self, x, want=1):
        self.asked.append(np.array(x))
        return Answer(float(self.function(x)), 0.0, self.gradient(x) if want == BOTH else None, 0)

    def evaluate_all(self, asked):
        return [self.evaluate(x, want) for x, want in asked]

    def stand(self, x, *, value=None, step=None):
        self.stood.append(np.array(x))
        if len(self.stood) >= self.most:
            raise StopIteration


def round_bowl(x):
    return float((x - 0.5) @ np.diag([1.0, 4.0, 2.0]) @ (x - 0.5))


def round_slopes(x):
    return 2 * np.diag([1.0, 4.0, 2.0]) @ (x - 0.5)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_quadratic_is_minimised(name):
    """From (0, 1, -1) each optimizer comes to the minimum at 0.5, to 1e-3 in each coordinate (SPSA to 0.02)."""
    run = Counted(round_bowl, round_slopes, most=3000)
    try:
        make(name, np.array([0.0, 1.0, -1.0]), seed=3, learning_rate=None, options={}).run(run)
    except StopIteration:
        pass
    assert np.abs(run.stood[-1] - 0.5).max() < (0.02 if name == "spsa" else 1e-3)


@pytest.mark.parametrize("name", [name for name, one in OPTIMIZERS.items() if not one.learning_rate])
def test_scipys_are_scipys(name):
    """They ask for the points that SciPy asks for, in its order, and stand where its callback says."""
    x0, seen = np.array([-0.5, 0.7, 0.2]), []

    def watched(x):
        seen.append(np.array(x))
        return bowl(x)

    stood = []
    scipy.optimize.minimize(
        watched, x0, method=name, jac=slopes if OPTIMIZERS[name].gradient else None, options={"maxiter": 15},
        callback=lambda intermediate_result: stood.append(np.array(intermediate_result.x)),
    )  # fmt: skip
    run = Counted(bowl, slopes, most=len(stood))
    try:
        make(name, x0, seed=0, learning_rate=None, options={}).run(run)
    except StopIteration:
        pass
    assert np.array_equal(np.array(run.stood), np.array(stood)[: len(run.stood)])
    assert np.array_equal(np.array(run.asked[: len(seen)]), np.array(seen)[: len(run.asked)])


def test_adam_takes_the_steps_of_its_paper():
    """Algorithm 1 of arXiv:1412.6980, written out: the first step is the learning rate against the gradient's sign."""
    run = Counted(round_bowl, round_slopes, most=3)
    with pytest.raises(StopIteration):
        make("adam", np.array([0.0, 1.0, -1.0]), seed=0, learning_rate=0.01, options={}).run(run)
    x, m, v = np.array([0.0, 1.0, -1.0]), np.zeros(3), np.zeros(3)
    for t, at in enumerate(run.stood, 1):
        assert np.allclose(at, x, atol=1e-15)
        g = round_slopes(x)
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        x = x - 0.01 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    assert np.allclose(run.stood[1] - run.stood[0], [0.01, -0.01, 0.01], atol=1e-6)


def test_spsa_follows_spalls_recipe():
    """Pairs lie c_k to either side along signs, c_k falls as (k + 1)^-0.101; each iteration takes three values."""
    run = Counted(round_bowl, most=10)
    with pytest.raises(StopIteration):
        make("spsa", np.array([0.0, 1.0, -1.0]), seed=5, learning_rate=0.1, options={"calibration": 4}).run(run)
    assert len(run.asked) == 2 * 4 + 3 * 10
    x = np.array([0.0, 1.0, -1.0])
    moved = []
    for k in range(10):
        above, below, new = run.asked[8 + 3 * k : 11 + 3 * k]
        c = 0.1 / (k + 1) ** 0.101
        assert np.allclose(np.abs(above - x), c)
        assert np.allclose(above + below, 2 * x)
        slope = (round_bowl(above) - round_bowl(below)) / (2 * c)
        gain = (x - new) / (slope * (above - x) / c)
        assert np.allclose(gain, gain[0])
        moved.append(gain[0])
        x = new
    ratios = np.array(moved) / moved[0]
    assert np.allclose(ratios, (21 / (21 + np.arange(10))) ** 0.602)


def test_spsas_first_step_is_about_the_learning_rate():
    """Over 60 seeds the calibrated first step moves each parameter by 0.1 on average (to a factor of 1.5)."""
    steps = []
    for seed in range(60):
        run = Counted(round_bowl, most=1)
        with pytest.raises(StopIteration):
            make("spsa", np.array([0.0, 1.0, -1.0]), seed=seed, learning_rate=0.1, options={}).run(run)
        steps.append(np.abs(run.stood[0] - [0.0, 1.0, -1.0]).mean())
    assert 0.1 / 1.5 < np.mean(steps) < 0.15


def test_settings_that_do_not_fit_are_refused():
    """A learning rate for SciPy, an unknown option, an unknown name: one line that names what is there."""
    with pytest.raises(InputError, match="cobyla has no learning rate; spsa, adam"):
        check("cobyla", 0.1, {})
    with pytest.raises(InputError, match="no option 'rhobegg'; did you mean 'rhobeg'"):
        check("cobyla", None, {"rhobegg": 1.0})
    with pytest.raises(InputError, match="above 0"):
        check("adam", -1.0, {})
    with pytest.raises(NotFoundError, match="did you mean 'cobyla'"):
        optimizer_of("cobila")
    assert [optimizer_of(name) for name in ("L_BFGS_B", "lbfgs", "CMA-ES", "gd", "nelder_mead")] == [
        "l-bfgs-b", "l-bfgs-b", "cma", "gradient-descent", "nelder-mead",
    ]  # fmt: skip
