"""An ansatz with an observable as an objective: exact, from shots, under noise, on a device."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit.circuit import Parameter, QuantumCircuit
from qiskit.circuit.library import efficient_su2
from qiskit.quantum_info import SparsePauliOp, Statevector

from qmagic.errors import InputError
from qmagic.loops import runner
from qmagic.loops.asked import Asked, job_of
from qmagic.orders import Changes, Order
from qmagic.tapes import Told
from tests.loops.playing import PlayedDoor, loop, played, trajectory

ANSATZ = efficient_su2(3, reps=1)
ISING = SparsePauliOp.from_list([("ZZI", -1.0), ("IZZ", -1.0), ("XII", -0.5), ("IXI", -0.5), ("IIX", -0.5)])
LOWEST = float(np.linalg.eigvalsh(ISING.to_matrix())[0])


def energy(x) -> float:
    state = Statevector(ANSATZ.assign_parameters(x))
    return float(state.expectation_value(ISING).real)


def asked(**given):
    return job_of(Asked(**{"objective": ANSATZ, "second": ISING, "seed": 3, **given}))


def test_every_value_is_the_observables():
    """Along a run, each value is Qiskit's for that point, to 1e-10, in the order of the circuit's parameters."""
    outcome, tape = played(asked(optimizer="cobyla", maxiter=20))
    told = [e for e in tape if isinstance(e, Told)]
    for one in told[::5]:
        assert one.value == pytest.approx(energy(np.frombuffer(one.x)), abs=1e-10)
    assert loop(outcome).labels == tuple(parameter.name for parameter in ANSATZ.parameters)


def test_the_ground_state_is_found():
    """With gradients from the state, the best of three starts comes near the lowest eigenvalue, from above."""
    best = min(loop(played(asked(seed=seed))[0]).value for seed in (1, 2, 3))
    assert LOWEST <= best < LOWEST + 0.12  # one repetition cannot reach the ground state itself


def test_values_from_shots_are_right_within_their_errors():
    """Over a run, values lie around Qiskit's exact ones as their standard errors say (to 4 sigma)."""
    _, tape = played(asked(optimizer="spsa", shots=400, maxiter=20))
    told = [e for e in tape if isinstance(e, Told)]
    pulls = [(one.value - energy(np.frombuffer(one.x))) / one.std for one in told]
    assert abs(np.mean(pulls)) < 4 / len(pulls) ** 0.5
    assert 0.7 < np.std(pulls) < 1.3
    assert {one.shots for one in told} == {800}  # two measurement groups


@pytest.mark.parametrize(
    "given",
    [
        {"shots": 200, "optimizer": "spsa"},
        {"precision": 0.05, "optimizer": "spsa"},
        {"shots": 100, "optimizer": "adam"},
        {"backend": "aer", "optimizer": "cobyla"},
        {"noise": "depolarizing=0.01", "shots": 100, "optimizer": "nelder-mead"},
    ],
)
def test_a_tape_goes_on_whatever_evaluates(given):
    """Shots, precision, gradients from shots, another backend, noise: a cut tape goes on identically."""
    spec = asked(maxiter=4, **given)
    whole = played(spec)[1]
    assert trajectory(played(spec, whole[: len(whole) // 2])[1]) == trajectory(whole)


def test_a_device_changes_the_value_and_not_the_observable():
    """On a noisy device the energy of the best point lies above the noiseless one, and below 0."""
    x0 = loop(played(asked(seed=2))[0])
    point = np.frombuffer(x0.x)
    found = played(asked(noise="fake_manila", shots=1000, x0=point, optimizer="cobyla", maxiter=1))[1]
    first = next(e for e in found if isinstance(e, Told))
    assert x0.value < first.value < 0.5 * x0.value


def test_shots_change_from_one_evaluation_to_the_next():
    """After `set(shots=...)` values have error bars; back to exact they have none; a replay from a cut agrees."""
    orders = {
        4: [Order("set", 1, changes=Changes(shots=100))],
        8: [Order("set", 2, changes=Changes(shots=None))],
    }
    spec = asked(optimizer="cobyla", maxiter=12)
    _, tape = played(spec, orders=orders)
    stds = [e.std > 0 for e in tape if isinstance(e, Told)]
    assert stds[:10] == [False] * 4 + [True] * 4 + [False] * 2
    assert trajectory(played(spec, tape[:9], {8: orders[8]})[1]) == trajectory(tape)


def test_a_parameter_used_twice_and_in_an_expression_has_one_gradient():
    """L-BFGS-B finds the minimum of a circuit with theta, 2 theta and phi + theta to 1e-8."""
    theta, phi = Parameter("theta"), Parameter("phi")
    circuit = QuantumCircuit(2)
    circuit.ry(theta, 0)
    circuit.ry(2 * theta, 1)
    circuit.cx(0, 1)
    circuit.rx(phi + theta, 0)
    outcome, _ = played(job_of(Asked(objective=circuit, second="ZZ + 0.3*XI", seed=1)))
    grid = np.linspace(-np.pi, np.pi, 61)
    operator = SparsePauliOp.from_list([("ZZ", 1.0), ("XI", 0.3)])
    lowest = min(
        Statevector(circuit.assign_parameters({theta: t, phi: p})).expectation_value(operator).real
        for t in grid
        for p in grid
    )
    assert loop(outcome).value <= lowest + 1e-8


def test_what_cannot_run_is_refused_before_it_is_submitted():
    """No parameters, no observable, two of them, a wrong point, a wrong rule: one line each."""
    for given, message in (
        ({"objective": QuantumCircuit(1)}, "no free parameters"),
        ({"second": None}, "needs an observable"),
        ({"second": ["ZZZ", "XXX"]}, "one observable"),
        ({"x0": [0.0, 1.0]}, "parameter"),
        ({"backend": "statevectr"}, "did you mean 'statevector'"),
        ({"optimizer": "sspa"}, "did you mean 'spsa'"),
        ({"gradient": "adjont"}, "did you mean 'adjoint'"),
        ({"maxiter": 0}, "maxiter 0: expected more than 0"),
        ({"maxiter": 1.5}, "a whole number"),
        ({"shots": 10, "precision": 0.1}, "shots"),
        ({"objective": 3}, "expected a circuit with parameters or a function, got int 3"),
    ):
        with pytest.raises(InputError, match=message):
            asked(**given)


def test_the_objective_is_evaluated_by_the_exact_engine_or_a_backend():
    """Exact values on auto need no backend; anything else names the one that runs."""
    assert runner.prepare(asked(), (), PlayedDoor()).objective.name == "statevector"
    assert runner.prepare(asked(backend="aer"), (), PlayedDoor()).objective.name == "aer"
