"""The exact step by the fused kernels: a plan made once for an ansatz, arrays made once, three passes for each step."""

from __future__ import annotations

import functools
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from qmagic.backends.exact.compiled import BACK, BEGIN, END, ENERGY, FORWARD, GRADIENT, OBSERVE, SETUP, run
from qmagic.backends.exact.hamiltonian import hamiltonian
from qmagic.backends.exact.room import new_room
from qmagic.backends.exact.runs import split_product, without_idle
from qmagic.backends.exact.segments import segments
from qmagic.backends.exact.tables import tables
from qmagic.backends.exact.weights import Weights
from qmagic.backends.kernels import turn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from qmagic.backends.exact.lowering import Lowered
    from qmagic.backends.exact.paulis import Term

__all__ = ["FusedStep"]

#: Qubits of a tile: two states, where they are permuted to, and two tables take 768 kB.
_TILE = 13
#: From this many qubits on, threads pay.
_WIDE = 15


class FusedStep:
    """Energies and gradients of one ansatz, in this process. Not for two threads at once.

    Args:
        lowered: The ansatz.
        terms: The observable.
        threads: Cores that a wide circuit may take; they change no bit of a result.
        tile: Qubits of a tile.
    """

    def __init__(self, lowered: Lowered, terms: Sequence[Term], threads: int = 1, tile: int = _TILE) -> None:
        self.name, self.why = "fused", "by kernels fused for this ansatz"
        self._size = 1 << lowered.width
        width = max(3, lowered.width)
        tile = min(width, tile)
        product, steps = split_product(without_idle(lowered.steps))
        plan = tables(width, tile, product, segments(steps, width, tile))
        self._tile, self._segments = tile, len(plan.arrays.segments)
        self._weights = Weights(plan.sums, lowered.angles)
        self._threads = threads if width >= _WIDE else 1
        room = new_room(width, tile, len(plan.sums), plan.phases, self._threads)
        self._room, self._arguments = room, (self._weights.links, plan.arrays, hamiltonian(terms, width), room)
        self.memory = sum(np.asarray(one).nbytes for group in self._arguments for one in group)
        self._slopes = np.zeros(lowered.angles.inputs)
        with turn():
            self._run(SETUP, np.zeros(lowered.angles.inputs))

    def energy(self, x: NDArray[np.float64]) -> float:
        """Returns the expectation value at a point."""
        return self._step(ENERGY, x)[0]

    def energy_and_gradient(self, x: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        """Returns the expectation value and its slope along each parameter."""
        energy, _ = self._step(GRADIENT, x)
        return energy, self._weights.outputs(self._slopes.copy(), x)

    def state(self, x: NDArray[np.float64]) -> NDArray[np.complex128]:
        """Returns the final state, up to a global phase."""
        _, scale = self._step(ENERGY, x)
        parts = self._room.psi.reshape(-1, 2, 1 << self._tile)
        vector = scale * (parts[:, 0] + 1j * parts[:, 1]).ravel()
        return vector[: self._size].astype(np.complex128, copy=False)

    def _step(self, phase: int, x: NDArray[np.float64]) -> tuple[float, float]:
        """Returns the energy, and the scale of the state that is left behind."""
        angles = np.ascontiguousarray(self._weights.inputs(x))
        if self._threads == 1:
            return self._run(phase, angles)
        self._run(BEGIN, angles)
        scale = 1.0
        for segment in range(self._segments):
            scale = self._shared(FORWARD, segment, scale, angles)[-1][1]
        energy = sum(part for part, _ in self._shared(OBSERVE, 0, scale, angles))
        if phase == GRADIENT:
            for segment in range(self._segments - 1, -1, -1):
                scale = self._shared(BACK, segment, scale, angles)[-1][1]
            self._run(END, angles, scale=scale)
        return energy, scale

    def _shared(self, phase: int, segment: int, scale: float, angles: NDArray[np.float64]) -> list[tuple[float, float]]:
        """Does a part of a step on all chunks, each thread some of them."""
        chunks = len(self._room.slopes)

        def some(worker: int) -> list[tuple[float, float]]:
            mine = range(chunks * worker // self._threads, chunks * (worker + 1) // self._threads)
            return [self._run(phase, angles, segment, chunk, worker, scale) for chunk in mine]

        others = [_pool().submit(some, worker) for worker in range(1, self._threads)]
        return some(0) + [one for other in others for one in other.result()]

    def _run(
        self,
        phase: int,
        angles: NDArray[np.float64],
        segment: int = 0,
        chunk: int = 0,
        worker: int = 0,
        scale: float = 1.0,
    ) -> tuple[float, float]:
        found: tuple[float, float] = run(phase, segment, chunk, worker, scale, angles, self._slopes, *self._arguments)
        return found


@functools.cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(thread_name_prefix="qmagic-exact")
