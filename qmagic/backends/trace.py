"""The state of a small circuit, gate by gate, for people to look at.

Each gate is applied through Qiskit's own matrix, so that phases are Qiskit's, the global one included. One state has to
describe the circuit: measurements at its end are left out, and anything that is not unitary before is refused.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from qmagic.backends.measurements import without_final_measurements
from qmagic.backends.program import keeps_matrix
from qmagic.errors import InputError
from qmagic.outcomes import Outcome, StateTrace

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from qiskit.circuit import QuantumCircuit

    from qmagic.jobs import PubSpec

__all__ = ["headline", "outcome", "unitary_part"]

#: The most amplitudes that are kept; of a longer circuit only some gates are.
_MOST_AMPLITUDES = 16_384
_MOST_GATES = 10_000
_IDLE = frozenset({"barrier", "delay"})


def unitary_part(pub: PubSpec, circuits: list[QuantumCircuit]) -> QuantumCircuit:
    """Returns the circuit with its parameters bound and its final measurements left out.

    Raises:
        InputError: It has no single state to show; the message says why.
    """
    circuit = without_final_measurements(circuits[pub.circuit])
    if pub.parameters is not None and pub.parameters.names:
        values = np.frombuffer(pub.parameters.values, "<f8")
        bound = dict(zip(pub.parameters.names, values.tolist(), strict=True))
        circuit = circuit.assign_parameters(bound)
    if len(circuit.data) > _MOST_GATES:
        raise InputError(f"the state is shown for up to {_MOST_GATES:,} gates; the circuit has {len(circuit.data):,}")
    outcome(circuit, {})  # at most 8 qubits: quicker done than foreseen
    return circuit


def outcome(circuit: QuantumCircuit, versions: dict[str, str]) -> Outcome:
    """Returns the states of a circuit from `unitary_part`.

    Raises:
        InputError: An instruction is not unitary.
    """
    walk = _Walk(circuit.num_qubits)
    labels = ["start"]
    states = [walk.state]
    for instruction in circuit.data:
        if instruction.name in _IDLE:
            continue
        qubits = [circuit.find_bit(qubit).index for qubit in instruction.qubits]
        walk.apply(instruction, qubits)
        labels.append(_label(instruction, qubits))
        states.append(walk.state)
    # The phase belongs to the circuit as a whole; shown from the start on, it changes no step.
    phase = np.exp(1j * float(circuit.global_phase))
    kept, notes = _thinned(len(states), 1 << circuit.num_qubits)
    amplitudes = np.stack([states[i] for i in kept]) * phase
    found = StateTrace(
        circuit.num_qubits, tuple(labels[i] for i in kept), amplitudes.astype("<c16", copy=False).tobytes()
    )
    name = "statevector"
    return Outcome(pubs=(), backend=name, method=name, versions=versions, notes=notes, states=(found,))


def headline(outcome: Outcome) -> str:
    """Returns the most probable basis states of the last step; "" where there is none."""
    if not outcome.states:
        return ""
    trace = outcome.states[0]
    last = np.frombuffer(trace.amplitudes, "<c16")[-(1 << trace.num_qubits) :]
    chances = np.abs(last) ** 2
    order = np.argsort(-chances, kind="stable")[:3]
    shown = [f"|{i:0{trace.num_qubits}b}⟩ {chances[i]:.3f}" for i in order.tolist() if chances[i] > 5e-4]
    return ", ".join(shown + (["…"] if np.count_nonzero(chances > 5e-4) > len(shown) else []))


class _Walk:
    """A state, and the gates that were applied to it."""

    def __init__(self, num_qubits: int) -> None:
        self.num_qubits = num_qubits
        self.state: NDArray[np.complex128] = np.zeros(1 << num_qubits, np.complex128)
        self.state[0] = 1
        self._touched: set[int] = set()

    def apply(self, instruction: Any, qubits: list[int]) -> None:
        name, operation = instruction.name, instruction.operation
        if name == "reset" and not self._touched.intersection(qubits):
            return  # of a fresh qubit
        if name in ("measure", "reset", "store") or instruction.is_control_flow():
            raise InputError(
                f"the state is shown for circuits that are unitary up to final measurements; this one has {name!r}"
                " before its end"
            )
        matrix = _matrix(instruction)
        if matrix is not None:
            self._touched.update(qubits)
            self.state = self._applied(matrix, qubits)
            return
        definition = getattr(operation, "definition", None)
        if definition is None:
            raise InputError(f"gate {name!r} has neither a definition nor a matrix; define it, or use another gate")
        for inner in definition.data:
            if inner.name not in _IDLE:
                self.apply(inner, [qubits[definition.find_bit(qubit).index] for qubit in inner.qubits])
        self.state = self.state * np.exp(1j * float(definition.global_phase))

    def _applied(self, matrix: NDArray[np.complex128], qubits: list[int]) -> NDArray[np.complex128]:
        """Returns the state after a gate whose matrix takes its first qubit as the lowest bit, as Qiskit has it."""
        if not qubits:
            return self.state * complex(matrix[0, 0])  # a global phase
        count, width = len(qubits), self.num_qubits
        tensor = self.state.reshape((2,) * width)  # axis 0 is the highest qubit
        axes = [width - 1 - qubit for qubit in reversed(qubits)]
        moved = np.tensordot(matrix.reshape((2,) * (2 * count)), tensor, axes=(range(count, 2 * count), axes))
        state: NDArray[np.complex128] = np.moveaxis(moved, range(count), axes).reshape(-1)
        return state


def _matrix(instruction: Any) -> NDArray[np.complex128] | None:
    """Returns a gate's matrix; None where it is defined by other gates (those are applied, as a simulator does)."""
    if instruction.is_standard_gate():
        return np.asarray(instruction.matrix, np.complex128)
    operation = instruction.operation
    if getattr(operation, "definition", None) is not None and not keeps_matrix(operation):
        return None
    from qiskit.exceptions import QiskitError
    from qiskit.quantum_info import Operator

    try:
        return np.asarray(Operator(operation).data, np.complex128)
    except QiskitError:
        return None


def _thinned(steps: int, size: int) -> tuple[list[int], tuple[str, ...]]:
    """Returns which steps are kept, the first and the last always, and what to say of it."""
    every = math.ceil((steps - 1) / max(1, _MOST_AMPLITUDES // size - 2)) if steps * size > _MOST_AMPLITUDES else 1
    kept = sorted({*range(0, steps, every), steps - 1})
    return kept, () if every == 1 else (f"{len(kept)} of {steps} steps are kept, one in {every}",)


def _label(instruction: Any, qubits: list[int]) -> str:
    params = [_number(value) for value in instruction.params[:4]] if instruction.is_standard_gate() else []
    name = instruction.name + (f"({', '.join(params)})" if params else "")
    return f"{name} {', '.join(f'q{qubit}' for qubit in qubits)}".strip()[:80]


def _number(value: Any) -> str:
    from qiskit.circuit.tools import pi_check

    try:
        return str(pi_check(value, output="text", ndigits=4))
    except (TypeError, ValueError):
        return str(value)
