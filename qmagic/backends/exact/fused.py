"""The exact step by the fused kernels: a plan made once for an ansatz, arrays made once, three passes for each step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from qmagic.backends.exact import passes
from qmagic.backends.exact.hamiltonian import hamiltonian
from qmagic.backends.exact.runs import split_product, without_idle
from qmagic.backends.exact.segments import segments
from qmagic.backends.exact.tables import SHARED, STATIC, tables
from qmagic.backends.exact.weights import Weights

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from qmagic.backends.exact.lowering import Lowered
    from qmagic.backends.exact.paulis import Term

__all__ = ["FusedStep"]

#: Qubits of a tile: two states, where they are permuted to, and two tables take 384 kB.
_TILE = 12
#: Tiles are cut into so many chunks, whose slopes are added up in order, however many threads there are.
_CHUNKS = 8


class FusedStep:
    """Energies and gradients of one ansatz, in this process. Not for two threads at once.

    Args:
        lowered: The ansatz.
        terms: The observable.
        threads: Cores that a wide circuit may take.
        tile: Qubits of a tile.
    """

    def __init__(self, lowered: Lowered, terms: Sequence[Term], threads: int = 1, tile: int = _TILE) -> None:
        self.name = "fused"
        self._size = 1 << lowered.width
        width = max(3, lowered.width)
        tile = min(width, tile)
        product, steps = split_product(without_idle(lowered.steps))
        parts = segments(steps, width, tile)
        self._tables = tables(width, tile, product, parts)
        self._arrays = self._tables.arrays
        self._hamiltonian = hamiltonian(terms, width)
        self._weights = Weights(self._tables.sums, lowered.angles)
        self._threads = 1
        self.why = "fused"
        self._room = self._new_room()
        self.memory = sum(one.nbytes for group in (self._arrays, self._hamiltonian, self._room) for one in group)
        passes.prepared(self._arrays, self._room, STATIC)

    def energy(self, x: NDArray[np.float64]) -> float:
        """Returns the expectation value at a point."""
        return self._forward(x)[0]

    def energies(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Returns the expectation values at some points, one row each."""
        return np.array([self.energy(point) for point in np.asarray(points, float)])

    def energy_and_gradient(self, x: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        """Returns the expectation value and its slope along each parameter."""
        energy, scale = self._forward(x)
        room, arrays = self._room, self._arrays
        room.slopes[:] = 0.0
        room.ends[:] = 0.0
        for segment in range(len(arrays.segments) - 1, -1, -1):
            before = scale
            for chunk, (first, last) in enumerate(_chunks(int(arrays.segments[segment, 5]))):
                scale = passes.back(arrays, room, segment, first, last, 0, chunk, before)
        passes.product_slopes(arrays, room, self._tables.tile, scale)
        return energy, self._weights.back(room.slopes[0], np.asarray(x, float))

    def state(self, x: NDArray[np.float64]) -> NDArray[np.complex128]:
        """Returns the final state, up to a global phase."""
        _, scale = self._forward(x)
        parts = self._room.psi.reshape(-1, 2, 1 << self._tables.tile)
        vector: NDArray[np.complex128] = scale * (parts[:, 0] + 1j * parts[:, 1]).ravel()
        return vector[: self._size]

    def _forward(self, x: NDArray[np.float64]) -> tuple[float, float]:
        room, arrays = self._room, self._arrays
        room.weights[:] = self._weights.at(np.asarray(x, float))
        passes.prepared(arrays, room, SHARED)
        scale = 1.0
        for segment in range(len(arrays.segments)):
            before = scale
            for first, last in _chunks(int(arrays.segments[segment, 5])):
                scale = passes.forward(arrays, room, segment, first, last, 0, before)
        blocks = room.psi.size >> self._tables.tile + 1
        energy = sum(passes.observe(self._hamiltonian, room, first, last) for first, last in _chunks(blocks))
        return energy * scale * scale, scale

    def _new_room(self) -> passes.Room:
        slots, half, size = len(self._tables.sums), 1 << self._tables.tile, 2 << self._tables.width
        chunks = min(_CHUNKS, size // (2 * half))
        return passes.Room(
            psi=np.zeros(size),
            bra=np.zeros(size),
            weights=self._weights.at(np.zeros(self._weights.parameters)),
            tangents=np.zeros(slots),
            cosines=np.zeros(slots),
            tables=np.zeros(self._tables.phases),
            product=np.zeros(half),
            tiles=np.zeros((self._threads, 6, 2 * half)),
            slopes=np.zeros((chunks, slots)),
            ends=np.zeros((chunks, half)),
            dots=np.zeros(size // (2 * half)),
        )


def _chunks(tiles: int) -> list[tuple[int, int]]:
    """Returns ranges of tiles."""
    step = max(1, tiles // _CHUNKS)
    return [(first, first + step) for first in range(0, tiles, step)]
