"""A circuit with measurements in the middle, resets and control flow, as a flat list of instructions with jumps.

`unfold.read` makes a `Flow` from a circuit. A measurement after which nothing happens to its qubit, and nobody reads or
rewrites its bit, is not in the list but kept for the end (`Flow.final`): it is sampled, and does not split anything.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import TYPE_CHECKING

from qmagic.backends.classical import Setter, Value
from qmagic.backends.program import Step

if TYPE_CHECKING:
    from qmagic.backends.base import Product

__all__ = ["Choose", "Flow", "Gates", "Instruction", "Jump", "Measure", "Reset", "Store", "measured_in"]


@dataclasses.dataclass(slots=True)
class Gates:
    """A run of unitary gates."""

    steps: list[Step]


@dataclasses.dataclass(slots=True)
class Measure:
    """A qubit's value goes into a bit."""

    qubit: int
    bit: int


@dataclasses.dataclass(slots=True)
class Reset:
    """A qubit becomes 0, whatever it was."""

    qubit: int


@dataclasses.dataclass(slots=True)
class Store:
    """The memory changes."""

    setter: Setter
    value: Value

    def apply(self, memory: int) -> int:
        """Returns the memory after the store."""
        return self.setter(memory, self.value(memory))


@dataclasses.dataclass(slots=True)
class Choose:
    """Where to go on: at the target of the value, or else at the default."""

    value: Value
    targets: dict[int, int]
    default: int


@dataclasses.dataclass(slots=True)
class Jump:
    """Goes on at the target."""

    target: int


Instruction = Gates | Measure | Reset | Store | Choose | Jump


@dataclasses.dataclass(slots=True)
class Flow:
    """What a circuit does, in order.

    Attributes:
        code: The instructions; the end is after the last one.
        final: ``(bit, qubit)`` of the measurements that are made at the end, ascending by bit.
        num_clbits: Classical bits of the circuit.
        obstacle: Why it cannot be run so, a clause; "" when it can.
    """

    code: list[Instruction]
    final: tuple[tuple[int, int], ...]
    num_clbits: int
    obstacle: str = ""

    @property
    def straight(self) -> bool:
        """Whether nothing depends on the classical memory."""
        return not any(isinstance(one, Choose | Jump | Store) for one in self.code)

    @property
    def unitary(self) -> bool:
        """Whether one final state gives all counts."""
        return all(isinstance(one, Gates) for one in self.code)

    @property
    def splits(self) -> int:
        """How many instructions can split a state in two."""
        return sum(isinstance(one, Measure | Reset) for one in self.code)

    def gates(self) -> Iterable[Step]:
        """Yields every gate, of all blocks."""
        for one in self.code:
            if isinstance(one, Gates):
                yield from one.steps


def measured_in(flow: Flow, basis: Product) -> Flow:
    """Returns the flow with its final state measured in a basis, into new bits above the old ones."""
    from qiskit.circuit import CircuitInstruction, Qubit
    from qiskit.circuit.library import HGate, SdgGate

    h, sdg = (CircuitInstruction(gate, (Qubit(),)) for gate in (HGate(), SdgGate()))
    steps: list[Step] = []
    for letter, qubit in basis:
        if letter == "Y":
            steps.append((sdg, (qubit,)))
        if letter != "Z":
            steps.append((h, (qubit,)))
    code = [*flow.code, *[Measure(qubit, bit) for bit, qubit in flow.final]]
    if steps:
        code.append(Gates(steps))
    final = tuple([(flow.num_clbits + i, qubit) for i, (_, qubit) in enumerate(basis)])
    return Flow(code, final, flow.num_clbits + len(basis), flow.obstacle)
