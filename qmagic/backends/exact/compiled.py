"""The one function that is compiled: Numba keeps it on disk, in a folder named after what these sources say.

``run(phase, ...)`` does a whole step, or one part of it on a range of tiles, for threads that share them.
"""

from __future__ import annotations

import math
from typing import Any

import numba

from qmagic.backends.exact.observed import observed
from qmagic.backends.exact.passes import back, forward
from qmagic.backends.exact.phases import phases
from qmagic.backends.exact.product import product, product_slopes
from qmagic.backends.exact.simd import filled, kernel
from qmagic.backends.exact.tables import DIAGONAL, SHARED, STATIC
from qmagic.backends.kernels import folder

__all__ = ["BACK", "BEGIN", "END", "ENERGY", "FORWARD", "GRADIENT", "OBSERVE", "SETUP", "run"]

#: What `run` does: tables that never change; a whole energy or gradient; or one part of it.
SETUP, ENERGY, GRADIENT, BEGIN, FORWARD, OBSERVE, BACK, END = range(8)


def _compiled(function: Any) -> Any:
    """Lets Numba compile a function and keep it. Its own cache looks at one file only; ours at all of this folder."""
    config: Any = numba.config
    before = config.CACHE_DIR
    config.CACHE_DIR = str(folder())
    try:
        return numba.njit(nogil=True, error_model="numpy", cache=True)(function)
    finally:
        config.CACHE_DIR = before


@kernel
def _prepared(links: Any, arrays: Any, room: Any, angles: Any, how: int) -> None:
    """Makes the turns, their tangents, the product state of a tile, and the tables that are made in this way."""
    runs, weights = arrays.runs, room.weights
    for slot in range(weights.size):
        weights[slot] = links.numbers[slot]
    for k in range(len(links.rows)):
        weights[links.rows[k]] += links.factors[k] * angles[links.columns[k]]
    for slot in range(weights.size):
        room.cosines[slot] = math.cos(0.5 * weights[slot])
        room.tangents[slot] = math.sin(0.5 * weights[slot]) / room.cosines[slot]
    product(room.product, room, arrays.qubits)
    factor = room.tiles[0, 5]
    for number in range(len(runs)):
        if runs[number, 0] == DIAGONAL and runs[number, 3] == how:
            table = room.tables[runs[number, 4] : runs[number, 4] + factor.size]
            phases(table, arrays.rows, runs[number, 1], runs[number, 2], weights, 0, factor)


@kernel
def _tiles(room: Any, chunk: int) -> tuple[int, int]:
    """Returns the first tile of a chunk, and the last + 1."""
    tiles, chunks = room.dots.size, len(room.slopes)
    return tiles * chunk // chunks, tiles * (chunk + 1) // chunks


@_compiled
def run(
    phase: int, segment: int, chunk: int, worker: int, scale: float, angles: Any, out: Any,
    links: Any, arrays: Any, hamiltonian: Any, room: Any,
) -> tuple[float, float]:  # fmt: skip
    """Does a step, or a part of it on one chunk of tiles.

    Args:
        phase: Which part.
        segment: Of which segment.
        chunk: Which chunk of its tiles.
        worker: Whose `Room.tiles`.
        scale: The state is `scale` times `Room.psi` before this part.
        angles: The point, or the circuit's angles.
        out: Gets the slopes by these.
        links: See `weights.Links`.
        arrays: See `tables.Arrays`.
        hamiltonian: See `hamiltonian.Hamiltonian`.
        room: See `room.Room`.

    Returns:
        The energy, or the chunk's part of it; and the new scale.
    """
    whole = phase in (ENERGY, GRADIENT)
    # Each pass is called from one place: compiled code is large, and compiling it takes seconds.
    if phase in (SETUP, BEGIN) or whole:
        _prepared(links, arrays, room, angles, STATIC if phase == SETUP else SHARED)
        for one in range(len(room.slopes)):
            filled(room.slopes[one], 0, room.weights.size, 0.0)
            filled(room.ends[one], 0, room.product.size, 0.0)
        scale = 1.0
    start, stop = (0, len(arrays.segments)) if whole else (segment, segment + 1)
    chunks = range(len(room.slopes)) if whole else range(chunk, chunk + 1)
    if phase == FORWARD or whole:
        for number in range(start, stop):
            before = scale
            for one in chunks:
                first, last = _tiles(room, one)
                scale = forward(arrays, room, number, first, last, worker, before)
    energy = 0.0
    if phase == OBSERVE or whole:
        for one in chunks:
            first, last = _tiles(room, one)
            energy += scale * scale * observed(hamiltonian, room.psi, room.bra, room.product.size, first, last)
    if phase in (BACK, GRADIENT):
        for number in range(stop - 1, start - 1, -1):
            before = scale
            for one in chunks:
                first, last = _tiles(room, one)
                scale = back(arrays, room, number, first, last, worker, one, before)
    if phase in (END, GRADIENT):
        product_slopes(arrays, room, scale)
        filled(out, 0, out.size, 0.0)
        for k in range(len(links.rows)):
            out[links.columns[k]] += links.factors[k] * room.slopes[0, links.rows[k]]
    return energy, scale
