"""What a circuit consists of, as providers count it. Circuits are Qiskit's; Qiskit itself is not needed."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qiskit.circuit import QuantumCircuit

__all__ = ["Operations", "operations_of"]

_NOT_COUNTED = frozenset({"barrier", "delay"})
#: Gates on two qubits that are one entangling gate of a device; any other takes up to three (Vatan and Williams, 2004).
_ENTANGLING = frozenset({
    "cx", "cy", "cz", "ch", "ecr", "rxx", "ryy", "rzz", "rzx", "cs", "csdg", "csx", "ms", "zz",
})  # fmt: skip


@dataclasses.dataclass(frozen=True, slots=True)
class Operations:
    """Numbers of operations in one run of a circuit.

    Attributes:
        one: Gates on one qubit.
        two: Gates on two qubits. One on N > 2 qubits counts as 6 (N - 2), as IonQ does.
        native_two: The same with each gate as the entangling gates that it takes.
        prepared: Qubits that are prepared and bits that are read: qubits in use, measurements and resets.
        wide: Whether there are gates on more than two qubits.
        endless: Whether a loop runs until a measurement ends it: then one round is counted.
    """

    one: int = 0
    two: int = 0
    native_two: int = 0
    prepared: int = 0
    wide: bool = False
    endless: bool = False


def operations_of(circuit: QuantumCircuit) -> Operations:
    """Returns the operations of a circuit: of branches the larger numbers, of a loop all its rounds."""
    inside = _inside(circuit)
    used = {
        qubit for instruction in circuit.data if instruction.name not in _NOT_COUNTED for qubit in instruction.qubits
    }
    return dataclasses.replace(inside, prepared=inside.prepared + len(used))


def _inside(circuit: QuantumCircuit) -> Operations:
    total = Operations()
    for instruction in circuit.data:
        name, width = instruction.name, len(instruction.qubits)
        if name in _NOT_COUNTED:
            continue
        if instruction.is_control_flow():
            total = _sum(total, _flow(instruction.operation))
        elif name in ("measure", "reset"):
            total = _sum(total, Operations(prepared=1))
        elif width == 1:
            total = _sum(total, Operations(one=1))
        elif width == 2:
            total = _sum(total, Operations(two=1, native_two=1 if name in _ENTANGLING else 3))
        elif width > 2:
            gates = 6 * (width - 2)
            total = _sum(total, Operations(two=gates, native_two=gates, wide=True))
    return total


def _flow(operation: object) -> Operations:
    blocks = [_inside(block) for block in getattr(operation, "blocks", ())]
    largest = Operations()
    for block in blocks:
        largest = Operations(
            max(largest.one, block.one), max(largest.two, block.two), max(largest.native_two, block.native_two),
            max(largest.prepared, block.prepared), largest.wide or block.wide, largest.endless or block.endless,
        )  # fmt: skip
    name = getattr(operation, "name", "")
    if name == "while_loop":
        return dataclasses.replace(largest, endless=True)
    if name == "for_loop":
        rounds = len(list(operation.params[0]))  # type: ignore[attr-defined]  # Qiskit has no types
        return Operations(
            largest.one * rounds, largest.two * rounds, largest.native_two * rounds, largest.prepared * rounds,
            largest.wide, largest.endless,
        )  # fmt: skip
    return largest


def _sum(a: Operations, b: Operations) -> Operations:
    return Operations(
        a.one + b.one, a.two + b.two, a.native_two + b.native_two, a.prepared + b.prepared,
        a.wide or b.wide, a.endless or b.endless,
    )  # fmt: skip
