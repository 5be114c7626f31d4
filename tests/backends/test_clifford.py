"""Which gates are Clifford, exactly."""

from __future__ import annotations

import math

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.circuit.library import CXGate, CZGate, UnitaryGate
from qiskit.quantum_info import Operator, Pauli, random_clifford

from qmagic.backends.clifford import images
from qmagic.backends.matrices import matrix_of
from qmagic.backends.stim_circuits import lines_of, not_clifford
from tests.reference.circuits import CLIFFORD, STANDARD


def instruction(gate, n=None):
    circuit = QuantumCircuit(gate.num_qubits if n is None else n)
    circuit.append(gate, range(gate.num_qubits))
    return circuit.data[0]


def conjugated(gate, label):
    """Returns what Qiskit says a gate makes of a Pauli, the first qubit leftmost."""
    matrix = Operator(gate).data
    image = matrix @ Pauli(label[::-1]).to_matrix() @ matrix.conj().T
    return image


def check(gate):
    found = images(instruction(gate))
    n = gate.num_qubits
    labels = ["I" * i + letter + "I" * (n - 1 - i) for letter in "XZ" for i in range(n)]
    for label, image in zip(labels, found, strict=True):
        wanted = (1 if image[0] == "+" else -1) * Pauli(image[:0:-1]).to_matrix()
        assert conjugated(gate, label) == pytest.approx(wanted, abs=1e-12)


@pytest.mark.parametrize("name", CLIFFORD)
def test_images_are_conjugations(name):
    """Each image is what the gate's matrix makes of the Pauli."""
    check(STANDARD[name])


@pytest.mark.parametrize("name", ["rx", "ry", "rz", "p", "rxx", "ryy", "rzz", "rzx"])
@pytest.mark.parametrize("quarters", range(-4, 6))
def test_quarter_turns_are_clifford(name, quarters):
    """Rotations by multiples of pi/2 are, and their images are right."""
    gate = STANDARD[name].to_mutable()
    gate.params = [quarters * math.pi / 2]
    check(gate)


@pytest.mark.parametrize("seed", range(10))
def test_matrices(seed):
    """A matrix of a random Clifford on two qubits is recognised, and one with another phase too."""
    check(UnitaryGate(random_clifford(2, seed=seed).to_matrix() * np.exp(0.3j)))


def test_controls_that_are_0():
    """A control with value 0 is not one with value 1."""
    check(CXGate(ctrl_state=0))
    check(CZGate(ctrl_state=0))


@pytest.mark.parametrize("off", [1e-3, 1e-6, 1e-9, -1e-9, 1e-11])
def test_nearly_clifford_is_not_clifford(off):
    """An angle that is off by more than rounding is no multiple of pi/2."""
    for name in ("rz", "rx", "p", "rzz"):
        gate = STANDARD[name].to_mutable()
        gate.params = [math.pi / 2 + off]
        assert images(instruction(gate)) is None
    gate = STANDARD["u"].to_mutable()
    gate.params = [math.pi / 2, 0.0, math.pi + off]
    assert images(instruction(gate)) is None


def test_what_is_never_clifford_is_named():
    """The first gate that is not Clifford is named with its qubits; a free parameter is none."""
    circuit = QuantumCircuit(3)
    circuit.h(0)
    circuit.t(2)
    assert not_clifford([(circuit.data[0], (0,)), (circuit.data[1], (2,))]) == "t on qubit 2"
    circuit = QuantumCircuit(1)
    circuit.rz(Parameter("a"), 0)
    assert not_clifford([(circuit.data[0], (0,))]) == "rz on qubit 0"


@pytest.mark.parametrize("name", [*CLIFFORD, "rzx", "ryy"])
def test_stims_gates_are_ours(name):
    """The words that stim gets have the gate's matrix, up to a phase."""
    import stim

    gate = STANDARD[name].to_mutable()
    gate.params = [math.pi / 2 for _ in gate.params]
    one = instruction(gate)
    n = gate.num_qubits
    circuit = stim.Circuit(
        "\n".join(["I " + " ".join(map(str, range(n))), *lines_of((one, tuple(range(n))), {0: 0, 1: 1})])
    )
    mine = stim.Tableau.from_circuit(circuit).to_unitary_matrix(endian="little")
    overlap = np.trace(mine.conj().T @ matrix_of(one)) / (1 << n)
    assert abs(overlap) == pytest.approx(1, abs=1e-6)  # stim's matrices are in single precision
