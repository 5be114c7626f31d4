"""The product state in which a circuit begins: its amplitudes, and the slopes of the turns that make it.

The first turns of all qubits need no sweeps over the state. Tile by tile the state begins as an outer product; and on
the way back their slopes follow from the bra contracted with that product: each part of the qubits for the other.
"""

from __future__ import annotations

from typing import Any

from qmagic.backends.exact.simd import LANES, filled, fma, kernel, load, mul, splat, store, total

__all__ = ["amplitude_of", "contracted", "outside_of", "product", "product_slopes", "started", "tile_of"]


@kernel
def outside_of(arrays: Any) -> int:
    """Returns the qubits outside the first segment's tiles, as a mask: all are 1 in the last tile."""
    return arrays.bases[arrays.segments[0, 4] + arrays.segments[0, 5] - 1, 1]


@kernel
def tile_of(arrays: Any, segment: int, tile: int) -> tuple[int, int]:
    """Returns where a tile starts, and the qubits outside that are 1."""
    place = arrays.segments[segment, 4] + tile
    return arrays.bases[place, 0], arrays.bases[place, 1]


@kernel
def amplitude_of(room: Any, qubits: int, ones: int, derived: int) -> float:
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


@kernel
def product(out: Any, room: Any, qubits: Any) -> None:
    """Fills a vector with the amplitudes of the product state of some qubits."""
    out[0] = 1.0
    size = 1
    for qubit in qubits:
        cosine = room.cosines[qubit]
        sine = room.tangents[qubit] * cosine
        for i in range(size):
            out[size + i] = sine * out[i]
            out[i] *= cosine
        size *= 2


@kernel
def started(v: Any, product: Any, amplitude: float) -> None:
    """Fills a tile with the product state."""
    half, factor, zero = product.size, splat(amplitude), splat(0.0)
    for i in range(0, half, LANES):
        store(v, i, mul(factor, load(product, i)))
        store(v, half + i, zero)


@kernel
def contracted(bra: Any, product: Any, end: Any, amplitude: float) -> float:
    """Adds a tile's real parts times the amplitude outside to `end`; returns their overlap with the product."""
    found, factor = splat(0.0), splat(amplitude)
    for i in range(0, product.size, LANES):
        a = load(bra, i)
        found = fma(a, load(product, i), found)
        store(end, i, fma(a, factor, load(end, i)))
    return total(found)


@kernel
def product_slopes(arrays: Any, room: Any, scale: float) -> None:
    """Adds up the chunks, and finds the slopes of the product state's turns."""
    slopes, end = room.slopes[0], room.ends[0]
    for chunk in range(1, len(room.slopes)):
        for slot in range(slopes.size):
            slopes[slot] += room.slopes[chunk, slot]
        for i in range(end.size):
            end[i] += room.ends[chunk, i]
    outside = outside_of(arrays)
    for tile in range(room.dots.size):
        ones = tile_of(arrays, 0, tile)[1]
        for qubit in range(room.weights.size):
            if outside >> qubit == 0:
                break
            if outside >> qubit & 1:
                slopes[qubit] += scale * room.dots[tile] * amplitude_of(room, outside, ones, qubit)
    # Each half of the tile's qubits is contracted away for the other half.
    low = len(arrays.qubits) >> 1
    near, far = 1 << low, 1 << len(arrays.qubits) - low
    work = room.tiles[0]
    for_near, for_far, some = work[0, :near], work[1, :far], work[2]
    product(work[3, :near], room, arrays.qubits[:low])
    product(work[4, :far], room, arrays.qubits[low:])
    filled(for_near, 0, near, 0.0)
    filled(for_far, 0, far, 0.0)
    for i in range(far):
        _contract(end, i, for_near, for_far, work[3], work[4, i])
    for qubit in arrays.qubits[:low]:
        slopes[qubit] += scale * _slope(for_near, some, room, arrays.qubits[:low], qubit)
    for qubit in arrays.qubits[low:]:
        slopes[qubit] += scale * _slope(for_far, some, room, arrays.qubits[low:], qubit)


@kernel
def _contract(end: Any, row: int, for_near: Any, for_far: Any, products: Any, amplitude: float) -> None:
    """Adds a row of the bra to what is left for the near qubits, and for the far ones."""
    near = for_near.size
    start = row * near
    if near < LANES:
        for j in range(near):
            for_near[j] += amplitude * end[start + j]
            for_far[row] += products[j] * end[start + j]
        return
    factor, found = splat(amplitude), splat(0.0)
    for j in range(0, near, LANES):
        a = load(end, start + j)
        store(for_near, j, fma(a, factor, load(for_near, j)))
        found = fma(a, load(products, j), found)
    for_far[row] = total(found)


@kernel
def _slope(vector: Any, some: Any, room: Any, qubits: Any, derived: int) -> float:
    """Returns a vector's overlap with the product state of some qubits, one of them derived, times 2."""
    for i in range(vector.size):
        some[i] = vector[i]
    size = vector.size >> 1
    for place in range(len(qubits) - 1, -1, -1):
        cosine = room.cosines[qubits[place]]
        sine = room.tangents[qubits[place]] * cosine
        zero, one = (-sine, cosine) if qubits[place] == derived else (cosine, sine)
        for i in range(size):
            some[i] = zero * some[i] + one * some[size + i]
        size >>= 1
    return some[0]
