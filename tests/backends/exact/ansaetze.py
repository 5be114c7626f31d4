"""Random parameterised circuits and observables, and what Qiskit says about them."""

from __future__ import annotations

import numpy as np
from qiskit.circuit import Parameter, QuantumCircuit
from qiskit.circuit.library import get_standard_gate_name_mapping
from qiskit.quantum_info import SparsePauliOp, Statevector, random_pauli_list

#: Qiskit's standard gates.
GATES = {
    name: gate
    for name, gate in get_standard_gate_name_mapping().items()
    if name not in {"measure", "reset", "delay", "global_phase"}
}
_PARAMETERS = [Parameter(name) for name in "abcd"]


def expression(rng):
    """Returns an angle: a number, a parameter, or something made of parameters."""
    a, b = (_PARAMETERS[i] for i in rng.choice(len(_PARAMETERS), 2, replace=False))
    number = float(rng.normal())
    kinds = [
        number, a, a, -a, a + b, 2 * a - b / 3 + number, a * b, a**2 + number, (a * b).sin(), (a - b).cos() * number,
        (a / 3).exp(), (a * a + 1).log(), (a / (b * b + 1)).arctan(), number * a * b * a, (a / 5).tan(),
    ]  # fmt: skip
    return kinds[rng.integers(len(kinds))]


def random_ansatz(rng, qubits, gates, names=None):
    """Returns a circuit of random standard gates on random qubits; controlled rotations come often."""
    names = names or [*GATES, "crx", "cry", "crz", "cp", "cu", "ry", "rz", "rx", "cx"]
    circuit = QuantumCircuit(qubits, global_phase=float(rng.normal()))
    while circuit.size() < gates:
        gate = GATES[names[rng.integers(len(names))]]
        if gate.num_qubits > qubits:
            continue
        at = rng.choice(qubits, gate.num_qubits, replace=False).tolist()
        circuit.append(gate.base_class(*(expression(rng) for _ in gate.params)), at)
    return circuit


def random_observable(rng, qubits, terms=8):
    """Returns a Pauli sum with real coefficients, the identity among its terms."""
    paulis = random_pauli_list(qubits, terms, seed=int(rng.integers(1 << 30)), phase=False)
    return SparsePauliOp(paulis, rng.normal(size=terms)) + SparsePauliOp("I" * qubits, rng.normal())


def energy(circuit, observable, x):
    """Returns the expectation value by Qiskit's Statevector."""
    return Statevector(circuit.assign_parameters(x)).expectation_value(observable).real


def slopes(circuit, observable, x):
    """Returns central differences of `energy`, with Richardson's correction: their error is of the fourth order."""
    found = []
    for direction in np.eye(len(x)):
        coarse, fine = (
            (energy(circuit, observable, x + h * direction) - energy(circuit, observable, x - h * direction)) / (2 * h)
            for h in (2e-3, 1e-3)
        )
        found.append((4 * fine - coarse) / 3)
    return np.array(found)
