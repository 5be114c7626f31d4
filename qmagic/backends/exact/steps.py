"""The four kinds of step that every circuit becomes: turns, phases, flips, and matrices for what is left.

    Turn    exp(-i w Y / 2) on one qubit
    Phase   exp(-i w Z...Z / 2) on the qubits of a mask
    Flip    X on one qubit where all qubits of a mask are 1: X, CX, CCX, ...
    Dense   a matrix, which the fused kernels do not take

``w`` is a `Sum`: a number plus multiples of the circuit's angles. Global phases are dropped where circuits are read:
no expectation value can see them.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Dense", "Flip", "Phase", "Step", "Sum", "Turn"]


@dataclasses.dataclass(frozen=True, slots=True)
class Sum:
    """A number plus multiples of angles, each given by its place in the circuit's list of angles."""

    number: float = 0.0
    angles: tuple[tuple[int, float], ...] = ()

    def __mul__(self, factor: float) -> Sum:
        return Sum(self.number * factor, tuple([(place, weight * factor) for place, weight in self.angles]))

    def __add__(self, other: Sum) -> Sum:
        weights = dict(self.angles)
        for place, weight in other.angles:
            weights[place] = weights.get(place, 0.0) + weight
        return Sum(self.number + other.number, tuple([(place, weight) for place, weight in weights.items() if weight]))

    def __neg__(self) -> Sum:
        return self * -1.0


@dataclasses.dataclass(frozen=True, slots=True)
class Turn:
    """``exp(-i w Y / 2)`` on a qubit: Qiskit's ``ry``."""

    qubit: int
    angle: Sum


@dataclasses.dataclass(frozen=True, slots=True)
class Phase:
    """``exp(-i w Z / 2)``, Z on each qubit of a mask: Qiskit's ``rz`` and ``rzz``."""

    mask: int
    angle: Sum


@dataclasses.dataclass(frozen=True, slots=True)
class Flip:
    """X on a qubit where every qubit of the mask `controls` is 1."""

    qubit: int
    controls: int = 0


@dataclasses.dataclass(frozen=True, slots=True)
class Dense:
    """A matrix; its first qubit is the lowest bit of its index."""

    qubits: tuple[int, ...]
    matrix: NDArray[np.complex128]


Step = Turn | Phase | Flip | Dense
