"""The observable times the state, and the energy: one sweep over the amplitudes for all terms."""

from __future__ import annotations

from typing import Any

from qmagic.backends.exact.simd import (
    LANES, SIGNS, add, fma, kernel, load, mul, odd, splat, store, swap_1, swap_2, swap_4, total,
)  # fmt: skip

__all__ = ["observed"]

@kernel
def observed(hamiltonian: Any, psi: Any, bra: Any, half: int, first: int, last: int) -> float:
    """Fills blocks of `bra` with the observable times `psi`; returns their part of ``<psi|H|psi>``.

    Args:
        hamiltonian: The arrays of `hamiltonian.Hamiltonian`.
        psi: The state.
        bra: What is filled.
        half: Amplitudes of a block: real parts first, then imaginary parts.
        first: The first block.
        last: The last block + 1.
    """
    parts = hamiltonian.parts
    energy = 0.0
    for block in range(first, last):
        start = 2 * half * block
        bra[start : start + 2 * half] = 0.0
        for part in range(len(parts)):
            x = parts[part, 0]
            source = 2 * (half * block ^ (x & -half))
            inner = x & (half - 1)
            if not parts[part, 2]:
                _term(hamiltonian, part, bra, start, psi, source, inner, 1.0, half, block)
                _term(hamiltonian, part, bra, start + half, psi, source + half, inner, 1.0, half, block)
            else:
                _term(hamiltonian, part, bra, start, psi, source + half, inner, -1.0, half, block)
                _term(hamiltonian, part, bra, start + half, psi, source, inner, 1.0, half, block)
        found = splat(0.0)
        for i in range(start, start + 2 * half, LANES):
            found = fma(load(psi, i), load(bra, i), found)
        energy += total(found)
    return energy


@kernel
def _term(
    hamiltonian: Any, part: int, bra: Any, to: int, psi: Any, source: int, x: int, sign: float, half: int, block: int
) -> None:
    """Adds d(i) psi(i ^ x) to the real or the imaginary parts of a block."""
    z, table = hamiltonian.parts[part, 1], hamiltonian.parts[part, 3]
    far = x & -LANES
    lane_1, lane_2, lane_4 = x & 1, x & 2, x & 4
    number = hamiltonian.numbers[part] * sign * (1 - 2 * odd(z & half * block))
    factor = mul(splat(number), load(SIGNS, (z & (LANES - 1)) * LANES))
    signed = splat(sign)
    place = table + half * block
    inner = z & (half - 1) & -LANES
    for i in range(0, half, LANES):
        a = load(psi, source + (i ^ far))
        if lane_1:
            a = swap_1(a)
        if lane_2:
            a = swap_2(a)
        if lane_4:
            a = swap_4(a)
        if table >= 0:
            a = mul(mul(signed, load(hamiltonian.tables, place + i)), a)
        elif inner:
            a = mul(mul(factor, splat(1.0 - 2.0 * odd(i & inner))), a)
        else:
            a = mul(factor, a)
        store(bra, to + i, add(load(bra, to + i), a))
