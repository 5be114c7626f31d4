"""Qiskit's gates in qulacs: natively where qulacs has them, through their matrix where it has not.

Rules: qulacs turns the other way (``add_RY_gate(q, -theta)`` is Qiskit's ``ry(theta, q)``), both take the first
qubit of a matrix as its lowest bit, and global phases are dropped, for nothing here can see them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import qulacs

from qmagic.backends.meaning import CONTROLS

if TYPE_CHECKING:
    from qiskit.circuit import CircuitInstruction

__all__ = ["add"]

#: Names of qulacs' methods for gates without parameters.
_PLAIN = {
    "h": "add_H_gate", "x": "add_X_gate", "y": "add_Y_gate", "z": "add_Z_gate", "s": "add_S_gate",
    "sdg": "add_Sdag_gate", "t": "add_T_gate", "tdg": "add_Tdag_gate", "sx": "add_sqrtX_gate",
    "sxdg": "add_sqrtXdag_gate", "cx": "add_CNOT_gate", "cz": "add_CZ_gate", "swap": "add_SWAP_gate",
}  # fmt: skip
#: ... for rotations about one axis, which turn the other way.
_ROTATIONS = {
    "rx": "add_RX_gate", "ry": "add_RY_gate", "rz": "add_RZ_gate", "p": "add_RZ_gate", "u1": "add_RZ_gate",
}  # fmt: skip
#: ... for Euler angles, which agree.
_ANGLES = {"u2": "add_U2_gate", "u3": "add_U3_gate", "u": "add_U3_gate"}
#: Rotations about a product of Paulis, by qulacs' numbers: I 0, X 1, Y 2, Z 3.
_PAULI_ROTATIONS = {"rxx": [1, 1], "ryy": [2, 2], "rzz": [3, 3], "rzx": [3, 1]}

_Adder = Callable[[Any, tuple[int, ...], Any], None]


def add(target: Any, instruction: CircuitInstruction, qubits: tuple[int, ...]) -> None:
    """Adds a bound gate to a qulacs circuit.

    Args:
        target: The ``qulacs.QuantumCircuit``.
        instruction: The gate.
        qubits: The qubits of `target` that it acts on.
    """
    if instruction.is_standard_gate():
        adder = _NATIVE.get(instruction.name)
        if adder is not None:
            adder(target, qubits, instruction.params)
        elif (base := _CONTROLLED.get(instruction.name)) is not None:
            _add_controlled(target, qubits, base, (1 << (len(qubits) - base)) - 1, instruction.operation)
        elif instruction.name in CONTROLS:
            gate = qulacs.gate.DenseMatrix(qubits[1], instruction.matrix[1::2, 1::2])
            gate.add_control_qubit(qubits[0], 1)
            target.add_gate(gate)
        else:
            target.add_dense_matrix_gate(list(qubits), instruction.matrix)
    else:
        _add_matrix(target, qubits, instruction.operation)


#: Standard gates on three and more qubits, and on how many the base gate acts: controls cost nothing in qulacs.
_CONTROLLED = {"ccx": 1, "ccz": 1, "cswap": 2, "c3sx": 1}


def _add_matrix(target: Any, qubits: tuple[int, ...], operation: Any) -> None:
    if hasattr(operation, "base_gate") and operation.base_gate.num_qubits < len(qubits):
        _add_controlled(target, qubits, operation.base_gate.num_qubits, operation.ctrl_state, operation)
    elif operation.name == "diagonal":
        target.add_gate(qulacs.gate.DiagonalMatrix(list(qubits), np.array(operation.params, dtype=complex)))
    else:
        target.add_dense_matrix_gate(list(qubits), np.asarray(operation.to_matrix(), dtype=complex))


def _add_controlled(target: Any, qubits: tuple[int, ...], base: int, state: int, operation: Any) -> None:
    """Adds a gate whose first qubits are controls, with ``state`` as their values (lowest bit: first control)."""
    controls, targets = qubits[: len(qubits) - base], qubits[len(qubits) - base :]
    gate = qulacs.gate.DenseMatrix(list(targets), operation.base_gate.to_matrix())
    for i, control in enumerate(controls):
        gate.add_control_qubit(control, state >> i & 1)
    target.add_gate(gate)


def _plain(method: Any) -> _Adder:
    return lambda target, qubits, params: method(target, *qubits)


def _rotation(method: Any) -> _Adder:
    return lambda target, qubits, params: method(target, qubits[0], -params[0])


def _angles(method: Any) -> _Adder:
    return lambda target, qubits, params: method(target, qubits[0], *params)


def _pauli_rotation(paulis: list[int]) -> _Adder:
    return lambda target, qubits, params: target.add_multi_Pauli_rotation_gate(list(qubits), paulis, -params[0])


_NATIVE: Mapping[str, _Adder] = {
    **{name: _plain(getattr(qulacs.QuantumCircuit, method)) for name, method in _PLAIN.items()},
    **{name: _rotation(getattr(qulacs.QuantumCircuit, method)) for name, method in _ROTATIONS.items()},
    **{name: _angles(getattr(qulacs.QuantumCircuit, method)) for name, method in _ANGLES.items()},
    **{name: _pauli_rotation(paulis) for name, paulis in _PAULI_ROTATIONS.items()},
}
