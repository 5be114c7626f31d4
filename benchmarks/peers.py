"""Other simulators as their users call them: from a `QuantumCircuit` of RY, RZ and CX to counts, conversion included.

Each is called by its own plain interface, in double precision except qsim, with the threads it takes by itself. One
that is not installed is left out (``pip install -e '.[peers]'`` brings them all).
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from importlib import util
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

__all__ = ["PEERS", "installed"]

#: What each needs.
_PACKAGES = {
    "Aer": "qiskit_aer", "qulacs": "qulacs", "qsim (Cirq)": "qsimcirq", "lightning": "pennylane_lightning",
    "Braket": "braket.default_simulator",
}  # fmt: skip


def installed() -> list[str]:
    """Returns the names of the peers that are there."""
    return [name for name, package in _PACKAGES.items() if _found(package)]


def _found(package: str) -> bool:
    try:
        return util.find_spec(package) is not None
    except ModuleNotFoundError:  # its parent is not there
        return False


def _steps(circuit: QuantumCircuit) -> list[tuple[str, list[int], list[float]]]:
    """Returns name, qubits and angles of each gate; the measurements come last and are left out."""
    place = {qubit: i for i, qubit in enumerate(circuit.qubits)}
    return [
        (one.name, [place[qubit] for qubit in one.qubits], one.params) for one in circuit.data if one.name != "measure"
    ]


def aer(circuit: QuantumCircuit, shots: int) -> int:
    """Qiskit Aer: its gates are Aer's own, so that nothing has to be transpiled."""
    return sum(_aer().run(circuit, shots=shots).result().get_counts().values())


@functools.cache
def _aer() -> Any:
    from qiskit_aer import AerSimulator

    return AerSimulator()


def qulacs(circuit: QuantumCircuit, shots: int) -> int:
    """qulacs: gates merged by its optimizer (light), and its own sampling."""
    import qulacs

    made = qulacs.QuantumCircuit(circuit.num_qubits)
    for name, qubits, angles in _steps(circuit):
        if name == "cx":
            made.add_CNOT_gate(*qubits)
        else:
            getattr(made, f"add_{name.upper()}_gate")(qubits[0], -angles[0])
    qulacs.circuit.QuantumCircuitOptimizer().optimize_light(made)
    state = qulacs.QuantumState(circuit.num_qubits)
    made.update_quantum_state(state)
    counts: dict[int, int] = {}
    for outcome in state.sampling(shots):
        counts[outcome] = counts.get(outcome, 0) + 1
    return sum(counts.values())


def qsim(circuit: QuantumCircuit, shots: int) -> int:
    """qsim through Cirq, with both cores."""
    import os

    import cirq
    import qsimcirq

    line = cirq.LineQubit.range(circuit.num_qubits)
    made = cirq.Circuit()
    gates = {"ry": cirq.ry, "rz": cirq.rz}
    made.append(
        [
            cirq.CNOT(line[qubits[0]], line[qubits[1]]) if name == "cx" else gates[name](angles[0])(line[qubits[0]])
            for name, qubits, angles in _steps(circuit)
        ]
    )
    made.append(cirq.measure(*line, key="m"))
    simulator = qsimcirq.QSimSimulator(qsimcirq.QSimOptions(cpu_threads=os.cpu_count() or 1))
    return sum(simulator.run(made, repetitions=shots).histogram(key="m").values())


def lightning(circuit: QuantumCircuit, shots: int) -> int:
    """PennyLane's lightning.qubit, given a tape (its ``QNode`` would take longer)."""
    import pennylane as qml

    gates = {"ry": qml.RY, "rz": qml.RZ}
    tape = qml.tape.QuantumScript(
        [
            qml.CNOT(qubits) if name == "cx" else gates[name](angles[0], qubits[0])
            for name, qubits, angles in _steps(circuit)
        ],
        [qml.counts(wires=range(circuit.num_qubits))],
        shots=shots,
    )
    return sum(_lightning(circuit.num_qubits).execute(tape).values())


@functools.cache
def _lightning(qubits: int) -> Any:
    import pennylane as qml

    return qml.device("lightning.qubit", wires=qubits)


def braket(circuit: QuantumCircuit, shots: int) -> int:
    """Braket's local state vector simulator, given its own representation (OpenQASM text would have to be read)."""
    from braket.default_simulator import StateVectorSimulator
    from braket.ir.jaqcd import CNot, Program, Ry, Rz

    rotations = {"ry": Ry, "rz": Rz}
    made = Program(
        instructions=[
            CNot(control=qubits[0], target=qubits[1])
            if name == "cx"
            else rotations[name](target=qubits[0], angle=float(angles[0]))
            for name, qubits, angles in _steps(circuit)
        ]
    )
    found = StateVectorSimulator().run(made, qubit_count=circuit.num_qubits, shots=shots).measurements
    counts: dict[str, int] = {}
    for row in found:
        outcome = "".join(row)
        counts[outcome] = counts.get(outcome, 0) + 1
    return sum(counts.values())


PEERS: dict[str, Callable[[QuantumCircuit, int], int]] = {
    "Aer": aer, "qulacs": qulacs, "qsim (Cirq)": qsim, "lightning": lightning, "Braket": braket,
}  # fmt: skip
