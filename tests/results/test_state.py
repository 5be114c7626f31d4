"""`State`, from real jobs: amplitudes, Bloch vectors, density matrix, and its views."""

from __future__ import annotations

import base64
import math

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.circuit.random import random_circuit
from qiskit.quantum_info import Pauli, Statevector

import qmagic
from qmagic.errors import InputError, NotFoundError

pytestmark = pytest.mark.usefixtures("home")


def ghz(n: int) -> QuantumCircuit:
    circuit = QuantumCircuit(n)
    circuit.h(0)
    for i in range(n - 1):
        circuit.cx(i, i + 1)
    circuit.measure_all()
    return circuit


def test_a_result_has_its_state_computed_by_a_job():
    """Each PUB's circuit without noise, transpiling and final measurements; the job names its parent."""
    circuit = random_circuit(3, 5, max_operands=2, seed=4)
    wanted = Statevector(circuit).data
    circuit.measure_all()
    result = qmagic.run([ghz(2), circuit], shots=10, noise="depolarizing=0.1", seed=1).result()
    state = result.state(1)
    assert np.allclose(state.vector(), wanted)
    assert state.result.info.kind == "state"
    assert state.result.info.parent == result.info.id
    assert result.state().probabilities() == pytest.approx({"00": 0.5, "11": 0.5})


def test_bloch_vectors_and_density_matrix_are_qiskits():
    """For every qubit and step, against Statevector's expectation values."""
    circuit = random_circuit(3, 4, max_operands=2, seed=9)
    wanted = Statevector(circuit)
    circuit.measure_all()
    state = qmagic.run(circuit, shots=1, seed=1).result().state()
    for qubit in range(3):
        expected = [wanted.expectation_value(Pauli(letter), [qubit]).real for letter in "XYZ"]
        assert state.bloch(qubit) == pytest.approx(expected)
        assert state.bloch(qubit, 0) == (0, 0, 1)
    assert np.allclose(state.density_matrix(), np.outer(wanted.data, wanted.data.conj()))
    with pytest.raises(NotFoundError, match="no qubit 3"):
        state.bloch(3)
    with pytest.raises(NotFoundError, match="no step 99"):
        state.amplitudes(99)


def test_limits_are_one_clear_sentence():
    """Too wide, not unitary, and a sweep are refused before a job exists."""
    wide = qmagic.run(ghz(9), shots=1, seed=1).result()
    with pytest.raises(InputError, match=r"^the state is shown for circuits of up to 8 qubits; the circuit has 9$"):
        wide.state()
    theta = Parameter("theta")
    swept = QuantumCircuit(1)
    swept.ry(theta, 0)
    swept.measure_all()
    result = qmagic.run(swept, parameter_values={"theta": [0.1, 0.2]}, shots=1, seed=1).result()
    with pytest.raises(InputError, match="at one point"):
        result.state()
    measured = QuantumCircuit(1, 1)
    measured.h(0)
    measured.measure(0, 0)
    measured.h(0)
    measured.measure(0, 0)
    again = qmagic.run(measured, shots=5, seed=1).result()
    before = len(qmagic.jobs(limit=100))
    with pytest.raises(InputError, match="unitary up to final measurements"):
        again.state()
    assert len(qmagic.jobs(limit=100)) == before
    with pytest.raises(NotFoundError, match="no PUB 1"):
        again.state(1)


def test_its_views_hold_the_same_numbers():
    """Text, HTML without scripts, and JSON whose float32 amplitudes are the state's, for every step."""
    state = qmagic.run(ghz(2), shots=1, seed=1).result().state()
    views = state._repr_mimebundle_()
    assert "|00⟩             0.7071   50.0 %  0" in views["text/plain"]
    assert "q0  Bloch vector (0.000, 0.000, 0.000)" in views["text/plain"]
    assert "<script" not in views["text/html"]
    assert "|11⟩" in views["text/html"]
    (drawn,) = views["application/vnd.qmagic.result.v1+json"]["states"]
    assert drawn["steps"] == ["start", "h q0", "cx q0, q1"]
    numbers = np.frombuffer(base64.b64decode(drawn["amplitudes"]), "<c8").reshape(3, 4)
    assert np.allclose(numbers[-1], [math.sqrt(0.5), 0, 0, math.sqrt(0.5)])
    assert repr(state) == "<State of 2 qubits after 2 steps>"
