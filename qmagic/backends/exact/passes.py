"""The passes over the whole state: forward, through the observable, and back. Compiled once, kept on disk.

A pass over a segment takes a range of its tiles, so that threads can share them. Slopes are added up chunk by chunk of
tiles, and the chunks do not depend on the threads: the sums are the same, bit by bit, whoever made them.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numba

from qmagic.backends.exact.kernels import (
    copied, gathered, parities, phased, phases, sums, turned, turned_back, unphased,
)  # fmt: skip
from qmagic.backends.exact.observed import observed
from qmagic.backends.exact.simd import LANES, add, fma, load, mul, splat, store, total
from qmagic.backends.exact.tables import ACROSS, DIAGONAL, FREE, MANY, TURNS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Room", "back", "forward", "observe", "prepared", "product_slopes"]

_kernel = numba.njit(nogil=True, error_model="numpy")
_entry = numba.njit(nogil=True, error_model="numpy", cache=True)
#: Below this, the scale of a state is multiplied in.
_SMALL = 1e-60


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


@_entry
def prepared(arrays: Any, room: Any, how: int) -> None:
    """Makes tangents, the product state of a tile, and the tables of phases that are made in this way."""
    runs, weights = arrays.runs, room.weights
    for slot in range(weights.size):
        room.cosines[slot] = math.cos(0.5 * weights[slot])
        room.tangents[slot] = math.sin(0.5 * weights[slot]) / room.cosines[slot]
    _products(room.product, room, 0)
    factor = room.tiles[0, 5]
    for run in range(len(runs)):
        if runs[run, 0] == DIAGONAL and runs[run, 3] == how:
            table = room.tables[runs[run, 4] : runs[run, 4] + factor.size]
            phases(table, arrays.rows, runs[run, 1], runs[run, 2], weights, 0, factor)


@_entry
def forward(arrays: Any, room: Any, segment: int, first: int, last: int, worker: int, scale: float) -> float:
    """Does a segment's steps on a range of its tiles; returns the new scale: the state is `scale` times this one."""
    runs, rows, maps = arrays.runs, arrays.rows, arrays.maps
    work = room.tiles[worker]
    half = work.shape[1] >> 1
    before = scale
    for tile in range(first, last):
        v, spare = work[0], work[1]
        base, outside = _tile(arrays, segment, tile)
        if segment == 0:
            _start(v, room.product, _amplitude(room, _outside(arrays), outside, -1))
        else:
            _fetch(v, room.psi, arrays, segment, base)
        scale = before
        for run in range(arrays.segments[segment, 0], arrays.segments[segment, 1]):
            start, end = runs[run, 1], runs[run, 2]
            if runs[run, 0] == TURNS:
                turned(v, rows, start, end, room.tangents)
                for k in range(start, end):
                    scale *= room.cosines[rows[k, 1]]
                if abs(scale) < _SMALL:
                    _stretched(v, scale)
                    scale = 1.0
            elif runs[run, 0] == DIAGONAL:
                phased(v, _table(arrays, room, run, outside, work))
            else:
                gathered(spare, v, maps[start : start + half])
                v, spare = spare, v
        _keep(v, room.psi, arrays, segment, base)
    return scale


@_entry
def back(
    arrays: Any, room: Any, segment: int, first: int, last: int, worker: int, chunk: int, scale: float
) -> float:
    """Undoes a segment's steps on a range of its tiles, and adds the slopes; returns the new scale."""
    runs, rows, maps, slopes = arrays.runs, arrays.rows, arrays.maps, room.slopes[chunk]
    work = room.tiles[worker]
    half = work.shape[1] >> 1
    before = scale
    for tile in range(first, last):
        v, spare, bra, bra_spare = work[0], work[1], work[2], work[3]
        base, outside = _tile(arrays, segment, tile)
        _fetch(v, room.psi, arrays, segment, base)
        _fetch(bra, room.bra, arrays, segment, base)
        scale = before
        for run in range(arrays.segments[segment, 1] - 1, arrays.segments[segment, 0] - 1, -1):
            start, end = runs[run, 1], runs[run, 2]
            if runs[run, 0] == TURNS:
                scale = turned_back(v, bra, rows, start, end, room.tangents, room.cosines, scale, slopes)
                if abs(scale) < _SMALL:
                    _stretched(v, scale)
                    _stretched(bra, scale)
                    scale = 1.0
            elif runs[run, 0] == DIAGONAL:
                if runs[run, 5] & FREE:
                    parities(v, bra, spare, runs[run, 5] & MANY)
                    sums(slopes, spare, rows, start, end, outside, scale * scale)
                table = _table(arrays, room, run, outside, work)
                unphased(v, table)
                unphased(bra, table)
            else:
                gathered(spare, v, maps[end : end + half])
                gathered(bra_spare, bra, maps[end : end + half])
                v, spare, bra, bra_spare = spare, v, bra_spare, bra
        if segment:
            _keep(v, room.psi, arrays, segment, base)
            _keep(bra, room.bra, arrays, segment, base)
        else:
            amplitude = _amplitude(room, _outside(arrays), outside, -1)
            room.dots[tile] = _contracted(bra, room.product, room.ends[chunk], amplitude)
    return scale


@_entry
def product_slopes(arrays: Any, room: Any, inside: int, scale: float) -> None:
    """Adds up the chunks, and finds the slopes of the product state's turns."""
    slopes, end = room.slopes[0], room.ends[0]
    for chunk in range(1, len(room.slopes)):
        slopes += room.slopes[chunk]
        end += room.ends[chunk]
    outside = _outside(arrays)
    for tile in range(room.dots.size):
        ones = _tile(arrays, 0, tile)[1]
        for qubit in range(room.weights.size):
            if outside >> qubit == 0:
                break
            if outside >> qubit & 1:
                slopes[qubit] += scale * room.dots[tile] * _amplitude(room, outside, ones, qubit)
    # Each half of the tile's qubits is contracted away for the other half.
    low = inside >> 1
    near, far = 1 << low, 1 << inside - low
    work = room.tiles[0]
    for_near, for_far, some = work[0, :near], work[1, :far], work[2]
    _products(work[3, :near], room, 0)
    _products(work[4, :far], room, low)
    for_near[:] = 0.0
    for i in range(far):
        found = 0.0
        for j in range(near):
            found += end[i * near + j] * work[3, j]
            for_near[j] += end[i * near + j] * work[4, i]
        for_far[i] = found
    for qubit in range(inside):
        if qubit < low:
            slopes[qubit] += scale * _slope(for_near, some, room, 0, qubit)
        else:
            slopes[qubit] += scale * _slope(for_far, some, room, low, qubit)


@_kernel
def _products(out: Any, room: Any, qubit: int) -> None:
    """Fills a vector with the amplitudes of the product state of some qubits, from `qubit` on."""
    out[0] = 1.0
    size = 1
    while size < out.size:
        cosine = room.cosines[qubit]
        sine = room.tangents[qubit] * cosine
        for i in range(size):
            out[size + i] = sine * out[i]
            out[i] *= cosine
        size *= 2
        qubit += 1


@_kernel
def _slope(vector: Any, some: Any, room: Any, start: int, derived: int) -> float:
    """Returns a vector's overlap with the product state of the qubits from `start` on, one of them derived, times 2."""
    some[: vector.size] = vector
    size, qubit = 1, start - 1
    while size < vector.size:
        size *= 2
        qubit += 1
    size >>= 1
    while size:
        cosine = room.cosines[qubit]
        sine = room.tangents[qubit] * cosine
        zero, one = (-sine, cosine) if qubit == derived else (cosine, sine)
        for i in range(size):
            some[i] = zero * some[i] + one * some[size + i]
        size >>= 1
        qubit -= 1
    return some[0]


@_entry
def observe(hamiltonian: Any, room: Any, first: int, last: int) -> float:
    """Fills blocks of the bra; returns their part of the energy, of the state as it is."""
    return observed(hamiltonian, room.psi, room.bra, room.product.size, first, last)


@_kernel
def _outside(arrays: Any) -> int:
    """Returns the qubits outside the first segment's tiles, as a mask: all are 1 in the last tile."""
    return arrays.bases[arrays.segments[0, 4] + arrays.segments[0, 5] - 1, 1]


@_kernel
def _tile(arrays: Any, segment: int, tile: int) -> tuple[int, int]:
    """Returns where a tile starts, and the qubits outside that are 1."""
    place = arrays.segments[segment, 4] + tile
    return arrays.bases[place, 0], arrays.bases[place, 1]


@_kernel
def _table(arrays: Any, room: Any, run: int, outside: int, work: Any) -> Any:
    if arrays.runs[run, 3] == ACROSS:
        phases(work[4], arrays.rows, arrays.runs[run, 1], arrays.runs[run, 2], room.weights, outside, work[5])
        return work[4]
    place = arrays.runs[run, 4]
    return room.tables[place : place + work.shape[1]]


@_kernel
def _amplitude(room: Any, qubits: int, ones: int, derived: int) -> float:
    """Returns an amplitude of the product state of some qubits, or twice its derivative by one of the turns."""
    found = 1.0
    qubit = 0
    while qubits >> qubit:
        if qubits >> qubit & 1:
            one = (ones >> qubit & 1) == 1
            cosine = room.cosines[qubit]
            sine = room.tangents[qubit] * cosine
            if qubit == derived:
                found *= cosine if one else -sine
            else:
                found *= sine if one else cosine
        qubit += 1
    return found


@_kernel
def _start(v: Any, product: Any, amplitude: float) -> None:
    half, factor, zero = product.size, splat(amplitude), splat(0.0)
    for i in range(0, half, LANES):
        store(v, i, mul(factor, load(product, i)))
        store(v, half + i, zero)


@_kernel
def _contracted(bra: Any, product: Any, end: Any, amplitude: float) -> float:
    """Adds a tile's real parts times the amplitude outside to `end`; returns their overlap with the product."""
    found, factor = splat(0.0), splat(amplitude)
    for i in range(0, product.size, LANES):
        a = load(bra, i)
        found = fma(a, load(product, i), found)
        store(end, i, fma(a, factor, load(end, i)))
    return total(found)


@_kernel
def _stretched(v: Any, factor: float) -> None:
    f = splat(factor)
    for i in range(0, v.size, LANES):
        store(v, i, mul(f, load(v, i)))


@_kernel
def _fetch(v: Any, state: Any, arrays: Any, segment: int, base: int) -> None:
    half, size = v.size >> 1, 1 << arrays.segments[segment, 2]
    place = arrays.segments[segment, 3]
    for k in range(half // size):
        start = base + arrays.offsets[place + k]
        copied(v, k * size, state, start, size)
        copied(v, half + k * size, state, start + half, size)


@_kernel
def _keep(v: Any, state: Any, arrays: Any, segment: int, base: int) -> None:
    half, size = v.size >> 1, 1 << arrays.segments[segment, 2]
    place = arrays.segments[segment, 3]
    for k in range(half // size):
        start = base + arrays.offsets[place + k]
        copied(state, start, v, k * size, size)
        copied(state, start + half, v, half + k * size, size)
