"""Amplitudes moved about: by an index map in a tile, and between a tile and the state."""

from __future__ import annotations

from typing import Any

import numba

from qmagic.backends.exact.simd import LANES, kernel, load, mul, splat, store

__all__ = ["fetch", "gathered", "keep", "stretched"]


@kernel
def gathered(target: Any, source: Any, comes: Any) -> None:
    """Fills a tile with the amplitudes of another, each from where it comes."""
    half = numba.uint64(comes.size)
    for i in range(half):
        j = numba.uint64(comes[i])
        target[i] = source[j]
        target[i + half] = source[j + half]


@kernel
def fetch(v: Any, state: Any, arrays: Any, segment: int, base: int) -> None:
    """Copies the tile that starts at `base` from the state, stretch by stretch."""
    half, size = v.size >> 1, 1 << arrays.segments[segment, 2]
    place = arrays.segments[segment, 3]
    for k in range(half // size):
        start = base + arrays.offsets[place + k]
        _copied(v, k * size, state, start, size)
        _copied(v, half + k * size, state, start + half, size)


@kernel
def keep(v: Any, state: Any, arrays: Any, segment: int, base: int) -> None:
    """Copies a tile back to where `fetch` found it."""
    half, size = v.size >> 1, 1 << arrays.segments[segment, 2]
    place = arrays.segments[segment, 3]
    for k in range(half // size):
        start = base + arrays.offsets[place + k]
        _copied(state, start, v, k * size, size)
        _copied(state, start + half, v, half + k * size, size)


@kernel
def stretched(v: Any, factor: float) -> None:
    """Multiplies by a number."""
    f = splat(factor)
    for i in range(0, v.size, LANES):
        store(v, i, mul(f, load(v, i)))


@kernel
def _copied(target: Any, to: int, source: Any, start: int, size: int) -> None:
    """Copies a stretch."""
    for i in range(0, size, LANES):
        store(target, to + i, load(source, start + i))
