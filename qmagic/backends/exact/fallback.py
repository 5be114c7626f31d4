"""The exact step by qulacs: for what the fused kernels do not take, at its own speed.

qulacs turns the other way (``-w``), knows its parameters by their order, and ``backprop_inner_product`` returns half
the gradient: 2 Re<bra|dU|0> is what is wanted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import qulacs

from qmagic.backends.exact.steps import Dense, Flip, Phase, Sum, Turn
from qmagic.backends.exact.weights import Weights
from qmagic.backends.threads import using

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qmagic.backends.exact.lowering import Lowered
    from qmagic.backends.exact.paulis import Term

__all__ = ["QulacsStep", "memory"]

_Z, _NAMES = 3, {(1, 0): "X", (1, 1): "Y", (0, 1): "Z"}


def memory(width: int) -> int:
    """Returns the bytes that a gradient takes: the state, the bra, and a third while a slope is taken."""
    return 3 * 16 << width


class QulacsStep:
    """Energies and gradients of one ansatz, by qulacs' own backpropagation.

    Args:
        lowered: The ansatz.
        terms: The observable.
        why: Why it is not the fused kernels.
        threads: Cores that a wide circuit may take.
    """

    def __init__(self, lowered: Lowered, terms: Sequence[Term], why: str, threads: int = 1) -> None:
        self.name, self.why = "qulacs", f"by qulacs: {why}"
        self._threads = threads if lowered.width >= 16 else 1
        self._width = max(1, lowered.width)
        self._circuit = qulacs.ParametricQuantumCircuit(self._width)
        sums = _write(self._circuit, lowered)
        self._weights = Weights(sums, lowered.angles)
        self._observable = _observable(terms, self._width)
        self.memory = memory(lowered.width)

    def energy(self, x: NDArray[np.float64]) -> float:
        """Returns the expectation value at a point."""
        with using(self._threads, "qulacs"):
            return float(self._observable.get_expectation_value(self._forward(x)).real)

    def energy_and_gradient(self, x: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        """Returns the expectation value and its slope along each parameter."""
        with using(self._threads, "qulacs"):
            state = self._forward(x)
            bra, scratch = qulacs.QuantumState(self._width), qulacs.QuantumState(self._width)
            self._observable.apply_to_state(scratch, state, bra)
            energy = float(qulacs.state.inner_product(state, bra).real)
            slopes = np.array(self._circuit.backprop_inner_product(bra), dtype=float)
        return energy, self._weights.back(-2.0 * slopes, x)

    def state(self, x: NDArray[np.float64]) -> NDArray[np.complex128]:
        """Returns the final state, up to a global phase."""
        vector: NDArray[np.complex128] = self._forward(x).get_vector()
        return vector

    def _forward(self, x: NDArray[np.float64]) -> Any:
        for place, turn in enumerate(self._weights.at(x).tolist()):
            self._circuit.set_parameter(place, -turn)
        state = qulacs.QuantumState(self._width)
        self._circuit.update_quantum_state(state)
        return state


def _write(circuit: Any, lowered: Lowered) -> list[Sum]:
    """Writes the steps into a qulacs circuit; returns the turns that stay free, in qulacs' order."""
    free: list[Sum] = []
    for step in lowered.steps:
        if isinstance(step, Dense):
            circuit.add_dense_matrix_gate(list(step.qubits), step.matrix)
        elif isinstance(step, Flip):
            gate = qulacs.gate.to_matrix_gate(qulacs.gate.X(step.qubit))
            for control in _bits(step.controls):
                gate.add_control_qubit(control, 1)
            circuit.add_gate(gate)
        elif isinstance(step, Turn):
            if step.angle.angles:
                circuit.add_parametric_RY_gate(step.qubit, 0.0)
                free.append(step.angle)
            else:
                circuit.add_RY_gate(step.qubit, -step.angle.number)
        elif isinstance(step, Phase):
            qubits = _bits(step.mask)
            if step.angle.angles:
                circuit.add_parametric_multi_Pauli_rotation_gate(qubits, [_Z] * len(qubits), 0.0)
                free.append(step.angle)
            else:
                circuit.add_multi_Pauli_rotation_gate(qubits, [_Z] * len(qubits), -step.angle.number)
    return free


def _observable(terms: Sequence[Term], width: int) -> Any:
    observable = qulacs.Observable(width)
    for term in terms:
        letters = [f"{_NAMES[term.x >> q & 1, term.z >> q & 1]} {q}" for q in _bits(term.x | term.z)]
        observable.add_operator(term.coefficient, " ".join(letters))
    return observable


def _bits(mask: int) -> list[int]:
    return [qubit for qubit in range(mask.bit_length()) if mask >> qubit & 1]
