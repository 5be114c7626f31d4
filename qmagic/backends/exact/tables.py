"""A plan in the form that the kernels read: arrays of numbers, made once for each ansatz.

A state is one real vector of 2^(n + 1) numbers: bit B of an index tells the imaginary parts from the real ones, B being
the qubits of a tile. A tile, copied into the cache, has its real parts first. `Arrays` says what the columns are.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from qmagic.backends.exact.runs import Diagonal, Permutation, Turns
from qmagic.backends.exact.steps import Flip, Sum

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qmagic.backends.exact.segments import Segment

__all__ = [
    "ACROSS", "DIAGONAL", "FREE", "MANY", "PERMUTATION", "SHARED", "STATIC", "TURNS", "Arrays", "Tables", "tables",
]  # fmt: skip

#: Kinds of runs.
TURNS, DIAGONAL, PERMUTATION = 0, 1, 2
#: How a table of phases is made: once for all, once for each point, once for each tile.
STATIC, SHARED, ACROSS = 0, 1, 2
#: Flags of a diagonal: some angle is free; some mask has several qubits of the tile.
FREE, MANY = 1, 2


class Arrays(NamedTuple):
    """What the kernels read.

    Attributes:
        qubits: The qubits of the first segment's tiles.
        segments: For each: first run, last run + 1, qubits of a copied stretch, places in `offsets` and `bases`, tiles.
        runs: For each: kind, first and last + 1 row of `rows` (for a permutation: places in `maps`), and for a diagonal
            how its table is made, its place, and its flags.
        rows: A turn: qubit of the tile, slot, 0. A phase: mask in the tile, mask outside, slot; by highest bit.
        maps: Where each amplitude of a tile comes from, and where it goes.
        offsets: Where each stretch of a tile lies in the state, seen from the tile's base.
        bases: For each tile, where it starts in the state; beside it the qubits outside that are 1, as a mask.
    """

    qubits: NDArray[np.int64]
    segments: NDArray[np.int64]
    runs: NDArray[np.int64]
    rows: NDArray[np.int64]
    maps: NDArray[np.uint32]
    offsets: NDArray[np.int64]
    bases: NDArray[np.int64]


@dataclasses.dataclass(frozen=True, slots=True)
class Tables:
    """A plan.

    Attributes:
        width: Qubits.
        tile: Qubits of a tile.
        sums: The turn of each slot; the first `width` are those of the product state.
        phases: Numbers that all tables of phases take.
        arrays: The rest.
    """

    width: int
    tile: int
    sums: tuple[Sum, ...]
    phases: int
    arrays: Arrays


def tables(width: int, tile: int, product: Turns, parts: Sequence[Segment]) -> Tables:
    """Returns a plan as arrays.

    Args:
        width: Qubits, 3 or more.
        tile: Qubits of a tile, at most `width`.
        product: The turns that make the first state from |0...0>.
        parts: The segments, in order.
    """
    return _Maker(width, tile, product).tables(parts)


class _Maker:
    def __init__(self, width: int, tile: int, product: Turns) -> None:
        self._width, self._tile = width, tile
        self._sums = [product.angles.get(qubit, Sum()) for qubit in range(width)]
        self._segments: list[list[int]] = []
        self._runs: list[list[int]] = []
        self._rows: list[tuple[int, int, int]] = []
        self._maps: list[NDArray[np.uint32]] = []
        self._offsets: list[NDArray[np.int64]] = []
        self._bases: list[NDArray[np.int64]] = []
        self._phases = 0

    def tables(self, parts: Sequence[Segment]) -> Tables:
        for part in parts:
            first = len(self._runs)
            for run in part.runs:
                if isinstance(run, Turns):
                    self._turns(run, part.qubits)
                elif isinstance(run, Diagonal):
                    self._diagonal(run, part.qubits)
                else:
                    self._permutation(run, part.qubits)
            self._place(part.qubits, first)
        arrays = Arrays(
            np.array(parts[0].qubits, np.int64),
            np.array(self._segments, np.int64).reshape(-1, 6),
            np.array(self._runs, np.int64).reshape(-1, 6),
            np.array(self._rows, np.int64).reshape(-1, 3),
            np.concatenate([np.zeros(0, np.uint32), *self._maps]),
            np.concatenate([np.zeros(0, np.int64), *self._offsets]),
            np.concatenate([np.zeros((0, 2), np.int64), *self._bases]),
        )
        return Tables(self._width, self._tile, tuple(self._sums), self._phases, arrays)

    def _turns(self, run: Turns, qubits: Sequence[int]) -> None:
        start = len(self._rows)
        place = {qubit: i for i, qubit in enumerate(qubits)}
        for qubit in sorted(run.angles):
            self._rows.append((place[qubit], self._slot(run.angles[qubit]), 0))
        self._runs.append([TURNS, start, len(self._rows), 0, 0, 0])

    def _diagonal(self, run: Diagonal, qubits: Sequence[int]) -> None:
        start, inside = len(self._rows), sum(1 << qubit for qubit in qubits)
        found = []
        for mask, angle in run.angles.items():
            local = sum(1 << place for place, qubit in enumerate(qubits) if mask >> qubit & 1)
            found.append((local, mask & ~inside, self._slot(angle)))
        # One qubit of the tile first among those with the same highest: the table is built up in this order.
        self._rows += sorted(found, key=lambda row: (row[0].bit_length(), row[0].bit_count()))
        free = any(angle.angles for angle in run.angles.values())
        how = ACROSS if any(outside for _, outside, _ in found) else SHARED if free else STATIC
        flags = FREE * free | MANY * any(local.bit_count() > 1 for local, _, _ in found)
        self._runs.append([DIAGONAL, start, len(self._rows), how, self._phases, flags])
        if how != ACROSS:
            self._phases += 2 << self._tile

    def _permutation(self, run: Permutation, qubits: Sequence[int]) -> None:
        place = {qubit: i for i, qubit in enumerate(qubits)}
        here = np.arange(1 << self._tile, dtype=np.uint32)
        goes = here.copy()
        for flip in run.flips:
            goes = _flipped(goes, flip, place)
        comes = np.empty_like(goes)
        comes[goes] = here
        start = sum(len(one) for one in self._maps)
        self._maps += [comes, goes]
        self._runs.append([PERMUTATION, start, start + len(comes), 0, 0, 0])

    def _place(self, qubits: Sequence[int], first: int) -> None:
        """Adds a segment: where its tiles lie. The qubits from the tile's size on are one bit higher in an index."""
        straight = next((i for i, qubit in enumerate(qubits) if i != qubit), self._tile)
        outside = [qubit for qubit in range(self._width) if qubit not in qubits]
        stretches = self._spread(np.arange(1 << self._tile - straight), qubits[straight:])
        tiles = np.arange(1 << len(outside))
        masks = sum(((tiles >> i & 1) << qubit for i, qubit in enumerate(outside)), np.zeros_like(tiles))
        starts = [sum(len(one) for one in parts) for parts in (self._offsets, self._bases)]
        self._offsets.append(stretches)
        self._bases.append(np.stack([self._spread(tiles, outside), masks], axis=1))
        self._segments.append([first, len(self._runs), straight, *starts, len(tiles)])

    def _spread(self, numbers: NDArray[np.int64], qubits: Sequence[int]) -> NDArray[np.int64]:
        """Returns the index in the state whose `qubits` are the bits of each number."""
        index = np.zeros_like(numbers)
        for i, qubit in enumerate(qubits):
            index |= (numbers >> i & 1) << (qubit if qubit < self._tile else qubit + 1)
        return index

    def _slot(self, angle: Sum) -> int:
        self._sums.append(angle)
        return len(self._sums) - 1


def _flipped(index: NDArray[np.uint32], flip: Flip, place: dict[int, int]) -> NDArray[np.uint32]:
    controls = sum(1 << place[qubit] for qubit in place if flip.controls >> qubit & 1)
    target = np.uint32(1 << place[flip.qubit])
    flipped: NDArray[np.uint32] = np.where((index & np.uint32(controls)) == controls, index ^ target, index)
    return flipped
