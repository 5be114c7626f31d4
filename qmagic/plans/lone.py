"""A qubit that has met no other: two numbers, what gates do to them, and gates that make them.

Preparations are Clifford gates wherever the state is one that Clifford gates make, so that nothing becomes harder.
"""

from __future__ import annotations

import cmath
import functools
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qiskit.circuit import CircuitInstruction

__all__ = ["START", "ZERO", "Vector", "phase_gate", "preparation", "turned", "without_control"]

#: A qubit that stands alone: the amplitudes of 0 and 1.
Vector = tuple[complex, complex]

#: An amplitude below this is rounding: its probability, 1e-24, is never drawn (`sampling`).
ZERO = 1e-12
START: Vector = (1.0, 0.0)


_R = 0.5**0.5
#: The matrices that are met most, row by row.
_MATRICES: dict[str, tuple[complex, complex, complex, complex]] = {
    "x": (0, 1, 1, 0), "y": (0, -1j, 1j, 0), "z": (1, 0, 0, -1), "h": (_R, _R, _R, -_R), "s": (1, 0, 0, 1j),
    "sdg": (1, 0, 0, -1j), "t": (1, 0, 0, cmath.exp(0.25j * cmath.pi)), "tdg": (1, 0, 0, cmath.exp(-0.25j * cmath.pi)),
}  # fmt: skip


#: Those with an angle: in a tenth of the time that asking Qiskit takes.
_TURNS: dict[str, Callable[[float], tuple[complex, complex, complex, complex]]] = {
    "rx": lambda t: (math.cos(t / 2), -1j * math.sin(t / 2), -1j * math.sin(t / 2), math.cos(t / 2)),
    "ry": lambda t: (math.cos(t / 2), -math.sin(t / 2), math.sin(t / 2), math.cos(t / 2)),
    "rz": lambda t: (cmath.exp(-0.5j * t), 0, 0, cmath.exp(0.5j * t)),
    "p": lambda t: (1, 0, 0, cmath.exp(1j * t)),
    "u1": lambda t: (1, 0, 0, cmath.exp(1j * t)),
}


def turned(instruction: CircuitInstruction, name: str, state: Vector) -> Vector:
    """Returns the state after a gate on one qubit."""
    matrix = _MATRICES.get(name)
    if matrix is None:
        make = _TURNS.get(name)
        matrix = make(instruction.params[0]) if make else _matrix(instruction)
    a, b, c, d = matrix
    x, y = state
    return a * x + b * y, c * x + d * y


def _matrix(instruction: CircuitInstruction) -> tuple[complex, complex, complex, complex]:
    found = instruction.matrix
    if found is None:  # controls, inverses and powers that are only annotated
        from qiskit.quantum_info import Operator

        found = Operator(instruction.operation).data
    a, b, c, d = found.ravel().tolist()
    return a, b, c, d


#: The states that Clifford gates make, as what Z, X and Y measure, and how to make them from 0.
_NAMED: tuple[tuple[Vector, tuple[str, ...]], ...] = (
    ((1, 0), ()),
    ((0, 1), ("x",)),
    ((_R, _R), ("h",)),
    ((_R, -_R), ("x", "h")),
    ((_R, 1j * _R), ("h", "s")),
    ((_R, -1j * _R), ("h", "sdg")),
)


def preparation(state: Vector, only: CircuitInstruction | None = None) -> list[CircuitInstruction]:
    """Returns gates that make `state` from 0, up to a phase of the whole; Clifford ones where there are.

    Args:
        state: The state.
        only: The single gate that made it, where it was one.
    """
    a, b = state
    for (x, y), names in _NAMED:
        if abs(a * y - b * x) < ZERO:
            return [_gate(name) for name in names]
    if only is not None:
        return [only]
    turn = 0.0 if abs(a) < ZERO or abs(b) < ZERO else cmath.phase(b) - cmath.phase(a)
    # |0> to cos(t/2)|0> + exp(i turn) sin(t/2)|1>
    angle = 2 * cmath.phase(complex(abs(a), abs(b)))
    made = [_rotation("ry", angle)]
    return made if abs(turn) < ZERO else [*made, _rotation("p", turn)]


def phase_gate(angle: float) -> CircuitInstruction | None:
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


def without_control(instruction: CircuitInstruction, name: str, controls: int) -> CircuitInstruction:
    """Returns the gate with one control fewer."""
    if name in ("cx", "cy", "cz", "ch", "ccx", "ccz"):
        return _gate(name[1:])
    return _instruction(instruction.operation.base_gate)
