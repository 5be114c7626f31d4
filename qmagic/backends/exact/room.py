"""What the passes write: states, turns, tables and slopes, in arrays made once for each ansatz."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["CHUNKS", "Room", "new_room"]

#: Tiles are cut into so many chunks, whose slopes are added up in order, however many threads there are.
CHUNKS = 8


class Room(NamedTuple):
    """What the passes write.

    Attributes:
        psi: The state.
        bra: The observable times the state.
        weights: The turn of each slot; the first are those of the product state.
        tangents: tan(w / 2).
        cosines: cos(w / 2).
        tables: Tables of phases.
        product: The product state of a tile's qubits.
        tiles: For each thread, six tiles: two states, where their permutations go, a table, and what makes tables.
        slopes: For each chunk, the slope of each slot.
        ends: For each chunk, the real parts of the bra at the beginning, contracted with the qubits outside the tile.
        dots: For each tile, its bra's overlap with the product state.
    """

    psi: NDArray[np.float64]
    bra: NDArray[np.float64]
    weights: NDArray[np.float64]
    tangents: NDArray[np.float64]
    cosines: NDArray[np.float64]
    tables: NDArray[np.float64]
    product: NDArray[np.float64]
    tiles: NDArray[np.float64]
    slopes: NDArray[np.float64]
    ends: NDArray[np.float64]
    dots: NDArray[np.float64]


def new_room(width: int, tile: int, slots: int, phases: int, threads: int) -> Room:
    """Returns room for the passes.

    Args:
        width: Qubits.
        tile: Qubits of a tile.
        slots: Turns.
        phases: Numbers that all tables of phases take.
        threads: How many threads there are.
    """
    size, half = 2 << width, 1 << tile
    tiles = size // (2 * half)
    chunks = min(CHUNKS, tiles)
    return Room(
        psi=np.zeros(size),
        bra=np.zeros(size),
        weights=np.zeros(slots),
        tangents=np.zeros(slots),
        cosines=np.zeros(slots),
        tables=np.zeros(phases),
        product=np.zeros(half),
        tiles=np.zeros((threads, 6, 2 * half)),
        slopes=np.zeros((chunks, slots)),
        ends=np.zeros((chunks, half)),
        dots=np.zeros(tiles),
    )
