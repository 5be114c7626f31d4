"""Circuits of other libraries: Cirq's and Amazon Braket's, told apart by what is loaded, and made into Qiskit's.

Nothing is imported to find out: who has such a circuit has its library loaded. Qubits keep their order: Qiskit's qubit
i is the i-th of the circuit's qubits as its own library sorts them, so that X on the first of three is ``'001'``.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

__all__ = ["converted", "is_foreign"]


def is_foreign(value: Any) -> bool:
    """Returns whether a value is a circuit of Cirq or of Amazon Braket."""
    return _is_cirq(value) or _is_braket(value)


def converted(value: Any) -> QuantumCircuit:
    """Returns a circuit of Cirq or Braket as Qiskit's.

    Raises:
        InputError: Something in it cannot be converted; names the gate.
    """
    if _is_cirq(value):
        from qmagic.cells import cirq

        return cirq.to_qiskit(value)
    from qmagic.cells import braket

    return braket.to_qiskit(value)


def _is_cirq(value: Any) -> bool:
    cirq = sys.modules.get("cirq")
    return cirq is not None and isinstance(value, cirq.AbstractCircuit)


def _is_braket(value: Any) -> bool:
    circuits = sys.modules.get("braket.circuits")
    return circuits is not None and isinstance(value, circuits.Circuit)
