"""Phases of a tile: tables of them, made and applied, and the sums over parities that are their slopes."""

from __future__ import annotations

import math
from typing import Any

from qmagic.backends.exact.simd import (
    LANES,
    SIGNS,
    add,
    fma,
    kernel,
    load,
    mul,
    odd,
    splat,
    store,
    sub,
    swap_1,
    swap_2,
    swap_4,
    total,
)  # fmt: skip

__all__ = ["parities", "phased", "phases", "sums", "unphased"]


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
        alone = k == last or rows[k, 0] >= 2 * size
        if not alone:
            for i in range(size):
                factor[i], factor[half + i] = cosine, sine
        while k < last and rows[k, 0] < 2 * size:
            angle = weights[rows[k, 2]] * (1 - 2 * odd(rows[k, 1] & outside))
            _times_parity(factor, size, rows[k, 0] ^ size, math.cos(0.5 * angle), math.sin(0.5 * angle))
            k += 1
        _doubled(table, factor, size, alone, cosine, sine)
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
def _doubled(table: Any, factor: Any, size: int, alone: bool, cosine: float, sine: float) -> None:
    """Writes the table's first entries times the factor behind them, and takes their product with its conjugate.

    Where the new qubit stands `alone` in its mask, the factor is the same everywhere.
    """
    half = table.size >> 1
    if size < LANES:
        for i in range(size):
            a, b = table[i], table[half + i]
            c, s = (cosine, sine) if alone else (factor[i], factor[half + i])
            table[size + i], table[half + size + i] = a * c - b * s, a * s + b * c
            table[i], table[half + i] = a * c + b * s, b * c - a * s
        return
    same_c, same_s = splat(cosine), splat(sine)
    for i in range(0, size, LANES):
        a, b = load(table, i), load(table, half + i)
        c = same_c if alone else load(factor, i)
        s = same_s if alone else load(factor, half + i)
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
