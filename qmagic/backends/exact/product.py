"""The product state in which a circuit begins: its amplitudes, and the slopes of the turns that make it.

The first turns of all qubits need no sweeps over the state. Tile by tile the state begins as an outer product; and on the
way back their slopes follow from the bra contracted with that product, each of two parts of the qubits for the other.
"""

from __future__ import annotations

from typing import Any

from qmagic.backends.exact.simd import LANES, fma, kernel, load, mul, splat, store, total

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
        slopes += room.slopes[chunk]
        end += room.ends[chunk]
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
    for_near[:] = 0.0
    for i in range(far):
        found = 0.0
        for j in range(near):
            found += end[i * near + j] * work[3, j]
            for_near[j] += end[i * near + j] * work[4, i]
        for_far[i] = found
    for qubit in arrays.qubits[:low]:
        slopes[qubit] += scale * _slope(for_near, some, room, arrays.qubits[:low], qubit)
    for qubit in arrays.qubits[low:]:
        slopes[qubit] += scale * _slope(for_far, some, room, arrays.qubits[low:], qubit)


@kernel
def _slope(vector: Any, some: Any, room: Any, qubits: Any, derived: int) -> float:
    """Returns a vector's overlap with the product state of some qubits, one of them derived, times 2."""
    some[: vector.size] = vector
    size = vector.size >> 1
    for place in range(len(qubits) - 1, -1, -1):
        cosine = room.cosines[qubits[place]]
        sine = room.tangents[qubits[place]] * cosine
        zero, one = (-sine, cosine) if qubits[place] == derived else (cosine, sine)
        for i in range(size):
            some[i] = zero * some[i] + one * some[size + i]
        size >>= 1
    return some[0]
