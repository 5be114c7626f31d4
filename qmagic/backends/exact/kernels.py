"""What is done to one tile in the cache: turns, phases, index maps, and the slopes found while undoing them.

A tile is a real vector: first the real parts of its amplitudes, then the imaginary parts. A turn is real, so it does the
same to both.

Rules: turns are applied without their cosine, ``(a - t b, b + t a)`` with t = tan(w / 2), half the multiplications; the
vectors are then too long by the product of the cosines, the same number for both states and all tiles, which `passes`
keeps. While undoing, ``Im<lambda|P|psi>`` is the slope of the turn about P, before or after its own undoing.
Everything here is called from `passes` and compiled into it.
"""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np

from qmagic.backends.exact.simd import (
    LANES, SIGNS, add, fma, kernel, load, mul, odd, splat, store, sub, swap_1, swap_2, swap_4, total,
)  # fmt: skip

__all__ = [
    "copied", "gathered", "parities", "phased", "phases", "sums", "turned", "turned_back", "unphased",
]  # fmt: skip

@kernel
def _turn(v: Any, i: int, stride: int, minus: Any, plus: Any) -> None:
    a, b = load(v, i), load(v, i + stride)
    store(v, i, fma(minus, b, a))
    store(v, i + stride, fma(plus, a, b))


@kernel
def _turn_two(v: Any, i: int, low: int, high: int, minus: Any, plus: Any, minus_high: Any, plus_high: Any) -> None:
    a, b = load(v, i), load(v, i + low)
    c, d = load(v, i + high), load(v, i + low + high)
    e, f = fma(minus, b, a), fma(plus, a, b)
    g, h = fma(minus, d, c), fma(plus, c, d)
    store(v, i, fma(minus_high, g, e))
    store(v, i + high, fma(plus_high, e, g))
    store(v, i + low, fma(minus_high, h, f))
    store(v, i + low + high, fma(plus_high, f, h))


@kernel
def turned(v: Any, rows: Any, first: int, last: int, tangents: Any) -> None:
    """Turns the qubits of some rows."""
    k = first
    lanes = np.zeros(3)
    while k < last and rows[k, 0] < 3:
        lanes[rows[k, 0]] = tangents[rows[k, 1]]
        k += 1
    if k > first:
        t1 = mul(splat(-lanes[0]), load(SIGNS, 1 * LANES))
        t2 = mul(splat(-lanes[1]), load(SIGNS, 2 * LANES))
        t4 = mul(splat(-lanes[2]), load(SIGNS, 4 * LANES))
        for i in range(0, v.size, LANES):
            a = load(v, i)
            a = fma(t1, swap_1(a), a)
            a = fma(t2, swap_2(a), a)
            store(v, i, fma(t4, swap_4(a), a))
    if (last - k) & 1:
        t = tangents[rows[k, 1]]
        minus, plus, stride = splat(-t), splat(t), 1 << rows[k, 0]
        for block in range(0, v.size, 2 * stride):
            for i in range(block, block + stride, LANES):
                _turn(v, i, stride, minus, plus)
        k += 1
    while k < last:
        t, u = tangents[rows[k, 1]], tangents[rows[k + 1, 1]]
        minus, plus, minus_high, plus_high = splat(-t), splat(t), splat(-u), splat(u)
        low, high = 1 << rows[k, 0], 1 << rows[k + 1, 0]
        for outer in range(0, v.size, 2 * high):
            for block in range(outer, outer + high, 2 * low):
                for i in range(block, block + low, LANES):
                    _turn_two(v, i, low, high, minus, plus, minus_high, plus_high)
        k += 2


@kernel
def turned_back(
    v: Any, bra: Any, rows: Any, first: int, last: int, tangents: Any, cosines: Any, scale: float, slopes: Any
) -> float:
    """Undoes turns on both states, adds their slopes, and returns the new scale: the states are `scale` times these."""
    zero = splat(0.0)
    k = first
    lanes = np.zeros(3)
    factor = 1.0
    while k < last and rows[k, 0] < 3:
        lanes[rows[k, 0]] = tangents[rows[k, 1]]
        factor *= cosines[rows[k, 1]]
        k += 1
    if k > first:
        s1, s2, s4 = load(SIGNS, 1 * LANES), load(SIGNS, 2 * LANES), load(SIGNS, 4 * LANES)
        t1, t2, t4 = mul(splat(lanes[0]), s1), mul(splat(lanes[1]), s2), mul(splat(lanes[2]), s4)
        g1, g2, g4 = zero, zero, zero
        for i in range(0, v.size, LANES):
            a, b = load(v, i), load(bra, i)
            swapped = swap_1(a)
            g1 = fma(b, swapped, g1)
            g2 = fma(b, swap_2(a), g2)
            g4 = fma(b, swap_4(a), g4)
            a = fma(t1, swapped, a)
            a = fma(t2, swap_2(a), a)
            store(v, i, fma(t4, swap_4(a), a))
            b = fma(t1, swap_1(b), b)
            b = fma(t2, swap_2(b), b)
            store(bra, i, fma(t4, swap_4(b), b))
        for m in range(first, k):
            # The lanes with this qubit at 1 count as they are, the others negative.
            found = g1 if rows[m, 0] == 0 else g2 if rows[m, 0] == 1 else g4
            sign = s1 if rows[m, 0] == 0 else s2 if rows[m, 0] == 1 else s4
            slopes[rows[m, 1]] -= scale * scale * total(mul(found, sign))
        scale *= factor
    if (last - k) & 1:
        t = tangents[rows[k, 1]]
        minus, plus, stride = splat(t), splat(-t), 1 << rows[k, 0]
        up, down = zero, zero
        for block in range(0, v.size, 2 * stride):
            for i in range(block, block + stride, LANES):
                up = fma(load(bra, i + stride), load(v, i), up)
                down = fma(load(bra, i), load(v, i + stride), down)
                _turn(v, i, stride, minus, plus)
                _turn(bra, i, stride, minus, plus)
        slopes[rows[k, 1]] += scale * scale * total(sub(up, down))
        scale *= cosines[rows[k, 1]]
        k += 1
    while k < last:
        t, u = tangents[rows[k, 1]], tangents[rows[k + 1, 1]]
        minus, plus, minus_high, plus_high = splat(t), splat(-t), splat(u), splat(-u)
        low, high = 1 << rows[k, 0], 1 << rows[k + 1, 0]
        up, down, up_high, down_high = zero, zero, zero, zero
        for outer in range(0, v.size, 2 * high):
            for block in range(outer, outer + high, 2 * low):
                for i in range(block, block + low, LANES):
                    a, b = load(v, i), load(v, i + low)
                    c, d = load(v, i + high), load(v, i + low + high)
                    p, q = load(bra, i), load(bra, i + low)
                    r, s = load(bra, i + high), load(bra, i + low + high)
                    up = fma(s, c, fma(q, a, up))
                    down = fma(r, d, fma(p, b, down))
                    up_high = fma(s, b, fma(r, a, up_high))
                    down_high = fma(q, d, fma(p, c, down_high))
                    _turn_two(v, i, low, high, minus, plus, minus_high, plus_high)
                    _turn_two(bra, i, low, high, minus, plus, minus_high, plus_high)
        slopes[rows[k, 1]] += scale * scale * total(sub(up, down))
        slopes[rows[k + 1, 1]] += scale * scale * total(sub(up_high, down_high))
        scale *= cosines[rows[k, 1]] * cosines[rows[k + 1, 1]]
        k += 2
    return scale


@kernel
def phases(table: Any, rows: Any, first: int, last: int, weights: Any, outside: int, factor: Any) -> None:
    """Fills a table with ``exp(-i sum of w s / 2)``, s = ±1 the parity of each mask: real parts, then imaginary.

    It grows qubit by qubit: where the new one is 1, the terms that hold it change their sign.

    Args:
        table: What is filled.
        rows: Masks in the tile, masks outside, slots, by the highest qubit in the tile.
        first: The first row.
        last: The last row + 1.
        weights: The turn of each slot.
        outside: The qubits outside that are 1.
        factor: Room for as many numbers.
    """
    half = table.size >> 1
    k = first
    angle = 0.0
    while k < last and rows[k, 0] == 0:
        angle += weights[rows[k, 2]] * (1 - 2 * odd(rows[k, 1] & outside))
        k += 1
    table[0], table[half] = math.cos(0.5 * angle), -math.sin(0.5 * angle)
    size = 1
    while size < half:
        angle = 0.0
        while k < last and rows[k, 0] == size:
            angle += weights[rows[k, 2]] * (1 - 2 * odd(rows[k, 1] & outside))
            k += 1
        cosine, sine = math.cos(0.5 * angle), math.sin(0.5 * angle)
        factor[:size], factor[half : half + size] = cosine, sine
        while k < last and rows[k, 0] < 2 * size:
            angle = weights[rows[k, 2]] * (1 - 2 * odd(rows[k, 1] & outside))
            _times_parity(factor, size, rows[k, 0] ^ size, math.cos(0.5 * angle), math.sin(0.5 * angle))
            k += 1
        _doubled(table, factor, size)
        size *= 2


@kernel
def _times_parity(factor: Any, size: int, mask: int, cosine: float, sine: float) -> None:
    """Multiplies by ``cosine ± i sine``, plus where the mask's parity is even."""
    half = factor.size >> 1
    if size < LANES:
        for i in range(size):
            signed = sine * (1 - 2 * odd(i & mask))
            a, b = factor[i], factor[half + i]
            factor[i], factor[half + i] = a * cosine - b * signed, a * signed + b * cosine
        return
    c = splat(cosine)
    lanes = load(SIGNS, (mask & (LANES - 1)) * LANES)
    for i in range(0, size, LANES):
        s = mul(splat(sine * (1 - 2 * odd(i & mask))), lanes)
        a, b = load(factor, i), load(factor, half + i)
        store(factor, i, sub(mul(a, c), mul(b, s)))
        store(factor, half + i, fma(a, s, mul(b, c)))


@kernel
def _doubled(table: Any, factor: Any, size: int) -> None:
    """Writes the table's first entries times the factor behind them, and takes their product with its conjugate."""
    half = table.size >> 1
    if size < LANES:
        for i in range(size):
            a, b, c, s = table[i], table[half + i], factor[i], factor[half + i]
            table[size + i], table[half + size + i] = a * c - b * s, a * s + b * c
            table[i], table[half + i] = a * c + b * s, b * c - a * s
        return
    for i in range(0, size, LANES):
        a, b, c, s = load(table, i), load(table, half + i), load(factor, i), load(factor, half + i)
        ac, bs, a_s, bc = mul(a, c), mul(b, s), mul(a, s), mul(b, c)
        store(table, size + i, sub(ac, bs))
        store(table, half + size + i, add(a_s, bc))
        store(table, i, add(ac, bs))
        store(table, half + i, sub(bc, a_s))


@kernel
def phased(v: Any, table: Any) -> None:
    """Multiplies by a table of phases."""
    half = v.size >> 1
    for i in range(0, half, LANES):
        a, b, c, s = load(v, i), load(v, half + i), load(table, i), load(table, half + i)
        store(v, i, sub(mul(a, c), mul(b, s)))
        store(v, half + i, fma(a, s, mul(b, c)))


@kernel
def unphased(v: Any, table: Any) -> None:
    """Divides by a table of phases."""
    half = v.size >> 1
    for i in range(0, half, LANES):
        a, b, c, s = load(v, i), load(v, half + i), load(table, i), load(table, half + i)
        store(v, i, fma(a, c, mul(b, s)))
        store(v, half + i, sub(mul(b, c), mul(a, s)))


@kernel
def parities(v: Any, bra: Any, weights: Any, many: bool) -> None:
    """Sums ``Im(bra* v)`` over the amplitudes, with signs.

    Args:
        v: One state.
        bra: The other.
        weights: Gets the sum with the sign of each mask's parity, at the place of the mask: of every mask of the tile,
            or, unless `many`, of those with one qubit (and of the empty one).
        many: Whether all masks are wanted.
    """
    half = v.size >> 1
    for i in range(0, half, LANES):
        store(weights, i, sub(mul(load(bra, i), load(v, half + i)), mul(load(bra, half + i), load(v, i))))
    stride = half >> 1
    if many:
        while stride >= LANES:
            for block in range(0, half, 2 * stride):
                for i in range(block, block + stride, LANES):
                    a, b = load(weights, i), load(weights, i + stride)
                    store(weights, i, add(a, b))
                    store(weights, i + stride, sub(a, b))
            stride >>= 1
        s1, s2, s4 = load(SIGNS, 1 * LANES), load(SIGNS, 2 * LANES), load(SIGNS, 4 * LANES)
        for i in range(0, half, LANES):
            a = load(weights, i)
            a = fma(s1, a, swap_1(a))
            a = fma(s2, a, swap_2(a))
            store(weights, i, fma(s4, a, swap_4(a)))
        return
    # Each qubit's sum is taken where its halves meet; the place of its mask is free by then.
    while stride >= LANES:
        found = splat(0.0)
        for i in range(0, stride, LANES):
            a, b = load(weights, i), load(weights, i + stride)
            found = add(found, sub(a, b))
            store(weights, i, add(a, b))
        weights[stride] = total(found)
        stride >>= 1
    last = load(weights, 0)
    weights[4] = total(mul(last, load(SIGNS, 4 * LANES)))
    weights[2] = total(mul(last, load(SIGNS, 2 * LANES)))
    weights[1] = total(mul(last, load(SIGNS, 1 * LANES)))
    weights[0] = total(last)


@kernel
def sums(slopes: Any, weights: Any, rows: Any, first: int, last: int, outside: int, factor: float) -> None:
    """Adds what `parities` found to the slopes of some phases."""
    for k in range(first, last):
        slopes[rows[k, 2]] += factor * weights[rows[k, 0]] * (1 - 2 * odd(rows[k, 1] & outside))


@kernel
def gathered(target: Any, source: Any, comes: Any) -> None:
    """Fills a tile with the amplitudes of another, each from where it comes."""
    half = numba.uint64(comes.size)
    for i in range(half):
        j = numba.uint64(comes[i])
        target[i] = source[j]
        target[i + half] = source[j + half]


@kernel
def copied(target: Any, to: int, source: Any, start: int, size: int) -> None:
    """Copies a stretch."""
    for i in range(0, size, LANES):
        store(target, to + i, load(source, start + i))
