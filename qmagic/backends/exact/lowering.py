"""A circuit as turns, phases and flips, with its angles as expressions: read once for each ansatz."""

from __future__ import annotations

import cmath
import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from qmagic.backends.exact.angles import Angles
from qmagic.backends.exact.standard import STANDARD, phase
from qmagic.backends.exact.steps import Dense, Phase, Step, Sum, Turn
from qmagic.backends.program import definition_of, read
from qmagic.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from qiskit.circuit import QuantumCircuit

__all__ = ["Lowered", "lower"]

#: Diagonal gates on more qubits stay matrices: they would become ``2^k`` phases.
_WIDEST_DIAGONAL = 6


@dataclasses.dataclass(frozen=True, slots=True)
class Lowered:
    """A circuit in four kinds of steps.

    Attributes:
        width: Qubits of the circuit.
        steps: What is done, in order.
        angles: The angles that the steps' sums are over, as functions of the circuit's parameters.
    """

    width: int
    steps: tuple[Step, ...]
    angles: Angles


def lower(circuit: QuantumCircuit) -> Lowered:
    """Returns the circuit's steps.

    Raises:
        InputError: The circuit is not unitary (terminal measurements are left out), or holds a parameter where no
            definition says what it does.
    """
    program = read(circuit)
    if program.obstacle:
        raise InputError(f"the circuit has no final state: {program.obstacle}")
    writer = _Writer()
    for instruction, qubits in program.steps:
        writer.add(instruction.operation, instruction.params, qubits)
    angles = Angles(list(circuit.parameters), list(writer.places))
    return Lowered(circuit.num_qubits, tuple(writer.steps), angles)


class _Writer:
    """Steps so far, and the place of each distinct angle."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.places: dict[Any, int] = {}

    def add(self, operation: Any, params: Sequence[Any], qubits: tuple[int, ...]) -> None:
        """Writes a gate: by its identity, by its matrix's angles, or by its definition."""
        write = STANDARD.get(operation.name)
        if write is not None:
            write(self.steps, qubits, [self._sum(angle) for angle in params])
        elif operation.name == "diagonal" and len(qubits) <= _WIDEST_DIAGONAL:
            self._diagonal(np.array(operation.params, complex), qubits)
        elif operation.name == "unitary" and len(qubits) == 1:
            self._turn(operation.to_matrix(), qubits[0])
        elif operation.name in ("unitary", "diagonal") and len(qubits) > 2:
            self.steps.append(Dense(qubits, np.asarray(operation.to_matrix(), complex)))
        else:
            self._by_definition(operation, qubits)

    def _sum(self, angle: Any) -> Sum:
        if getattr(angle, "parameters", None):
            return Sum(0.0, ((self.places.setdefault(angle, len(self.places)), 1.0),))
        return Sum(float(angle))

    def _diagonal(self, diagonal: NDArray[np.complex128], qubits: tuple[int, ...]) -> None:
        """The phases' Walsh transform says how far each product of Zs turns."""
        phases = np.angle(diagonal)
        for pattern in range(1, len(diagonal)):
            signs = np.array([(-1.0) ** (pattern & index).bit_count() for index in range(len(diagonal))])
            mask = sum(1 << qubit for place, qubit in enumerate(qubits) if pattern >> place & 1)
            self.steps.append(Phase(mask, Sum(-2.0 * float(signs @ phases) / len(diagonal))))

    def _turn(self, matrix: NDArray[np.complex128], qubit: int) -> None:
        """Any 2x2 unitary is, up to a phase, P(phi) RY(theta) P(lambda)."""
        theta = 2.0 * float(np.arctan2(abs(matrix[1, 0]), abs(matrix[0, 0])))
        if abs(matrix[0, 0]) > abs(matrix[1, 0]):
            total = cmath.phase(matrix[1, 1] / matrix[0, 0])
            phi = cmath.phase(matrix[1, 0] / matrix[0, 0]) if abs(matrix[1, 0]) else 0.0
            lam = total - phi
        else:
            difference = cmath.phase(-matrix[0, 1] / matrix[1, 0])  # lambda - phi
            phi = cmath.phase(matrix[1, 0] / matrix[0, 0]) if abs(matrix[0, 0]) else 0.0
            lam = difference + phi
        phase(self.steps, [qubit], Sum(lam))
        self.steps.append(Turn(qubit, Sum(theta)))
        phase(self.steps, [qubit], Sum(phi))

    def _by_definition(self, operation: Any, qubits: tuple[int, ...]) -> None:
        circuit = definition_of(operation)
        if circuit is not None:
            for instruction in circuit.data:
                inner = tuple([qubits[circuit.find_bit(bit).index] for bit in instruction.qubits])
                self.add(instruction.operation, instruction.params, inner)
        elif getattr(operation, "params", None) and any(getattr(p, "parameters", None) for p in operation.params):
            raise InputError(
                f"gate {operation.name!r} has free parameters and no definition; write it in Qiskit's standard gates"
            )
        else:
            self.steps.append(Dense(qubits, np.asarray(operation.to_matrix(), complex)))
