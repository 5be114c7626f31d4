"""What a circuit does, read once."""

from __future__ import annotations

import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Gate, Parameter
from qiskit.circuit.library import Initialize

from qmagic.backends.program import read
from qmagic.errors import InputError


def test_terminal_measurements_before_other_gates():
    """A measurement is final when its own qubit is left alone, whatever the others do."""
    circuit = QuantumCircuit(2, 2)
    circuit.h(0)
    circuit.measure(0, 0)
    circuit.x(1)
    circuit.barrier()
    circuit.delay(10, 0)
    circuit.measure(1, 1)
    assert read(circuit).obstacle == ""


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda c: c.x(0), "qubit 0 after measuring it"),
        (lambda c: c.reset(0), "resets qubit 0"),
        (lambda c: c.if_test((c.clbits[0], 1), QuantumCircuit(1), [1], []), "branches at run time"),
    ],
)
def test_obstacles(act, words):
    """What needs more than a final state is named."""
    circuit = QuantumCircuit(2, 2)
    circuit.measure(0, 0)
    act(circuit)
    program = read(circuit)
    assert words in program.obstacle
    assert program.feeds_forward


def test_resets_of_fresh_qubits_do_nothing():
    """A reset at the start, and an Initialize made of it, are no obstacle."""
    circuit = QuantumCircuit(2, 1)
    circuit.reset([0, 1])
    circuit.append(Initialize([0.6, 0.8]), [0])
    circuit.measure(0, 0)
    program = read(circuit)
    assert program.obstacle == ""
    assert program.active == (0,)


def test_composite_instruction_with_measurement():
    """A composite instruction is opened, its qubits and bits land where they belong."""
    inner = QuantumCircuit(2, 1)
    inner.x(1)
    inner.measure(1, 0)
    circuit = QuantumCircuit(3, 3)
    circuit.append(inner.to_instruction(), [2, 0], [1])
    program = read(circuit)
    assert program.measured == ((1, 0),)
    assert [qubits for _, qubits in program.steps] == [(0,)]


def test_last_measurement_into_a_bit():
    """Of two measurements into one bit the later counts."""
    circuit = QuantumCircuit(2, 1)
    circuit.measure(1, 0)
    circuit.measure(0, 0)
    assert read(circuit).measured == ((0, 0),)


def test_measurement_inside_a_branch():
    """A measurement inside control flow is seen."""
    circuit = QuantumCircuit(1, 1)
    with circuit.if_test((circuit.clbits[0], 0)):
        circuit.measure(0, 0)
    assert read(circuit).measures


def test_unbound_parameters_are_read():
    """A circuit can be read before its parameters have values."""
    circuit = QuantumCircuit(1)
    circuit.rx(Parameter("t"), 0)
    assert read(circuit).width == 1


def test_opaque_gate():
    """A gate with neither definition nor matrix is refused by name."""
    circuit = QuantumCircuit(1)
    circuit.append(Gate("mystery", 1, []), [0])
    with pytest.raises(InputError, match="mystery"):
        read(circuit)
