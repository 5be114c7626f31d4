"""The matrix of any gate, its first qubit as the lowest bit of an index."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from qiskit.circuit import CircuitInstruction

__all__ = ["matrix_of", "uncontrolled"]


def matrix_of(instruction: CircuitInstruction) -> NDArray[np.complex128]:
    """Returns the matrix of a bound gate."""
    if instruction.is_standard_gate():
        return np.asarray(instruction.matrix, dtype=complex)
    operation = instruction.operation
    try:
        return np.asarray(operation.to_matrix(), dtype=complex)
    except Exception:  # noqa: BLE001 - a controlled gate without a matrix of its own says so in several ways
        from qiskit.quantum_info import Operator

        return np.asarray(Operator(operation).data, dtype=complex)


#: Standard gates with controls, by their number of controls; all of them act on 1.
_CONTROLS = {"ccx": 2, "ccz": 2, "cswap": 1, "c3sx": 3, "mcx": 3}


def uncontrolled(instruction: CircuitInstruction) -> tuple[NDArray[np.complex128], int, int]:
    """Returns a gate's matrix without its controls, which are its first qubits; how many they are; and their values.

    Gates on up to two qubits, and those that are not written with controls, are returned whole, with no controls.
    """
    number = len(instruction.qubits)
    if instruction.is_standard_gate():
        controls = _CONTROLS.get(instruction.name, 0)
        if not controls:
            return matrix_of(instruction), 0, 0
        size = 1 << number
        # The last columns in which all controls are 1.
        kept = np.arange(size)[(np.arange(size) & (1 << controls) - 1) == (1 << controls) - 1]
        return matrix_of(instruction)[np.ix_(kept, kept)], controls, (1 << controls) - 1
    operation = instruction.operation
    base = getattr(operation, "base_gate", None)
    if base is None or base.num_qubits >= number:
        return matrix_of(instruction), 0, 0
    return np.asarray(base.to_matrix(), dtype=complex), number - base.num_qubits, int(operation.ctrl_state)
