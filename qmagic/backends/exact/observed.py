"""The observable times the state, and the energy: one sweep over the amplitudes for all terms."""

from __future__ import annotations

from typing import Any

from qmagic.backends.exact.simd import (
    LANES,
    SIGNS,
    filled,
    fma,
    kernel,
    load,
    mul,
    odd,
    splat,
    store,
    swap_1,
    swap_2,
    swap_4,
    total,
)  # fmt: skip

__all__ = ["observed"]

#: Amplitudes that all terms are added to before the next: they stay in the fastest cache.
_STRETCH = 8192


@kernel
def observed(hamiltonian: Any, psi: Any, bra: Any, half: int, first: int, last: int) -> float:
    """Fills blocks of `bra` with the observable times `psi`; returns their part of ``<psi|H|psi>``.

    Args:
        hamiltonian: See `hamiltonian.Hamiltonian`.
        psi: The state.
        bra: What is filled.
        half: Amplitudes of a block: real parts first, then imaginary parts.
        first: The first block.
        last: The last block + 1.
    """
    parts = hamiltonian.parts
    size = min(half, _STRETCH)
    energy = 0.0
    for block in range(first, last):
        start = 2 * half * block
        found = splat(0.0)
        for near in range(0, half, size):
            for imaginary in range(2):
                to = start + imaginary * half + near
                filled(bra, to, to + size, 0.0)
                together = hamiltonian.flips // 4 * 4
                for part in range(0, together, 4):
                    _four(hamiltonian, part, bra, to, psi, half * block, imaginary * half, near, size, half)
                for part in range(together, len(parts)):
                    source = 2 * (half * block ^ (parts[part, 0] & -half)) + (imaginary ^ parts[part, 2]) * half
                    sign = -1.0 if parts[part, 2] > imaginary else 1.0
                    _term(hamiltonian, part, bra, to, psi, source, sign, half * block + near, near, size, half)
                for i in range(to, to + size, LANES):
                    found = fma(load(psi, i), load(bra, i), found)
        energy += total(found)
    return energy


@kernel
def _four(
    hamiltonian: Any, part: int, bra: Any, to: int, psi: Any, here: int, imaginary: int, near: int, size: int, half: int
) -> None:
    """Adds four flips at once, which spares three ways to the bra and back; see `_term`."""
    a, b = _flip(hamiltonian, part, here, imaginary, half)
    c, d = _flip(hamiltonian, part + 1, here, imaginary, half)
    e, f = _flip(hamiltonian, part + 2, here, imaginary, half)
    g, h = _flip(hamiltonian, part + 3, here, imaginary, half)
    p, q = splat(hamiltonian.numbers[part]), splat(hamiltonian.numbers[part + 1])
    r, s = splat(hamiltonian.numbers[part + 2]), splat(hamiltonian.numbers[part + 3])
    for i in range(0, size, LANES):
        j = near + i
        found = fma(p, load(psi, a + (j ^ b)), load(bra, to + i))
        found = fma(q, load(psi, c + (j ^ d)), found)
        found = fma(r, load(psi, e + (j ^ f)), found)
        store(bra, to + i, fma(s, load(psi, g + (j ^ h)), found))


@kernel
def _flip(hamiltonian: Any, part: int, here: int, imaginary: int, half: int) -> tuple[int, int]:
    """Returns where the block starts that a flip leads to, and what it does inside the block."""
    x = hamiltonian.parts[part, 0]
    return 2 * (here ^ (x & -half)) + imaginary, x & (half - 1)


@kernel
def _term(
    hamiltonian: Any, part: int, bra: Any, to: int, psi: Any, source: int,
    sign: float, here: int, near: int, size: int, half: int,
) -> None:  # fmt: skip
    """Adds ``sign d(i) psi(i ^ x)`` to a stretch of the real or the imaginary parts.

    Args:
        hamiltonian: See `hamiltonian.Hamiltonian`.
        part: Which part of it.
        bra: What is added to.
        to: Where the stretch starts in `bra`.
        psi: The state.
        source: Where the parts of the block that the flip leads to start in `psi`.
        sign: 1 or -1.
        here: The amplitude at which the stretch starts.
        near: The same inside its block.
        size: Amplitudes of the stretch.
        half: Amplitudes of a block.
    """
    x, z, _, table = hamiltonian.parts[part]
    far = x & (half - 1) & -LANES
    if table >= 0:
        signed = splat(sign)
        for i in range(0, size, LANES):
            a = _lanes(load(psi, source + (near + i ^ far)), x)
            d = mul(signed, load(hamiltonian.tables, table + here + i))
            store(bra, to + i, fma(d, a, load(bra, to + i)))
        return
    number = hamiltonian.numbers[part] * sign * (1 - 2 * odd(z & -size & here))
    factor, inner = mul(splat(number), load(SIGNS, (z & (LANES - 1)) * LANES)), z & (size - 1) & -LANES
    if inner:
        for i in range(0, size, LANES):
            a = mul(_lanes(load(psi, source + (near + i ^ far)), x), splat(1.0 - 2.0 * odd(i & inner)))
            store(bra, to + i, fma(factor, a, load(bra, to + i)))
    elif x & (LANES - 1):
        for i in range(0, size, LANES):
            a = _lanes(load(psi, source + (near + i ^ far)), x)
            store(bra, to + i, fma(factor, a, load(bra, to + i)))
    else:
        for i in range(0, size, LANES):
            store(bra, to + i, fma(factor, load(psi, source + (near + i ^ far)), load(bra, to + i)))


@kernel
def _lanes(a: Any, x: int) -> Any:
    """Returns a vector with the numbers of its lanes changed by XOR with the lowest bits of x."""
    if x & 1:
        a = swap_1(a)
    if x & 2:
        a = swap_2(a)
    if x & 4:
        a = swap_4(a)
    return a
