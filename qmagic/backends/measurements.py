"""Final measurements, which expectation values have no use for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qiskit.circuit import QuantumCircuit

__all__ = ["without_final_measurements"]


def without_final_measurements(circuit: QuantumCircuit) -> QuantumCircuit:
    """Returns the circuit without the measurements after which nothing happens to their qubit, or their bit.

    A circuit without such measurements is returned itself. A measurement whose value decides something later stays,
    and so do all classical bits.
    """
    final = _final(circuit)
    if not final:
        return circuit
    bare = circuit.copy_empty_like()
    for place, instruction in enumerate(circuit.data):
        if place not in final:
            bare.append(instruction)
    return bare


def _final(circuit: QuantumCircuit) -> set[int]:
    """Returns the places of the final measurements, found from the end."""
    final: set[int] = set()
    used: set[object] = set()
    for place in range(len(circuit.data) - 1, -1, -1):
        instruction = circuit.data[place]
        if instruction.name == "barrier":
            continue
        if instruction.name == "measure" and used.isdisjoint(instruction.qubits + instruction.clbits):
            final.add(place)
        else:
            used.update(instruction.qubits)
            used.update(instruction.clbits)
            if instruction.name == "store" or instruction.is_control_flow():
                used.update(_read(instruction.operation))
    return final


def _read(operation: Any) -> set[object]:
    """Returns the bits that a condition or a stored expression looks at, which need not be the instruction's own."""
    from qiskit.circuit.classical import expr
    from qiskit.circuit.controlflow import condition_resources, node_resources

    if operation.name == "store":
        return set(node_resources(operation.lvalue).clbits) | set(node_resources(operation.rvalue).clbits)
    if operation.name in ("if_else", "while_loop"):
        return set(condition_resources(operation.condition).clbits)
    if operation.name == "switch_case":
        target = operation.target
        if isinstance(target, expr.Expr):
            return set(node_resources(target).clbits)
        return set(target) if hasattr(target, "size") else {target}
    return set()
