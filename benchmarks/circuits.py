"""What is run, as OpenQASM and as Qiskit circuits: the same circuits, so that the peer does the same work."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

__all__ = ["bell", "bell_text", "ghz_text", "layered_circuit", "random_circuit", "wide_text"]


def bell_text(number: int = 0) -> str:
    """Returns a Bell pair; each number gives another text, with other names in it."""
    q, c = f"q{number}", f"c{number}"
    return (
        'OPENQASM 3.0;\ninclude "stdgates.inc";\n'
        f"qubit[2] {q};\nbit[2] {c};\nh {q}[0];\ncx {q}[0], {q}[1];\n{c} = measure {q};\n"
    )


def bell(number: int = 0) -> QuantumCircuit:
    """Returns the circuit of `bell_text`."""
    from qiskit.circuit import ClassicalRegister, QuantumCircuit, QuantumRegister

    q, c = QuantumRegister(2, f"q{number}"), ClassicalRegister(2, f"c{number}")
    circuit = QuantumCircuit(q, c)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.measure(q, c)
    return circuit


def random_circuit(seed: int, qubits: int = 5, layers: int = 5) -> QuantumCircuit:
    """Returns layers of random rotations and CX on random pairs, in gates that Aer runs as they are."""
    from qiskit import QuantumCircuit

    draw = random.Random(seed)
    circuit = QuantumCircuit(qubits)
    for _ in range(layers):
        for qubit in range(qubits):
            circuit.u(*(draw.uniform(0, 6.283) for _ in range(3)), qubit)
        order = draw.sample(range(qubits), qubits)
        for a, b in zip(order[::2], order[1::2], strict=False):
            circuit.cx(a, b)
    circuit.measure_all()
    return circuit


def layered_circuit(seed: int, qubits: int, layers: int = 10) -> QuantumCircuit:
    """Returns layers of RY and RZ on each qubit and a line of CX, measured."""
    from qiskit import QuantumCircuit

    draw = random.Random(seed)
    circuit = QuantumCircuit(qubits, qubits)
    for _ in range(layers):
        for qubit in range(qubits):
            circuit.ry(draw.uniform(0, 6.283), qubit)
            circuit.rz(draw.uniform(0, 6.283), qubit)
        for qubit in range(qubits - 1):
            circuit.cx(qubit, qubit + 1)
    circuit.measure(range(qubits), range(qubits))
    return circuit


def ghz_text(qubits: int, version: int) -> str:
    """Returns a GHZ state in OpenQASM 2 or 3."""
    head = {
        2: f'OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[{qubits}];\ncreg c[{qubits}];\nh q[0];\n',
        3: f'OPENQASM 3.0;\ninclude "stdgates.inc";\nqubit[{qubits}] q;\nbit[{qubits}] c;\nh q[0];\n',
    }
    last = {2: "measure q -> c;\n", 3: "c = measure q;\n"}
    return head[version] + "".join(f"cx q[{i}], q[{i + 1}];\n" for i in range(qubits - 1)) + last[version]


def wide_text(qubits: int = 24, layers: int = 200) -> str:
    """Returns a wide circuit, deep enough to run for minutes, whose state does not stay simple."""
    draw = random.Random(qubits)
    lines = ['OPENQASM 3.0;\ninclude "stdgates.inc";', f"qubit[{qubits}] q;\nbit[{qubits}] c;"]
    for _ in range(layers):
        lines += [f"ry({draw.uniform(0, 6.283)}) q[{i}];\nrz({draw.uniform(0, 6.283)}) q[{i}];" for i in range(qubits)]
        lines += [f"cx q[{i}], q[{i + 1}];" for i in range(qubits - 1)]
    return "\n".join([*lines, "c = measure q;\n"])
