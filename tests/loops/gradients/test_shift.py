"""The parameter-shift rules against dense shifts, the adjoint method and central differences."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit.circuit import Gate, Parameter, QuantumCircuit
from qiskit.circuit.library import efficient_su2
from qiskit.quantum_info import SparsePauliOp, Statevector

from qmagic.errors import InputError
from qmagic.loops.gradients import Estimates, choose
from qmagic.loops.gradients.shift import RULES
from tests.backends.exact.ansaetze import GATES, random_ansatz, random_observable, slopes

#: The first test may have to wait for the kernels to be compiled.
pytestmark = pytest.mark.timeout(400)


def dense(observable, noise=0.0):
    """Returns an evaluator by Qiskit's Statevector, with Gaussian noise of a known size."""

    def evaluate(circuit, points, index):
        values = [Statevector(circuit.assign_parameters(x)).expectation_value(observable).real for x in points]
        random = np.random.default_rng(index).normal(size=len(points))
        return Estimates(np.array(values) + noise * random, np.full(len(points), noise))

    return evaluate


def test_random_circuits_have_their_slopes(full):
    """Dense parameter shifts, the adjoint method and central differences of Statevector agree to 1e-8."""
    for seed in range(full(12, 200)):
        rng = np.random.default_rng(1000 + seed)
        qubits = int(rng.integers(1, 5))
        circuit = random_ansatz(rng, qubits, int(rng.integers(4, 14)))
        observable, x = random_observable(rng, qubits), rng.normal(size=circuit.num_parameters)
        shifted = choose(circuit, observable, evaluate=dense(observable)).value_and_gradient(x)
        adjoint = choose(circuit, observable).value_and_gradient(x)
        assert shifted.value == pytest.approx(adjoint.value, abs=1e-12), seed
        assert shifted.gradient == pytest.approx(adjoint.gradient, abs=1e-8), seed
        assert shifted.gradient == pytest.approx(slopes(circuit, observable, x), abs=1e-8), seed


@pytest.mark.parametrize("name", RULES)
def test_each_rule_is_exact(name):
    """Every angle of every gate that has one, alone between random rotations."""
    rng = np.random.default_rng(sum(name.encode()))
    gate = GATES[name]
    for column in range(len(gate.params)):
        angles = [float(angle) for angle in rng.normal(size=len(gate.params))]
        circuit = QuantumCircuit(3)
        for layer in range(2):
            for qubit in range(3):
                circuit.u(*rng.normal(size=3), qubit)
            if not layer:
                angles[column] = Parameter("x")
                circuit.append(gate.base_class(*angles), rng.permutation(3)[: gate.num_qubits].tolist())
        observable, x = random_observable(rng, 3), rng.normal(size=1)
        found = choose(circuit, observable, gradient="parameter-shift").value_and_gradient(x)
        assert found.gradient == pytest.approx(slopes(circuit, observable, x), abs=1e-8)


def test_every_gate_with_an_angle_has_a_rule():
    """None of Qiskit's standard gates is forgotten."""
    assert {name for name, gate in GATES.items() if gate.params} == set(RULES)


def test_all_shifts_are_one_call():
    """A step asks its backend once, for as many points as it announced."""
    circuit, asked = efficient_su2(3, reps=1), []
    observable = SparsePauliOp("ZZX")

    def evaluate(circuit, points, index):
        asked.append((len(points), index))
        return dense(observable)(circuit, points, index)

    gradient = choose(circuit, observable, evaluate=evaluate)
    gradient.value_and_gradient(np.zeros(12), index=5)
    assert asked == [(gradient.evaluations, 5)]
    assert gradient.evaluations == 2 * 12 + 1
    assert "24 shifted circuits" in gradient.why


def test_errors_of_slopes_are_those_of_their_values(full):
    """With noise of a known size, slopes scatter about the truth as their standard errors say (5 standard errors)."""
    a, b = Parameter("a"), Parameter("b")
    circuit = QuantumCircuit(2)
    circuit.crx(a * b, 0, 1)
    circuit.ry(2 * a, 0)
    circuit.cry(b, 0, 1)
    observable, x = SparsePauliOp(["ZZ", "IX"], [1.0, 0.5]), np.array([0.4, 1.1])
    truth = choose(circuit, observable).value_and_gradient(x).gradient
    noisy = choose(circuit, observable, evaluate=dense(observable, 0.1), noisy=True)
    repeats = full(60, 2000)
    steps = [noisy.value_and_gradient(x, index=i) for i in range(repeats)]
    pulls = np.array([(step.gradient - truth) / step.gradient_std for step in steps])
    assert np.abs(pulls.mean(axis=0)).max() < 5 / np.sqrt(repeats)
    assert np.abs(pulls.var(axis=0) - 1).max() < 5 * np.sqrt(2 / repeats)
    assert steps[0].std == 0.1


def test_terminal_measurements_are_left_out():
    """An ansatz that ends in measurements has the slopes of what comes before."""
    circuit = efficient_su2(2, reps=1)
    x = np.arange(8.0)
    wanted = choose(circuit, "XZ").value_and_gradient(x).gradient
    circuit.measure_all()
    assert choose(circuit, "XZ", gradient="parameter-shift").value_and_gradient(x).gradient == pytest.approx(wanted)


def test_what_has_no_rule_is_named():
    """A gate without definition in standard gates, and a circuit that is not unitary."""
    circuit = QuantumCircuit(1)
    circuit.reset(0)
    circuit.ry(Parameter("a"), 0)
    circuit.reset(0)
    with pytest.raises(InputError, match="not unitary: it resets"):
        choose(circuit, "Z", evaluate=dense("Z"))
    circuit = QuantumCircuit(1)
    circuit.append(Gate("mystery", 1, [Parameter("a")]), [0])
    with pytest.raises(InputError, match="mystery"):
        choose(circuit, "Z", evaluate=dense("Z"))
