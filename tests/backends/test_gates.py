"""qulacs applies each of Qiskit's gates as Qiskit does, up to a global phase."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Gate
from qiskit.circuit.library import (
    DiagonalGate,
    MCXGate,
    QFTGate,
    RYGate,
    StatePreparation,
    UnitaryGate,
    XGate,
    get_standard_gate_name_mapping,
)
from qiskit.circuit.random import random_circuit
from qiskit.quantum_info import Statevector, random_unitary

from qmagic.backends.base import Executable, Grant
from qmagic.backends.program import read
from qmagic.backends.statevector import StateVector

STANDARD = {
    name: gate
    for name, gate in get_standard_gate_name_mapping().items()
    if name not in ("measure", "reset", "delay", "global_phase", "id")
}


def amplitudes(circuit: QuantumCircuit) -> np.ndarray:
    """Returns the state over all qubits, by our backend."""
    program = read(circuit)
    assert program.obstacle == ""
    program.active = tuple(range(circuit.num_qubits))
    return StateVector().state(Executable(circuit, program), Grant()).get_vector()


def assert_same_state(circuit: QuantumCircuit) -> None:
    overlap = np.vdot(Statevector(circuit).data, amplitudes(circuit))
    assert abs(overlap) == pytest.approx(1, abs=1e-10)


def entangled(n: int) -> QuantumCircuit:
    """Returns a state without any symmetry."""
    random = np.random.default_rng(n)
    circuit = QuantumCircuit(n)
    for qubit in range(n):
        circuit.u(*random.uniform(0, 3, 3), qubit)
    for qubit in range(n - 1):
        circuit.cx(qubit, qubit + 1)
        circuit.ry(random.uniform(0, 3), qubit)
    return circuit


@pytest.mark.parametrize("name", STANDARD)
def test_standard_gates(name):
    """Each standard gate, on crossed qubits of an entangled state, is Qiskit's."""
    gate = STANDARD[name]
    circuit = entangled(5)
    operation = gate.base_class(*np.linspace(0.4, 1.9, len(gate.params))) if gate.params else gate
    circuit.append(operation, [4, 1, 3, 0, 2][: gate.num_qubits])
    assert_same_state(circuit)


@pytest.mark.parametrize(
    "gate",
    [
        UnitaryGate(random_unitary(8, seed=1)),
        DiagonalGate(list(np.exp(1j * np.linspace(0, 3, 8)))),
        MCXGate(4),
        MCXGate(3, ctrl_state=2),
        XGate().control(2, ctrl_state=1, annotated=False),
        RYGate(0.7).control(3, ctrl_state=5, annotated=False),
        QFTGate(3),
        UnitaryGate(random_unitary(2, seed=2)).control(2, annotated=False),
        StatePreparation(np.array([0.6, 0.8j, 0, 0])),
        QFTGate(2).control(1, annotated=True),
    ],
    ids=lambda gate: gate.name,
)
def test_other_gates(gate):
    """Matrices, diagonals, controls of any state and composite gates are Qiskit's."""
    circuit = QuantumCircuit(5) if gate.name == "state_preparation" else entangled(5)
    circuit.append(gate, [3, 0, 4, 1, 2][: gate.num_qubits])
    assert_same_state(circuit)


def test_gate_of_a_standard_name():
    """A user's gate called h is its definition, not a Hadamard."""
    definition = QuantumCircuit(1)
    definition.rx(0.3, 0)
    impostor = Gate("h", 1, [])
    impostor.definition = definition
    circuit = QuantumCircuit(1)
    circuit.append(impostor, [0])
    assert abs(amplitudes(circuit)[1]) ** 2 == pytest.approx(np.sin(0.15) ** 2)


@pytest.mark.parametrize("seed", range(12))
def test_random_circuits(seed):
    """Random circuits of all gates, wide enough to be merged, give Qiskit's state."""
    assert_same_state(random_circuit(3 + seed % 7, 6, max_operands=3 + (seed % 2), seed=seed))


def test_wide_annotated_operation():
    """A controlled operation too wide for a matrix is synthesized: Qiskit's own controls make the same state."""
    circuit = QuantumCircuit(10)
    circuit.h(range(10))
    circuit.append(RYGate(0.7).control(9, annotated=True), range(10))
    expected = QuantumCircuit(10)
    expected.h(range(10))
    expected.append(RYGate(0.7).control(9, annotated=False), range(10))
    assert abs(np.vdot(amplitudes(expected), amplitudes(circuit))) == pytest.approx(1, abs=1e-10)


def test_many_random_circuits(full):
    """... in soak, a thousand more."""
    for seed in range(full(20, 1000)):
        assert_same_state(random_circuit(2 + seed % 8, 4, max_operands=2 + seed % 3, seed=1000 + seed))
