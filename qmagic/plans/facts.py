"""What is known of a circuit before anything runs: the facts that a route rests on. One walk, about 2 us a gate.

*Bond* bounds the entanglement (`backends.entanglement`), in the order that matrix product states are given.

*Spread* bounds the non-zero amplitudes (log2): a gate that maps basis states to basis states makes no new ones, any
other doubles them at most for each of its qubits, and a qubit that was never turned is still one basis state.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from qmagic.backends.entanglement import Crossing
from qmagic.backends.meaning import DIAGONAL, PERMUTES, is_clifford

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qmagic.backends.program import Program, Step

__all__ = ["Facts", "all_clifford", "facts_of", "facts_of_steps"]


class Facts(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is known of a circuit, or of one independent part of it.

    Attributes:
        qubits: Qubits that something happens to.
        gates: Unitary instructions.
        two_qubit: Those on two qubits or more.
        depth: Layers of them.
        not_clifford: Gates that are not Clifford.
        first_not_clifford: The first of these, ``"t on qubit 3"``; "" where all are Clifford.
        spread: log2 of the number of non-zero amplitudes, at most, at any time.
        bond: log2 of the Schmidt rank, at most, of the worst cut of the qubits in order.
        bonds: The sum of 8**bond over two-qubit gates is what matrix product states take; here its log2.
        measured: Measured bits.
        parameters: Free parameters.
        mixing: Gates that turn one basis state into several; 0 for arithmetic on basis states.
        obstacle: Why counts do not follow from one final state; "" where they do.
    """

    qubits: int
    gates: int
    two_qubit: int
    depth: int
    not_clifford: int
    first_not_clifford: str
    spread: int
    bond: int
    bonds: float
    measured: int = 0
    parameters: int = 0
    mixing: int = 0
    obstacle: str = ""

    @property
    def clifford(self) -> bool:
        """Whether every gate maps Paulis to Paulis."""
        return not self.not_clifford


def all_clifford(steps: Sequence[Step]) -> bool:
    """Returns whether every gate maps Paulis to Paulis; looks no further than to the first that does not."""
    known: set[str] = set()
    for instruction, _ in steps:
        name = instruction.name
        if not instruction.is_standard_gate():
            return False
        if name in known:
            continue
        if not is_clifford(instruction, name):
            return False
        if not instruction.params:
            known.add(name)
    return True


def facts_of(program: Program, parameters: int = 0) -> Facts:
    """Returns the facts of a circuit, its active qubits in order."""
    return facts_of_steps(program.steps, program.active, len(program.measured), parameters, program.obstacle)


def facts_of_steps(
    steps: Sequence[Step], wires: tuple[int, ...], measured: int, parameters: int = 0, obstacle: str = ""
) -> Facts:
    """Returns the facts of `steps`, which act on `wires`; the other arguments as in `Facts`."""
    place = {wire: i for i, wire in enumerate(wires)}
    width = len(wires)
    level = [0] * width
    crossing = Crossing(width)
    clifford: dict[str, bool] = {}
    two_qubit = not_clifford = spread = mixing = 0
    first = ""
    turned: set[int] = set()
    for instruction, qubits in steps:
        name = instruction.name
        known = clifford.get(name) if instruction.is_standard_gate() else False
        if known is None:
            known = is_clifford(instruction, name)
            if not instruction.params:  # with parameters every gate is looked at
                clifford[name] = known
        if not known:
            not_clifford += 1
            first = first or f"{name} on qubit{'s' * (len(qubits) > 1)} {', '.join(map(str, qubits))}"
        if len(qubits) == 1:
            at = place[qubits[0]]
            level[at] += 1
            if name not in DIAGONAL:
                crossing.turn(at, flip=name == "x")
                if name not in PERMUTES:
                    mixing += 1
                    spread = min(spread + 1, width)
                    turned.add(at)
            continue
        two_qubit += 1
        places = [place[qubit] for qubit in qubits]
        depth = max([level[at] for at in places]) + 1
        for at in places:
            level[at] = depth
        crossing.gate(name, places)
        if name not in DIAGONAL:
            if name not in PERMUTES:
                mixing += 1
                spread = min(spread + len(places), width)
            turned.update(places)
    bond, bonds = crossing.bounds()
    return Facts(
        qubits=width,
        gates=len(steps),
        two_qubit=two_qubit,
        depth=max(level, default=0),
        not_clifford=not_clifford,
        first_not_clifford=first,
        spread=min(spread, len(turned)),
        bond=bond,
        bonds=bonds,
        measured=measured,
        parameters=parameters,
        mixing=mixing,
        obstacle=obstacle,
    )
