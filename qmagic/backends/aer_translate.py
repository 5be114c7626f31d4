"""Circuits in the gates that one of Aer's methods, and the noise, know: translated only where they must be."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from qmagic.backends.aer_methods import NOT_GATES, gates_of
from qmagic.backends.base import Executable
from qmagic.errors import InputError

if TYPE_CHECKING:
    from qiskit.circuit import QuantumCircuit
    from qiskit.transpiler import PassManager

__all__ = ["fitting"]


@functools.cache
def _translation(gates: frozenset[str]) -> PassManager:
    """Returns a pass manager that writes circuits in `gates` and changes nothing else."""
    from qmagic.backends.passes import preset_passes
    from qmagic.backends.targets import target_of

    return preset_passes(optimization_level=0, target=target_of(gates))


def fitting(executable: Executable, method: str) -> QuantumCircuit:
    """Returns the circuit in gates that the method, and the noise, know."""
    gates, noise = gates_of(method), executable.noise
    circuit = executable.circuit
    if noise is not None and noise.gates is not None and not noise.device:
        # A gate on three qubits, or a matrix, would escape a noise that is meant for every gate.
        gates = frozenset(name for name in gates if name in noise.gates or name in NOT_GATES)
    if _fits(circuit, gates):
        return circuit
    try:
        return _translation(gates).run(_opened(circuit, gates))
    except Exception as error:  # noqa: BLE001 - Qiskit's passes raise many classes
        raise InputError(f"aer's method {method} cannot run this circuit: {str(error).splitlines()[0]}") from None


#: Instructions that Aer runs under these names though they are not standard gates.
_OWN = frozenset({"unitary", "diagonal", "initialize", "kraus", "superop", "quantum_channel", "pauli", "multiplexer"})


def _fits(circuit: QuantumCircuit, gates: frozenset[str]) -> bool:
    """Returns whether each instruction, nested ones included, is one of `gates` and what its name says."""
    from qiskit.circuit import Gate

    for instruction in circuit.data:
        name = instruction.name
        if name not in gates:
            return False
        if instruction.is_standard_gate():
            continue
        operation = instruction.operation
        if isinstance(operation, Gate) and name not in _OWN:
            return False  # a gate of the user's own that bears a standard name, which Aer would take at its word
        if instruction.is_control_flow() and not all(_fits(block, gates) for block in operation.blocks):
            return False
    return True


def _opened(circuit: QuantumCircuit, gates: frozenset[str]) -> QuantumCircuit:
    """Returns the circuit with user gates of standard names replaced by their definitions, at the top level."""
    from qiskit.circuit import Gate

    posing = {
        instruction.name
        for instruction in circuit.data
        if instruction.name in gates
        and not instruction.is_standard_gate()
        and instruction.name not in _OWN
        and isinstance(instruction.operation, Gate)
    }
    if not posing:
        return circuit
    opened = circuit.copy_empty_like()
    for instruction in circuit.data:
        definition = instruction.operation.definition if instruction.name in posing else None
        if definition is None or instruction.is_standard_gate():
            opened.append(instruction)
        else:
            opened.compose(definition, instruction.qubits, inplace=True)
    return opened
