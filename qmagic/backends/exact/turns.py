"""Turns of a tile, and their slopes while they are undone.

A tile is a real vector: first the real parts of its amplitudes, then the imaginary parts. A turn is real, so it does
the same to both. It is applied without its cosine, ``(a - t b, b + t a)`` with t = tan(w / 2), half the
multiplications; the vectors are then too long by the product of the cosines' inverses, the same number for both states
and all tiles, which `passes` keeps. The slope of a turn is ``Im<lambda|Y|psi>``, before or after its own undoing.
Qubits are taken two at a time.
"""

from __future__ import annotations

from typing import Any

from qmagic.backends.exact.simd import (
    LANES,
    SIGNS,
    fma,
    kernel,
    load,
    mul,
    splat,
    store,
    sub,
    swap_1,
    swap_2,
    swap_4,
    total,
)  # fmt: skip

__all__ = ["turned", "turned_back"]


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
def _tangent(rows: Any, first: int, last: int, qubit: int, tangents: Any) -> float:
    """Returns how far one of the lowest qubits turns: 0 where none of the rows is about it."""
    for k in range(first, last):
        if rows[k, 0] == qubit:
            return tangents[rows[k, 1]]
    return 0.0


@kernel
def turned(v: Any, rows: Any, first: int, last: int, tangents: Any) -> None:
    """Turns the qubits of some rows."""
    k = first
    while k < last and rows[k, 0] < 3:
        k += 1
    if k > first:
        t1 = mul(splat(-_tangent(rows, first, k, 0, tangents)), load(SIGNS, 1 * LANES))
        t2 = mul(splat(-_tangent(rows, first, k, 1, tangents)), load(SIGNS, 2 * LANES))
        t4 = mul(splat(-_tangent(rows, first, k, 2, tangents)), load(SIGNS, 4 * LANES))
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
    factor = 1.0
    while k < last and rows[k, 0] < 3:
        factor *= cosines[rows[k, 1]]
        k += 1
    if k > first:
        s1, s2, s4 = load(SIGNS, 1 * LANES), load(SIGNS, 2 * LANES), load(SIGNS, 4 * LANES)
        t1 = mul(splat(_tangent(rows, first, k, 0, tangents)), s1)
        t2 = mul(splat(_tangent(rows, first, k, 1, tangents)), s2)
        t4 = mul(splat(_tangent(rows, first, k, 2, tangents)), s4)
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
