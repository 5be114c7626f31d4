"""Circuits into a device's gates, for devices whose provider places them on qubits itself.

Whoever compiles takes turns: Qiskit's passes keep what they find in themselves, so that two threads in one of them
would find each other's.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from qmagic.backends.passes import preset_passes
from qmagic.providers.base import RefusedError

if TYPE_CHECKING:
    from qiskit.circuit import QuantumCircuit

    from qmagic.providers.measured import Experiment

__all__ = ["Compiler", "in_turn"]

_LEVEL, _SEED = 1, 0
_NO_GATES = ("measure", "barrier")
_TURN = threading.Lock()


def in_turn(passes: Any, circuit: QuantumCircuit, device: str, qubits: int) -> QuantumCircuit:
    """Returns what a pass manager makes of a circuit, when no other thread compiles.

    Args:
        passes: The pass manager.
        circuit: The circuit.
        device: The device's name, for messages.
        qubits: How many it has; 0 where that is not known.

    Raises:
        RefusedError: The circuit is too wide, or cannot be written in the device's gates.
    """
    from qiskit.transpiler.exceptions import TranspilerError

    if 0 < qubits < circuit.num_qubits:
        raise RefusedError(f"{device} has {qubits} qubits; the circuit has {circuit.num_qubits}")
    try:
        with _TURN:
            made: QuantumCircuit = passes.run(circuit)
    except TranspilerError as error:
        raise RefusedError(f"the circuit cannot be written in {device}'s gates: {error.message}") from None
    return made


class Compiler:
    """Writes circuits in a device's gates.

    Args:
        device: Its name, for messages.
        qubits: How many it has; 0 where that is not known.
        gates: Qiskit's names of its gates.
    """

    def __init__(self, device: str, qubits: int, gates: Sequence[str]) -> None:
        self._device, self._qubits, self._gates = device, qubits, frozenset(gates)
        self._passes = preset_passes(optimization_level=_LEVEL, basis_gates=sorted(gates), seed_transpiler=_SEED)

    def compiled(self, circuit: QuantumCircuit) -> QuantumCircuit:
        """Returns a circuit in the device's gates; its qubits keep their numbers.

        Raises:
            RefusedError: It is too wide, or has something that is no gate.
        """
        made = in_turn(self._passes, circuit, self._device, self._qubits)
        for name in made.count_ops():
            if name not in self._gates and name not in _NO_GATES:
                raise RefusedError(f"{self._device} has no {name!r}, and nothing to make it of")
        return made

    def bound(self, experiments: Sequence[Experiment]) -> list[QuantumCircuit]:
        """Returns the circuit of each experiment as it runs; those that differ in their values are compiled once."""
        made: dict[int, QuantumCircuit] = {}
        found = []
        for one in experiments:
            if id(one.circuit) not in made:
                made[id(one.circuit)] = self.compiled(one.circuit)
            circuit = made[id(one.circuit)]
            # a parameter may have gone with the gates that it turned: not strict
            found.append(circuit.assign_parameters(one.values, strict=False) if one.values else circuit)
        return found
