"""Merged gates do what they did one by one, and are merged where that pays."""

from __future__ import annotations

import numpy as np
import pytest
import qulacs
from qiskit import QuantumCircuit
from qiskit.quantum_info import Statevector

from qmagic.backends.gates_merged import add_merged
from qmagic.backends.program import read
from tests.reference.circuits import CLIFFORD, SPARSE, Kind, random_circuit


def merged(circuit):
    made = qulacs.QuantumCircuit(circuit.num_qubits)
    add_merged(made, read(circuit).steps, {qubit: qubit for qubit in range(circuit.num_qubits)})
    return made


def assert_same(circuit):
    state = qulacs.QuantumState(circuit.num_qubits)
    merged(circuit).update_quantum_state(state)
    assert abs(np.vdot(Statevector(circuit).data, state.get_vector())) == pytest.approx(1, abs=1e-10)


@pytest.mark.parametrize("seed", range(30))
def test_same_state(seed):
    """Circuits of every gate give Qiskit's state, whatever became of them; those of few kinds of gates, too."""
    for kind in (Kind(), Kind(CLIFFORD), Kind(SPARSE, mixing=0.2), Kind(("ry", "rz", "cx", "cp", "rzz"))):
        assert_same(random_circuit(kind, seed, 6, measured=False))


def test_rotations_become_one_matrix():
    """Two rotations of a qubit become one matrix, two diagonal ones a diagonal; a gate that is alone stays itself."""
    circuit = QuantumCircuit(3)
    for qubit in (0, 1):
        circuit.rz(0.3 + qubit, qubit)
    circuit.ry(0.4, 0)
    circuit.p(0.2, 1)
    circuit.h(2)
    names = [merged(circuit).get_gate(i).get_name() for i in range(3)]
    assert names == ["DenseMatrix", "DiagonalMatrix", "H"]
    assert_same(circuit)


@pytest.mark.parametrize("flip", [False, True])
def test_a_block_on_a_pair_becomes_one_matrix(flip):
    """CX between rotations on the same two qubits is one matrix, in whichever order they are named."""
    a, b = (1, 0) if flip else (0, 1)
    circuit = QuantumCircuit(2)
    for turn in range(3):
        circuit.u(0.3, 0.1 + turn, 0.2, a)
        circuit.u(0.5, 0.4, 0.7 * turn, b)
        circuit.cx(a, b)
    circuit.ry(0.2, a)
    assert merged(circuit).get_gate_count() == 1
    assert_same(circuit)


def test_cheap_gates_stay_as_they_are():
    """CX, H and the phases between them cost less than a matrix."""
    circuit = QuantumCircuit(2)
    circuit.h([0, 1])
    circuit.cx(0, 1)
    circuit.rz(0.3, 1)
    circuit.cx(0, 1)
    assert merged(circuit).get_gate_count() == 5
    assert_same(circuit)
