"""Gates on the way to qulacs, merged where one larger matrix takes less time than its parts.

qulacs takes as long for any rotation as for any matrix, and much less for H, CX and the like. So gates on one qubit are
multiplied where that pays, and with the gates on a pair of qubits where that pays: a block becomes one matrix when the
costs of its parts (measured, in units of a dense matrix on one qubit) exceed the matrix's.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import qulacs

from qmagic.backends.gates import add
from qmagic.backends.matrices import matrix_of
from qmagic.backends.meaning import CONTROLS, DIAGONAL

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qmagic.backends.program import Step

__all__ = ["add_merged"]

#: A dense matrix on one and on two qubits, and a diagonal on as many.
_DENSE = (1.0, 1.85)
_DIAGONAL = (0.55, 0.85)
#: Gates that cost less than a dense matrix.
_COSTS = {
    "id": 0.1, "x": 0.2, "y": 0.57, "z": 0.1, "h": 0.25, "s": 0.3, "sdg": 0.3, "t": 0.3, "tdg": 0.3, "rz": 0.55,
    "p": 0.55, "u1": 0.55, "cx": 0.12, "cz": 0.1, "swap": 0.12, "rzz": 0.85, "rxx": 1.65, "ryy": 1.65, "rzx": 1.65,
}  # fmt: skip
#: A matrix under one control.
_CONTROLLED = 0.5


@dataclasses.dataclass(slots=True)
class _Block:
    """Steps on one qubit or two that follow each other, and what they cost apart."""

    qubits: tuple[int, ...]
    steps: list[tuple[Any, tuple[int, ...]]]
    cost: float = 0.0
    diagonal: bool = True

    def take(self, instruction: Any, qubits: tuple[int, ...]) -> None:
        """Appends a gate."""
        name = instruction.name
        self.steps.append((instruction, qubits))
        self.cost += _COSTS.get(name) or (_CONTROLLED if name in CONTROLS else _DENSE[len(qubits) - 1])
        self.diagonal = self.diagonal and name in DIAGONAL

    @property
    def whole(self) -> float:
        """What it costs as one matrix."""
        return (_DIAGONAL if self.diagonal else _DENSE)[len(self.qubits) - 1]


def add_merged(target: Any, steps: Iterable[Step], place: Mapping[int, int]) -> None:
    """Adds bound gates to a qulacs circuit.

    Args:
        target: The ``qulacs.QuantumCircuit``.
        steps: The gates.
        place: The qubit of `target` for each of theirs.
    """
    _Merger(target).run(steps, place)


class _Merger:
    def __init__(self, target: Any) -> None:
        self._target = target
        #: Gates on a qubit that come after the pair it is in; and that pair, under both of its qubits.
        self._single: dict[int, _Block] = {}
        self._pair: dict[int, list[_Block]] = {}

    def run(self, steps: Iterable[Step], place: Mapping[int, int]) -> None:
        for instruction, qubits in steps:
            at = tuple([place[qubit] for qubit in qubits])
            if len(at) == 1:
                block = self._single.get(at[0])
                if block is None:
                    block = self._single[at[0]] = _Block(at, [])
                block.take(instruction, at)
            elif len(at) == 2:
                self._meet(instruction, at)
            else:
                for qubit in at:
                    self._close(qubit)
                    self._end(qubit)
                add(self._target, instruction, at)
        for qubit in list(self._pair):
            self._close(qubit, last=True)
        for qubit in list(self._single):
            self._end(qubit)

    def _meet(self, instruction: Any, at: tuple[int, ...]) -> None:
        first, second = at
        pair = self._pair.get(first)
        if pair is None or pair is not self._pair.get(second):
            self._close(first)
            self._close(second)
            pair = self._pair[first] = self._pair[second] = []
        pair += [self._single.pop(qubit) for qubit in at if qubit in self._single]
        met = _Block(at, [])
        met.take(instruction, at)
        pair.append(met)

    def _close(self, qubit: int, *, last: bool = False) -> None:
        """Adds the pair that a qubit is in; the last one with what follows it."""
        parts = self._pair.get(qubit)
        if parts is None:
            return
        # qulacs takes half as long again for a matrix on a falling pair
        qubits = tuple(sorted(next(part.qubits for part in parts if len(part.qubits) == 2)))
        for one in qubits:
            del self._pair[one]
            if last and one in self._single:
                parts.append(self._single.pop(one))
        block = _Block(
            qubits,
            [step for part in parts for step in part.steps],
            sum(min(part.cost, part.whole) for part in parts),
            all(part.diagonal for part in parts),
        )
        if block.cost > block.whole:
            self._whole(block)
        else:
            for part in parts:
                self._part(part)

    def _end(self, qubit: int) -> None:
        block = self._single.pop(qubit, None)
        if block is not None:
            self._part(block)

    def _part(self, block: _Block) -> None:
        if len(block.steps) > 1 and block.cost > block.whole:
            self._whole(block)
        else:
            for instruction, qubits in block.steps:
                add(self._target, instruction, qubits)

    def _whole(self, block: _Block) -> None:
        matrix = np.eye(1 << len(block.qubits), dtype=complex)
        for instruction, qubits in block.steps:
            matrix = _widened(matrix_of(instruction), qubits, block.qubits) @ matrix
        if block.diagonal:
            self._target.add_gate(qulacs.gate.DiagonalMatrix(list(block.qubits), np.diagonal(matrix)))
        else:
            self._target.add_dense_matrix_gate(list(block.qubits), matrix)


def _widened(matrix: NDArray[np.complex128], qubits: tuple[int, ...], onto: tuple[int, ...]) -> NDArray[np.complex128]:
    """Returns a matrix on `qubits` as one on the qubits `onto`, the first of which is the lowest bit."""
    if qubits == onto:
        return matrix
    if len(qubits) == 2:
        return matrix.reshape(2, 2, 2, 2).transpose(1, 0, 3, 2).reshape(4, 4)
    one = np.eye(2)
    wide = np.kron(one, matrix) if qubits[0] == onto[0] else np.kron(matrix, one)
    return np.asarray(wide, dtype=complex)
