"""What is left of a circuit when everything is done that costs no simulation. Exact; a function of the circuit alone.

Two walks over the unitary steps:

* *Backward*: what no measurement sees goes, that is, whatever lies outside the light cone of the measured qubits, or
  of the observables'. Where a qubit is only looked at in the Z basis, a gate that is diagonal on it (and touches
  nothing else that is looked at) changes nothing: so the last diagonal gates before a measurement go, too.
* *Forward*: a qubit that has met no other is a vector of two numbers, and its gates are multiplied into it. A control
  that is surely 0 or 1 is no control; a target that its gate only multiplies by a phase gives that phase to the
  control (Bernstein-Vazirani falls apart so); a SWAP is a change of names. Toffolis on known bits vanish.

What remains splits into parts that never meet: the qubits that stayed alone, and groups of the others.
"""

from __future__ import annotations

import cmath
import dataclasses
from typing import TYPE_CHECKING

from qmagic.backends.meaning import CONTROLS, DIAGONAL, diagonal_on
from qmagic.plans.lone import START, ZERO, Vector, phase_gate, preparation, turned, without_control

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from qiskit.circuit import CircuitInstruction

    from qmagic.backends.program import Program, Step

__all__ = ["Simplified", "simplify"]


@dataclasses.dataclass(slots=True)
class Simplified:
    """A circuit's unitary part, made smaller.

    Attributes:
        steps: What has to be simulated, over `wires`.
        alone: The state of each wire that met no other.
        groups: The wires of each part of `steps`, ascending; no step touches two of them.
        wire: For each active qubit of the circuit the wire that holds it at the end.
        unseen: How many steps of the circuit no measurement sees.
        folded: How many more are gone, since their qubits were known.
    """

    steps: list[Step]
    alone: dict[int, Vector]
    groups: list[tuple[int, ...]]
    wire: dict[int, int]
    unseen: int
    folded: int


def simplify(program: Program, looked_at: Mapping[int, bool]) -> Simplified:
    """Returns what has to be simulated of `program`, whose steps are complete and bound.

    Args:
        program: A circuit whose measurements come last.
        looked_at: The qubits that are looked at in the end: True for those that are in the Z basis only, as those
            that are measured into bits.
    """
    steps = _seen(program.steps, looked_at)
    fold = _Fold(program.active)
    for instruction, qubits in steps:
        fold.step(instruction, qubits)
    return Simplified(
        steps=fold.steps,
        alone=fold.alone,
        groups=fold.groups(),
        wire=fold.wire,
        unseen=len(program.steps) - len(steps),
        folded=max(0, len(steps) - len(fold.steps)),
    )


def _name(instruction: CircuitInstruction) -> str:
    """Returns a standard gate's name; "" for any other, which may call itself what it likes."""
    return instruction.name if instruction.is_standard_gate() else ""


def _seen(steps: Sequence[Step], looked_at: Mapping[int, bool]) -> list[Step]:
    """Returns the steps that can be seen in the end, in order."""
    #: True: looked at in the Z basis only from here on; False: otherwise; absent: not looked at.
    plain = dict(looked_at)
    kept: list[Step] = []
    for step in reversed(steps):
        instruction, qubits = step
        name = _name(instruction)
        if name == "swap":  # a change of names, which costs nothing
            found = [(other, plain.pop(qubit)) for qubit, other in (qubits, qubits[::-1]) if qubit in plain]
            plain.update(found)
            kept += [step] if found else []
            continue
        for place, qubit in enumerate(qubits):
            only = plain.get(qubit)
            if only is False or (only and not (name in DIAGONAL or place < CONTROLS.get(name, 0))):
                break
        else:
            continue
        kept.append(step)
        for place, qubit in enumerate(qubits):
            plain[qubit] = plain.get(qubit, True) and diagonal_on(name, place)
    kept.reverse()
    return kept


class _Fold:
    """The forward walk."""

    def __init__(self, active: tuple[int, ...]) -> None:
        self.steps: list[Step] = []
        self.alone: dict[int, Vector] = dict.fromkeys(active, START)
        self.wire = {qubit: qubit for qubit in active}
        self._parent: dict[int, int] = {}
        #: The gate of each lonely wire that has had just one; None after the second.
        self._only: dict[int, CircuitInstruction | None] = {}

    def groups(self) -> list[tuple[int, ...]]:
        """Returns the wires that met others, by the parts in which they did."""
        found: dict[int, list[int]] = {}
        for wire in sorted(self._parent):
            found.setdefault(self._root(wire), []).append(wire)
        return [tuple(wires) for wires in found.values()]

    def step(self, instruction: CircuitInstruction, qubits: tuple[int, ...]) -> None:
        """Takes in one step."""
        name = _name(instruction)
        if name == "swap":
            a, b = qubits
            self.wire[a], self.wire[b] = self.wire[b], self.wire[a]
            return
        self._wires(instruction, name, tuple([self.wire[qubit] for qubit in qubits]))

    def _wires(self, instruction: CircuitInstruction, name: str, wires: tuple[int, ...]) -> None:
        alone = self.alone
        if len(wires) == 1:
            state = alone.get(wires[0])
            if state is None:
                self.steps.append((instruction, wires))
            else:
                alone[wires[0]] = turned(instruction, name, state)
                self._only[wires[0]] = None if wires[0] in self._only else instruction
            return
        if not alone.keys().isdisjoint(wires) and self._reduced(instruction, name, wires):
            return
        for wire in wires:
            state = alone.pop(wire, None)
            if state is not None:
                self._parent[wire] = wire
                self.steps += [(made, (wire,)) for made in preparation(state, self._only.get(wire))]
        first = self._root(wires[0])
        for wire in wires[1:]:
            self._parent[self._root(wire)] = first
        self.steps.append((instruction, wires))

    def _reduced(self, instruction: CircuitInstruction, name: str, wires: tuple[int, ...]) -> bool:
        """Replaces a gate by a smaller one where a wire's state allows it, and tells whether it did."""
        controls = CONTROLS.get(name, 0)
        if not controls or instruction.operation.ctrl_state != (1 << controls) - 1:
            return False
        alone = self.alone
        # on a gate that is diagonal everywhere with one eigenvalue other than 1, every qubit is a control
        places = range(len(wires)) if name in _SYMMETRIC else range(controls)
        for place in places:
            state = alone.get(wires[place])
            if state is None:
                continue
            if abs(state[1]) < ZERO:
                return True
            if abs(state[0]) < ZERO:
                rest = wires[:place] + wires[place + 1 :]
                smaller = without_control(instruction, name, controls)
                if smaller.name == "swap":  # a change of names: which qubits hold these wires?
                    a, b = (next(qubit for qubit, at in self.wire.items() if at == wire) for wire in rest)
                    self.wire[a], self.wire[b] = self.wire[b], self.wire[a]
                else:
                    self._wires(smaller, _name(smaller), rest)
                return True
        target = alone.get(wires[-1])
        if target is None or controls != 1 or len(wires) != 2:
            return False
        after = turned(without_control(instruction, name, 1), "", target)
        phase = after[0] * target[0].conjugate() + after[1] * target[1].conjugate()
        if abs(after[0] - phase * target[0]) > ZERO or abs(after[1] - phase * target[1]) > ZERO:
            return False
        kick = phase_gate(cmath.phase(phase))
        if kick is not None:
            self._wires(kick, kick.name, wires[:1])
        return True

    def _root(self, wire: int) -> int:
        parent = self._parent
        while parent[wire] != wire:
            parent[wire] = parent[parent[wire]]
            wire = parent[wire]
        return wire


#: Controlled phases: control and target are the same thing.
_SYMMETRIC = frozenset({"cz", "cp", "cu1", "cs", "csdg", "ccz"})
