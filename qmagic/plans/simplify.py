"""What is left of a circuit when everything is done that costs no simulation. Exact; a function of the circuit alone.

Two walks over the unitary steps:

* *Backward*, for counts: a gate that acts diagonally on every qubit that is still looked at, with nothing after it that
  would turn that into something seen, changes no count. That drops gates on unmeasured qubits and diagonal gates
  before a measurement.
* *Forward*: a qubit that has met no other is a vector of two numbers, and its gates are multiplied into it. A control
  that is surely 0 or 1 is no control; a target that its gate only multiplies by a phase gives that phase to the
  control (Bernstein-Vazirani falls apart so); a SWAP is a change of names. Toffolis on known bits vanish.

What remains splits into parts that never meet: the qubits that stayed alone, and groups of the others.
"""

from __future__ import annotations

import cmath
import dataclasses
import functools
from typing import TYPE_CHECKING, Any

from qmagic.backends.meaning import CONTROLS, DIAGONAL, diagonal_on

if TYPE_CHECKING:
    from qiskit.circuit import CircuitInstruction

    from qmagic.backends.program import Program, Step

__all__ = ["Simplified", "simplify"]

#: A qubit that stands alone: the amplitudes of 0 and 1.
Vector = tuple[complex, complex]

#: An amplitude below this is rounding: its probability, 1e-24, is never drawn (`sampling`).
_ZERO = 1e-12
_START: Vector = (1.0, 0.0)


@dataclasses.dataclass(slots=True)
class Simplified:
    """A circuit's unitary part, made smaller.

    Attributes:
        steps: What has to be simulated, over `wires`.
        alone: The state of each wire that met no other.
        groups: The wires of each part of `steps`, ascending; no step touches two of them.
        wire: For each active qubit of the circuit the wire that holds it at the end.
        dropped: How many steps of the circuit are gone.
    """

    steps: list[Step]
    alone: dict[int, Vector]
    groups: list[tuple[int, ...]]
    wire: dict[int, int]
    dropped: int


def simplify(program: Program, *, counts: bool) -> Simplified:
    """Returns what has to be simulated of `program`, whose steps are complete and bound.

    Args:
        program: A circuit whose measurements come last.
        counts: Whether only counts are wanted: then what no measurement sees is dropped.
    """
    steps = _seen(program) if counts else program.steps
    fold = _Fold(program.active)
    for instruction, qubits in steps:
        fold.step(instruction, qubits)
    groups = fold.groups()
    return Simplified(fold.steps, fold.alone, groups, fold.wire, len(program.steps) - len(fold.steps))


def _seen(program: Program) -> list[Step]:
    """Returns the steps that counts depend on, in order."""
    #: True: looked at in the Z basis only from here on; False: otherwise; absent: not looked at.
    plain: dict[int, bool] = {qubit: True for _, qubit in program.measured}
    kept: list[Step] = []
    for step in reversed(program.steps):
        instruction, qubits = step
        name = instruction.name
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
        self.alone: dict[int, Vector] = dict.fromkeys(active, _START)
        self.wire = {qubit: qubit for qubit in active}
        self._parent: dict[int, int] = {}

    def groups(self) -> list[tuple[int, ...]]:
        """Returns the wires that met others, by the parts in which they did."""
        found: dict[int, list[int]] = {}
        for wire in sorted(self._parent):
            found.setdefault(self._root(wire), []).append(wire)
        return [tuple(wires) for wires in found.values()]

    def step(self, instruction: CircuitInstruction, qubits: tuple[int, ...]) -> None:
        """Takes in one step."""
        name = instruction.name
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
                alone[wires[0]] = _turned(instruction, name, state)
            return
        if not alone.keys().isdisjoint(wires) and self._reduced(instruction, name, wires):
            return
        for wire in wires:
            state = alone.pop(wire, None)
            if state is not None:
                self._parent[wire] = wire
                self.steps += [(made, (wire,)) for made in _preparation(state)]
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
            if abs(state[1]) < _ZERO:
                return True
            if abs(state[0]) < _ZERO:
                rest = wires[:place] + wires[place + 1 :]
                smaller = _without_control(instruction, name, controls)
                if smaller.name == "swap":  # a change of names: which qubits hold these wires?
                    a, b = (next(qubit for qubit, at in self.wire.items() if at == wire) for wire in rest)
                    self.wire[a], self.wire[b] = self.wire[b], self.wire[a]
                else:
                    self._wires(smaller, smaller.name, rest)
                return True
        target = alone.get(wires[-1])
        if target is None or controls != 1 or len(wires) != 2:
            return False
        turned = _turned(_without_control(instruction, name, 1), "", target)
        phase = turned[0] * target[0].conjugate() + turned[1] * target[1].conjugate()
        if abs(turned[0] - phase * target[0]) > _ZERO or abs(turned[1] - phase * target[1]) > _ZERO:
            return False
        kick = _phase_gate(cmath.phase(phase))
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

_R = 0.5**0.5
#: The matrices that are met most, row by row.
_MATRICES: dict[str, tuple[complex, complex, complex, complex]] = {
    "x": (0, 1, 1, 0), "y": (0, -1j, 1j, 0), "z": (1, 0, 0, -1), "h": (_R, _R, _R, -_R), "s": (1, 0, 0, 1j),
    "sdg": (1, 0, 0, -1j), "t": (1, 0, 0, cmath.exp(0.25j * cmath.pi)), "tdg": (1, 0, 0, cmath.exp(-0.25j * cmath.pi)),
}  # fmt: skip


def _turned(instruction: CircuitInstruction, name: str, state: Vector) -> Vector:
    matrix = _MATRICES.get(name)
    if matrix is None:
        matrix = _matrix(instruction)
    a, b, c, d = matrix
    x, y = state
    return a * x + b * y, c * x + d * y


def _matrix(instruction: CircuitInstruction) -> Any:
    found = instruction.matrix
    if found is None:
        found = instruction.operation.to_matrix()
    return found.ravel().tolist()


#: The states that Clifford gates make, as what Z, X and Y measure, and how to make them from 0.
_NAMED: tuple[tuple[Vector, tuple[str, ...]], ...] = (
    ((1, 0), ()),
    ((0, 1), ("x",)),
    ((_R, _R), ("h",)),
    ((_R, -_R), ("x", "h")),
    ((_R, 1j * _R), ("h", "s")),
    ((_R, -1j * _R), ("h", "sdg")),
)


def _preparation(state: Vector) -> list[CircuitInstruction]:
    """Returns gates that make `state` from 0, up to a phase of the whole; Clifford ones where there are."""
    a, b = state
    for (x, y), names in _NAMED:
        if abs(a * y - b * x) < _ZERO:
            return [_gate(name) for name in names]
    turn = 0.0 if abs(a) < _ZERO or abs(b) < _ZERO else cmath.phase(b) - cmath.phase(a)
    # |0> to cos(t/2)|0> + exp(i turn) sin(t/2)|1>
    angle = 2 * cmath.phase(complex(abs(a), abs(b)))
    made = [_rotation("ry", angle)]
    return made if abs(turn) < _ZERO else [*made, _rotation("p", turn)]


def _phase_gate(angle: float) -> CircuitInstruction | None:
    """Returns diag(1, exp(i angle)), by its own name where it has one; None where it is nothing."""
    quarter, rest = divmod(angle / (cmath.pi / 2) + 1e-13, 1)
    if rest < 2e-13:
        name = ("", "s", "z", "sdg")[int(quarter) % 4]
        return _gate(name) if name else None
    return _rotation("p", angle)


@functools.cache
def _gate(name: str) -> CircuitInstruction:
    from qiskit.circuit.library import get_standard_gate_name_mapping

    return _instruction(get_standard_gate_name_mapping()[name])


def _rotation(name: str, angle: float) -> CircuitInstruction:
    from qiskit.circuit.library import PhaseGate, RYGate

    return _instruction((RYGate if name == "ry" else PhaseGate)(angle))


def _instruction(operation: Any) -> CircuitInstruction:
    from qiskit.circuit import CircuitInstruction

    return CircuitInstruction(operation, _qubits(operation.num_qubits), ())


@functools.cache
def _qubits(number: int) -> tuple[Any, ...]:
    from qiskit.circuit import Qubit

    return tuple([Qubit() for _ in range(number)])


def _without_control(instruction: CircuitInstruction, name: str, controls: int) -> CircuitInstruction:
    """Returns the gate with one control fewer."""
    if name in ("ccx", "ccz"):
        return _gate(name[1:])
    return _instruction(instruction.operation.base_gate)
