"""Gates as `sparse_states` runs them: what they multiply, and which bits they flip."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from qmagic.backends.matrices import uncontrolled
from qmagic.backends.program import Step

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Part", "Parts"]

#: Entries of a matrix below are rounding.
_ZERO = 1e-15


@dataclasses.dataclass(slots=True)
class Part:
    """A gate, ready to run.

    Attributes:
        targets: The qubits of its matrix, the first as the lowest bit of an index.
        controls: Mask and values of the controls, as words; None for no controls.
        kind: ``"diagonal"``, ``"monomial"`` or ``"spread"``.
        factors: For each index (of a column) the entries: one for a diagonal or monomial gate, else ``[column, row]``.
        moves: For each index what to flip in the basis state: words ``[column, word]``, or ``[column, row, word]``.
        plain: Whether all factors are 1.
    """

    targets: tuple[int, ...]
    controls: tuple[NDArray[np.uint64], NDArray[np.uint64]] | None
    kind: str
    factors: NDArray[np.complex128]
    moves: NDArray[np.uint64]
    plain: bool


class Parts:
    """Makes parts of gates.

    Args:
        place: The place of each qubit in a basis state.
        words: The number of words of a basis state.
    """

    def __init__(self, place: Mapping[int, int], words: int) -> None:
        self._place = place
        self._words = words
        self._known: dict[tuple[object, ...], Part] = {}

    def part(self, step: Step) -> Part:
        """Returns a gate ready to run; standard ones are kept."""
        instruction, qubits = step
        places = tuple([self._place[qubit] for qubit in qubits])
        key = None
        if instruction.is_standard_gate():
            key = (instruction.name, tuple(instruction.params), places)
            known = self._known.get(key)
            if known is not None:
                return known
        matrix, controls, wanted = uncontrolled(instruction)
        part = self._made(matrix, places[controls:], places[:controls], wanted)
        if key is not None:
            self._known[key] = part
        return part

    def _made(
        self, matrix: NDArray[np.complex128], targets: tuple[int, ...], controls: tuple[int, ...], wanted: int
    ) -> Part:
        size = matrix.shape[0]
        flips = np.array([self._mask(targets, i) for i in range(size)])
        masks = (self._mask(controls, -1), self._mask(controls, wanted)) if controls else None
        entries = np.abs(matrix) > _ZERO
        if (entries.sum(axis=0) == 1).all() and (entries.sum(axis=1) == 1).all():
            rows = entries.argmax(axis=0)
            factors = matrix[rows, np.arange(size)]
            moves = flips[rows ^ np.arange(size)]
            kind = "monomial" if moves.any() else "diagonal"
            return Part(targets, masks, kind, factors, moves, bool((factors == 1).all()))
        moves = flips[np.arange(size)[:, None] ^ np.arange(size)[None]]
        return Part(targets, masks, "spread", np.ascontiguousarray(matrix.T), moves, plain=False)

    def _mask(self, places: tuple[int, ...], values: int) -> NDArray[np.uint64]:
        """Returns words with the bits of `values` at some places."""
        words = [0] * self._words
        for i, place in enumerate(places):
            words[place // 64] |= (values >> i & 1) << (place % 64)
        return np.array(words, np.uint64)
